"""A file of forecasting questions, answered and scored by the runs of a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from experiments.config import Job
from experiments.config.posteriors import basis_of, foot, variant_basis
from experiments.config.questions import QuestionFile, asked_of_scenario, read_questions
from experiments.drawing.sheets import footed
from experiments.forecast.answers import headline_scores, score_file
from experiments.forecast.figures import questions as plots
from experiments.forecast.horizon import with_horizon
from experiments.forecast.options import QuestionsAsked
from experiments.forecast.product import Forecast
from experiments.kit import screen
from experiments.kit.errors import UserError
from experiments.kit.numbers import number, span
from experiments.kit.options import EnsembleOptions
from experiments.runs.carry_out import asked_of, without_failures
from experiments.runs.plan import Study, Variant
from experiments.runs.store import StudyFolder
from experiments.runs.tables import QUESTION
from sim.scenario import Scenario


def study_of(options: EnsembleOptions, world: Scenario, job: Job) -> Study:
    """The runs to the last day of the questions of a job.

    Raises
    ------
    UserError
        If there are none that the model can answer, or one begins before the runs.
    """
    file, asked = question_file(job)
    for one in file.asked_of_model:
        if one.start is not None and one.start < world.start:
            raise UserError(
                f"{asked.source}: {one.id}: start: found {one.start}; allowed: {world.start}, the first day of "
                f"{world.name}, or later"
            )
    days = max((file.last_day - world.start).days, 0)
    end = world.start + timedelta(days=-(-days // 7) * 7)  # provinces are recorded by whole weeks
    scenario = replace(with_horizon(world, end), questions=file.asked_of_model)
    return Study(
        (Variant(scenario.name, scenario),), options.replicates, options.seed, design={"name": "forecast"},
        asked=asked.model_dump(),
    )  # fmt: skip


def question_file(job: Job) -> tuple[QuestionFile, QuestionsAsked]:
    """The questions of a job, a file of them or the scenario's own, which have no resolutions; and their record.

    Raises
    ------
    UserError
        If there are none that the model can answer.
    """
    data, source = job.tree.get("questions"), str(job.choices.get("questions", job.source))
    name = Path(source).stem
    if not (isinstance(data, Mapping) and isinstance(data.get("questions"), list)):
        start, end = job.tree.get("start"), job.tree.get("end")
        own = asked_of_scenario(data, source, start, end)
        name, data = source, {"title": f"Questions of {source}", "asked": str(start), "questions": own or []}
    file = read_questions(data, name, source)
    if not file.answerable:
        raise UserError(f"{source}: no question that the model can answer")
    return file, QuestionsAsked(
        questions=dict(data), name=name, source=source, outlook=job.basis.to_mapping()
    )


def tell(folder: StudyFolder, figures: bool = True) -> Forecast:
    """Answer and score by the runs of a study; print and write."""
    file, scores, made = told(folder)
    _show(file, made.questions, scores, folder)
    made.write(folder.path, figures)
    screen.line(f"Written to {folder.path}", "dim")
    return made


def told(folder: StudyFolder) -> tuple[QuestionFile, dict[str, pd.DataFrame], Forecast]:
    """The questions of a study, its scores by reading, and both as tables with a figure."""
    asked, runs = asked_of(folder, QuestionsAsked), without_failures(folder).runs()
    file = read_questions(asked.questions, asked.name, asked.source)
    found = np.stack([runs[QUESTION + one.id].to_numpy(float) for one in file.asked_of_model], axis=1)
    table = score_file(file, found)
    scores = headline_scores(table)
    tables = {"questions": table}
    if scores:
        tables["scores"] = pd.concat([part.assign(reading=name) for name, part in scores.items()])
    shown = table[table["probability"].notna() | table["median"].notna()]
    drawings = {"questions": partial(_figure, file.title, shown, folder.study)} if len(shown) else {}
    return file, scores, Forecast.of(file.title, tables, footed(drawings, **foot(folder.study)), folder.path)


def _show(
    file: QuestionFile, table: pd.DataFrame, scores: Mapping[str, pd.DataFrame], folder: StudyFolder
) -> None:
    """Tables for people to read."""
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
    show_scores(scores)


def _cells(row: Any) -> tuple[str, str, str]:
    """Forecast, what came, and score of a question."""
    binary, known = row.kind == "binary", not np.isnan(row.resolution)
    if not row.runs:
        return "not decided", "", ""
    if binary:
        told = f"{row.probability:.2f} [{row.low:.2f}, {row.high:.2f}]"
        came, score = "yes" if row.resolution else "no", f"{row.brier:.3f}"
    else:
        told = f"{number(row.median)} ({span(row.low, row.high)})"
        came, score = number(row.resolution), f"CRPS {number(row.crps)}"
    return told, came if known else "", score if known else ""


def show_scores(scores: Mapping[str, pd.DataFrame]) -> None:
    """Brier scores of the yes-or-no questions beside the benchmarks."""
    if not scores:
        return
    if not any(len(table) for table in scores.values()):
        screen.line("\nNo question whose outcome is known has a weight: there is no score of all.", "dim")
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
    known = variant_basis(study.variants[0])
    return plots.questions(
        table.sort_values("probability", ascending=False, kind="stable"), title,
        f"Answers of the model ({known}); 95 % intervals of a finite number of runs, 90 % of runs for numbers.",
    )  # fmt: skip
