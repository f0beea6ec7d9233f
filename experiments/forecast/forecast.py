"""``outlook forecast``: probabilities of questions, or paths of a series; scored as far as the world has answered."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydantic
from pydantic import Field

from experiments.kit.errors import UserError
from experiments.kit.options import EnsembleOptions, Options

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from experiments.config import Job
    from experiments.config.questions import QuestionFile
    from experiments.forecast.product import Forecast
    from experiments.runs.plan import Study
    from experiments.runs.store import StudyFolder
    from sim.scenario import Scenario

SUMMARY = "Answer forecasting questions, or project a series month by month; score what is resolved"
EXAMPLES = [
    "outlook forecast questions=first_year",
    "outlook forecast questions=./mine.yaml scenario=corridor_opens uncertainty=posterior",
    "outlook forecast series=deaths place=national from=2023-07 to=2024-12 uncertainty=posterior "
    "out=results/deaths",
    "outlook forecast series=deaths from=2023-07 to=2023-12 observations=./later.csv uncertainty=posterior",
]

GROUPS = {"targets": "second_year"}


class ASKED(Options):
    """What a study makes of its runs: the content of a file of questions, where it stood, and what its runs know."""

    questions: dict[str, Any]
    name: str
    source: str
    outlook: dict[str, str | None]


class _Options(EnsembleOptions):
    """Options of ``outlook forecast`` but for ``from``, which Python does not take as a name."""

    replicates: int = Field(
        2000, ge=20, le=10_000_000, description="runs behind the probabilities of questions"
    )
    series: str | None = Field(
        None, description="national series, or with place= a series by province, to project"
    )
    place: str = Field("national", description="national or a province")
    to: str | int | None = Field(None, description="last month of the projection, such as 2024-12")
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
    **{"from": (str | int | None, Field(None, description="first month of the projection, such as 2022-10"))},
)  # fmt: skip


def main(options: _Options, job: Job) -> int:
    """Answer questions, or project a series; returns the exit code."""
    return make(options, job)[1]


def forecast(*words: object, **options: Any) -> Forecast:
    """Answer forecasting questions, or project a series month by month, as ``outlook forecast`` does.

    Parameters
    ----------
    *words
        A scenario (its name, the path of a file, or a `Scenario`; default: the baseline), then overrides as on the
        command line: ``"from=2023-07"``.
    **options
        Options of ``outlook forecast`` and keys of the scenario: ``questions="first_year"``, ``series="deaths"``;
        ``from_`` stands for ``from``, which Python keeps for itself.

    Returns
    -------
    Forecast
        Tables and figure; also in the folder that the command would have made.

    Raises
    ------
    UserError
        For all that a user can do wrong, one line each.
    """
    from experiments.config.call import called

    named = {"from" if key == "from_" else key: value for key, value in options.items()}
    with called("forecast", words, named) as job:
        assert isinstance(job.options, _Options)
        made, code = make(job.options, job)
    if made is None:
        raise KeyboardInterrupt if code == 130 else UserError("runs of the forecast failed; allowed: none")
    return made


def make(options: _Options, job: Job) -> tuple[Forecast | None, int]:
    """Forecast, print and write: what was made (None if it stopped before) and the exit code."""
    if options.series is None:
        return _questions(options, job)
    from experiments.forecast.paths import series

    return series(options, world(job), job), 0


def world(job: Job) -> Scenario:
    """The scenario of a job without its questions, which may be a file of forecasting questions."""
    return (job if job.given else replace(job, tree={**job.tree, "questions": None})).scenario


def _questions(options: _Options, job: Job) -> tuple[Forecast | None, int]:
    """Run the scenario to the last day of a file of questions, and answer them."""
    from experiments.forecast.sample import with_horizon
    from experiments.runs.carry_out import perform
    from experiments.runs.plan import Points, Study, Variant
    from sim.compiled import source_hash

    file, asked = question_file(job)
    base = world(job)
    days = max((file.last_day - base.start).days, 0)
    end = base.start + timedelta(days=-(-days // 7) * 7)  # provinces are recorded by whole weeks
    scenario = replace(with_horizon(base, end), questions=file.asked_of_model)
    study = Study(
        (Variant(scenario.name, scenario, Points.single()),), options.replicates, options.seed, "none", source_hash(),
        design={"name": "forecast"}, asked=asked.model_dump(),
    )  # fmt: skip
    folder, code = perform(study, options.out, options.threads)
    return (None, code) if code else (_answered(folder, figures=True), 0)


def conclude(folder: StudyFolder, *, figures: bool = True) -> int:
    """Answer and score a file of questions by the runs of a study that are all there; write tables and a figure.

    Returns the exit code; see `experiments.kit.verb`.
    """
    _answered(folder, figures)
    return 0


def drawings(folder: StudyFolder, measure: str = "") -> dict[str, Callable[[], Figure]]:
    """The figures of a finished study by name."""
    return dict(answers(folder)[2].drawings)


def _answered(folder: StudyFolder, figures: bool) -> Forecast:
    """Answer and score, print and write."""
    from experiments.kit import screen

    file, scores, made = answers(folder)
    _print(file, made.questions, scores, folder)
    made.write(folder.path, figures)
    screen.line(f"Written to {folder.path}", "dim")
    return made


def answers(folder: StudyFolder) -> tuple[QuestionFile, dict[str, pd.DataFrame], Forecast]:
    """The questions of a study, its scores by reading, and both as tables with a figure."""
    import numpy as np
    import pandas as pd

    from experiments.config.posteriors import foot
    from experiments.config.questions import read_questions
    from experiments.drawing import sheets
    from experiments.forecast import predictive
    from experiments.forecast.product import Forecast
    from experiments.runs.carry_out import asked_of, without_failures
    from experiments.runs.tables import QUESTION

    asked, runs = asked_of(folder, ASKED), without_failures(folder).runs()
    file = read_questions(asked.questions, asked.name, asked.source)
    found = np.stack([runs[QUESTION + one.id].to_numpy(float) for one in file.asked_of_model], axis=1)
    table = predictive.score_file(file, found)
    scores = predictive.headline_scores(table)
    tables = {"questions": table}
    if scores:
        tables["scores"] = pd.concat([part.assign(reading=name) for name, part in scores.items()])
    shown = table[table["probability"].notna() | table["median"].notna()]
    drawings = (
        {"questions": functools.partial(_figure, file.title, shown, folder.study)} if len(shown) else {}
    )
    return (
        file,
        scores,
        Forecast.of(file.title, tables, sheets.footed(drawings, **foot(folder.study)), folder.path),
    )


def question_file(job: Job) -> tuple[QuestionFile, ASKED]:
    """The questions of a job, a file of them or the scenario's own, which have no resolutions; and their record.

    Raises
    ------
    UserError
        If there are none that the model can answer.
    """
    from experiments.config.questions import read_questions

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
    return file, ASKED(questions=dict(data), name=name, source=source, outlook=job.basis.to_mapping())


def checked(out: Path) -> Path:
    """The folder, if it is new or empty; UserError otherwise."""
    from experiments.runs import folders

    folders.holds(out, "a forecast is always made anew")
    return out


def _print(file: QuestionFile, table: pd.DataFrame, scores: dict[str, Any], folder: StudyFolder) -> None:
    """Tables for people to read."""
    from experiments.config.posteriors import basis_of
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


def _figure(title: str, table: pd.DataFrame, study: Study) -> Figure:
    """The answers of a study, the most likely first."""
    from experiments.config.posteriors import variant_basis
    from experiments.forecast.figures import questions as plots

    known = variant_basis(study.variants[0])
    return plots.questions(
        table.sort_values("probability", ascending=False, kind="stable"), title,
        f"Answers of the model ({known}); 95 % intervals of a finite number of runs, 90 % of runs for numbers.",
    )  # fmt: skip
