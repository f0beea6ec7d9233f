"""The tables that ``outlook run`` and ``outlook sweep`` write, pinned: the same bits whatever the road to them.

The record stands beside this file. It knows values, not files: tables are found by name and put in order by run and
date, so that a change of the folder's layout moves nothing. After a change that is meant to change runs, move it with

    python -m tests.golden.test_tables

and say in the commit why it moved.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.dataset as ds
import pytest

from sim.outcomes import ENDINGS, MEASURES, PLACE_SERIES, SERIES_NAMES

PIN = Path(__file__).with_name("tables.json")
COMMANDS = {
    "run": "run scenario=baseline end=2022-06-01 replicates=8 seed=5 twins=4 keep=all figures=false",
    "sweep": "sweep scenario=baseline,corridor_opens taliban.service_delivery=0.2,0.8 end=2022-06-01 replicates=3 "
    "seed=5 keep=all figures=false",
}


def _table(folder: Path, name: str) -> pd.DataFrame:
    """A table of a folder of runs, one file or a folder of shards, in the order of runs and dates."""
    path = folder / name
    path = path if path.is_dir() else folder / f"{name}.parquet"
    frame = ds.dataset(path, format="parquet").to_table().to_pandas()
    frame = frame.rename(columns={"province": "place"})
    if "run_id" in frame and "replicate" not in frame:
        frame["replicate"] = frame["run_id"].astype(str).str.rpartition("/")[2].astype(int)
    keys = [k for k in ("scenario", "point", "replicate", "date", "place") if k in frame]
    order = frame[keys].astype({k: str for k in keys if k in ("scenario", "place")})
    return frame.loc[order.sort_values(keys, kind="stable").index]


def _hash(frame: pd.DataFrame, names: tuple[str, ...], kind: str) -> str:
    return hashlib.sha256(np.ascontiguousarray(frame[list(names)].to_numpy(kind)).tobytes()).hexdigest()


def record(folder: Path) -> dict[str, object]:
    """What is pinned of a folder: endings in words, and a hash of each table's values."""
    runs = _table(folder, "runs")
    endings = list(runs["ending"].astype(str))
    assert set(endings) <= set(ENDINGS)
    questions = tuple(sorted(name for name in runs if name.startswith("question.")))
    return {
        "run_ids": sorted(runs["run_id"].astype(str)),
        "endings": endings,
        "measures": _hash(runs, tuple(MEASURES), "<f8"),
        "questions": {name: _hash(runs, (name,), "<f8") for name in questions},
        "series": _hash(_table(folder, "series"), tuple(SERIES_NAMES), "<f4"),
        "places": _hash(_table(folder, "places"), tuple(PLACE_SERIES), "<f4"),
    }


def made(verb: str, folder: Path) -> dict[str, object]:
    """The record of a verb's folder, made anew."""
    from experiments.cli.main import main

    assert main([*COMMANDS[verb].split(), f"out={folder}"]) == 0
    return record(folder)


@pytest.mark.parametrize("verb", COMMANDS)
def test_tables_are_as_pinned(verb, tmp_path):
    pinned = json.loads(PIN.read_text(encoding="utf-8"))[verb]
    assert made(verb, tmp_path / verb) == pinned


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        pins = {verb: made(verb, Path(scratch) / verb) for verb in COMMANDS}
    PIN.write_text(json.dumps(pins, indent=1) + "\n", encoding="utf-8")
