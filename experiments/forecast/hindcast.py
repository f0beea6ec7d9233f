"""``outlook hindcast``: forecasts as of past days, scored against what came and against naive forecasts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import Field

from experiments.kit.options import Options

SUMMARY = "Score forecasts made from past origins against what came and against naive forecasts"
EXAMPLES = [
    "outlook hindcast out=results/hindcast",
    "outlook hindcast page=experiments/docs/skill.md",
    "outlook hindcast sample=results/calibration/sample out=results/hindcast",
    "outlook hindcast runs=4000 keep=200 sample=results/quick/sample out=results/quick_hindcast",
]

GROUPS = {"targets": "first_year"}


class OPTIONS(Options):
    """Options of ``outlook hindcast``."""

    sample: str = Field(
        "results/calibration/sample",
        description="sample of the prior (made by calibrate, or made here if absent)",
    )
    targets: dict[str, Any] = Field(
        default_factory=dict, description="what was known bit by bit: a file of targets (group targets)"
    )
    resolved: str = Field("first_year", description="file of resolved questions")
    observations: str = Field(
        "ucdp_monthly", description="monthly deaths, with the years before, by name or path"
    )
    runs: int = Field(60_000, ge=200, le=10_000_000, description="runs from the prior")
    keep: int = Field(600, ge=50, le=1_000_000, description="runs that each forecast rests on")
    block: int = Field(3, ge=1, le=12, description="neighbouring origins drawn together by the bootstrap")
    seed: int = Field(1, ge=0, lt=2**31, description="seed of the study")
    threads: int | None = Field(None, ge=1, le=1024, description="threads (default: all cores)")
    out: str | None = Field(None, description="folder for tables and figures, new or empty")
    page: str | None = Field(None, description="also write the page on skill to this path (.md)")


def main(options: OPTIONS, job) -> int:
    """Forecast, score, print, write; returns the exit code."""
    import numpy as np

    from experiments.config.questions import load_questions
    from experiments.forecast.calibrate import sampled
    from experiments.forecast.forecast import checked
    from experiments.forecast.origins import hindcast
    from experiments.forecast.sample import plan_sample
    from experiments.forecast.targets import chosen_targets
    from experiments.kit.errors import UserError
    from experiments.kit.screen import say
    from experiments.observed import load_observations
    from experiments.runs import folders

    if options.keep >= options.runs:
        raise UserError(f"command line: keep={options.keep}: allowed: fewer than runs={options.runs}")
    if options.page and not options.page.endswith(".md"):
        raise UserError(f"command line: page={options.page}: allowed: a path that ends in .md")
    out = checked(Path(options.out)) if options.out else None
    targets, questions = chosen_targets(options, job), load_questions(options.resolved)
    observed = load_observations(options.observations).monthly("deaths")
    plan = plan_sample(job.scenario, targets, questions, options.seed)
    _history(observed, plan, options.observations)
    sample = sampled(plan, Path(options.sample), options.runs, options.threads)
    asked = np.datetime64(questions.asked, "D")
    table, origins = hindcast(sample, targets, observed, asked, options.keep, options.seed)
    found = _evaluate(options, plan, sample, table, origins)
    _print(found, options)
    if options.page:
        _page(Path(options.page), found, options, questions, job)
    if out is not None:
        with folders.fresh(out) as folder:
            _write(folder, found, options, plan)
            _draw(folder, found, options, plan)
        say(f"Written to {out}")
    return 0


def _history(observed, plan, name: str) -> None:
    """UserError unless there is a year of history and every simulated month was observed."""
    import pandas as pd

    from experiments.kit.errors import UserError

    first = pd.Period(plan.scenario.start, freq="M")
    last = pd.Period(plan.scenario.end, freq="M") - 1
    needed = pd.period_range(first - 12, last, freq="M")
    missing = needed[~needed.isin(observed.index)]
    if len(missing):
        raise UserError(
            f"{name}: deaths of {missing[0]} are missing; needed: every month from {needed[0]} to {last}"
        )


def _evaluate(options: OPTIONS, plan, sample, table, origins) -> dict[str, Any]:
    """Means, skills, calibration and question scores."""
    import pandas as pd

    from experiments.forecast import predictive
    from experiments.forecast.baselines import MONTHLY
    from experiments.forecast.origins import MODEL, SINCE
    from experiments.forecast.skill import pit_histogram, reliability
    from experiments.forecast.tables import means, skills

    # The day the questions were asked had no month of the new regime to look back on: naive forecasts fail
    # there, so skill is told for the origins at which they had one.
    later = table[table["origin"].str.endswith("-01")]
    model = later[later["forecast"] == MODEL]
    questions = predictive.score_file(plan.questions, sample.answers)
    binary = questions[
        (questions["kind"] == "binary") & questions["resolution"].notna() & (questions["weight"] > 0)
    ]
    losses = ("crps", "log_score", "absolute_error")
    rivals = [*MONTHLY, SINCE]
    found_skills = [skills(later, MODEL, rivals, loss, options.block, seed=options.seed) for loss in losses]
    return {
        "forecasts": table,
        "means": means(later),
        "means_asked": means(table[~table["origin"].str.endswith("-01")]),
        "skills": pd.concat(found_skills, ignore_index=True),
        "pit": pit_histogram(model["pit"], bins=8),
        "questions": questions,
        "question_scores": predictive.headline_scores(questions),
        "reliability": reliability(binary["probability"], binary["resolution"]),
        "binary": binary,
        "origins": pd.DataFrame(
            {"origin": [str(o.day) for o in origins], "known": [len(o.known) for o in origins],
             "effective_runs": [o.effective for o in origins]}
        ),
    }  # fmt: skip


def _print(found: dict[str, Any], options: OPTIONS) -> None:
    """Tables for people to read."""
    from experiments.forecast.forecast import print_scores
    from experiments.kit import screen

    screen.heading("Deaths a month, forecasts from the first day of each month of the first year")
    _means(found["means"])
    screen.heading("\nSkill of the model in CRPS: share of the naive error saved [95 % block bootstrap]")
    _skills(found["skills"])
    screen.heading("\nAs of the day the questions were asked (prior; months 1 to 12 ahead)")
    _means(found["means_asked"], only="all")
    screen.heading("\nYes-or-no questions of the first year, by the prior")
    print_scores(found["question_scores"])


def _page(path: Path, found: dict[str, Any], options: OPTIONS, questions, job) -> None:
    """The page on skill."""
    from experiments.forecast.page import page
    from experiments.kit.errors import UserError

    typed = [text for text in job.overrides if not text.startswith(("out=", "sample=", "threads="))]
    command = " ".join(["outlook hindcast", *typed])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(found, options.runs, str(questions.asked), command), encoding="utf-8")
    except OSError as error:
        raise UserError(f"page={path}: cannot be written: {error.strerror or error}") from None


def _means(table, only: str | None = None) -> None:
    from experiments.forecast.figures.scores import name_of
    from experiments.kit import screen
    from experiments.kit.screen import Column

    columns = [Column("forecast"), Column("ahead"), *(Column(heading, right=True) for heading in (
        "CRPS", "log score", "90 % interval score", "90 % covered", "months"))]  # fmt: skip
    rows = [
        (name_of(row.forecast), str(row.horizon), f"{row.crps:.1f}", f"{row.log_score:.2f}",
         f"{row.interval_score_90:.0f}", f"{row.covered_90:.2f}", str(row.forecasts))
        for row in table.itertuples() if only in (None, row.horizon)
    ]  # fmt: skip
    screen.table(rows, columns)


def _skills(table) -> None:
    from experiments.forecast.figures.scores import name_of
    from experiments.kit import screen
    from experiments.kit.numbers import interval

    part = table[table["loss"] == "crps"]
    references = list(dict.fromkeys(part["reference"]))
    rows = []
    for horizon, group in part.groupby("horizon", sort=False):
        by = group.set_index("reference")
        rows.append((str(horizon), *(interval(by.skill[r], by.low[r], by.high[r]) for r in references)))
    screen.table(rows, ["ahead", *(f"v {name_of(reference).lower()}" for reference in references)])


def _write(folder: Path, found: dict[str, Any], options: OPTIONS, plan) -> None:
    """Tables and record."""
    import pandas as pd

    from experiments.kit import files
    from experiments.kit.record import commit, versions
    from experiments.kit.tables import to_csv

    for name, table in found.items():
        if isinstance(table, pd.DataFrame):
            files.write(folder / f"{name}.csv", to_csv(table))
    if found["question_scores"]:
        parts = [part.assign(reading=name) for name, part in found["question_scores"].items()]
        scored = pd.concat(parts)
        files.write(folder / "question_scores.csv", to_csv(scored))
    chosen = options.model_dump(exclude={"out", "threads", "targets"})
    record = {"kind": "hindcast", **plan.identity(), "options": chosen}
    record |= {"versions": versions(), "commit": commit()}
    (folder / "study.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _draw(folder: Path, found: dict[str, Any], options: OPTIONS, plan) -> None:
    """Figures."""
    from experiments.drawing import style
    from experiments.forecast.figures import scores as plots
    from experiments.kit.record import project_version

    forecasts, binary = found["forecasts"], found["binary"]
    asked = forecasts[(forecasts["forecast"] == "model") & ~forecasts["origin"].str.endswith("-01")]
    hits = int(asked["covered_90"].sum())
    heading = f"Made on {asked['origin'].iloc[0]}, before anything of the year was known"
    count = int(found["pit"]["count"].sum())
    drawn = {
        "asked": plots.fans_against_observed(
            {heading: asked}, f"The first forecast held {hits} of {len(asked)} months in its 90 % interval",
            "Deaths a month in all organised violence by the prior, and what UCDP recorded, on a log scale.",
        ),
        "origins": plots.by_origin(forecasts),
        "skills": plots.skills(found["skills"][found["skills"]["loss"] == "crps"], found["means"]),
        "calibration": plots.calibration(found["pit"], found["reliability"], count, len(binary)),
        "questions": plots.questions(
            binary.sort_values("probability", ascending=False, kind="stable"),
            "The first year's questions, as the model would have answered them in September 2021",
            "Probability of yes by the prior, and what came.",
        ),
    }  # fmt: skip
    figures = folder / "figures"
    figures.mkdir()
    for name, figure in drawn.items():
        style.finish(
            figure,
            runs=options.runs,
            scenario=plan.scenario.name,
            version=project_version(),
            seed=options.seed,
        )
        style.save(figure, figures / f"{name}.png")
