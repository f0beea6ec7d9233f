"""Forecasts from past origins: nothing later leaks in, weights do what they say, all forecasters see the same past."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.forecast.branches import Branches, luck_weights, make_branches, months_of, origin
from experiments.forecast.forecasters import MEMBERS as STATISTICAL
from experiments.forecast.origins import MEMBERS, RIVALS, hindcast, origins_of, pool_scores
from experiments.forecast.pool import MODEL, POOL
from experiments.forecast.posterior import Learner
from experiments.forecast.sample import make_sample
from experiments.observed import load_observations
from tests.experiments.forecast import worlds

DAY = np.datetime64
ASKED = DAY("2021-09-15")


@pytest.fixture(scope="module")
def learner(tmp_path_factory: pytest.TempPathFactory) -> Learner:
    """2,048 runs of the small world, with their surrogate."""
    folder = Path(tmp_path_factory.mktemp("sample")) / "s"
    return Learner.of(make_sample(worlds.plan(), folder, 2048))


@pytest.fixture(scope="module")
def futures(learner: Learner) -> Branches:
    """60 points with four kinds of luck each."""
    days = origins_of(ASKED, learner.sample.months)
    return make_branches(learner, days, 60, 4)


@pytest.fixture(scope="module")
def deaths() -> pd.Series:
    """The observed months."""
    return load_observations("ucdp_monthly").monthly("deaths")


def test_origins(learner: Learner) -> None:
    days = origins_of(ASKED, learner.sample.months)
    assert [str(day) for day in days[:3]] == ["2021-09-15", "2021-10-01", "2021-11-01"]
    assert str(days[-1]) == "2023-06-01"
    assert len(days) == 22


def test_luck_is_weighted_by_the_last_twelve_months_alone(futures: Branches) -> None:
    targets = worlds.targets()
    even = luck_weights(targets, futures.summaries, ASKED)
    assert np.allclose(even, 0.25)
    day = DAY("2023-03-01")
    within = luck_weights(targets, futures.summaries, day)
    assert np.allclose(within.sum(axis=1), 1.0)
    old = futures.summaries.copy()
    old[:, :, targets.names.index("deaths_2021-12")] = 9.0
    assert np.array_equal(luck_weights(targets, old, day), within)
    recent = futures.summaries.copy()
    recent[:, 0, targets.names.index("deaths_2023-02")] = 9.0
    assert (luck_weights(targets, recent, day)[:, 0] <= within[:, 0] + 1e-12).all()


def test_members_look_like_what_was_known(learner: Learner, futures: Branches, deaths: pd.Series) -> None:
    day = DAY("2022-12-01")
    made = origin(futures, learner, day, MEMBERS, 1)
    columns = np.arange(9, 15)
    held = futures.totals["deaths"][made.points, made.lucks][:, columns]
    truth = np.log1p(deaths["2022-06":"2022-11"].to_numpy(dtype=float))
    free = learner.sample.first().totals["deaths"][:, columns]
    assert np.abs(np.log1p(held) - truth).mean() < np.abs(np.log1p(free) - truth).mean()
    assert made.effective > 3
    assert 1.0 <= made.effective_luck <= 4.0


def test_errors_of_the_record_spread_the_months(learner: Learner, futures: Branches) -> None:
    made = origin(futures, learner, ASKED, MEMBERS, 1)
    columns = np.array([5])
    plain = futures.totals["deaths"][made.points, made.lucks][:, columns]
    noisy = months_of(futures, learner.targets, made, "deaths", columns, 1)
    assert np.log1p(noisy).std() > np.log1p(plain).std()
    assert (noisy == np.round(noisy)).all()
    assert np.array_equal(noisy, months_of(futures, learner.targets, made, "deaths", columns, 1))


def test_the_table_is_complete_and_repeats(learner: Learner, futures: Branches, deaths: pd.Series) -> None:
    table, origins = hindcast(futures, learner, deaths, "deaths", ASKED, seed=1)
    assert len(origins) == 22
    everyone = {POOL, MODEL, *STATISTICAL, *RIVALS}
    assert set(table["forecast"]) == everyone
    assert len(table[table["forecast"] == POOL]) == 21 + sum(range(1, 22))
    assert table[["crps", "log_score", "pit"]].notna().all().all()
    first = table[(table["origin"] == "2021-10-01") & (table["forecast"] == "persistence")]
    assert (first["median"] == 508).all()
    one = table[(table["forecast"] == MODEL) & (table["horizon"] == 1)]
    assert one["month"].tolist()[:3] == ["2021-10", "2021-10", "2021-11"]
    kept = pool_scores(table)
    assert set(kept["forecast"]) == {MODEL, *STATISTICAL}
    assert "2021-09-15" not in set(kept["origin"])
    again, _ = hindcast(futures, learner, deaths, "deaths", ASKED, seed=1)
    pd.testing.assert_frame_equal(table, again)


def test_what_comes_after_an_origin_does_not_matter(
    learner: Learner, futures: Branches, deaths: pd.Series
) -> None:
    """Absurd later observations leave forecasts as they were, bit for bit."""
    changed = deaths.copy()
    changed["2022-03":"2023-06"] = 99_999.0
    absurd = worlds.targets().observed.copy()
    absurd[[t.known > DAY("2022-03-01") for t in worlds.targets().targets]] = 50.0
    other = Learner(learner.sample, worlds.targets().with_observed(absurd), learner.surrogate, learner.mean)
    before, _ = hindcast(futures, learner, deaths, "deaths", ASKED, seed=1)
    after, _ = hindcast(futures, other, changed, "deaths", ASKED, seed=1)
    told = ["origin", "month", "forecast", "median", "low_90", "high_90"]
    early = [part[part["origin"] <= "2022-03-01"][told].reset_index(drop=True) for part in (before, after)]
    pd.testing.assert_frame_equal(*early)
