"""How much of an outcome's spread comes from what we do not know (parameters) and how much from luck.

Twin runs share one draw of the parameters and differ in their luck alone. The covariance between twins is
then the variance that the parameters cause; what is left of the variance is luck (Saltelli et al. 2010,
Comput. Phys. Commun. 181:259, for the same 'pick and freeze' idea).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from experiments.stats.intervals import generator, percentiles


@dataclass(frozen=True)
class Spread:
    """Split of one outcome's variance.

    `share` of the variance owed to uncertain parameters, in [0, 1], with limits `low`/`high`; nan when the
    outcome does not vary or fewer than three pairs are complete; `pairs` complete twin pairs used.
    """

    share: float
    low: float
    high: float
    pairs: int

    @property
    def luck(self) -> float:
        """Share of the variance owed to luck."""
        return 1.0 - self.share


def spread_table(
    pairs: Mapping[str, tuple[ArrayLike, ArrayLike]], seed: int = 0, draws: int = 1000
) -> dict[str, Spread]:
    """The split of every outcome: its values in twin runs, float ``(n,)`` each, of the same draws with different luck.

    share = cov(y, y') / var(y), both twins pooled for mean and variance (the intraclass correlation), with a 95 %
    percentile bootstrap over pairs, cut to [0, 1]; all outcomes over the same resamples, so that they can be compared.
    A pair with a nan on either side is left out.
    """
    size = max((np.size(twins[0]) for twins in pairs.values()), default=0)
    counts = _resamples(size, draws, seed)
    return {
        name: _split(np.asarray(a, float), np.asarray(b, float), counts) for name, (a, b) in pairs.items()
    }


def _resamples(n: int, draws: int, seed: int) -> np.ndarray:
    """How often each of n pairs is drawn in each bootstrap resample: float ``(draws, n)``."""
    if n == 0:
        return np.empty((draws, 0))
    return generator(seed).multinomial(n, np.full(n, 1.0 / n), size=draws).astype(float)


def _split(a: np.ndarray, b: np.ndarray, counts: np.ndarray) -> Spread:
    """Point estimate and bootstrap limits from counts of resampled pairs."""
    complete = ~(np.isnan(a) | np.isnan(b))
    pairs = int(complete.sum())
    if pairs < 3:
        return Spread(np.nan, np.nan, np.nan, pairs)
    centre = (a[complete].mean() + b[complete].mean()) / 2.0  # centred first: no cancellation in the moments
    a, b = np.where(complete, a - centre, 0.0), np.where(complete, b - centre, 0.0)
    moments = np.column_stack([complete.astype(float), a + b, a * a + b * b, a * b])
    point = _share(moments.sum(axis=0)[None, :])[0]
    variance = (moments[:, 2].sum() / 2.0) / pairs
    if not variance > 0.0 or np.isnan(point):
        return Spread(np.nan, np.nan, np.nan, pairs)
    again = _share(counts @ moments)
    again = again[~np.isnan(again)]
    low, high = percentiles(again) if again.size else (np.nan, np.nan)
    return Spread(float(point), float(low), float(high), pairs)


def _share(moments: np.ndarray) -> np.ndarray:
    """Intraclass correlation from summed moments: n, and sums of both, of their squares, of products."""
    with np.errstate(divide="ignore", invalid="ignore"):
        n, both, squares, products = (moments[:, i] for i in range(4))
        mean = both / (2.0 * n)
        variance = squares / (2.0 * n) - mean**2
        covariance = products / n - mean**2
        share = np.where(variance > 1e-12 * np.maximum(squares / n, 1e-300), covariance / variance, np.nan)
    return np.clip(share, 0.0, 1.0)
