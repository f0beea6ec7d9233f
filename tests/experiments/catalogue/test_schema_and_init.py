"""The JSON Schema of scenario files, and the commented scenario that a person begins with."""

from __future__ import annotations

import json
import re

import jsonschema
import pytest

from experiments import load_scenario
from experiments.catalogue.schema import FILE, json_schema
from experiments.cli.main import main
from experiments.config import config_folder, group_choices, read_yaml
from sim.parameters import build_schema


@pytest.fixture(scope="module")
def validator():
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", group_choices("scenario"))
def test_every_shipped_scenario_is_valid(name, validator):
    validator.validate(read_yaml(config_folder() / "scenario" / f"{name}.yaml"))


@pytest.mark.parametrize(
    "good",
    [
        {"base": "baseline", "taliban": {"service_delivery": 0.2}},
        {"base": ["corridor_opens", "mine.yaml"], "iskp": {"active": False}},
        {"powers": {"india": {"stance": 0.5}, "iran": {"stance": -1}}},
        {"events": [{"date": "2021-12-01", "title": "t", "set": {"supply.corridor": 0.8}}]},
        {"events": [{"date": "2021-12-01", "set": {"supply": {"corridor": 0.8}}}]},
        {"state": {"province.Balkh.held": 0, "government": {"kabul": {"services": 0.2}}}},
        {
            "events": [
                {"date": "2022-01-01", "state": {"front.nrf.ammo": {"add": 5}}},
                {"drop": "A corridor opens"},
            ]
        },
        {"space": {"caches.abundance": {"dist": "uniform", "low": 0.5, "high": 1}, "caches.search": None}},
        {"questions": {"q": {"text": "t", "metric": "deaths", "by": "+30d", "over": "sum"}}},
        {"taliban": {"service_delivery": None}, "title": None},
    ],
)
def test_what_the_reader_takes_is_valid(good, validator):
    validator.validate(good)


@pytest.mark.parametrize(
    ("bad", "at"),
    [
        ({"taliban": {"service_delivry": 0.2}}, ["taliban"]),
        ({"taliban": {"service_delivery": 2}}, ["taliban", "service_delivery"]),
        ({"taliban": {"service_delivery": "0.2"}}, ["taliban", "service_delivery"]),
        ({"iskp": {"active": "no"}}, ["iskp", "active"]),
        ({"powers": {"india": {"stanse": 0.5}}}, ["powers", "india"]),
        ({"events": [{"set": {"supply.corridor": 0.8}}]}, ["events", 0]),
        ({"events": [{"date": "2021-12-01", "set": {"supply.corridr": 0.8}}]}, ["events", 0, "set"]),
        ({"events": [{"date": "soon"}]}, ["events", 0, "date"]),
        ({"events": [{"date": "2021-12-01", "set": {"fronts.nrf.fighters": 5}}]}, ["events", 0, "set"]),
        ({"events": [{"date": "2021-12-01", "drop": "x"}]}, ["events", 0]),
        (
            {"state": {"government": {"kabul": {"services": {"ad": 1}}}}},
            ["state", "government", "kabul", "services"],
        ),
        ({"state": {"province.Balkhh.held": 0}}, ["state"]),
        ({"space": {"caches.abundance": {"dist": "normal"}}}, ["space", "caches.abundance"]),
        ({"questions": [{"id": "q", "text": "t", "metric": "death", "by": "+1d"}]}, ["questions"]),
        ({"titel": "t"}, []),
    ],
)
def test_what_the_reader_refuses_is_not(bad, at, validator):
    errors = list(validator.iter_errors(bad))
    assert [list(error.path) for error in errors] == [at]


def test_each_parameter_tells_its_meaning_range_and_default():
    groups = json_schema()["properties"]
    for parameter in build_schema().parameters:
        *path, name = parameter.name.split(".")
        node = {"properties": groups}
        for group in path:
            node = node["properties"][group]
        told = node["properties"][name]
        assert parameter.meaning in told["description"]
        assert told["default"] == parameter.default
        if parameter.kind != "switch":
            assert (told["minimum"], told["maximum"]) == (parameter.low, parameter.high)
            assert parameter.unit in told["description"]


def test_schema_is_printed_or_written(tmp_path, capsys):
    assert main(["schema"]) == 0
    printed = capsys.readouterr().out
    out = tmp_path / "s.json"
    assert main(["schema", f"out={out}"]) == 0
    assert json.loads(printed) == json.loads(out.read_text()) == json_schema()


@pytest.mark.parametrize("base", ["corridor_opens", "siege_soviet_1980s"])
def test_init_writes_a_scenario_that_is_valid_as_it_is_and_with_all_that_it_proposes(
    base, tmp_path, validator, capsys
):
    path = tmp_path / "mine.yaml"
    assert main(["init", str(path), f"base={base}"]) == 0
    assert path.read_text().startswith(f"# yaml-language-server: $schema={FILE}\n")
    assert json.loads((tmp_path / FILE).read_text()) == json_schema()
    start = load_scenario(base)
    assert load_scenario(path).hash == start.hash
    validator.validate(read_yaml(path))
    head, _, rest = path.read_text().partition("# taliban:")
    path.write_text(head + re.sub(r"^# (?=( *)(- )?[a-z_.]+:)", "", f"# taliban:{rest}", flags=re.MULTILINE))
    validator.validate(read_yaml(path))
    proposed = load_scenario(path)
    assert len(proposed.fixed) > 70
    assert {name: proposed.value(name) for name in proposed.fixed} == {
        name: start.value(name) for name in proposed.fixed
    }
    assert [event.title for event in proposed.events] == ["A corridor opens"]
    assert "many_deaths" in [question.id for question in proposed.questions]


def test_init_overwrites_nothing(tmp_path, capsys):
    path = tmp_path / "mine.yaml"
    path.write_text("title: precious\n")
    assert main(["init", str(path)]) == 2
    assert path.read_text() == "title: precious\n"
    assert "is there already and is not overwritten" in capsys.readouterr().err
    assert main(["init", str(tmp_path / "mine.txt")]) == 2
    assert main(["init", str(tmp_path / "new.yaml"), "base=corridr"]) == 2
    assert "nearest: corridor_opens" in capsys.readouterr().err
    assert [one.name for one in tmp_path.iterdir()] == ["mine.yaml"]
