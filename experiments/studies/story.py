"""The story of one run, month by month, from its daily series and the dated events of its scenario."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from experiments.kit import screen
from experiments.kit.words import label
from sim.ensemble import Block
from sim.outcomes import SERIES

COLUMNS = ("deaths", "attacks_front", "attacks_pockets", "attacks_iskp", "protests", "risings",
           "front_fighters", "pockets", "districts_held", "services", "economy", "grievance")  # fmt: skip
"""Series of the monthly table: flows as sums, stocks as they stand at the end of the month."""

SPELLS = 3
"""Spells of one kind that are told one by one; a spell is a run of days without a break."""
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
    """What happened, for how long, and the dated events of the scenario, in order of date."""
    dates = _dates(block)
    found = [(event.day, event.title or "a dated event of the scenario") for event in block.scenario.events]
    for name, words in _TURNS:
        daily = block.national(name)[0] > 0
        if SERIES[name].kind == "stock":
            found += _told(words, spells(daily), dates)
        elif daily.any():
            found.append((dates[int(np.argmax(daily))].item(), words))
    return sorted(found, key=lambda turn: turn[0])


def spells(holds: np.ndarray) -> list[tuple[int, int]]:
    """Runs of days on which something holds, bool ``(days,)``: the first day of each and the day after its last."""
    change = np.flatnonzero(np.diff(np.concatenate([[False], holds, [False]]).astype(int)))
    return [(int(start), int(stop)) for start, stop in change.reshape(-1, 2)]


def _told(words: str, found: list[tuple[int, int]], dates: np.ndarray) -> list[tuple[date, str]]:
    """The first `SPELLS` spells in words, and what came of the others."""
    told = []
    for start, stop in found[:SPELLS]:
        days = stop - start
        how_long = "to the end" if stop == len(dates) else f"for {days} day{'s' * (days > 1)}"
        began = "from the start, " if start == 0 else ""
        told.append((dates[start].item(), f"{words} ({began}{how_long})"))
    more = found[SPELLS:]
    if more:
        days = sum(stop - start for start, stop in more)
        last = "to the end" if more[-1][1] == len(dates) else f"the last until {dates[more[-1][1] - 1]}"
        spell = "1 more spell" if len(more) == 1 else f"{len(more)} more spells"
        told.append((dates[more[0][0]].item(), f"{words}: {spell}, {days:,} days in all, {last}"))
    return told


def print_story(block: Block, ending: str) -> None:
    """Print a run: the turns that it took, then its months."""
    screen.heading(f"Ends in: {ending.replace('_', ' ')}\n")
    for day, words in turns(block):
        screen.line(f"  {day}  {words}", hang=12)
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
