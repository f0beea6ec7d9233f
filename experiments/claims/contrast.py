"""Runs a ledger of claims: every side once, both sides of a claim on the same draws and the same luck."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.claims.judge import Finding, Rule, judge
from experiments.claims.ledger import Claim, Ledger, Outcome, Side
from experiments.kit.words import label
from experiments.runs.road import Held, collect, run_blocks
from sim.ensemble import Block
from sim.outcomes import ENDINGS, SERIES
from sim.questions import resolve
from sim.scenario import Scenario

LUCK = 2
"""Runs of each side at one draw of the unknown parameters: two tell parameters from luck."""


@dataclass(frozen=True)
class Judged:
    """A claim with what was found; ``unit`` of its effect ('' for a probability)."""

    claim: Claim
    finding: Finding
    unit: str


@dataclass(frozen=True)
class _Ran:
    """A side that has run: outcome -> float[draw, luck]; drivers -> float[draw]."""

    outcomes: Mapping[Outcome, np.ndarray]
    drivers: Mapping[str, np.ndarray]


def sides(ledger: Ledger) -> dict[Side, tuple[Outcome, ...]]:
    """Every distinct side with the outcomes that are asked of it."""
    found: dict[Side, list[Outcome]] = {}
    for claim in ledger.claims:
        for side in (claim.low, claim.high):
            wanted = found.setdefault(side, [])
            if claim.outcome not in wanted:
                wanted.append(claim.outcome)
    return {side: tuple(wanted) for side, wanted in found.items()}


def run_ledger(
    ledger: Ledger,
    replicates: int,
    seed: int,
    rule: Rule,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[Judged]:
    """Run and judge every claim.

    replicates: runs of a side, a multiple of ``LUCK``. seed: of draws and luck: replicate r is the same
    world on all sides. progress: called with the number of further runs done. Results do not depend on
    ``threads`` nor on which other claims run.
    """
    ran = {}
    for side, wanted in sides(ledger).items():
        ran[side] = _run(
            ledger.side(side), wanted, ledger.drivers, replicates // LUCK, seed, threads, progress
        )
    judged = []
    for claim in ledger.claims:
        low, high = ran[claim.low], ran[claim.high]
        drivers = {n: x for n, x in low.drivers.items() if np.array_equal(x, high.drivers[n])}
        before, after = low.outcomes[claim.outcome], high.outcomes[claim.outcome]
        finding = judge(before, after, drivers, claim.direction, rule, seed)
        judged.append(Judged(claim, finding, unit_of(claim.outcome)))
    return judged


def _run(
    scenario: Scenario, wanted: tuple[Outcome, ...], drivers: tuple[str, ...], draws: int, seed: int,
    threads: int | None, progress: Callable[[int], None] | None,
) -> _Ran:  # fmt: skip
    """Run one side and keep its outcomes alone: the series of a side are never held beside another's."""
    points = scenario.draw(np.arange(draws), seed)
    questions = [outcome.asked(scenario) for outcome in wanted if outcome.kind == "question"]
    held: Held = "series" if questions else "measures"
    if any(question.place != "national" for question in questions):
        held = "places"
    blocks = run_blocks(
        scenario, np.arange(draws * LUCK), seed, values=lambda luck: points[luck // LUCK], held=held,
        threads=threads, progress=progress,
    )  # fmt: skip
    values = collect(blocks, lambda block: {one: _value(one, scenario, block) for one in wanted})
    columns = {name: points[:, scenario.schema.index(name)] for name in drivers}
    return _Ran({one: value.reshape(draws, LUCK) for one, value in values.items()}, columns)


def _value(outcome: Outcome, scenario: Scenario, block: Block) -> np.ndarray:
    """The outcome of each run: float64[n]. An event that did not happen counts as happening at the horizon,
    so a mean is the time up to the horizon that passed without it (restricted mean)."""
    if outcome.kind == "ending":
        codes = [ENDINGS.index(name) for name in outcome.names]
        value = np.isin(block.measure("ending_code"), codes).astype(float)
    elif outcome.kind == "question":
        value = resolve(outcome.asked(scenario), block)
    else:
        value = block.measure(outcome.names[0])
        if outcome.names[0].endswith("_day"):
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
