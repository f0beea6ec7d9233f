"""What tests of several folders share: a short world, and one browser, as a process can drive no second one."""

from __future__ import annotations

import shutil

import pytest

from experiments.cli.main import main

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SWITCHES = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="session")
def browser():
    """A headless browser that is on this machine; tests of pages are skipped without one."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no chromium on the PATH: pages are not tested")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield started
        started.close()


@pytest.fixture
def short_world(tmp_path):
    """The path of a scenario of four months."""
    path = tmp_path / "short.yaml"
    path.write_text(
        "base: baseline\ntitle: Four months\nstory: The first four months alone.\nend: 2022-01-06\n",
        encoding="utf-8",
    )
    return str(path)


@pytest.fixture
def refused(tmp_path, monkeypatch, capsys):
    """What a command line says that has to end with 2, without a traceback, and to leave an empty folder empty."""

    def error_of(words: list[str]) -> str:
        monkeypatch.chdir(tmp_path)
        assert main(words) == 2
        error = capsys.readouterr().err
        assert "Traceback" not in error
        assert not list(tmp_path.iterdir())
        return error

    return error_of
