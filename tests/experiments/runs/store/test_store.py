"""The study folder: made once, read back the same, locked, never overwritten, readable by others' tools."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import os
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from experiments.kit.errors import UserError
from experiments.runs import store
from experiments.runs.carry_out import check_code, same_study
from experiments.runs.options import ExecutorOptions
from experiments.runs.runner import run_study
from experiments.runs.stopping import Looks
from experiments.runs.store.document import read_plan
from sim.uncertainty import Space
from tests.experiments.runs import toy_engine as toy


def test_a_study_is_read_back_the_same(tmp_path):
    rule = Looks(0.1)
    made = toy.study(replicates=rule, luck="own", design={"name": "grid"})
    toy.folder_of(made, tmp_path / "s")
    again = store.open_study(tmp_path / "s").study
    assert again.hash == made.hash
    assert again.replicates == rule
    assert again.design == {"name": "grid"}
    for one, other in zip(again.variants, made.variants, strict=True):
        assert one.points.values.tobytes() == other.points.values.tobytes()
        assert one.points.rows.tolist() == other.points.rows.tolist()
        assert one.scenario.hash == other.scenario.hash


def test_luck_that_was_chosen_is_read_back_and_run(tmp_path):
    one, other = toy.variant(), toy.variant("toy2")
    luck = np.array([11, 4, 4], dtype=np.int64)
    one = dataclasses.replace(one, points=dataclasses.replace(one.points, luck=luck))
    folder = toy.folder_of(toy.study([one, other], 1, luck="own"), tmp_path / "s")
    again = store.open_study(tmp_path / "s").study
    assert again.variants[0].points.luck.tolist() == [11, 4, 4]
    assert again.variants[1].points.luck is None
    run_study(folder, toy.engine(), ExecutorOptions(name="threads", workers=1))
    assert folder.sound().runs()["replicate"].tolist() == [11, 4, 4, 0, 1, 2]


def with_posterior(folder):
    """A study of a scenario with posterior draws, begun in a folder; the study and the draws."""
    draws = np.random.Generator(np.random.Philox(key=3)).random((50, 2)) * 0.1
    one = toy.scenario(space=None)
    space = Space({}, (toy.SERVICE, toy.GROWTH), draws)
    from experiments.runs.plan import Points, Variant

    made = toy.study([Variant("toy", one.with_space(space), Points.of((), np.empty((1, 0))))], 5)
    toy.folder_of(made, folder)
    return made, draws


def test_posterior_draws_travel_with_the_study(tmp_path):
    made, draws = with_posterior(tmp_path / "s")
    again = store.open_study(tmp_path / "s").study
    assert again.hash == made.hash
    assert again.variants[0].scenario.space.posterior.tobytes() == draws.tobytes()
    assert "| `posteriors/` |" in (tmp_path / "s" / "README.md").read_text()
    assert "posteriors" not in (toy.folder_of(toy.study(), tmp_path / "t").path / "README.md").read_text()


@pytest.mark.parametrize(
    ("damage", "said"), [("torn", "is damaged"), ("gone", "is missing"), ("link", "is a link")]
)
def test_posterior_draws_have_a_folder_of_their_own_and_damage_of_it_is_named(tmp_path, damage, said):
    with_posterior(tmp_path / "s")
    assert not list((tmp_path / "s").glob("*posterior*.parquet"))
    (file,) = (tmp_path / "s" / "posteriors").iterdir()
    if damage == "torn":
        file.write_bytes(file.read_bytes()[:-9])
    elif damage == "gone":
        file.unlink()
    else:
        (tmp_path / "s" / "posteriors").rename(tmp_path / "other")
        (tmp_path / "s" / "posteriors").symlink_to(tmp_path / "other")
    with pytest.raises(UserError, match=rf"s/posteriors.*{said}"):
        _ = store.open_study(tmp_path / "s").study


def test_the_plan_is_there_before_the_first_run(tmp_path):
    folder = toy.folder_of(toy.study(), tmp_path / "s")
    plan = read_plan(folder.path).to_pandas()
    assert plan["scenario"].tolist() == ["toy"] * 3 + ["toy2"] * 3
    assert plan[toy.SERVICE].tolist() == [0.2, 0.5, 0.8] * 2
    assert not (folder.path / "runs").exists()


def test_a_folder_with_other_files_is_not_touched(tmp_path):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "thesis.txt").write_text("years of work")
    with pytest.raises(UserError, match="not overwritten"):
        toy.folder_of(toy.study(), tmp_path / "s")
    assert [path.name for path in (tmp_path / "s").iterdir()] == ["thesis.txt"]


def test_studies_of_the_same_second_get_folders_of_their_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = toy.study()

    def start(_):
        return store.create(made, None, block=5).path

    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(start, range(16)))
    assert len(set(paths)) == 16
    assert all(made.hash[:8] in path.name for path in paths)


def test_a_changed_study_is_refused_by_its_key(tmp_path):
    folder = toy.folder_of(toy.study(), tmp_path / "s")
    assert same_study(folder, toy.study()) is folder
    with pytest.raises(UserError, match=r"replicates: 20 in the folder, 25 now"):
        same_study(folder, toy.study(replicates=25))
    with pytest.raises(UserError, match=r"in design: grid in the folder, sobol now$"):
        same_study(folder, toy.study(design={"name": "sobol"}))
    with pytest.raises(UserError, match=r"in twins: 0 in the folder, 5 now$"):
        same_study(folder, toy.study(design={"twins": 5}))
    with pytest.raises(UserError, match=r"points of toy2"):
        same_study(
            folder, toy.study([toy.variant("toy"), toy.variant("toy2", (0.1,), economy={"growth": 0.05})])
        )


def test_a_study_that_was_edited_is_refused_by_its_key(tmp_path):
    path = toy.folder_of(toy.study(), tmp_path / "s").path
    record = json.loads((path / "study.json").read_text())
    record["scenarios"][0]["scenario"]["end"] = "2021-10-07"
    (path / "study.json").write_text(json.dumps(record))
    with pytest.raises(UserError, match=r"changed after it was started: scenario toy$"):
        _ = store.open_study(path).study


def test_other_code_of_the_model_is_refused(tmp_path):
    folder = toy.folder_of(toy.study(code="another model"), tmp_path / "s")
    with pytest.raises(UserError, match="code of the model"):
        check_code(folder)
    check_code(toy.folder_of(toy.study(), tmp_path / "t"))


def test_another_tool_that_compiles_the_model_is_named(tmp_path, monkeypatch):
    record = toy.folder_of(toy.study(code="of another NumPy"), tmp_path / "s").record
    versions = {**record.provenance.versions, "numpy": "1.0"}
    older = record.model_copy(
        update={"provenance": record.provenance.model_copy(update={"versions": versions})}
    )
    with pytest.raises(
        UserError, match=rf"tools that compile the model: numpy 1.0 then, {np.__version__} now, since"
    ):
        check_code(store.StudyFolder(tmp_path / "s", older))


@pytest.mark.parametrize(
    "content", [None, "", "{", "[]", '{"kind": "outlook"}', '{"kind": "sweep", "format": 2}']
)
def test_what_is_no_study_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "study.json").write_text(content)
    with pytest.raises(UserError, match="a folder with runs that a verb of outlook made"):
        store.open_study(tmp_path if content is not None else tmp_path / "nowhere")


def hold(path, ready):
    """Hold a study's lock until killed."""
    with store.open_study(path).locked():
        ready.set()
        time.sleep(60)


