"""``outlook forecast``: probabilities of questions, or paths of a series; scored as far as the world has
answered.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pydantic
from pydantic import Field

from experiments.kit.options import EnsembleOptions

SUMMARY = "Answer forecasting questions, or project a series month by month; score what is resolved"
EXAMPLES = [
    "outlook forecast questions=first_year",
    "outlook forecast questions=./mine.yaml scenario=corridor_opens uncertainty=posterior",
    "outlook forecast series=deaths place=national from=2023-07 to=2024-12 uncertainty=posterior "
    "out=results/deaths",
    "outlook forecast series=deaths from=2023-07 to=2023-12 observations=./later.csv uncertainty=posterior",
]

GROUPS = {"targets": "second_year"}


class _Options(EnsembleOptions):
    """Options of ``outlook forecast`` but for ``from``, which Python does not take as a name."""

    replicates: int = Field(
        2000, ge=20, le=10_000_000, description="runs behind the probabilities of questions"
    )
    series: str | None = Field(
        None, description="national series, or with place= a series by province, to project"
    )
    place: str = Field("national", description="national or a province")
    to: str | None = Field(None, description="last month of the projection, such as 2024-12")
    paths: int = Field(1000, ge=10, le=1_000_000, description="futures in paths.parquet")
    condition: bool = Field(
        True, description="take the paths from runs that agree with what was known before"
    )
    candidates: int = Field(
        8, ge=2, le=1000, description="kinds of luck tried for each path when conditioned"
    )
    targets: dict[str, Any] = Field(
        default_factory=dict,
        description="what was known: file of targets, cut at the first month (group targets)",
    )
    recording: bool = Field(
        True, description="put the errors of record and model into the paths, as the targets give them"
    )
    pool: bool = Field(
        True,
        description="pool the model with statistical forecasters (baseline, series that are observed by month)",
    )
    observations: str | None = Field(
        None, description="table of what came, by path or name, to score the paths"
    )
    out: str | None = Field(None, description="folder for tables and figure, new or empty")


OPTIONS = pydantic.create_model(  # type: ignore[call-overload]
    "OPTIONS", __base__=_Options,
    **{"from": (str | None, Field(None, description="first month of the projection, such as 2022-10"))},
)  # fmt: skip


def main(options: _Options, job) -> int:
    """Answer questions, or project a series; returns the exit code."""
    if options.series is None:
        return _questions(options, job)
    from experiments.forecast.paths import run

    return run(options, replace(job, tree={**job.tree, "questions": None}).scenario, job)


def _questions(options: _Options, job) -> int:
    """Probabilities and predictive distributions of a file of questions."""
    import numpy as np

    from experiments.forecast import predictive
    from experiments.forecast.sample import with_horizon
    from experiments.kit.progress import progress as bar
    from experiments.kit.screen import say
    from experiments.runs import folders
    from experiments.runs.road import collect, run_blocks
    from sim.questions import resolve

    file = question_file(job)
    base = replace(job, tree={**job.tree, "questions": None}).scenario
    scenario = with_horizon(base, max(file.last_day, base.start))
    places = any(question.place != "national" for question in file.asked_of_model)
    with bar("Runs", options.replicates) as progress:
        blocks = run_blocks(
            scenario, np.arange(options.replicates), options.seed, held="places" if places else "series",
            threads=options.threads, progress=progress,
        )  # fmt: skip
        reduced = collect(
            blocks,
            lambda block: {
                "answers": np.stack([resolve(asked, block) for asked in file.asked_of_model], axis=1)
            },
        )
    table = predictive.score_file(file, reduced["answers"])
    scores = predictive.headline_scores(table)
    _print(file, table, scores, options, scenario)
    if options.out:
        with folders.fresh(checked(Path(options.out))) as folder:
            _write(folder, file, table, scores, options, scenario, job)
        say(f"Written to {options.out}")
    return 0


def question_file(job):
    """The questions of a job: a file of questions, or the scenario's own ones, which have no resolutions.

    Raises:
        UserError: if there are none that the model can answer.
    """
    from collections.abc import Mapping

    from experiments.config.questions import read_questions
    from experiments.kit.errors import UserError

    given, source = job.tree.get("questions"), job.choices.get("questions", job.source)
    if isinstance(given, Mapping) and isinstance(given.get("questions"), list):
        file = read_questions(given, Path(str(source)).stem, str(source))
    else:
        if isinstance(given, Mapping):
            given = [{"id": key, **spec} for key, spec in given.items() if isinstance(spec, Mapping)]
        data = {
            "title": f"Questions of {source}",
            "asked": str(job.tree.get("start")),
            "questions": given or [],
        }
        file = read_questions(data, str(source), str(source))
    if not file.answerable:
        raise UserError(f"{source}: no question that the model can answer")
    return file


def checked(out: Path) -> Path:
    """The folder, if it is new or empty; UserError otherwise."""
    from experiments.runs import folders

    folders.holds(out, "a forecast is always made anew")
    return out


def _print(file, table, scores: dict[str, Any], options: _Options, scenario) -> None:
    """Tables for people to read."""
    from experiments.config.build import basis_of
    from experiments.kit import screen

    screen.heading(f"{file.title}  (scenario {scenario.name}, {options.replicates:,} runs)")
    screen.line(basis_of(scenario), "dim")
    rows = [(row.text, *_cells(row)) for row in table.itertuples() if row.kind != "cannot"]
    screen.table(rows, ["Question", "forecast", "came", "score"])
    silent = table[table["kind"] == "cannot"]
    if len(silent):
        screen.heading(f"\n{len(silent)} questions that the model cannot speak to:")
        for row in silent.itertuples():
            screen.line(f"  {row.id}: {row.note}", "dim", hang=2)
    print_scores(scores)


def _cells(row) -> tuple[str, str, str]:
    from experiments.kit.numbers import number

    known = row.resolution == row.resolution
    if row.kind == "binary":
        if row.probability != row.probability:
            return "not decided", "", ""
        came = ("yes" if row.resolution else "no") if known else ""
        return (
            f"{row.probability:.2f} [{row.low:.2f}, {row.high:.2f}]",
            came,
            f"{row.brier:.3f}" if known else "",
        )
    if row.median != row.median:
        return "not decided", "", ""
    text = f"{number(row.median)} ({number(row.low)} to {number(row.high)})"
    return text, number(row.resolution) if known else "", f"CRPS {number(row.crps)}" if known else ""


def print_scores(scores: dict[str, Any]) -> None:
    """Brier scores of the yes-or-no questions beside the benchmarks."""
    from experiments.kit import screen

    if not scores:
        return
    rows = []
    for name, table in scores.items():
        by = table.set_index("forecast")["brier"]
        if len(by):
            cells = [f"{by[key]:.3f}" for key in ("model", "nothing_changes", "base_rate", "coin")]
            rows.append((name, str(int(table["questions"].iloc[0])), *cells))
    screen.line("\nLower is better; the base rate knows how many came true.", "dim")
    screen.table(rows, ["Brier score", "questions", "model", "nothing changes", "base rate", "coin"])


def _write(folder: Path, file, table, scores: dict[str, Any], options: _Options, scenario, job) -> None:
    """Tables, record and figure of a forecast of questions."""
    import pandas as pd

    from experiments.kit import files, record
    from experiments.kit.tables import to_csv

    files.write(folder / "questions.csv", to_csv(table))
    if scores:
        long = pd.concat([part.assign(reading=name) for name, part in scores.items()])
        files.write(folder / "scores.csv", to_csv(long))
    contents = {"questions": file.name, **record.asked(options, job, scenario)}
    files.write_json(folder / "study.json", record.study("forecast of questions", contents))
    shown = table[table["probability"].notna() | table["median"].notna()]
    if len(shown):
        from experiments.drawing import style
        from experiments.forecast.figures import questions as plots
        from experiments.kit.basis import brief
        from experiments.kit.record import project_version

        figure = plots.questions(
            shown.sort_values("probability", ascending=False, kind="stable"), file.title,
            f"Answers of the model ({job.basis.basis}); 95 % intervals of a finite number of runs, 90 % of runs for "
            "numbers.",
        )  # fmt: skip
        style.finish(figure, runs=options.replicates, scenario=scenario.name, version=project_version(),
                     seed=options.seed, note=brief(job.basis.basis))  # fmt: skip
        style.save(figure, folder / "questions.png")
