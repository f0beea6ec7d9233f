"""Forecast paths: right months and units, held to the past when asked, the same for any number of threads."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.forecast.projection import Wanted, project
from experiments.forecast.sample import days_of, with_horizon
from experiments.observed import load_observations
from sim.ensemble import simulate_points
from tests.experiments import calibration_worlds as worlds


def month(text: str) -> np.datetime64:
    return np.datetime64(text, "M")


def wanted(
    series: str = "deaths", place: str = "national", first: str = "2022-10", last: str = "2022-12"
) -> Wanted:
    return Wanted(series, place, month(first), month(last))


def test_free_paths_are_runs_summed_by_month() -> None:
    made = project(worlds.scenario(), wanted(), paths=20, seed=4, error=0)
    scenario = with_horizon(worlds.scenario(), month("2023-01").astype("datetime64[D]").item())
    numbers = np.arange(20)
    block = simulate_points(scenario, scenario.draw(numbers, 4), numbers, 4)
    dates = days_of(scenario)
    november = dates.astype("datetime64[M]") == month("2022-11")
    assert np.allclose(made.values[:, 1], block.national("deaths")[:, november].sum(axis=1))
    assert made.known == ()
    assert made.runs == 20


def test_table_has_one_row_a_month_and_path() -> None:
    made = project(worlds.scenario(), wanted(), paths=15, seed=4)
    table = made.table()
    assert table.columns.tolist() == ["month", "path", "value"]
    assert len(table) == 45
    assert table["month"].unique().tolist() == ["2022-10", "2022-11", "2022-12"]
    assert (table.pivot_table(index="path", columns="month", values="value").to_numpy() == made.values).all()


def test_held_paths_look_like_what_was_known() -> None:
    """Deaths before the first month are nearer to the observed ones than in free runs."""
    deaths = load_observations("ucdp_monthly").monthly("deaths")
    ask = wanted(first="2022-03", last="2022-04")
    held = project(worlds.scenario(), ask, 30, 4, targets=worlds.targets(), observed=deaths, candidates=8)
    assert held.runs == 240
    assert held.values.shape == (30, 2)
    assert len(np.unique(held.replicates)) == 30
    assert "deaths_winter" in held.known
    before = wanted(first="2021-10", last="2022-02")
    all_runs = project(worlds.scenario(), before, 240, 4)
    truth = np.log1p(deaths["2021-10":"2022-02"].to_numpy(dtype=float))
    miss = np.abs(np.log1p(all_runs.values) - truth).mean(axis=1)
    # A run to a later horizon is the same run as far as both go: replicates name the same histories.
    assert miss[held.replicates].mean() < miss.mean()


def test_recording_error_spreads_deaths_and_nothing_else() -> None:
    """Ratio of recorded to true deaths: median 1, spread 0.3 in logs (60 x 3 values, within 0.08: 1e-3)."""
    plain = project(worlds.scenario(), wanted(), paths=60, seed=4, error=0).values
    noisy = project(worlds.scenario(), wanted(), paths=60, seed=4).values
    logs = np.log((noisy + 0.5) / (plain + 0.5))
    assert abs(np.median(logs)) < 0.08
    assert logs.std() == pytest.approx(0.3, abs=0.08)
    assert (noisy == np.round(noisy)).all()
    pockets = [
        project(worlds.scenario(), wanted("pockets"), paths=10, seed=4, error=e).values for e in (0, 1)
    ]
    assert np.array_equal(*pockets)


def test_threads_do_not_matter() -> None:
    deaths = load_observations("ucdp_monthly").monthly("deaths")
    one, two = (
        project(worlds.scenario(), wanted(), 12, 4, threads, worlds.targets(), deaths, candidates=4)
        for threads in (1, 2)
    )
    assert np.array_equal(one.values, two.values)
    assert np.array_equal(one.replicates, two.replicates)


def test_provinces_and_stocks() -> None:
    province = project(worlds.scenario(), wanted(place="Kabul", first="2021-10"), paths=15, seed=4, error=0)
    national = project(worlds.scenario(), wanted(first="2021-10"), paths=15, seed=4, error=0)
    assert (province.values.sum(axis=1) <= national.values.sum(axis=1) + 1e-3).all()
    assert province.values.sum() > 0
    stock = project(worlds.scenario(), wanted("services"), paths=10, seed=4)
    assert (stock.values <= 1.0).all()


def test_progress_counts_the_runs() -> None:
    seen: list[int] = []
    project(worlds.scenario(), wanted(), paths=10, seed=4, progress=seen.append)
    assert sum(seen) == 10


@pytest.mark.parametrize("first", ["2021-10", "2022-01"])
def test_months_are_those_asked_for(first: str) -> None:
    assert wanted(first=first).months[0] == month(first)
    assert wanted(first=first).months[-1] == month("2022-12")
