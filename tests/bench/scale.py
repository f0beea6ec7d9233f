"""What runs cost against days, pockets and replicates, on one thread and on two (``experiments/docs/scale.md``).

    python -m tests.bench.scale

Milliseconds are of one thread of the processor, the least of some turns: other work on the machine hardly counts.
"""

from __future__ import annotations

import time

import numpy as np

from experiments.config import load_scenario
from sim.ensemble import simulate_points
from sim.outcomes import MEASURES, SERIES_NAMES
from sim.scenario import Scenario
from sim.single import Bench

DAYS = ("2021-12-06", "2022-09-06", "2023-09-06", "2024-09-06", "2027-09-06")
REPLICATES = (100, 1_000, 10_000)
#: Parameters that make more and more pockets: hidden arms, how many form and start, how often one breaks up.
PACKED = (
    {},
    {"pockets.formation": 8.0, "caches.abundance": 2.0},
    {"pockets.formation": 16.0, "caches.abundance": 3.0, "pockets.start": 40.0},
    {"pockets.formation": 30.0, "caches.abundance": 3.0, "pockets.start": 60.0, "pockets.desertion": 0.01},
    {"pockets.formation": 30.0, "caches.abundance": 3.0, "pockets.start": 80.0, "pockets.desertion": 0.0,
     "pockets.merge": 0.0, "pockets.split": 0.1},
)  # fmt: skip


def cost(scenario: Scenario, runs: int, turns: int) -> tuple[float, float, float]:
    """Milliseconds a run, pockets on a mean day, and the most on one day: means over ``runs`` runs."""
    bench, out = Bench(scenario, False), np.empty(len(MEASURES))
    values = scenario.draw(np.arange(runs), 1)
    least = np.full(runs, np.inf)
    pockets = np.zeros((runs, scenario.days))
    column = list(MEASURES).index("max_pockets")
    most = np.zeros(runs)
    at = SERIES_NAMES.index("pockets")
    for _ in range(turns):
        for n in range(runs):
            begun = time.thread_time()
            bench.run(values[n], 1, n, out)
            least[n] = min(least[n], time.thread_time() - begun)
            pockets[n], most[n] = bench.series[:, at], out[column]
    return float(least.mean()) * 1e3, float(pockets.mean()), float(most.mean())


def by_days(ends: tuple[str, ...], runs: int, turns: int) -> None:
    """Print milliseconds a run against its length."""
    print("days, ms a run, ms per 1,000 days")
    for end in ends:
        scenario = load_scenario("baseline", [f"end={end}"])
        each = cost(scenario, runs, turns)[0]
        print(f"| {scenario.days:,} | {each:.2f} | {each / scenario.days * 1e3:.2f} |")


def by_pockets(
    worlds: tuple[dict[str, float], ...], runs: int, turns: int, overrides: tuple[str, ...] = ()
) -> None:
    """Print milliseconds a run against the pockets that it holds."""
    print("pockets on a mean day, most on one day, ms a run of three years")
    for more in worlds:
        scenario = load_scenario(
            "baseline", [*overrides, *(f"{name}={value}" for name, value in more.items())]
        )
        each, mean, most = cost(scenario, runs, turns)
        print(f"| {mean:.0f} | {most:.0f} | {each:.2f} |")


def by_replicates(counts: tuple[int, ...], overrides: tuple[str, ...] = ()) -> None:
    """Print milliseconds of wall time a run against how many there are, on one thread and on two."""
    print("replicates, ms a run on one thread and on two, wall time")
    scenario = load_scenario("baseline", list(overrides))
    for count in counts:
        replicates = np.arange(count)
        values = scenario.draw(replicates, 1)
        made = []
        for threads in (1, 2):
            best = np.inf
            for _ in range(max(1, 2000 // count)):
                begun = time.perf_counter()
                simulate_points(scenario, values, replicates, 1, threads=threads, keep_series=False)
                best = min(best, time.perf_counter() - begun)
            made.append(best / count * 1e3)
        print(f"| {count:,} | {made[0]:.2f} | {made[1]:.2f} |")


def main() -> None:
    """Print the tables."""
    by_days(DAYS, runs=20, turns=15)
    by_pockets(PACKED, runs=20, turns=15)
    by_replicates(REPLICATES)


if __name__ == "__main__":
    main()
