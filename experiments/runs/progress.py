"""Progress of a study on standard error: runs done, rate, time left, failures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from experiments.kit import notebook
from experiments.runs.work import Report

_LINE_EVERY = 30.0  # seconds between lines where there is no terminal to draw a bar on


class _Rate(ProgressColumn):
    """Runs a second since the start of this call."""

    def render(self, task: Task) -> Text:
        began = task.fields["done_before"]
        elapsed = task.finished_time or task.elapsed or 0.0
        rate = (task.completed - began) / elapsed if elapsed > 0 else 0.0
        return Text(f"{rate:,.0f} runs/s" if rate >= 10 else f"{rate:.1f} runs/s")


@contextmanager
def progress(total: int, done: int, console: Console | None = None) -> Iterator[Callable[[Report], None]]:
    """Show progress while the block is open; gives the function to call after each block of runs.

    Parameters
    ----------
    total
        Runs of the study, at most.
    done
        Runs that are there already.
    console
        Where to; default standard error.
    """
    if console is None and notebook.shell() is not None:
        with notebook.bar(total, done) as advance:
            yield lambda report: advance(report.runs)
        return
    screen = console or Console(stderr=True)
    if not screen.is_terminal:
        yield _lines(screen, total, done)
        return
    bar = Progress(
        TextColumn("{task.completed:,.0f} of {task.total:,.0f} runs"), BarColumn(), _Rate(),
        TextColumn("left"), TimeRemainingColumn(), TextColumn("{task.fields[failed]}"),
        console=screen,
    )  # fmt: skip
    with bar:
        task = bar.add_task("runs", total=total, completed=done, done_before=done, failed="")
        failed = 0

        def watch(report: Report) -> None:
            nonlocal failed
            failed += report.failed
            bar.update(task, advance=report.runs, failed=f"{failed} failed" if failed else "")

        yield watch


def _lines(screen: Console, total: int, done: int) -> Callable[[Report], None]:
    """A line now and then, for logs."""
    begun = said = time.monotonic()
    count, failed = done, 0

    def watch(report: Report) -> None:
        nonlocal count, failed, said
        count, failed = count + report.runs, failed + report.failed
        now = time.monotonic()
        if now - said >= _LINE_EVERY:
            said = now
            rate = (count - done) / (now - begun)
            left = duration((total - count) / rate) if rate > 0 else "unknown"
            more = f", {failed} failed" if failed else ""
            screen.print(
                f"{count:,} of {total:,} runs, {rate:,.0f} runs/s, {left} left{more}", highlight=False
            )

    return watch


def duration(seconds: float) -> str:
    """Seconds in words: ``about 45 s``, ``about 12 min``, ``about 3.5 h``."""
    if seconds < 1:
        return "under 1 s"
    if seconds < 120:
        return f"about {seconds:.0f} s"
    return f"about {seconds / 60:.0f} min" if seconds < 7200 else f"about {seconds / 3600:.1f} h"


def size(count: float) -> str:
    """Bytes in words: ``850 kB``, ``1.2 GB``."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit != "MB" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
