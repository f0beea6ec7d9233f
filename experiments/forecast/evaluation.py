"""A hindcast as a whole: forecasts of every series from every origin, their scores, tables, figures and page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.config import Job
from experiments.drawing import sheets
from experiments.drawing.sheets import Figures
from experiments.forecast import pool
from experiments.forecast.answers import headline_scores, score_file
from experiments.forecast.branches import make_branches
from experiments.forecast.figures import questions as question_plots
from experiments.forecast.figures import scores as plots
from experiments.forecast.figures.scores import name_of
from experiments.forecast.forecasters import MEMBERS
from experiments.forecast.options import Hindcasting
from experiments.forecast.origins import RIVALS, hindcast, origins_of, pool_scores
from experiments.forecast.page import page as skill_page
from experiments.forecast.pool import MODEL, POOL
from experiments.forecast.posterior import Learner
from experiments.forecast.questions import show_scores
from experiments.forecast.sample import MONTHLY, SamplePlan
from experiments.forecast.skill import against_best, means, pit_histogram, reliability, skills
from experiments.kit import files, screen
from experiments.kit.dictionary import write_csv
from experiments.kit.errors import UserError
from experiments.kit.numbers import interval
from experiments.kit.progress import progress as bar
from experiments.kit.record import commit, versions
from experiments.kit.screen import Column
from experiments.observed import load_observations


def history(name: str, plan: SamplePlan) -> dict[str, pd.Series]:
    """Months of each series; UserError unless there is a year of history and every simulated month was observed."""
    table = load_observations(name)
    first, last = pd.Period(plan.scenario.start, freq="M"), pd.Period(plan.scenario.end, freq="M") - 1
    needed = pd.period_range(first - 12, last, freq="M")
    made = {series: table.monthly(series) for series in MONTHLY}
    for series, months in made.items():
        missing = needed[~needed.isin(months.index)]
        if len(missing):
            raise UserError(
                f"{name}: {series} of {missing[0]} are missing; needed: every month from {needed[0]} to {last}"
            )
    return made


def evaluate(options: Hindcasting, learner: Learner, observed: Mapping[str, pd.Series]) -> dict[str, Any]:
    """Forecasts of every series from every origin, with means, skills, calibration and question scores."""
    sample = learner.sample
    asked = np.datetime64(sample.plan.questions.asked, "D")
    days = origins_of(asked, sample.months)
    with bar("Futures", options.points * options.lucks) as progress:
        futures = make_branches(learner, days, options.points, options.lucks, options.threads, progress)
    found, tables = {}, []
    for series in MONTHLY:
        table, origins = hindcast(futures, learner, observed[series], series, asked, options.seed)
        tables.append(table)
        found[series] = _summary(table, options)
    questions = score_file(sample.plan.questions, sample.first().answers)
    binary = questions[
        (questions["kind"] == "binary") & questions["resolution"].notna() & (questions["weight"] > 0)
    ]
    whole = pd.concat(tables, ignore_index=True)
    return {
        "forecasts": whole,
        "pool_scores": pool_scores(whole),
        "series": found,
        "weights": _weights(pool_scores(whole), sample.plan),
        "questions": questions,
        "question_scores": headline_scores(questions),
        "reliability": reliability(binary["probability"], binary["resolution"]),
        "binary": binary,
        "origins": pd.DataFrame(
            {"origin": [str(o.day) for o in origins], "known": [len(o.known) for o in origins],
             "effective_draws": [o.effective for o in origins], "effective_luck": [o.effective_luck for o in origins]}
        ),
    }  # fmt: skip


def _summary(table: pd.DataFrame, options: Hindcasting) -> dict[str, Any]:
    """Means, skills and calibration of the forecasts of one series.

    The day the questions were asked had no month of the new regime to look back on: naive forecasts fail there, so
    skill is told for the origins at which they had one.
    """
    late = table["origin"].str.endswith("-01")
    later, ours = table[late], (POOL, MODEL)
    best = [against_best(later, name, RIVALS, options.block, options.seed) for name in ours]
    return {
        "means": means(later),
        "means_asked": means(table[~late]),
        "best": pd.concat(best, ignore_index=True),
        "skills": skills(later, POOL, RIVALS, "crps", options.block, options.seed),
        "pit": {name: pit_histogram(later.loc[later["forecast"] == name, "pit"]) for name in ours},
    }


def _weights(scored: pd.DataFrame, plan: SamplePlan) -> pd.DataFrame:
    """Weights of the pool for a forecast made when all months are known, by series."""
    after = pd.Period(plan.scenario.end, freq="M")
    rows = [
        {"series": name, **pool.learn(scored[scored["series"] == name], [MODEL, *MEMBERS], after)}
        for name in MONTHLY
    ]
    return pd.DataFrame(rows)


def show(found: Mapping[str, Any]) -> None:
    """Tables for people to read."""
    for series, part in found["series"].items():
        screen.heading(f"\n{series} a month, forecasts from the first day of each month")
        numbers = ("CRPS", "log score", "90 % covered", "forecasts")
        rows = [
            (name_of(row.forecast), str(row.horizon), f"{row.crps:.1f}", f"{row.log_score:.2f}",
             f"{row.covered_90:.2f}", str(row.forecasts))
            for row in part["means"].itertuples() if row.horizon in ("1-3 months", "all")
        ]  # fmt: skip
        screen.table(
            rows, [Column("forecast"), Column("ahead"), *(Column(name, right=True) for name in numbers)]
        )
        screen.heading("\nAgainst the best naive forecast of each row [95 % block bootstrap]")
        against = [
            (name_of(row.forecast), row.horizon, row.loss, name_of(row.best), interval(row.value, row.low, row.high))
            for row in part["best"].itertuples()
        ]  # fmt: skip
        screen.table(against, ["forecast", Column("ahead"), Column("loss"), Column("best naive"), "saved"])
    screen.heading("\nYes-or-no questions of the first year, by the prior")
    show_scores(found["question_scores"])


def command(verb: str, job: Job) -> str:
    """The command without what does not change results."""
    quiet = ("out=", "sample=", "save=", "replace=", "threads=")
    return " ".join(["outlook", verb, *(text for text in job.overrides if not text.startswith(quiet))])


def page(found: Mapping[str, Any], plan: SamplePlan, command: str) -> str:
    """The page on skill as Markdown."""
    return skill_page(found, str(plan.questions.asked), str(plan.targets.last), command)


def write(folder: Path, found: Mapping[str, Any], options: Hindcasting, plan: SamplePlan) -> None:
    """Tables, figures and record."""
    tables = {name: table for name, table in found.items() if isinstance(table, pd.DataFrame)}
    for series, part in found["series"].items():
        tables |= {f"{name}_{series}": part[name] for name in ("means", "means_asked", "best", "skills")}
    if found["question_scores"]:
        scored = [part.assign(reading=name) for name, part in found["question_scores"].items()]
        tables["question_scores"] = pd.concat(scored)
    write_csv(folder, tables)
    chosen = options.model_dump(include={"seed", "points", "lucks", "block", "observations"})
    record = {"kind": "hindcast", **plan.identity(options.runs), "options": chosen}
    files.write_json(folder / "study.json", {**record, "versions": versions(), "commit": commit()})
    drawn = sheets.footed(_figures(found), runs=options.runs, scenario=plan.scenario.name, seed=options.seed)
    sheets.write(drawn, folder / "figures")


def _figures(found: Mapping[str, Any]) -> Figures:
    """The name of each figure to what draws it."""
    deaths, binary = found["series"]["deaths"], found["binary"]
    forecasts = found["forecasts"][found["forecasts"]["series"] == "deaths"]
    asked = forecasts[(forecasts["forecast"] == MODEL) & ~forecasts["origin"].str.endswith("-01")]
    hits, pit = int(asked["covered_90"].sum()), deaths["pit"][POOL]
    heading = f"Made on {asked['origin'].iloc[0]}, before anything of the new regime was known"
    return {
        "asked": partial(
            plots.fans_against_observed, {heading: asked},
            f"The first forecast held {hits} of {len(asked)} months in its 90 % interval",
            "Deaths a month in all organised violence by the prior, and what UCDP recorded, on a log scale.",
        ),
        "origins": partial(plots.by_origin, forecasts, POOL),
        "skills": partial(plots.skills, deaths["skills"], deaths["means"]),
        "calibration": partial(plots.calibration, pit, found["reliability"], int(pit["count"].sum()), len(binary)),
        "questions": partial(
            question_plots.questions, binary.sort_values("probability", ascending=False, kind="stable"),
            "The first year's questions, as the model would have answered them in September 2021",
            "Probability of yes by the prior, and what came.",
        ),
    }  # fmt: skip
