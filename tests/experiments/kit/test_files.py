"""Files are written whole, and only where they seem to be."""

from __future__ import annotations

import os
import stat

import pytest
from matplotlib.figure import Figure

from experiments.drawing import style
from experiments.kit import files
from experiments.kit.errors import UserError


def test_a_link_is_replaced_and_what_it_points_to_keeps_its_bytes(tmp_path):
    mine = tmp_path / "mine"
    mine.write_text("mine")
    link = tmp_path / "finished.json"
    link.symlink_to(mine)
    files.write(link, "theirs")
    assert (mine.read_text(), link.read_text(), link.is_symlink()) == ("mine", "theirs", False)


def test_what_is_no_plain_file_is_not_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder"):
        with pytest.raises(OSError):
            files.write(tmp_path / name, "x")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "pipe"]


def test_rights_of_a_replaced_file_stay(tmp_path):
    path = tmp_path / "a"
    path.write_text("x")
    path.chmod(0o640)
    files.write(path, "y")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("y", 0o640)


def test_a_figure_replaces_a_link_too(tmp_path):
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "a.png").symlink_to(tmp_path / "mine")
    style.save(Figure(), tmp_path / "a.png")
    assert (tmp_path / "mine").read_text() == "mine"
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_a_linked_folder_in_a_folder_of_results_is_refused(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "results").mkdir()
    assert files.check_own(tmp_path / "results") == tmp_path / "results"
    (tmp_path / "link").symlink_to(tmp_path / "results")
    files.check_own(tmp_path / "link")  # the folder itself may be one
    (tmp_path / "results" / "figures").symlink_to(tmp_path / "mine")
    with pytest.raises(UserError, match="results/figures: is a link to another folder"):
        files.check_own(tmp_path / "results")
    (tmp_path / "results" / "figures").unlink()
    os.mkfifo(tmp_path / "results" / "finished.json")
    with pytest.raises(UserError, match=r"results/finished\.json: found a pipe or a device"):
        files.check_own(tmp_path / "results")
