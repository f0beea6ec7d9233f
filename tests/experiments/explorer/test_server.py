"""The explorer's server: whom it answers, what it says, and that its runs are those of the command line."""

from __future__ import annotations

import json
import socket

import numpy as np
import pytest
from starlette.testclient import TestClient

from experiments.cli.main import main
from experiments.config import load_scenario
from experiments.explorer import ask as ask_module
from experiments.explorer.ask import Ask, Dated, as_command, as_yaml, offer
from experiments.explorer.desk import Desk
from experiments.explorer.server import application
from experiments.explorer.state import State
from sim.ensemble import simulate
from sim.outcomes import ENDINGS

PORT = 8765
SHORT = "siege_2021"


@pytest.fixture(scope="module")
def client():
    state = State.opened(None, threads=1)
    state.ready.set()
    return TestClient(
        application(state, PORT), base_url=f"http://127.0.0.1:{PORT}", raise_server_exceptions=False
    )


def answers(client, **asked) -> list[dict]:
    """The lines of a live answer."""
    got = client.post("/api/live", json={"ask": {"scenario": SHORT}, **asked})
    assert got.status_code == 200
    return [json.loads(line) for line in got.text.splitlines()]


def test_the_page_may_talk_to_nobody_else(client):
    got = client.get("/")
    assert got.status_code == 200
    policy = got.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "://" not in client.get("/static/explorer.css").text
    assert client.get("/static/house.css").status_code == 200


@pytest.mark.parametrize(("headers", "status"), [
    ({"host": "evil.example"}, 421), ({"host": f"evil.example:{PORT}"}, 421), ({"host": "127.0.0.1:1"}, 421),
    ({"origin": "https://evil.example"}, 403), ({"origin": "null"}, 403),
    ({"origin": f"http://127.0.0.1:{PORT}"}, 200), ({"host": f"localhost:{PORT}"}, 200),
])  # fmt: skip
def test_who_asks_is_looked_at(client, headers, status):
    got = client.get("/", headers=headers)
    assert got.status_code == status
    assert "default-src 'none'" in got.headers["content-security-policy"]
    if status != 200:
        assert "<script" not in got.text


@pytest.mark.parametrize(
    "name", ["../server.py", "..%2fserver.py", "%2e%2e/guard.py", "nothing.js", "/etc/hostname"]
)
def test_files_are_those_of_the_page_alone(client, name):
    assert client.get(f"/static/{name}").status_code == 404


def test_the_catalogue_names_every_parameter_with_its_source(client):
    found = client.get("/api/catalogue").json()
    one = next(p for p in found["parameters"] if p["name"] == "taliban.service_delivery")
    assert one["meaning"]
    assert one["source"]
    assert found["drivers"][0] == "taliban.service_delivery"
    assert found["scenarios"][0]["name"] == "baseline"
    assert len(client.get("/api/ground").json()["provinces"]) == 34
    assert "front.nrf.main" in {one["name"] for one in client.get("/api/stocks").json()}
    found = client.get("/api/scenario?name=corridor_opens").json()
    assert found["events"][0]["set"]["supply.corridor"] == 0.9


def test_answers_come_after_16_64_and_256_runs_with_intervals(client):
    told = answers(client, fans=["deaths"], place="deaths", page="stages", number=1)
    assert [one["runs"] for one in told] == [16, 64, 256]
    last = told[-1]
    assert [row["name"] for row in last["endings"]] == list(ENDINGS)
    assert sum(row["p"] for row in last["endings"]) == pytest.approx(1.0, abs=1e-3)
    assert all(row["low"] <= row["p"] <= row["high"] for row in last["endings"])
    assert "as of" in last["basis"]
    again = answers(client, fans=["services"], page="stages", number=2)
    assert [one["runs"] for one in again] == [256]  # at hand


def test_the_pinned_scenario_shares_its_luck(client):
    (told,) = answers(client, pinned={"scenario": SHORT}, page="pinned", number=1)[-1:]
    assert all(row["difference"]["mean"] == 0 for row in told["endings"])


def test_nobody_runs_for_a_question_that_a_later_one_has_replaced():
    desk = Desk(threads=1)
    assert desk.grow(Ask(scenario=SHORT), 16, wanted=lambda: False) is None
    assert desk.at_hand(Ask(scenario=SHORT)) == 0


@pytest.mark.parametrize(("ask", "said"), [
    ({"values": {"taliban.service_delivery": 7}}, "taliban.service_delivery"),
    ({"values": {"taliban.service_delivry": 0.5}}, "service_delivery"),
    ({"scenario": "../x"}, "scenario"), ({"scenario": "baselin"}, "baseline"),
    ({"posterior": "../../secret", "uncertainty": "posterior"}, "posterior"),
    ({"events": [{"date": "1999-01-01", "set": {}}]}, "events"), ({"surprise": 1}, "surprise"),
])  # fmt: skip
def test_what_is_wrong_is_said_in_words(client, ask, said):
    got = client.post("/api/live", json={"ask": ask})
    assert got.status_code == 400
    assert said in " ".join(got.json()["error"])


@pytest.mark.parametrize(("base", "events"), [
    (SHORT, [Dated(date="2021-09-03", title="Doubt", set={"taliban.control": 0.6})]),
    (SHORT, [Dated(date="2021-09-03", state={"front.nrf.main": {"add": 500.0}}, title="Men come")] * 2),
    ("corridor_opens", []), ("corridor_opens", None),
])  # fmt: skip
def test_the_saved_file_gives_the_same_runs_to_the_bit(tmp_path, base, events):
    ask = Ask(scenario=base, seed=5, values={"taliban.service_delivery": 0.3}, events=events)
    kept = Desk(threads=1).grow(ask, 6)
    path = tmp_path / "explored.yaml"
    path.write_text(as_yaml(ask, "Explored"))
    ensemble = simulate(load_scenario(path, ["uncertainty=prior"]), replicates=6, seed=5, keep_places=False)
    np.testing.assert_array_equal(kept.arrays["measures"], ensemble.block.measures)
    assert "replicates=256" in as_command(ask, "scenario=./explored.yaml")


def test_the_command_line_gives_the_same_scenario():
    ask = Ask(uncertainty="posterior", posterior="first_year", values={"taliban.service_delivery": 0.3})
    words = [
        word
        for word in as_command(ask).split()[2:]
        if not word.startswith(("seed=", "replicates=", "scenario="))
    ]
    assert load_scenario("baseline", words).hash == ask.built().hash


def test_a_scenario_of_ones_own_is_offered_and_saved_as_a_base(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(ask_module, "OWN", [])
    path = tmp_path / "mine.yaml"
    path.write_text("title: Mine\nbase: siege_2021\ntaliban: {control: 0.7}\n")
    offer(str(path))
    ask = Ask(scenario=str(path), values={"taliban.service_delivery": 0.3})
    saved = tmp_path / "explored.yaml"
    saved.write_text(as_yaml(ask, "Explored"))
    assert load_scenario(saved).hash == ask.built().hash
    assert main(["explore", "scenario=baseline", "browser=false"]) == 2
    assert ".yaml" in capsys.readouterr().err


def test_a_taken_port_is_one_line(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["explore", f"port={port}", "browser=false"]) == 2
    told = capsys.readouterr().err
    assert f"port={port}" in told
    assert len(told.splitlines()) == 1
