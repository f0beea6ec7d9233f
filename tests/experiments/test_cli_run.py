"""``outlook run`` from the command line to the files: what it prints, what it writes, can it be repeated."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from experiments import load_scenario
from experiments.cli.main import main
from experiments.kit.words import words
from sim.ensemble import simulate
from sim.outcomes import ENDINGS, MEASURES, PLACE_SERIES, SERIES_NAMES
from sim.scenario import Scenario

SHORT = "title: A short world\nstory: Five weeks.\nend: 2021-10-11\nevents: []\n"
RUNS = 12


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A small study, made once by the command line: its folder."""
    folder = tmp_path_factory.mktemp("study")
    (folder / "short.yaml").write_text(SHORT)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        argv = [
            "run",
            "scenario=./short.yaml",
            f"replicates={RUNS}",
            "seed=3",
            "twins=6",
            "keep=all",
            "out=results/first",
        ]
        assert main(argv) == 0
    return folder


def test_the_files_of_a_study_are_all_there_and_nothing_else(study):
    out = study / "results" / "first"
    names = {path.name for path in out.iterdir()}
    tables = {"runs.parquet", "series.parquet", "places.parquet"}
    assert names == tables | {"study.json", "outlook.json", "figures", "report.html"}
    assert [path.name for path in (study / "results").iterdir()] == ["first"]
    figures = list((out / "figures").glob("*.png"))
    assert figures
    for figure in figures:
        assert figure.read_bytes().startswith(b"\x89PNG")


def test_the_outlook_has_the_promised_form(study):
    result = json.loads((study / "results/first/outlook.json").read_text())
    assert result["runs"] == RUNS
    assert tuple(result["endings"]) == ENDINGS
    for value in result["endings"].values():
        assert 0 <= value["low"] <= value["p"] <= value["high"] <= 1
    assert sum(value["p"] for value in result["endings"].values()) == pytest.approx(1)
    scenario = load_scenario(str(study / "short.yaml"))
    assert set(result["questions"]) == {question.id for question in scenario.questions}
    assert result["spread"]


def test_the_tables_hold_what_the_simulator_gives(study):
    """The command line writes the numbers of the public interface, bit for bit."""
    out = study / "results" / "first"
    ensemble = simulate(load_scenario(str(study / "short.yaml")), replicates=RUNS, seed=3)
    runs = pd.read_parquet(out / "runs.parquet")
    assert list(runs["run_id"]) == list(ensemble.runs["run_id"])
    for name in MEASURES:
        np.testing.assert_array_equal(runs[name], ensemble.runs[name])
    series = pd.read_parquet(out / "series.parquet")
    assert len(series) == RUNS * ensemble.dates.size
    for name in SERIES_NAMES:
        np.testing.assert_array_equal(series[name].to_numpy().reshape(RUNS, -1), ensemble.series[name])
    places = pd.read_parquet(out / "places.parquet")
    shape = ensemble.places["deaths"].shape
    for name in PLACE_SERIES:
        np.testing.assert_array_equal(places[name].to_numpy().reshape(shape), ensemble.places[name])
    one = places[(places["run_id"] == runs["run_id"][2]) & (places["place"] == "Panjshir")]
    row = ensemble.provinces.index("Panjshir")
    np.testing.assert_array_equal(one["grievance"], ensemble.places["grievance"][2, :, row])


def test_the_series_read_with_polars_and_duckdb(study):
    path = study / "results/first/series.parquet"
    expected = pd.read_parquet(path).groupby("date")["grievance"].mean()
    polars = pytest.importorskip("polars")
    by_polars = polars.read_parquet(path).group_by("date").agg(polars.col("grievance").mean()).sort("date")
    np.testing.assert_allclose(by_polars["grievance"], expected, rtol=1e-6)
    duckdb = pytest.importorskip("duckdb")
    rows = duckdb.sql(f"select date, avg(grievance) from '{path}' group by date order by date").fetchall()
    np.testing.assert_allclose([row[1] for row in rows], expected, rtol=1e-6)


def test_the_record_is_enough_to_make_the_study_again(study):
    record = json.loads((study / "results/first/study.json").read_text())
    scenario = Scenario.from_mapping(record["scenario"], name=record["name"])
    assert scenario.hash == record["hash"]
    assert record["replicates"] == RUNS
    assert record["seed"] == 3
    assert {"python", "numpy", "numba", "panjshir-outlook"} <= set(record["versions"])
    ensemble = simulate(scenario, replicates=record["replicates"], seed=record["seed"], threads=1)
    runs = pd.read_parquet(study / "results/first/runs.parquet")
    np.testing.assert_array_equal(runs["deaths"], ensemble.runs["deaths"])


