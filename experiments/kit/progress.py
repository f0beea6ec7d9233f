"""Progress with the time that is left: a bar on a terminal or in a notebook, a line now and then in a log."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from experiments.kit import notebook
from experiments.kit.numbers import duration

Advance = Callable[..., None]
"""``(steps, failed=0)``: further steps are done, from any thread; so many of them failed."""
_LINE_EVERY = 30.0  # seconds between lines where there is no terminal to draw a bar on


class _Rate(ProgressColumn):
    """Steps a second since the work began."""

    def render(self, task: Task) -> Text:
        elapsed = task.finished_time or task.elapsed or 0.0
        rate = (task.completed - task.fields["before"]) / elapsed if elapsed > 0 else 0.0
        return Text(_pace(rate))


@contextlib.contextmanager
def progress(label: str, total: int, done: int = 0, *, after: float = 2.0) -> Iterator[Advance]:
    """Show progress while the block is open, once the work has taken some time; yields an `Advance`.

    ``label``: what is counted; ``done``: steps of the ``total`` that are done already; ``after``: seconds before a bar
    appears.
    """
    console = Console(stderr=True)
    if notebook.shell() is not None:
        with notebook.bar(total, done) as advance:
            yield lambda steps, failed=0: advance(steps)
    elif console.is_terminal:
        with _bar(console, label, total, done, after) as advance:
            yield advance
    else:
        yield _lines(console, label, total, done)


@contextlib.contextmanager
def _bar(console: Console, label: str, total: int, done: int, after: float) -> Iterator[Advance]:
    """A bar with rate, time left and failures, which goes when the work is done."""
    bar = Progress(
        TextColumn(f"{label}: {{task.completed:,.0f}} of {{task.total:,.0f}}"), BarColumn(), _Rate(),
        TextColumn("left"), TimeRemainingColumn(), TextColumn("{task.fields[told]}"), console=console,
        transient=True,
    )  # fmt: skip
    task = bar.add_task(label, total=total, completed=done, before=done, told="")
    lost = 0

    def advance(steps: int, failed: int = 0) -> None:
        nonlocal lost
        lost += failed
        bar.update(task, advance=steps, told=f"{lost} failed" if lost else "")

    timer = threading.Timer(after, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield advance
    finally:
        timer.cancel()
        bar.stop()


def _lines(console: Console, label: str, total: int, done: int) -> Advance:
    """A line now and then."""
    begun = said = time.monotonic()
    count, lost = done, 0

    def advance(steps: int, failed: int = 0) -> None:
        nonlocal count, lost, said
        count, lost = count + steps, lost + failed
        now = time.monotonic()
        if now - said >= _LINE_EVERY:
            said = now
            rate = (count - done) / (now - begun)
            left = duration((total - count) / rate) if rate > 0 else "unknown"
            more = f", {lost} failed" if lost else ""
            console.print(
                f"{label}: {count:,} of {total:,}, {_pace(rate)}, {left} left{more}", highlight=False
            )

    return advance


def _pace(rate: float) -> str:
    return f"{rate:,.0f} a second" if rate >= 10 else f"{rate:.1f} a second"
