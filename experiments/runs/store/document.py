"""``study.json`` and ``plan.parquet``: a study written down before it runs, and read back to run it again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.kit.errors import UserError
from experiments.runs.plan import Points, Study, Variant
from experiments.runs.stopping import Looks
from sim.scenario import Scenario, ScenarioError
from sim.uncertainty import Space

FORMAT = 1
RECORD = "study.json"
PLAN = "plan.parquet"


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
        "posterior": posterior_file(variant.label) if scenario.space.posterior is not None else None,
        "scenario": scenario.to_mapping(),
    }


def from_record(record: Mapping[str, Any], folder: Path) -> Study:
    """The study of a folder.

    Raises:
        UserError: if the record is of another format, or parts of it are missing or are no study.
    """
    source = folder / RECORD
    if record.get("format") != FORMAT or record.get("kind") != "sweep":
        raise UserError(f"{source}: found no study of a sweep; allowed: a folder that outlook sweep made")
    try:
        plan = read_plan(folder)
        variants = tuple(_variant(entry, plan, folder) for entry in record["scenarios"])
        given = record["replicates"]
        rule = Looks(**given) if isinstance(given, dict) else int(given)
        return Study(
            variants, rule, record["seed"], record["keep"], record["code"], record["luck"], record["design"]
        )  # fmt: skip
    except ScenarioError as error:
        raise UserError(f"{source}: this version cannot read its scenario: {error.problems[0]}") from None
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise UserError(f"{source}: cannot be read: {type(error).__name__}: {error}") from None


def _variant(entry: Mapping[str, Any], plan: pa.Table, folder: Path) -> Variant:
    label = entry["label"]
    scenario = Scenario.from_mapping(entry["scenario"], name=entry["name"], source=str(folder / RECORD))
    if entry["posterior"]:
        table = pq.read_table(folder / entry["posterior"])
        draws = np.column_stack([column.to_numpy() for column in table.columns])
        space = Space(scenario.space.priors, tuple(table.column_names), np.ascontiguousarray(draws))
        scenario = scenario.with_space(space)
    rows = plan.filter(pa.compute.equal(plan["scenario"].cast(pa.string()), label))
    names = tuple(entry["swept"])
    index = rows["point"].to_numpy()
    values = np.empty((entry["points"], len(names)))
    for position, name in enumerate(names):
        values[index, position] = rows[name].to_numpy()
    return Variant(label, scenario, Points(names, values, index))


def write_plan(study: Study, path: Path) -> None:
    """Write the whole design, a row a row of it: scenario, point and the swept values."""
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
        tables.append(pa.table(columns))
    pq.write_table(pa.concat_tables(tables), path, compression="zstd", use_dictionary=["scenario"])


def read_plan(folder: Path) -> pa.Table:
    """The design of a study's folder."""
    return pq.read_table(folder / PLAN)


def posterior_file(label: str) -> str:
    """Name of the file with the posterior draws of a scenario."""
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in label)
    return f"posterior-{safe}.parquet"


def write_posteriors(study: Study, folder: Path) -> None:
    """Write the posterior draws that scenarios bring with them."""
    for variant in study.variants:
        space = variant.scenario.space
        if space.posterior is not None:
            columns = {name: space.posterior[:, i] for i, name in enumerate(space.posterior_names)}
            pq.write_table(pa.table(columns), folder / posterior_file(variant.label), compression="zstd")


def dump(record: Mapping[str, Any]) -> str:
    """A record as text; floats keep every bit."""
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"
