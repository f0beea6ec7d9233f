"""Saving a posterior: checked before the work, never over another one unasked, whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from experiments.forecast import save as module
from experiments.forecast.save import may_save, save
from experiments.kit.errors import UserError


def test_nothing_is_replaced_unasked(tmp_path: Path) -> None:
    there = tmp_path / "mine.json"
    there.write_text("mine")
    with pytest.raises(
        UserError, match=r"mine\.json would be replaced; allowed: another path, or replace=true"
    ):
        may_save(str(tmp_path / "mine.csv"), replace=False)
    assert may_save(str(tmp_path / "mine.csv"), replace=True) == tmp_path / "mine.csv"
    assert there.read_text() == "mine"


@pytest.mark.parametrize(("answer", "agreed"), [("y", True), ("yes", True), ("", False), ("no", False)])
def test_a_person_is_asked(
    answer: str, agreed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.csv").write_text("mine")
    monkeypatch.setattr(module.sys, "stdin", type("Terminal", (), {"isatty": staticmethod(lambda: True)})())
    monkeypatch.setattr("builtins.input", lambda _: answer)
    if agreed:
        assert may_save(str(tmp_path / "mine.csv"), replace=False) is not None
    else:
        with pytest.raises(UserError, match="would be replaced"):
            may_save(str(tmp_path / "mine.csv"), replace=False)


def test_a_place_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be written"):
        may_save(str(tmp_path / "file" / "mine.csv"), replace=False)
    with pytest.raises(UserError, match=r"ends in \.csv"):
        may_save("mine.parquet", replace=False)
    assert may_save(None, replace=False) is None


def test_table_and_record_are_saved_together(tmp_path: Path) -> None:
    table = tmp_path / "posterior.csv"
    table.write_text("a\n1\n")
    save(tmp_path / "mine.csv", table, {"as_of": "2023-07-01"})
    assert (tmp_path / "mine.csv").read_text() == "a\n1\n"
    assert json.loads((tmp_path / "mine.json").read_text()) == {"as_of": "2023-07-01"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.csv", "mine.json", "posterior.csv"]
