"""Forecast paths: right months and units, held to the past when asked, the same for any number of threads."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.forecast.projection import Conditions, Wanted, project
from experiments.forecast.sample import days_of, with_horizon
from experiments.observed import load_observations
from sim.ensemble import simulate_points
from tests.experiments.forecast import worlds


def month(text: str) -> np.datetime64:
    return np.datetime64(text, "M")


def wanted(
    series: str = "deaths", place: str = "national", first: str = "2022-10", last: str = "2022-12"
) -> Wanted:
    return Wanted(series, place, month(first), month(last))


def held(as_of: str | None = None, lucks: int = 4) -> Conditions:
    return Conditions(worlds.targets(), np.datetime64(as_of) if as_of else None, lucks)


def test_free_paths_are_runs_summed_by_month() -> None:
    made = project(worlds.scenario(), wanted(), paths=20, seed=4)
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
    table = wanted().table(made.values)
    assert table.columns.tolist() == ["month", "path", "value"]
    assert len(table) == 45
    assert table["month"].unique().tolist() == ["2022-10", "2022-11", "2022-12"]
    assert (table.pivot_table(index="path", columns="month", values="value").to_numpy() == made.values).all()


def test_held_paths_look_like_what_was_known() -> None:
    """Deaths before the first month are nearer to the observed ones than in free runs."""
    deaths = load_observations("ucdp_monthly").monthly("deaths")
    made = project(worlds.scenario(), wanted(first="2022-03", last="2022-04"), 40, 4, held=held(lucks=6))
    assert made.runs == 280
    assert made.values.shape == (40, 2)
    assert "deaths_2022-02" in made.known
    assert "deaths_2022-03" not in made.known
    before = project(worlds.scenario(), wanted(first="2021-10", last="2022-02"), 240, 4)
    truth = np.log1p(deaths["2021-10":"2022-02"].to_numpy(dtype=float))
    scenario = with_horizon(worlds.scenario(), month("2022-03").astype("datetime64[D]").item())
    draws = scenario.draw(made.replicates % 40, 4)
    block = simulate_points(scenario, draws, made.replicates, 4)
    dates = days_of(scenario).astype("datetime64[M]")
    past = np.stack(
        [block.national("deaths")[:, dates == m].sum(axis=1) for m in np.unique(dates)[1:]], axis=1
    )
    ours = np.abs(np.log1p(past) - truth).mean()
    assert ours < np.abs(np.log1p(before.values) - truth).mean()


def test_draws_that_know_are_all_kept_and_their_luck_is_chosen() -> None:
    made = project(worlds.scenario(), wanted(), 30, 4, held=held("2022-10-01"))
    assert sorted(made.replicates % 30) == list(range(30))
    assert made.effective == pytest.approx(30)
    assert made.power == 1.0
    assert 1.0 <= made.effective_luck <= 4.0
    newer = project(worlds.scenario(), wanted(), 30, 4, held=held("2022-07-01"))
    assert newer.effective < 30


def test_months_that_nobody_has_observed_are_no_obstacle() -> None:
    """The forecast begins after the last month that is known: what is known is used."""
    made = project(worlds.scenario(), wanted(first="2023-11", last="2023-12"), 10, 4, held=held("2023-07-01"))
    assert "deaths_2023-06" in made.known
    assert made.values.shape == (10, 2)


def test_errors_of_record_and_model_spread_deaths_and_nothing_else() -> None:
    """Logs of recorded against true deaths: median nought, spread that of the targets (180 values)."""
    plain = project(worlds.scenario(), wanted(), paths=60, seed=4).values
    noisy = project(worlds.scenario(), wanted(), paths=60, seed=4, errors=worlds.targets()).values
    logs = np.log1p(noisy) - np.log1p(plain)
    assert abs(np.median(logs)) < 0.2
    assert logs.std() == pytest.approx(np.sqrt(0.3**2 + 0.5**2 + 0.25**2), abs=0.15)
    assert (noisy == np.round(noisy)).all()
    both = [
        project(worlds.scenario(), wanted("services"), 10, 4, errors=e).values
        for e in (None, worlds.targets())
    ]
    assert np.allclose(both[0], both[1])


def test_threads_do_not_matter() -> None:
    one, two = (project(worlds.scenario(), wanted(), 12, 4, threads, held()) for threads in (1, 2))
    assert np.array_equal(one.values, two.values)
    assert np.array_equal(one.replicates, two.replicates)


def test_provinces_stocks_and_differences() -> None:
    province = project(worlds.scenario(), wanted(place="Kabul", first="2021-10"), paths=15, seed=4)
    national = project(worlds.scenario(), wanted(first="2021-10"), paths=15, seed=4)
    assert (province.values.sum(axis=1) <= national.values.sum(axis=1) + 1e-3).all()
    assert province.values.sum() > 0
    stock = project(worlds.scenario(), wanted("services"), paths=10, seed=4)
    assert (stock.values <= 1.0).all()
    one_sided = project(worlds.scenario(), wanted("deaths_one_sided", first="2021-10"), paths=15, seed=4)
    state = project(worlds.scenario(), wanted("deaths_state_based", first="2021-10"), paths=15, seed=4)
    assert np.allclose(one_sided.values, national.values - state.values, atol=1e-3)


def test_progress_counts_the_runs() -> None:
    seen: list[int] = []
    project(worlds.scenario(), wanted(), paths=10, seed=4, progress=seen.append)
    assert sum(seen) == 10


@pytest.mark.parametrize("first", ["2021-10", "2022-01"])
def test_months_are_those_asked_for(first: str) -> None:
    assert wanted(first=first).months[0] == month(first)
    assert wanted(first=first).months[-1] == month("2022-12")
