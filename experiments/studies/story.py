"""The story of one run, month by month, from its daily series and the dated events of its scenario."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from experiments.kit import screen
from sim.ensemble import Block
from sim.outcomes import SERIES

COLUMNS = ("deaths", "attacks_front", "attacks_pockets", "attacks_iskp", "protests", "risings",
           "front_fighters", "pockets", "districts_held", "services", "economy", "grievance")  # fmt: skip
"""Series of the monthly table: flows as sums, stocks as they stand at the end of the month."""

_TURNS = (
    ("risings", "the first rising"),
    ("returned", "a front returns to fight"),
    ("districts_held", "the front holds ground in the valley"),
    ("capitals_lost", "a provincial capital is lost"),
    ("militia_active", "a foreign-backed militia takes the field"),
    ("corridor_open", "a safe way opens from the northern border to the valley"),
    ("recognitions", "a power recognises Kabul"),
    ("talks", "Kabul and the resistance meet"),
    ("settlement", "a settlement holds"),
)


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


def turns(block: Block) -> list[tuple[date, str]]:
    """What happened first, what ended, and the dated events of the scenario, in order of date."""
    dates = _dates(block)
    found = [(event.day, event.title or "a dated event of the scenario") for event in block.scenario.events]
    for name, words in _TURNS:
        daily = block.national(name)[0] > 0
        if daily.any():
            start = int(np.argmax(daily))
            found.append((dates[start].item(), words if start else f"{words} (from the start)"))
            if SERIES[name].kind == "stock" and not daily[-1]:
                end = len(daily) - int(np.argmax(daily[::-1]))
                found.append((dates[end].item(), f"no longer: {words}"))
    return sorted(found, key=lambda turn: turn[0])


def print_story(block: Block, ending: str) -> None:
    """Print a run: the turns that it took, then its months."""
    screen.heading(f"Ends in: {ending.replace('_', ' ')}\n")
    for day, words in turns(block):
        screen.line(f"  {day}  {words}", hang=12)
    screen.line()
    months, values = monthly(block)
    rows = [(month, *_cells(row)) for month, row in zip(months, values, strict=True)]
    screen.table(rows, ["month", *(name.replace("_", " ") for name in COLUMNS)])


def _cells(row: Sequence[float]) -> list[str]:
    """Numbers of a month: shares and indices with two digits, the rest whole."""
    shares = {name for name in COLUMNS if SERIES[name].unit in ("share", "index") or name == "economy"}
    return [
        f"{value:.2f}" if name in shares else f"{value:,.0f}"
        for name, value in zip(COLUMNS, row, strict=True)
    ]


def _dates(block: Block) -> np.ndarray:
    return np.datetime64(block.scenario.start, "D") + np.arange(block.scenario.days)
