"""The page in a real browser: it loads, a slider moves the endings, and the address holds the state."""

from __future__ import annotations

import pytest

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