def test_a_second_process_is_refused_and_a_dead_one_is_followed(tmp_path):
    folder = toy.folder_of(toy.study(), tmp_path / "s")
    context = multiprocessing.get_context("forkserver")
    ready = context.Event()
    other = context.Process(target=hold, args=(folder.path, ready))
    other.start()
    assert ready.wait(60)
    with pytest.raises(UserError, match=f"process {other.pid} on"):
        run_study(folder, toy.engine(), ExecutorOptions())
    assert folder.holder is not None
    assert folder.runs_done() == 0
    os.kill(other.pid, 9)
    other.join()
    assert folder.holder is None
    assert run_study(folder, toy.engine(), ExecutorOptions()).finished
    assert not (folder.path / ".lock.json").exists()


def test_a_lock_file_that_nobody_holds_means_nothing(tmp_path):
    folder = toy.folder_of(toy.study(), tmp_path / "s")
    (folder.path / ".lock").touch()
    (folder.path / ".lock.json").write_text('{"pid": 1, "host": "elsewhere", "since": "then"}')
    assert folder.holder is None
    assert run_study(folder, toy.engine(), ExecutorOptions()).finished


def test_a_holder_that_has_not_said_its_name_is_told_without_question_marks(tmp_path):
    folder = toy.folder_of(toy.study(), tmp_path / "s")
    with folder.locked():
        (folder.path / ".lock.json").write_text("{")
        with pytest.raises(UserError, match="another process is at work on this study; wait until it ends"):
            run_study(folder, toy.engine(), ExecutorOptions())


