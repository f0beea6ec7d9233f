"""Help, lists, printed configurations and completion: what a user reads before the first run."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from experiments import load_scenario
from experiments.cli.completion import complete, script
from experiments.cli.main import main
from experiments.config import config_folder, group_choices
from experiments.kit.verb import VERBS, load
from sim.parameters import build_schema

ROOT = Path(__file__).resolve().parents[3]


def output(argv, capsys) -> str:
    assert main(argv) == 0
    return capsys.readouterr().out


def test_the_overview_names_every_verb_with_its_summary(capsys):
    shown = output(["--help"], capsys)
    for name in VERBS:
        assert name in shown
        assert load(name).summary[:40] in " ".join(shown.split())


def test_without_a_verb_the_overview_is_shown_and_the_code_says_that_nothing_was_done(capsys):
    assert main([]) == 2
    assert "Usage: outlook VERB" in capsys.readouterr().out


@pytest.mark.parametrize("name", VERBS)
def test_help_of_a_verb_shows_every_option_group_and_example(name, capsys):
    verb = load(name)
    shown = output([name, "--help"], capsys)
    assert f"Usage: {verb.usage}" in shown
    for option in verb.options.model_fields:
        assert option in shown
    for example in verb.examples:
        assert example in shown
    if verb.takes_scenario:
        assert "baseline" in shown


@pytest.mark.parametrize("name", VERBS)
def test_every_example_of_a_verb_starts_with_its_name_and_every_option_says_what_it_means(name):
    verb = load(name)
    assert verb.examples
    for example in verb.examples:
        assert example.startswith(f"outlook {name}")
    for option, field in verb.options.model_fields.items():
        inner = getattr(field.annotation, "model_fields", None)
        described = [field.description] if inner is None else [one.description for one in inner.values()]
        assert all(described), f"{name}: {option} has no description"


def test_help_of_run_shows_defaults_and_limits(capsys):
    shown = " ".join(output(["run", "--help"], capsys).split())
    assert "replicates 500 a whole number from 1" in shown
    assert "prior | posterior | none" in shown


def test_modules_of_verbs_are_light():
    """Help and completion stay quick: no verb imports the simulator or a plotting library at its top."""
    code = (
        "import sys; from experiments.kit.verb import VERBS, load\n"
        "[load(name) for name in VERBS]\n"
        "heavy = {'numba', 'mesa', 'matplotlib', 'pandas', 'hydra', 'scipy'} & set(sys.modules)\n"
        "print(sorted(heavy)); sys.exit(1 if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_cfg_prints_the_job_as_yaml(capsys):
    printed = yaml.safe_load(output(["run", "--cfg", "job", "taliban.control=0.2", "replicates=9"], capsys))
    assert printed["taliban"]["control"] == 0.2
    assert printed["replicates"] == 9
    part = yaml.safe_load(
        output(["run", "--cfg", "job", "--package", "taliban", "taliban.control=0.2"], capsys)
    )
    assert part == printed["taliban"]
    assert yaml.safe_load(output(["run", "-c", "job", "-p", "seed"], capsys)) == {"seed": 1}


def test_the_printed_scenario_is_a_file_that_is_the_same_scenario(capsys, tmp_path):
    text = output(["run", "--cfg", "scenario", "taliban.control=0.2"], capsys)
    (tmp_path / "printed.yaml").write_text(text)
    again = load_scenario(str(tmp_path / "printed.yaml"))
    assert again.hash == load_scenario("baseline", ["taliban.control=0.2"]).hash


def test_scenarios_are_listed_with_their_story(capsys):
    shown = " ".join(output(["scenarios"], capsys).split())
    for name in group_choices("scenario"):
        assert name in shown
        assert " ".join(load_scenario(name).story.split())[:40] in shown
    records = json.loads(output(["scenarios", "format=json"], capsys))
    assert [record["name"] for record in records] == group_choices("scenario")
    found = json.loads(output(["scenarios", "baseline", "format=json"], capsys))
    assert "baseline" in {record["name"] for record in found}
    assert len(found) < len(records) or len(records) == 1


def test_parameters_are_listed_and_searched(capsys):
    schema = build_schema()
    records = json.loads(output(["params", "format=json"], capsys))
    assert [record["name"] for record in records] == list(schema.names)
    found = json.loads(output(["params", "supply", "format=json"], capsys))
    assert {record["name"] for record in found} >= {
        name for name in schema.names if name.startswith("supply.")
    }
    assert len(found) < len(records)
    factor = json.loads(output(["params", "F1", "format=json"], capsys))
    assert factor
    assert all("F1" in record["factors"] for record in factor)
    measured = json.loads(output(["params", "confidence=measured", "format=json"], capsys))
    assert {record["confidence"] for record in measured} == {"measured"}
    shown = output(["params"], capsys)
    for name in schema.names:
        assert name in shown


def test_one_parameter_is_shown_with_everything(capsys):
    parameter = build_schema()["taliban.service_delivery"]
    shown = " ".join(output(["params", "taliban.service_delivery"], capsys).split())
    for part in (parameter.meaning, parameter.source, parameter.confidence, parameter.allowed, "F21"):
        assert part in shown


def test_check_says_what_a_file_sets(capsys, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "title: Mine\ntaliban: {control: 0.2}\npowers: {irann: {stance: 0.5}}\n"
        "events: [{date: 2021-12-24, title: Truce, set: {taliban.harshness: 0.1}}]\n"
    )
    shown = output(["check", str(path)], capsys)
    assert "is valid: Mine" in shown
    assert "taliban.control = 0.2 share (default" in shown
    assert "2021-12-24 Truce: taliban.harshness = 0.1" in shown
    assert "adds 'irann' to the powers; did you mean iran?" in shown
    assert "is valid" in output(["check", "baseline"], capsys)


def test_the_version_is_printed(capsys):
    assert output(["--version"], capsys).startswith("outlook ")


def test_configurations_hold_values_only():
    """No packaged file names a class or makes an object."""
    for path in config_folder().rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert "_target_" not in text, path
        assert "!!python" not in text, path


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("outlook ru", ["run"]),
        ("outlook run scen", ["scenario="]),
        ("outlook run scenario=base", ["scenario=baseline"]),
        ("outlook run tali", ["taliban."]),
        ("outlook run taliban.service_del", ["taliban.service_delivery="]),
        ("outlook run powers.ir", ["powers.iran."]),
        ("outlook run uncertainty=", ["uncertainty=none", "uncertainty=posterior", "uncertainty=prior"]),
        ("outlook run figures=", ["figures=false", "figures=true"]),
        ("outlook run militias.fatemiyoun.instructed=t", ["militias.fatemiyoun.instructed=true"]),
        ("outlook run --c", ["--cfg"]),
        ("outlook run --cfg ", ["job", "scenario"]),
        ("outlook --completion z", ["zsh"]),
        ("outlook nonsense x", []),
        ("outlook params conf", ["confidence="]),
    ],
)
def test_completion(line, expected):
    assert complete(line) == expected


def test_completion_offers_every_verb_and_group():
    assert set(complete("outlook ")) == set(VERBS)
    words = complete("outlook run ")
    assert {"scenario=", "space=", "questions=", "seed=", "taliban.", "economy."} <= set(words)


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(
    ("line", "expected"), [("outlook ru", ["run"]), ("outlook run scenario=base", ["baseline"])]
)
def test_completion_works_in_bash(line, expected, tmp_path):
    """The script itself, in a shell, with a stand-in for the installed command."""
    command = tmp_path / "outlook"
    command.write_text(f'#!/bin/sh\ncd "{ROOT}" && exec "{sys.executable}" -m experiments "$@"\n')
    command.chmod(0o755)
    program = (
        f"{script('bash')}\nCOMP_LINE={line!r}; COMP_POINT=${{#COMP_LINE}}; COMP_WORDS=({command})\n"
        "_outlook_complete; printf '%s\\n' \"${COMPREPLY[@]}\""
    )
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == expected, done.stderr
