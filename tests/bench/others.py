"""Overhead a run of a trivial model: a study of ours, Hydra's basic launcher, EMA Workbench's evaluator."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from experiments.config import load_scenario
from experiments.runs import store
from experiments.runs.carry_out import estimate
from experiments.runs.executors import default_workers
from experiments.runs.options import ExecutorOptions
from experiments.runs.plan import Points, Study, Variant
from experiments.runs.runner import run_study
from experiments.runs.work import Engine

SWEPT = ("taliban.service_delivery", "taliban.control")

#: The same model as a Hydra application, in a file of its own as Hydra wants it.
HYDRA_PROGRAM = """
import hydra
from omegaconf import DictConfig

@hydra.main(version_base=None, config_path=None, config_name=None)
def main(config: DictConfig) -> float:
    return config.x + 2 * config.y

main()
"""


def trivial(scenario, values, replicates, seed, threads=None, keep_series=False, keep_places=False):
    """x + 2 y."""
    return SimpleNamespace(measures=values[:, :1] + 2.0 * values[:, 1:2])


def ours(count: int) -> float:
    """Seconds a run of a study of the trivial model: folder, plan, blocks, tables."""
    scenario = load_scenario("baseline", ["uncertainty=none", "end=2021-09-20", "~questions"])
    laid = np.random.Generator(np.random.Philox(key=1)).random((count, 2))
    study = Study(
        (Variant("trivial", scenario, Points(SWEPT, laid, np.arange(count))),), 1, 1, code="trivial"
    )
    engine = Engine(trivial, ("y",), ())
    block = estimate(study, engine, default_workers()).block
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "study"
        begun = time.perf_counter()
        made = store.create(study, path, block=block)
        run_study(made, engine, ExecutorOptions())
        return (time.perf_counter() - begun) / count


def hydra(jobs: int) -> float:
    """Seconds a job of Hydra's basic launcher: the difference of two multiruns leaves its start out."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "program.py"
        program.write_text(HYDRA_PROGRAM, encoding="utf-8")

        def multirun(count: int) -> float:
            command = [sys.executable, str(program), "-m", f"+x=range({count})", "+y=0.5"]
            begun = time.perf_counter()
            subprocess.run(command, cwd=folder, check=True, capture_output=True)
            return time.perf_counter() - begun

        few = multirun(1)
        return (multirun(1 + jobs) - few) / jobs


def ema(count: int) -> float:
    """Seconds an experiment of EMA Workbench's sequential evaluator, the one with the least overhead."""
    import ema_workbench

    model = ema_workbench.Model("trivial", function=lambda x, y: {"z": x + 2.0 * y})
    model.uncertainties = [ema_workbench.RealParameter(name, 0.0, 1.0) for name in ("x", "y")]
    model.outcomes = [ema_workbench.ScalarOutcome("z")]
    begun = time.perf_counter()
    ema_workbench.perform_experiments(model, scenarios=count)
    return (time.perf_counter() - begun) / count


def measure(count: int, experiments: int, jobs: int) -> dict[str, float]:
    """Seconds a run of each."""
    ours(max(1, count // 10))  # libraries loaded and warm
    return {"study": ours(count), "EMA Workbench": ema(experiments), "Hydra": hydra(jobs)}


def main() -> None:
    """Print overheads and their ratios to ours."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=50_000)
    parser.add_argument("--experiments", type=int, default=5_000)
    parser.add_argument("--jobs", type=int, default=40)
    given = parser.parse_args()
    found = measure(given.points, given.experiments, given.jobs)
    for name, each in found.items():
        print(
            f"  {name:<14} {each * 1e6:12,.1f} microseconds a run, {each / found['study']:10,.1f} times ours"
        )


if __name__ == "__main__":
    main()
