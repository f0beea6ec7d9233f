"""``outlook hindcast``: forecasts as of past days, scored against what came and against naive forecasts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from experiments.forecast.options import Hindcasting

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from experiments.config import Job
    from experiments.forecast.posterior import Learner
    from experiments.forecast.sample import SamplePlan

SUMMARY = "Score forecasts made from past months against what came and against naive forecasts"
EXAMPLES = [
    "outlook hindcast out=results/hindcast",
    "outlook hindcast page=experiments/docs/skill.md",
    "outlook hindcast sample=results/calibration/sample out=results/hindcast",
    "outlook hindcast runs=4096 points=128 sample=results/quick/sample out=results/quick_hindcast",
]

GROUPS = {"targets": "second_year"}
#: Series that are forecast: those that are observed by month.
SERIES = ("deaths", "deaths_state_based")


class OPTIONS(Hindcasting):
    """Options of ``outlook hindcast``."""

    sample: str = Field(
        "results/calibration/sample", description="sample of runs (made by calibrate, or made here if absent)"
    )
    out: str | None = Field(None, description="folder for tables and figures, new or empty")
    page: str | None = Field(None, description="also write the page on skill to this path (.md)")


def main(options: OPTIONS, job: Job) -> int:
    """Forecast, score, print, write; returns the exit code."""
    from experiments.config.questions import load_questions
    from experiments.forecast.forecast import checked
    from experiments.forecast.posterior import Learner
    from experiments.forecast.sample import make_sample, plan_sample
    from experiments.forecast.targets import chosen_targets
    from experiments.kit.errors import UserError
    from experiments.kit.screen import say
    from experiments.runs import folders

    if options.page and not options.page.endswith(".md"):
        raise UserError(f"command line: page={options.page}: allowed: a path that ends in .md")
    out = checked(Path(options.out)) if options.out else None
    targets, questions = chosen_targets(options, job), load_questions(options.resolved)
    plan = plan_sample(job.scenario, targets, questions, options.seed)
    observed = history(options.observations, plan)
    sample = make_sample(plan, Path(options.sample), options.runs, options.threads)
    found = evaluate(options, plan, Learner.of(sample, targets), observed)
    _print(found)
    if options.page:
        typed = [text for text in job.overrides if not text.startswith(("out=", "sample=", "threads="))]
        save_page(Path(options.page), found, plan, " ".join(["outlook hindcast", *typed]))
    if out is not None:
        with folders.fresh(out) as folder:
            write(folder, found, options, plan)
            draw(folder, found, options, plan)
        say(f"Written to {out}")
    return 0


def history(name: str, plan: SamplePlan) -> dict[str, pd.Series]:
    """Months of each series; UserError unless there is a year of history and every simulated month was observed."""
    import pandas as pd

    from experiments.kit.errors import UserError
    from experiments.observed import load_observations

    table = load_observations(name)
    first, last = pd.Period(plan.scenario.start, freq="M"), pd.Period(plan.scenario.end, freq="M") - 1
    needed = pd.period_range(first - 12, last, freq="M")
    made = {}
    for series in SERIES:
        made[series] = table.monthly(series)
        missing = needed[~needed.isin(made[series].index)]
        if len(missing):
            raise UserError(
                f"{name}: {series} of {missing[0]} are missing; needed: every month from {needed[0]} to {last}"
            )
    return made


def evaluate(
    options: Hindcasting, plan: SamplePlan, learner: Learner, observed: Mapping[str, pd.Series]
) -> dict[str, Any]:
    """Forecasts of every series from every origin, with means, skills, calibration and question scores."""
    import numpy as np
    import pandas as pd

    from experiments.forecast import predictive
    from experiments.forecast.futures import make_futures
    from experiments.forecast.origins import hindcast, origins_of, pool_scores
    from experiments.forecast.skill import reliability
    from experiments.kit.progress import progress as bar

    asked = np.datetime64(plan.questions.asked, "D")
    days = origins_of(asked, learner.sample.months)
    with bar("Futures", options.points * options.lucks) as progress:
        futures = make_futures(plan, learner, days, options.points, options.lucks, options.threads, progress)
    found, tables = {}, []
    for series in SERIES:
        table, origins = hindcast(futures, learner, observed[series], series, asked, options.seed)
        tables.append(table)
        found[series] = _summary(table, options)
    questions = predictive.score_file(plan.questions, learner.sample.first().answers)
    binary = questions[
        (questions["kind"] == "binary") & questions["resolution"].notna() & (questions["weight"] > 0)
    ]
    whole = pd.concat(tables, ignore_index=True)
    return {
        "forecasts": whole,
        "pool_scores": pool_scores(whole),
        "series": found,
        "weights": _weights(whole, plan),
        "questions": questions,
        "question_scores": predictive.headline_scores(questions),
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
    import pandas as pd

    from experiments.forecast.origins import RIVALS
    from experiments.forecast.pool import MODEL, POOL
    from experiments.forecast.skill import pit_histogram
    from experiments.forecast.tables import against_best, means, skills

    later = table[table["origin"].str.endswith("-01")]
    best = [against_best(later, name, RIVALS, options.block, options.seed) for name in (POOL, MODEL)]
    return {
        "means": means(later),
        "means_asked": means(table[~table["origin"].str.endswith("-01")]),
        "best": pd.concat(best, ignore_index=True),
        "skills": skills(later, POOL, RIVALS, "crps", options.block, seed=options.seed),
        "pit": {
            name: pit_histogram(later.loc[later["forecast"] == name, "pit"], bins=8) for name in (POOL, MODEL)
        },
    }


def _weights(table: pd.DataFrame, plan: SamplePlan) -> pd.DataFrame:
    """Weights of the pool for a forecast made when all months are known, by series."""
    import pandas as pd

    from experiments.forecast import members, pool
    from experiments.forecast.origins import pool_scores
    from experiments.forecast.pool import MODEL

    names = [MODEL, *members.MEMBERS]
    after = pd.Period(plan.scenario.end, freq="M")
    scored = pool_scores(table)
    rows = [
        {"series": series, **pool.learn(scored[scored["series"] == series], names, after)}
        for series in SERIES
    ]
    return pd.DataFrame(rows)


def _print(found: dict[str, Any]) -> None:
    """Tables for people to read."""
    from experiments.forecast.figures.scores import name_of
    from experiments.forecast.forecast import print_scores
    from experiments.kit import screen
    from experiments.kit.numbers import interval
    from experiments.kit.screen import Column

    for series, part in found["series"].items():
        screen.heading(f"\n{series} a month, forecasts from the first day of each month")
        columns = [Column("forecast"), Column("ahead"), *(Column(h, right=True) for h in (
            "CRPS", "log score", "90 % covered", "forecasts"))]  # fmt: skip
        rows = [
            (name_of(row.forecast), str(row.horizon), f"{row.crps:.1f}", f"{row.log_score:.2f}",
             f"{row.covered_90:.2f}", str(row.forecasts))
            for row in part["means"].itertuples() if row.horizon in ("1-3 months", "all")
        ]  # fmt: skip
        screen.table(rows, columns)
        screen.heading("\nAgainst the best naive forecast of each row [95 % block bootstrap]")
        against = [
            (
                name_of(row.forecast),
                row.horizon,
                row.loss,
                name_of(row.best),
                interval(row.value, row.low, row.high),
            )
            for row in part["best"].itertuples()
        ]
        screen.table(against, ["forecast", Column("ahead"), Column("loss"), Column("best naive"), "saved"])
    screen.heading("\nYes-or-no questions of the first year, by the prior")
    print_scores(found["question_scores"])


def save_page(path: Path, found: dict[str, Any], plan: SamplePlan, command: str) -> None:
    """Write the page on skill."""
    from experiments.forecast.page import page
    from experiments.kit import files
    from experiments.kit.errors import UserError

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, page(found, str(plan.questions.asked), str(plan.targets.last_day), command))
    except OSError as error:
        raise UserError(f"page={path}: cannot be written: {error.strerror or error}") from None


def write(folder: Path, found: dict[str, Any], options: Hindcasting, plan: SamplePlan) -> None:
    """Tables and record."""
    import pandas as pd

    from experiments.kit import files
    from experiments.kit.record import commit, versions
    from experiments.kit.tables import write_csv

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


def draw(folder: Path, found: dict[str, Any], options: Hindcasting, plan: SamplePlan) -> None:
    """Figures."""
    from functools import partial

    from experiments.drawing import sheets
    from experiments.forecast.figures import questions as asked_plots
    from experiments.forecast.figures import scores as plots

    deaths, binary = found["series"]["deaths"], found["binary"]
    forecasts = found["forecasts"][found["forecasts"]["series"] == "deaths"]
    asked = forecasts[(forecasts["forecast"] == "model") & ~forecasts["origin"].str.endswith("-01")]
    hits = int(asked["covered_90"].sum())
    heading = f"Made on {asked['origin'].iloc[0]}, before anything of the new regime was known"
    count = int(deaths["pit"]["pool"]["count"].sum())
    drawn = {
        "asked": partial(
            plots.fans_against_observed, {heading: asked},
            f"The first forecast held {hits} of {len(asked)} months in its 90 % interval",
            "Deaths a month in all organised violence by the prior, and what UCDP recorded, on a log scale.",
        ),
        "origins": partial(plots.by_origin, forecasts, "pool"),
        "skills": partial(plots.skills, deaths["skills"], deaths["means"]),
        "calibration": partial(plots.calibration, deaths["pit"]["pool"], found["reliability"], count, len(binary)),
        "questions": partial(
            asked_plots.questions, binary.sort_values("probability", ascending=False, kind="stable"),
            "The first year's questions, as the model would have answered them in September 2021",
            "Probability of yes by the prior, and what came.",
        ),
    }  # fmt: skip
    footed = sheets.footed(drawn, runs=options.runs, scenario=plan.scenario.name, seed=options.seed)
    sheets.write(footed, folder / "figures")