def test_the_same_study_again_is_found_and_left_alone(study, monkeypatch, capsys):
    monkeypatch.chdir(study)
    before = {path: path.stat().st_mtime_ns for path in (study / "results/first").rglob("*")}
    argv = [
        "run",
        "scenario=./short.yaml",
        f"replicates={RUNS}",
        "seed=3",
        "twins=6",
        "keep=all",
        "out=results/first",
    ]
    assert main([*argv, "threads=1"]) == 0
    assert "already there" in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in (study / "results/first").rglob("*")} == before
    assert main([*argv[:2], "replicates=5", "seed=3", "out=results/first"]) == 2
    assert "out=results/first: holds another study" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in (study / "results/first").rglob("*")} == before


def test_the_table_in_the_terminal(study, monkeypatch, capsys):
    monkeypatch.chdir(study)
    monkeypatch.setenv("COLUMNS", "120")
    assert main(["run", "scenario=./short.yaml", "replicates=6", "figures=false", "twins=3"]) == 0
    shown = capsys.readouterr().out
    assert "A short world" in shown
    for name in ENDINGS:
        assert words(name) in shown
    assert "95 % interval" in shown
    assert "6 runs in" in shown
    assert "6 runs are few" in shown
    assert "due to parameters, not luck" in shown
    made = [path for path in (study / "results").iterdir() if path.name.startswith("short-")]
    assert len(made) == 1  # the default folder: name of the scenario and a hash
    assert {path.name for path in made[0].iterdir()} == {
        "study.json",
        "runs.parquet",
        "series.parquet",
        "outlook.json",
    }


def test_fixed_parameters_leave_luck_alone(tmp_path, monkeypatch, capsys):
    (tmp_path / "short.yaml").write_text(SHORT)
    monkeypatch.chdir(tmp_path)
    argv = ["run", "scenario=short.yaml", "replicates=4", "uncertainty=none", "figures=false", "out=fixed"]
    assert main(argv) == 0
    assert "the spread is luck alone" in capsys.readouterr().out
    result = json.loads((tmp_path / "fixed/outlook.json").read_text())
    assert result["spread"] == {}


def test_many_runs_are_written_block_by_block(tmp_path, monkeypatch, capsys):
    """More runs than a block: the same numbers as in one go, and row groups of bounded size."""
    (tmp_path / "short.yaml").write_text(SHORT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("experiments.runs.road.batch_size", lambda scenario, held: 5)
    monkeypatch.setattr("experiments.outlook.ensemble.SHOWN", 10)
    monkeypatch.setattr("experiments.runs.parquet._ROWS", 100)
    argv = ["run", "scenario=short.yaml", "replicates=13", "seed=3", "twins=0", "figures=false", "out=many"]
    assert main(argv) == 0
    ensemble = simulate(load_scenario("short.yaml"), replicates=13, seed=3)
    runs = pd.read_parquet(tmp_path / "many/runs.parquet")
    np.testing.assert_array_equal(runs["deaths"], ensemble.runs["deaths"])
    file = pq.ParquetFile(tmp_path / "many/series.parquet")
    assert file.metadata.num_row_groups >= 5
    got = pd.read_parquet(tmp_path / "many/series.parquet", columns=["deaths"])["deaths"]
    np.testing.assert_array_equal(got.to_numpy().reshape(13, -1), ensemble.series["deaths"])


def test_a_failure_in_mid_study_leaves_nothing(tmp_path, monkeypatch, capsys):
    (tmp_path / "short.yaml").write_text(SHORT)
    monkeypatch.chdir(tmp_path)

    def fails(*_):
        raise RuntimeError("boom")

    monkeypatch.setattr("experiments.outlook.run._draw", fails)
    assert main(["run", "scenario=short.yaml", "replicates=2", "out=a/b/c"]) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["short.yaml"]


def test_an_interruption_leaves_nothing(tmp_path, monkeypatch, capsys):
    (tmp_path / "short.yaml").write_text(SHORT)
    monkeypatch.chdir(tmp_path)

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("experiments.runs.road.simulate_points", interrupted)
    assert main(["run", "scenario=short.yaml", "replicates=2", "out=a/b/c"]) == 130
    assert sorted(path.name for path in tmp_path.iterdir()) == ["short.yaml"]
