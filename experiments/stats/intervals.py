"""Intervals for numbers that come out of a finite count of runs.

One run is the unit: `n` is always a number of independent runs, never of days or provinces.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special  # not scipy.stats, which takes half a second to import

LEVEL = 0.95
"""Level of the intervals of estimates, everywhere: how far they may move with other luck."""
RANGE = (0.05, 0.5, 0.95)
"""Quantiles of a range shown for a number: between its ends lie 90 % of the runs, half of them below its middle."""
FEW_RUNS = 100
"""Below this many runs the 95 % interval of an even chance is wider than plus or minus 0.1: say so."""


class Interval(NamedTuple):
    """An estimate with its lower and upper limit (floats, or arrays of one shape)."""

    estimate: Any
    low: Any
    high: Any


def generator(seed: int) -> np.random.Generator:
    """The random generator of every analysis: Philox keyed by an explicit seed (>= 0)."""
    return np.random.Generator(np.random.Philox(key=seed))


@lru_cache(maxsize=64)
def critical(level: float) -> float:
    """Two-sided normal quantile of a confidence level in (0, 1)."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"level must lie strictly between 0 and 1, not {level!r}")
    return float(special.ndtri(0.5 + level / 2.0))


def _counts(successes: ArrayLike, n: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Both as float arrays; raises ValueError when they cannot be counts."""
    k, total = np.broadcast_arrays(np.asarray(successes, float), np.asarray(n, float))
    if np.any(k < 0) or np.any(k > total):
        raise ValueError("successes must lie between 0 and n")
    return k, total


def _plain(*values: np.ndarray) -> Interval:
    """Floats for scalars, arrays otherwise."""
    return Interval(*(float(v) if np.ndim(v) == 0 else v for v in values))


def wilson(successes: ArrayLike, n: ArrayLike, level: float = LEVEL) -> Interval:
    """Share of successes with Wilson's score interval (Wilson 1927, JASA 22:209).

    Keeps its coverage near 0 and 1, where the textbook interval collapses. `successes` and `n` may be
    arrays. No runs at all gives (nan, 0, 1).
    """
    k, total = _counts(successes, n)
    z2 = critical(level) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        p = k / total
        centre = (k + z2 / 2.0) / (total + z2)
        half = np.sqrt(z2 * (p * (1.0 - p) * total + z2 / 4.0)) / (total + z2)
    low = np.where(total > 0, np.where(k == 0, 0.0, centre - half), 0.0)
    high = np.where(total > 0, np.where(k == total, 1.0, centre + half), 1.0)
    return _plain(p, low, high)


def half_width(p: ArrayLike, n: ArrayLike) -> float | np.ndarray:
    """Half the length of Wilson's interval for a share `p` seen in `n` runs (inf for no runs)."""
    share, total = np.broadcast_arrays(np.asarray(p, float), np.asarray(n, float))
    z2 = critical(LEVEL) ** 2
    half = np.sqrt(z2 * (share * (1.0 - share) * total + z2 / 4.0)) / (total + z2)
    half = np.where(total > 0, half, np.inf)
    return float(half) if half.ndim == 0 else half


def enough_runs(p: float, n: int, precision: float) -> int:
    """How many runs more until Wilson's half-width of a share near `p` is at most `precision`.

    0 when the `n` runs at hand are enough. Raises ValueError for a precision outside (0, 0.5).
    """
    if not 0.0 < precision < 0.5:
        raise ValueError(f"precision must lie between 0 and 0.5, not {precision!r}")
    low, high = 1, 1
    while half_width(p, high) > precision:
        high *= 2
    while low < high:
        middle = (low + high) // 2
        if half_width(p, middle) <= precision:
            high = middle
        else:
            low = middle + 1
    return max(0, low - int(n))


def quantile_interval(values: ArrayLike, q: float) -> Interval:
    """A quantile with its interval from order statistics: free of any distribution (Conover 1999, sec. 3.2).

    `values`: float ``(n,)``, nan left out. With too few runs to bound a side, that limit is -inf or inf.
    """
    x = np.asarray(values, float).ravel()
    x = x[~np.isnan(x)]
    if not 0.0 < q < 1.0:
        raise ValueError(f"q must lie strictly between 0 and 1, not {q!r}")
    if x.size == 0:
        return Interval(np.nan, -np.inf, np.inf)
    first, last = ranks(x.size, q)
    x = np.partition(x, [min(max(rank, 1), x.size) - 1 for rank in (first, last)])
    low = x[first - 1] if first >= 1 else -np.inf
    high = x[last - 1] if last <= x.size else np.inf
    return Interval(float(np.quantile(x, q)), float(low), float(high))


def percentiles(drawn: np.ndarray, axis: int = 0) -> np.ndarray:
    """Limits of an estimate from draws of it along an axis: low and high, each of the other axes' shape."""
    return np.quantile(drawn, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2], axis=axis)


@lru_cache(maxsize=4096)
def ranks(n: int, q: float) -> tuple[int, int]:
    """Ranks, from 1, of the limits of a quantile of `n` values; 0 is minus infinity, more than `n` infinity."""
    tail = (1.0 - LEVEL) / 2.0
    return binomial_quantile(tail, n, q), binomial_quantile(1.0 - tail, n, q) + 1


def binomial_quantile(share: float, n: int, p: float) -> int:
    """The least number of successes among ``n`` that is not exceeded with the probability ``share``, 0 < p < 1."""
    k = int(np.ceil(special.bdtrik(share, n, p)))
    return k - 1 if k > 0 and special.bdtr(k - 1, n, p) >= share else k
