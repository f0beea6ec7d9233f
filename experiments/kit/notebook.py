"""Notebooks, which have no terminal: a progress bar, and figures that are shown where they are made."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

_AFTER, _EVERY = 1.0, 0.3  # seconds before the bar appears, and between two updates


def shell() -> Any:
    """The shell of the notebook that the code runs in; None outside of one."""
    module = sys.modules.get("IPython")
    found = module.get_ipython() if module is not None else None
    return found if type(found).__name__ == "ZMQInteractiveShell" else None


def show_figures() -> None:
    """Have figures shown as pictures that are the last value of a cell, whatever the notebook's settings."""
    found = shell()
    if found is not None:
        from IPython.core.pylabtools import select_figure_formats

        select_figure_formats(found, {"png"}, bbox_inches=None)


@contextlib.contextmanager
def bar(total: int, done: int = 0) -> Iterator[Callable[[int], None]]:
    """Show a progress bar with the time that is left once the work has taken some time; it goes when it is done.

    Yields what is to be called with the number of further steps done, from any thread.
    """
    from IPython.display import HTML, display

    lock, began, told, count = threading.Lock(), time.monotonic(), 0.0, done
    shown = None

    def advance(steps: int) -> None:
        nonlocal count, told, shown
        with lock:
            count += steps
            now = time.monotonic()
            if now - began < _AFTER or now - told < _EVERY or count == done:
                return
            left = (now - began) * (total - count) / (count - done)
            told = now
            html = HTML(
                f"<progress value={count} max={total}></progress> {count:,} of {total:,}; {left:.0f} s left"
            )
            if shown is None:
                shown = display(html, display_id=True)
            else:
                shown.update(html)

    try:
        yield advance
    finally:
        if shown is not None:
            shown.update(HTML(""))
