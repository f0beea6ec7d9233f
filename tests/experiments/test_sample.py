"""The sample of the prior: resumable, reproducible to the bit, refused when something changed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.forecast import sample as module
from experiments.forecast.sample import Sample, make_sample, plan_sample, with_horizon
from experiments.kit.errors import UserError
from experiments.stats.summaries import monthly
from sim.ensemble import simulate_points
from sim.questions import resolve
from tests.experiments import calibration_worlds as worlds


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of 20 runs, so that several are cheap."""
    monkeypatch.setattr(module, "BATCH", 20)


def equal(a: Sample, b: Sample) -> bool:
    """Whether two samples are the same bits."""
    same = all(
        np.array_equal(getattr(a, k), getattr(b, k)) for k in ("parameters", "summaries", "months", "answers")
    )
    return same and a.names == b.names and all(np.array_equal(a.totals[k], b.totals[k]) for k in a.totals)


def test_a_row_is_what_a_direct_run_gives(tmp_path: Path) -> None:
    plan = worlds.plan()
    sample = make_sample(plan, tmp_path / "s", 30)
    numbers = np.arange(30)
    values = plan.scenario.draw(numbers, plan.seed)
    block = simulate_points(plan.scenario, values, numbers, plan.seed, keep_places=True)
    columns = [plan.scenario.schema.index(name) for name in sample.names]
    assert np.array_equal(sample.parameters, values[:, columns])
    totals, months = monthly(block.national("deaths"), module.days_of(plan.scenario))
    assert np.array_equal(sample.totals["deaths"], totals)
    assert np.array_equal(sample.months, months)
    for j, asked in enumerate(plan.questions.answerable):
        assert np.array_equal(sample.answers[:, j], resolve(asked.question, block))
    year = plan.targets.names.index("deaths_year")
    assert np.allclose(sample.summaries[:, year], np.log1p(totals[:, 1:].sum(axis=1)))


def test_stopping_resuming_threads_and_growing_change_nothing(tmp_path: Path) -> None:
    plan = worlds.plan()
    whole = make_sample(plan, tmp_path / "whole", 60, threads=2)
    grown = make_sample(plan, tmp_path / "grown", 35, threads=1)
    assert grown.runs == 35
    grown = make_sample(plan, tmp_path / "grown", 60, threads=1)
    assert equal(whole, grown)
    (tmp_path / "whole" / "batch-00001.npz").unlink()
    assert equal(whole, make_sample(plan, tmp_path / "whole", 60))
    files = {path.name: path.read_bytes() for path in (tmp_path / "whole").iterdir()}
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "grown").iterdir()}


def test_progress_counts_every_run_once(tmp_path: Path) -> None:
    seen: list[int] = []
    make_sample(worlds.plan(), tmp_path / "s", 50, progress=seen.append)
    assert seen == [20, 20, 10]
    make_sample(worlds.plan(), tmp_path / "s", 50, progress=seen.append)
    assert sum(seen) == 100


@pytest.mark.parametrize("key", ["seed", "scenario_hash", "model", "targets"])
def test_a_folder_of_another_study_is_refused_naming_the_key(tmp_path: Path, key: str) -> None:
    make_sample(worlds.plan(), tmp_path / "s", 20)
    path = tmp_path / "s" / "plan.json"
    record = json.loads(path.read_text())
    record[key] = "other"
    path.write_text(json.dumps(record))
    with pytest.raises(UserError, match=f"another {key} "):
        make_sample(worlds.plan(), tmp_path / "s", 20)


def test_other_files_are_never_mixed_with(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UserError, match="holds other files"):
        make_sample(worlds.plan(), tmp_path, 20)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_torn_file_is_named(tmp_path: Path) -> None:
    make_sample(worlds.plan(), tmp_path / "s", 20)
    (tmp_path / "s" / "batch-00000.npz").write_bytes(b"half")
    with pytest.raises(UserError, match="delete it and it is made again"):
        make_sample(worlds.plan(), tmp_path / "s", 20)


def test_the_horizon_is_the_last_thing_to_be_decided() -> None:
    plan = worlds.plan()
    assert str(plan.scenario.end) == "2022-10-01"
    assert plan.scenario.questions == ()
    assert plan.names == tuple(sorted(worlds.UNCERTAIN))


def test_events_past_the_horizon_are_left_out() -> None:
    from datetime import date

    from sim.scenario import Event

    early, late = Event(date(2022, 1, 1), "a"), Event(date(2023, 1, 1), "b")
    world = replace(worlds.scenario(), events=(early, late))
    assert with_horizon(world, date(2022, 10, 1)).events == (early,)
    assert with_horizon(world, date(2024, 1, 1)).events == (early, late)
    with pytest.raises(UserError, match="not after the scenario's start"):
        with_horizon(world, date(2021, 9, 6))


def test_a_scenario_without_uncertainty_cannot_be_calibrated() -> None:
    from sim.uncertainty import Space

    with pytest.raises(UserError, match="nothing is uncertain"):
        plan_sample(worlds.scenario().with_space(Space()), worlds.targets(), worlds.questions(), 1)
