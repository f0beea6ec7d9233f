"""Provinces: where it happens, in how many runs, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ByProvince:
    """One number a province over runs: `mean`, `median` and the central 80 % `low`/`high`, all
    float[province]; `any_share` float[province] share of runs in which it was above zero at any time."""

    mean: np.ndarray
    median: np.ndarray
    low: np.ndarray
    high: np.ndarray
    any_share: np.ndarray

    def top(self, count: int, by: np.ndarray | None = None, smallest: bool = False) -> np.ndarray:
        """Indices of the `count` provinces with the greatest (or smallest) mean, in that order; ties by
        index."""
        key = self.mean if by is None else by
        return np.argsort(key if smallest else -key, kind="stable")[:count]


def by_province(values: np.ndarray, how: str = "sum", scale: float = 1.0) -> ByProvince:
    """Over the whole time, `values` float[run, week, province]: "sum" for flows, "mean" for stocks and
    shares.

    `scale` multiplies the number of every run (for instance 365.25 / days for a year's worth).
    """
    data = np.asarray(values)
    if how not in ("sum", "mean"):
        raise ValueError(f"how must be 'sum' or 'mean', not {how!r}")
    total = data.sum(axis=1, dtype=float) if how == "sum" else data.mean(axis=1, dtype=float)
    total = total * scale
    low, median, high = np.quantile(total, [0.1, 0.5, 0.9], axis=0)
    return ByProvince(total.mean(axis=0), median, low, high, (data > 0).any(axis=1).mean(axis=0))


def share_of(values: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Each run's share of the total that falls on `members` (indices): float[run], nan where nothing fell."""
    total = np.asarray(values).sum(axis=1, dtype=float)
    whole = total.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(whole > 0, total[:, np.asarray(members, int)].sum(axis=1) / whole, np.nan)
