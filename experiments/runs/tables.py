"""A block of runs as Arrow tables: outcomes, parameters and what is kept of the series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.runs.engine import Engine
from experiments.runs.plan import Keep, Task, Variant
from sim.ensemble import point_hashes
from sim.outcomes import PLACE_SERIES, SERIES
from sim.world.geography import load_geography

TABLES = ("points", "weekly", "series", "places", "routes", "failures", "runs")
"""In the order in which a block writes them; a block counts once its runs, the last, are there."""

QUESTION = "question."
"""Prefix of the columns with the answers to questions: 1 yes, 0 no, nan if not asked or past the horizon."""


@dataclass(frozen=True)
class Columns:
    """Columns that all blocks of a study share, whatever their scenario.

    Attributes:
        labels: scenarios, in plan order.
        parameters: parameters that vary anywhere in the study.
        questions: ids of all questions.
    """

    labels: tuple[str, ...]
    parameters: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Runs:
    """The runs of one block with their identity.

    Attributes:
        variant: their scenario (its points may be left out).
        position: of the scenario in the study.
        point, replicate: int64[n] each.
        values: parameter vectors, float64[n, P].
        hashes: of the points, text[n].
    """

    variant: Variant
    position: int
    point: np.ndarray
    replicate: np.ndarray
    values: np.ndarray
    hashes: Sequence[str]

    @staticmethod
    def of(task: Task, variant: Variant, values: np.ndarray) -> Runs:
        """The runs of a task."""
        point, replicate = task.indices
        hashes = point_hashes(variant.scenario.schema, values)
        return Runs(variant, task.variant, point, replicate, values, hashes)


def run_tables(runs: Runs, block: Any, engine: Engine, columns: Columns) -> dict[str, pa.Table]:
    """The tables ``runs`` (outcomes) and ``points`` (parameters): a row a run each."""
    identity = _identity(runs, columns)
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
    schema = runs.variant.scenario.schema
    parameters = dict(identity)
    for name in columns.parameters:
        column = runs.values[:, schema.index(name)] if name in schema else nothing
        parameters[name] = pa.array(np.ascontiguousarray(column))
    return {"runs": pa.table(outcomes), "points": pa.table(parameters)}


def series_tables(runs: Runs, block: Any, keep: Keep, columns: Columns) -> dict[str, pa.Table]:
    """What is kept of the series; ``weekly`` stays only until the quantiles are made of it."""
    if keep == "none":
        return {}
    start = np.datetime64(runs.variant.scenario.start, "D")
    daily = np.asarray(block.series)
    weekly = to_weeks(daily)
    made = {"weekly": _long(runs, columns, weekly, start, 7, tuple(SERIES))}
    if keep in ("national", "all"):
        made["series"] = _long(runs, columns, daily, start, 1, tuple(SERIES))
    if keep == "all":
        made["places"] = _places(runs, columns, np.asarray(block.places), start)
        made["routes"] = _routes(runs, columns, np.asarray(block.routes), start)
    return made


def weeks_of(days: int) -> int:
    """Weeks of a run: whole ones, since a sum over part of a week would mislead; one if there is none."""
    return max(1, days // 7)


def to_weeks(daily: np.ndarray) -> np.ndarray:
    """Series by week from series by day: float32[n, days, S] to float32[n, weeks, S].

    Flows are summed over the week, stocks have their value on its last day.
    """
    days = daily.shape[1]
    starts = 7 * np.arange(weeks_of(days))
    ends = np.minimum(starts + 6, days - 1)
    daily = daily[:, : ends[-1] + 1]
    weekly = np.ascontiguousarray(daily[:, ends, :], dtype=np.float32)
    for position, series in enumerate(SERIES.values()):
        if series.kind == "flow":
            weekly[:, :, position] = np.add.reduceat(daily[:, :, position], starts, axis=1)
    return weekly


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


def _identity(runs: Runs, columns: Columns) -> dict[str, pa.Array]:
    """Columns that name a run; ``run_id`` is ``scenario/hash of the point/replicate``."""
    replicate = pa.array(runs.replicate)
    name = runs.variant.label
    run_id = pc.binary_join_element_wise(name, pa.array(runs.hashes), replicate.cast(pa.string()), "/")
    return {"run_id": run_id, **_keys(runs, columns, slice(None))}


def _keys(runs: Runs, columns: Columns, rows: slice | np.ndarray) -> dict[str, pa.Array]:
    point = runs.point[rows]
    scenario = np.full(len(point), runs.position, dtype=np.int32)
    return {
        "scenario": pa.DictionaryArray.from_arrays(scenario, list(columns.labels)),
        "point": pa.array(point),
        "replicate": pa.array(runs.replicate[rows]),
    }


def _dates(start: np.datetime64, count: int, step: int) -> np.ndarray:
    return start + np.arange(count) * step


def _long(
    runs: Runs, columns: Columns, values: np.ndarray, start: np.datetime64, step: int, names: Sequence[str]
) -> pa.Table:
    """One row a run and date, one column a series, from values float32[n, dates, S]."""
    n, dates, _ = values.shape
    made = _keys(runs, columns, np.repeat(np.arange(n), dates))
    made["date"] = pa.array(np.tile(_dates(start, dates, step), n))
    for position, name in enumerate(names):
        made[name] = pa.array(np.ascontiguousarray(values[:, :, position]).ravel())
    return pa.table(made)


def _places(runs: Runs, columns: Columns, values: np.ndarray, start: np.datetime64) -> pa.Table:
    """One row a run, week and province, from values float32[n, weeks, 34, K]."""
    n, weeks, provinces, _ = values.shape
    made = _keys(runs, columns, np.repeat(np.arange(n), weeks * provinces))
    made["date"] = pa.array(np.tile(np.repeat(_dates(start, weeks, 7), provinces), n))
    codes = np.tile(np.arange(provinces, dtype=np.int32), n * weeks)
    made["province"] = pa.DictionaryArray.from_arrays(codes, list(load_geography().province_names))
    for position, name in enumerate(PLACE_SERIES):
        made[name] = pa.array(np.ascontiguousarray(values[..., position]).ravel())
    return pa.table(made)


def _route_names() -> list[str]:
    """What each route joins; names of roads repeat, ends do not."""
    geography = load_geography()
    names = geography.node_names
    return [f"{names[link['a']]} - {names[link['b']]}" for link in geography.links]


def _routes(runs: Runs, columns: Columns, values: np.ndarray, start: np.datetime64) -> pa.Table:
    """One row a run, week and route with the flow of arms, from values float32[n, weeks, routes]."""
    n, weeks, routes = values.shape
    made = _keys(runs, columns, np.repeat(np.arange(n), weeks * routes))
    made["date"] = pa.array(np.tile(np.repeat(_dates(start, weeks, 7), routes), n))
    codes = np.tile(np.arange(routes, dtype=np.int32), n * weeks)
    made["route"] = pa.DictionaryArray.from_arrays(codes, _route_names())
    made["arms"] = pa.array(np.ascontiguousarray(values).ravel())
    return pa.table(made)