def test_what_a_kill_leaves_behind_is_cleared_and_damage_is_mended(tmp_path):
    sound = toy.run(toy.study(), tmp_path / "sound")
    folder = toy.run(toy.study(), tmp_path / "s")
    path = folder.path
    shards = folder.shards.names("runs")
    (path / "finished.json").unlink()
    head = f"{folder.record.hash}-"
    (path / "runs" / f".{head}{shards[0]}.parquet.abc.tmp").write_bytes(b"half")
    (path / "runs" / f"{head}{shards[1]}.parquet").write_bytes(b"damaged")
    (path / "runs" / f"{head}{shards[2]}.parquet").unlink()  # its points are still there
    (path / "blocks" / f"{head}{shards[3]}.json").unlink()
    (path / "blocks" / f"{head}{shards[4]}.json").write_text("{}")
    assert run_study(folder, toy.engine(), ExecutorOptions()).finished
    toy.assert_same(folder, sound)
    assert not list(path.rglob("*.tmp"))
    assert folder.shards.names("points") == shards


def test_files_of_another_study_neither_count_nor_are_touched(tmp_path):
    other = toy.run(toy.study(seed=2), tmp_path / "other")
    folder = toy.folder_of(toy.study(), tmp_path / "s")
    theirs = {}
    for table in ("runs", "points", "blocks"):
        (folder.path / table).mkdir()
        for path in (other.path / table).iterdir():
            theirs[folder.path / table / path.name] = path.read_bytes()
    theirs[folder.path / "runs" / ".thesis.tmp"] = b"years of work"
    for path, content in theirs.items():
        path.write_bytes(content)
    assert run_study(folder, toy.engine(), ExecutorOptions()).finished
    toy.assert_same(folder, toy.run(toy.study(), tmp_path / "sound"))
    assert all(path.read_bytes() == content for path, content in theirs.items())


def test_shards_may_go_to_another_address(tmp_path):
    sound = toy.run(toy.study(replicates=20, keep="quantiles"), tmp_path / "sound")
    folder = toy.run(
        toy.study(replicates=20, keep="quantiles"), tmp_path / "s", shards="memory://bucket/studies"
    )
    assert not (folder.path / "runs").exists()
    assert folder.record.shards.startswith("memory://bucket/studies/s-")
    toy.assert_same(store.open_study(folder.path, "memory://bucket/studies"), sound)


def test_shards_elsewhere_are_opened_only_where_the_person_named_them(tmp_path):
    folder = toy.run(toy.study(), tmp_path / "s", shards="memory://bucket/studies")
    with pytest.raises(UserError, match=r"its shards are elsewhere, at memory://bucket/studies/s-"):
        store.open_study(folder.path).runs()
    with pytest.raises(UserError, match=r"found shards=memory://bucket/stud; allowed: shards=memory://"):
        store.open_study(folder.path, "memory://bucket/stud").runs()
    assert len(store.open_study(folder.path, folder.record.shards).runs()) == 120


def test_a_folder_for_shards_is_kept_with_its_whole_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = toy.run(toy.study(), tmp_path / "s", shards="elsewhere")
    assert folder.record.shards.startswith(f"{tmp_path}/elsewhere/s-")
    monkeypatch.chdir("/")
    assert store.open_study(folder.path, str(tmp_path / "elsewhere")).problems() == []


def test_the_readme_reads_the_study_in_one_line(tmp_path, monkeypatch):
    """The lines of the folder's README are run as they stand there."""
    import duckdb
    import polars

    folder = toy.run(toy.study(), tmp_path / "s")
    text = (folder.path / "README.md").read_text()
    monkeypatch.chdir(folder.path)
    names = {"pandas": pd, "polars": polars, "duckdb": duckdb}
    lines = [line.strip() for line in text.splitlines() if re.match(r"^ {4}(pandas|polars|duckdb)\.", line)]
    assert len(lines) == 3
    frames = [eval(line, names) for line in lines]
    assert frames[0]["run_id"].tolist() == frames[1]["run_id"].to_list() == folder.runs()["run_id"].tolist()
    assert sum(row[-1] for row in frames[2].fetchall()) == 120


def test_links_in_a_study_folder_lead_to_no_file_of_ones_own(tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "notes").write_text("mine")
    folder = toy.folder_of(toy.study(), tmp_path / "s")
    for name in (".lock", ".lock.json"):
        (folder.path / name).symlink_to(mine / "notes")
    assert folder.holder is None
    with pytest.raises(UserError, match="lock: is a link"), folder.locked():
        pass
    (folder.path / ".lock").unlink()
    with folder.locked():
        assert (mine / "notes").read_text() == "mine"
    (folder.path / "runs").symlink_to(mine)
    with pytest.raises(UserError, match="runs: is a link to another folder"):
        store.open_study(folder.path)


@pytest.mark.parametrize("shards", ["s3://bucket/x", "mine.txt/x"])
def test_a_place_that_cannot_hold_shards_leaves_no_folder(tmp_path, monkeypatch, shards):
    (tmp_path / "mine.txt").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(UserError, match=r"install it, or use a local folder|shards=.*: cannot be written"):
        toy.folder_of(toy.study(), tmp_path / "s", shards=shards)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.txt"]
