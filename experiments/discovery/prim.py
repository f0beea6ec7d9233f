"""PRIM: boxes of parameters in which cases of interest are dense, by peeling and pasting. Arrays in, boxes out.

The patient rule induction method (Friedman and Fisher 1999, Stat. Comput. 9:123) as scenario discovery uses it
(Bryant and Lempert 2010, Technol. Forecast. Soc. Change 77:34): from the box of all points a slice of 5 % is peeled off
again and again, each time the one that raises the density most for the points that it costs; slices are pasted back
where that raises the density further. Same steps as in EMA Workbench (Kwakkel 2017), which the tests compare with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

SLICE = 0.05
"""Share of a box that is peeled or pasted at a time."""


@dataclass(frozen=True)
class Limits:
    """A box: ``low`` and ``high`` of each parameter, both ends inside, float64 ``(parameters,)``."""

    low: FloatArray
    high: FloatArray

    def holds(self, x: FloatArray) -> BoolArray:
        """Which points lie in it: x ``(points, parameters)``."""
        return np.asarray(((x >= self.low) & (x <= self.high)).all(axis=1))

    def restricted(self, whole: Limits) -> NDArray[np.int64]:
        """Numbers of the parameters whose limits differ from those of another box."""
        return np.flatnonzero((self.low != whole.low) | (self.high != whole.high))

    def with_limit(self, which: int, low: float | None = None, high: float | None = None) -> Limits:
        """The box with other limits of one parameter."""
        made = Limits(self.low.copy(), self.high.copy())
        if low is not None:
            made.low[which] = low
        if high is not None:
            made.high[which] = high
        return made


def whole_box(x: FloatArray) -> Limits:
    """The smallest box that holds all points ``(points, parameters)``."""
    return Limits(x.min(axis=0), x.max(axis=0))


def trajectory(x: FloatArray, y: BoolArray, whole: Limits, least: float) -> list[Limits]:
    """The boxes of one run of PRIM: the whole, each peel, each paste.

    Parameters
    ----------
    x
        Points ``(points, parameters)``.
    y
        Cases of interest among them ``(points,)``.
    whole
        The box to start from.
    least
        Smallest share of all points that a box may hold.
    """
    boxes = [whole]
    inside = np.arange(len(x))
    order = np.argsort(x, axis=0, kind="stable").T
    values = y.astype(float)
    while len(inside) > 1:
        step = _peel(x, values, order, boxes[-1], whole)
        if step is None or len(kept := inside[step.holds(x[inside])]) / len(x) < least:
            break
        member = np.zeros(len(x), dtype=bool)
        member[kept] = True
        inside, order = kept, order[member[order]].reshape(x.shape[1], len(kept))
        boxes.append(step)
    while (step := _paste(x, values, boxes[-1], whole, least)) is not None:
        boxes.append(step)
    return boxes


def _peel(
    x: FloatArray, y: FloatArray, order: NDArray[np.int64], box: Limits, whole: Limits
) -> Limits | None:
    """The best slice to peel off, None if none raises the density.

    ``order``: points of the box in the order of each parameter, ``(parameters, points of the box)``.
    """
    d, m = order.shape
    columns = np.arange(d)
    ordered = np.take_along_axis(x.T, order, axis=1)
    below = np.concatenate([np.zeros((d, 1)), y[order].cumsum(axis=1)], axis=1)
    all_of_interest = below[0, -1]
    low, high = _quantiles(ordered, SLICE), _quantiles(ordered, 1.0 - SLICE)
    first = (ordered < low[:, None]).sum(axis=1)  # points that a lower peel takes away
    last = (ordered <= high[:, None]).sum(axis=1)  # points that an upper peel leaves
    left = np.stack([last, m - first])
    found = np.stack([below[columns, last], all_of_interest - below[columns, first]])
    free = (box.low == whole.low) & (box.high == whole.high)
    return _best(left, found, m, all_of_interest / m, free, box, low, high)


def _best(
    left: NDArray[np.int64], found: FloatArray, m: int, density: float, free: BoolArray, box: Limits,
    low: FloatArray, high: FloatArray,
) -> Limits | None:  # fmt: skip
    """The peel that raises the density most per point; of equal ones one that restricts no further parameter."""
    taken = m - left
    with np.errstate(invalid="ignore", divide="ignore"):
        gain = np.where((taken > 0) & (left > 0), (found / left - density) / taken, -np.inf)
    if not np.isfinite(gain).any() or gain.max() <= 0:
        return None
    best = gain == gain.max()
    best = best & ~free if (best & ~free).any() else best
    which = int(np.flatnonzero(best.any(axis=0))[0])
    return (
        box.with_limit(which, high=high[which]) if best[0, which] else box.with_limit(which, low=low[which])
    )


def _quantiles(ordered: FloatArray, share: float) -> FloatArray:
    """The limit of a peel in each row of sorted values, between two values that differ: ``(parameters,)``."""
    d, m = ordered.shape
    rows, at = np.arange(d), (m - 1) * share
    below = np.full(d, int(np.floor(at)))
    above = np.full(d, int(np.ceil(at)))
    tied = ordered[rows, below] == ordered[rows, above]
    for row in np.flatnonzero(tied):
        value = ordered[row, below[row]]
        if share > 0.5:
            below[row] = max(0, int(np.searchsorted(ordered[row], value, "left")) - 1)
        else:
            above[row] = min(m - 1, int(np.searchsorted(ordered[row], value, "right")))
    return np.asarray((ordered[rows, below] + ordered[rows, above]) / 2.0)


def _paste(x: FloatArray, y: FloatArray, box: Limits, whole: Limits, least: float) -> Limits | None:
    """The best slice to paste back, None if none raises the density."""
    inside = box.holds(x)
    n, density = int(inside.sum()), float(y[inside].mean())
    best: tuple[float, Limits] | None = None
    for which in box.restricted(whole):
        for side in ("low", "high"):
            made = _pasted(x, box, whole, int(which), side)
            held = made.holds(x)
            more = int(held.sum()) - n
            gain = (float(y[held].mean()) - density) / more if more > 0 else 0.0
            if gain > 0 and held.mean() >= least and (best is None or gain > best[0]):
                best = gain, made
    return None if best is None else best[1]


def _pasted(x: FloatArray, box: Limits, whole: Limits, which: int, side: str) -> Limits:
    """A box with a slice pasted to one side of one parameter."""
    if side == "low":
        beside = box.with_limit(which, low=whole.low[which], high=box.low[which])
        values = np.sort(x[beside.holds(x), which])[None]
        return box.with_limit(
            which, low=_quantiles(values, 1.0 - SLICE)[0] if values.size else whole.low[which]
        )
    beside = box.with_limit(which, low=box.high[which], high=whole.high[which])
    values = np.sort(x[beside.holds(x), which])[None]
    return box.with_limit(which, high=_quantiles(values, SLICE)[0] if values.size else whole.high[which])


def quasi_p(x: FloatArray, y: BoolArray, box: Limits, whole: Limits) -> dict[int, float]:
    """Quasi-p-value of each restricted parameter: how easily chance gives the density without its limits.

    One-sided binomial test of the cases of interest in the box against the density of the box without the limits
    of that parameter (Bryant and Lempert 2010). ``Quasi``: the box was chosen on the same points.
    """
    inside = box.holds(x)
    made = {}
    for which in box.restricted(whole):
        wider = box.with_limit(int(which), low=whole.low[which], high=whole.high[which]).holds(x)
        made[int(which)] = float(stats.binom.sf(y[inside].sum() - 1, inside.sum(), y[wider].mean()))
    return made
