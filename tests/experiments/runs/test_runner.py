"""Running a study: order, failures, interruption, death of workers, what is kept of the series."""

from __future__ import annotations

import os
import signal

import numpy as np
import pandas as pd
import pytest

from experiments.runs.options import ExecutorOptions
from experiments.runs.runner import run_study
from experiments.runs.stopping import Looks
from experiments.runs.work import RunError, draw_values
from tests.experiments.runs import toy_engine as toy

SERVICES = (0.2, 0.5, 0.8)


def test_runs_stand_in_plan_order_with_the_values_of_the_model(tmp_path):
    made = toy.study()
    folder = toy.run(made, tmp_path / "s")
    runs, points = folder.runs(), folder.points()
    assert runs["scenario"].tolist() == ["toy"] * 60 + ["toy2"] * 60
    assert runs["point"].tolist() == [0] * 20 + [1] * 20 + [2] * 20 + [0] * 20 + [1] * 20 + [2] * 20
    assert runs["replicate"].tolist() == list(range(20)) * 6
    assert points["run_id"].tolist() == runs["run_id"].tolist()
    expected = []
    for position, variant in enumerate(made.variants):
        task = made.task(0, position, 0, 60)
        values = draw_values(variant, task, made.seed)
        expected.append(toy.simulate(variant.scenario, values, task.indices[1], made.seed).measures[:, 1])
        stored = points[points["scenario"] == variant.label]
        assert (
            stored[toy.SERVICE].to_numpy().tobytes()
            == values[:, variant.scenario.schema.index(toy.SERVICE)].tobytes()
        )
    assert runs["deaths"].to_numpy().tobytes() == np.concatenate(expected).tobytes()
    assert runs["run_id"].is_unique
    assert runs["run_id"][0].split("/")[0::2] == ["toy", "0"]
    assert (runs["ending"] == np.where(runs["ending_code"] == 1, "war", "peace")).all()
    assert (runs["question.many"] == (runs["deaths"] > 40)).all()


def test_a_run_has_the_identity_that_the_simulator_gives_it(tmp_path):
    from sim.ensemble import point_hashes

    made = toy.study([toy.variant(services=None)])
    run = toy.run(made, tmp_path / "s").runs().iloc[4]
    scenario = made.variants[0].scenario
    assert run["run_id"] == f"toy/{point_hashes(scenario.schema, scenario.draw(np.array([4]), 1))[0]}/4"


def test_a_failed_run_is_a_row_and_the_others_go_on(tmp_path):
    sound = toy.run(toy.study(), tmp_path / "sound")
    folder = toy.run(toy.study(), tmp_path / "s", function=toy.failing)
    failures, runs = folder.table("failures"), folder.runs()
    assert failures["replicate"].tolist() == [toy.FAILS] * 6
    assert failures["stage"].unique().tolist() == ["simulate"]
    assert failures["error"].unique().tolist() == ["ValueError"]
    assert failures["message"].unique().tolist() == ["a negative stock of bread"]
    assert failures["traceback"].str.contains("in failing").all()
    others = sound.runs()
    pd.testing.assert_frame_equal(
        runs, others[others["replicate"] != toy.FAILS].reset_index(drop=True), check_exact=True
    )
    assert set(failures["run_id"]) == set(others["run_id"]) - set(runs["run_id"])
    facts = folder.finished
    assert (facts.replicates, facts.runs, facts.failed) == (20, 120, 6)


def test_a_block_whose_runs_all_fail_breaks_no_table(tmp_path):
    folder = toy.run(toy.study([toy.variant()]), tmp_path / "s", function=toy.failing, block=1)
    assert len(folder.runs()) == 57
    assert len(pd.read_parquet(folder.path / "runs")) == 57
    assert folder.runs_done() == 60


def test_stop_on_error_stops_and_resumes_once_mended(tmp_path):
    folder = toy.folder_of(toy.study(), tmp_path / "s")
    with pytest.raises(RunError, match=r"toy/\w{12}/3: simulate: a negative stock of bread"):
        run_study(folder, toy.engine(toy.failing), ExecutorOptions(), on_error="stop")
    assert folder.runs_done() < 120
    assert folder.finished is None
    assert run_study(folder, toy.engine(), ExecutorOptions()).finished
    toy.assert_same(folder, toy.run(toy.study(), tmp_path / "other"))


