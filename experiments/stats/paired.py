"""Two scenarios compared run by run: replicate r shares its luck and its parameter draw in both.

The difference is taken within a replicate, so whatever the two worlds have in common cancels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from experiments.stats.intervals import LEVEL, critical

POWER = 0.9
"""Chance with which `more_runs` further replicates settle the sign, if the difference seen is the true one.
"""


@dataclass(frozen=True)
class Paired:
    """A minus B over the same replicates.

    `difference` mean with `low`/`high`; `p_greater` share of replicates with A > B, `p_equal` with a tie;
    `flips_up` (0 in B, 1 in A) and `flips_down` replicates whose binary outcome flipped, None for a numeric
    one; `correlation` between the two over replicates (nan if one is constant); `gain` how many times fewer
    replicates pairing needs for the same precision (variance unpaired over paired; inf if the paired
    differences are constant); `more_runs` replicates more until the interval is expected to leave zero out
    (0: settled; None: no difference was seen, so no number of runs is known to settle it). `runs` pairs used
    (nan pairs left out). `level` of the interval.
    """

    mean_a: float
    mean_b: float
    difference: float
    low: float
    high: float
    p_greater: float
    p_equal: float
    flips_up: int | None
    flips_down: int | None
    correlation: float
    gain: float
    more_runs: int | None
    runs: int
    level: float = LEVEL

    @property
    def settled(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0.0 or self.high < 0.0


def compare(a: ArrayLike, b: ArrayLike) -> Paired:
    """Paired comparison of one outcome: `a[r]`, `b[r]` float ``(n,)`` of the same replicate r in the two scenarios.

    Interval: Student's t on the differences for a numeric outcome; for a binary one (only 0 and 1 in both) Agresti
    and Min's adjustment, half a replicate added to each cell of the two-by-two table (2005, Stat. Med. 24:729), which
    keeps its coverage when few replicates flip. Raises ValueError for unequal lengths or under two pairs.
    """
    x, y = np.asarray(a, float).ravel(), np.asarray(b, float).ravel()
    if x.shape != y.shape:
        raise ValueError(f"paired outcomes differ in length: {x.size} and {y.size}")
    keep = ~(np.isnan(x) | np.isnan(y))
    x, y = x[keep], y[keep]
    if x.size < 2:
        raise ValueError("a paired comparison needs two replicates or more")
    binary = bool(np.all(np.isin(x, (0.0, 1.0))) and np.all(np.isin(y, (0.0, 1.0))))
    gap = x - y
    low, high = _binary_limits(gap) if binary else _limits(gap)
    correlation, gain = _pairing(x, y, gap)
    return Paired(
        mean_a=float(x.mean()), mean_b=float(y.mean()), difference=float(gap.mean()), low=low, high=high,
        p_greater=float(np.mean(gap > 0)), p_equal=float(np.mean(gap == 0)),
        flips_up=int(np.sum(gap > 0)) if binary else None,
        flips_down=int(np.sum(gap < 0)) if binary else None,
        correlation=correlation, gain=gain, more_runs=_more_runs(gap, low, high), runs=x.size,
    )  # fmt: skip


def flipped(a: ArrayLike, b: ArrayLike, replicates: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Replicates whose binary outcome is 1 in A only, and in B only: two arrays of replicate numbers."""
    x, y, numbers = np.asarray(a, float), np.asarray(b, float), np.asarray(replicates)
    return numbers[(x == 1) & (y == 0)], numbers[(x == 0) & (y == 1)]


def _limits(gap: np.ndarray) -> tuple[float, float]:
    half = _student(gap.size - 1) * gap.std(ddof=1) / np.sqrt(gap.size)
    return float(gap.mean() - half), float(gap.mean() + half)


@lru_cache(maxsize=1024)
def _student(freedom: int) -> float:
    """Two-sided quantile of Student's t."""
    return float(special.stdtrit(freedom, 0.5 + LEVEL / 2.0))


def _binary_limits(gap: np.ndarray) -> tuple[float, float]:
    up, down, total = np.sum(gap > 0) + 0.5, np.sum(gap < 0) + 0.5, gap.size + 2.0
    centre = (up - down) / total
    half = critical(LEVEL) * np.sqrt((up + down) / total - centre**2) / np.sqrt(total)
    return float(max(-1.0, centre - half)), float(min(1.0, centre + half))


def _pairing(x: np.ndarray, y: np.ndarray, gap: np.ndarray) -> tuple[float, float]:
    """Correlation over replicates, and variance of the unpaired over the paired difference."""
    apart, together = x.var(ddof=1) + y.var(ddof=1), gap.var(ddof=1)
    vary = x.std() > 0 and y.std() > 0
    correlation = float(np.corrcoef(x, y)[0, 1]) if vary else float("nan")
    if apart == 0.0:
        return correlation, float("nan")
    return correlation, float(apart / together) if together > 1e-15 * apart else float("inf")


def _more_runs(gap: np.ndarray, low: float, high: float) -> int | None:
    """Replicates more for the interval to leave zero out with probability POWER, at the effect seen."""
    if low > 0.0 or high < 0.0:
        return 0
    mean, sd = abs(float(gap.mean())), float(gap.std(ddof=1))
    if mean == 0.0:
        return None
    needed = ((critical(LEVEL) + critical(2.0 * POWER - 1.0)) * sd / mean) ** 2
    return max(1, int(np.ceil(needed)) - gap.size)
