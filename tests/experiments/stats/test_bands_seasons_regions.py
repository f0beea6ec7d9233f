"""Periods, bands, seasons and provinces on numbers that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.stats.bands import gather, quantile_bands
from experiments.stats.regions import by_province
from experiments.stats.seasonality import half_years, month_of, totals

DATES = np.datetime64("2021-09-06") + np.arange(1096)


def test_months_have_their_days_and_know_which_are_whole():
    got = gather(np.ones((2, 1096)), DATES, "month", "sum")
    assert got.starts[0] == np.datetime64("2021-09-06")
    assert got.values[0, :6].tolist() == [25, 31, 30, 31, 31, 28]
    assert got.values.sum() == 2 * 1096
    assert got.complete.tolist() == [False] + [True] * 35 + [False]
    whole = got.whole()
    assert whole.starts[0] == np.datetime64("2021-10-01")
    assert whole.values.shape == (2, 35)


def test_stocks_are_averaged():
    days = np.tile(np.arange(14.0), (1, 1))
    assert gather(days, DATES[:14], "week", "mean").values.tolist() == [[3.0, 10.0]]
    odd = gather(days[:, :10], DATES[:10], "week", "mean")
    assert odd.values.tolist() == [[3.0, 8.0]]
    assert odd.complete.tolist() == [True, False]


def test_unknown_periods_are_refused():
    with pytest.raises(ValueError, match="must be"):
        gather(np.ones((1, 5)), DATES[:5], "year")


def test_values_must_fit_the_dates():
    with pytest.raises(ValueError, match="do not fit"):
        gather(np.ones((1, 5)), DATES[:6])


def test_bands_hold_the_share_that_they_name():
    values = np.arange(1001.0)[:, None] * np.array([1.0, 2.0])
    got = quantile_bands(values, DATES[:2])
    assert got.levels == (0.5, 0.9)
    assert got.median.tolist() == [500.0, 1000.0]
    assert got.low[:, 0] == pytest.approx([250, 50])
    assert got.high[:, 1] == pytest.approx([1500, 1900])
    assert got.runs == 1001


def test_bands_leave_missing_runs_out():
    values = np.array([[1.0], [np.nan], [3.0]])
    assert quantile_bands(values, DATES[:1]).median.tolist() == [2.0]


def test_bands_need_runs():
    with pytest.raises(ValueError, match="one run or more"):
        quantile_bands(np.empty((0, 4)), DATES[:4])


def test_half_years_turn_in_april_and_october():
    weeks = np.array(["2022-03-27", "2022-03-29", "2022-09-26", "2022-09-28"], "datetime64[D]")
    assert month_of(weeks).tolist() == [3, 4, 9, 10]
    by_month = np.full((12, 1), np.nan)
    by_month[[2, 3, 8, 9], 0] = 1.0, 2.0, 4.0, 7.0
    summer, winter = half_years(by_month, weeks)
    assert (summer.tolist(), winter.tolist()) == ([3.0], [4.0])
    assert totals(by_month, weeks).tolist() == [14.0]


def test_halves_weigh_months_by_their_weeks():
    weeks = np.datetime64("2021-09-06") + 7 * np.arange(100)
    weekly = np.random.default_rng(1).random((100, 3))
    month = month_of(weeks)
    by_month = np.array([weekly[month == m].mean(axis=0) for m in range(1, 13)])
    warm = np.isin(month, (4, 5, 6, 7, 8, 9))
    summer, winter = half_years(by_month, weeks)
    assert summer == pytest.approx(weekly[warm].mean(axis=0))
    assert winter == pytest.approx(weekly[~warm].mean(axis=0))


def test_a_half_without_weeks_is_not_a_number():
    by_month = np.full((12, 2), np.nan)
    by_month[0] = 1.0
    summer, winter = half_years(by_month, np.array(["2022-01-03"], "datetime64[D]"))
    assert np.isnan(summer).all()
    assert winter.tolist() == [1.0, 1.0]


def test_provinces_are_ranked_by_their_means():
    values = np.zeros((2, 4))
    values[:, 2] = 15.0
    values[0, 0] = 6.0
    got = by_province(values, scale=0.5)
    assert got.mean.tolist() == [1.5, 0.0, 7.5, 0.0]
    assert got.top(3).tolist() == [2, 0, 1]