def test_ctrl_c_finishes_the_blocks_in_flight_and_resumes(tmp_path):
    folder = toy.folder_of(toy.study(replicates=60, keep="quantiles"), tmp_path / "s", block=5)
    seen = []

    def watch(report):
        seen.append(report.shard)
        if len(seen) == 3:
            os.kill(os.getpid(), signal.SIGINT)

    outcome = run_study(folder, toy.engine(toy.slow), ExecutorOptions(workers=2), watch=watch)
    assert not outcome.finished
    assert 3 <= len(seen) <= 7
    assert folder.runs_done() == 5 * len(seen)
    assert folder.finished is None
    again = []
    assert run_study(
        folder, toy.engine(), ExecutorOptions(), watch=lambda report: again.append(report.shard)
    ).finished
    assert set(again).isdisjoint(seen)
    toy.assert_same(folder, toy.run(toy.study(replicates=60, keep="quantiles"), tmp_path / "other", block=11))


def test_a_finished_study_runs_nothing_again(tmp_path):
    folder = toy.run(toy.study(), tmp_path / "s")
    before = sorted((path, path.stat().st_mtime_ns) for path in folder.path.rglob("*.parquet"))
    reports = []
    assert run_study(folder, toy.engine(), ExecutorOptions(), watch=reports.append).finished
    assert reports == []
    assert sorted((path, path.stat().st_mtime_ns) for path in folder.path.rglob("*.parquet")) == before


def test_quantiles_are_those_of_the_runs(tmp_path):
    made = toy.study(keep="national")
    folder = toy.run(made, tmp_path / "s")
    series, quantiles = folder.table("series"), folder.quantiles()
    assert len(series) == 120 * 30
    assert not (folder.path / "weekly").exists()
    one = series[(series["scenario"] == "toy2") & (series["point"] == 1)]
    for name, reduce in (("deaths", np.sum), ("services", lambda week, axis: week[:, -1])):
        daily = one[name].to_numpy().reshape(20, 30)
        weekly = reduce(daily[:, 7:14], axis=1).astype(np.float32).astype(float)
        row = quantiles[
            (quantiles["scenario"] == "toy2") & (quantiles["point"] == 1) & (quantiles["series"] == name)
        ].iloc[1]
        assert str(row["date"])[:10] == "2021-09-13"
        assert row["runs"] == 20
        assert row["q50"] == pytest.approx(np.quantile(weekly, 0.5), rel=1e-6)
        assert row["mean"] == pytest.approx(weekly.mean(), rel=1e-6)
        assert row["q05"] <= row["q25"] <= row["q50"] <= row["q75"] <= row["q95"]


def test_everything_can_be_kept(tmp_path):
    folder = toy.run(toy.study([toy.variant(services=None)], 3, keep="all"), tmp_path / "s")
    places, routes = folder.table("places"), folder.table("routes")
    assert len(places) == 3 * 4 * 34
    assert places["province"].nunique() == 34
    assert len(routes) == 3 * 4 * routes["route"].nunique()
    assert routes["route"].nunique() > 100
    assert places.groupby("replicate", observed=True)["deaths"].first().nunique() == 3


def test_auto_stops_at_the_first_look_that_is_enough(tmp_path):
    rule = Looks(0.15, count=3)
    folder = toy.run(toy.study([toy.variant(services=(0.05, 0.5))], rule), tmp_path / "s")
    reached = folder.finished.replicates
    assert reached in rule.sizes
    runs = folder.runs()
    assert len(runs) == 2 * reached
    assert runs["replicate"].tolist() == list(range(reached)) * 2  # in plan order, whatever the round
    for size in rule.sizes[: rule.sizes.index(reached) + 1]:
        part = runs[runs["replicate"] < size].groupby("point")
        counts = np.stack([part["ending_code"].sum(), part["question.many"].sum()])
        assert rule.enough(counts, size) == (size == reached)


def test_a_worker_that_is_killed_costs_nothing(tmp_path):
    """One process of the pool is killed in mid-study: its blocks are done again, the tables are the same."""
    from multiprocessing import active_children

    folder = toy.folder_of(toy.study(replicates=60), tmp_path / "s", block=5)
    killed = []

    def watch(report):
        if not killed:
            killed.append(active_children()[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    options = ExecutorOptions(name="processes", workers=2)
    assert run_study(folder, toy.engine(toy.slow), options, watch=watch).finished
    assert killed
    assert folder.failed() == 0
    toy.assert_same(folder, toy.run(toy.study(replicates=60), tmp_path / "other"))


@pytest.mark.slow
def test_a_run_that_kills_its_worker_is_a_failure_of_its_own(tmp_path):
    made = toy.study([toy.variant(services=None)], 12)
    folder = toy.run(made, tmp_path / "s", function=toy.deadly, block=4, executor="processes")
    assert folder.table("failures")["replicate"].tolist() == [toy.FAILS]
    assert folder.table("failures")["stage"].tolist() == ["worker"]
    assert folder.runs()["replicate"].tolist() == [r for r in range(12) if r != toy.FAILS]
