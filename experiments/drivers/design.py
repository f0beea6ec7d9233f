"""A design over the variables that a future is said to depend on, as a study.

At every point of a Sobol' sequence three runs: two with the same other parameters and different luck, and
one with other parameters and other luck. The first two tell luck from all parameters, the third tells the
variables from the other parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import qmc

from experiments.drivers.importance import MOST_VARIABLES, Importance, tipping_points, who_leads
from experiments.drivers.surface import Surface, calibration
from experiments.kit import files
from experiments.kit.errors import UserError
from experiments.runs.designs.layouts import engine
from experiments.runs.plan import Points, Study, Variant
from experiments.runs.store import StudyFolder
from experiments.stats.intervals import wilson
from sim.outcomes import ENDINGS
from sim.scenario import Scenario
from sim.values import hint

RUNS = 3
"""Runs at a point."""


@dataclass(frozen=True)
class Driven:
    """Runs of a design. names, bounds float ``(d, 2)``: the variables; points float ``(run, d)``; ending str and point
    int ``(run,)``."""

    names: tuple[str, ...]
    bounds: np.ndarray
    points: np.ndarray
    ending: np.ndarray
    point: np.ndarray

    def happened(self, ending: str) -> np.ndarray:
        """Whether the ending came about: float ``(point, 3)``."""
        return (self.ending == ending).astype(float).reshape(-1, RUNS)


def variables(over: Sequence[str]) -> tuple[tuple[str, ...], dict[str, tuple[float, float]]]:
    """Names and ranges of ``NAME`` and ``NAME:LOW..HIGH``; UserError for none, too many, one twice, no range."""
    given: dict[str, tuple[float, float]] = {}
    names = []
    for text in over:
        name, colon, span = text.partition(":")
        names.append(name)
        if colon:
            low, _, high = span.partition("..")
            try:
                given[name] = (float(low), float(high))
            except ValueError:
                raise UserError(f"over: found {text!r}; allowed: NAME or NAME:LOW..HIGH") from None
    if not 1 <= len(names) <= MOST_VARIABLES or len(set(names)) < len(names):
        raise UserError(f"over: found {list(over)!r}; allowed: one to {MOST_VARIABLES} different parameters")
    return tuple(names), given


def ranges(
    scenario: Scenario,
    names: Sequence[str],
    given: Mapping[str, tuple[float, float]],
    otherwise: str = "table",
) -> np.ndarray:
    """The range of each variable, float ``(d, 2)``: the one given, or that of the parameter table or the prior.

    UserError for a name that is no parameter, a range that is none or leaves the parameter's own.
    """
    rows = []
    for name in names:
        if name not in scenario.schema:
            near = hint(name, scenario.schema.names)
            raise UserError(f"over: found {name!r}; allowed: a name of the parameter table{near}")
        parameter, prior = scenario.schema[name], scenario.space.priors.get(name)
        if parameter.kind != "float":
            raise UserError(f"over: found {name!r}, which is {parameter.allowed}; allowed: continuous ones")
        table = (parameter.low, parameter.high)
        low, high = given.get(name, prior.support if prior and otherwise == "prior" else table)
        if not parameter.low <= low < high <= parameter.high:
            found = f"{low:g}..{high:g}"
            raise UserError(f"over: {name}: found {found}; allowed: a range within {parameter.allowed}")
        rows.append((low, high))
    return np.array(rows, float)


def study_of(
    scenario: Scenario, names: Sequence[str], bounds: np.ndarray, n: int, seed: int,
    asked: Mapping[str, Any],
) -> Study:  # fmt: skip
    """Points of a scrambled Sobol' sequence over the box, three runs each.

    Parameters
    ----------
    scenario
        Whose runs they are.
    names, bounds
        The variables and their ranges, ``(variables, 2)``.
    n
        How many points.
    seed
        Of points, draws and luck.
    asked
        What the study makes of its runs, for the record.
    """
    unit = engine(qmc.Sobol, len(names), seed).random(n)
    points = Points.of(names, qmc.scale(unit, bounds[:, 0], bounds[:, 1]))
    return Study(
        (Variant(scenario.name, scenario, points),), RUNS, seed, "none", "own", {"name": "drivers"},
        draws=(0, 0, 1), asked=asked,
    )  # fmt: skip


def read_design(folder: StudyFolder, bounds: np.ndarray) -> Driven:
    """The runs of a finished study of `study_of`, over these ranges ``(variables, 2)``."""
    points, runs = folder.study.variants[0].points, folder.runs(["point", "ending"])
    place = runs["point"].to_numpy()
    return Driven(points.names, bounds, points.values[place], runs["ending"].to_numpy(str), place)


def summarise(driven: Driven, surface: Surface, split: Sequence[Importance]) -> dict[str, Any]:
    """What the surface says, as plain data: the content of ``drivers.json``."""
    runs = driven.ending.size
    fitted = [asdict(row) | {"sound": row.sound} for row in calibration(surface, driven.ending, driven.point)]
    middle = (surface.low + surface.high)[None, :] / 2
    low, high = surface.band(middle)
    return {
        "runs": runs,
        "points": runs // RUNS,
        "variables": {n: [float(a), float(b)] for n, (a, b) in zip(driven.names, driven.bounds, strict=True)},
        "endings": {name: _share(int((driven.ending == name).sum()), runs) for name in ENDINGS},
        "middle": {
            name: {"p": float(p), "low": float(a), "high": float(b)}
            for name, p, a, b in zip(
                surface.outcomes, surface.probability(middle)[0], low[0], high[0], strict=True
            )
        },
        "surface": {"degree": surface.degree, "penalty": surface.penalty},
        "calibration": files.plain(fitted),
        "tipping": [asdict(tip) for tip in tipping_points(surface)],
        "leads": who_leads(surface),
        "importance": [_plain(row) for row in split],
    }


def _share(count: int, runs: int) -> dict[str, float]:
    found = wilson(count, runs)
    return {"p": float(found.estimate), "low": float(found.low), "high": float(found.high)}


def _plain(row: Importance) -> dict[str, Any]:
    """One ending's variance shares with text keys."""
    return files.plain({
        "outcome": row.outcome, "first": row.first, "total": row.total,
        "pairs": {" x ".join(pair): share for pair, share in row.pairs.items()},
        "surface": row.surface, "drivers": row.drivers, "others": row.others, "luck": row.luck,
    })  # fmt: skip
