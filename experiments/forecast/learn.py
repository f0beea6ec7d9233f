"""``outlook learn``: everything that is learned from the record, made again by one command."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from experiments.forecast.options import Checked, Hindcasting
from experiments.kit import files
from experiments.kit.errors import UserError

if TYPE_CHECKING:
    from experiments.config import Job

SUMMARY = "Make posteriors, hindcast, weights of the pool and their pages again from the record"
EXAMPLES = [
    "outlook learn out=results/learn",
    "outlook learn out=results/learn save=. replace=true",
    "outlook learn runs=4096 points=64 trials=20 check=200 out=results/quick",
]

GROUPS = {"targets": "second_year"}
#: Posteriors that are shipped: name to the day as of which each is (None: when all targets are known).
POSTERIORS: dict[str, str | None] = {"first_year": "2022-10-01", "second_year": None}
#: What is copied into a checkout: folder and files there, by the folder of results that holds them.
SHIPPED = {
    **{f"{name}/posterior.{ending}": f"configs/posterior/{name}.{ending}"
       for name in POSTERIORS for ending in ("csv", "json")},
    "hindcast/pool_scores.csv": "configs/pool/scores.csv",
    "hindcast/skill.md": "experiments/docs/skill.md",
    "prior/prior.md": "experiments/docs/prior.md",
}  # fmt: skip


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
    from experiments.forecast import calibration, evaluation, prior
    from experiments.forecast.posterior import Learner, infer
    from experiments.forecast.sample import make_sample, plan_of_job, sample_folder
    from experiments.kit import screen
    from experiments.kit.dictionary import write_csv
    from experiments.runs import folders

    out, began = Path(options.out), time.perf_counter()
    _may_save(options)
    sample = sample_folder(out)
    plan = plan_of_job(options, job)
    days = {name: calibration.read_day(day, plan.targets) for name, day in POSTERIORS.items()}
    calibration.check_sizes(options, plan)
    observed = evaluation.history(options.observations, plan)
    learner = Learner.of(make_sample(plan, sample, options.runs, options.threads))
    for name, day in days.items():
        posterior = infer(learner, day, options.draws, options.seed)
        calibration.write(posterior, options, out / name, began)
    found, command = evaluation.evaluate(options, learner, observed), evaluation.command("learn", job)
    shutil.rmtree(out / "hindcast", ignore_errors=True)
    with folders.fresh(out / "hindcast") as folder:
        evaluation.write(folder, found, options, plan)
        files.write(folder / "skill.md", evaluation.page(found, plan, command))
    checked = prior.check(plan, options.seed, options.threads, options.prior_runs)
    (out / "prior").mkdir(exist_ok=True)
    write_csv(out / "prior", checked)
    files.write(out / "prior" / "prior.md", prior.page(checked, command, options.prior_runs))
    for source, target in SHIPPED.items() if options.save is not None else ():
        files.write(Path(options.save or ".") / target, (out / source).read_bytes())
    screen.line(f"Written to {out} in {time.perf_counter() - began:.0f} s", "dim")
    return 0


def _may_save(options: OPTIONS) -> None:
    """UserError if the checkout to save into is none or holds what may not be replaced."""
    from experiments.forecast.save import may_replace

    if options.save is None:
        return
    root = Path(options.save)
    for folder in ("configs", "experiments/docs"):
        if not (root / folder).is_dir():
            raise UserError(
                f"command line: save={root}: has no folder {folder}; allowed: a checkout of the project"
            )
    targets = [files.check_writable(root / target, "save") for target in SHIPPED.values()]
    may_replace(options.save, targets, options.replace)
