"""The page in a real browser: it loads, a slider moves the endings, and the address holds the state."""

from __future__ import annotations

import pytest

from tests.experiments.explorer.conftest import REPLICATES

SHORT = "live?scenario=siege_2021"


def shares(page) -> dict[str, float]:
    """Ending to its share, as the page shows it."""
    rows = page.locator(".ending").all()
    return {row.get_attribute("data-name"): float(row.get_attribute("data-p")) for row in rows}


def test_the_live_outlook_loads_and_a_slider_moves_the_endings(view):
    page = view.open("live?uncertainty=none")
    before = shares(page)
    assert sum(before.values()) == pytest.approx(1.0, abs=1e-3)
    assert page.locator(".fan svg").count() == 4
    assert "one value for everything" in page.locator(".status").inner_text()
    page.locator('.slider[data-name="taliban.service_delivery"] input[type=range]').fill("950")
    page.wait_for_selector(".change.settled")
    view.settled()
    assert shares(page)["consolidation"] > before["consolidation"]
    assert "taliban.service_delivery=0.95" in page.url


def test_what_is_wrong_in_the_address_is_said_in_the_page(view):
    page = view.open("live?scenario=siege_2021&taliban.service_delivery=7")
    assert "taliban.service_delivery" in page.locator(".problem").inner_text()
    view.said.clear()  # the browser itself notes the answer 400


def test_light_and_dark_can_be_chosen(view):
    page = view.open(SHORT)
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def left(page) -> int:
    """Runs left, as the page says."""
    return int(page.locator(".status").get_attribute("data-left"))


def test_brushing_a_histogram_filters_the_runs(study_view):
    page = study_view.open("study?shown=deaths,refugees")
    assert left(page) == 2 * REPLICATES
    area = page.locator('.column[data-name="deaths"] svg').bounding_box()
    middle = area["y"] + area["height"] / 2
    page.mouse.move(area["x"] + 1, middle)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] * 0.4, middle, steps=4)
    page.mouse.up()
    page.wait_for_selector(f'.status:not([data-left="{2 * REPLICATES}"])')
    study_view.settled()
    assert left(page) > 0
    assert "deaths=.." in page.url
    page.click("#reset")
    page.wait_for_selector(f'.status[data-left="{2 * REPLICATES}"]')


def test_a_condition_filters_and_one_that_is_not_understood_is_said(study_view):
    page = study_view.open("study?given=not first_rising before 2021-11")
    some = left(page)
    assert some < 2 * REPLICATES
    page.fill("#condition", "deths > 5")
    page.press("#condition", "Enter")
    page.wait_for_selector(".problem:not([hidden])")
    assert "deaths" in page.locator(".problem").inner_text()
    assert left(page) == some
    study_view.said.clear()  # the browser itself notes the answer 400


def test_the_map_moves_through_time(view):
    page = view.open(f"map?scenario={SHORT.partition('=')[2]}")
    date = page.locator(".date").inner_text()
    page.get_by_role("button", name="Forward").click()
    assert page.locator(".date").inner_text() != date
    assert page.locator(".province").count() == 34
    assert "on average" in page.locator(".province").first.get_attribute("aria-label")
