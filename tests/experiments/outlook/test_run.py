"""``outlook run`` from the command line to the files: what it prints, what it writes, can it be repeated."""

from __future__ import annotations

import json
import os
import signal
import time

import numpy as np
import pandas as pd
import pytest

from experiments import load_scenario
from experiments.cli.main import main
from experiments.kit.words import words
from experiments.runs.series import read_paths
from experiments.runs.store import open_study
from experiments.runs.work import run_block
from experiments.stats.bands import gather
from sim.ensemble import simulate
from sim.outcomes import ENDINGS, MEASURES, PLACE_SERIES, SERIES, SERIES_NAMES

SHORT = "title: A short world\nstory: Five weeks.\nend: 2021-10-11\nevents: []\n"
RUNS = 12
FIRST = [
    "run",
    "scenario=./short.yaml",
    f"replicates={RUNS}",
    "seed=3",
    "twins=6",
    "keep=all",
    "out=results/first",
]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A small study, made once by the command line: its folder."""
    folder = tmp_path_factory.mktemp("study")
    (folder / "short.yaml").write_text(SHORT)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(FIRST) == 0
    return folder


def test_the_report_tells_a_typical_run_and_draws_its_path(study):
    page = (study / "results" / "first" / "report.html").read_text(encoding="utf-8")
    assert '<section id="typical"' in page
    assert "The run ends in" in page
    assert "outlook animate results/first short/" in page
    assert 'data-layer="typical"' in page


def test_the_files_of_a_study_are_all_there_and_nothing_else(study):
    out = study / "results" / "first"
    names = {path.name for path in out.iterdir() if not path.name.startswith(".")}
    record = {"study.json", "plan.parquet", "finished.json", "README.md", "columns.csv", "blocks"}
    tables = {"runs", "points", "paths", "series", "provinces", "valley", "flows", "places", "routes"}
    whole = {"quantiles.parquet", "twins.parquet"}
    assert names == record | tables | whole | {"outlook.json", "figures", "report.html"}
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
    runs = pd.read_parquet(out / "runs")
    assert list(runs["run_id"]) == list(ensemble.runs["run_id"])
    for name in MEASURES:
        np.testing.assert_array_equal(runs[name], ensemble.runs[name])
    series = pd.read_parquet(out / "series")
    assert len(series) == RUNS * ensemble.dates.size
    for name in SERIES_NAMES:
        np.testing.assert_array_equal(series[name].to_numpy().reshape(RUNS, -1), ensemble.series[name])
    places = pd.read_parquet(out / "places")
    shape = ensemble.places["deaths"].shape
    for name in PLACE_SERIES:
        np.testing.assert_array_equal(places[name].to_numpy().reshape(shape), ensemble.places[name])
    one = places[(places["replicate"] == runs["replicate"][2]) & (places["province"] == "Panjshir")]
    row = ensemble.provinces.index("Panjshir")
    np.testing.assert_array_equal(one["grievance"], ensemble.places["grievance"][2, :, row])


def test_the_compact_tables_add_up(study):
    """Provinces, the valley and flows say what the full tables and the public interface say."""
    out = study / "results" / "first"
    ensemble = simulate(load_scenario(str(study / "short.yaml")), replicates=RUNS, seed=3)
    provinces = pd.read_parquet(out / "provinces")
    for name, how in (("deaths", "sum"), ("attacks", "sum"), ("pockets", "mean"), ("grievance", "mean")):
        expected = getattr(ensemble.places[name].astype(float), how)(axis=1)
        np.testing.assert_allclose(provinces[name].to_numpy().reshape(RUNS, -1), expected)
    valley = pd.read_parquet(out / "valley")
    np.testing.assert_array_equal(valley["held"].to_numpy().reshape(RUNS, -1), ensemble.block.valley)
    flows, routes = pd.read_parquet(out / "flows"), pd.read_parquet(out / "routes")
    assert flows["arms"].sum() == pytest.approx(routes["arms"].sum())
    assert (flows["arms"] > 0).all()


def test_the_drawn_parameters_are_kept(study):
    scenario = load_scenario(str(study / "short.yaml"))
    points = pd.read_parquet(study / "results/first/points")
    drawn = scenario.draw(np.arange(RUNS), 3)
    for name in scenario.space.names:
        np.testing.assert_array_equal(points[name], drawn[:, scenario.schema.index(name)])


def test_the_series_read_with_polars_and_duckdb(study):
    path = study / "results/first/series"
    expected = pd.read_parquet(path).groupby("date")["grievance"].mean()
    polars = pytest.importorskip("polars")
    shards = str(path / "*.parquet")
    by_polars = polars.read_parquet(shards).group_by("date").agg(polars.col("grievance").mean()).sort("date")
    np.testing.assert_allclose(by_polars["grievance"], expected, rtol=1e-6)
    duckdb = pytest.importorskip("duckdb")
    rows = duckdb.sql(f"select date, avg(grievance) from '{shards}' group by date order by date").fetchall()
    np.testing.assert_allclose([row[1] for row in rows], expected, rtol=1e-6)


def test_the_record_is_enough_to_make_the_study_again(study):
    folder = open_study(study / "results/first")
    (variant,) = folder.study.variants
    assert folder.study.seed == 3
    assert {"python", "numpy", "numba", "panjshir-outlook"} <= set(folder.record.provenance.versions)
    ensemble = simulate(variant.scenario, replicates=RUNS, seed=3, threads=1)
    np.testing.assert_array_equal(folder.runs()["deaths"], ensemble.runs["deaths"])


def test_the_same_study_again_is_found_and_left_alone(study, monkeypatch, capsys):
    monkeypatch.chdir(study)
    before = {path: path.stat().st_mtime_ns for path in (study / "results/first").rglob("*")}
    assert main([*FIRST, "threads=1"]) == 0
    assert "already there" in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in (study / "results/first").rglob("*")} == before
    assert main([*FIRST[:2], "replicates=5", "seed=3", "out=results/first"]) == 2
    error = capsys.readouterr().err
    assert "results/first: holds another study" in error
    assert "replicates" in error
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
    assert "6 runs in results/short-" in shown
    assert "6 runs are few" in shown
    assert "due to parameters, not luck" in shown
    made = [path for path in (study / "results").iterdir() if path.name.startswith("short-")]
    assert len(made) == 1  # the default folder: name of the scenario and a hash
    assert (made[0] / "outlook.json").is_file()
    assert not (made[0] / "report.html").exists()


def test_fixed_parameters_leave_luck_alone(tmp_path, monkeypatch, capsys):
    (tmp_path / "short.yaml").write_text(SHORT)
    monkeypatch.chdir(tmp_path)
    argv = ["run", "scenario=short.yaml", "replicates=4", "uncertainty=none", "figures=false", "out=fixed"]
    assert main(argv) == 0
    assert "the spread is luck alone" in capsys.readouterr().out
    result = json.loads((tmp_path / "fixed/outlook.json").read_text())
    assert result["spread"] == {}


def test_a_figure_that_fails_loses_nothing(tmp_path, monkeypatch, capsys):
    (tmp_path / "short.yaml").write_text(SHORT)
    monkeypatch.chdir(tmp_path)

    def fails(tables):
        raise RuntimeError("no\nink")

    with monkeypatch.context() as patch:
        patch.setattr("experiments.outlook.figures.endings.endings", fails)
        assert main(["run", "scenario=short.yaml", "replicates=2", "out=a"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if "could not" in line] == [
        "outlook: a/figures/endings.png: could not be drawn: no ink"
    ]
    assert (tmp_path / "a/report.html").is_file()
    assert (tmp_path / "a/figures/fans.png").is_file()
    assert len(pd.read_parquet(tmp_path / "a/runs")) == 2
    assert main(["resume", "a"]) == 0
    assert (tmp_path / "a/figures/endings.png").is_file()


def test_a_page_that_fails_loses_nothing(tmp_path, monkeypatch, capsys):
    (tmp_path / "short.yaml").write_text(SHORT)
    monkeypatch.chdir(tmp_path)

    def fails(*_, **__):
        raise ValueError("no paper")

    monkeypatch.setattr("experiments.outlook.report.write_report", fails)
    assert main(["run", "scenario=short.yaml", "replicates=2", "out=a"]) == 1
    assert "outlook: a/report.html: could not be made: no paper" in capsys.readouterr().err
    assert (tmp_path / "a/outlook.json").is_file()
    assert main(["status", "a"]) == 0
    assert "finished" in capsys.readouterr().out


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path, monkeypatch, capsys):
    """Ctrl-C in the middle: the blocks that are done stay, and the whole equals a run that was not stopped."""
    (tmp_path / "short.yaml").write_text(SHORT)
    monkeypatch.chdir(tmp_path)
    words = ["run", "scenario=short.yaml", "replicates=12", "seed=3", "threads=1", "figures=false"]
    blocks = 0

    def interrupted(job, task):
        nonlocal blocks
        blocks += 1
        if blocks == 3:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.1)
        return run_block(job, task)

    with monkeypatch.context() as patch:
        patch.setattr("experiments.runs.executors.run_block", interrupted)
        assert main([*words, "out=a"]) == 130
    assert "go on with: outlook resume a" in capsys.readouterr().err
    done = open_study("a").runs_done()
    assert 0 < done < 12
    assert main(["status", "a"]) == 0
    assert f"{done} of 12" in capsys.readouterr().out
    assert main([*words, "out=a"]) == 0  # the same command goes on; so does outlook resume
    assert main([*words, "out=b"]) == 0
    assert (tmp_path / "a/outlook.json").read_bytes() == (tmp_path / "b/outlook.json").read_bytes()
    first, second = (open_study(name).runs() for name in "ab")
    pd.testing.assert_frame_equal(first, second)


def test_an_interruption_after_the_runs_is_made_good(tmp_path, monkeypatch, capsys):
    (tmp_path / "short.yaml").write_text(SHORT)
    monkeypatch.chdir(tmp_path)

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("experiments.runs.road.simulate_points", interrupted)
        assert main(["run", "scenario=short.yaml", "replicates=4", "figures=false", "out=a"]) == 130
    assert "go on with: outlook resume a" in capsys.readouterr().err
    assert main(["resume", "a", "figures=false"]) == 0
    assert json.loads((tmp_path / "a/outlook.json").read_text())["spread"]


def test_two_runs_are_paired(tmp_path, monkeypatch, capsys):
    """Two scenarios, one seed: compare pairs them replicate by replicate, as in a sweep of both."""
    (tmp_path / "short.yaml").write_text(SHORT)
    monkeypatch.chdir(tmp_path)
    words = ["scenario=short.yaml", "replicates=5", "seed=3", "figures=false"]
    assert main(["run", *words, "twins=0", "out=first"]) == 0
    assert main(["run", *words, "twins=0", "caches.abundance=3", "out=second"]) == 0
    capsys.readouterr()
    assert main(["compare", "first", "second", "out=both"]) == 0
    assert "second:short minus first:short (5 pairs of runs)" in capsys.readouterr().out
    (pair,) = json.loads((tmp_path / "both/compare.json").read_text())
    deaths = [open_study(name).runs()["deaths"].mean() for name in ("first", "second")]
    assert pair["outcomes"]["deaths"]["difference"] == pytest.approx(deaths[1] - deaths[0])


def test_fans_of_a_run_and_of_a_sweep_are_the_same(tmp_path, monkeypatch):
    (tmp_path / "long.yaml").write_text("title: Long\nstory: Half a year.\nend: 2022-03-10\nevents: []\n")
    monkeypatch.chdir(tmp_path)
    words = ["scenario=long.yaml", "replicates=5", "seed=3", "figures=false"]
    assert main(["run", *words, "out=run", "twins=0"]) == 0
    assert main(["sweep", *words, "out=sweep", "keep=quantiles"]) == 0
    one, two = (read_paths(open_study(name), 0) for name in ("run", "sweep"))
    assert set(one) == set(SERIES_NAMES)
    ensemble = simulate(load_scenario("long.yaml"), replicates=5, seed=3)
    for name, periods in one.items():
        np.testing.assert_array_equal(periods.values, two[name].values)
        np.testing.assert_array_equal(periods.starts, two[name].starts)
        flow = SERIES[name].kind == "flow"
        daily = gather(ensemble.series[name], ensemble.dates, "month", "sum" if flow else "mean")
        expected = daily.whole() if flow else daily
        np.testing.assert_allclose(periods.values, expected.values, rtol=1e-6)
