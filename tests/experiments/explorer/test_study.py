"""A study in the explorer: its filters count as a table does, its pairs share their luck, bad folders are told."""

from __future__ import annotations

import json

import numpy as np
import pytest
from starlette.testclient import TestClient

from experiments.cli.main import main
from experiments.explorer.server import application
from experiments.explorer.state import State
from experiments.explorer.study import NEVER, StudyTable, binned, found_beside
from experiments.explorer.valley import held
from experiments.runs.road import run_blocks
from experiments.runs.store import open_study
from experiments.stats.paired import compare
from tests.experiments.explorer.conftest import REPLICATES

PORT = 8765
BOTH = 2 * REPLICATES


@pytest.fixture(scope="module")
def client(folder):
    state = State.opened(str(folder), threads=1)
    state.ready.set()
    return TestClient(application(state, PORT), base_url=f"http://127.0.0.1:{PORT}")


@pytest.fixture(scope="module")
def runs(folder):
    return open_study(folder).runs()


def look(client, **asked) -> dict:
    got = client.post("/api/study/look", json=asked)
    assert got.status_code == 200, got.text
    return got.json()


def test_the_summary_names_inputs_and_scenarios(client):
    found = client.get("/api/study").json()
    assert found["runs"] == BOTH
    assert [one["label"] for one in found["scenarios"]] == ["baseline", "service_collapse"]
    assert "as of" in found["scenarios"][0]["basis"]
    assert found["same_code"]


def test_filters_count_as_the_table_does(client, runs):
    middle = float(runs["deaths"].median())
    found = look(
        client, wanted={"ranges": {"deaths": [None, middle]}, "scenarios": ["baseline"]}, shown=["deaths"]
    )
    mine = runs[(runs["deaths"] <= middle) & (runs["scenario"] == "baseline")]
    assert found["left"] == len(mine)
    assert sum(found["columns"]["deaths"]["left"]) == len(mine)
    assert sum(found["columns"]["deaths"]["all"]) == BOTH
    for row in found["endings"]:
        assert row["p"] == pytest.approx((mine["ending"] == row["name"]).mean(), abs=1e-4)
        assert row["low"] <= row["p"] <= row["high"]


def test_a_condition_on_a_series_is_the_one_of_given(client, folder, capsys):
    found = look(client, wanted={"conditions": ["deaths > 300 in 2021-10"], "scenarios": ["baseline"]})
    assert main(["given", str(folder), "deaths > 300 in 2021-10", "among=baseline"]) == 0
    assert f"{found['left']} of {REPLICATES}" in capsys.readouterr().out


def test_nothing_left_is_no_error(client):
    found = look(client, wanted={"ranges": {"deaths": [1e12, None]}}, shown=["deaths"],
                 pair=["baseline", "service_collapse"], across="deaths", up="refugees")  # fmt: skip
    assert found["left"] == 0
    assert found["pair"]["pairs"] == 0
    assert (
        client.post("/api/study/map", json={"wanted": {"ranges": {"deaths": [1e12, None]}}}).json()["map"]
        is None
    )


def test_two_scenarios_are_paired_by_their_luck(client, runs):
    found = look(client, pair=["baseline", "service_collapse"])["pair"]
    assert found["pairs"] == REPLICATES
    row = next(row for row in found["rows"] if row["name"] == "deaths")
    a, b = (
        runs[runs["scenario"] == label]["deaths"].to_numpy() for label in ("baseline", "service_collapse")
    )
    expected = compare(b, a)
    assert row["difference"]["mean"] == pytest.approx(expected.difference, rel=1e-4)
    assert row["difference"]["low"] == pytest.approx(expected.low, rel=1e-4)


def test_the_map_is_of_the_same_runs_made_again(client, runs):
    made = client.post(
        "/api/study/map", json={"wanted": {"scenarios": ["baseline"]}, "place": "deaths"}
    ).json()["map"]
    assert made["runs"] == REPLICATES
    assert len(made["mean"][0]) == 34
    # whole weeks alone: a little less than the deaths of the whole time
    mine = runs[runs["scenario"] == "baseline"]["deaths"].mean()
    assert 0.5 * mine < sum(map(sum, made["mean"])) <= mine * 1.001


