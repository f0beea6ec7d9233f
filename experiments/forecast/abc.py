"""Approximate Bayesian computation on arrays: distances, rejection, regression adjustment. Pure.

Shapes: ``places`` ``(n, P)`` (the parameters of a run as quantiles of their priors), ``summaries`` ``(n, K)``,
``observed`` ``(K,)``. Each row is one run with luck of its own, so the accepted set averages over luck; no seed is ever
searched.

Sources: Pritchard et al. (1999), MBE 16:1791 (rejection); Beaumont, Zhang and Balding (2002), Genetics 162:2025
(local-linear adjustment, Epanechnikov weights); Blum and Francois (2010), Stat. Comput. 20:63 (ridge and
heteroscedastic form); Hamilton et al. (2005), Mol. Ecol. 14:3191 (transform that keeps draws inside the prior's
bounds); Wilkinson (2013), SAGMB 12:129 (observation error makes the inference exact for a model with that error).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from experiments.forecast.importance_sampling import effective_sample_size

FloatArray = NDArray[np.float64]

#: Places closer to 0 or 1 than this are moved to it before the logit, so that it is finite.
EDGE = 1e-3
#: Share of the runs at each end of a summary beyond which a regression is not trusted.
BEYOND = 0.01
#: Ridges tried by generalised cross-validation, relative to the spread of a summary; the last is as good as no slope.
RIDGES = (1e-3, 1e-2, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 1e3)


def distances(summaries: ArrayLike, observed: ArrayLike, scale: ArrayLike) -> FloatArray:
    """Euclidean distance ``(n,)`` of each run to the observation, summaries in units of ``scale`` ``(K,)``."""
    gap = (np.asarray(summaries, dtype=np.float64) - np.asarray(observed)) / np.asarray(scale)
    return np.sqrt(np.einsum("ij,ij->i", gap, gap))


def accept(distance: ArrayLike, keep: int) -> tuple[NDArray[np.int64], FloatArray]:
    """The ``keep`` nearest runs (ties by row) and their Epanechnikov weights, which sum to one.

    The bandwidth is the distance of the next run, so that all weights are positive.
    """
    d = np.asarray(distance, dtype=np.float64)
    order = np.argsort(d, kind="stable")
    rows, bandwidth = order[:keep], float(d[order[keep]])
    near = d[rows]
    weight = np.maximum(1.0 - (near / bandwidth) ** 2, 1e-12) if bandwidth > near.min() else np.ones(keep)
    return rows, weight / weight.sum()


def within_reach(summaries: ArrayLike, observed: ArrayLike) -> FloatArray:
    """The observation moved, summary by summary, to the range of the runs (``BEYOND`` of them left out at each end).

    A regression must not be trusted beyond the runs that it was fitted to; a summary that the runs do not reach pulls
    as far as they go and no further.
    """
    low, high = np.quantile(np.asarray(summaries, dtype=np.float64), [BEYOND, 1.0 - BEYOND], axis=0)
    return np.clip(np.asarray(observed, dtype=np.float64), low, high)


def adjust(places: ArrayLike, summaries: ArrayLike, observed: ArrayLike, weight: FloatArray) -> FloatArray:
    """Regression-adjusted places ``(m, P)`` of accepted runs, as if each had hit ``observed`` (`within_reach`).

    On the logit scale theta* = fit(observed) + residual, with the residual rescaled by the ratio of the fitted spreads.
    """
    x = np.asarray(summaries, dtype=np.float64) - np.asarray(observed, dtype=np.float64)
    share = np.clip(np.asarray(places, dtype=np.float64), EDGE, 1.0 - EDGE)
    theta = np.log(share / (1.0 - share))
    start, slope = _ridge(x, theta, weight)
    residual = theta - start - x @ slope
    _, tilt = _ridge(x, np.log(residual**2 + 1e-8), weight)
    moved = start + residual * np.exp(np.clip(-0.5 * (x @ tilt), -1.0, 1.0))
    return np.clip((special.expit(moved) - EDGE) / (1.0 - 2.0 * EDGE), 0.0, 1.0)


def _ridge(design: FloatArray, target: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weighted ridge regression with a free intercept: (intercepts ``(P,)``, slopes ``(K, P)``).

    The ridge of each column of ``target`` is the one of ``RIDGES`` with the least generalised cross-validation error
    (Golub, Heath and Wahba 1979, Technometrics 21:215), so that a column that the design does not explain gets no
    slope.
    """
    centre, level = weight @ design, weight @ target
    x = (design - centre) * np.sqrt(weight)[:, None]
    z = (target - level) * np.sqrt(weight)[:, None]
    spread = np.sqrt((x**2).sum(axis=0))
    used = spread > 1e-12
    left, values, right = np.linalg.svd(x[:, used] / spread[used], full_matrices=False)
    inside = left.T @ z
    rows = effective_sample_size(weight)
    errors, shrunk = [], []
    for ridge in RIDGES:
        factor = values**2 / (values**2 + ridge)
        loss = ((z - left @ (factor[:, None] * inside)) ** 2).sum(axis=0)
        errors.append(loss / (1.0 - min(float(factor.sum()) / rows, 0.99)) ** 2)
        shrunk.append(right.T @ ((factor / np.maximum(values, 1e-12))[:, None] * inside))
    slope = np.zeros((design.shape[1], target.shape[1]))
    chosen = np.stack(shrunk)[np.argmin(errors, axis=0), :, np.arange(target.shape[1])].T
    slope[used] = chosen / spread[used][:, None]
    return level - centre @ slope, slope
