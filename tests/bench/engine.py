"""Speed of the compiled model: runs a second, nanoseconds an agent-step, two threads against one."""

from __future__ import annotations

import argparse
import time

import numpy as np

from experiments.config import load_scenario
from experiments.runs.executors import default_workers
from sim.ensemble import simulate_points
from sim.scenario import Scenario


def agents_of(scenario: Scenario) -> int:
    """Agents that are there from the first day on; pockets, which come and go, are left out."""
    from sim.mesa_agents import KINDS

    return sum(len(scenario.layout.rows.get(table, (table,))) for table in KINDS)


def seconds(scenario: Scenario, runs: int, threads: int) -> float:
    """Wall time of so many runs that keep their national series."""
    replicates = np.arange(runs)
    values = scenario.draw(replicates, 1)
    begun = time.perf_counter()
    simulate_points(scenario, values, replicates, 1, threads=threads, keep_series=True)
    return time.perf_counter() - begun


def measure(runs: int, repeats: int, overrides: tuple[str, ...] = ()) -> dict[str, float]:
    """Best of some repeats, one thread and two in turn."""
    scenario = load_scenario("baseline", list(overrides))
    seconds(scenario, 2, 1)  # compiled and warm
    one, two = [], []
    for _ in range(repeats):
        one.append(seconds(scenario, runs, 1))
        two.append(seconds(scenario, runs, 2))
    agents = agents_of(scenario)
    return {
        "agents": agents,
        "days": scenario.days,
        "runs/s, 1 thread": runs / min(one),
        "runs/s, 2 threads": runs / min(two),
        "2 threads over 1": min(one) / min(two),
        "ns an agent-step": min(one) / runs / agents / scenario.days * 1e9,
    }


def main() -> None:
    """Print the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    print(f"{given.runs} three-year runs, best of {given.repeats}, {default_workers()} cores")
    for name, value in measure(given.runs, given.repeats).items():
        print(f"  {name:<20} {value:,.2f}")


if __name__ == "__main__":
    main()
