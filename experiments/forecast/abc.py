"""Approximate Bayesian computation on arrays: distances, rejection, regression adjustment. Pure.

Shapes: ``parameters`` ``(n, P)``, ``summaries`` ``(n, K)`` (one row a simulated run), ``observed`` ``(K,)``. Each row
is one run with luck of its own, so the accepted set averages over luck; no seed is ever searched.

Sources: Pritchard et al. (1999), MBE 16:1791 (rejection); Beaumont, Zhang and Balding (2002), Genetics 162:2025
(local-linear adjustment, Epanechnikov weights); Blum and Francois (2010), Stat. Comput. 20:63 (ridge and
heteroscedastic form); Hamilton et al. (2005), Mol. Ecol. 14:3191 (transform that keeps draws inside the prior's
bounds); Wilkinson (2013), SAGMB 12:129 (observation error makes the inference exact for a model with that error)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from experiments.stats.intervals import generator

FloatArray = NDArray[np.float64]

#: Draws closer to a bound than this share of its range are moved to it before the logit, so that it is
#: finite.
EDGE = 1e-3


@dataclass(frozen=True)
class Accepted:
    """Runs kept by rejection: their rows, distance to the observation, Epanechnikov weight (sums to one)."""

    rows: NDArray[np.int64]
    distance: FloatArray
    weight: FloatArray
    bandwidth: float

    @property
    def effective(self) -> float:
        """Effective number of kept runs, given their weights."""
        return effective_sample_size(self.weight)


def effective_sample_size(weights: ArrayLike) -> float:
    """Kish's effective sample size, (sum w)^2 / sum w^2; 0 if all weights are 0."""
    w = np.asarray(weights, dtype=np.float64)
    if (w < 0).any():
        raise ValueError("weights must not be negative")
    square = float((w**2).sum())
    return float(w.sum()) ** 2 / square if square > 0 else 0.0


def distances(summaries: ArrayLike, observed: ArrayLike, scale: ArrayLike) -> FloatArray:
    """Scaled Euclidean distance ``(n,)`` of each run to the observation; infinite for a row with a NaN."""
    gap = (np.asarray(summaries, dtype=np.float64) - np.asarray(observed, dtype=np.float64)) / np.asarray(
        scale
    )
    square = np.einsum("ij,ij->i", gap, gap)
    return np.sqrt(np.where(np.isnan(square), np.inf, square))


def accept(distance: ArrayLike, keep: int) -> Accepted:
    """Keep the ``keep`` nearest runs; the bandwidth is the distance of the next one, so all weights are positive.

    Ties are broken by row, so the result does not depend on the sorting method.
    """
    d = np.asarray(distance, dtype=np.float64)
    if not 0 < keep < d.size:
        raise ValueError(f"keep must lie between 1 and {d.size - 1}, found {keep}")
    order = np.argsort(d, kind="stable")
    rows, bandwidth = order[:keep], float(d[order[keep]])
    if not np.isfinite(d[rows]).all():
        raise ValueError(f"fewer than {keep} runs have all summaries: nothing to accept")
    weight = _epanechnikov(d[rows], bandwidth)
    return Accepted(rows.astype(np.int64), d[rows], weight / weight.sum(), bandwidth)


def _epanechnikov(distance: FloatArray, bandwidth: float) -> FloatArray:
    if not np.isfinite(bandwidth) or bandwidth <= distance.min():
        return np.ones_like(distance)
    return np.maximum(1.0 - (distance / bandwidth) ** 2, 1e-12)


def to_line(values: ArrayLike, low: ArrayLike, high: ArrayLike) -> FloatArray:
    """Logit of the place of each value between its bounds: (low, high) onto the real line."""
    least, span = _bounds(low, high)
    share = (np.asarray(values, dtype=np.float64) - least) / np.where(span > 0, span, 1.0)
    share = np.clip(share, EDGE, 1.0 - EDGE)
    return np.log(share / (1.0 - share))


def from_line(values: ArrayLike, low: ArrayLike, high: ArrayLike) -> FloatArray:
    """Inverse of ``to_line``: the real line back into the bounds."""
    share = special.expit(np.asarray(values, dtype=np.float64))
    share = np.clip((share - EDGE) / (1.0 - 2.0 * EDGE), 0.0, 1.0)
    least, span = _bounds(low, high)
    return least + span * share


