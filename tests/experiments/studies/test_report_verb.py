"""``outlook report``: the page of any folder again, and a dictionary of columns beside every table."""

from __future__ import annotations

import csv
import shutil

import pandas as pd
import pytest

from experiments import compare, forecast, run, sweep
from experiments.cli.main import main
from experiments.kit import dictionary

SHORT = {"end": "2021-12-06", "replicates": 20, "seed": 3}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A folder of each kind: runs with a page of their own, runs without one, and results without runs."""
    root = tmp_path_factory.mktemp("report")
    run(out=root / "run", twins=0, figures=False, **SHORT)
    study = sweep(scenario=["baseline", "caches_abundant"], out=root / "sweep", **SHORT)
    compare(study, out=root / "compare")
    forecast(questions="first_year", replicates=20, out=root / "forecast")
    return root


@pytest.mark.parametrize(
    ("name", "told"),
    [
        pytest.param("run", ["Conditional outlook", "figure-endings"], marks=pytest.mark.slow),
        (
            "sweep",
            ["outlook sweep", "2 scenarios side by side", "Share of the runs", "figure-endings-by-scenario"],
        ),
        ("compare", ["Comparison", "differences.csv", "figure-differences-0"]),
        ("forecast", ["outlook forecast", "questions.csv", "figure-questions"]),
    ],
)
def test_the_page_of_any_folder_is_made_again(name, told, folders, capsys):
    page = folders / name / "report.html"
    page.unlink(missing_ok=True)
    assert main(["report", str(folders / name)]) == 0
    assert capsys.readouterr().out.strip() == f"Written: {page}"
    text = page.read_text()
    assert all(one in text for one in told)
    assert "<script" not in text or name == "run"


@pytest.mark.parametrize("name", ["run", "sweep", "compare", "forecast"])
def test_every_column_of_every_table_is_in_the_dictionary(name, folders):
    known = {(row.table, row.column): row for row in dictionary.read(folders / name)}
    found = {}
    for path in (folders / name).glob("*.csv"):
        if path.name != dictionary.FILE:
            with path.open(newline="") as file:
                found[path.stem] = next(csv.reader(file))
    for path in (folders / name).glob("*/*.parquet"):
        found[path.parent.name] = list(pd.read_parquet(path).columns)
    assert found
    for table, columns in found.items():
        for column in columns:
            assert known[table, column].meaning, (table, column)


def test_what_holds_no_results_or_is_not_finished_is_refused_in_a_line(folders, tmp_path, capsys):
    assert main(["report", str(tmp_path)]) == 2
    assert "holds no results; allowed: a folder that a verb of outlook made" in capsys.readouterr().err
    half = shutil.copytree(folders / "sweep", tmp_path / "half")
    (half / "finished.json").unlink()
    assert main(["report", str(half)]) == 2
    assert "is not finished; outlook resume" in capsys.readouterr().err


def test_without_a_browser_pdf_is_refused_in_a_line_before_any_work(folders, monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert main(["report", str(folders / "compare"), "format=pdf"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "format=pdf: no browser on this machine" in said


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs a browser")
def test_a_browser_prints_the_page(folders, capsys):
    assert main(["report", str(folders / "compare"), "format=pdf"]) == 0
    assert (folders / "compare" / "report.pdf").read_bytes().startswith(b"%PDF")
