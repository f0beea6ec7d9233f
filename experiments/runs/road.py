"""Runs in memory: points and their luck in, blocks out, a batch at a time and reduced at once.

Whoever needs runs and no folder of them takes them from here: a batch holds as many runs as fit in the memory
given, so that memory does not grow with their number. What a run gives depends on its parameters, replicate and
seed alone, never on its batch or on the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Literal, TypeVar

import numpy as np

from sim.ensemble import Block, simulate_points
from sim.outcomes import MEASURES, PLACE_SERIES, SERIES
from sim.scenario import Scenario
from sim.world.tables import EVENT_SIZES, ROWS

Held = Literal["measures", "series", "places"]
"""What a block holds of its runs: measures alone, daily series too, or weekly series by province and link too."""
Values = np.ndarray | Callable[[np.ndarray], np.ndarray]
"""Parameter vectors float64 ``(n, P)``, or what makes them for some of the replicates."""
Progress = Callable[[int], object]
Key = TypeVar("Key", bound=Hashable)

MEMORY = 250_000_000
"""Bytes that a batch may hold."""
LARGEST = 10_000
"""Most runs of a batch that holds no series."""


def run_blocks(
    scenario: Scenario,
    replicates: np.ndarray,
    seed: int,
    *,
    values: Values | None = None,
    held: Held = "series",
    threads: int | None = None,
    progress: Progress | None = None,
) -> Iterator[Block]:
    """Run replicates of a scenario, a batch at a time, in the order of ``replicates``.

    Parameters
    ----------
    scenario
        Dates, events, and what is uncertain.
    replicates
        The luck of each run: int64 ``(runs,)``.
    seed
        Study seed, 0 to 2**32 - 1.
    values
        Parameter vectors: float64 ``(runs, parameters)``, or a function that makes them for some of the
        replicates; None: each replicate's own draw of what is uncertain.
    held
        What the blocks hold.
    threads
        Runs side by side; None: as many as there are cores.
    progress
        Called with the number of runs done since the last call.
    """
    size = batch_size(scenario, held)
    for first in range(0, len(replicates), size):
        luck = replicates[first : first + size]
        if values is None:
            points = scenario.draw(luck, seed)
        else:
            points = values(luck) if callable(values) else values[first : first + size]
        yield simulate_points(
            scenario, points, luck, seed, threads,
            keep_series=held != "measures", keep_places=held == "places", progress=progress,
        )  # fmt: skip


def collect(
    blocks: Iterable[Block], reduce: Callable[[Block], Mapping[Key, np.ndarray]]
) -> dict[Key, np.ndarray]:
    """What is kept of runs, name to array ``(runs, ...)``: a block is reduced when it comes, and let go."""
    parts = [reduce(block) for block in blocks]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def batch_size(scenario: Scenario, held: Held) -> int:
    """Runs of a scenario that fit in `MEMORY`, at least one; ``held``: what a block holds of them."""
    each = 8 * (len(scenario.schema.names) + len(MEASURES) + EVENT_SIZES)
    each += bytes_of_series(scenario.days, held != "measures", held == "places")
    return max(1, min(LARGEST, MEMORY // each))


def bytes_of_series(days: int, national: bool, places: bool) -> int:
    """Bytes of the series of a run of so many days: national ones by day, those of provinces and links by week."""
    weekly = ROWS["province"] * len(PLACE_SERIES) + ROWS["route"]
    return 4 * (days * len(SERIES) * national + days // 7 * weekly * places)