def _bounds(low: ArrayLike, high: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Lower bounds and ranges."""
    least = np.asarray(low, dtype=np.float64)
    return least, np.asarray(high, dtype=np.float64) - least


#: Ridges tried by generalised cross-validation, relative to the spread of a summary; the last is as good as
#: no slope.
RIDGES = (1e-3, 1e-2, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 1e3)


def _ridge(design: FloatArray, target: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weighted ridge regression with a free intercept: (intercepts ``(P,)``, slopes ``(K, P)``).

    The ridge of each column of ``target`` is the one of ``RIDGES`` with the least generalised
    cross-validation error (Golub, Heath and Wahba 1979, Technometrics 21:215), so a column that the design
    does not explain gets no slope."""
    centre, level = weight @ design, weight @ target
    x = (design - centre) * np.sqrt(weight)[:, None]
    z = (target - level) * np.sqrt(weight)[:, None]
    spread = np.sqrt((x**2).sum(axis=0))
    used = spread > 1e-12
    slope = np.zeros((design.shape[1], target.shape[1]))
    if used.any():
        left, values, right = np.linalg.svd(x[:, used] / spread[used], full_matrices=False)
        inside = left.T @ z
        rows = effective_sample_size(weight)
        errors, shrunk = [], []
        for ridge in RIDGES:
            factor = values**2 / (values**2 + ridge)
            loss = ((z - left @ (factor[:, None] * inside)) ** 2).sum(axis=0)
            errors.append(loss / (1.0 - min(float(factor.sum()) / rows, 0.99)) ** 2)
            shrunk.append(right.T @ ((factor / np.maximum(values, 1e-12))[:, None] * inside))
        best = np.argmin(errors, axis=0)
        chosen = np.stack(shrunk)[best, :, np.arange(target.shape[1])].T
        slope[used] = chosen / spread[used][:, None]
    return level - centre @ slope, slope


def within_reach(summaries: ArrayLike, observed: ArrayLike, share: float = 0.01) -> FloatArray:
    """The observation moved, summary by summary, to the range of the runs (``share`` of them left out at each end).

    A regression must not be trusted beyond the runs that it was fitted to; a summary that the runs do not reach pulls
    as far as they go and no further."""
    low, high = np.quantile(np.asarray(summaries, dtype=np.float64), [share, 1.0 - share], axis=0)
    return np.clip(np.asarray(observed, dtype=np.float64), low, high)


def adjust(
    parameters: ArrayLike,
    summaries: ArrayLike,
    observed: ArrayLike,
    weight: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    heteroscedastic: bool = True,
) -> FloatArray:
    """Regression-adjusted parameters ``(m, P)`` of ``m`` accepted runs, as if each had hit ``observed``.

    On the logit scale of the prior's bounds, theta* = fit(observed) + residual, with the residual rescaled by
    the ratio of the fitted spreads if ``heteroscedastic``. Draws stay inside ``low`` and ``high`` ``(P,)``.
    ``weight`` sums to one. Hand in an observation that is ``within_reach``.
    """
    x = np.asarray(summaries, dtype=np.float64) - np.asarray(observed, dtype=np.float64)
    theta = to_line(parameters, low, high)
    w = np.asarray(weight, dtype=np.float64)
    start, slope = _ridge(x, theta, w)
    residual = theta - start - x @ slope
    if heteroscedastic:
        _, tilt = _ridge(x, np.log(residual**2 + 1e-8), w)
        residual = residual * np.exp(np.clip(-0.5 * (x @ tilt), -1.0, 1.0))
    return from_line(start + residual, low, high)


def resample(weights: ArrayLike, size: int, seed: int) -> NDArray[np.int64]:
    """``size`` row numbers drawn in proportion to ``weights`` by systematic resampling."""
    w = np.asarray(weights, dtype=np.float64)
    if w.sum() <= 0:
        raise ValueError("no weight to resample from")
    start = generator(seed).uniform()
    places = (np.arange(size) + start) / size
    edges = np.cumsum(w / w.sum())
    return np.minimum(np.searchsorted(edges, places, side="right"), w.size - 1).astype(np.int64)


def weighted_quantile(values: ArrayLike, weights: ArrayLike, levels: ArrayLike) -> FloatArray:
    """Quantiles ``(Q, P)`` of columns ``(m, P)`` with row weights ``(m,)`` (steps' midpoints, linear between)."""
    x = np.asarray(values, dtype=np.float64)
    x = x[:, None] if x.ndim == 1 else x
    w = np.asarray(weights, dtype=np.float64)
    order = np.argsort(x, axis=0, kind="stable")
    mass = w[order] / w.sum()
    middle = np.cumsum(mass, axis=0) - 0.5 * mass
    columns = [
        np.interp(np.asarray(levels, dtype=np.float64), middle[:, j], x[order[:, j], j])
        for j in range(x.shape[1])
    ]
    return np.stack(columns, axis=1)
