"""Result folders: complete or absent, never replaced."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.kit.errors import UserError
from experiments.runs.folders import fresh, holds, result


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


def test_the_current_folder_and_a_link_are_filled_where_they_are(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with fresh(Path(".")) as working:
        (working / "figures").mkdir()
        (working / "figures" / "a.png").write_bytes(b"x")
        (working / "study.json").write_text("{}")
    assert sorted(os.listdir(".")) == ["figures", "study.json"]
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with fresh(tmp_path / "link") as working:
        (working / "file").write_text("x")
    assert (tmp_path / "link").is_symlink()
    assert os.listdir(tmp_path / "real") == ["file"]


def test_a_failure_in_a_folder_that_was_there_leaves_it_empty(tmp_path):
    def fails():
        with fresh(tmp_path) as working:
            (working / "file").write_text("x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize("damage", ["x", None, '{"a": 2}'])
def test_a_result_that_was_damaged_is_not_shown_again(tmp_path, damage):
    out = tmp_path / "out"
    with fresh(out) as working:
        (working / "study.json").write_text(json.dumps({"identity": "abc"}))
        (working / "claims.json").write_text('{"a": 1}')
    assert holds(out, "abc")
    assert result(out, "claims.json") == {"a": 1}
    if damage is None:
        (out / "claims.json").unlink()
    else:
        (out / "claims.json").write_text(damage)
    with pytest.raises(UserError, match=r"claims\.json: is missing or damaged; allowed"):
        holds(out, "abc")


def test_a_place_that_cannot_be_written_is_told_before_the_work(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"out=.*is no folder; allowed"):
        holds(tmp_path / "file" / "out", "id")


def test_a_group_that_the_parent_hands_down_stays(tmp_path):
    tmp_path.chmod(0o2775)
    with fresh(tmp_path / "out") as working:
        (working / "file").write_text("x")
    assert (tmp_path / "out").stat().st_mode & 0o2000


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path):
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom experiments.runs.folders import fresh\n"
        "with fresh(Path(sys.argv[1])) as working:\n    (working / 'half').touch()\n    os._exit(9)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "out")], env=environment, check=False)
    (left,) = tmp_path.iterdir()
    assert (left / "half").exists()
    (tmp_path / ".out.mine1234").mkdir()  # named alike, but of nobody who locks
    with fresh(tmp_path / "out") as working, fresh(tmp_path / "out2"):
        (working / "a").touch()
        assert not left.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".out.mine1234", "out", "out2"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a"]
