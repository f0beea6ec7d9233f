"""Tables of people: read with care, written so that a spreadsheet runs nothing."""

from __future__ import annotations

import io
import os

import numpy as np
import pandas as pd
import pytest

from experiments.kit.errors import UserError
from experiments.kit.tables import read_table, to_csv


def test_texts_that_look_like_formulas_get_a_quote_and_numbers_stay():
    table = pd.DataFrame(
        {"id": ["=1+1", "+a", "-b", "@c", "\tx", "plain", None], "x": [-1.5, 2, 3, 4, 5, 6, np.nan]}
    )
    again = pd.read_csv(io.StringIO(to_csv(table)))
    assert again["id"].fillna("").tolist() == ["'=1+1", "'+a", "'-b", "'@c", "'\tx", "plain", ""]
    assert again["x"].tolist()[:6] == [-1.5, 2, 3, 4, 5, 6]
    assert to_csv(pd.DataFrame({"=cmd()": [1]})).startswith("'=cmd()\n")
    assert to_csv(pd.DataFrame({"a": pd.Categorical(["=x", "y"])})) == "a\n'=x\ny\n"
    assert to_csv(pd.DataFrame({"a": ["\x1b[31m=x", " =x", "＝x", "a\x9bb"]})) == "a\n'=x\n' =x\n'＝x\nab\n"
    assert to_csv(pd.DataFrame({"a": [1 / 3]})) == "a\n0.333333\n"


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe" * 50, b"a,b\n1,2,3\n1,2,3,4,5\n", b"a\n1,2\n3,4\n", b'a\n"b']
)
def test_what_is_no_table_is_refused_in_one_line(tmp_path, ending, content):
    path = tmp_path / f"t{ending}"
    path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        read_table(path)
    assert len(caught.value.lines) == 1
    assert str(caught.value).startswith(str(path))


def test_a_comma_at_the_end_of_each_line_moves_no_column(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2,\n3,4,\n")
    assert read_table(tmp_path / "t.csv").to_dict("list") == {"a": [1, 3], "b": [2, 4]}


def test_pipes_devices_and_folders_are_not_opened(tmp_path):
    os.mkfifo(tmp_path / "p.csv")
    (tmp_path / "d.parquet").mkdir()
    (tmp_path / "z.csv").symlink_to("/dev/zero")
    for name, words in {"p.csv": "a pipe", "d.parquet": "a folder", "z.csv": "a device"}.items():
        with pytest.raises(UserError, match=f"found {words}"):
            read_table(tmp_path / name)
    with pytest.raises(UserError, match="no such file"):
        read_table(tmp_path / "nothing.csv")
