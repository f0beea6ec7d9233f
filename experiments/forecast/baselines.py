"""Naive forecasts to hold the model against: pure, each a sample ensemble or a probability.

A monthly baseline takes the history known at the origin (``(T,)``, oldest first, last month last) and gives
``(H, S)``: S members for each of the H months ahead. Naive forecasts do not grow wider with the horizon; that
is what makes them naive. Random draws come from an explicit seed.

Sources: 'conflictology', the climatology of the last twelve months, is the benchmark of Hegre et al. (2025),
'The 2023/24 VIEWS Prediction Challenge', Journal of Peace Research.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.stats.intervals import generator

FloatArray = NDArray[np.float64]
Baseline = Callable[[ArrayLike, int, int, int], FloatArray]

#: Months that the climatology looks back on, and that the over-dispersion is estimated from.
MEMORY = 12


def _history(history: ArrayLike, horizons: int, size: int) -> FloatArray:
    values = np.asarray(history, dtype=np.float64)
    if values.ndim != 1 or values.size == 0:
        raise ValueError(f"history must hold at least one month on one axis, found shape {values.shape}")
    if not np.isfinite(values).all() or (values < 0).any():
        raise ValueError("history must be finite and not negative")
    if horizons < 1 or size < 2:
        raise ValueError("a baseline needs at least one month ahead and two members")
    return values


def persistence(history: ArrayLike, horizons: int, size: int, seed: int = 0) -> FloatArray:
    """The last month again, without doubt (its CRPS is the absolute error)."""
    values = _history(history, horizons, size)
    return np.full((horizons, size), values[-1])


def climatology(
    history: ArrayLike, horizons: int, size: int, seed: int = 0, months: int = MEMORY
) -> FloatArray:
    """The last months in equal parts (fewer if fewer are known), the same for each month ahead."""
    values = np.sort(_history(history, horizons, size)[-months:])
    members = values[(np.arange(size) * values.size) // size]
    return np.tile(members, (horizons, 1))


def poisson_last(history: ArrayLike, horizons: int, size: int, seed: int = 0) -> FloatArray:
    """Poisson with the last month as its mean: deaths as independent of each other."""
    values = _history(history, horizons, size)
    rng = generator(seed)
    return rng.poisson(values[-1], size=(horizons, size)).astype(np.float64)


def over_dispersion(history: ArrayLike) -> float:
    """alpha of variance = mean + alpha mean^2 by moments from the last twelve months; 0 if none is seen."""
    values = np.asarray(history, dtype=np.float64)[-MEMORY:]
    mean = values.mean()
    if values.size < 2 or mean <= 0:
        return 0.0
    return float(max(values.var(ddof=1) - mean, 0.0) / mean**2)


def negative_binomial_last(history: ArrayLike, horizons: int, size: int, seed: int = 0) -> FloatArray:
    """Negative binomial: mean of the last month, over-dispersion of the last twelve."""
    values = _history(history, horizons, size)
    alpha = over_dispersion(values)
    if alpha == 0.0 or values[-1] == 0.0:
        return poisson_last(values, horizons, size, seed)
    rng = generator(seed)
    rate = rng.gamma(1.0 / alpha, alpha * values[-1], size=(horizons, size))
    return rng.poisson(rate).astype(np.float64)


#: Every monthly baseline by the name that tables and figures use.
MONTHLY: Mapping[str, Baseline] = MappingProxyType(
    {
        "persistence": persistence,
        "climatology_3m": partial(climatology, months=3),
        "climatology_6m": partial(climatology, months=6),
        "climatology_12m": climatology,
        "poisson_last": poisson_last,
        "negative_binomial_last": negative_binomial_last,
    }
)


def nothing_changes(questions: int) -> FloatArray:
    """Probability 0 for every question: questions ask about changes, and most changes do not come."""
    return np.zeros(questions, dtype=np.float64)


def base_rate(outcomes: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
    """The weighted share of yes among these very outcomes, for each of them.

    It knows how many of the questions came true, which no forecaster did: a hard benchmark, on purpose.
    """
    o = np.asarray(outcomes, dtype=np.float64)
    w = np.ones_like(o) if weights is None else np.asarray(weights, dtype=np.float64)
    if o.size == 0 or w.sum() <= 0:
        return np.full(o.shape, np.nan)
    return np.full(o.shape, float((w * o).sum() / w.sum()))
