"""Tables whose checksums are right and whose rows are not those of the plan: refused, whatever they hold."""

from __future__ import annotations

import hashlib
import json
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from experiments.kit.errors import UserError
from experiments.runs import store
from tests.experiments.runs import toy_engine as toy


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    made = toy.study(keep="national")
    return toy.run(made, tmp_path_factory.mktemp("sound") / "s", function=toy.failing)


def replaced(table: pa.Table, name: str, values: list | pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, pa.array(values))


CHANGES = {
    "a column is gone": lambda t: t.drop_columns(["point"]),
    "texts for numbers": lambda t: replaced(t, "point", ["x"] * len(t)),
    "another point": lambda t: replaced(t, "point", [99] * len(t)),
    "a point below none": lambda t: replaced(t, "point", [-5] * len(t)),
    "numbers for names": lambda t: replaced(t, "scenario", [1] * len(t)),
    "another scenario": lambda t: replaced(t, "scenario", ["x"] * len(t)),
    "nothing for numbers": lambda t: replaced(t, "replicate", pa.nulls(len(t), pa.int64())),
    "parts of numbers": lambda t: replaced(t, "replicate", [0.5] * len(t)),
    "no rows": lambda t: t.slice(0, 0),
    "one row": lambda t: t.slice(0, 1),
    "rows twice": lambda t: pa.concat_tables([t, t]),
    "another order": lambda t: t.take(list(range(len(t)))[::-1]),
    "another table": lambda t: pa.table({"a": [1]}),
    "all texts": lambda t: pa.table({name: ["x"] * len(t) for name in t.column_names}),
}


def put(folder, table: str, shard: str, content: bytes) -> None:
    """Write a shard with a record that fits."""
    name = f"{folder.record.hash}-{shard}"
    (folder.path / table / f"{name}.parquet").write_bytes(content)
    record = folder.path / "blocks" / f"{name}.json"
    facts = json.loads(record.read_text())
    facts["files"][table] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    record.write_text(json.dumps(facts))


def copy_of(sound, place) -> store.StudyFolder:
    shutil.copytree(sound.path, place)
    return store.open_study(place)


def test_a_sound_study_with_failed_runs_is_sound(sound):
    assert sound.failed() > 0
    assert sound.sound() is sound


@pytest.mark.parametrize("table", ["runs", "points", "series"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_rows_that_are_not_those_of_the_plan_are_refused(sound, tmp_path, change, table):
    folder = copy_of(sound, tmp_path / "s")
    shard = folder.shards.names(table)[1]
    sink = pa.BufferOutputStream()
    pq.write_table(change(folder.shards.read_shard(table, shard)), sink)
    put(folder, table, shard, sink.getvalue().to_pybytes())
    assert not folder.problems()
    with pytest.raises(UserError, match=rf"{table}/.*{shard}\.parquet: .*; remove that file") as caught:
        folder.sound()
    assert len(caught.value.lines) == 1


def test_what_is_no_table_and_what_is_no_block_are_refused(sound, tmp_path):
    folder = copy_of(sound, tmp_path / "s")
    put(folder, "runs", folder.shards.names("runs")[0], b"PAR1")
    with pytest.raises(UserError, match=r"runs/.*: cannot be read"):
        folder.sound()
    folder = copy_of(sound, tmp_path / "t")
    blocks = folder.path / "blocks"
    first = sorted(blocks.iterdir())[0]
    (blocks / first.name.replace("-s000-", "-s077-")).write_bytes(first.read_bytes())
    with pytest.raises(UserError, match=r"is missing|is no block of the study"):
        folder.sound()
