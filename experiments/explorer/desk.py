"""Runs at hand: each question's runs, made part by part under common luck and kept in the form that is shown."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from experiments.explorer.ask import Ask
from experiments.runs.road import collect, run_blocks
from experiments.runs.series import period_of
from experiments.stats.bands import edges
from sim.ensemble import Block
from sim.outcomes import MEASURES, PLACE_SERIES, SERIES
from sim.questions import resolve
from sim.scenario import Scenario
from sim.world.clock import Calendar

FIRST, PART = 16, 32
"""Runs made at a time, those of the first answers and later ones: what is stale waits for no more than these."""
KEPT = 6
"""Questions whose runs are at hand."""


@dataclass(frozen=True)
class Kept:
    """Runs of one scenario, in the order of their replicates, as far as they were made.

    Attributes
    ----------
    scenario
        What was run.
    starts
        First day of each period: datetime64 ``(periods,)``; months, or days of a short scenario.
    complete
        Whether the scenario holds the whole period: bool ``(periods,)``.
    arrays
        ``measures`` float64 ``(runs, measures)``, ``series`` float32 ``(runs, periods, series)``, ``places``
        float32 ``(runs, frames, provinces, series)``, ``valley`` float32 ``(runs, places)``, and the answers to
        each question float64 ``(runs,)`` under ``?id``.
    simulated, reduced
        Seconds spent on the runs, and on bringing them to this form.
    """

    scenario: Scenario
    starts: np.ndarray
    complete: np.ndarray
    unit: str
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    simulated: float = 0.0
    reduced: float = 0.0

    @property
    def runs(self) -> int:
        """How many there are."""
        return len(self.arrays["measures"]) if self.arrays else 0

    def first(self, count: int) -> Kept:
        """The first replicates alone."""
        return replace(self, arrays={name: values[:count] for name, values in self.arrays.items()})

    def measure(self, name: str) -> np.ndarray:
        """A measure: float64 ``(runs,)``."""
        return self.arrays["measures"][:, MEASURES.index(name)]

    def series(self, name: str) -> np.ndarray:
        """A national series by period: float32 ``(runs, periods)``."""
        return self.arrays["series"][:, :, tuple(SERIES).index(name)]

    def places(self, name: str) -> np.ndarray:
        """A series by frame and province: float32 ``(runs, frames, provinces)``."""
        return self.arrays["places"][..., PLACE_SERIES.index(name)]


class Desk:
    """Makes runs, on so many threads (None: all cores), and keeps those of the last questions."""

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._busy = threading.Lock()

    def at_hand(self, ask: Ask) -> int:
        """How many runs of a question are there."""
        found = self._kept.get(ask.key)
        return found.runs if found is not None else 0

    def grow(
        self, ask: Ask, target: int, part: int | None = None, wanted: Callable[[], bool] | None = None
    ) -> Kept | None:
        """A question's runs, with at most one part more than there were.

        Parameters
        ----------
        ask
            What is asked.
        target
            Runs that are wanted.
        part
            Runs made now at most; None: few as long as there are few.
        wanted
            Whether anybody still waits for them, asked when it is their turn; if not, the answer is None.

        Raises
        ------
        UserError
            If the scenario is not valid.
        """
        with self._busy:
            if wanted is not None and not wanted():
                return None
            kept = self._kept.pop(ask.key, None) or empty(ask.built())
            try:
                more = min(part or (FIRST if kept.runs < PART else PART), target - kept.runs)
                if more > 0:
                    kept = self._longer(kept, ask.seed, more)
            finally:
                self._kept[ask.key] = kept
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            return kept

    def _longer(self, kept: Kept, seed: int, more: int) -> Kept:
        numbers = np.arange(kept.runs, kept.runs + more)
        begun = time.perf_counter()
        blocks = list(run_blocks(kept.scenario, numbers, seed, held="places", threads=self.threads))
        made = time.perf_counter()
        arrays = collect(iter(blocks), reduced)
        if kept.arrays:
            arrays = {name: np.concatenate([kept.arrays[name], arrays[name]]) for name in arrays}
        done = time.perf_counter()
        return replace(
            kept, arrays=arrays, simulated=kept.simulated + made - begun, reduced=kept.reduced + done - made
        )


def empty(scenario: Scenario) -> Kept:
    """No runs yet."""
    days = Calendar(scenario.start, scenario.end).dates
    unit = period_of(len(days))
    first, complete = edges(days, unit)
    return Kept(scenario, days[first], complete, unit)


def reduced(block: Block) -> dict[str, np.ndarray]:
    """What is kept of runs: measures, series by period, and answers; see `Kept`."""
    scenario = block.scenario
    days = Calendar(scenario.start, scenario.end).dates
    first, _ = edges(days, period_of(len(days)))
    made = {
        "measures": block.measures,
        "series": _by_period(np.asarray(block.series), first, _stocks(tuple(SERIES))),
        "places": _places(np.asarray(block.places), scenario),
        "valley": np.asarray(block.valley),
    }
    return made | {f"?{q.id}": resolve(q, block) for q in scenario.questions}


def _by_period(values: np.ndarray, first: np.ndarray, stocks: np.ndarray) -> np.ndarray:
    """Sums of flows and means of stocks: float32 ``(runs, times, ..., series)`` to ``(runs, periods, ...)``."""
    sums = np.add.reduceat(values, first, axis=1, dtype=np.float32)
    lengths = np.diff(np.append(first, values.shape[1])).astype(np.float32)
    shape = (1, -1) + (1,) * (values.ndim - 2)
    return np.where(stocks, sums / lengths.reshape(shape), sums)


def frames(scenario: Scenario) -> tuple[np.ndarray, np.ndarray]:
    """Pictures of a scenario's map: months, or weeks of a short scenario.

    The first day of each from the start, int64 ``(frames,)``, and whether the scenario holds all of it.
    """
    days = Calendar(scenario.start, scenario.end).dates
    if period_of(len(days)) == "day":
        first = 7 * np.arange(max(1, len(days) // 7))
        return first, np.ones(len(first), bool)
    first, complete = edges(days, "month")
    return first, complete if complete.any() else np.ones(len(first), bool)


def _places(weekly: np.ndarray, scenario: Scenario) -> np.ndarray:
    """Series of provinces by frame from those by week; a week belongs to the frame of its middle."""
    first, _ = frames(scenario)
    weeks = weekly.shape[1]
    if not weeks:
        return np.full((len(weekly), 1, *weekly.shape[2:]), np.nan, np.float32)
    at = np.searchsorted(first, np.minimum(7 * np.arange(weeks) + 3, scenario.days - 1), side="right") - 1
    starts = np.searchsorted(at, np.arange(len(first)))
    # a last frame without a week of its own shows the last week
    return _by_period(weekly, np.minimum(starts, weeks - 1), _stocks(PLACE_SERIES))


def _stocks(names: tuple[str, ...]) -> np.ndarray:
    """Which series have a level and are no sums over time: bool ``(series,)``."""
    return np.array([SERIES[name].kind != "flow" if name in SERIES else True for name in names])
