"""``columns.csv`` names every column that a study writes, once, with its unit."""

from __future__ import annotations

import pandas as pd
import pyarrow.parquet as pq
import pytest

from experiments.cli.main import main
from experiments.kit import dictionary


@pytest.mark.parametrize("keep", ["none", "quantiles", "all"])
def test_every_column_is_named(keep, tmp_path):
    out = tmp_path / "study"
    words = [
        "sweep",
        "caches.abundance=0.5,2",
        "replicates=2",
        "end=2021-10-20",
        f"keep={keep}",
        "figures=false",
    ]
    assert main([*words, f"out={out}"]) == 0
    named = pd.read_csv(out / "columns.csv", keep_default_na=False)
    assert not named.duplicated(["table", "column"]).any()
    tables = {path.name for path in out.iterdir() if path.is_dir()} - {"blocks", "figures"}
    assert set(named["table"]) == tables
    for table in tables:
        columns = set(pq.read_schema(next((out / table).glob("*.parquet"))).names)
        assert set(named.loc[named["table"] == table, "column"]) == columns
    parameters = named[(named["table"] == "points") & named["column"].str.contains(".", regex=False)]
    assert (parameters["unit"] != "").all()


def test_texts_of_questions_are_no_formulas(tmp_path):
    dictionary.write(tmp_path, [dictionary.Described("runs", "a", "-1 to 1", "=HYPERLINK(1)\x1b[2J")])
    assert (tmp_path / "columns.csv").read_text().splitlines()[1] == "runs,a,'-1 to 1,'=HYPERLINK(1)"
    assert dictionary.read(tmp_path) == [("runs", "a", "-1 to 1", "=HYPERLINK(1)")]
