"""Worlds for tests: scenarios read once, and the state of a run at its start, ready for a rule."""

from __future__ import annotations

import functools

import numpy as np

from experiments import load_scenario
from sim import schedule
from sim.ensemble import Block, simulate_points
from sim.scenario import Scenario
from sim.single import Bench
from sim.world import season as clock
from sim.world.geography import load_geography

MID_SUMMER = 197  # day of the year on which the fighting season stands at its height
GEOGRAPHY = load_geography()
PANJSHIR = GEOGRAPHY.panjshir


@functools.cache
def scenario(name: str = "baseline", *overrides: str) -> Scenario:
    """A shipped scenario, read once for all tests of a process."""
    return load_scenario(name, list(overrides))


def certain(name: str = "baseline", *overrides: str) -> Scenario:
    """The same with every parameter at its default or at what the scenario sets."""
    return scenario(name, "uncertainty=none", *overrides)


def small(days: int = 60, name: str = "small", **mapping: object) -> Scenario:
    """A scenario of its own with a short horizon; ``mapping`` as in a file."""
    start = np.datetime64(str(mapping.pop("start", "2021-09-06")))
    dates = {"start": str(start), "end": str(start + days)}
    return Scenario.from_mapping({**dates, **mapping}, name=name)


def world(of: Scenario | str = "baseline", seed: int = 1, replicate: int = 0, **values: float) -> np.record:
    """The state of a run at its start, on a day at the height of the season.

    ``values`` are parameters with ``__`` for the dot: ``taliban__control=0.5``.
    """
    of = certain(of) if isinstance(of, str) else of
    if values:
        of = of.with_values({name.replace("__", "."): value for name, value in values.items()})
    bench = Bench(of)
    bench.prepare(of.values, seed, replicate)
    w = bench.world[0]
    schedule.begin(w)
    w.now.day_of_year = MID_SUMMER
    w.now.winter = 2021
    clock.start_day(w, 0)
    return w


def province(name: str) -> int:
    """Row of a province."""
    return GEOGRAPHY.province(name)


def floor_rows() -> list[int]:
    """Rows of the stretches of the valley floor, from the mouth."""
    return [int(row) for row in np.flatnonzero(GEOGRAPHY.places["kind"] == 0)]


def side_rows() -> list[int]:
    """Rows of the side valleys."""
    return [int(row) for row in np.flatnonzero(GEOGRAPHY.places["kind"] == 1)]


def runs(of: Scenario, n: int, seed: int = 1, **settings: object) -> Block:
    """``n`` replicates of a scenario, each with its draw of what is uncertain."""
    numbers = np.arange(n, dtype=np.int64)
    return simulate_points(of, of.draw(numbers, seed), numbers, seed, **settings)


def same_bits(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether two arrays or records are the same to the last bit (so that nan equals nan)."""
    return np.asarray(first).tobytes() == np.asarray(second).tobytes()
