"""What a probability surface says about its variables: tipping points, who leads where, whose variance it is."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from experiments.drivers.surface import Surface
from experiments.stats.intervals import percentiles
from experiments.stats.spread import spread_table

_NODES = {1: 24, 2: 16, 3: 12, 4: 8, 5: 6, 6: 5, 7: 4, 8: 4}
MOST_VARIABLES = max(_NODES)
STEPS = 41
"""Points of an averaged response."""


@dataclass(frozen=True)
class Tipping:
    """Along one variable, the others in the middle of their ranges: where the most likely outcome changes
    from ``before`` to ``after``. ``low .. high`` is the 95 % interval; ``seen`` the share of draws of the
    surface that have this change."""

    name: str
    value: float
    low: float
    high: float
    before: str
    after: str
    seen: float


@dataclass(frozen=True)
class Importance:
    """Whose variance one outcome's is, as shares of the variance of 'it happens' over runs (each with its interval).

    first: effect of each variable alone; pairs: of two together beyond that; total: of a variable with all its
    interactions. surface: all variables by the fitted surface; drivers: the same without any surface, from pairs of
    runs at one point; others: the parameters that are not among the variables; luck: the rest.
    """

    outcome: str
    first: dict[str, tuple[float, float, float]]
    pairs: dict[tuple[str, str], tuple[float, float, float]]
    total: dict[str, tuple[float, float, float]]
    surface: tuple[float, float, float]
    drivers: tuple[float, float, float]
    others: float
    luck: float


def line(surface: Surface, j: int, at: np.ndarray | None = None, steps: int = 101) -> np.ndarray:
    """Points along variable j, the others at ``at`` (default: the middle): float ``(steps, d)``."""
    points = np.repeat(((surface.low + surface.high) / 2 if at is None else at)[None, :], steps, axis=0)
    points[:, j] = np.linspace(surface.low[j], surface.high[j], steps)
    return points


def plane(surface: Surface, i: int, j: int, at: np.ndarray | None = None, steps: int = 61) -> np.ndarray:
    """A square grid over variables i (columns) and j (rows), the others at ``at``: float ``(steps, steps, d)``."""
    middle = (surface.low + surface.high) / 2 if at is None else np.asarray(at, float)
    points = np.tile(middle, (steps, steps, 1))
    points[:, :, i] = np.linspace(surface.low[i], surface.high[i], steps)[None, :]
    points[:, :, j] = np.linspace(surface.low[j], surface.high[j], steps)[:, None]
    return points


def averaged(surface: Surface, j: int) -> dict[str, np.ndarray]:
    """Response to variable j averaged evenly over the others: x ``(STEPS,)``, p, low and high ``(STEPS, K)``."""
    others, weight = _grid(np.delete(surface.low, j), np.delete(surface.high, j))
    x = np.linspace(surface.low[j], surface.high[j], STEPS)
    curves = []
    for value in x:
        points = np.insert(others, j, value, axis=1)
        both = np.concatenate([surface.probability(points)[None], surface.drawn(points)])
        curves.append(np.einsum("bnk,n->bk", both, weight))
    found = np.array(curves)
    low, high = percentiles(found[:, 1:], axis=1)
    return {"x": x, "p": found[:, 0], "low": low, "high": high}


def _grid(low: np.ndarray, high: np.ndarray, nodes: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Legendre product grid over a box with weights that sum to 1: float ``(n, d)``, float ``(n,)``."""
    d = len(low)
    if d == 0:
        return np.zeros((1, 0)), np.ones(1)
    x, w = np.polynomial.legendre.leggauss(nodes or _NODES[d])
    points = np.array(list(itertools.product(x, repeat=d)))
    weight = np.prod(np.array(list(itertools.product(w / 2, repeat=d))), axis=1)
    return low + (points + 1) / 2 * (high - low), weight


def tipping_points(surface: Surface) -> list[Tipping]:
    """Every change of the most likely outcome along the axes through the middle of the box."""
    found = []
    for j, name in enumerate(surface.names):
        points = line(surface, j, steps=401)
        x = points[:, j]
        drawn = [_changes(p.argmax(axis=1), x) for p in surface.drawn(points)]
        for (before, after), value in _changes(surface.probability(points).argmax(axis=1), x).items():
            again = np.array([d[before, after] for d in drawn if (before, after) in d])
            low, high = percentiles(again) if again.size else (value, value)
            found.append(Tipping(name, value, float(low), float(high), surface.outcomes[before],
                                 surface.outcomes[after], again.size / len(drawn)))  # fmt: skip
    return found


