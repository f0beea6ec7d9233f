"""What the page shows of runs: endings, fans, who fights and who dies, times, questions, the map; with intervals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from experiments.explorer import desk
from experiments.explorer.desk import Kept
from experiments.kit.words import label, unit
from experiments.outlook.fighting import fighting_table
from experiments.outlook.summary import NUMBERS, share
from experiments.runs.quantiles import LEVELS
from experiments.stats.intervals import RANGE, quantile_interval, ranks
from experiments.stats.paired import compare
from experiments.stats.survival import kaplan_meier
from sim.outcomes import ENDINGS, MEASURES, SERIES

TIMES = tuple(name for name in MEASURES if name.endswith("_day"))
"""Measures that say when something happened first."""


def outlook(kept: Kept, pinned: Kept | None, fans: tuple[str, ...]) -> dict[str, Any]:
    """Everything of a live outlook but the map, as plain data and arrays.

    ``pinned``: the same replicates of the pinned scenario, None if none is; ``fans``: series whose fans are shown.
    """
    return {
        "runs": kept.runs,
        "start": kept.scenario.start.isoformat(),
        "end": kept.scenario.end.isoformat(),
        "unit": kept.unit,
        "endings": endings(kept, pinned),
        "fans": {name: fan(kept, pinned, name) for name in fans if name in SERIES},
        "starts": kept.starts,
        "fighting": fighting(kept, pinned),
        "times": times(kept, pinned),
        "questions": questions(kept, pinned),
        "numbers": [number(kept, pinned, name) for name in NUMBERS],
        "simulated": kept.simulated,
        "reduced": kept.reduced,
    }


def endings(kept: Kept, pinned: Kept | None) -> list[dict[str, Any]]:
    """Share of every ending with its interval, and its paired difference."""
    code = kept.measure("ending_code")
    before = pinned.measure("ending_code") if pinned is not None else None
    return [
        _beside({"name": name}, share, code == k, before == k if before is not None else None)
        for k, name in enumerate(ENDINGS)
    ]


def _beside(
    row: dict[str, Any],
    told: Callable[[np.ndarray], dict[str, Any]],
    now: np.ndarray,
    before: np.ndarray | None,
) -> dict[str, Any]:
    """A row with what is told of the runs, and beside it of the pinned ones, if there are any, and their difference."""
    row |= told(now)
    return row if before is None else {**row, "pinned": told(before), **difference(now, before)}


def difference(now: np.ndarray, before: np.ndarray) -> dict[str, Any]:
    """Mean difference over replicates with its 95 % interval; nothing for fewer than two pairs."""
    both = ~(np.isnan(now.astype(float)) | np.isnan(before.astype(float)))
    if both.sum() < 2:
        return {}
    found = compare(now, before)
    return {"difference": {"mean": found.difference, "low": found.low, "high": found.high}}


def fan(kept: Kept, pinned: Kept | None, name: str) -> dict[str, Any]:
    """Quantiles over runs by period, and the 95 % interval of the median."""
    shown = kept.complete if SERIES[name].kind == "flow" else np.ones(len(kept.starts), bool)
    alike = pinned is not None and np.array_equal(pinned.starts, kept.starts)
    before = pinned.series(name)[:, shown] if pinned is not None and alike else None
    return bands(name, kept.starts[shown], kept.series(name)[:, shown], before)


def bands(name: str, starts: np.ndarray, runs: np.ndarray, before: np.ndarray | None) -> dict[str, Any]:
    """A fan of a series.

    Parameters
    ----------
    name
        Of the series.
    starts
        First day of each period: datetime64 ``(periods,)``.
    runs, before
        Values ``(runs, periods)``; those to compare with, or None.
    """
    values = np.sort(runs.astype(float), axis=0)
    low, high = _median_ranks(len(values))
    made: dict[str, Any] = {
        "text": label(name),
        "unit": unit(name),
        "kind": SERIES[name].kind,
        "starts": starts,
        "levels": np.quantile(values, LEVELS, axis=0),
        "mean": values.mean(axis=0),
        "low": values[low],
        "high": values[high],
    }
    if before is not None:
        made["pinned"] = np.quantile(before.astype(float), RANGE, axis=0)
    return made


def _median_ranks(runs: int) -> tuple[int, int]:
    """Ranks between which the median of all possible runs lies with 95 % chance."""
    low, high = ranks(runs, 0.5)
    return max(1, low) - 1, min(runs, high) - 1


def fighting(kept: Kept, pinned: Kept | None) -> dict[str, Any]:
    """Attacks and deaths by actor, beside those of the pinned scenario."""
    table: dict[str, Any] = fighting_table(_frame(kept))
    before = fighting_table(_frame(pinned)) if pinned is not None else {}
    for kind, rows in table.items():
        for name, row in rows.items():
            values = kept.measure(name)
            row["mean"] = float(values.mean())
            middle = quantile_interval(values, 0.5)
            row["low"], row["high"] = middle.low, middle.high
            if pinned is not None:
                row["pinned"] = before[kind][name]
                row |= difference(values, pinned.measure(name))
    return table


def times(kept: Kept, pinned: Kept | None) -> list[dict[str, Any]]:
    """Chance that something has happened by the end of each period, with its interval."""
    horizon = kept.scenario.days
    ends = np.append((kept.starts[1:] - kept.starts[0]).astype(int), horizon)
    made = []
    for name in TIMES:
        curve = kaplan_meier(kept.measure(name), horizon)
        chance = curve.happened(ends)
        middle = curve.quantile(0.5)
        row: dict[str, Any] = {
            "name": name, "text": label(name), "p": chance.estimate, "low": chance.low, "high": chance.high,
            "median": middle.estimate, "median_low": middle.low, "median_high": middle.high,
        }  # fmt: skip
        if pinned is not None and len(pinned.starts) == len(kept.starts):
            days = pinned.measure(name)
            row["pinned"] = kaplan_meier(days, pinned.scenario.days).happened(ends).estimate
            row |= difference(~np.isnan(kept.measure(name)), ~np.isnan(days))
        made.append(row)
    return made


def questions(kept: Kept, pinned: Kept | None) -> list[dict[str, Any]]:
    """Chance of yes, or the spread of a number, for every question that the scenario decides."""
    made = []
    for question in kept.scenario.questions:
        answers = kept.arrays[f"?{question.id}"]
        if np.isnan(answers).all():
            continue
        text = " ".join(question.text.split())
        row: dict[str, Any] = {"id": question.id, "text": text, "by": question.by.isoformat()}
        row["kind"] = question.kind
        before = pinned.arrays.get(f"?{question.id}") if pinned is not None else None
        before = None if before is None or np.isnan(before).all() else before
        made.append(_beside(row, _spread if question.kind == "numeric" else _chance, answers, before))
    return made


def _chance(answers: np.ndarray) -> dict[str, Any]:
    return share(answers > 0.5)


def number(kept: Kept, pinned: Kept | None, name: str) -> dict[str, Any]:
    """A measure's median with its interval, and the range of the middle 90 % of runs."""
    row = {"name": name, "text": label(name), "unit": unit(name)}
    before = pinned.measure(name) if pinned is not None else None
    return _beside(row, _spread, kept.measure(name), before)


