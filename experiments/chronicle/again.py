"""One run of a study, made again and compared with what is stored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.kit.errors import UserError
from experiments.runs.plan import Study, Task, Variant
from experiments.runs.store import Shards, StudyFolder, open_study
from experiments.runs.tables import run_tables
from experiments.runs.work import Engine, StageError, Work, draw_values, runs_of, simulate_tables
from sim.compiled import source_hash
from sim.ensemble import Block


@dataclass(frozen=True)
class Again:
    """A run made again.

    Attributes
    ----------
    block
        The run with all its series, None if it failed.
    ending
        Name of its ending.
    compared
        Numbers that were compared with what is stored.
    differs
        Columns that are not equal to the bit.
    failure
        Stage and message of a run that failed before and failed again.
    other_code
        Whether the study was made by other code than is running now.
    """

    block: Block | None
    ending: str
    compared: int
    differs: tuple[str, ...]
    failure: str | None
    other_code: bool


def reproduce(
    path: str | Path, run_id: str, engine: Engine | None = None, shards: str | None = None
) -> Again:
    """Make one run of the folder of a study again, by its identity in the table of runs.

    Raises UserError if there is no such study or run.
    """
    return reproduce_in(open_study(Path(path), shards).sound(), run_id, engine)


def reproduce_in(found: StudyFolder, run_id: str, engine: Engine | None = None) -> Again:
    """The same in a folder that is open; whether all of its files are sound is not asked, only the run is compared."""
    engine = engine or Engine()
    stored = _row(found.shards, "runs", run_id)
    failed = _row(found.shards, "failures", run_id) if stored is None else None
    row = stored if stored is not None else failed
    if row is None:
        raise UserError(f"{found.path}: {run_id!r}: no such run; allowed: a run_id of its table of runs")
    study = found.study
    task = _task(study, row)
    if stored is None:
        return _fails_again(found, study, engine, task)
    variant = study.variants[task.variant]
    other = found.record.code != source_hash()
    return _compare(engine, Work.of(study, engine, found.shards), variant, task, study.seed, stored, other)


def _task(study: Study, row: pa.Table) -> Task:
    """The task of one run of a study, from its row."""
    labels = [variant.label for variant in study.variants]
    position = labels.index(row["scenario"][0].as_py())
    point = row["point"][0].as_py()
    number = study.number(position, point, row["replicate"][0].as_py())
    for round_, (first, last) in enumerate(study.rounds):
        if first <= number < last:
            at = point * (last - first) + number - first
            return study.task(round_, position, at, at + 1)
    raise UserError(f"replicate {number} is no part of the study")


def _compare(
    engine: Engine, work: Work, variant: Variant, task: Task, seed: int, stored: pa.Table, other_code: bool
) -> Again:  # fmt: skip
    values = draw_values(variant, task, seed)
    runs = runs_of(task, variant, values, work.columns)
    block = engine.simulate(
        variant.scenario, values, runs.keys.replicate, seed, threads=1, keep_series=True, keep_places=True
    )
    made = run_tables(runs, block, engine, work.columns)["runs"]
    names = [name for name in made.column_names if name in stored.column_names]
    differs = tuple(name for name in names if not _equal(made[name], stored[name]))
    ending = str(made["ending"][0].as_py()) if "ending" in made.column_names else ""
    return Again(block, ending, len(names), differs, None, other_code)


def _fails_again(folder: StudyFolder, study: Study, engine: Engine, task: Task) -> Again:
    try:
        simulate_tables(Work.of(study, engine, folder.shards), task)
    except StageError as failure:
        text = f"{failure.stage}: {type(failure.error).__name__}: {failure.error}"
        return Again(None, "", 0, (), text, False)
    return Again(None, "", 0, ("failure",), "it does not fail any more", True)


def _row(shards: Shards, table: str, run_id: str) -> pa.Table | None:
    """The row of a run, None if there is none."""
    found = shards.read(table, wanted=pc.field("run_id") == run_id)
    return found.slice(0, 1) if found is not None and found.num_rows else None


def _equal(made: pa.ChunkedArray, stored: pa.ChunkedArray) -> bool:
    """Equal to the bit; nan equals nan."""
    a, b = made[0].as_py(), stored[0].as_py()
    if isinstance(a, float) and isinstance(b, (float, int)):
        return np.float64(a).tobytes() == np.float64(b).tobytes()
    return a == b
