"""Bands over runs: days gathered into weeks or months, and the quantiles between which the runs lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEVELS = (0.5, 0.9)


@dataclass(frozen=True)
class Periods:
    """Values by period: `starts` datetime64[D] ``(k,)``, `values` float ``(run, k)``, `complete`: whether all days are
    seen, bool ``(k,)``."""

    starts: np.ndarray
    values: np.ndarray
    complete: np.ndarray
    unit: str

    def whole(self) -> Periods:
        """Without the periods that the simulated time covers only in part."""
        keep = self.complete
        return Periods(self.starts[keep], self.values[:, keep], keep[keep], self.unit)


@dataclass(frozen=True)
class Bands:
    """Central bands over runs: `low`, `high` ``(level, time)`` hold `levels[i]` of the runs; `median` ``(time,)``."""

    times: np.ndarray
    median: np.ndarray
    mean: np.ndarray
    levels: tuple[float, ...]
    low: np.ndarray
    high: np.ndarray
    runs: int


def edges(days: np.ndarray, unit: str) -> tuple[np.ndarray, np.ndarray]:
    """Index of each period's first day, int64 ``(periods,)``, and whether all its days are there, bool
    ``(periods,)``, for consecutive days, datetime64 ``(days,)``, and a unit as in `gather`."""
    if unit == "day":
        return np.arange(days.size), np.ones(days.size, bool)
    if unit == "week":
        first = np.arange(0, days.size, 7)
        return first, first + 7 <= days.size
    if unit != "month":
        raise ValueError(f"unit must be 'day', 'week' or 'month', not {unit!r}")
    months = days.astype("datetime64[M]")
    first = np.flatnonzero(np.append(True, months[1:] != months[:-1]))
    length = np.diff(np.append(first, days.size))
    begins = months[first]
    whole = (
        (begins + np.timedelta64(1, "M")).astype("datetime64[D]") - begins.astype("datetime64[D]")
    ).astype(int)
    return first, length == whole


def gather(values: np.ndarray, dates: np.ndarray, unit: str = "month", how: str = "sum") -> Periods:
    """Daily values by "day", "week" (seven days from the first one) or calendar "month".

    `values` float ``(run, day)``, `dates` datetime64[D] ``(day,)``, consecutive. `how`: "sum" for flows, "mean" for
    stocks. Raises ValueError for another unit, or if the lengths differ.
    """
    days = np.asarray(dates, "datetime64[D]")
    data = np.asarray(values)
    if data.ndim != 2 or data.shape[1] != days.size:
        raise ValueError(f"values {data.shape} do not fit {days.size} dates")
    first, complete = edges(days, unit)
    out = np.add.reduceat(data, first, axis=1, dtype=float)
    if how == "mean":
        out = out / np.diff(np.append(first, days.size))
    return Periods(days[first], out, complete, unit)


def quantile_bands(values: np.ndarray, times: np.ndarray) -> Bands:
    """Median, mean and central bands (`LEVELS`) over runs: `values` float ``(run, time)``; nan is left out by time."""
    data = np.asarray(values, float)
    if data.ndim != 2 or data.shape[0] == 0:
        raise ValueError("bands need float[run, time] with one run or more")
    shares = np.array(LEVELS)
    probabilities = np.concatenate([[0.5], (1.0 - shares) / 2.0, (1.0 + shares) / 2.0])
    gaps = bool(np.isnan(data).any())
    q = (np.nanquantile if gaps else np.quantile)(data, probabilities, axis=0)
    mean = np.nanmean(data, axis=0) if gaps else data.mean(axis=0)
    k = shares.size
    return Bands(np.asarray(times), q[0], mean, tuple(shares.tolist()), q[1 : k + 1], q[k + 1 :], len(data))
