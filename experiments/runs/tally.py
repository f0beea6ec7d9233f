"""Counts of what came of the runs of a study, read shard by shard so that memory does not grow with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from experiments.runs.plan import Variant
from experiments.runs.stopping import Looks
from experiments.runs.store import StudyFolder
from experiments.runs.store.shards import located
from experiments.runs.tables import QUESTION


@dataclass(frozen=True)
class Tally:
    """Counts for one scenario.

    Attributes
    ----------
    outcomes
        Names of endings, then ids of questions with ``question.`` before them [k].
    replicates
        Numbers of replicates up to which was counted, rising [m].
    runs
        Runs that answer: int64 ``(points, m, k)``; one row for all points together if ``by_point`` was off.
    yes
        Those in which it came true, alike.
    """

    outcomes: tuple[str, ...]
    replicates: tuple[int, ...]
    runs: np.ndarray
    yes: np.ndarray


def tally(folder: StudyFolder, position: int, replicates: Sequence[int], by_point: bool = True) -> Tally:
    """Count endings and answers of one scenario.

    ``replicates``: count the first so many of each point, for each of these numbers, rising. ``by_point``: keep points
    apart; else all of them count together.
    """
    variant = folder.study.variants[position]
    questions = binary_questions(variant)
    endings: tuple[str, ...] = ()
    cells = len(variant.points) if by_point else 1
    edges = np.asarray(replicates)
    yes = runs = np.zeros((cells, len(edges), 0), dtype=np.int64)
    for shard in folder.shards.names("runs"):
        if located(shard)[1] != position:
            continue
        table = folder.shards.read_shard("runs", shard)
        ending = _dictionary(table, "ending")
        if ending is not None:
            endings = tuple(ending.dictionary.to_pylist()) or endings
        answers = _answers(table, endings, questions)
        point = table["point"].to_numpy()
        number = folder.study.number(position, point, table["replicate"].to_numpy())
        bucket = np.searchsorted(edges, number, side="right")
        cell = point if by_point else np.zeros_like(point)
        if yes.shape[2] != answers.shape[1]:
            yes, runs = (np.zeros((cells, len(edges), answers.shape[1]), dtype=np.int64) for _ in "ab")
        inside = bucket < len(edges)
        where = (cell[inside], bucket[inside])
        np.add.at(yes, where, answers[inside] == 1.0)
        np.add.at(runs, where, ~np.isnan(answers[inside]))
    outcomes = (*endings, *(QUESTION + name for name in questions))[: yes.shape[2]]
    return Tally(outcomes, tuple(replicates), runs.cumsum(axis=1), yes.cumsum(axis=1))


def binary_questions(variant: Variant) -> list[str]:
    """Ids of the questions that a scenario's runs answer with yes or no."""
    return [question.id for question in variant.scenario.questions if question.kind == "binary"]


def precise(folder: StudyFolder, replicates: int) -> bool:
    """Whether every key probability of a study with ``replicates=auto`` is known well enough at a look.

    Key probabilities are those of the endings and of the questions with yes or no, at every point.
    """
    rule = folder.study.replicates
    assert isinstance(rule, Looks)
    for position in range(len(folder.study.variants)):
        counts = tally(folder, position, (replicates,))
        answered = counts.runs[:, -1] > 0  # a question that no run can answer never will
        if not rule.enough(counts.yes[:, -1][answered], counts.runs[:, -1][answered]):
            return False
    return True


def _answers(table: pa.Table, endings: Sequence[str], questions: Sequence[str]) -> np.ndarray:
    """Endings as ones and zeros, then the answers to questions: float64 ``(n, k)``."""
    made = np.empty((table.num_rows, len(endings) + len(questions)))
    ending = _dictionary(table, "ending")
    if ending is not None:
        made[:, : len(endings)] = ending.indices.to_numpy()[:, None] == np.arange(len(endings))
    for column, name in enumerate(questions, start=len(endings)):
        made[:, column] = table[QUESTION + name].to_numpy()
    return made


def _dictionary(table: pa.Table, name: str) -> pa.DictionaryArray | None:
    """A column of names as one dictionary array, None if the table has no such column."""
    if name not in table.column_names:
        return None
    column = table[name].combine_chunks()
    return column.unify_dictionaries().chunk(0) if isinstance(column, pa.ChunkedArray) else column
