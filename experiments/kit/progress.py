"""A progress bar on standard error, or in a notebook."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from experiments.kit import notebook


@contextlib.contextmanager
def progress(label: str, total: int, *, after: float = 2.0) -> Iterator[Callable[[int], None]]:
    """Show a progress bar once the work has taken some time; nothing where nobody would see it move.

    Parameters
    ----------
    label : str
        What is counted.
    total : int
        Steps of the whole work.
    after : float
        Seconds before the bar appears.

    Yields
    ------
    callable
        To be called with the number of further steps done, from any thread.
    """
    if notebook.shell() is not None:
        with notebook.bar(total) as advance:
            yield advance
        return
    err = Console(stderr=True)
    bar = Progress(
        TextColumn(label),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
    )
    task = bar.add_task(label, total=total)
    timer = threading.Timer(after, bar.start)
    timer.daemon = True
    if err.is_terminal:
        timer.start()
    try:
        yield lambda steps: bar.advance(task, steps)
    finally:
        timer.cancel()
        bar.stop()
