"""``study.json`` and ``plan.parquet``: a study written down before it runs, and read back to run it again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.kit.errors import UserError, first_line
from experiments.kit.reading import not_plain, sha256
from experiments.runs.folders import RECORD
from experiments.runs.plan import Points, Study, Variant
from experiments.runs.stopping import Looks
from experiments.runs.store.record import FORMAT, FileRecord, Files, RuleRecord, ScenarioRecord, StudyRecord
from sim.scenario import Scenario, ScenarioError
from sim.uncertainty import Space

PLAN = "plan.parquet"
LUCK = "luck"
"""Column of the plan with the numbers of replicates, where they were chosen."""
POSTERIORS = "posteriors"
"""Folder of the posterior draws that scenarios bring with them."""
_POSTERIOR = re.compile(rf"{POSTERIORS}/[0-9a-f]{{8}}\.parquet")


def to_record(study: Study) -> dict[str, Any]:
    """A study as plain data, its points (``plan.parquet``) and posterior tables aside."""
    rule = study.replicates
    auto = (
        {"precision": rule.precision, "level": rule.level, "count": rule.count}
        if isinstance(rule, Looks)
        else None
    )
    return {
        "format": FORMAT,
        "kind": "sweep",
        "hash": study.hash,
        "identity": study.identity,
        "seed": study.seed,
        "replicates": auto or rule,
        "replicates_rule": rule.describe() if isinstance(rule, Looks) else f"{rule} at every point",
        "keep": study.keep,
        "luck": study.luck,
        "code": study.code,
        "design": dict(study.design),
        "draws": list(study.draws),
        "asked": dict(study.asked),
        "first": study.first,
        "scenarios": [_scenario_record(variant) for variant in study.variants],
    }


def _scenario_record(variant: Variant) -> dict[str, Any]:
    scenario = variant.scenario
    return {
        "label": variant.label,
        "name": scenario.name,
        "points": len(variant.points),
        "swept": list(variant.points.names),
        "uncertain": list(scenario.space.names),
        "posterior": posterior_file(scenario.space) if scenario.space.posterior is not None else None,
        "scenario": scenario.to_mapping(),
        "block": variant.points.block,
        "problem": dict(variant.problem),
    }


def from_record(record: StudyRecord, folder: Path) -> Study:
    """The study of a folder.

    Raises
    ------
    UserError
        If its files are not those that its record names, are no such tables, or hold no scenario.
    """
    check_files(folder, record.files)
    plan = read_plan(folder)
    variants = tuple(_variant(entry, plan, folder) for entry in record.scenarios)
    given = record.replicates
    rule = Looks(**given.model_dump()) if isinstance(given, RuleRecord) else given
    return Study(
        variants, rule, record.seed, record.keep, record.luck,
        record.design.model_dump(exclude_unset=True), tuple(record.draws), record.asked, record.first,
        record.code,
    )  # fmt: skip


def check_files(folder: Path, files: Files) -> None:
    """Raise UserError if a file of a folder is missing or is not the one that was written."""
    for name, expected in files.items():
        problem = file_problem(folder, name, expected)
        if problem:
            raise UserError(f"{folder / name}: {problem}; allowed: the file that was written with the study")


def file_problem(folder: Path, name: str, expected: FileRecord) -> str | None:
    """What is wrong with a file of a folder; None if nothing is."""
    path = folder / name
    if Path(name).name != name and not _POSTERIOR.fullmatch(name):
        return "is no file of the folder"
    try:
        found = not_plain(path)
        if found is not None:
            return f"is {found}"
        same = path.stat().st_size == expected.size and sha256(path) == expected.sha256
    except FileNotFoundError:
        return "is missing"
    except (OSError, ValueError) as error:
        return f"cannot be read: {error}"
    return None if same else "is damaged"


def facts_of(path: Path) -> FileRecord:
    """Size and checksum of a file that was written."""
    return FileRecord(size=path.stat().st_size, sha256=sha256(path))


def _variant(entry: ScenarioRecord, plan: pa.Table, folder: Path) -> Variant:
    source = folder / RECORD
    try:
        scenario = Scenario.from_mapping(entry.scenario, name=entry.name, source=str(source))
    except ScenarioError as error:
        raise UserError(f"{source}: this version cannot read its scenario: {error.problems[0]}") from None
    if entry.posterior is not None:
        scenario = scenario.with_space(_posterior(entry.posterior, scenario, folder))
    return Variant(
        entry.label, scenario, _points(entry, plan, folder), entry.problem.model_dump(exclude_unset=True)
    )


def _posterior(name: str, scenario: Scenario, folder: Path) -> Space:
    """The space of a scenario with the posterior draws that were written beside it."""
    if not _POSTERIOR.fullmatch(name):
        raise UserError(f"{folder / RECORD}: posterior: found {name!r}; allowed: {POSTERIORS}/HASH.parquet")
    table = _read_table(folder / name)
    unknown = [column for column in table.column_names if column not in scenario.schema]
    if unknown or not all(pa.types.is_float64(field.type) for field in table.schema):
        raise UserError(f"{folder / name}: allowed: columns of numbers, named as parameters")
    draws = np.column_stack([column.to_numpy() for column in table.columns])
    return Space(scenario.space.priors, tuple(table.column_names), np.ascontiguousarray(draws))


def _points(entry: ScenarioRecord, plan: pa.Table, folder: Path) -> Points:
    """The points of a scenario from the plan: each of them stands there at least once."""
    names = tuple(entry.swept)
    columns = {"scenario", "point", *names}
    if not columns <= set(plan.column_names):
        raise UserError(f"{folder / PLAN}: allowed: a table with {', '.join(sorted(columns))}")
    rows = plan.filter(pa.compute.equal(plan["scenario"].cast(pa.string()), entry.label))
    index = rows["point"].to_numpy()
    if not np.array_equal(np.unique(index), np.arange(entry.points)):
        raise UserError(f"{folder / PLAN}: allowed: the {entry.points:,} points of {entry.label}")
    values = np.empty((entry.points, len(names)))
    for position, name in enumerate(names):
        values[index, position] = rows[name].to_numpy()
    luck = None
    if LUCK in plan.column_names and not rows[LUCK].null_count:
        luck = np.empty(entry.points, dtype=np.int64)
        luck[index] = rows[LUCK].to_numpy()
    return Points(names, values, index, entry.block, luck)


def write_plan(study: Study, path: Path) -> None:
    """Write the whole design, a row a row of it: scenario, point and the swept values, and luck that was chosen."""
    names = tuple(dict.fromkeys(name for variant in study.variants for name in variant.points.names))
    labels = [variant.label for variant in study.variants]
    tables = []
    for position, variant in enumerate(study.variants):
        points = variant.points
        code = np.full(len(points.rows), position, dtype=np.int32)
        columns: dict[str, pa.Array] = {
            "scenario": pa.DictionaryArray.from_arrays(code, labels),
            "row": pa.array(np.arange(len(points.rows))),
            "point": pa.array(points.rows),
        }
        for name in names:
            swept = name in points.names
            column = points.values[points.rows, points.names.index(name)] if swept else None
            columns[name] = pa.array(column) if swept else pa.nulls(len(code), pa.float64())
        if any(one.points.luck is not None for one in study.variants):
            luck = points.luck
            columns[LUCK] = pa.nulls(len(code), pa.int64()) if luck is None else pa.array(luck[points.rows])
        tables.append(pa.table(columns))
    pq.write_table(pa.concat_tables(tables), path, compression="zstd", use_dictionary=["scenario"])


def read_plan(folder: Path) -> pa.Table:
    """The design of a study's folder; raises UserError if it is no such table."""
    return _read_table(folder / PLAN)


def _read_table(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise UserError(f"{path}: cannot be read as a table: {first_line(error)}") from None


def posterior_file(space: Space) -> str:
    """Name of the file with posterior draws, by their content: scenarios that share them share the file."""
    head = json.dumps(space.posterior_names).encode()
    digest = hashlib.sha256(head + np.ascontiguousarray(space.posterior).tobytes()).hexdigest()
    return f"{POSTERIORS}/{digest[:8]}.parquet"


def write_posteriors(study: Study, folder: Path) -> list[str]:
    """Write the posterior draws that scenarios bring with them; gives the names of the files."""
    written: list[str] = []
    for space in (variant.scenario.space for variant in study.variants):
        if space.posterior is not None and posterior_file(space) not in written:
            columns = {name: space.posterior[:, i] for i, name in enumerate(space.posterior_names)}
            written.append(posterior_file(space))
            (folder / POSTERIORS).mkdir(exist_ok=True)
            pq.write_table(pa.table(columns), folder / written[-1], compression="zstd")
    return written


def dump(record: Mapping[str, Any]) -> str:
    """A record as text; floats keep every bit."""
    return json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
