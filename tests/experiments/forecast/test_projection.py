"""Forecast paths: right months and units, held to the past when asked, the same for any number of threads."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest

from experiments.forecast.horizon import days_of, with_horizon
from experiments.forecast.projection import (
    Conditions,
    Wanted,
    as_recorded,
    choose,
    reduction_of,
    study_of,
)
from experiments.observed import load_observations
from experiments.runs.carry_out import perform
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


def project(
    scenario, asked: Wanted, paths: int, seed: int, threads: int | None = None, held=None, progress=None
):
    """The chosen runs of paths, and their months ``(paths, months)``."""
    chosen = choose(scenario, asked, paths, seed, threads, held, progress)
    study = study_of(scenario, asked, chosen, seed, {})
    with tempfile.TemporaryDirectory() as home:
        folder, code = perform(study, Path(home) / "study", threads, reduction_of(asked))
        assert code == 0
        assert folder.runs()["replicate"].tolist() == chosen.luck.tolist()
        return chosen, folder.reduced(scenario.name)["months"]


def test_free_paths_are_runs_summed_by_month() -> None:
    made, values = project(worlds.scenario(), wanted(), paths=20, seed=4)
    scenario = with_horizon(worlds.scenario(), month("2023-01").astype("datetime64[D]").item())
    numbers = np.arange(20)
    block = simulate_points(scenario, scenario.draw(numbers, 4), numbers, 4)
    dates = days_of(scenario)
    november = dates.astype("datetime64[M]") == month("2022-11")
    assert np.allclose(values[:, 1], block.national("deaths")[:, november].sum(axis=1))
    assert made.choice.known == []
    assert made.choice.runs == 20


def test_table_has_one_row_a_month_and_path() -> None:
    values = np.random.Generator(np.random.Philox(key=1)).random((15, 3))
    table = wanted().table(values)
    assert table.columns.tolist() == ["month", "path", "value"]
    assert len(table) == 45
    assert table["month"].unique().tolist() == ["2022-10", "2022-11", "2022-12"]
    assert (table.pivot_table(index="path", columns="month", values="value").to_numpy() == values).all()


def test_held_paths_look_like_what_was_known() -> None:
    """Deaths before the first month are nearer to the observed ones than in free runs."""
    deaths = load_observations("ucdp_monthly").monthly("deaths")
    asked = wanted(first="2022-03", last="2022-04")
    made, values = project(worlds.scenario(), asked, 40, 4, held=held(lucks=6))
    assert made.choice.runs == 280
    assert values.shape == (40, 2)
    assert "deaths_2022-02" in made.choice.known
    assert "deaths_2022-03" not in made.choice.known
    _, before = project(worlds.scenario(), wanted(first="2021-10", last="2022-02"), 240, 4)
    truth = np.log1p(deaths["2021-10":"2022-02"].to_numpy(dtype=float))
    scenario = with_horizon(worlds.scenario(), month("2022-03").astype("datetime64[D]").item())
    draws = scenario.draw(made.luck % 40, 4)
    block = simulate_points(scenario, draws, made.luck, 4)
    dates = days_of(scenario).astype("datetime64[M]")
    past = np.stack(
        [block.national("deaths")[:, dates == m].sum(axis=1) for m in np.unique(dates)[1:]], axis=1
    )
    ours = np.abs(np.log1p(past) - truth).mean()
    assert ours < np.abs(np.log1p(before) - truth).mean()


def test_draws_that_know_are_all_kept_and_their_luck_is_chosen() -> None:
    made = choose(worlds.scenario(), wanted(), 30, 4, held=held("2022-10-01"))
    assert sorted(made.luck % 30) == list(range(30))
    assert made.choice.effective == pytest.approx(30)
    assert made.choice.power == 1.0
    assert 1.0 <= made.choice.effective_luck <= 4.0
    newer = choose(worlds.scenario(), wanted(), 30, 4, held=held("2022-07-01"))
    assert newer.choice.effective < 30


def test_months_that_nobody_has_observed_are_no_obstacle() -> None:
    """The forecast begins after the last month that is known: what is known is used."""
    asked = wanted(first="2023-11", last="2023-12")
    made, values = project(worlds.scenario(), asked, 10, 4, held=held("2023-07-01"))
    assert "deaths_2023-06" in made.choice.known
    assert values.shape == (10, 2)


def test_errors_of_record_and_model_spread_deaths_and_nothing_else() -> None:
    """Logs of recorded against true deaths: median nought, spread that of the targets (180 values)."""
    _, plain = project(worlds.scenario(), wanted(), paths=60, seed=4)
    noisy = as_recorded(wanted(), plain, worlds.targets(), 4)
    logs = np.log1p(noisy) - np.log1p(plain)
    assert abs(np.median(logs)) < 0.2
    assert logs.std() == pytest.approx(np.sqrt(0.3**2 + 0.5**2 + 0.25**2), abs=0.15)
    assert (noisy == np.round(noisy)).all()
    assert as_recorded(wanted("services"), plain, worlds.targets(), 4) is plain


def test_threads_do_not_matter() -> None:
    one, two = (project(worlds.scenario(), wanted(), 12, 4, threads, held()) for threads in (1, 2))
    assert np.array_equal(one[1], two[1])
    assert np.array_equal(one[0].luck, two[0].luck)


def test_provinces_stocks_and_differences() -> None:
    _, province = project(worlds.scenario(), wanted(place="Kabul", first="2021-10"), paths=15, seed=4)
    _, national = project(worlds.scenario(), wanted(first="2021-10"), paths=15, seed=4)
    assert (province.sum(axis=1) <= national.sum(axis=1) + 1e-3).all()
    assert province.sum() > 0
    _, stock = project(worlds.scenario(), wanted("services"), paths=10, seed=4)
    assert (stock <= 1.0).all()
    _, one_sided = project(worlds.scenario(), wanted("deaths_one_sided", first="2021-10"), paths=15, seed=4)
    _, state = project(worlds.scenario(), wanted("deaths_state_based", first="2021-10"), paths=15, seed=4)
    assert np.allclose(one_sided, national - state, atol=1e-3)


def test_progress_counts_the_runs() -> None:
    seen: list[int] = []
    choose(worlds.scenario(), wanted(), 10, 4, held=held(lucks=2), progress=seen.append)
    assert sum(seen) == 20


@pytest.mark.parametrize("first", ["2021-10", "2022-01"])
def test_months_are_those_asked_for(first: str) -> None:
    assert wanted(first=first).months[0] == month(first)
    assert wanted(first=first).months[-1] == month("2022-12")
