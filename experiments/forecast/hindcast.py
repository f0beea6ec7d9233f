"""``outlook hindcast``: forecasts as of past days, scored against what came and against naive forecasts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from experiments.forecast.options import Hindcasting
from experiments.kit.errors import UserError

if TYPE_CHECKING:
    from experiments.config import Job

SUMMARY = "Score forecasts made from past months against what came and against naive forecasts"
EXAMPLES = [
    "outlook hindcast out=results/hindcast",
    "outlook hindcast page=experiments/docs/skill.md",
    "outlook hindcast sample=results/calibration/sample out=results/hindcast",
    "outlook hindcast runs=4096 points=128 sample=results/quick/sample out=results/quick_hindcast",
]

GROUPS = {"targets": "second_year"}


class OPTIONS(Hindcasting):
    """Options of ``outlook hindcast``."""

    sample: str = Field(
        "results/calibration/sample", description="sample of runs (made by calibrate, or made here if absent)"
    )
    out: str | None = Field(None, description="folder for tables and figures, new or empty")
    page: str | None = Field(None, description="also write the page on skill to this path (.md)")


def main(options: OPTIONS, job: Job) -> int:
    """Forecast, score, print, write; returns the exit code."""
    from experiments.forecast import evaluation
    from experiments.forecast.posterior import Learner
    from experiments.forecast.sample import make_sample, plan_of_job
    from experiments.kit import files
    from experiments.kit.screen import say
    from experiments.runs import folders

    if options.page and not options.page.endswith(".md"):
        raise UserError(f"command line: page={options.page}: allowed: a path that ends in .md")
    page = files.check_writable(options.page, "page") if options.page else None
    out = Path(options.out) if options.out else None
    if out is not None:
        folders.holds(out, "a hindcast is always made anew")
    plan = plan_of_job(options, job)
    observed = evaluation.history(options.observations, plan)
    learner = Learner.of(make_sample(plan, Path(options.sample), options.runs, options.threads))
    found = evaluation.evaluate(options, learner, observed)
    evaluation.show(found)
    if page is not None:
        files.write(page, evaluation.page(found, plan, evaluation.command("hindcast", job)))
    if out is not None:
        with folders.fresh(out) as folder:
            evaluation.write(folder, found, options, plan)
        say(f"Written to {out}")
    return 0
