"""One run as a story in a real browser: a click replays a run to the bit, and the map moves through time."""

from __future__ import annotations

import pytest

from experiments.cli.main import main
from experiments.explorer.state import State
from tests.experiments.explorer.conftest import Page, serve


@pytest.fixture(scope="module")
def storm(tmp_path_factory):
    """A server that looks into a folder of runs in which much happens."""
    out = tmp_path_factory.mktemp("page") / "run"
    asked = [
        "scenario=everything_against_kabul",
        "end=2022-06-06",
        "replicates=12",
        "twins=0",
        "figures=false",
    ]
    assert main(["run", *asked, f"out={out}"]) == 0
    state = State.opened(str(out), threads=2)
    state.ready.set()
    yield from serve(state)


@pytest.fixture
def page_of(browser, storm):
    """``page_of(width)``: the view with a run chosen by a click; the test fails if the page complained."""
    made = []

    def opened(width: int = 1200, view: str = "story"):
        context = browser.new_context(viewport={"width": width, "height": 900})
        page = Page(context.new_page(), storm)
        made.append((context, page))
        return page, page.open(view)

    yield opened
    for context, page in made:
        context.close()
        assert page.said == []
        assert page.asked == []


def click(page, number: int = 3) -> None:
    page.locator("circle.dot").nth(number).click()
    page.wait_for_selector(".agents table")


def test_a_click_replays_a_run_to_the_bit(page_of):
    _, page = page_of()
    click(page)
    assert page.locator("#same").inner_text().startswith("Equal to the stored run, in every bit of ")
    assert page.locator("circle.dot.chosen").count() == 1
    assert "run=" in page.url


@pytest.mark.slow
def test_the_map_the_valley_and_the_list_move_through_time(page_of):
    _, page = page_of()
    click(page)
    before = page.locator("g.signs").inner_html(), page.locator(".happened").inner_text()
    page.locator("#day").fill("200")
    after = page.locator("g.signs").inner_html(), page.locator(".happened").inner_text()
    assert before[0] != after[0]
    assert before[1] != after[1]
    assert page.locator("#date").inner_text() == "25 Mar 2022"


@pytest.mark.slow
def test_step_play_and_jump_to_an_event(page_of):
    _, page = page_of()
    click(page)
    page.get_by_label("Forward 1 days").click()
    assert page.locator("#day").input_value() == "1"
    page.click("#next")
    day = int(page.locator("#day").input_value())
    assert page.locator(".happened li.now").count() > 0
    page.click("#play")
    page.wait_for_function("day => Number(document.getElementById('day').value) > day", arg=day)
    page.click("#play")
    page.locator("circle.event:not([hidden])").last.dispatch_event("click")
    assert int(page.locator("#day").input_value()) > 250


@pytest.mark.slow
def test_the_agents_of_a_day_can_be_inspected(page_of):
    made, page = page_of()
    click(page)
    page.locator("#table").select_option("garrison")
    page.wait_for_selector(".agents caption:has-text('Garrisons: 34')")
    first = page.locator(".agents tbody").inner_text()
    page.locator("#day").fill("150")
    made.settled()
    page.wait_for_function("first => document.querySelector('.agents tbody').innerText !== first", arg=first)
    assert "fighters" in page.locator(".agents thead").inner_text()


@pytest.mark.slow
def test_the_address_holds_run_day_and_map(page_of):
    _, page = page_of()
    click(page)
    page.locator("#place").select_option("grievance")
    page.locator("#day").fill("120")
    page.wait_for_function("() => location.hash.includes('day=120')")
    view = page.url.split("#")[1]
    _, again = page_of(view=view)
    again.wait_for_selector(".agents table")
    assert again.locator("#day").input_value() == "120"
    assert again.locator("#place").input_value() == "grievance"


@pytest.mark.slow
def test_a_phone_scrolls_down_alone(page_of):
    _, page = page_of(390)
    click(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.slow
def test_dots_can_be_reached_by_keyboard(page_of):
    _, page = page_of()
    page.locator(".scatter").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_selector("#same")
