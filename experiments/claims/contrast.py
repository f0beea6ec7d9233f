"""A ledger of claims as a study: every side once, both sides of a claim on the same draws and the same luck."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.judge import Finding, Rule, judge
from experiments.claims.ledger import Claim, Ledger, Outcome, Side
from experiments.kit.words import label
from experiments.runs.plan import Study, Variant
from experiments.runs.store import StudyFolder
from experiments.runs.tables import QUESTION
from sim.outcomes import SERIES
from sim.scenario import Scenario

LUCK = 2
"""Runs of each side at one draw of the unknown parameters: two tell parameters from luck."""


@dataclass(frozen=True)
class Judged:
    """A claim with what was found; ``unit`` of its effect ('' for a probability)."""

    claim: Claim
    finding: Finding
    unit: str


def sides(ledger: Ledger) -> dict[Side, tuple[Outcome, ...]]:
    """Every distinct side with the outcomes that are asked of it."""
    found: dict[Side, list[Outcome]] = {}
    for claim in ledger.claims:
        for side in (claim.low, claim.high):
            wanted = found.setdefault(side, [])
            if claim.outcome not in wanted:
                wanted.append(claim.outcome)
    return {side: tuple(wanted) for side, wanted in found.items()}


def study_of(ledger: Ledger, replicates: int, seed: int, asked: Mapping[str, Any]) -> Study:
    """Every side of a ledger once: replicate r is the same world on all of them.

    Parameters
    ----------
    ledger
        With its scenarios.
    replicates
        Runs of a side, a multiple of `LUCK`.
    seed
        Of draws and luck.
    asked
        How the runs are judged, for the record.
    """
    variants = []
    for side, wanted in sides(ledger).items():
        scenario = ledger.side(side)
        questions = tuple(one.asked(scenario) for one in wanted if one.kind == "question")
        variants.append(Variant(str(side), replace(scenario, questions=questions)))
    return Study(tuple(variants), replicates, seed, design={"name": "claims"}, draws=(0,) * LUCK, asked=asked)


def judge_runs(ledger: Ledger, folder: StudyFolder, rule: Rule) -> list[Judged]:
    """Judge every claim of a ledger by the runs of its sides; it does not matter which other claims there are."""
    runs, points = folder.runs(), folder.points()
    outcomes: dict[tuple[Side, Outcome], np.ndarray] = {}
    drivers: dict[Side, dict[str, np.ndarray]] = {}
    for (side, wanted), variant in zip(sides(ledger).items(), folder.study.variants, strict=True):
        here = (runs["scenario"] == variant.label).to_numpy()
        for one in wanted:
            outcomes[side, one] = _value(one, variant.scenario, runs[here]).reshape(-1, LUCK)
        drawn = points[here].iloc[::LUCK]
        drivers[side] = {name: drawn[name].to_numpy() for name in ledger.drivers if name in drawn}
    judged = []
    for claim in ledger.claims:
        same = {
            name: x for name, x in drivers[claim.low].items() if np.array_equal(x, drivers[claim.high][name])
        }
        before, after = (outcomes[side, claim.outcome] for side in (claim.low, claim.high))
        finding = judge(before, after, same, claim.direction, rule, folder.study.seed)
        judged.append(Judged(claim, finding, unit_of(claim.outcome)))
    return judged


def _value(outcome: Outcome, scenario: Scenario, runs: pd.DataFrame) -> np.ndarray:
    """The outcome of each run: float64 ``(n,)``. An event that did not happen counts as happening at the horizon,
    so a mean is the time up to the horizon that passed without it (restricted mean)."""
    if outcome.kind == "ending":
        value = runs["ending"].isin(outcome.names).to_numpy(float)
    else:
        value = runs[QUESTION + outcome.id if outcome.kind == "question" else outcome.names[0]].to_numpy(
            float
        )
    if outcome.kind == "measure" and outcome.names[0].endswith("_day"):
        value = np.where(np.isnan(value), scenario.days, value)
    return np.log1p(np.maximum(value, 0.0)) if outcome.log else value


def unit_of(outcome: Outcome) -> str:
    """Unit of an effect: '' for a probability, 'ratio' for a log scale (of one more than the outcome)."""
    if outcome.log:
        return "ratio"
    if outcome.kind == "ending":
        return ""
    name = outcome.names[0]
    if outcome.kind == "question":
        spec = dict(outcome.question)
        yes_no = spec.get("comparison") is not None or not spec
        return "" if yes_no or name not in SERIES else SERIES[name].unit
    if name.endswith("_day"):
        return "days"
    series = SERIES.get(name.removeprefix("final_").removeprefix("max_").removesuffix("_last_year"))
    if series is None:
        return "number"
    return series.unit.removesuffix(" a day")


def record(judged: Judged) -> dict[str, Any]:
    """One claim as plain data: the row of ``claims.json``. Effects on a log scale are given as ratios."""
    claim, finding, e = judged.claim, judged.finding, judged.finding.estimate
    shown = np.exp if claim.outcome.log else float
    return {
        "id": claim.id, "factors": list(claim.factors), "text": claim.text,
        "from": str(claim.low), "to": str(claim.high), "outcome": describe(claim.outcome),
        "unit": judged.unit, "direction": claim.direction, "built_in": claim.built_in, "note": claim.note,
        "effect": float(shown(e.mean)), "low": float(shown(e.low)), "high": float(shown(e.high)),
        "p_direction": finding.p_direction[0], "p_direction_low": finding.p_direction[1],
        "p_direction_high": finding.p_direction[2], "verdict": finding.verdict, "why": finding.why,
        "runs": 2 * e.runs, "draws": e.draws, "spread": e.spread,
        "standardised": [x / e.spread if e.spread else 0.0 for x in (e.mean, e.low, e.high)],
        "depends_on": {
            d.driver: {"change": d.slope, "low": d.low, "high": d.high, "clear": d.clear,
                       "thirds": [list(third) for third in d.thirds]}
            for d in finding.dependence
        },
    }  # fmt: skip


def describe(outcome: Outcome) -> str:
    """An outcome in words."""
    if outcome.kind == "ending":
        return "chance of " + " or ".join(label(name) for name in outcome.names)
    if not outcome.question:
        return label(outcome.names[0])
    spec = dict(outcome.question)
    place = "" if spec.get("place", "national") == "national" else f" in {spec['place']}"
    words = [f"{spec.get('over', 'any')} of {label(outcome.names[0])}{place}"]
    if spec.get("comparison"):
        words = [f"chance of {words[0]} {spec['comparison']} {spec['value']:g}"]
    words += [f"{key} {spec[key]}" for key in ("start", "by") if spec.get(key)]
    return ", ".join(words)
