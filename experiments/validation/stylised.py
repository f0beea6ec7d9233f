"""Stylised facts of political violence, measured on runs: sizes of events, bursts, seasons, spread. Pure.

Sources: Clauset, Shalizi and Newman (2009), SIAM Review 51:661 (maximum likelihood with a fitted lower
bound); Bohorquez et al. (2009), Nature 462:911 (event sizes of insurgencies, exponent near 2.5); Goh and
Barabasi (2008), EPL 81:48002 (burstiness of waiting times); Schutte and Weidmann (2011), Political Geography
30:143 (spread to neighbours)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

FloatArray = NDArray[np.float64]

#: Events that a tail holds at least.
LEAST = 50


@dataclass(frozen=True)
class Tail:
    """A power law fitted to the tail of whole-numbered sizes.

    Attributes
    ----------
    exponent
        Alpha of p(x) ~ x^-alpha for x >= lower.
    error
        Its standard error.
    lower
        Fitted lower bound.
    distance
        Kolmogorov-Smirnov distance of the fit.
    events
        In the tail.
    of
        In all.
    """

    exponent: float
    error: float
    lower: int
    distance: float
    events: int
    of: int


def fit_tail(sizes: ArrayLike) -> Tail:
    """Discrete maximum likelihood of the exponent, lower bound chosen by smallest Kolmogorov-Smirnov distance.

    Whole-numbered sizes from 1 on count; raises ValueError if fewer than ``LEAST`` do, or all are the same.
    """
    x = np.sort(np.asarray(sizes).astype(np.int64))
    x = x[x >= 1]
    if x.size < LEAST:
        raise ValueError(f"a tail needs {LEAST} events, found {x.size}")
    best: Tail | None = None
    for lower in np.unique(x[: x.size - LEAST + 1]):
        tail = x[np.searchsorted(x, lower) :]
        if tail[0] == tail[-1]:
            continue
        exponent = _exponent(tail, int(lower))
        values, counts = np.unique(tail, return_counts=True)
        empirical = np.cumsum(counts) / tail.size
        fitted = 1.0 - special.zeta(exponent, values + 1.0) / special.zeta(exponent, float(lower))
        distance = float(np.abs(empirical - fitted).max())
        if best is None or distance < best.distance:
            error = (exponent - 1.0) / np.sqrt(tail.size)
            best = Tail(exponent, float(error), int(lower), distance, tail.size, x.size)
    if best is None:
        raise ValueError("all events have the same size")
    return best


def _exponent(tail: NDArray[np.int64], lower: int) -> float:
    """The maximum-likelihood exponent of the discrete power law from ``lower``."""
    logs = np.log(tail).mean()

    def loss(alpha: float) -> float:
        return float(np.log(special.zeta(alpha, lower)) + alpha * logs)

    return float(optimize.minimize_scalar(loss, bounds=(1.01, 12.0), method="bounded").x)


def burstiness(events: ArrayLike) -> FloatArray:
    """Burstiness of each run: (s - m) / (s + m) of the waiting times between days with events.

    0 for a Poisson process in continuous time (for days with p events, (sqrt(1-p) - 1) / (sqrt(1-p) + 1)), 1
    for extreme bursts, -1 for a clock.

    Parameters
    ----------
    events
        Counts ``(n, days)``; a run with fewer than three days of events gives NaN.
    """
    x = np.asarray(events)
    out = np.full(x.shape[0], np.nan)
    for i, row in enumerate(x):
        gaps = np.diff(np.flatnonzero(row > 0))
        if gaps.size >= 2:
            spread, mean = gaps.std(), gaps.mean()
            out[i] = (spread - mean) / (spread + mean)
    return out


def memory(monthly: ArrayLike) -> FloatArray:
    """Correlation of log(1 + count) of each month with the next ``(n,)``; NaN for a run without variation."""
    z = np.log1p(np.asarray(monthly, dtype=np.float64))
    a, b = z[:, :-1], z[:, 1:]
    a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (a * b).sum(axis=1) / np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))


def spread_to_neighbours(attacks: ArrayLike, adjacency: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Weekly chance that fighting begins in a quiet province, with and without fighting next door.

    Parameters
    ----------
    attacks
        Counts ``(n, weeks, provinces)``.
    adjacency
        Bool ``(provinces, provinces)``.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        (rate with an attack in a neighbouring province in the week before, rate without), each ``(n,)``; quiet means
        no attack in the province in the four weeks before. NaN where a run has no such week.
    """
    hit = np.asarray(attacks) > 0
    near = np.asarray(adjacency, dtype=bool)
    quiet = np.ones(hit[:, 4:].shape, dtype=bool)
    for back in range(1, 5):
        quiet &= ~hit[:, 4 - back : hit.shape[1] - back]
    neighbour = (hit[:, 3:-1].astype(np.float32) @ near.T.astype(np.float32)) > 0
    begins = hit[:, 4:]
    rates = []
    for condition in (quiet & neighbour, quiet & ~neighbour):
        chances = condition.sum(axis=(1, 2))
        with np.errstate(invalid="ignore", divide="ignore"):
            rates.append((begins & condition).sum(axis=(1, 2)) / np.where(chances > 0, chances, np.nan))
    return rates[0], rates[1]


def season_ratio(monthly: ArrayLike, months: ArrayLike) -> FloatArray:
    """Mean month of April to September over mean month of December to March ``(n,)``; one is added to both.

    Parameters
    ----------
    monthly
        Totals ``(n, M)``.
    months
        Calendar month (1 to 12) of each column.
    """
    x, m = np.asarray(monthly, dtype=np.float64), np.asarray(months)
    open_passes, winter = np.isin(m, (4, 5, 6, 7, 8, 9)), np.isin(m, (12, 1, 2, 3))
    if not open_passes.any() or not winter.any():
        raise ValueError("season_ratio needs months of both seasons")
    return (x[:, open_passes].mean(axis=1) + 1.0) / (x[:, winter].mean(axis=1) + 1.0)


def share_at(values: ArrayLike, members: ArrayLike) -> FloatArray:
    """Share of each run's total that fell in some provinces ``(n,)``; NaN where nothing happened.

    Parameters
    ----------
    values
        ``(n, weeks, provinces)``.
    members
        Bool ``(provinces,)``.
    """
    x = np.asarray(values, dtype=np.float64).sum(axis=1)
    total = x.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, x[:, np.asarray(members, dtype=bool)].sum(axis=1) / total, np.nan)
