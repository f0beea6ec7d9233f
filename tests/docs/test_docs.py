"""Executed notebooks and the walk-through: they run as they stand, and hold nothing of the machine that made them."""

from __future__ import annotations

import nbformat
import pytest

from tests.docs.make import DOCS, NOTEBOOKS, WALKTHROUGH, commands, executed, figures, run

#: Beginnings of paths that belong to some machine.
MACHINES = ("/home/", "/root/", "/tmp/", "/Users/", "C:\\\\")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_executed_and_names_no_path_of_a_machine(path):
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    text = path.read_text(encoding="utf-8")
    assert not [place for place in MACHINES if place in text]
    assert sum(bool(cell.outputs) for cell in cells) > len(cells) / 2
    assert not [output for cell in cells for output in cell.outputs if output.output_type == "error"]
    pictures = [output for cell in cells for output in cell.outputs if "image/png" in output.get("data", {})]
    assert len(pictures) >= 2


def test_there_are_three_notebooks():
    assert [path.name[0] for path in NOTEBOOKS] == ["1", "2", "3"]


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_as_it_stands(path, tmp_path):
    again = executed(path, tmp_path)
    kept = nbformat.read(path, as_version=4)
    assert [len(cell.get("outputs", ())) for cell in again.cells] == [
        len(cell.get("outputs", ())) for cell in kept.cells
    ]


def test_the_walk_through_has_ten_commands_and_a_figure_for_most_answers():
    text = WALKTHROUGH.read_text(encoding="utf-8")
    assert len(commands(text)) == 10
    made = [word for command in commands(text) for word in command.split() if word.startswith("out=")]
    for copy, source in figures(text):
        assert 5_000 < (DOCS / copy).stat().st_size < 120_000
        assert f"out={'/'.join(source.split('/')[:2])}" in made
    assert len(figures(text)) == 4


@pytest.mark.slow
def test_the_commands_of_the_walk_through_run_as_they_stand(tmp_path):
    text = WALKTHROUGH.read_text(encoding="utf-8")
    for command in commands(text):
        done = run(command, tmp_path)
        assert done.returncode == 0, f"{command}\n{done.stderr}"
    for _, source in figures(text):
        assert (tmp_path / source).is_file()
    assert (tmp_path / "results/levers/report.html").is_file()
