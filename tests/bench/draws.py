"""The compiled run against its bare random draws: blocks counted in ordinary Python, then both timed in turn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import numba
import numpy as np

from experiments.config import load_scenario
from sim.luck.philox import uniform
from sim.outcomes import MEASURES
from sim.scenario import Scenario
from sim.single import Bench

#: Counts blocks; what is drawn ahead for nobody, to fill up whole vectors, is no draw of the model.
PROGRAM = """
import json, sys
import numpy as np
from sim.luck import ahead, philox
from sim.outcomes import MEASURES
from sim.scenario import Scenario
from sim.single import Bench
asked = json.loads(sys.stdin.read())
number, real = 0, philox.philox
def counted(*words):
    global number
    number += 1
    return real(*words)
philox.philox = counted
week, days = ahead.draw_week, ahead.draw_days
def draw_week(w, t):
    global number
    week(w, t)
    number -= len(ahead.WEEKLY) * (w.ahead.shape[1] - len(w.garrison))
def draw_days(w, t):
    global number
    days(w, t)
    number -= 7 * (ahead.in_vectors(w.bands) - int(w.pocket["active"].sum()))
ahead.draw_week, ahead.draw_days = draw_week, draw_days
scenario = Scenario.from_mapping(asked["scenario"], name="counted")
bench, out = Bench(scenario), np.empty(len(MEASURES))
values = scenario.draw(np.array(asked["replicates"]), 1)
number = 0
for row, replicate in zip(values, asked["replicates"]):
    bench.run(row, 1, replicate, out)
print(number)
"""


def blocks(scenario: Scenario, replicates: list[int]) -> float:
    """Blocks of Philox that a run of the scenario takes, mean over replicates."""
    asked = json.dumps({"scenario": scenario.to_mapping(), "replicates": replicates})
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=asked,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout) / len(replicates)


@numba.njit(nogil=True)
def _bare(key, count):
    total = 0.0
    for tick in range(count):
        total += uniform(key, tick, 3, 18, 0)
    return total


def measure(overrides: tuple[str, ...] = (), runs: int = 2, turns: int = 20) -> dict[str, float]:
    """Blocks a run, milliseconds of the run and of its blocks alone, and their ratio.

    Times are of the processor's thread, the least of all turns: other work on the machine hardly counts.
    """
    scenario = load_scenario("baseline", list(overrides))
    replicates = list(range(runs))
    count = blocks(scenario, replicates)
    values = scenario.draw(np.array(replicates), 1)
    bench, out = Bench(scenario, False), np.empty(len(MEASURES))
    bench.run(values[0], 1, 0, out)
    _bare((1, 0), 10)
    run, bare = np.full(runs, np.inf), np.inf
    for _ in range(turns):
        for n in replicates:
            begun = time.thread_time()
            bench.run(values[n], 1, n, out)
            run[n] = min(run[n], time.thread_time() - begun)
        begun = time.thread_time()
        _bare((1, 0), int(count))
        bare = min(bare, time.thread_time() - begun)
    return {
        "blocks a run": count,
        "ns a block": bare / count * 1e9,
        "ms a run": float(run.mean()) * 1e3,
        "ms a run, draws alone": bare * 1e3,
        "run over its draws": float(run.mean()) / bare,
    }
