"""The valley through time: on which share of days the front held each place, period by period."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from sim import schedule
from sim.scenario import Scenario
from sim.single import Bench
from sim.world.tables import ROWS


def held(
    scenario: Scenario, replicates: np.ndarray, seed: int, first: np.ndarray, threads: int | None = None
) -> np.ndarray:
    """Runs made again period by period, with a look at the valley after each.

    ``first``: first day of each period, in days from the start: int64 ``(periods,)``. Returns the share of the days of
    each period: float32 ``(runs, periods, places)``.
    """
    ends = np.append(first[1:], scenario.days)
    values = scenario.draw(replicates, seed)

    def one(row: int) -> np.ndarray:
        bench = Bench(scenario, weekly=False)
        bench.prepare(values[row], seed, int(replicates[row]))
        schedule.begin(bench.world[0])
        days = np.zeros((len(first) + 1, ROWS["place"]))
        for period, (start, end) in enumerate(zip(first, ends, strict=True)):
            bench.go(int(start), int(end))
            days[period + 1] = bench.world[0].place["front_days"]
        return np.diff(days, axis=0) / (ends - first)[:, None]

    with ThreadPoolExecutor(threads or 2) as pool:
        return np.stack(list(pool.map(one, range(len(replicates))))).astype(np.float32)
