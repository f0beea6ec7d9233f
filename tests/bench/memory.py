"""Peak memory of a large study against a small one, each in a process of its own."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path


def study(runs: int, days: int) -> int:
    """Run a study of so many short runs and report on it; gives the peak memory of this process in bytes."""
    import resource

    import numpy as np

    from experiments.config import load_scenario
    from experiments.runs import store
    from experiments.runs.carry_out import estimate
    from experiments.runs.executors import default_workers
    from experiments.runs.options import ExecutorOptions
    from experiments.runs.plan import Study, Variant
    from experiments.runs.runner import run_study
    from experiments.runs.work import Engine
    from experiments.studies import sweep
    from tests.bench.overhead import points

    start = np.datetime64("2021-09-06")
    scenario = load_scenario("baseline", [f"end={start + days}"])
    made = Study((Variant("baseline", scenario, points(scenario, runs, 1)),), 1, 1)
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "study"
        cost = estimate(made, Engine(), default_workers())
        folder = store.create(made, path, block=cost.block)
        run_study(folder, Engine(), ExecutorOptions())
        sweep.conclude(folder, figures=True, measure="deaths")
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes * (1 if sys.platform == "darwin" else 1024)


def peak(runs: int, days: int) -> int:
    """Peak memory of `study` in a fresh process, in bytes."""
    command = [sys.executable, "-m", "tests.bench.memory", "--study", str(runs), "--days", str(days)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(json.loads(done.stdout.splitlines()[-1])["peak"])


def main() -> None:
    """Print both peaks and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument(
        "--days", type=int, default=14, help="days of a run: memory does not depend on them here"
    )
    parser.add_argument("--study", type=int, help="run one study in this process and print its peak")
    given = parser.parse_args()
    if given.study:
        print(json.dumps({"peak": study(given.study, given.days)}))
        return
    peak(10, given.days)  # compiled: a compiler's memory is not a study's
    small, large = peak(given.small, given.days), peak(given.large, given.days)
    for runs, size in ((given.small, small), (given.large, large)):
        print(f"  {runs:>8,} runs: peak {size / 2**20:,.0f} MiB")
    print(f"  ratio {large / small:.3f}")


if __name__ == "__main__":
    main()
