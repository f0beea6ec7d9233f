"""Records of study folders: what is of another type, range or size is named with file and key."""

from __future__ import annotations

import json
import os

import pytest

from experiments.kit.errors import UserError
from experiments.runs import store
from experiments.runs.carry_out import maker_of
from experiments.runs.store import record as records
from tests.experiments.runs import toy_engine as toy


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> dict:
    """A record as it is written."""
    path = toy.folder_of(toy.study(), tmp_path_factory.mktemp("record") / "s").path
    return json.loads((path / "study.json").read_text())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("hash", "../../etc"), ("hash", 7), ("seed", -1), ("seed", "1"), ("seed", 2**40), ("replicates", 0),
        ("replicates", 1e99), ("replicates", {"precision": "x"}), ("keep", "everything"), ("block", 0),
        ("block", 10**9), ("block", True), ("shards", 5), ("shards", []), ("scenarios", []),
        ("scenarios", {}), ("identity", []), ("identity", {"a": 1}), ("design", {"a": []}),
        ("design", {"twins": -1}), ("design", {"levels": "4"}), ("code", None),
        ("luck", "mine"), ("provenance", {"commit": 5}), ("files", {"plan.parquet": {}}), ("format", 1),
        ("format", 99), ("command", ["rm"]), ("created", 5),
    ],
)  # fmt: skip
def test_every_value_is_checked_and_named(tmp_path, written, key, value):
    (tmp_path / "study.json").write_text(json.dumps(written | {key: value}))
    with pytest.raises(
        UserError, match=rf"study\.json: {key}.*allowed: a folder with runs that a verb of outlook made"
    ):
        store.open_study(tmp_path)


def test_missing_and_unknown_keys_are_named(tmp_path, written):
    for key in written:
        if key in ("kind", "format", "draws", "asked", "first"):  # the last three may be left out
            continue
        (tmp_path / "study.json").write_text(json.dumps({k: v for k, v in written.items() if k != key}))
        with pytest.raises(UserError, match=rf"study\.json: {key}: is missing"):
            store.open_study(tmp_path)
    (tmp_path / "study.json").write_text(json.dumps(written | {"hook": "rm"}))
    with pytest.raises(UserError, match=r"study\.json: hook: unknown key"):
        store.open_study(tmp_path)


@pytest.mark.parametrize("content", ["[" * 100_000, "{" * 10, "9" * 10_000, "NaN", '{"a":1', "\x00", ""])
def test_what_is_no_record_is_refused_in_a_short_line(tmp_path, content):
    (tmp_path / "study.json").write_text(content)
    with pytest.raises(UserError) as caught:
        store.open_study(tmp_path)
    assert len(caught.value.lines) == 1
    assert len(str(caught.value)) < 500


def test_a_pipe_or_a_device_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "study.json")
    with pytest.raises(UserError, match=r"study\.json: found a pipe or a device; allowed: a plain file"):
        store.open_study(tmp_path)
    (tmp_path / "study.json").unlink()
    (tmp_path / "study.json").symlink_to("/dev/zero")
    with pytest.raises(UserError, match=r"found a device"):
        store.open_study(tmp_path)


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "LARGEST", 1000)
    (tmp_path / "study.json").write_text(" " * 1001)
    with pytest.raises(UserError, match="is too large"):
        store.open_study(tmp_path)


@pytest.mark.parametrize("key", ["seed", "keep", "hash", "luck"])
def test_another_value_of_the_right_type_is_another_study(tmp_path, key):
    path = toy.folder_of(toy.study(), tmp_path / "s").path
    record = json.loads((path / "study.json").read_text())
    record[key] = {"seed": 2, "keep": "all", "hash": "0" * 16, "luck": "own"}[key]
    (path / "study.json").write_text(json.dumps(record))
    with pytest.raises(UserError, match=f"the study was changed after it was started: {key}"):
        _ = store.open_study(path).study


def test_a_file_of_a_posterior_is_named_by_the_label_alone(tmp_path):
    path = toy.folder_of(toy.study(), tmp_path / "s").path
    record = json.loads((path / "study.json").read_text())
    record["scenarios"][0]["posterior"] = "../../secret.parquet"
    (path / "study.json").write_text(json.dumps(record))
    with pytest.raises(
        UserError, match=r"posterior: found '\.\./\.\./secret\.parquet'; allowed: posteriors/HASH"
    ):
        _ = store.open_study(path).study


def test_a_damaged_plan_is_named(tmp_path):
    path = toy.folder_of(toy.study(), tmp_path / "s").path
    content = bytearray((path / "plan.parquet").read_bytes())
    content[len(content) // 2] ^= 1
    (path / "plan.parquet").write_bytes(content)
    with pytest.raises(UserError, match=r"plan\.parquet: is damaged"):
        _ = store.open_study(path).study


@pytest.mark.parametrize(
    ("verb", "asked", "key"),
    [
        ("claims", {}, "claims: is missing"), ("claims", {"claims": 5}, "claims: found 5"),
        ("drivers", {}, "uncertainty"), ("drivers", {"uncertainty": "none", "bounds": [[0.0]]}, "bounds.0"),
        ("validate", {}, "siege_replicates: is missing"), ("validate", {"siege_replicates": -1}, "siege_replicates"),
        ("sensitivity", {"top": 0}, "outcomes: is missing"), ("forecast", {"name": []}, "questions: is missing"),
        ("forecast", {"series": "deaths", "place": 5}, "place: found 5"),
        ("forecast", {"series": "deaths", "place": "national", "first": "2022-1"}, "first: found"),
        ("calibrate", {"targets": [], "questions": {}, "runs": 9}, "targets: found"),
        ("validate", {"siege_replicates": 20, "hook": "rm"}, "hook: unknown key"),
    ],
)  # fmt: skip
def test_what_a_verb_asked_is_checked_before_it_is_used(tmp_path, written, verb, asked, key):
    changed = written | {"design": {"name": verb}, "asked": asked}
    (tmp_path / "study.json").write_text(json.dumps(changed))
    with pytest.raises(UserError, match=rf"study\.json: asked\.{key}"):
        maker_of(store.open_study(tmp_path))


def test_who_runs_one_scenario_made_no_study_of_two(tmp_path, written):
    (tmp_path / "study.json").write_text(json.dumps(written | {"design": {"name": "run"}}))
    with pytest.raises(
        UserError, match=r"study\.json: design\.name: found 'run' with 2 scenarios; allowed: one"
    ):
        maker_of(store.open_study(tmp_path))


@pytest.mark.parametrize("verb", ["x", "sieges", "status", "params"])
def test_who_makes_no_runs_is_no_maker(tmp_path, written, verb):
    (tmp_path / "study.json").write_text(json.dumps(written | {"design": {"name": verb}}))
    assert maker_of(store.open_study(tmp_path)) == "sweep"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("names", "a"), ("bounds", [[0]]), ("bounds", [0.0, 1.0]), ("priors", {"a": {"dist": "x"}}), ("num_vars", "2"),
    ],
)  # fmt: skip
def test_a_problem_is_one_of_salib(tmp_path, written, key, value):
    scenario = written["scenarios"][0] | {"problem": {key: value}}
    (tmp_path / "study.json").write_text(json.dumps(written | {"scenarios": [scenario]}))
    with pytest.raises(UserError, match=rf"study\.json: scenarios\.0\.problem\.{key}"):
        store.open_study(tmp_path)
