"""Provinces: where it happens, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.stats.intervals import RANGE


@dataclass(frozen=True)
class ByProvince:
    """One number a province over runs: `mean`, `median`, and the ends of the central 90 %, `low` and `high`; all
    float ``(provinces,)``."""

    mean: np.ndarray
    median: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def top(self, count: int) -> np.ndarray:
        """Indices of the `count` provinces with the greatest mean, in that order; ties by index."""
        return np.argsort(-self.mean, kind="stable")[:count]


def by_province(values: np.ndarray, scale: float = 1.0) -> ByProvince:
    """Summary over runs of `values` float ``(runs, provinces)``; `scale` multiplies the number of every run."""
    data = np.asarray(values, dtype=float) * scale
    low, median, high = np.quantile(data, RANGE, axis=0)
    return ByProvince(data.mean(axis=0), median, low, high)
