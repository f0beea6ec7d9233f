"""``outlook forecast``: probabilities of questions, or paths of a series; scored as far as the world has
answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydantic
from pydantic import Field

from experiments.kit.options import EnsembleOptions

if TYPE_CHECKING:
    import pandas as pd

    from experiments.config import Job
    from experiments.config.questions import QuestionFile
    from experiments.runs.store import StudyFolder

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
    out: str | None = Field(
        None,
        description="folder for tables and figure (default: results/forecast-HASH; of a series: print only)",
    )


OPTIONS = pydantic.create_model(  # type: ignore[call-overload]
    "OPTIONS", __base__=_Options,
    **{"from": (str | None, Field(None, description="first month of the projection, such as 2022-10"))},
)  # fmt: skip


def main(options: _Options, job: Job) -> int:
    """Answer questions, or project a series; returns the exit code."""
    if options.series is None:
        return _questions(options, job)
    from experiments.forecast.paths import run

    return run(options, replace(job, tree={**job.tree, "questions": None}).scenario, job)


def _questions(options: _Options, job: Job) -> int:
    """Run the scenario to the last day of a file of questions; returns the exit code."""
    from experiments.forecast.sample import with_horizon
    from experiments.runs.carry_out import perform
    from experiments.runs.plan import Points, Study, Variant
    from sim.compiled import source_hash

    file, asked = question_file(job)
    base = replace(job, tree={**job.tree, "questions": None}).scenario
    scenario = replace(with_horizon(base, max(file.last_day, base.start)), questions=file.asked_of_model)
    study = Study(
        (Variant(scenario.name, scenario, Points.single()),), options.replicates, options.seed, "none", source_hash(),
        design={"name": "forecast"}, asked={**asked, "outlook": job.basis.to_mapping()},
    )  # fmt: skip
    folder, code = perform(study, options.out, options.threads)
    return code or conclude(folder)


def conclude(folder: StudyFolder, *, figures: bool = True, measure: str = "") -> int:
    """Answer and score a file of questions by the runs of a study that are all there; write tables and a figure.

    Parameters
    ----------
    folder
        The study.
    figures
        Whether the figure is drawn.
    measure
        Not used: sweeps have one.

    Returns
    -------
    int
        The exit code.
    """
    import numpy as np

    from experiments.config.questions import read_questions
    from experiments.forecast import predictive
    from experiments.kit import screen
    from experiments.runs.carry_out import without_failures
    from experiments.runs.tables import QUESTION

    asked, runs = folder.record.asked, without_failures(folder).runs()
    file = read_questions(asked["questions"], asked["name"], asked["source"])
    answers = np.stack([runs[QUESTION + one.id].to_numpy(float) for one in file.asked_of_model], axis=1)
    table = predictive.score_file(file, answers)
    scores = predictive.headline_scores(table)
    _print(file, table, scores, folder)
    _write(folder, file, table, scores, figures)
    screen.line(f"Written to {folder.path}", "dim")
    return 0


def question_file(job: Job) -> tuple[QuestionFile, dict[str, Any]]:
    """The questions of a job, a file of them or the scenario's own, which have no resolutions; and their record.

    Raises
    ------
    UserError
        If there are none that the model can answer.
    """
    from experiments.config.questions import read_questions
    from experiments.kit.errors import UserError

    data, source = job.tree.get("questions"), str(job.choices.get("questions", job.source))
    name = Path(source).stem
    if not (isinstance(data, Mapping) and isinstance(data.get("questions"), list)):
        if isinstance(data, Mapping):
            data = [{"id": key, **spec} for key, spec in data.items() if isinstance(spec, Mapping)]
        name, asked = source, str(job.tree.get("start"))
        data = {"title": f"Questions of {source}", "asked": asked, "questions": data or []}
    file = read_questions(data, name, source)
    if not file.answerable:
        raise UserError(f"{source}: no question that the model can answer")
    return file, {"questions": dict(data), "name": name, "source": source}


def checked(out: Path) -> Path:
    """The folder, if it is new or empty; UserError otherwise."""
    from experiments.runs import folders

    folders.holds(out, "a forecast is always made anew")
    return out


def _print(file: QuestionFile, table: pd.DataFrame, scores: dict[str, Any], folder: StudyFolder) -> None:
    """Tables for people to read."""
    from experiments.config.build import basis_of
    from experiments.kit import screen

    scenario = folder.study.variants[0].scenario
    screen.heading(f"{file.title}  (scenario {scenario.name}, {folder.study.runs:,} runs)")
    screen.line(basis_of(scenario), "dim")
    rows = [(row.text, *_cells(row)) for row in table.itertuples() if row.kind != "cannot"]
    screen.table(rows, ["Question", "forecast", "came", "score"])
    silent = table[table["kind"] == "cannot"]
    if len(silent):
        screen.heading(f"\n{len(silent)} questions that the model cannot speak to:")
        for row in silent.itertuples():
            screen.line(f"  {row.id}: {row.note}", "dim", hang=2)
    print_scores(scores)


def _cells(row: Any) -> tuple[str, str, str]:
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


def _write(
    folder: StudyFolder, file: QuestionFile, table: pd.DataFrame, scores: dict[str, Any], figures: bool
) -> None:
    """Tables and figure of a forecast of questions."""
    import pandas as pd

    from experiments.config.build import basis_of
    from experiments.drawing import style
    from experiments.forecast.figures import questions as plots
    from experiments.kit import files
    from experiments.kit.basis import brief
    from experiments.kit.record import project_version
    from experiments.kit.tables import to_csv

    files.write(folder.path / "questions.csv", to_csv(table))
    if scores:
        long = pd.concat([part.assign(reading=name) for name, part in scores.items()])
        files.write(folder.path / "scores.csv", to_csv(long))
    shown = table[table["probability"].notna() | table["median"].notna()]
    if figures and len(shown):
        scenario = folder.study.variants[0].scenario
        known = basis_of(scenario)
        figure = plots.questions(
            shown.sort_values("probability", ascending=False, kind="stable"), file.title,
            f"Answers of the model ({known}); 95 % intervals of a finite number of runs, 90 % of runs for numbers.",
        )  # fmt: skip
        style.finish(figure, runs=folder.study.runs, scenario=scenario.name, version=project_version(),
                     seed=folder.study.seed, note=brief(known))  # fmt: skip
        style.save(figure, folder.path / "questions.png")
