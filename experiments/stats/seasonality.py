"""The year's shape: weeks by month of the year, and its summer and winter halves."""

from __future__ import annotations

import numpy as np

SUMMER = (4, 5, 6, 7, 8, 9)
"""April to September: the half year in which the passes are open and most fighting is done."""
MIDDLE = 3
"""Days from the start of a week to its middle: a week belongs to the month in which its middle lies."""


def month_of(weeks: np.ndarray) -> np.ndarray:
    """Month of the year, 1 to 12, of weeks given by their first days: int ``(weeks,)``."""
    return (np.asarray(weeks, "datetime64[D]") + np.timedelta64(MIDDLE, "D")).astype("datetime64[M]").astype(
        int
    ) % 12 + 1


def weeks_by_month(weeks: np.ndarray) -> np.ndarray:
    """How many of the weeks belong to each month of the year: int ``(12,)``."""
    return np.bincount(month_of(weeks) - 1, minlength=12)


def totals(by_month: np.ndarray, weeks: np.ndarray) -> np.ndarray:
    """Sum over all weeks from means a week by month of the year, float ``(12, k)`` to ``(k,)``."""
    return (weeks_by_month(weeks)[:, None] * np.nan_to_num(by_month)).sum(axis=0)


def half_years(by_month: np.ndarray, weeks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means a week in summer and in winter.

    Parameters
    ----------
    by_month
        Means a week by month of the year, January first: float ``(12, k)``; nan where no week belongs.
    weeks
        First day of each week: datetime64 ``(weeks,)``.

    Returns
    -------
    summer, winter
        float ``(k,)`` each; nan if no week lies in the half.
    """
    counts = weeks_by_month(weeks)
    summer = np.isin(np.arange(1, 13), SUMMER)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = [
            (counts[half][:, None] * np.nan_to_num(by_month[half])).sum(axis=0) / counts[half].sum()
            for half in (summer, ~summer)
        ]
    return means[0], means[1]
