"""Files are written whole, and only where they seem to be."""

from __future__ import annotations

import os
import stat

import pytest

from experiments.kit import files


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
