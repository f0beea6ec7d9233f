"""What is told of a sample: indices of every headline outcome, over time and for a province, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.config.posteriors import variant_basis
from experiments.kit.progress import progress
from experiments.runs.designs.dimensions import DUMMY
from experiments.runs.futures import Opened
from experiments.sensitivity.outcomes import (
    HEADLINE,
    LOCAL,
    check_asked,
    quarters,
    quarters_at,
    values_at,
    values_of,
    words_of,
)  # fmt: skip
from experiments.sensitivity.sample import MEASURED, RunSample, read_sample

FOLLOWED = 5
"""Parameters of each outcome that are followed over time."""


def analyse(
    opened: Opened, outcomes: Sequence[str] | None, place: str | None, over_time: bool, seed: int
) -> dict[str, Any]:
    """The content of ``sensitivity.json``.

    Parameters
    ----------
    opened
        The runs.
    outcomes
        What is looked at; None: the headline outcomes.
    place
        A province to look at instead of the country.
    over_time
        Whether the leading parameters are followed by quarter, where series were kept.
    seed
        Of the bootstrap and of the dummy.
    """
    check_asked(outcomes, place)
    sample = read_sample(opened, seed)
    chosen = tuple(outcomes or (HEADLINE if place is None else LOCAL))
    values = {
        name: values_of(opened, name) if place is None else values_at(opened, place, name) for name in chosen
    }
    told = []
    with progress("Outcomes", len(chosen)) as advance:
        for name in chosen:
            told.append(_outcome(sample, name, values[name], place, seed))
            advance(1)
    followed = _over_time(opened, sample, told, place, seed) if over_time else []
    variant, study = opened.variant, opened.folder.study
    problem = {key: value for key, value in variant.problem.items() if key != "basis"} or sample.problem
    return {
        "format": 1, "method": sample.method, "measure": MEASURED[sample.method], "scenario": variant.scenario.name,
        "title": variant.scenario.title, "basis": variant_basis(variant), "source": opened.folder.record.hash,
        "seed": study.seed, "runs": len(opened.runs), "points": len(sample.rows),
        "replicates": int(sample.rows.shape[1]), "failed": opened.folder.failed(), "left_out": sample.left_out,
        "parameters": len([name for name in sample.names if name != DUMMY]), "place": place, "problem": problem,
        "outcomes": told, "over_time": followed, "notes": _notes(opened, sample, told, over_time and not followed),
    }  # fmt: skip


def _outcome(
    sample: RunSample, name: str, values: np.ndarray, place: str | None, seed: int
) -> dict[str, Any]:
    """One outcome: share of luck, floor of noise, and every parameter, the one that matters most first."""
    rows = sample.indices(values, seed)
    dummy = next((row for row in rows if row["parameter"] == DUMMY), None)
    floor = None if dummy is None else max(0.0, dummy["high"])
    ranked = sorted((row for row in rows if row is not dummy), key=lambda row: -row["value"])
    luck = sample.luck(values, seed)
    return {
        "outcome": name, "label": words_of(name, place),
        "scale": "0 or 1" if set(np.unique(values)) <= {0.0, 1.0} else "log(1 + x)",
        "mean": float(values.mean()), "luck": None if luck is None else luck._asdict(), "floor": floor,
        "indices": [row | {"clear": bool(row["low"] > (floor or 0.0))} for row in ranked],
    }  # fmt: skip


def _over_time(
    opened: Opened, sample: RunSample, told: list[dict[str, Any]], place: str | None, seed: int
) -> list[dict[str, Any]]:
    """The leading parameters of each outcome that has a series, by quarter."""
    rows: list[dict[str, Any]] = []
    with progress("Outcomes by quarter", len(told)) as advance:
        for one in told:
            name = one["outcome"]
            followed = quarters(opened, name) if place is None else quarters_at(opened, place, name)
            advance(1)
            if followed is None:
                continue
            only = tuple(row["parameter"] for row in one["indices"][:FOLLOWED])
            for day, values in zip(followed[0], followed[1].T, strict=True):
                for row in sample.indices(values, seed, only):
                    if row["parameter"] in only:
                        kept = {key: row[key] for key in ("parameter", "value", "low", "high")}
                        rows.append({"outcome": name, "quarter": str(day), **kept})
    return rows


def _notes(opened: Opened, sample: RunSample, told: list[dict[str, Any]], untold: bool) -> list[str]:
    """What a reader has to know; ``untold``: nothing could be followed over time."""
    notes = []
    if sample.left_out:
        notes.append(
            f"{opened.folder.failed()} runs failed: {sample.left_out} points were left out whole, with all that was "
            "laid out together with them"
        )
    if sample.rows.shape[1] == 1:
        notes.append(
            "luck is not told apart: that takes replicates=2 or more of a design that draws all unknowns"
        )
    elif opened.variant.scenario.space.names:
        notes.append("luck holds here all that the design leaves unknown, too")
    if sample.method in ("radial", "morris") and opened.folder.study.luck == "block":
        notes.append(
            "luck is shared by all that is compared: a parameter that nothing reads has no effect at all"
        )
    if sample.method == "sobol" and sample.rows.shape[1] == 1:
        notes.append(
            "total effects hold luck, as that of the dummy does: only what reaches above it is a parameter's"
        )
    if untold:
        notes.append(
            "nothing is followed over time: that takes series of every run; for a province keep=all, or no folder"
        )
    still = [one["label"] for one in told if not 0.01 < one["mean"] < 0.99 and one["scale"] == "0 or 1"]
    if still:
        notes.append(f"too rare or too sure in these runs to tell much: {', '.join(still)}")
    return notes
