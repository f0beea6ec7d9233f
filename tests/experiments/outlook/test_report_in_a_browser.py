"""The report in a real browser, from its file: it complains of nothing, asks nobody, and its charts answer."""

from __future__ import annotations

import pytest

from experiments.chronicle.happening import TURNING, Happening
from experiments.outlook.report import write_report
from experiments.outlook.typical import TypicalRun
from tests.experiments.outlook.synthetic import make_tables
from tests.experiments.outlook.test_report import outlook
from tests.worlds import small


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A report without figures, as they have nothing to answer; its charts, tables and story are all there."""
    event = Happening(3, "rising", TURNING, "A rising breaks out in Takhar", "grievance 0.71", 5)
    typical = TypicalRun(
        7, "small/0123456789ab/7", "consolidation", 33, [event], "Further events: 2 of pockets"
    )
    path = tmp_path_factory.mktemp("report") / "report.html"
    return write_report(
        path, scenario=small(730), outlook=outlook(), figures={}, tables=make_tables(60, 730), typical=typical
    )


@pytest.fixture
def open_page(browser, report):
    """``open_page(width, **settings)``: the report; the test fails if it complained or asked anybody."""
    said, asked, contexts = [], [], []

    def opened(width: int = 1200, **settings):
        context = browser.new_context(viewport={"width": width, "height": 900}, **settings)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda told: said.append(told.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(report.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert said == []
    assert [url for url in asked if not url.startswith((report.as_uri(), "data:"))] == []


def test_the_pointer_gives_values(open_page):
    page = open_page()
    chart = page.locator("#chart-deaths")
    chart.locator("svg").scroll_into_view_if_needed()
    before = chart.locator("output").inner_text()
    box = chart.locator("svg").bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    after = chart.locator("output").inner_text()
    assert after != before
    parts = [part.split(" % of runs ")[0].split(" ")[0] for part in after.split(": ")[1].split("; ")]
    assert parts == ["90", "50", "median", "the"]
    assert chart.locator(".cursor").get_attribute("d").startswith("M")


@pytest.mark.slow
def test_the_keyboard_reaches_charts_and_legends(open_page):
    page = open_page()
    chart = page.locator("#chart-deaths")
    chart.locator("svg").focus()
    page.keyboard.press("Home")
    first = chart.locator("output").inner_text()
    page.keyboard.press("ArrowRight")
    assert chart.locator("output").inner_text() != first
    button = chart.locator(".legend button").first
    layer = chart.locator(f"g[data-layer={button.locator('..').get_attribute('data-layer')}]")
    assert layer.is_visible()
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "false"
    assert not layer.is_visible()
    assert "90 % of runs" not in chart.locator("output").inner_text()
    button.click()
    assert layer.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_scrolls_down_alone(open_page, scheme):
    page = open_page(390, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("#typical .log li").count() > 0


@pytest.mark.slow
def test_without_a_script_everything_is_there(open_page):
    page = open_page(java_script_enabled=False)
    assert page.locator("#chart-deaths svg path.line").count() > 0
    assert page.locator("#chart-deaths output").inner_text()
    page.locator("#chart-deaths summary").click()
    assert page.locator("#chart-deaths table").is_visible()


@pytest.mark.slow
def test_paper_shows_charts_and_story(open_page):
    page = open_page()
    page.emulate_media(media="print")
    assert page.locator("#chart-deaths svg").is_visible()
    assert not page.locator("#chart-deaths output").is_visible()
    assert page.locator("#typical .log").is_visible()
