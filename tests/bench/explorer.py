"""Times of the explorer in a real browser, beside the cost of the simulation in the same runs.

Run as ``python -m tests.bench.explorer``: it makes a study of 100,000 short runs in a temporary folder, starts
``outlook explore`` on it, and drives chromium: moves of a slider (first answer, all 256 runs), opening the study,
filters by brushing and by typing.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

RUNS = 100_000
MOVES = 12
SWITCHES = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]


def big_study(folder: Path) -> None:
    """A study of two scenarios of six weeks."""
    words = ["scenario=baseline,service_collapse", "end=2021-10-20", f"replicates={RUNS // 2}", "keep=none"]
    subprocess.run(
        [*outlook(), "sweep", *words, f"out={folder}", "figures=false"], check=True, capture_output=True
    )


def outlook() -> list[str]:
    return [sys.executable, "-m", "experiments"]


def moves(page) -> tuple[list[float], list[float], list[float]]:
    """Seconds to the first answer, to 256 runs, and of simulation alone, for each move of a slider."""
    first, whole, simulated = [], [], []
    slider = page.locator('.slider[data-name="taliban.service_delivery"] input[type=range]')
    for move in range(MOVES):
        page.evaluate("delete document.querySelector('.status').dataset.runs")
        slider.fill(str(120 + 60 * move))
        page.wait_for_selector('.status[data-runs="256"]')
        status = page.locator(".status")
        first.append(float(status.get_attribute("data-first")))
        whole.append(float(status.get_attribute("data-all")))
        found = re.search(r"\(([\d.]+) (ms|s) of it simulation", status.inner_text())
        simulated.append(float(found[1]) / (1000 if found[2] == "ms" else 1))
    return first, whole, simulated


def filters(page) -> tuple[list[float], list[float]]:
    """Seconds from a typed range to everything shown, and of the server alone."""
    passed, server = [], []
    for move in range(MOVES):
        page.evaluate("delete document.querySelector('.status').dataset.left")
        box = page.locator('.column[data-name="refugees"] .ends input').first
        box.fill(str(20_000 + 4_000 * move))
        box.press("Tab")
        page.wait_for_selector(".status[data-left]")
        status = page.locator(".status")
        passed.append(float(status.get_attribute("data-filtered")))
        server.append(float(status.get_attribute("data-server")))
    return passed, server


def told(name: str, values: list[float]) -> None:
    low, middle, high = np.quantile(values, [0.0, 0.5, 1.0])
    print(f"{name:58} {1000 * middle:8.0f} ms   ({1000 * low:.0f} to {1000 * high:.0f})")


def main() -> None:
    """Make the study, drive the page, print the times."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "big"
        if len(sys.argv) > 1:
            folder = Path(sys.argv[1])
        else:
            big_study(folder)
        began = time.perf_counter()
        words = ["explore", str(folder), "port=0", "browser=false"]
        server = subprocess.Popen([*outlook(), *words], stdout=subprocess.PIPE, text=True)
        try:
            address = re.search(r"http://[\d.:]+", server.stdout.readline())[0]
            told("outlook explore FOLDER of 100,000 runs, to its address", [time.perf_counter() - began])
            with sync_playwright() as driver:
                path = shutil.which("chromium") or shutil.which("chromium-browser")
                browser = driver.chromium.launch(executable_path=path, args=SWITCHES)
                page = browser.new_page(viewport={"width": 1400, "height": 900})
                page.goto(f"{address}/#study")
                page.wait_for_selector(".status[data-opened]", timeout=120_000)
                told(
                    "... its page, to all histograms",
                    [float(page.locator(".status").get_attribute("data-opened"))],
                )
                passed, alone = filters(page)
                told("a filter of 100,000 runs, to everything shown", passed)
                told("... of it the server", alone)
                page.goto(f"{address}/#live")
                page.wait_for_selector('.status[data-runs="256"]', timeout=240_000)
                first, whole, simulated = moves(page)
                told("a slider moves, to the first answer (16 runs)", first)
                told("a slider moves, to all 256 runs", whole)
                told("... of it simulation", simulated)
                browser.close()
        finally:
            server.terminate()
            server.wait(20)


if __name__ == "__main__":
    main()
