"""Executed notebooks and the walk-through: they run as they stand, and hold nothing of the machine that made them."""

from __future__ import annotations

import nbformat
import pytest

from tests.docs.make import NOTEBOOKS, executed

#: Beginnings of paths that belong to some machine.
MACHINES = ("/home/", "/root/", "/tmp/", "/work/", "/Users/", "C:\\\\")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_executed_and_names_no_path_of_a_machine(path):
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    text = path.read_text(encoding="utf-8")
    assert not [place for place in MACHINES if place in text]
    assert sum(bool(cell.outputs) for cell in cells) > len(cells) / 2
    assert not [output for cell in cells for output in cell.outputs if output.output_type == "error"]
    pictures = [output for cell in cells for output in cell.outputs if "image/png" in output.get("data", {})]
    assert len(pictures) >= 2


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_as_it_stands(path, tmp_path):
    again = executed(path, tmp_path)
    kept = nbformat.read(path, as_version=4)
    assert [len(cell.get("outputs", ())) for cell in again.cells] == [
        len(cell.get("outputs", ())) for cell in kept.cells
    ]
