"""When are there enough replicates? A rule fixed before the first run, honest about looking more than once.

``replicates=auto`` looks at the probabilities a fixed number of times, after batches whose sizes are known
from the start, and stops at the first look at which every one of them is known to within the precision asked
for. Whoever looks five times and stops when the answer pleases has five chances to be fooled; so each look
uses an interval at the level ``1 - (1 - level) / looks`` (Bonferroni's share of the error), that of Clopper
and Pearson (1934, Biometrika 26:404), whose coverage is never below its level. By the union bound the
stated level then holds for each probability at whichever look the study stops. It is a level for each
probability, not for all of them together. The last look is large enough for a probability of one half, so the
study always ends there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

SMALLEST_LOOK = 20
"""Replicates at the first look, at least."""


@dataclass(frozen=True)
class Looks:
    """The rule of ``replicates=auto``.

    Attributes
    ----------
    precision
        Half-width that every key probability has to reach, between 0 and 0.5.
    level
        Confidence that holds for each probability when the study stops.
    count
        Number of looks.
    """

    precision: float
    level: float = 0.95
    count: int = 5

    def __post_init__(self) -> None:
        if not 0.0 < self.precision < 0.5 or not 0.0 < self.level < 1.0 or self.count < 1:
            raise ValueError(f"no such rule: {self}")

    @property
    def look_level(self) -> float:
        """Level of the interval at a single look."""
        return 1.0 - (1.0 - self.level) / self.count

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Replicates at each look, rising: each is twice the one before, the last suffices for one half."""
        last = self._enough_for_half()
        sizes = [-(-last // 2 ** (self.count - 1 - look)) for look in range(self.count)]
        return (*(size for size in sizes[:-1] if size >= SMALLEST_LOOK), max(SMALLEST_LOOK, last))

    def interval(self, successes: ArrayLike, runs: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Limits at a look: Clopper-Pearson at `look_level`, for counts of any shape."""
        return clopper_pearson(successes, runs, self.look_level)

    def enough(self, successes: ArrayLike, runs: ArrayLike) -> bool:
        """Whether every probability is known to within the precision; counts of any shape."""
        low, high = self.interval(successes, runs)
        return bool(np.all((high - low) / 2.0 <= self.precision))

    def describe(self) -> str:
        """The rule in one sentence, as it is printed and stored."""
        sizes = ", ".join(str(size) for size in self.sizes)
        return (
            f"looks after {sizes} replicates and stops at the first at which every key probability is known "
            f"to within {self.precision:g}; each look uses a {100 * self.look_level:.4g} % interval, so that "
            f"{100 * self.level:.4g} % hold for each probability wherever it stops"
        )

    def _enough_for_half(self) -> int:
        low, high = 2, 2
        while not self._reached(high):
            low, high = high, high * 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._reached(middle) else (middle, high)
        # The half-width is not quite monotone in n (odd and even): the next few are checked too.
        while not all(self._reached(size) for size in range(high, high + 4)):
            high += 1
        return high

    def _reached(self, runs: int) -> bool:
        return self.enough(np.array([runs // 2, (runs + 1) // 2]), runs)


def clopper_pearson(successes: ArrayLike, runs: ArrayLike, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Exact limits of a share: arrays of the shape of ``successes``; no runs at all gives 0 and 1."""
    k, n = np.broadcast_arrays(np.asarray(successes, dtype=float), np.asarray(runs, dtype=float))
    tail = (1.0 - level) / 2.0
    from scipy import stats  # here: it takes its time, and few studies have a rule

    low = np.where(k > 0, stats.beta.ppf(tail, np.maximum(k, 0.5), n - k + 1.0), 0.0)
    high = np.where(k < n, stats.beta.ppf(1.0 - tail, k + 1.0, np.maximum(n - k, 0.5)), 1.0)
    return low, high