def _spread(values: np.ndarray) -> dict[str, float]:
    found = values[~np.isnan(values)]
    if not found.size:
        return {}
    middle = quantile_interval(found, 0.5)
    q05, q95 = np.quantile(found, (0.05, 0.95))
    return {
        "median": middle.estimate,
        "low": middle.low,
        "high": middle.high,
        "q05": float(q05),
        "q95": float(q95),
    }


def ground(kept: Kept, pinned: Kept | None, name: str) -> dict[str, Any]:
    """A series of places on the map: mean over runs and the range of 90 % of them, by period and province."""
    first, shown = desk.frames(kept.scenario)
    values = kept.places(name)[:, shown]
    starts = np.datetime64(kept.scenario.start, "D") + first[shown]
    made: dict[str, Any] = {
        "name": name,
        "unit": "week" if kept.unit == "day" else "month",
        "starts": starts,
        "mean": values.mean(axis=0),
        "low": np.quantile(values, 0.05, axis=0),
        "high": np.quantile(values, 0.95, axis=0),
        "valley": kept.arrays["valley"].mean(axis=0),
        "runs": kept.runs,
    }
    if pinned is not None and np.array_equal(pinned.starts, kept.starts):
        made["pinned"] = pinned.places(name)[:, shown].mean(axis=0)
    return made


def _frame(kept: Kept) -> pd.DataFrame:
    table = pd.DataFrame(kept.arrays["measures"], columns=list(MEASURES))
    table["ending"] = np.array(ENDINGS)[kept.measure("ending_code").astype(int)]
    return table
