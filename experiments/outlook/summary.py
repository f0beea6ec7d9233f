"""The outlook of a study: probability of every ending and question, key numbers, parameters against luck."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, SupportsFloat

import numpy as np

from experiments.config.posteriors import basis_of
from experiments.kit.words import fighting, label, unit
from experiments.outlook.fighting import fighting_table, remaining
from experiments.outlook.results import Results
from experiments.stats.intervals import FEW_RUNS, quantile_interval, wilson
from experiments.stats.spread import spread_table
from sim.outcomes import ENDINGS
from sim.world.tables import ROWS

if TYPE_CHECKING:
    import pandas as pd

    from sim.questions import Question

NUMBERS = (
    "deaths", *fighting("deaths"), *fighting("attacks"), "max_pockets", "final_front_fighters",
    "final_iskp_cells", "risings", "protests", "refugees", "final_services", "final_economy", "final_grievance",
)  # fmt: skip
"""Measures that an outlook names."""


def outlook(results: Results) -> dict[str, Any]:
    """The outlook as plain data (what ``outlook.json`` holds)."""
    scenario, runs = results.scenario, results.runs
    names = runs["ending"].to_numpy(str)
    questions = {
        question.id: _question(question, results.answers[question.id]) for question in scenario.questions
    }
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "start": scenario.start.isoformat(),
        "end": scenario.end.isoformat(),
        "days": scenario.days,
        "seed": results.seed,
        "uncertainty": results.uncertainty,
        "basis": basis_of(scenario),
        "runs": len(runs),
        "failed": results.failed,
        "capped": _capped(runs),
        "interval": 0.95,
        "endings": {name: share(names == name) for name in ENDINGS},
        "questions": questions,
        "fighting": fighting_table(runs),
        "consolidation": remaining(runs),
        "numbers": {name: _number(name, runs[name].to_numpy(float)) for name in NUMBERS if name in runs},
        "spread": spread(results.twins, results.seed),
    }


def _capped(runs: pd.DataFrame) -> int:
    """Runs in which pockets found no room among those that the model holds at a time."""
    name = "final_turned_away"
    return int((runs[name].to_numpy(float) > 0.0).sum()) if name in runs else 0


def share(happened: np.ndarray) -> dict[str, float | None]:
    """Probability with its 95 % interval of a yes-no outcome: bool ``(runs,)``."""
    p, low, high = wilson(int(np.sum(happened)), len(happened))
    return {"p": plain(p), "low": plain(low), "high": plain(high)}


def spread(twins: Mapping[str, tuple[np.ndarray, np.ndarray]], seed: int) -> dict[str, dict[str, Any]]:
    """Share of the variance of the key numbers that uncertain parameters explain; the rest is luck."""
    named = {name: pair for name, pair in twins.items() if name in NUMBERS}
    table = spread_table(named, seed)
    return {
        name: {"parameters": plain(s.share), "low": plain(s.low), "high": plain(s.high), "pairs": s.pairs}
        for name, s in table.items()
    }


def warnings(result: Mapping[str, Any]) -> list[str]:
    """What a reader should know before trusting the numbers."""
    found = []
    if result["runs"] < FEW_RUNS:
        few = "run is" if result["runs"] == 1 else "runs are"
        found.append(f"{result['runs']} {few} few: the intervals are wide; {FEW_RUNS} or more are better")
    if result.get("uncertainty") == "none":
        found.append(
            "parameters are fixed (uncertainty=none): the spread is luck alone and too narrow for a forecast"
        )
    if result.get("failed"):
        found.append(f"{result['failed']} runs failed and count nowhere; see the folder failures")
    if result.get("capped"):
        found.append(
            f"in {result['capped']} of {result['runs']} runs more pockets would have formed than the {ROWS['pocket']} "
            "that the model holds at a time: insurgency is understated there"
        )
    late = [name for name, answer in result.get("questions", {}).items() if answer.get("runs") == 0]
    if late:
        found.append(f"not decided within the horizon of the scenario: {', '.join(late)}")
    return found


def plain(value: SupportsFloat | np.ndarray) -> float | None:
    """A float for JSON: None for nan and infinity, which JSON cannot write."""
    number = float(value)
    return number if math.isfinite(number) else None


def _question(question: Question, answers: np.ndarray) -> dict[str, Any]:
    """One question's answer: a probability, or the spread of a number."""
    decided = answers[~np.isnan(answers)]
    made: dict[str, Any] = {"text": " ".join(question.text.split()), "by": question.by.isoformat()}
    if question.kind == "numeric":
        made |= _spread_of(decided)
    else:
        made |= share(decided > 0.5)
    if question.resolution is not None:
        made["resolution"] = question.resolution
    return made | {"runs": int(decided.size)}


def _number(name: str, values: np.ndarray) -> dict[str, Any]:
    return {"text": label(name), "unit": unit(name)} | _spread_of(values[~np.isnan(values)])


def _spread_of(values: np.ndarray) -> dict[str, Any]:
    """Median with its 95 % interval, mean, and the range of the middle 90 % of runs."""
    if not values.size:
        return dict.fromkeys(("median", "low", "high", "mean", "q05", "q95"))
    median, low, high = quantile_interval(values, 0.5)
    q05, q95 = np.quantile(values, [0.05, 0.95])
    numbers = (median, low, high, float(np.mean(values)), q05, q95)
    return {
        key: plain(v) for key, v in zip(("median", "low", "high", "mean", "q05", "q95"), numbers, strict=True)
    }
