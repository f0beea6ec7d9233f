"""``outlook learn``: everything that is learned from the record, made again by one command."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from experiments.forecast.options import Checked, Hindcasting

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from experiments.config import Job
    from experiments.forecast.posterior import Learner
    from experiments.forecast.sample import SamplePlan

SUMMARY = "Make posteriors, hindcast, weights of the pool and their pages again from the record"
EXAMPLES = [
    "outlook learn out=results/learn",
    "outlook learn out=results/learn save=. replace=true",
    "outlook learn runs=4096 points=64 trials=20 check=200 out=results/quick",
]

GROUPS = {"targets": "second_year"}
#: Posteriors that are shipped: name to the day as of which each is (None: when all targets are known).
POSTERIORS: dict[str, str | None] = {"first_year": "2022-10-01", "second_year": None}


class OPTIONS(Checked, Hindcasting):
    """Options of ``outlook learn``."""

    prior_runs: int = Field(4096, ge=100, le=1_000_000, description="runs that the priors are checked with")
    out: str = Field("results/learn", description="folder for all results; an interrupted one is resumed")
    save: str | None = Field(
        None, description="checkout of the project into which posteriors, weights and pages are copied"
    )
    replace: bool = Field(False, description="whether save= may replace what is there")


def main(options: OPTIONS, job: Job) -> int:
    """Sample, infer, hindcast, write; returns the exit code."""
    from experiments.config.questions import load_questions
    from experiments.forecast import calibrate, hindcast
    from experiments.forecast.forecast import checked
    from experiments.forecast.posterior import Learner, infer
    from experiments.forecast.sample import make_sample, plan_sample, there
    from experiments.forecast.targets import chosen_targets
    from experiments.kit import screen
    from experiments.kit.files import check_own

    out, began = Path(options.out), time.perf_counter()
    target = _may_save(options)
    if not there(out / "sample"):
        checked(out)
    check_own(out)
    targets = chosen_targets(options, job)
    plan = plan_sample(job.scenario, targets, load_questions(options.resolved), options.seed)
    days = {name: calibrate.read_day(day, targets) for name, day in POSTERIORS.items()}
    calibrate.check_sizes(options, plan)
    observed = hindcast.history(options.observations, plan)
    sample = make_sample(plan, out / "sample", options.runs, options.threads)
    learner = Learner.of(sample, targets)
    for name, day in days.items():
        posterior = infer(learner, day, options.draws, options.seed)
        found = calibrate.check(options, plan, sample, posterior)
        folder = out / name
        folder.mkdir(exist_ok=True)
        record = calibrate.write(folder, options, plan, sample, posterior, found)
        calibrate.draw(folder, plan, sample, posterior, found)
        calibrate.tell(folder, record, time.perf_counter() - began)
    _hindcast(out, options, plan, learner, observed, _command(job))
    _prior_page(out, options, plan, _command(job))
    if target is not None:
        _save(target, out)
    screen.line(f"Written to {out} in {time.perf_counter() - began:.0f} s", "dim")
    return 0


def _command(job: Job) -> str:
    """The command without what does not change results."""
    typed = [text for text in job.overrides if not text.startswith(("out=", "save=", "replace=", "threads="))]
    return " ".join(["outlook learn", *typed])


def _hindcast(
    out: Path,
    options: OPTIONS,
    plan: SamplePlan,
    learner: Learner,
    observed: Mapping[str, pd.Series],
    command: str,
) -> None:
    """The hindcast's folder, anew."""
    import shutil

    from experiments.forecast import hindcast
    from experiments.runs import folders

    found = hindcast.evaluate(options, plan, learner, observed)
    shutil.rmtree(out / "hindcast", ignore_errors=True)
    with folders.fresh(out / "hindcast") as folder:
        hindcast.write(folder, found, options, plan)
        hindcast.draw(folder, found, options, plan)
        hindcast.save_page(folder / "skill.md", found, plan, command)


def _prior_page(out: Path, options: OPTIONS, plan: SamplePlan, command: str) -> None:
    """The page of the prior predictive check."""
    from experiments.forecast import prior
    from experiments.kit import files
    from experiments.kit.tables import write_csv

    found = prior.check(plan, options.seed, options.threads, options.prior_runs)
    folder = out / "prior"
    folder.mkdir(exist_ok=True)
    write_csv(folder, found)
    files.write(folder / "prior.md", prior.page(found, command, options.prior_runs))


def _copies(root: Path, out: Path) -> dict[Path, Path]:
    """What is copied into a checkout: from, to."""
    made = {}
    for name in POSTERIORS:
        for ending in ("csv", "json"):
            made[out / name / f"posterior.{ending}"] = root / "configs" / "posterior" / f"{name}.{ending}"
    made[out / "hindcast" / "pool_scores.csv"] = root / "configs" / "pool" / "scores.csv"
    made[out / "hindcast" / "skill.md"] = root / "experiments" / "docs" / "skill.md"
    made[out / "prior" / "prior.md"] = root / "experiments" / "docs" / "prior.md"
    return made


def _may_save(options: OPTIONS) -> Path | None:
    """The checkout to save into; UserError if it is none or holds what may not be replaced."""
    from experiments.forecast.save import may_replace
    from experiments.kit import files
    from experiments.kit.errors import UserError

    if options.save is None:
        return None
    root = Path(options.save)
    for folder in ("configs", "experiments/docs"):
        if not (root / folder).is_dir():
            raise UserError(
                f"command line: save={root}: has no folder {folder}; allowed: a checkout of the project"
            )
    for path in _copies(root, Path(options.out)).values():
        files.check_writable(path, "save")
    may_replace(options.save, list(_copies(root, Path(options.out)).values()), options.replace)
    return root


def _save(root: Path, out: Path) -> None:
    """Copy results into a checkout, each file whole."""
    from experiments.kit import files

    for source, target in _copies(root, out).items():
        files.write(target, source.read_bytes())
