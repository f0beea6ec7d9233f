"""A server of the explorer, one for all tests; a page of the browser that must stay quiet."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from experiments.cli.main import main
from experiments.explorer.state import State

REPLICATES = 20
"""Runs of each scenario of the small study."""


@dataclass
class Served:
    """A server that runs in a thread: its address, and what it looks at."""

    address: str
    state: State


def serve(state: State) -> Iterator[Served]:
    """A server on a free port until the generator is closed."""
    import uvicorn

    from experiments.explorer.server import application, listening_at

    with listening_at(0) as listening:
        port = listening.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(application(state, port), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield Served(f"http://127.0.0.1:{port}", state)
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """A server without a folder; the model is compiled before any test runs."""
    state = State.opened(None, threads=2)
    state.ready.set()
    yield from serve(state)


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    """A small study of two scenarios with daily series, made once."""
    path = tmp_path_factory.mktemp("study") / "two"
    words = [
        "scenario=baseline,service_collapse",
        "end=2021-12-06",
        f"replicates={REPLICATES}",
        "keep=national",
    ]
    assert main(["sweep", *words, "figures=false", f"out={path}"]) == 0
    return path


@pytest.fixture(scope="session")
def served_study(folder) -> Iterator[Served]:
    """A server that looks into the small study."""
    state = State.opened(str(folder), threads=2)
    state.ready.set()
    yield from serve(state)


class Page:
    """A page of the browser that remembers what it said and whom it asked.

    Attributes
    ----------
    page
        Playwright's page.
    said
        Errors and warnings of its console.
    asked
        Addresses outside of the server.
    """

    def __init__(self, page, served: Served) -> None:
        self.page, self.served = page, served
        page.set_default_timeout(120_000)  # a crowded machine
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda told: self.said.append(told.text) if told.type != "log" else None)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", self._note)

    def _note(self, request) -> None:
        if not request.url.startswith((self.served.address, "blob:", "data:")):
            self.asked.append(request.url)

    def open(self, view: str):
        """Open a view, wait until it has all of its answers, and give Playwright's page."""
        self.page.goto(f"{self.served.address}/#{view}")
        self.settled()
        return self.page

    def settled(self) -> None:
        """Wait until nothing is on its way."""
        self.page.wait_for_selector("[data-state=done]", timeout=240_000)


@pytest.fixture
def view(browser, served) -> Iterator[Page]:
    """A fresh page; the test fails if it complained or asked anybody else."""
    yield from quiet(browser, served)


@pytest.fixture
def study_view(browser, served_study) -> Iterator[Page]:
    """The same, of the server that looks into the small study."""
    yield from quiet(browser, served_study)


def quiet(browser, served: Served) -> Iterator[Page]:
    """A fresh page that must stay quiet."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    made = Page(context.new_page(), served)
    yield made
    context.close()
    assert made.said == []
    assert made.asked == []
