"""Time until something happens, when it does not happen in every run before the horizon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from experiments.stats.intervals import LEVEL, Interval, critical, wilson


@dataclass(frozen=True)
class SurvivalCurve:
    """Kaplan-Meier curve as a step function, one entry a distinct time at which something changed.

    `time` float ``(k,)`` (days since the start; the first entry is 0), `survival` the probability that it has not
    happened by then, `low`/`high` its interval, `at_risk` runs in which it could still happen just before,
    `events` and `censored` how many happened / went out of sight then.
    """

    time: np.ndarray
    survival: np.ndarray
    low: np.ndarray
    high: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    censored: np.ndarray
    horizon: float

    def _step(self, days: ArrayLike, values: np.ndarray) -> np.ndarray:
        return values[np.searchsorted(self.time, np.asarray(days, float), side="right") - 1]

    def happened(self, days: ArrayLike) -> Interval:
        """Probability that it has happened by `days` (>= 0), with its interval; arrays of that shape."""
        return Interval(
            1.0 - self._step(days, self.survival),
            1.0 - self._step(days, self.high),
            1.0 - self._step(days, self.low),
        )

    def waiting(self, days: ArrayLike) -> np.ndarray:
        """Runs still under observation at `days` in which it has not happened (the risk set just after)."""
        left = self.at_risk - self.events - self.censored
        return self._step(days, left)

    def quantile(self, q: float) -> Interval:
        """Day by which it has happened with probability `q`, with the interval read off the limits.

        nan where the curve (or its limit) does not get that far before the horizon.
        """
        return Interval(*(self._first(curve, 1.0 - q) for curve in (self.survival, self.low, self.high)))

    def _first(self, curve: np.ndarray, level: float) -> float:
        reached = np.flatnonzero(curve <= level + 1e-12)
        return float(self.time[reached[0]]) if reached.size else float("nan")


def kaplan_meier(days: ArrayLike, horizon: ArrayLike) -> SurvivalCurve:
    """Kaplan and Meier's product-limit estimate (1958, JASA 53:457) of the time to an event.

    `days` float ``(n,)``: day of the event, nan = it did not happen while the run was watched; `horizon`: the last
    day watched, one number or float ``(n,)``. Interval: Greenwood's variance on the log(-log) scale, which stays within
    [0, 1] (Kalbfleisch and Prentice). Before the first event, where it has no width, Wilson's limit for 'none of the
    runs at risk' stands in: runs without an event are not proof that there is none. So it does for 'none left' once
    the last run has had its event. Raises ValueError for an event after its horizon, or for no runs.
    """
    day = np.asarray(days, float).ravel()
    end = np.broadcast_to(np.asarray(horizon, float), day.shape)
    if day.size == 0:
        raise ValueError("no runs")
    happened = ~np.isnan(day)
    if np.any(day[happened] > end[happened]) or np.any(day[happened] < 0):
        raise ValueError("an event lies outside the days that its run was watched")
    seen = np.where(happened, day, end)
    times = np.unique(np.concatenate([[0.0], seen]))
    place = np.searchsorted(times, seen)
    events = np.bincount(place, weights=happened, minlength=times.size)
    censored = np.bincount(place, weights=~happened, minlength=times.size)
    at_risk = day.size - np.concatenate([[0.0], np.cumsum(events + censored)[:-1]])
    survival = np.cumprod(1.0 - events / at_risk)
    low, high = _limits(survival, events, at_risk)
    return SurvivalCurve(
        times, survival, low, high, at_risk.astype(int), events.astype(int), censored.astype(int),
        float(end.max()),
    )  # fmt: skip


def _limits(survival: np.ndarray, events: np.ndarray, at_risk: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Limits of a product-limit estimate; see `kaplan_meier`."""
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(events / (at_risk * (at_risk - events)))
        spread = critical(LEVEL) * np.sqrt(greenwood) / np.abs(np.log(survival))
        low, high = survival ** np.exp(spread), survival ** np.exp(-spread)
    none_yet, none_left = survival >= 1.0, survival <= 0.0
    low = np.select([none_yet, none_left], [wilson(at_risk, at_risk).low, 0.0], low)
    high = np.select([none_yet, none_left], [1.0, wilson(0, max(float(events.sum()), 1.0)).high], high)
    return low, high
