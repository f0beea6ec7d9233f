"""The conditional outlook of a folder of runs, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.given.signs import (
    FEW_MET,
    conditional_endings,
    conditional_measures,
    early_signs,
    first_signs,
)
from experiments.kit import files
from experiments.runs.conditions import Condition, Truth, all_true, cut
from experiments.runs.futures import Opened
from experiments.stats.bands import gather
from experiments.stats.intervals import FEW_RUNS, LEVEL, wilson
from sim.outcomes import ENDINGS, SERIES

NUMBERS = (
    "deaths", "deaths_last_year", "refugees", "attacks_front", "attacks_pockets", "attacks_iskp", "protests",
    "risings", "max_pockets", "first_return_day", "first_rising_day", "first_militia_day", "final_services",
    "final_economy", "final_grievance", "final_recognitions",
)  # fmt: skip
"""Measures that a conditional outlook shows."""


@dataclass(frozen=True)
class Given:
    """endings, measures, signs (every series and month), first (one row a series): tables of
    `experiments.given.signs`; each: how many runs meet each condition; truth: of all of them; notes:
    warnings in words."""

    conditions: tuple[Condition, ...]
    runs: int
    each: tuple[int, ...]
    truth: Truth
    endings: pd.DataFrame
    measures: pd.DataFrame
    signs: pd.DataFrame
    first: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def met(self) -> int:
        """Runs in which every condition came true."""
        return int(self.truth.met.sum())


def condition_on(opened: Opened, conditions: Sequence[Condition], level: float = LEVEL) -> Given:
    """The outlook of the runs in which all ``conditions`` came true, beside that of the others, and early
    signs of them."""
    truths = [condition.truth(opened.futures) for condition in conditions]
    truth = all_true(list(conditions), opened.futures)
    runs, met = len(truth.met), int(truth.met.sum())
    endings = conditional_endings(opened.futures.ending, ENDINGS, truth.met, level)
    measures = conditional_measures(
        {n: opened.measures[n] for n in NUMBERS if n in opened.measures}, truth.met
    )
    signs = pd.DataFrame()
    if opened.daily and min(met, runs - met) >= FEW_MET:
        named = {condition.name for condition in conditions}
        months, last_days, signals = monthly(opened, tuple(n for n in SERIES if n not in named), truth)
        if len(months):
            signs = early_signs(signals, months, last_days, truth.met, truth.settled, level)
    first = first_signs(signs, 1 - level) if len(signs) else signs
    return Given(
        tuple(conditions), runs, tuple(int(t.met.sum()) for t in truths), truth, endings, measures, signs,
        first,
        (*cut(conditions, opened.futures), *_notes(runs, met, signs, opened.daily)),
    )  # fmt: skip


def monthly(
    opened: Opened, names: Sequence[str], truth: Truth
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Series by month (sums of flows, means of stocks) up to the month before all is settled: months, last
    days, signals."""
    dates = opened.futures.dates
    months = gather(np.zeros((1, len(dates))), dates, "month").starts.astype("datetime64[M]")
    over = dates[-1] + np.timedelta64(1, "D")
    ends = (np.minimum((months + np.timedelta64(1, "M")).astype("datetime64[D]"), over) - dates[0]).astype(
        int
    ) - 1
    keep = ends < truth.settled.max()
    signals = {}
    for name in names if keep.any() else ():
        how = "sum" if SERIES[name].kind == "flow" else "mean"
        stop = int(ends[keep][-1]) + 1
        values = opened.futures.series(name)[:, :stop]
        signals[name] = (
            gather(values, dates[:stop], "month", how).values[:, : int(keep.sum())].astype(np.float32)
        )
    return months[keep], ends[keep], signals


def _notes(runs: int, met: int, signs: pd.DataFrame, daily: bool) -> tuple[str, ...]:
    """What a reader has to be warned of."""
    notes = []
    if met == 0:
        notes.append(
            f"in none of {runs:,} runs did it come true: at most {wilson(0, runs).high:.1%} of futures (95 %)"
        )
    elif met < FEW_RUNS:
        notes.append(f"only {met} of {runs:,} runs are left: read the intervals, not the numbers")
    if met == runs:
        notes.append("this came true in every run: it tells nothing apart")
    if not daily:
        notes.append("no daily series were kept: no early signs are looked for")
    elif 0 < met < runs and min(met, runs - met) < FEW_MET:
        notes.append(f"fewer than {FEW_MET} runs on one side: no early signs are looked for")
    elif 0 < met < runs and signs.empty:
        notes.append("settled too early for early signs: no month lies before it")
    return tuple(notes)


def record(given: Given) -> dict[str, Any]:
    """The content of ``given.json``."""
    return {
        "conditions": [
            {"text": c.text, "runs": n} for c, n in zip(given.conditions, given.each, strict=True)
        ],
        "runs": given.runs,
        "met": given.met,
        "endings": _rows(given.endings),
        "measures": _rows(given.measures),
        "early_signs": _rows(given.first),
        "notes": list(given.notes),
    }


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain data, months as texts."""
    if "month" in table:
        table = table.assign(month=pd.to_datetime(table["month"]).dt.strftime("%Y-%m"))
    made: list[dict[str, Any]] = files.plain(table.to_dict("records"))
    return made
