"""The story of one run on the terminal: its events, and its months in numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from experiments.chronicle.film import film_of
from experiments.chronicle.log import log, omitted, story
from experiments.kit import screen
from experiments.kit.words import label, words
from sim.ensemble import Block
from sim.outcomes import SERIES

COLUMNS = ("deaths", "attacks_front", "attacks_pockets", "attacks_iskp", "protests", "risings",
           "front_fighters", "pockets", "districts_held", "services", "economy", "grievance")  # fmt: skip
"""Series of the monthly table: flows as sums, stocks as they stand at the end of the month."""


def monthly(block: Block) -> tuple[list[str], np.ndarray]:
    """Of a block of one run: months (``2021-09``) and `COLUMNS` in each, float64[months, columns]."""
    dates = _dates(block)
    months, first = np.unique(dates.astype("datetime64[M]"), return_index=True)
    last = np.append(first[1:], len(dates)) - 1
    table = np.empty((len(months), len(COLUMNS)))
    for column, name in enumerate(COLUMNS):
        daily = block.national(name)[0].astype(float)
        table[:, column] = np.add.reduceat(daily, first) if SERIES[name].kind == "flow" else daily[last]
    return [str(month) for month in months], table


def print_story(block: Block, ending: str) -> None:
    """Print a run: the events that make its story, then its months."""
    events = log(film_of(block))
    told = story(events)
    screen.heading(f"Ends in: {words(ending)}\n")
    for one in told:
        screen.line(f"  {one.day(block.scenario.start)}  {one.sentence}", hang=12)
    if len(told) < len(events):
        screen.line(f"  {omitted(events, told)}", "dim", hang=2)
    screen.line()
    months, values = monthly(block)
    rows = [(month, *_cells(row)) for month, row in zip(months, values, strict=True)]
    screen.table(rows, ["month", *(label(name) for name in COLUMNS)])


def _cells(row: Sequence[float]) -> list[str]:
    """Numbers of a month: shares and indices with two digits, the rest whole."""
    shares = {name for name in COLUMNS if SERIES[name].unit in ("share", "index") or name == "economy"}
    return [
        f"{value:.2f}" if name in shares else f"{value:,.0f}"
        for name, value in zip(COLUMNS, row, strict=True)
    ]


def _dates(block: Block) -> np.ndarray:
    return np.datetime64(block.scenario.start, "D") + np.arange(block.scenario.days)
