"""What a click on a dot costs: one run made again, compared, watched and told, beside the run alone."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

PICTURES = 20


def parts(folder: Path, run_id: str) -> dict[str, Callable[[], object]]:
    """What is timed of a run, by what it is called."""
    from experiments.animation.frames import pictures
    from experiments.chronicle.film import film
    from experiments.chronicle.log import log
    from experiments.explorer.requests import encoded
    from experiments.explorer.story import FolderRuns, agents, plain_story
    from sim.ensemble import simulate_points

    ensemble = FolderRuns(folder, None)
    told = ensemble.run(run_id)
    shot, one = told.film, np.array([told.film.replicate])
    days = np.linspace(0, shot.days - 1, PICTURES).astype(int).tolist()
    return {
        "the run alone": lambda: simulate_points(
            shot.scenario, shot.values[None], one, shot.seed, 1, True, True
        ),
        "the run, watched day by day": lambda: film(shot.scenario, shot.values, shot.seed, shot.replicate),
        "its log": lambda: log(shot),
        "found, made again, compared, watched, told": lambda: ensemble.run(run_id),
        "its story as JSON": lambda: encoded(plain_story(told)),
        "the agents of a day": lambda: encoded(agents(told, "garrison", shot.days // 2)),
        f"{PICTURES} pictures of its film": lambda: list(pictures(shot, days)),
    }


def measure(folder: Path, runs: int) -> dict[str, float]:
    """Median seconds of each part over some runs of a folder of ``outlook run``."""
    from experiments.runs.store import open_study

    found: dict[str, list[float]] = {}
    for run_id in open_study(folder).runs()["run_id"][:runs]:
        for name, work in parts(folder, run_id).items():
            begun = time.perf_counter()
            work()
            found.setdefault(name, []).append(time.perf_counter() - begun)
    return {name: median(times) for name, times in found.items()}


def made(folder: Path, scenario: str, runs: int, *more: str) -> Path:
    """A folder of runs."""
    from experiments.cli.main import main as outlook

    asked = [f"scenario={scenario}", f"replicates={runs}", "twins=0", "figures=false", f"out={folder}", *more]
    outlook(["run", *asked])
    return folder


def main() -> None:
    """Make a folder of runs and print the times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="baseline")
    parser.add_argument("--runs", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        times = measure(made(Path(temporary) / "run", asked.scenario, asked.runs), asked.runs)
    for name, seconds in times.items():
        print(f"{1000 * seconds:8.1f} ms  {name}")


if __name__ == "__main__":
    main()
