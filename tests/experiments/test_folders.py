"""Result folders: complete or absent, never replaced."""

from __future__ import annotations

import json
import os

import pytest

from experiments.kit.errors import UserError
from experiments.runs.folders import fresh, holds


def test_a_folder_appears_whole_at_the_end(tmp_path):
    target = tmp_path / "a" / "b"
    with fresh(target) as working:
        (working / "file").write_text("x")
        assert not target.exists()
    assert (target / "file").read_text() == "x"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]


def test_an_empty_folder_is_used(tmp_path):
    (tmp_path / "out").mkdir()
    assert not holds(tmp_path / "out", "id")
    with fresh(tmp_path / "out") as working:
        (working / "file").write_text("x")
    assert (tmp_path / "out" / "file").exists()


def test_a_failure_leaves_no_trace_and_keeps_what_was_there(tmp_path):
    (tmp_path / "there").mkdir()

    def fails():
        with fresh(tmp_path / "there" / "new" / "out") as working:
            (working / "file").write_text("x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert [path.name for path in tmp_path.rglob("*")] == ["there"]


def test_two_writers_never_mix(tmp_path):
    target = tmp_path / "out"

    def both():
        with fresh(target) as slow:
            (slow / "file").write_text("slow")
            with fresh(target) as quick:
                (quick / "file").write_text("quick")

    with pytest.raises(UserError, match="filled by somebody else"):
        both()
    assert (target / "file").read_text() == "quick"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_is_recognised_by_its_identity(tmp_path):
    (tmp_path / "study.json").write_text(json.dumps({"identity": "abc"}))
    assert holds(tmp_path, "abc")
    with pytest.raises(UserError, match="another study"):
        holds(tmp_path, "abd")
    (tmp_path / "study.json").write_text("{broken")
    with pytest.raises(UserError, match="other files"):
        holds(tmp_path, "abc")


def test_a_file_or_a_dangling_link_in_the_way_is_told(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="is a file"):
        holds(tmp_path / "file", "id")
    os.symlink(tmp_path / "nowhere", tmp_path / "link")
    with pytest.raises(UserError):
        holds(tmp_path / "link", "id")
    with pytest.raises(UserError, match="cannot be written"), fresh(tmp_path / "file" / "out"):
        pass


def test_permissions_are_those_of_an_ordinary_folder(tmp_path):
    with fresh(tmp_path / "out"):
        pass
    (tmp_path / "plain").mkdir()
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "plain").stat().st_mode
