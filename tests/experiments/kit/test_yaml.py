"""The reader of YAML: plain data, one clear line for all else, and never a long wait."""

from __future__ import annotations

import os
import time

import pytest
from omegaconf import OmegaConf

from experiments.config import load_scenario
from experiments.config.files import config_folder, read_yaml
from experiments.kit.errors import UserError

PACKAGED = sorted(config_folder().rglob("*.yaml"))
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize("path", PACKAGED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_packaged_files_are_read_as_omegaconf_reads_them(path):
    assert read_yaml(path) == OmegaConf.to_container(OmegaConf.load(path))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "found nothing; allowed: a mapping"),
        ("# nothing\n", "found nothing"),
        ("{}", "is empty"),
        ("[1, 2]", "found a list"),
        ("baseline", "found a text"),
        ("5", "found a number"),
        ("a: 1\na: 2", "duplicate key a"),
        ("1: 2", "the key 1: allowed: text"),
        ("yes: 2", "the key yes: allowed: text"),
        ("? [a]\n: 2", "allowed: text"),
        ("a: &x 1\nb: *x", "an alias"),
        ("a: &x\n  <<: *x", "an alias"),
        (BOMB, "an alias"),
        ("a: !!python/object/apply:os.system ['touch canary']", "could not determine a constructor"),
        ("a: !!python/object/apply:pathlib.Path [x]", "could not determine a constructor"),
        ("a: !secret x", "could not determine a constructor"),
        ("a: ${oc.env:HOME}", "interpolations are not allowed"),
        ("a: {_target_: os.system}", "class paths are not allowed"),
        ("a: [1", "broken YAML"),
        ("a: \x01", "broken YAML"),
        ("a: " + "[" * 5000 + "]" * 5000, "more than 30 levels"),
        ("a: " + "9" * 5000, "cannot be read"),
        ("--- a: 1\n--- b: 2", "broken YAML"),
    ],
)
def test_all_else_is_refused_in_one_short_line(tmp_path, text, message, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "x.yaml"
    path.write_text(text)
    begun = time.process_time()
    with pytest.raises(UserError) as caught:
        read_yaml(path)
    assert time.process_time() - begun < 2
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert len(caught.value.lines) == 1
    assert len(str(caught.value)) < 600
    assert os.environ["HOME"] not in str(caught.value).removeprefix(str(path))
    assert os.listdir(tmp_path) == ["x.yaml"]


def test_values_are_what_yaml_says_and_dates_stay_texts(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("a: 2021-09-06\nb: 1e3\nc: .5\nd: 1_000\ne: '1'\nf: null\ng: .nan\nh: [true, -3]\n")
    read = read_yaml(path)
    assert read.pop("g") != read
    assert read == {"a": "2021-09-06", "b": 1000.0, "c": 0.5, "d": 1000, "e": "1", "f": None, "h": [True, -3]}


def test_a_file_that_is_too_large_is_refused_at_once(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("a: [" + "1," * 600_000 + "1]")
    with pytest.raises(UserError, match="is too large; allowed: 1 MB at most"):
        read_yaml(path)


def test_a_file_may_be_based_on_a_file_beside_it(tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "first.yaml").write_text(
        "base: service_collapse\ntaliban: {control: 0.3}\n"
        "questions:\n  a: {text: A, metric: deaths, over: sum, by: +30d}\n"
    )
    (tmp_path / "second.yaml").write_text(
        "base: more/first.yaml\neconomy: {growth: -0.1}\n"
        "questions:\n  b: {text: B, metric: deaths, over: sum, by: +60d}\n"
    )
    made, collapse = load_scenario(str(tmp_path / "second.yaml")), load_scenario("service_collapse")
    assert (made.value("taliban.control"), made.value("economy.growth")) == (0.3, -0.1)
    assert made.value("taliban.service_delivery") == collapse.value("taliban.service_delivery")
    assert {"a", "b"} <= {question.id for question in made.questions}


def test_bases_in_a_circle_or_unknown_ones_are_named(tmp_path):
    (tmp_path / "a.yaml").write_text("base: b.yaml\ntitle: A\n")
    (tmp_path / "b.yaml").write_text("base: a.yaml\ntitle: B\n")
    with pytest.raises(UserError, match="found a circle of files"):
        load_scenario(str(tmp_path / "a.yaml"))
    (tmp_path / "b.yaml").write_text("base: baselin\n")
    with pytest.raises(UserError, match=r"b\.yaml: base: found 'baselin'.*nearest: baseline"):
        load_scenario(str(tmp_path / "a.yaml"))
    (tmp_path / "b.yaml").write_text("hydra: {run: {dir: x}}\n")
    with pytest.raises(UserError, match=r"b\.yaml: hydra: keys of Hydra itself"):
        load_scenario(str(tmp_path / "a.yaml"))


@pytest.mark.parametrize(
    ("group", "text", "message"),
    [
        ("space", "taliban.control: {dist: uniform, low: .nan, high: 1}\n", "space.taliban.control: found"),
        ("questions", "q: {text: A, metric: nothing, over: sum, by: +30d}\n", "questions[0].metric: found"),
    ],
)
def test_what_stands_in_a_file_of_a_group_is_blamed_on_that_file(tmp_path, group, text, message):
    path = tmp_path / "own.yaml"
    path.write_text(text)
    with pytest.raises(UserError) as caught:
        load_scenario("baseline", [f"{group}={path}"])
    assert str(caught.value).startswith(f"{path}: {message}")
    assert "_own_file_" not in str(caught.value)
