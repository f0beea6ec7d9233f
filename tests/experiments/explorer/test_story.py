"""One run as a story, as the server tells it: the stored run to the bit, its days and its agents."""

from __future__ import annotations

import numpy as np
import pytest
from starlette.testclient import TestClient

from experiments.cli.main import main
from experiments.explorer.server import application
from experiments.explorer.state import State
from experiments.explorer.story import AGENTS
from experiments.runs.store import open_study
from sim.outcomes import ENDINGS
from sim.world.tables import TABLES

PORT = 8765


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("story") / "run"
    asked = ["scenario=baseline", "end=2021-12-06", "replicates=6", "twins=0", "figures=false", f"out={out}"]
    assert main(["run", *asked]) == 0
    return out


@pytest.fixture(scope="module")
def runs(folder):
    return open_study(folder).runs()


def client_of(folder) -> TestClient:
    state = State.opened(folder, threads=1)
    state.ready.set()
    return TestClient(application(state, PORT), base_url=f"http://127.0.0.1:{PORT}")


@pytest.fixture(scope="module")
def client(folder):
    return client_of(str(folder))


def told(client, what: str, **asked) -> dict:
    got = client.post(f"/api/story/{what}", json=asked)
    assert got.status_code == 200, got.text
    return got.json()


def refused(client, what: str, **asked) -> str:
    got = client.post(f"/api/story/{what}", json=asked)
    assert got.status_code == 400
    return " ".join(got.json()["error"])


def test_the_dots_are_the_runs_of_the_folder(client, runs):
    found = told(client, "dots", x="deaths", y="final_services")
    assert found["runs"] == runs["run_id"].tolist()
    assert [ENDINGS[code] for code in found["endings"]] == runs["ending"].tolist()
    assert np.allclose(found["x"], runs["deaths"], rtol=1e-4)
    assert np.allclose(found["y"], runs["final_services"], rtol=1e-4)
    assert {"name": "refugees", "text": "refugees", "unit": "people"} in found["measures"]


def test_every_run_is_replayed_to_the_bit(client, runs):
    for row in range(3):
        found = told(client, "run", run=runs["run_id"][row])
        assert found["differs"] == []
        assert found["compared"] > 50
        assert ENDINGS[found["ending"]] == runs["ending"][row]
        assert sum(found["national"]["deaths"]) <= runs["deaths"][row]


def test_days_follow_from_first_flags_and_changes(client, runs):
    found = told(client, "run", run=runs["run_id"][0])
    assert found["days"] == 91
    assert len(found["capital"]["first"]) == 34
    assert all(0 <= day < 91 for day, _, _ in found["place"]["changes"])
    assert {one["kind"] for one in found["events"]} <= {kind["name"] for kind in found["kinds"]}
    assert found["events"][-1]["kind"] == "ending"
    assert len(found["pockets"]) == 13


@pytest.mark.parametrize("table", AGENTS)
def test_agents_of_a_day_have_all_their_fields_with_units(client, runs, table):
    found = told(client, "agents", run=runs["run_id"][0], table=table, day=40)
    assert len(found["fields"]) == len(TABLES[table])
    assert all(one["meaning"] for one in found["fields"])
    assert all(len(row["values"]) == len(found["fields"]) for row in found["rows"])
    assert table == "pocket" or found["rows"]


def test_agents_change_from_day_to_day(client, runs):
    first, later = (
        told(client, "agents", run=runs["run_id"][0], day=day)["rows"][0]["values"] for day in (0, 60)
    )
    assert first != later


def test_a_series_of_the_map_is_that_of_the_run(client, runs):
    found = told(client, "place", run=runs["run_id"][1], place="deaths")
    assert np.array(found["values"]).shape == (13, 34)
    assert np.sum(found["values"]) == pytest.approx(runs["deaths"][1])


def test_what_is_not_there_is_refused_in_words(client, runs):
    run = runs["run_id"][0]
    assert "no such run" in refused(client, "run", run="baseline/000000000000/0")
    assert "allowed: 0 to 91" in refused(client, "agents", run=run, day=92)
    assert "allowed: front" in refused(client, "agents", run=run, table="p")
    assert "allowed: deaths" in refused(client, "place", run=run, place="secrets")
    assert "x" in refused(client, "dots", x="__class__")


def test_a_replicate_of_the_live_outlook_is_told_without_a_folder():
    client = client_of(None)
    assert "there is no folder here" in refused(client, "dots")
    ask = {"scenario": "siege_2021"}
    found = told(client, "dots", ask=ask, x="deaths", y="deaths")
    assert len(found["runs"]) == 256
    replayed = told(client, "run", ask=ask, run="7")
    assert replayed["differs"] == []
    assert replayed["ending"] == found["endings"][7]
    assert "a replicate from 0 to 255" in refused(client, "run", ask=ask, run="256")


def test_a_run_of_other_code_is_said_to_differ(folder, runs, monkeypatch):
    import experiments.explorer.story as story

    reproduce = story.reproduce_in

    def changed(*asked, **more):
        again = reproduce(*asked, **more)
        object.__setattr__(again, "differs", ("deaths",))
        return again

    monkeypatch.setattr(story, "reproduce_in", changed)
    assert told(client_of(str(folder)), "run", run=runs["run_id"][0])["differs"] == ["deaths"]
