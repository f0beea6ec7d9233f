"""Pictures of the views of the explorer for the docs, light and dark, and as on a phone.

Run as ``python -m tests.bench.screenshots FOLDER``, with the folder of a study of several scenarios.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "experiments" / "docs"
SWITCHES = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
SIZES = {"light": (1280, 1000, "light"), "dark": (1280, 1000, "dark"), "phone": (390, 844, "light")}
VIEWS = {
    "live": "live?taliban.service_delivery=0.75&taliban.control=0.4",
    "study": "study?deaths=..4000",
    "map": "map?scenario=corridor_opens&place=deaths&at=9",
}
COLOURS = 255
"""Colours of a picture: few, so that it is small."""


def picture(page, path: Path) -> None:
    """What is in sight, as a small PNG."""
    from PIL import Image

    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    shot.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
        path, optimize=True
    )


def main() -> None:
    """Start the explorer on the folder and take the pictures."""
    from playwright.sync_api import sync_playwright

    words = [sys.executable, "-m", "experiments", "explore", sys.argv[1], "port=0", "browser=false"]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        address = re.search(r"http://[\d.:]+", server.stdout.readline())[0]
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=SWITCHES)
            for size, (width, height, scheme) in SIZES.items():
                viewport = {"width": width, "height": height}
                for view, where in VIEWS.items():
                    context = browser.new_context(viewport=viewport, color_scheme=scheme)
                    page = context.new_page()
                    page.goto(f"{address}/#{where}")
                    page.wait_for_selector(".status[data-state=done]", timeout=240_000)
                    page.wait_for_timeout(1500)  # fans and map follow the first answer
                    picture(page, DOCS / f"explorer-{view}-{size}.png")
                    context.close()
            browser.close()
    finally:
        server.terminate()
        server.wait(20)


if __name__ == "__main__":
    main()
