"""Forecasters of a monthly count that know nothing but its past months, each by the name that tables use. Pure.

Statistical ones (`MEMBERS`) stand beside the model in the pool. They give paths: months of one path belong together,
and doubt about the level and its drift grows with time. Their few constants are judgements, the same for all series and
origins; none is fitted to what they are scored on. Naive ones (`NAIVE`) are what the others are held against; they do
not grow wider with the horizon, which is what makes them naive. 'Conflictology', the climatology of the last twelve
months, is the benchmark of Hegre et al. (2025), 'The 2023/24 VIEWS Prediction Challenge', Journal of Peace Research.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.stats.intervals import generator

FloatArray = NDArray[np.float64]
Member = Callable[[pd.Series, pd.PeriodIndex, int, np.random.Generator], FloatArray]
Naive = Callable[[FloatArray, int, int, np.random.Generator], FloatArray]

#: The month in which the regime changed: what lies before is another war.
CHANGE = pd.Period("2021-09", freq="M")
#: Over-dispersion (variance = mean + alpha mean^2) before anything is seen, and the months that this belief is worth.
ALPHA, BELIEF = 0.6, 4.0
#: Standard deviation in logs by which a level drifts in a month.
DRIFT = 0.1
#: Smoothing of level and trend, damping of the trend, and the scatter of months in logs before anything is seen.
LEVEL, TREND, DAMPING, SCATTER = 0.35, 0.08, 0.85, 0.7
#: How much of the season of 2015 to 2020 is believed to be left.
SEASON = 0.5


def _since(history: pd.Series) -> FloatArray:
    """Months since the change, at least the last one."""
    part = history[history.index >= CHANGE]
    return (part if len(part) else history.iloc[-1:]).to_numpy(dtype=np.float64)


def _dispersion(values: FloatArray) -> float:
    """Over-dispersion by moments, drawn towards `ALPHA`."""
    mean, n = max(float(values.mean()), 0.5), values.size
    seen = max(float(values.var(ddof=1)) - mean, 0.0) / mean**2 if n > 1 else ALPHA
    return (n * min(seen, 4.0) + BELIEF * ALPHA) / (n + BELIEF)


def _counts(log_rate: FloatArray, alpha: float, rng: np.random.Generator) -> FloatArray:
    """Negative binomial counts of log rates of any shape."""
    rate = np.exp(np.minimum(log_rate, 12.0))
    return rng.poisson(rng.gamma(1.0 / alpha, alpha * rate)).astype(np.float64)


def _around(
    level: float, months: int, alpha: float, shape: tuple[int, int], rng: np.random.Generator
) -> FloatArray:
    """Log rates of paths: doubt about a level that ``months`` months tell of, and its drift."""
    doubt = np.sqrt(alpha / months) * rng.standard_normal((shape[0], 1))
    return level + doubt + np.cumsum(DRIFT * rng.standard_normal(shape), axis=1)


def recent(months: int) -> Member:
    """Negative binomial around the mean of the last ``months`` months."""

    def paths(history: pd.Series, ahead: pd.PeriodIndex, size: int, rng: np.random.Generator) -> FloatArray:
        known = _since(history)
        alpha, part = _dispersion(known[-12:]), known[-months:]
        level = float(np.log(part.mean() + 0.5))
        return _counts(_around(level, part.size, alpha, (size, len(ahead)), rng), alpha, rng)

    return paths


def since_change(
    history: pd.Series, ahead: pd.PeriodIndex, size: int, rng: np.random.Generator
) -> FloatArray:
    """Months since the change in stretches of three, each as likely as the other."""
    known = _since(history)
    stretches = -(-len(ahead) // 3)
    start = rng.integers(0, known.size, size=(size, stretches, 1))
    picks = ((start + np.arange(3)) % known.size).reshape(size, -1)[:, : len(ahead)]
    return known[picks]


def damped_trend(
    history: pd.Series, ahead: pd.PeriodIndex, size: int, rng: np.random.Generator
) -> FloatArray:
    """Exponential smoothing of log counts with a damped trend (Gardner and McKenzie 1985, Manag. Sci. 31:1237)."""
    logs = np.log1p(_since(history))
    level, trend = logs[0], 0.0
    errors = []
    for value in logs[1:]:
        error = value - (level + DAMPING * trend)
        level, trend = level + DAMPING * trend + LEVEL * error, DAMPING * trend + TREND * error
        errors.append(error)
    seen = np.array(errors)
    scatter = np.sqrt((float((seen**2).sum()) + BELIEF * SCATTER**2) / (seen.size + BELIEF))
    steps = trend * np.cumsum(DAMPING ** np.arange(1, len(ahead) + 1))
    shocks = scatter * rng.standard_normal((size, len(ahead)))
    moved = LEVEL * (np.cumsum(shocks, axis=1) - shocks)
    return np.rint(np.maximum(np.expm1(np.minimum(level + steps + moved + shocks, 12.0)), 0.0))


def seasonal(history: pd.Series, ahead: pd.PeriodIndex, size: int, rng: np.random.Generator) -> FloatArray:
    """Negative binomial around the mean of the last year, with half the season of 2015 to 2020."""
    known = _since(history)[-12:]
    factor = _season(history)
    months = history.index[-known.size :].month.to_numpy()
    alpha = _dispersion(known)
    level = float(np.log(known.mean() + 0.5) - np.log(np.mean(np.exp(factor[months - 1]))))
    log_rate = _around(level, known.size, alpha, (size, len(ahead)), rng)
    return _counts(log_rate + factor[ahead.month.to_numpy() - 1], alpha, rng)


def _season(history: pd.Series) -> FloatArray:
    """Log factors ``(12,)`` of the months of the year; noughts without a year before the change."""
    before = np.log1p(history[(history.index < CHANGE) & (history.index.year <= 2020)])
    if len(before) < 24:
        return np.zeros(12)
    by_month = before.groupby(before.index.month).mean().reindex(range(1, 13))
    return SEASON * (by_month - by_month.mean()).fillna(0.0).to_numpy(dtype=np.float64)


MEMBERS: Mapping[str, Member] = MappingProxyType(
    {
        "recent_3m": recent(3),
        "recent_6m": recent(6),
        "recent_12m": recent(12),
        "since_change": since_change,
        "damped_trend": damped_trend,
        "seasonal": seasonal,
    }
)


def forecasts(history: pd.Series, ahead: pd.PeriodIndex, size: int, seed: int) -> dict[str, FloatArray]:
    """Paths ``(size, H)`` of every member.

    Parameters
    ----------
    history : monthly counts by Period, oldest first, of all that is known at the origin.
    ahead : the months to forecast; those between the last known one and the first of them are passed over.
    """
    last = history.index[-1]
    whole = pd.period_range(last + 1, ahead[-1], freq="M")
    keep = len(whole) - len(ahead)
    return {
        name: member(history, whole, size, generator(seed * 1000 + 401 + number))[:, keep:]
        for number, (name, member) in enumerate(MEMBERS.items())
    }


def persistence(history: FloatArray, months: int, size: int, rng: object = None) -> FloatArray:
    """The last month again, without doubt (its CRPS is the absolute error)."""
    return np.full((months, size), history[-1])


def climatology(
    history: FloatArray, months: int, size: int, rng: object = None, memory: int = 12
) -> FloatArray:
    """The last ``memory`` months in equal parts (fewer if fewer are known), the same for each month ahead."""
    values = np.sort(history[-memory:])
    return np.tile(values[(np.arange(size) * values.size) // size], (months, 1))


def poisson_last(history: FloatArray, months: int, size: int, rng: np.random.Generator) -> FloatArray:
    """Poisson with the last month as its mean: deaths as independent of each other."""
    return rng.poisson(history[-1], size=(months, size)).astype(np.float64)


def over_dispersion(history: FloatArray) -> float:
    """alpha of variance = mean + alpha mean^2 by moments from the last twelve months; 0 if none is seen."""
    values = history[-12:]
    mean = values.mean()
    return float(max(values.var(ddof=1) - mean, 0.0) / mean**2) if values.size > 1 and mean > 0 else 0.0


def negative_binomial_last(
    history: FloatArray, months: int, size: int, rng: np.random.Generator
) -> FloatArray:
    """Negative binomial: mean of the last month, over-dispersion of the last twelve."""
    alpha = over_dispersion(history)
    if alpha == 0.0 or history[-1] == 0.0:
        return poisson_last(history, months, size, rng)
    rate = rng.gamma(1.0 / alpha, alpha * history[-1], size=(months, size))
    return rng.poisson(rate).astype(np.float64)


NAIVE: Mapping[str, Naive] = MappingProxyType(
    {
        "persistence": persistence,
        "climatology_3m": partial(climatology, memory=3),
        "climatology_6m": partial(climatology, memory=6),
        "climatology_12m": climatology,
        "poisson_last": poisson_last,
        "negative_binomial_last": negative_binomial_last,
    }
)


def naive_forecasts(history: pd.Series, months: int, size: int, seed: int) -> dict[str, FloatArray]:
    """Samples ``(months, size)`` of every naive forecaster from the months known at the origin, oldest first."""
    known = history.to_numpy(dtype=np.float64)
    return {name: naive(known, months, size, generator(seed)) for name, naive in NAIVE.items()}
