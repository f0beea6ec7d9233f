"""Forecasts from past origins: nothing later leaks in, weights do what they say, the naive ones see the same
past.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.forecast.origins import MODEL, hindcast, members, origins_of, weigh
from experiments.forecast.sample import Sample, make_sample
from experiments.observed import load_observations
from tests.experiments import calibration_worlds as worlds

DAY = np.datetime64
KEEP = 100


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """800 runs of the small world."""
    return make_sample(worlds.plan(), Path(tmp_path_factory.mktemp("sample")) / "s", 800)


@pytest.fixture(scope="module")
def deaths() -> pd.Series:
    """The observed months."""
    return load_observations("ucdp_monthly").monthly("deaths")


def test_origins(sample: Sample) -> None:
    days = origins_of(DAY("2021-09-15"), sample.months)
    assert [str(day) for day in days[:3]] == ["2021-09-15", "2021-10-01", "2021-11-01"]
    assert str(days[-1]) == "2022-09-01"
    assert len(days) == 13


def test_before_anything_is_known_all_runs_count_alike(sample: Sample, deaths: pd.Series) -> None:
    origin = weigh(sample, worlds.targets(), deaths, DAY("2021-09-15"), KEEP, seed=1)
    assert origin.known == ()
    assert origin.effective == pytest.approx(800)
    assert np.allclose(origin.weight, 1 / 800)


def test_later_origins_keep_the_runs_that_look_like_the_past(sample: Sample, deaths: pd.Series) -> None:
    origin = weigh(sample, worlds.targets(), deaths, DAY("2022-03-01"), KEEP, seed=1)
    assert len(origin.rows) == KEEP
    assert origin.weight.sum() == pytest.approx(1.0)
    assert "last_month" in origin.known
    winter = np.log1p(sample.totals["deaths"][:, 4:7].sum(axis=1))
    truth = np.log1p(28 + 42 + 10)
    assert np.abs(winter[origin.rows] - truth).mean() < np.abs(winter - truth).mean()


def test_what_comes_after_an_origin_does_not_matter(sample: Sample, deaths: pd.Series) -> None:
    """Absurd later observations leave a forecast as it was, bit for bit."""
    from experiments.forecast.targets import load_targets

    targets = load_targets("first_year")
    changed = deaths.copy()
    changed["2022-03":"2022-09"] = 99_999.0
    for target in targets.targets:
        if target.table is not None:
            target.table[1][target.table[0] >= np.datetime64("2022-03")] = 99_999.0
    day = DAY("2022-03-01")
    before = weigh(sample, worlds.targets(), deaths, day, KEEP, seed=1)
    after = weigh(sample, targets, changed, day, KEEP, seed=1)
    assert np.array_equal(before.rows, after.rows)
    assert np.array_equal(before.weight, after.weight)


def test_members_are_futures_of_the_weighted_runs(sample: Sample, deaths: pd.Series) -> None:
    origin = weigh(sample, worlds.targets(), deaths, DAY("2022-06-01"), KEEP, seed=1)
    made = members(sample, origin, np.datetime64("2022-07"), seed=1)
    column = int(np.flatnonzero(sample.months == np.datetime64("2022-07"))[0])
    assert set(made) <= set(sample.totals["deaths"][origin.rows, column])
    mean = origin.weight @ sample.totals["deaths"][origin.rows, column]
    assert made.mean() == pytest.approx(mean, rel=0.05)


def test_the_table_is_complete_and_repeats(sample: Sample, deaths: pd.Series) -> None:
    asked = DAY("2021-09-15")
    table, origins = hindcast(sample, worlds.targets(), deaths, asked, KEEP, seed=1)
    assert len(origins) == 13
    assert len(table) == 5 * (12 + sum(range(1, 13))) + sum(range(1, 13))
    since = table[(table["forecast"] == "climatology_since") & (table["origin"] == "2021-11-01")]
    assert since["low_90"].min() == 234
    assert since["high_90"].max() == 508
    assert table[["crps", "log_score", "pit"]].notna().all().all()
    first = table[(table["origin"] == "2021-10-01") & (table["forecast"] == "persistence")]
    assert (first["median"] == 508).all()
    one = table[(table["forecast"] == MODEL) & (table["horizon"] == 1)]
    assert one["month"].tolist() == [str(m) for m in sample.months[1:2]] + [str(m) for m in sample.months[1:]]
    again, _ = hindcast(sample, worlds.targets(), deaths, asked, KEEP, seed=1)
    pd.testing.assert_frame_equal(table, again)


def test_a_world_of_the_model_is_forecast_with_skill(sample: Sample) -> None:
    """A run of the sample plays the world: over 30 such worlds the model's mean CRPS beats persistence.

    Deterministic given the seeds; the model knows the process, so a loss would be a fault of the weights.
    """
    from dataclasses import replace

    ours, naive = [], []
    for row in range(30):
        totals = sample.totals["deaths"][row]
        world = pd.Series(totals[1:], index=pd.PeriodIndex([str(m) for m in sample.months[1:]], freq="M"))
        past = pd.Series(50.0, index=pd.period_range("2020-09", "2021-09", freq="M"))
        observed = pd.concat([past, world])
        parts = []
        for j, target in enumerate(worlds.targets().targets):
            table = (
                (sample.months[1:], sample.totals[target.statistic.series][row, 1:]) if target.table else None
            )
            parts.append(replace(target, observed=float(sample.summaries[row, j]), table=table))
        targets = replace(worlds.targets(), targets=tuple(parts))
        keep = np.arange(sample.runs) != row
        rest = replace(
            sample, parameters=sample.parameters[keep], summaries=sample.summaries[keep],
            totals={k: v[keep] for k, v in sample.totals.items()}, answers=sample.answers[keep],
        )  # fmt: skip
        table, _ = hindcast(rest, targets, observed, DAY("2021-09-15"), KEEP, seed=1)
        later = table[table["origin"] >= "2021-12-01"]
        ours.append(later[later["forecast"] == MODEL]["crps"].mean())
        naive.append(later[later["forecast"] == "persistence"]["crps"].mean())
    assert np.mean(ours) < 0.8 * np.mean(naive)
