"""The page of SolaraViz in a real browser: sliders, buttons, two charts and the map, all from its own server."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 240
"""Seconds that the server, and a first step with the model to compile, may take on a crowded machine."""
APART = """() => {
    const boxes = [...document.images].map(one => one.getBoundingClientRect());
    return boxes.every((a, k) => boxes.slice(0, k).every(b =>
        a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top));
}"""
FETCHED = "images => Promise.all(images.map(one => fetch(one.src).then(r => r.text())))"


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """A server of the page; skipped where Solara, or the files that a page takes from the net without them, lack."""
    for name in ("solara", "altair", "solara_assets"):
        pytest.importorskip(name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("page") / "log.txt"
    words = [sys.executable, "-m", "solara", "run", "experiments.mesa_view.app", "--host", "127.0.0.1",
             "--port", str(port), "--production", "--no-open"]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with log.open("w") as said, subprocess.Popen(words, stdout=said, stderr=said, env=environment) as server:
        try:
            found = f"http://127.0.0.1:{port}"
            assert _answers(found, server), log.read_text()
            yield found
        finally:
            server.terminate()


@pytest.fixture
def page(browser, address):
    """The page as it is first seen; the test fails if it had errors or asked anybody else."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE * 1000)
    errors: list[str] = []
    asked: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(address)
    opened.wait_for_function("document.images.length === 3")
    yield opened
    context.close()
    assert errors == []
    assert [url for url in asked if not url.startswith((address, "blob:", "data:"))] == []


def test_two_charts_and_the_map_are_seen_beside_each_other(page):
    page.wait_for_function(APART)  # the grid puts them into their places
    boxes = [one.bounding_box() for one in page.query_selector_all("img")]
    assert all(box["width"] > 400 and box["height"] > 250 for box in boxes)


def test_a_slider_a_reset_and_a_step_move_charts_and_map(page):
    first = _pictures(page)
    _step(page)
    default = _pictures(page)
    assert all(a != b for a, b in zip(first, default, strict=True))  # each of the three moved on
    slider = page.locator(".v-input", has_text="pockets.raid_rate").get_by_role("slider")
    before = slider.get_attribute("aria-valuenow")
    slider.focus()
    slider.press("End")
    assert float(slider.get_attribute("aria-valuenow")) > float(before)
    page.get_by_role("button", name=re.compile("reset", re.I)).click()
    page.get_by_text(re.compile(r"(Time|Step): 0\b")).wait_for()
    _step(page)
    assert _pictures(page) != default  # the same luck, more raids


def test_play_steps_and_draws_at_the_same_time_without_an_error(page):
    shown = page.locator("img").first.get_attribute("src")
    page.get_by_text("▶").click()
    for _ in range(40):  # weeks, of which each draws three figures while the next is stepped
        page.wait_for_function(
            "old => document.images.length === 3 && document.images[0].src !== old", arg=shown
        )
        shown = page.locator("img").first.get_attribute("src")
    page.get_by_text("❚❚").click()
    assert page.get_by_text("Traceback").count() == 0


def _answers(address: str, server: subprocess.Popen) -> bool:
    """Whether the server answers within the patience."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE):
                return True
        except urllib.error.URLError:
            time.sleep(0.5)
    return False


def _step(page) -> None:
    """A week, which is what the page's button takes at once, and the new pictures."""
    shown = [one.get_attribute("src") for one in page.query_selector_all("img")]
    page.get_by_role("button", name=re.compile("^step", re.I)).click()
    page.get_by_text(re.compile(r"(Time|Step): 7\b")).wait_for()
    page.wait_for_function("old => [...document.images].every((one, k) => one.src !== old[k])", arg=shown)


def _pictures(page) -> list[str]:
    """Each picture's content."""
    return page.locator("img").evaluate_all(FETCHED)
