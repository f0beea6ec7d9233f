"""Which boxes are told: chosen on two thirds of the points, their density and coverage read off the last third."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from experiments.discovery.prim import BoolArray, FloatArray, Limits, quasi_p, trajectory, whole_box
from experiments.stats.intervals import Interval, generator, wilson

HELD_OUT = 1 / 3
"""Share of the points that no box is chosen by."""
FEWEST = 10
"""Cases of interest below which no box is looked for."""
CHANCE = 0.05
"""Quasi-p-value above which the limits of a parameter are dropped; error rate of the family of first tests."""
WIDEST = 16
"""Parameters among which PRIM looks at first, at most."""


@dataclass(frozen=True)
class BoxRule:
    """How boxes are looked for.

    Attributes
    ----------
    boxes
        How many at most, each among the points that the ones before left.
    most
        Parameters that a box may limit.
    density
        Smallest density wanted: the box of the largest coverage that has it; None: the best balance (harmonic mean)
        of coverage and of what is gained of the way from the density over all to 1.
    smallest
        Smallest share of the points in a box.
    resamples
        Halves of the points on which it is tried, to see which parameters come back.
    """

    boxes: int = 2
    most: int = 4
    density: float | None = None
    smallest: float = 0.05
    resamples: int = 20


@dataclass(frozen=True)
class Step:
    """A box of a trajectory: coverage, density, share of the points, parameters limited."""

    coverage: float
    density: float
    mass: float
    restricted: int


Path = tuple[tuple[Step, ...], int, tuple[int, ...]]
"""A trajectory, the step of it that is told, and the parameters that it may limit."""


@dataclass(frozen=True)
class Box:
    """A box that is told.

    Attributes
    ----------
    limits
        Its limits, rounded as they are told.
    quasi_p
        Parameter to quasi-p-value, on the points it was chosen by.
    comes_back
        Parameter to the share of halves of the points in which the box found there limits it too.
    density, coverage
        On the points held out, with 95 % intervals; ``runs`` of them lie in the box.
    adds
        Share of the cases held out that lie in it and in no earlier box.
    trained
        The same on the points that it was chosen by.
    steps, chosen
        The trajectory, and the step of it that the box comes from.
    leading
        Parameters that the trajectory may limit.
    """

    limits: Limits
    quasi_p: dict[int, float]
    comes_back: dict[int, float]
    density: Interval
    coverage: Interval
    adds: float
    runs: int
    trained: Step
    steps: tuple[Step, ...]
    chosen: int
    leading: tuple[int, ...]


def held_out(groups: NDArray[np.int64], seed: int) -> BoolArray:
    """Which runs are held out: whole groups (points, whose replicates go together), ``(runs,)``."""
    distinct = np.unique(groups)
    rng = generator(seed)
    chosen = rng.permutation(distinct)[: round(HELD_OUT * len(distinct))]
    return np.isin(groups, chosen)


def find_boxes(
    x: FloatArray, y: BoolArray, groups: NDArray[np.int64], rule: BoxRule, seed: int,
    advance: Callable[[int], object] = lambda steps: None,
) -> list[Box]:  # fmt: skip
    """Boxes of parameters in which cases of interest are dense.

    Parameters
    ----------
    x, y
        Runs ``(runs, parameters)`` and the cases of interest among them.
    groups
        The point of each run.
    rule
        How they are looked for.
    seed
        Of what is held out and of the halves.
    advance
        Called after each run of PRIM.
    """
    aside = held_out(groups, seed)
    whole, left = whole_box(x), ~aside
    found: list[Box] = []
    for number in range(rule.boxes):
        if y[left].sum() < FEWEST or (found and y[left].mean() < 0.2 * y[~aside].mean()):
            break
        made = search(x[left], y[left], whole, rule)
        if made is None:
            break
        limits, path = made
        back = _comes_back(x[left], y[left], groups[left], whole, rule, seed + number, advance)
        before = [box.limits for box in found]
        honest = _held(limits, before, x[aside], y[aside], groups[aside])
        chances = quasi_p(x[left], y[left], limits, whole)
        again = {which: float(back[which]) for which in chances}
        found.append(Box(limits, chances, again, *honest, _step(limits, x[left], y[left], whole), *path))
        left = left & ~limits.holds(x)
    return found


def search(x: FloatArray, y: BoolArray, whole: Limits, rule: BoxRule) -> tuple[Limits, Path] | None:
    """One box of these points, rounded, and its trajectory; None if nothing is clear of chance.

    Three steps: which parameters differ between cases of interest and others at all (a family of Kolmogorov-Smirnov
    tests, at `CHANCE` together); PRIM over these, to find the few that its box needs; PRIM over those few.
    """
    leading = differing(x, y)
    if not len(leading):
        return None
    boxes = _among(leading, x, y, whole, rule.smallest)
    rough = boxes[_choose([_step(box, x, y, whole) for box in boxes], rule.density)]
    leading = _pruned(rough, x, y, whole, rule.most).restricted(whole)
    if not len(leading):
        return None
    boxes = _among(leading, x, y, whole, rule.smallest)
    steps = [_step(box, x, y, whole) for box in boxes]
    chosen = _choose(steps, rule.density)
    limits = rounded(_pruned(boxes[chosen], x, y, whole, rule.most), whole)
    path = (tuple(steps), chosen, tuple(leading.tolist()))
    return (limits, path) if len(limits.restricted(whole)) else None


def differing(x: FloatArray, y: BoolArray) -> NDArray[np.int64]:
    """Parameters whose distribution differs between cases of interest and others, the clearest `WIDEST` of them.

    Kolmogorov-Smirnov tests of all parameters at `CHANCE` together (Bonferroni): with nothing to find, one family
    in twenty names any.
    """
    met, others = int(y.sum()), int((~y).sum())
    if not met or not others:
        return np.empty(0, dtype=np.int64)
    order = np.argsort(x, axis=0, kind="stable")
    ordered, of_interest = np.take_along_axis(x, order, axis=0), y[order]
    apart = np.abs(of_interest.cumsum(axis=0) / met - (~of_interest).cumsum(axis=0) / others)
    last = np.vstack([ordered[1:] > ordered[:-1], np.ones((1, x.shape[1]), dtype=bool)])  # of equal values
    distance = np.where(last, apart, 0.0).max(axis=0)
    chance = stats.kstwobign.sf(distance * np.sqrt(met * others / len(x)))
    clear = np.flatnonzero(chance <= CHANCE / x.shape[1])
    return np.sort(clear[np.argsort(-distance[clear], kind="stable")[:WIDEST]])


def _among(
    leading: NDArray[np.int64], x: FloatArray, y: BoolArray, whole: Limits, smallest: float
) -> list[Limits]:
    """The trajectory of PRIM that may limit the leading parameters alone."""
    made = []
    part = Limits(whole.low[leading], whole.high[leading])
    for box in trajectory(x[:, leading], y, part, smallest):
        full = Limits(whole.low.copy(), whole.high.copy())
        full.low[leading], full.high[leading] = box.low, box.high
        made.append(full)
    return made


def _held(
    limits: Limits, before: list[Limits], x: FloatArray, y: BoolArray, groups: NDArray[np.int64]
) -> tuple[Interval, Interval, float, int]:
    """Density and coverage of a box on runs that are held out, the share of cases that earlier boxes lack, its runs."""
    inside = limits.holds(x)
    new = inside & ~np.any([box.holds(x) for box in before], axis=0) if before else inside
    coverage = shared(inside[y], groups[y])
    return (
        shared(y[inside], groups[inside]),
        coverage,
        float(new[y].mean()) if y.any() else 0.0,
        int(inside.sum()),
    )


def shared(met: BoolArray, groups: NDArray[np.int64]) -> Interval:
    """A share with its 95 % interval where runs of a point are no independent evidence.

    Wilson's interval for as many runs as would be worth the same (Rao and Scott 1992, Biometrics 48:577).
    """
    if not len(met):
        return wilson(0, 0)
    share = float(met.mean())
    _, at = np.unique(groups, return_inverse=True)
    size, found = np.bincount(at), np.bincount(at, weights=met)
    spread = float(((found - share * size) ** 2).sum()) / len(met) ** 2
    worth = len(met) if spread == 0 else min(len(met), share * (1.0 - share) / spread)
    return wilson(share * worth, worth)


def _step(box: Limits, x: FloatArray, y: BoolArray, whole: Limits) -> Step:
    inside = box.holds(x)
    found = float(y[inside].sum())
    return Step(
        found / max(1, y.sum()),
        found / max(1, inside.sum()),
        float(inside.mean()),
        len(box.restricted(whole)),
    )


def _choose(steps: list[Step], density: float | None) -> int:
    """The step of a trajectory that is told."""
    if density is not None:
        enough = [n for n, step in enumerate(steps) if step.density >= density]
        return (
            max(enough, key=lambda n: steps[n].coverage)
            if enough
            else int(np.argmax([s.density for s in steps]))
        )
    whole = steps[0].density
    gains = [max(0.0, step.density - whole) / (1.0 - whole) for step in steps]
    balance = [
        2 * step.coverage * gain / (step.coverage + gain + 1e-12)
        for step, gain in zip(steps, gains, strict=True)
    ]
    return int(np.argmax(balance))


def _pruned(box: Limits, x: FloatArray, y: BoolArray, whole: Limits, most: int) -> Limits:
    """The box without limits that chance explains, and with so many at most; the weakest are dropped first."""
    while True:
        chances = quasi_p(x, y, box, whole)
        worst = max(chances, key=lambda which: chances[which], default=None)
        if worst is None or (chances[worst] <= CHANCE and len(chances) <= most):
            return box
        box = box.with_limit(worst, low=whole.low[worst], high=whole.high[worst])


def rounded(box: Limits, whole: Limits) -> Limits:
    """Limits of three digits of the parameter's range; those of the whole stay as they are."""
    made = Limits(box.low.copy(), box.high.copy())
    for which in box.restricted(whole):
        step = 10.0 ** np.floor(np.log10((whole.high[which] - whole.low[which]) / 100.0))
        for ends, limit in ((made.low, whole.low), (made.high, whole.high)):
            if ends[which] != limit[which]:
                value = float(f"{round(ends[which] / step) * step:.10g}")
                ends[which] = float(np.clip(value, whole.low[which], whole.high[which]))
    return made


def _comes_back(
    x: FloatArray, y: BoolArray, groups: NDArray[np.int64], whole: Limits, rule: BoxRule, seed: int,
    advance: Callable[[int], object],
) -> FloatArray:  # fmt: skip
    """Share of halves of the points in which the box that is found there limits each parameter: ``(parameters,)``."""
    rng = generator(seed)
    distinct = np.unique(groups)
    counts = np.zeros(x.shape[1])
    for _ in range(rule.resamples):
        half = np.isin(groups, rng.permutation(distinct)[: len(distinct) // 2])
        made = search(x[half], y[half], whole, rule)
        if made is not None:
            counts[made[0].restricted(whole)] += 1.0
        advance(1)
    return counts / rule.resamples
