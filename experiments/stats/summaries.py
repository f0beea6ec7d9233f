"""Summary statistics: what a calibration compares between runs and the world. Pure.

A statistic is one number a run: a reduction of one daily series over a window, on a scale where an error of
the same size means the same everywhere. Windows are half-open, [start, by)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.stats.bands import gather

FloatArray = NDArray[np.float64]
Dates = NDArray[np.datetime64]

#: Scale on which a statistic is compared.
TRANSFORMS: Mapping[str, Callable[[FloatArray], FloatArray]] = MappingProxyType(
    {"identity": lambda x: x, "log1p": np.log1p, "sqrt": np.sqrt}
)
#: Statistics that monthly totals alone determine.
MONTHLY = ("sum", "mean", "month_spread")


@dataclass(frozen=True)
class Statistic:
    """One summary statistic.

    Attributes
    ----------
    series
        Name of a national series.
    start, by
        Window, ``by`` not included.
    statistic
        How the window becomes one number a run: ``sum``, ``mean``, ``max``, ``last``; ``days``: how many on which the
        series is at least ``level``; ``month_spread``: standard deviation over months of log(1 + sum of the month).
    transform
        One of ``TRANSFORMS``, applied after it.
    level
        Threshold of ``days``.
    against
        A second window; the statistic is then the transformed mean a day of the first minus that of the second
        (``sum`` and ``mean`` only): how much higher summer is than winter.
    """

    series: str
    start: np.datetime64
    by: np.datetime64
    statistic: str = "sum"
    transform: str = "log1p"
    level: float = 1.0
    against: tuple[np.datetime64, np.datetime64] | None = None


def evaluate(statistic: Statistic, values: ArrayLike, dates: Dates) -> FloatArray:
    """The statistic of each run ``(n,)``.

    Parameters
    ----------
    values
        Daily series ``(n, days)``.
    dates
        The day of each column.

    Raises
    ------
    ValueError
        If the days do not hold the window.
    """
    x = np.asarray(values, dtype=np.float64)
    change = TRANSFORMS[statistic.transform]
    if statistic.against is not None:
        first = _inside(x, dates, statistic.start, statistic.by)[0].mean(axis=1)
        second = _inside(x, dates, *statistic.against)[0].mean(axis=1)
        # A month's worth, so that log(1 + x) means the same as for monthly figures.
        return change(30.4375 * first) - change(30.4375 * second)
    window, days = _inside(x, dates, statistic.start, statistic.by)
    return change(_reduce(statistic, window, days))


def _inside(x: FloatArray, dates: Dates, start: np.datetime64, by: np.datetime64) -> tuple[FloatArray, Dates]:
    columns = (dates >= start) & (dates < by)
    if columns.sum() != (by - start).astype("timedelta64[D]").astype(int):
        raise ValueError(f"the days from {start} to {by} are not all there ({dates[0]} to {dates[-1]})")
    return x[:, columns], dates[columns]


def _reduce(statistic: Statistic, window: FloatArray, days: Dates) -> FloatArray:
    if statistic.statistic == "days":
        return (window >= statistic.level).sum(axis=1).astype(np.float64)
    if statistic.statistic == "month_spread":
        return np.log1p(monthly(window, days)[0]).std(axis=1)
    if statistic.statistic == "last":
        return window[:, -1]
    reduce: dict[str, Callable[..., FloatArray]] = {"sum": np.sum, "mean": np.mean, "max": np.max}
    return reduce[statistic.statistic](window, axis=1)


def monthly(values: ArrayLike, dates: Dates) -> tuple[FloatArray, Dates]:
    """Sums ``(n, months)`` of the calendar months that the days touch, and the months (datetime64[M])."""
    periods = gather(np.asarray(values), dates, "month")
    return periods.values, periods.starts.astype("datetime64[M]")


def from_months(statistic: Statistic, totals: ArrayLike, months: Dates) -> FloatArray:
    """The statistic of each row ``(n,)`` from monthly totals ``(n, months)``: how observations are summarised.

    Raises
    ------
    ValueError
        If it needs days, or its windows are not whole months that are all there.
    """
    if statistic.statistic not in MONTHLY:
        raise ValueError(f"{statistic.statistic} cannot be told from monthly totals")
    x = np.asarray(totals, dtype=np.float64)
    change = TRANSFORMS[statistic.transform]
    window, days = _months(x, months, statistic.start, statistic.by)
    if statistic.against is not None:
        other, other_days = _months(x, months, *statistic.against)
        first, second = window.sum(axis=1) / days, other.sum(axis=1) / other_days
        return change(30.4375 * first) - change(30.4375 * second)
    if statistic.statistic == "month_spread":
        return change(np.log1p(window).std(axis=1))
    return change(window.sum(axis=1) / (days if statistic.statistic == "mean" else 1.0))


def _months(
    x: FloatArray, months: Dates, start: np.datetime64, by: np.datetime64
) -> tuple[FloatArray, float]:
    """Totals of the months of a window, and its days."""
    first, last = start.astype("datetime64[M]"), by.astype("datetime64[M]")
    whole = first.astype("datetime64[D]") == start and last.astype("datetime64[D]") == by
    columns = (months >= first) & (months < last)
    if not whole or columns.sum() != (last - first).astype(int):
        raise ValueError(f"the months from {start} to {by} are not all there, or the window cuts a month")
    return x[:, columns], float((by - start).astype("timedelta64[D]").astype(int))
