"""The outlook as tables in the terminal, and progress bars."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from experiments.cli.help import console
from experiments.outlook.sentences import words
from experiments.outlook.summary import warnings


def print_outlook(result: Mapping[str, Any], footer: str) -> None:
    """Print an outlook: endings, questions, numbers, parameters against luck, warnings."""
    out = console()
    head = f"{result['title']}  ({result['scenario']}, {result['start']} to {result['end']})"
    out.print(Text(head, style="bold"))
    _shares("Ending", {words(name): value for name, value in result["endings"].items()}, out)
    yes_no = {answer["text"]: answer for answer in result["questions"].values() if "p" in answer}
    if yes_no:
        _shares("Question", yes_no, out)
    numbers = {answer["text"]: answer for answer in result["questions"].values() if "median" in answer}
    _numbers({**{value["text"]: value for value in result["numbers"].values()}, **numbers}, result, out)
    for line in warnings(result):
        out.print(Text(f"Note: {line}", style="yellow"))
    out.print(Text(footer, style="dim"))


def _shares(heading: str, rows: Mapping[str, Mapping[str, Any]], out: Console) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), expand=False)
    table.add_column(heading, ratio=1, min_width=24)
    table.add_column("p [95 % interval]", no_wrap=True, justify="right")
    table.add_column("", no_wrap=True)
    for name, value in rows.items():
        if value["p"] is None:
            table.add_row(Text(name), "not decided", "")
        else:
            text = f"{value['p']:.2f} [{value['low']:.2f}, {value['high']:.2f}]"
            table.add_row(Text(name), Text(text), Text("█" * round(20 * value["p"]), style="cyan"))
    out.print(table)
    out.print()


def _numbers(rows: Mapping[str, Mapping[str, Any]], result: Mapping[str, Any], out: Console) -> None:
    """Median and range of numbers, with the share of their spread that uncertain parameters explain."""
    texts = {value["text"]: name for name, value in result["numbers"].items()}
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("Number", min_width=24)
    table.add_column("median", justify="right", no_wrap=True)
    table.add_column("90 % of runs", justify="right", no_wrap=True)
    if result["spread"]:
        table.add_column("due to parameters, not luck", justify="right", no_wrap=True)
    for text, value in rows.items():
        if value["median"] is None:
            continue
        unit = value.get("unit", "")
        cells: list[str | Text] = [Text(f"{text} ({unit})" if unit else text), number(value["median"])]
        cells.append(f"{number(value['q05'])} to {number(value['q95'])}")
        if result["spread"]:
            cells.append(_split(result["spread"].get(texts.get(text, ""))))
        table.add_row(*cells)
    out.print(table)
    out.print()


def _split(part: Mapping[str, Any] | None) -> str:
    if not part or part["parameters"] is None:
        return ""
    return f"{part['parameters']:.2f} [{part['low']:.2f}, {part['high']:.2f}]"


def number(value: float) -> str:
    """A number of any size, short: ``12,340``, ``12``, ``0.42``."""
    if abs(value) >= 10 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.2f}"


@contextlib.contextmanager
def progress(label: str, total: int, *, after: float = 2.0) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error that appears once the work has taken ``after`` seconds.

    Gives a function to call with the number of further steps done; it may be called from any thread. Nothing
    is shown if standard error is no terminal.
    """
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


def say(line: str) -> None:
    """A line of information on standard error."""
    print(line, file=sys.stderr, flush=True)
