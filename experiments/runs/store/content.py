"""Whether the tables of a study hold the runs that its plan says: each once, with columns of the right types.

Checksums tell damage; a folder that somebody made or changed by hand may still hold other rows.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from experiments.kit.errors import first_line
from experiments.runs.plan import Study
from experiments.runs.series import KEYS
from experiments.runs.store.shards import Shards, located

_WORDS = ("run_id", "scenario", "ending")
_DAYS = ("date",)
_LONG = ("series",)
"""Tables with a row a run and day."""


def fault(study: Study, shards: Shards) -> str | None:
    """What is wrong with the rows of a study's tables, file and fault in words; None if nothing is.

    The checksums of its shards are right.
    """
    there = {table: set(shards.names(table)) for table in ("runs", "points", "reduced", "failures", *_LONG)}
    for shard in shards.blocks():
        round_, variant, start, stop = located(shard)
        known = round_ < len(study.rounds) and variant < len(study.variants)
        if not known or not start < stop <= study.size(round_, variant):
            return f"blocks/{shards.study}-{shard}.json: is no block of the study"
        for table in ("runs", "points", "reduced", *_LONG):
            if shard in there[table]:
                problem = _fault(study, shards, table, shard, shard in there["failures"])
                if problem is not None:
                    return f"{table}/{shards.study}-{shard}.parquet: {problem}"
    return None


def _fault(study: Study, shards: Shards, table: str, shard: str, failed: bool) -> str | None:
    """What is wrong with one shard."""
    try:
        file = shards.open(table, shard)
        schema = file.schema_arrow
        wrong = [field.name for field in schema if not _fits(field)]
        if wrong or not set(KEYS) <= set(schema.names):
            return f"column {wrong[0]} is of another type" if wrong else "lacks columns"
        found = file.read(list(KEYS))
        failures = shards.read_shard("failures", shard, list(KEYS)) if failed else None
    except (pa.ArrowException, OSError, KeyError) as error:
        return f"cannot be read: {first_line(error)}"
    expected = _expected(study, shard, failures)
    times = study.variants[located(shard)[1]].scenario.days if table in _LONG else 1
    same = all(_equal(found[name], np.repeat(expected[name], times)) for name in KEYS)
    return None if same else "holds other runs than the plan says"


def _fits(field: pa.Field) -> bool:
    """Whether a column has the type that its name asks for."""
    inner = pa.types.is_dictionary(field.type) or pa.types.is_fixed_size_list(field.type)
    kind = field.type.value_type if inner else field.type
    if field.name in _WORDS:
        return bool(pa.types.is_string(kind))
    if field.name in _DAYS:
        return bool(pa.types.is_temporal(kind))
    return bool(pa.types.is_integer(kind) if field.name in KEYS else pa.types.is_floating(kind))


def _expected(study: Study, shard: str, failures: pa.Table | None) -> Mapping[str, np.ndarray]:
    """The keys of the runs of a block, those that failed left out."""
    round_, variant, start, stop = located(shard)
    point, replicate = study.task(round_, variant, start, stop).indices
    if failures is not None:
        lost = set(zip(failures["point"].to_pylist(), failures["replicate"].to_pylist(), strict=True))
        kept = [key not in lost for key in zip(point.tolist(), replicate.tolist(), strict=True)]
        point, replicate = point[kept], replicate[kept]
    label = np.full(len(point), study.variants[variant].label, dtype=object)
    return {"scenario": label, "point": point, "replicate": replicate}


def _equal(found: pa.ChunkedArray, expected: np.ndarray) -> bool:
    if len(found) != len(expected) or found.null_count:
        return False
    values = found.cast(pa.string()) if expected.dtype == object else found
    return bool(np.array_equal(values.to_numpy(), expected))
