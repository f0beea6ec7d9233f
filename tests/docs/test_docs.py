"""Executed notebooks and the walk-through: they run as they stand, and hold nothing of the machine that made them."""

from __future__ import annotations

import json

import nbformat
import pytest

from tests.docs import understanding
from tests.docs.make import DOCS, NOTEBOOKS, UNDERSTANDING, WALKTHROUGH, commands, executed, figures, run

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


def test_the_tables_of_a_page_are_those_of_the_folders_of_its_commands(tmp_path):
    """What the commands wrote is what the page says, between its marks; the rest of the page stays."""
    text = UNDERSTANDING.read_text(encoding="utf-8")
    boxes = understanding.discoveries(commands(text))
    assert boxes == ["results/consolidation", "results/resurgence", "results/civil_war"]
    assert [source for _, source in figures(text)] == [
        "results/worlds/sensitivity/ranking.png", "results/worlds/sensitivity/over_time.png",
        "results/civil_war/boxes.png",
    ]  # fmt: skip
    names = [f"a.b{n}" for n in range(9)] + [*understanding.DRIVERS[:1], "c.d"]
    indices = [
        {"parameter": name, "value": 0.5 - n / 25, "low": -0.1, "high": 0.6} for n, name in enumerate(names)
    ]
    told = [
        {"outcome": name, "label": name, "luck": {"share": 0.4, "low": 0.3, "high": 0.5}, "floor": 0.006,
         "indices": indices}
        for name in understanding.OUTCOMES
    ]  # fmt: skip
    some = {"estimate": 0.2, "low": 0.1, "high": 0.3}
    limit = {"parameter": "a.b", "words": "a.b above 1.5 (share)", "quasi_p": 2e-5, "comes_back": 0.85}
    box = {
        "number": 1,
        "limits": [limit],
        "density": some,
        "coverage": some,
        "found": some | {"estimate": 0.35},
    }
    for name in (understanding.WORLDS, understanding.SCREENING, *boxes):
        (tmp_path / name).mkdir(parents=True)
        found = {"words": "ending is peace", "met": 9, "runs": 1200, "share": 0.12, "boxes": [box]}
        (tmp_path / name / "boxes.json").write_text(json.dumps(found), encoding="utf-8")
        (tmp_path / name / "sensitivity.json").write_text(json.dumps({"outcomes": told}), encoding="utf-8")
    made = understanding.filled(text, tmp_path, commands(text))
    assert made.splitlines()[:20] == text.splitlines()[:20]
    assert (
        "| 10 | **taliban.service_delivery** | 14 % [0, 60] | **taliban.service_delivery** | 0.14 [-0.10, 0.60] |"
        in made
    )
    assert "of which `taliban.service_delivery` is among these: `taliban.service_delivery` 10 of 11" in made
    assert "### Peace (9 of 1,200 runs)" in made
    assert "| 1: `a.b` above 1.5 (share) | 20 % [10, 30] | 35 % [10, 30] | 20 % [10, 30] |" in made
    assert "0 of the 3 densities found lie in the interval claimed; box 1 for peace" in made
    assert "come back in at least half of the halves: for peace `a.b`; for peace `a.b`" in made
    assert understanding.filled(made, tmp_path, commands(text)) == made
