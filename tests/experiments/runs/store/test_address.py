"""Addresses of shards: plain ones of known storage, named by the person; nothing else is opened."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from experiments.kit.errors import UserError
from experiments.runs import store
from experiments.runs.store.address import checked, permitted
from tests.experiments.runs import toy_engine as toy


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("s3://bucket/studies/", "s3://bucket/studies"),
        ("S3://bucket/a", "s3://bucket/a"),
        ("file:///data/x/", "/data/x"),
        ("/data//x/../y", "/data/y"),
        ("sftp://user@host/data", "sftp://user@host/data"),
    ],
)
def test_plain_addresses_of_known_storage_are_let_through(given, kept):
    assert checked(given) == kept


@pytest.mark.parametrize(
    "address",
    [
        "reference::s3://bucket",
        "simplecache::s3://bucket/x",
        "reference:///tmp/x.json",
        "http://example.org/x",
        "github://a:b@c/d",
        "zip:///tmp/x.zip",
        "s3://bucket/../other",
        "s3://key:secret@bucket/x",
        "s3://bucket/{{ 7*7 }}",
        "file:///a::b",
        "python://x",
        "dir:///x",
        "  ",
        "",
        "a\nb",
        "a\x1b[31m",
        "x" * 3000,
    ],
)
def test_everything_else_is_refused_in_one_line(address):
    with pytest.raises(UserError) as caught:
        checked(address)
    assert len(caught.value.lines) == 1
    assert len(str(caught.value)) < 400
    assert str(caught.value).isprintable()


def test_shards_elsewhere_have_to_be_named():
    assert permitted(None, (), Path("/data/study")) == "/data/study"
    assert permitted("s3://b/x-1", ("s3://b",), Path("f")) == "s3://b/x-1"
    assert permitted("s3://b/x-1", ("s3://b/x-1",), Path("f")) == "s3://b/x-1"
    for named in ((), ("s3://b/x",), ("s3://c",)):
        with pytest.raises(UserError, match="its shards are elsewhere, at s3://b/x-1"):
            permitted("s3://b/x-1", named, Path("f"))


@pytest.mark.parametrize("named", [(), ("reference:///tmp",)])
def test_an_address_in_a_record_runs_no_code(tmp_path, named):
    """What fsspec before 2026.6 did with a template in a reference: run whatever it said."""
    folder = toy.run(toy.study(), tmp_path / "s")
    canary = tmp_path / "canary"
    call = "{{ cycler.__init__.__globals__.os.system('touch CANARY') }}".replace("CANARY", str(canary))
    reference = tmp_path / "reference.json"
    reference.write_text(json.dumps({"version": 1, "templates": {"u": call}, "refs": {"runs/x": ["{{u}}"]}}))
    record = json.loads((folder.path / "study.json").read_text())
    for address in (f"reference::{reference}", f"reference://{reference}"):
        (folder.path / "study.json").write_text(json.dumps(record | {"shards": address}))
        with pytest.raises(UserError, match=r"study\.json: shards: found 'reference:"):
            store.open_study(folder.path, named).runs_done()
    assert not canary.exists()


def test_shards_that_point_at_another_study_take_nothing_from_it(tmp_path):
    """A foreign record that names the folder of a study of ours: nothing of ours is removed or replaced."""
    from experiments.runs.options import ExecutorOptions
    from experiments.runs.runner import run_study

    ours = toy.run(toy.study(seed=2, keep="quantiles"), tmp_path / "ours")
    before = {path: path.read_bytes() for path in ours.path.rglob("*") if path.is_file()}
    foreign = toy.folder_of(toy.study(keep="quantiles"), tmp_path / "foreign")
    record = json.loads((foreign.path / "study.json").read_text())
    (foreign.path / "study.json").write_text(json.dumps(record | {"shards": str(ours.path)}))
    with pytest.raises(UserError, match="elsewhere"):
        run_study(store.open_study(foreign.path), toy.engine(), ExecutorOptions())
    named = store.open_study(foreign.path, str(ours.path))
    assert run_study(named, toy.engine(), ExecutorOptions()).finished
    assert all(path.read_bytes() == content for path, content in before.items())
    assert not store.open_study(ours.path).problems()
