"""The sample of the prior: resumable, reproducible to the bit, refused when something changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from experiments.cli.main import main
from experiments.forecast import sample as module
from experiments.forecast.horizon import with_horizon
from experiments.forecast.sample import Sample, make_sample, plan_sample
from experiments.kit.errors import UserError
from experiments.runs.store import open_study
from experiments.stats.summaries import monthly
from sim.ensemble import simulate_points
from sim.questions import resolve
from tests.experiments.forecast import worlds


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds of whole 20 runs, so that several are cheap."""
    monkeypatch.setattr(module, "BATCH", 20)


def equal(a: Sample, b: Sample) -> bool:
    """Whether two samples are the same bits."""
    same = all(
        np.array_equal(getattr(a, k), getattr(b, k)) for k in ("parameters", "summaries", "months", "answers")
    )
    same &= np.array_equal(a.z, b.z) and np.array_equal(a.log_mix, b.log_mix)
    return same and all(np.array_equal(a.totals[k], b.totals[k]) for k in a.totals)


def test_a_row_is_what_a_direct_run_gives(tmp_path: Path) -> None:
    plan = worlds.plan()
    sample = make_sample(plan, tmp_path / "s", 30)
    numbers = np.arange(30)
    values = plan.vectors(sample.z)
    block = simulate_points(plan.scenario, values, numbers, plan.seed, keep_places=True)
    columns = [plan.scenario.schema.index(name) for name in plan.names]
    assert np.array_equal(sample.parameters, values[:, columns])
    totals, months = monthly(block.national("deaths"), module.days_of(plan.scenario))
    assert np.array_equal(sample.totals["deaths"], totals)
    assert np.array_equal(sample.months, months)
    for j, asked in enumerate(plan.questions.answerable):
        assert np.array_equal(sample.answers[:, j], resolve(asked.question, block))
    june = plan.targets.names.index("deaths_2022-06")
    assert np.allclose(
        sample.summaries[:, june], np.log1p(totals[:, list(months).index(np.datetime64("2022-06"))])
    )


def test_stopping_resuming_and_threads_change_nothing(tmp_path: Path) -> None:
    plan = worlds.plan()
    whole = make_sample(plan, tmp_path / "whole", 160, threads=2)
    other = make_sample(plan, tmp_path / "other", 160, threads=1)
    assert whole.runs == 160
    assert equal(whole, other)
    for number in (1, 4):  # as if it had been killed
        path = tmp_path / "whole" / f"round-{number}"
        (path / "finished.json").unlink()
        next((path / "blocks").iterdir()).unlink()
    assert equal(whole, make_sample(plan, tmp_path / "whole", 160))


def test_a_round_is_a_study_like_others(tmp_path: Path, capsys) -> None:
    plan = worlds.plan()
    whole = make_sample(plan, tmp_path / "s", 160)
    folder = tmp_path / "s" / "round-2"
    (folder / "finished.json").unlink()
    next((folder / "blocks").iterdir()).unlink()
    assert main(["status", str(folder)]) == 0
    assert "stopped; go on with" in capsys.readouterr().out
    assert main(["resume", str(folder)]) == 0
    assert equal(whole, make_sample(plan, tmp_path / "s", 160))
    run_id = open_study(folder).runs(["run_id"])["run_id"].iloc[-1]
    assert run_id.endswith(f"/{40 + 2 * 20 - 1}")  # the luck of its number in the sample
    assert main(["reproduce", str(folder), run_id, "story=false"]) == 0
    assert "equal to what is stored" in capsys.readouterr().out


def test_rounds_follow_the_record_and_end_with_all_of_it() -> None:
    rounds = module.schedule(worlds.plan(), 800)
    assert sum(size for size, _ in rounds) == 800
    assert rounds[0] == (200, None)
    days = [day for _, day in rounds[1:]]
    assert days == sorted(days)
    assert str(days[-1]) == str(days[-2]) == "2023-07-01"


def test_the_first_runs_are_the_prior(tmp_path: Path) -> None:
    sample = make_sample(worlds.plan(), tmp_path / "s", 160)
    first = sample.first()
    assert first.runs == sample.prior == 40
    assert (first.log_mix == 0).all()
    assert np.abs(first.z.mean(axis=0)).max() < 0.2
    assert (sample.log_mix >= np.log(40 / 160) - 1e-9).all()


def test_a_folder_of_another_study_is_refused_naming_the_key(tmp_path: Path) -> None:
    make_sample(worlds.plan(), tmp_path / "s", 20)
    for plan, runs, says in (
        (worlds.plan(seed=4), 20, "seed: 3 in the folder, 4 now"),
        (worlds.plan(), 40, "asked for runs: 20 in the folder, 40 now"),
        (
            replace(worlds.plan(), scenario=with_horizon(worlds.scenario(), date(2023, 8, 1))),
            20,
            "scenario small",
        ),
    ):
        with pytest.raises(UserError, match=says):
            make_sample(plan, tmp_path / "s", runs)


def test_other_files_are_never_mixed_with(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UserError, match="holds other files"):
        make_sample(worlds.plan(), tmp_path, 20)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_torn_points_are_named_and_a_torn_table_is_made_again(tmp_path: Path) -> None:
    whole = make_sample(worlds.plan(), tmp_path / "s", 20)
    next((tmp_path / "s" / "round-0" / "reduced").iterdir()).write_bytes(b"half")
    assert equal(whole, make_sample(worlds.plan(), tmp_path / "s", 20))
    (tmp_path / "s" / "round-0" / module.POINTS).write_bytes(b"half")
    with pytest.raises(UserError, match="delete it and it is made again"):
        make_sample(worlds.plan(), tmp_path / "s", 20)


def test_the_horizon_is_the_last_thing_to_be_decided() -> None:
    plan = worlds.plan()
    assert str(plan.scenario.end) == "2023-07-01"
    assert plan.scenario.questions == ()
    assert plan.names == tuple(sorted(worlds.UNCERTAIN))


def test_events_past_the_horizon_are_left_out() -> None:
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


def test_a_target_of_days_before_the_runs_is_refused_before_them() -> None:
    """A scenario that starts later cannot be calibrated by what came before, but is held to what came since."""
    later = replace(worlds.scenario(), start=date(2022, 6, 1))
    with pytest.raises(
        UserError, match=r"deaths_2021-10: found a window from 2021-10-01 on; allowed: 2022-06-01"
    ):
        plan_sample(later, worlds.targets(), worlds.questions(), 1)
    seen = worlds.targets().seen_from(later.start)
    assert "deaths_2022-06" in seen.names
    assert "deaths_2022-05" not in seen.names
