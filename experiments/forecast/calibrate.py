"""``outlook calibrate``: from the prior and what was observed to a posterior, with its diagnostics."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from experiments.forecast.options import Checked, Round

if TYPE_CHECKING:
    from experiments.config import Job
    from experiments.runs.plan import Study
    from experiments.runs.store import StudyFolder
    from experiments.runs.tables import Reduction

ASKED = Round
SUMMARY = "Fit the uncertain parameters to what was observed, by likelihood"
EXAMPLES = [
    "outlook calibrate out=results/calibration",
    "outlook calibrate as_of=2022-10-01 out=results/calibration_first_year",
    "outlook calibrate runs=4096 trials=50 out=results/quick",
    "outlook calibrate targets=./my_targets.yaml out=results/mine save=my_posterior.csv",
]

GROUPS = {"targets": "second_year"}


class OPTIONS(Checked):
    """Options of ``outlook calibrate``."""

    as_of: str | None = Field(
        None, description="use only what was known on this day, such as 2022-10-01 (default: all targets)"
    )
    check: int = Field(2000, ge=100, le=100_000, description="runs from the posterior to check it with")
    out: str = Field(
        "results/calibration", description="folder for sample and results; an interrupted one is resumed"
    )
    save: str | None = Field(None, description="also write the posterior table to this path (.csv)")
    replace: bool = Field(False, description="whether save= may replace a posterior that is there")
    figures: bool = Field(True, description="draw the figures")


def main(options: OPTIONS, job: Job) -> int:
    """Sample, infer, check, write; returns the exit code."""
    from experiments.forecast import calibration
    from experiments.forecast.posterior import Learner, infer
    from experiments.forecast.sample import make_sample, plan_of_job, sample_folder
    from experiments.forecast.save import may_save, save

    target = may_save(options.save, options.replace)
    out, began = Path(options.out), time.perf_counter()
    folder = sample_folder(out)
    plan = plan_of_job(options, job)
    as_of = calibration.read_day(options.as_of, plan.targets)
    calibration.check_sizes(options, plan)
    learner = Learner.of(make_sample(plan, folder, options.runs, options.threads))
    posterior = infer(learner, as_of, options.draws, options.seed)
    record = calibration.write(posterior, options, out, began, figures=options.figures)
    if target is not None:
        save(target, out / "posterior.csv", record)
    return 0


def reduction(study: Study) -> Reduction:
    """What is kept of the runs of a round of a sample."""
    from experiments.forecast.sample import plan_of, reduction_of

    return reduction_of(plan_of(study))


def conclude(folder: StudyFolder, *, figures: bool = True) -> int:
    """Say what comes after the runs of a round of a sample, which is no calibration yet; the exit code."""
    from experiments.kit import screen

    screen.line(
        f"{folder.runs_done():,} runs in {folder.path}; go on with the verb that began the sample, as typed"
    )
    return 0
