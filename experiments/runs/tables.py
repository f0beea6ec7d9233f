"""A block of runs as Arrow tables: their identity, outcomes and parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.runs.plan import Variant
from experiments.runs.series import Keys
from sim.ensemble import Block

if TYPE_CHECKING:
    from experiments.runs.work import Engine

TABLES = ("points", "weekly", "paths", "series", "provinces", "valley", "flows", "places", "routes", "reduced",
          "failures", "runs")  # fmt: skip
"""In the order in which a block writes them; a block counts once its runs, the last, are there."""

QUESTION = "question."
"""Prefix of the columns with the answers to questions: 1 yes, 0 no, nan if not asked or past the horizon."""


@dataclass(frozen=True)
class Reduction:
    """What a verb keeps of its runs beside their outcomes: the table ``reduced``, a row a run.

    Attributes
    ----------
    make
        ``(block) -> name to numbers (runs,) or (runs, width)``; it has to travel: a function at the top of a module, or
        an object of plain data.
    places
        Whether it reads series of places.
    """

    make: Callable[[Block], Mapping[str, np.ndarray]]
    places: bool = False

    def table(self, keys: Keys, block: Block) -> pa.Table:
        """The table of a block of runs."""
        made: dict[str, pa.Array] = keys.columns()
        for name, values in self.make(block).items():
            flat = pa.array(np.ascontiguousarray(values).ravel())
            made[name] = (
                flat if values.ndim == 1 else pa.FixedSizeListArray.from_arrays(flat, values.shape[1])
            )
        return pa.table(made)


@dataclass(frozen=True)
class Columns:
    """Columns that all blocks of a study share: scenarios in order, parameters that vary anywhere, ids of questions."""

    labels: tuple[str, ...]
    parameters: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Runs:
    """The runs of one block: scenario, identity, hashes of their points, and each parameter that varies ``(runs,)``."""

    variant: Variant
    keys: Keys
    hashes: Sequence[str]
    parameters: Mapping[str, np.ndarray]


def run_tables(runs: Runs, block: Any, engine: Engine, columns: Columns) -> dict[str, pa.Table]:
    """The tables ``runs`` (outcomes) and ``points`` (parameters): a row a run each."""
    identity = _identity(runs)
    outcomes = dict(identity)
    measures = np.asarray(block.measures, dtype=np.float64)
    if engine.endings:
        codes = measures[:, engine.measures.index("ending_code")].astype(np.int32)
        outcomes["ending"] = pa.DictionaryArray.from_arrays(codes, list(engine.endings))
    for position, name in enumerate(engine.measures):
        outcomes[name] = pa.array(np.ascontiguousarray(measures[:, position]))
    asked = {question.id: question for question in runs.variant.scenario.questions}
    nothing = np.full(len(measures), np.nan)
    for name in columns.questions:
        answer = engine.resolve(asked[name], block) if name in asked else nothing
        outcomes[QUESTION + name] = pa.array(np.asarray(answer, dtype=np.float64))
    parameters = dict(identity)
    for name in columns.parameters:
        parameters[name] = pa.array(np.ascontiguousarray(runs.parameters.get(name, nothing)))
    return {"runs": pa.table(outcomes), "points": pa.table(parameters)}


def empty_runs(engine: Engine, columns: Columns) -> pa.Table:
    """The table ``runs`` without a row: what a block leaves whose runs have all failed."""
    text = pa.dictionary(pa.int32(), pa.string())
    fields: list[tuple[str, pa.DataType]] = [("run_id", pa.string()), ("scenario", text)]
    fields += [("point", pa.int64()), ("replicate", pa.int64())]
    fields += [("ending", text)] if engine.endings else []
    fields += [(name, pa.float64()) for name in engine.measures]
    fields += [(QUESTION + name, pa.float64()) for name in columns.questions]
    return pa.schema(fields).empty_table()


def failure_table(rows: Sequence[Mapping[str, object]], columns: Columns) -> pa.Table:
    """The table ``failures``: a row a run that failed."""
    names = ("run_id", "scenario", "point", "replicate", "stage", "error", "message", "traceback")
    types = (pa.string(), pa.string(), pa.int64(), pa.int64(), *(pa.string(),) * 4)
    made = {
        name: pa.array([row[name] for row in rows], kind) for name, kind in zip(names, types, strict=True)
    }
    scenario = pa.array([columns.labels.index(str(row["scenario"])) for row in rows], pa.int32())
    made["scenario"] = pa.DictionaryArray.from_arrays(scenario, list(columns.labels))
    return pa.table(made)


def _identity(runs: Runs) -> dict[str, pa.Array]:
    """Columns that name a run; ``run_id`` is ``scenario/hash of the point/replicate``."""
    replicate = pa.array(runs.keys.replicate).cast(pa.string())
    run_id = pc.binary_join_element_wise(runs.variant.label, pa.array(runs.hashes), replicate, "/")
    return {"run_id": run_id, **runs.keys.columns()}
