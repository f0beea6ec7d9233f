"""What a worker does with one block: draw, simulate, resolve, write; a run that fails becomes a row."""

from __future__ import annotations

import pickle
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from experiments.runs.plan import Keep, Points, Study, Task, Variant, varied
from experiments.runs.road import bytes_of_series
from experiments.runs.series import FIRST, Keys, series_tables
from experiments.runs.store.shards import Shards
from experiments.runs.tables import Columns, Reduction, Runs, empty_runs, failure_table, run_tables
from sim.compiled import source_hash
from sim.ensemble import point_hashes, simulate_points
from sim.outcomes import ENDINGS, MEASURES
from sim.questions import resolve

_CHUNK_BYTES = 24_000_000
"""Series that a worker holds at a time: bounds the memory of a block whatever its size."""
_CHUNK_RUNS = 1000
"""Runs whose parameter vectors a worker holds at a time: they stay in the cache of a processor."""


@dataclass(frozen=True)
class Engine:
    """What a study asks of a model: one function that runs a block, and the names of what comes out.

    The seam is narrow on purpose. The simulator's own ensemble is one engine; a test or a benchmark brings another
    with a few lines of arithmetic, and goes through the same plan, runner and store.

    Attributes
    ----------
    simulate
        Runs a block: ``(scenario, values float64[n, P], replicates int64[n], seed, threads=, keep_series=,
        keep_places=) -> Block``. A function at the top of a module, so that it can travel.
    measures
        Names of the columns of ``block.measures``.
    endings
        What the measure ``ending_code`` counts through; empty: runs have no ending.
    resolve
        Answers of a block to a question: ``(question, block) -> float64[n]``.
    """

    simulate: Callable[..., Any] = simulate_points
    measures: tuple[str, ...] = tuple(MEASURES)
    endings: tuple[str, ...] = tuple(ENDINGS)
    resolve: Callable[[Any, Any], np.ndarray] = resolve


@dataclass(frozen=True)
class Work:
    """What every block of a study needs, sent to a worker once.

    Attributes
    ----------
    variants
        The scenarios, without their points: those travel with the tasks.
    columns
        Columns that all blocks share.
    shards
        Where the results go.
    code
        Fingerprint of the model's code, which a worker's own must equal.
    stop_on_error
        Whether a run that fails ends the study.
    reduction
        What else is kept of the runs.
    """

    engine: Engine
    variants: tuple[Variant, ...]
    columns: Columns
    seed: int
    keep: Keep
    shards: Shards
    code: str
    stop_on_error: bool = False
    reduction: Reduction | None = None

    @staticmethod
    def of(
        study: Study, engine: Engine, shards: Shards, stop_on_error: bool = False,
        reduction: Reduction | None = None,
    ) -> Work:  # fmt: skip
        """The work of a study."""
        light = tuple(
            replace(one, points=Points(one.points.names, one.points.values[:0], one.points.rows[:0]))
            for one in study.variants
        )
        columns = columns_of(study)
        return Work(
            engine, light, columns, study.seed, study.keep, shards, study.code, stop_on_error, reduction
        )


@dataclass(frozen=True)
class Report:
    """What comes back from a block: its task's place, runs that failed, seconds of work."""

    shard: str
    runs: int
    failed: int
    seconds: float


class RunError(Exception):
    """A run failed and the study was told to stop then; the message names run, stage and reason."""


class StageError(Exception):
    """An error with the stage of the run in which it came up."""

    def __init__(self, stage: str, error: Exception) -> None:
        super().__init__(stage)
        self.stage, self.error = stage, error


def columns_of(study: Study) -> Columns:
    """The columns that all blocks of a study share."""
    parameters = [name for variant in study.variants for name in varied(variant)]
    questions = [question.id for variant in study.variants for question in variant.scenario.questions]
    labels = tuple(variant.label for variant in study.variants)
    return Columns(labels, tuple(dict.fromkeys(parameters)), tuple(dict.fromkeys(questions)))


def pack(work: Work) -> bytes:
    """The work of a study as it is sent to workers."""
    return pickle.dumps(work, protocol=pickle.HIGHEST_PROTOCOL)


@lru_cache(maxsize=4)
def _unpack(packed: bytes) -> Work:
    work = pickle.loads(packed)  # made by `pack` in the process that started this study
    if work.code != source_hash():
        raise RuntimeError("a worker has another version of the model, or of the tools that compile it")
    return work


def run_packed(packed: bytes, task: Task) -> Report:
    """`run_block` for executors whose workers do not share memory."""
    return run_block(_unpack(packed), task)


def run_block(work: Work, task: Task) -> Report:
    """Run one block and write its shard; RunError if a run fails and the study stops on errors."""
    begun = time.perf_counter()
    failures: list[dict[str, object]] = []
    parts = [part for piece in _pieces(work, task) for part in _attempt(work, piece, failures)]
    work.shards.commit(task.shard, _together(work, parts, failures))
    return Report(task.shard, len(task), len(failures), time.perf_counter() - begun)


def record_lost(work: Work, task: Task, reason: str) -> Report:
    """Write the shard of a single run that ends every worker that tries it: one failure, no outcome."""
    error = StageError("worker", RuntimeError(reason))
    failure = _failure(work, task, error)
    work.shards.commit(task.shard, _together(work, [], [failure]))
    return Report(task.shard, 1, 1, 0.0)