@pytest.mark.parametrize("design", [
    ["design=worlds", "design.n=4", "replicates=2"], ["taliban.control=0.2,0.9", "luck=own", "replicates=3"],
])  # fmt: skip
def test_runs_of_any_design_are_made_again_from_what_is_stored(tmp_path, design):
    path = tmp_path / "study"
    assert main(["sweep", "end=2021-11-06", *design, "keep=none", "figures=false", f"out={path}"]) == 0
    table = StudyTable.opened(path)
    rows = np.arange(len(table))
    scenario = table.folder.study.variants[0].scenario
    blocks = run_blocks(
        scenario, table.replicate, 1, values=table.parameters(0, rows), held="measures", threads=1
    )
    again = np.concatenate([block.measure("deaths") for block in blocks])
    np.testing.assert_array_equal(again, table.column("deaths"))


def test_the_valley_period_by_period_adds_up_to_the_whole(scenario):
    world = scenario("baseline", "end=2021-12-06")
    first = np.array([0, 24, 55, 85])
    shares = held(world, np.arange(3), 1, first, threads=1)
    from sim.ensemble import simulate

    whole = simulate(world, replicates=3, seed=1, threads=1).block.valley
    lengths = np.diff(np.append(first, world.days))
    np.testing.assert_allclose((shares * lengths[None, :, None]).sum(axis=1) / world.days, whole, rtol=1e-5)


@pytest.mark.parametrize("asked", [
    {"wanted": {"ranges": {"deths": [0, 1]}}}, {"wanted": {"endings": ["peace"]}}, {"pair": ["baseline", "nobody"]},
    {"wanted": {"conditions": ["deaths >"]}}, {"shown": ["../x"]}, {"wanted": {"ranges": {"deaths": ["a", 1]}}},
])  # fmt: skip
def test_what_is_wrong_is_said(client, asked):
    got = client.post("/api/study/look", json=asked)
    assert got.status_code == 400
    assert got.json()["error"]


def test_a_server_without_a_folder_says_how_to_give_one(tmp_path):
    state = State.opened(None)
    client = TestClient(application(state, PORT), base_url=f"http://127.0.0.1:{PORT}")
    got = client.get("/api/study")
    assert got.status_code == 400
    assert "outlook explore FOLDER" in got.json()["error"][0]


@pytest.mark.parametrize("content", [None, {}, {"study.json": "{}"}, {"study.json": "no json"}])
def test_a_bad_folder_is_one_line_before_anything_is_served(tmp_path, capsys, content):
    folder = tmp_path / "bad"
    if content is not None:
        folder.mkdir()
        for name, text in content.items():
            (folder / name).write_text(text)
    assert main(["explore", str(folder), "port=0", "browser=false"]) == 2
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1
    assert "bad" in told


@pytest.mark.parametrize("values", [
    np.array([np.nan, np.nan]), np.zeros(5), np.array([1.0, 2.0, 2.0, np.nan]), np.arange(1000.0),
    np.append(np.zeros(999), 7.0),
])  # fmt: skip
def test_every_run_is_in_one_bar_or_in_none(values):
    bins = binned(values)
    counts, never = bins.counts(None)
    assert counts.sum() == np.isfinite(values).sum()
    assert never == np.isnan(values).sum() == (bins.codes == NEVER).sum()


def test_what_other_verbs_told_of_a_study_is_found_beside_it(folder):
    study = open_study(folder)
    assert found_beside(study, "boxes.json") is None
    for name, source in (("another", "0" * 16), ("of_it", study.record.hash)):
        beside = folder.parent / name
        beside.mkdir()
        (beside / "boxes.json").write_text(json.dumps({"source": source, "boxes": [], "words": name}))
    assert found_beside(study, "boxes.json")["words"] == "of_it"
