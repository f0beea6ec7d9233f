"""The year's shape: how much of an outcome falls into each calendar month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.stats.bands import gather

SUMMER = (4, 5, 6, 7, 8, 9)
"""April to September: the half year in which the passes are open and most fighting is done."""


@dataclass(frozen=True)
class Year:
    """`mean` float[12] (January first) over runs and years, with the central 80 % of runs `low`/`high`;
    `years` int[12] how many such months were seen; `summer_share` of the year's total, median of runs with
    `summer_low` and `summer_high`; nan where nothing was seen."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    years: np.ndarray
    summer_share: float
    summer_low: float
    summer_high: float


def calendar_months(values: np.ndarray, dates: np.ndarray, how: str = "sum") -> Year:
    """Mean by calendar month of a daily outcome `values` float[run, day]; only whole months count."""
    months = gather(values, dates, "month", how).whole()
    number = months.starts.astype("datetime64[M]").astype(int) % 12
    seen = np.bincount(number, minlength=12)
    by_run = np.full((months.values.shape[0], 12), np.nan)
    for m in np.flatnonzero(seen):
        by_run[:, m] = months.values[:, number == m].mean(axis=1)
    low, high = np.full(12, np.nan), np.full(12, np.nan)
    low[seen > 0], high[seen > 0] = np.quantile(by_run[:, seen > 0], [0.1, 0.9], axis=0)
    share = _summer_share(by_run)
    some = share.size > 0
    q = np.quantile(share, [0.5, 0.1, 0.9]) if some else np.full(3, np.nan)
    mean = np.where(seen > 0, by_run.mean(axis=0), np.nan)
    return Year(mean, low, high, seen, float(q[0]), float(q[1]), float(q[2]))


def _summer_share(by_run: np.ndarray) -> np.ndarray:
    """Summer's share of each run's year; empty unless all twelve months were seen and something happened."""
    if np.isnan(by_run).any():
        return np.empty(0)
    total = by_run.sum(axis=1)
    summer = by_run[:, [m - 1 for m in SUMMER]].sum(axis=1)
    return summer[total > 0] / total[total > 0]


def half_years(weeks: np.ndarray) -> np.ndarray:
    """bool[week]: whether the middle of each week (given by its first day) lies in the summer half."""
    middle = np.asarray(weeks, "datetime64[D]") + 3
    return np.isin(middle.astype("datetime64[M]").astype(int) % 12 + 1, SUMMER)
