"""What a study will cost, measured on a few of its runs before it starts."""

from __future__ import annotations

import time
from dataclasses import dataclass

from experiments.kit.numbers import duration, size
from experiments.runs.plan import Study
from experiments.runs.quantiles import LEVELS
from experiments.runs.series import weeks_of
from experiments.runs.store import Shards
from experiments.runs.work import Engine, Work, simulate_tables
from sim.outcomes import SERIES

PROBE = 8
"""Runs that are timed."""
TARGET = 2.0
"""Seconds of work in a block: short enough to lose little, long enough that handing it out costs nothing."""
_LARGEST = {"none": 20_000, "quantiles": 1000, "monthly": 1000, "national": 150, "all": 50}
"""Runs a block at most: bounds the memory of a worker and the size of a shard."""


@dataclass(frozen=True)
class Cost:
    """What is known before a study starts: runs at most, if a rule decides how many; seconds on that many workers;
    bytes on disk at most; runs a block.
    """

    points: int
    runs: int
    seconds: float
    bytes: float
    block: int
    workers: int

    def describe(self, scenarios: int, at_most: bool) -> str:
        """The estimate in one line."""
        many = "s" if scenarios > 1 else ""
        return (
            f"{scenarios} scenario{many}, {self.points:,} points, {'at most ' * at_most}{self.runs:,} runs; "
            f"{duration(self.seconds)} on {self.workers} workers; at most {size(self.bytes)} on disk"
        )


def estimate(study: Study, engine: Engine, workers: int, block: int | None = None) -> Cost:
    """Time and weigh a few runs of a study on so many workers; ``block``: runs a block, None to choose.

    The model is compiled by the first of these runs if it has to be.
    """
    work = Work.of(study, engine, Shards(".", study.hash))
    probe = study.task(0, 0, 0, min(PROBE, study.size(0, 0)))
    simulate_tables(work, probe.part(0, 1))  # warm: compiled, memory at hand
    begun = time.perf_counter()
    made = simulate_tables(work, probe)
    each = (time.perf_counter() - begun) / len(probe)
    kept = sum(table.nbytes for name, table in made.items() if name != "weekly") / len(probe)
    weeks = weeks_of(study.variants[0].scenario.days)
    weekly = weeks * len(SERIES) * study.points * (len(LEVELS) + 2) * 8
    chosen = block or max(1, min(round(TARGET / max(each, 1e-9)), fair_block(study, workers)))
    return Cost(
        points=study.points,
        runs=study.runs,
        seconds=each * study.runs / workers,
        bytes=kept * study.runs + weekly * study.summarised,
        block=chosen,
        workers=workers,
    )


def fair_block(study: Study, workers: int) -> int:
    """Runs a block so that every worker has some, within the bounds of memory."""
    return max(1, min(_LARGEST[study.keep], -(-study.runs // (4 * workers))))