def series_needed(work: Work, variant: Variant) -> tuple[bool, bool]:
    """Whether the runs of a scenario have to hold national series, and series of places."""
    questions, reduction = variant.scenario.questions, work.reduction
    national = work.keep != "none" or len(questions) > 0 or reduction is not None
    places = any(question.place != "national" for question in questions)
    return national, work.keep in ("monthly", "national", "all") or places or (
        reduction is not None and reduction.places
    )


def _together(
    work: Work, parts: list[dict[str, pa.Table]], failures: list[dict[str, object]]
) -> dict[str, pa.Table]:
    """The tables of a block from those of its pieces, and its failures."""
    made = {"runs": empty_runs(work.engine, work.columns)}
    for name in dict.fromkeys(name for part in parts for name in part):
        made[name] = pa.concat_tables([part[name] for part in parts if name in part])
    if failures:
        made["failures"] = failure_table(failures, work.columns)
    return made


def _pieces(work: Work, task: Task) -> list[Task]:
    """The task in pieces of at most `_CHUNK_RUNS` runs whose series fit in `_CHUNK_BYTES`."""
    variant = work.variants[task.variant]
    national, places = series_needed(work, variant)
    each = bytes_of_series(variant.scenario.days, national, places)
    size = min(_CHUNK_RUNS, max(1, _CHUNK_BYTES // each) if each else len(task))
    return [task.part(start, min(start + size, task.stop)) for start in range(task.start, task.stop, size)]


def _attempt(work: Work, task: Task, failures: list[dict[str, object]]) -> list[dict[str, pa.Table]]:
    """Tables of the runs of a task; if one of them fails it is found by halving, and the others go on."""
    try:
        return [simulate_tables(work, task)]
    except StageError as stage:
        if len(task) > 1:
            first, second = task.halves()
            return _attempt(work, first, failures) + _attempt(work, second, failures)
        failure = _failure(work, task, stage)
        if work.stop_on_error:
            raise RunError(f"{failure['run_id']}: {failure['stage']}: {failure['message']}") from None
        failures.append(failure)
        return []


def draw_values(variant: Variant, task: Task, seed: int) -> np.ndarray:
    """Parameter vectors of a block, float64 ``(runs, parameters)``: each run's draw under what is swept."""
    point, _ = task.indices
    distinct, inverse = np.unique(task.drawn, return_inverse=True)
    values = variant.scenario.draw(distinct, seed)[inverse]
    schema, names = variant.scenario.schema, variant.points.names
    swept = [(position, schema.index(name)) for position, name in enumerate(names) if name in schema]
    if swept:
        columns, targets = (list(which) for which in zip(*swept, strict=True))
        values[:, targets] = task.points[point - task.start // task.count][:, columns]
    return values


def runs_of(task: Task, variant: Variant, values: np.ndarray, columns: Columns) -> Runs:
    """The runs of a task with these parameter vectors: their identity, and what varies in the study."""
    schema = variant.scenario.schema
    moving = {name: values[:, schema.index(name)] for name in columns.parameters if name in schema}
    keys = Keys(columns.labels, task.variant, *task.indices)
    return Runs(variant, keys, point_hashes(schema, values), moving)


def simulate_tables(work: Work, task: Task) -> dict[str, pa.Table]:
    """Tables of the runs of a task, nothing written; an error says in which stage it came up (``stage``)."""
    variant, engine = work.variants[task.variant], work.engine
    national, places = series_needed(work, variant)
    stage = "draw"
    try:
        values = draw_values(variant, task, work.seed)
        runs = runs_of(task, variant, values, work.columns)
        stage = "simulate"
        block = engine.simulate(
            variant.scenario, values, runs.keys.replicate, work.seed,
            threads=1, keep_series=national, keep_places=places,
        )  # fmt: skip
        stage = "outcome"
        made = run_tables(runs, block, engine, work.columns)
        if work.reduction is not None:
            made["reduced"] = work.reduction.table(runs.keys, block)
        shown = max(0, min(len(task), FIRST - task.start)) if task.round == 0 else 0
        shown = len(task) if work.keep == "monthly" else shown
        return {**made, **series_tables(runs.keys, block, work.keep, shown)}
    except Exception as error:  # whatever a run may raise: it is a row of the study and stops nobody else
        raise StageError(stage, error) from error


def _failure(work: Work, task: Task, stage: StageError) -> dict[str, object]:
    """The row of a run that failed: a task of one run."""
    variant = work.variants[task.variant]
    (point,), (replicate,) = task.indices
    try:
        values = draw_values(variant, task, work.seed)
        mark = point_hashes(variant.scenario.schema, values)[0]
    except Exception:  # the draw itself may be what failed: the run then has no point to hash
        mark = "unknown"
    error = stage.error
    return {
        "run_id": f"{variant.label}/{mark}/{replicate}",
        "scenario": variant.label,
        "point": int(point),
        "replicate": int(replicate),
        "stage": stage.stage,
        "error": type(error).__name__,
        "message": str(error) or type(error).__name__,
        "traceback": "".join(traceback.format_exception(error)),
    }
