"""What a study costs on top of the bare compiled runs: many points, one replicate each."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from experiments.config import load_scenario
from experiments.runs import store
from experiments.runs.carry_out import estimate
from experiments.runs.executors import default_workers
from experiments.runs.options import ExecutorOptions
from experiments.runs.plan import Points, Study, Variant
from experiments.runs.runner import run_study
from experiments.runs.work import Engine
from sim.ensemble import simulate_points
from sim.scenario import Scenario

SWEPT = ("taliban.service_delivery", "taliban.control", "economy.growth")


def points(scenario: Scenario, count: int, seed: int) -> Points:
    """Points spread evenly at random over the ranges of `SWEPT`."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    ranges = np.array([[scenario.schema[name].low, scenario.schema[name].high] for name in SWEPT])
    return Points(SWEPT, rng.uniform(ranges[:, 0], ranges[:, 1], (count, len(SWEPT))), np.arange(count))


def bare(scenario: Scenario, laid: Points, seed: int) -> float:
    """Seconds of the compiled runs alone, all cores."""
    values = np.repeat(scenario.draw(np.array([0]), seed), len(laid), axis=0)
    values[:, [scenario.schema.index(name) for name in laid.names]] = laid.values
    replicates = np.zeros(len(laid), dtype=np.int64)
    begun = time.perf_counter()
    simulate_points(scenario, values, replicates, seed, threads=default_workers(), keep_series=False)
    return time.perf_counter() - begun


def sweep(scenario: Scenario, laid: Points, seed: int, path: Path) -> float:
    """Seconds of a study of the same runs, from its folder to its last table."""
    study = Study((Variant("baseline", scenario, laid),), 1, seed)
    cost = estimate(study, Engine(), default_workers())
    begun = time.perf_counter()
    folder = store.create(study, path, block=cost.block)
    run_study(folder, Engine(), ExecutorOptions())
    return time.perf_counter() - begun


def resume(count: int, overrides: tuple[str, ...] = ()) -> float:
    """Seconds that it takes to open a study that is whole and find that there is nothing to do."""
    scenario = load_scenario("baseline", list(overrides))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "study"
        sweep(scenario, points(scenario, count, 0), 1, path)
        begun = time.perf_counter()
        run_study(store.open_study(path), Engine(), ExecutorOptions())
        return time.perf_counter() - begun


def measure(count: int, turns: int, overrides: tuple[str, ...] = ()) -> tuple[float, float]:
    """Seconds of the bare runs and of the sweeps, in turns so that a change of the machine hits both."""
    scenario = load_scenario("baseline", list(overrides))
    each = max(1, count // turns)
    bare(scenario, points(scenario, 2, 0), 1)  # compiled and warm
    totals = np.zeros(2)
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(turns):
            laid = points(scenario, each, turn)
            totals += bare(scenario, laid, 1), sweep(scenario, laid, 1, Path(folder) / str(turn))
    return float(totals[0]), float(totals[1])


def main() -> None:
    """Print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=20_000)
    parser.add_argument("--turns", type=int, default=4, help="bare runs and sweeps alternate so many times")
    given = parser.parse_args()
    alone, study = measure(given.points, given.turns)
    times = f"bare {alone:.1f} s, sweep {study:.1f} s, ratio {study / alone:.3f}"
    print(f"{given.points:,} points x 1 replicate: {times}")


if __name__ == "__main__":
    main()