def _changes(top: np.ndarray, x: np.ndarray) -> dict[tuple[int, int], float]:
    """First place of each change of the leading outcome along x."""
    at = np.flatnonzero(top[1:] != top[:-1])
    changes: dict[tuple[int, int], float] = {}
    for i in at:
        changes.setdefault((int(top[i]), int(top[i + 1])), float((x[i] + x[i + 1]) / 2))
    return changes


def sensitivity(surface: Surface, points: np.ndarray) -> np.ndarray:
    """How fast the outlook changes with each variable: float ``(n, d)``.

    Half the sum over outcomes of the absolute slope of the probability, per full range of the variable: the
    share of runs that would end otherwise if the slope held over the whole range.
    """
    step = 1e-4 * (surface.high - surface.low)
    out = np.empty((len(points), len(surface.names)))
    for j in range(len(surface.names)):
        shift = np.zeros(len(surface.names))
        shift[j] = step[j]
        slope = (surface.probability(points + shift) - surface.probability(points - shift)) / 2e-4
        out[:, j] = 0.5 * np.abs(slope).sum(axis=1)
    return out


def who_leads(surface: Surface) -> dict[str, float]:
    """Share of the box in which each variable moves the outlook most."""
    points, weight = _grid(surface.low, surface.high)
    leader = sensitivity(surface, points).argmax(axis=1)
    return {name: float(weight[leader == j].sum()) for j, name in enumerate(surface.names)}


def importance(surface: Surface, happened: Mapping[str, np.ndarray], seed: int = 0) -> list[Importance]:
    """Split the variance of each fitted outcome.

    happened: outcome -> float ``(point, 3)`` of 0 and 1: two runs at the point with the same other parameters and
    different luck, then one with other parameters and other luck.
    """
    points, weight = _grid(surface.low, surface.high)
    p, drawn = surface.probability(points), surface.drawn(points)
    rows = []
    for k, outcome in enumerate(surface.outcomes):
        runs = np.asarray(happened[outcome], float)
        variance = float(runs.mean() * (1 - runs.mean()))
        parts = _anova(np.concatenate([p[None, :, k], drawn[:, :, k]]), weight, len(surface.names))
        share = {key: _triple(v / variance) for key, v in parts.items()}
        twins = {"drivers": (runs[:, 0], runs[:, 2]), "all": (runs[:, 0], runs[:, 1])}
        known, all_known = spread_table(twins, seed).values()
        everything = max(float(np.nan_to_num(all_known.share)), share["all"][0])
        names = surface.names
        rows.append(Importance(
            outcome,
            {n: share[(j,)] for j, n in enumerate(names)},
            {(names[i], names[j]): share[i, j] for i, j in itertools.combinations(range(len(names)), 2)},
            {n: share["total", j] for j, n in enumerate(names)},
            share["all"], (known.share, known.low, known.high), everything - share["all"][0], 1 - everything,
        ))  # fmt: skip
    return rows


def _anova(f: np.ndarray, weight: np.ndarray, d: int) -> dict[object, np.ndarray]:
    """Variance parts of functions on a product grid, ``f`` float ``(B, n)``: (j,), (i, j), ('total', j), 'all'."""
    nodes = round(f.shape[1] ** (1 / d))
    cube = f.reshape(len(f), *(nodes,) * d)
    w = weight.reshape((nodes,) * d)

    def variance_of_mean(keep: tuple[int, ...]) -> np.ndarray:
        """Variance of the function averaged over all but the axes kept."""
        drop = tuple(a for a in range(d) if a not in keep)
        mass = w.sum(axis=drop)
        mean = (cube * w).sum(axis=tuple(a + 1 for a in drop)) / mass
        axes = tuple(range(1, mean.ndim))
        centre = (mean * mass).sum(axis=axes, keepdims=True)
        return ((mean - centre) ** 2 * mass).sum(axis=axes)

    everything = variance_of_mean(tuple(range(d)))
    parts: dict[object, np.ndarray] = {"all": everything}
    parts |= {(j,): variance_of_mean((j,)) for j in range(d)}
    for i, j in itertools.combinations(range(d), 2):
        parts[i, j] = np.maximum(variance_of_mean((i, j)) - parts[(i,)] - parts[(j,)], 0.0)
    for j in range(d):
        rest = tuple(a for a in range(d) if a != j)
        parts["total", j] = everything - (variance_of_mean(rest) if rest else 0.0)
    return parts


def _triple(values: np.ndarray) -> tuple[float, float, float]:
    """The first value (the estimate) with the quantiles of the others (its draws)."""
    low, high = percentiles(values[1:])
    return float(values[0]), float(low), float(high)
