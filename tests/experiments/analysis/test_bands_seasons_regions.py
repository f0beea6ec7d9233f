"""Periods, bands, seasons and provinces on numbers that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.stats.bands import gather, quantile_bands
from experiments.stats.regions import by_province, share_of
from experiments.stats.seasonality import calendar_months, half_years

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


def test_stocks_are_averaged_or_taken_last():
    days = np.tile(np.arange(14.0), (1, 1))
    assert gather(days, DATES[:14], "week", "mean").values.tolist() == [[3.0, 10.0]]
    assert gather(days, DATES[:14], "week", "last").values.tolist() == [[6.0, 13.0]]
    odd = gather(days[:, :10], DATES[:10], "week", "mean")
    assert odd.values.tolist() == [[3.0, 8.0]]
    assert odd.complete.tolist() == [True, False]


@pytest.mark.parametrize(("unit", "how"), [("year", "sum"), ("month", "median")])
def test_unknown_periods_are_refused(unit, how):
    with pytest.raises(ValueError, match="must be"):
        gather(np.ones((1, 5)), DATES[:5], unit, how)


def test_values_must_fit_the_dates():
    with pytest.raises(ValueError, match="do not fit"):
        gather(np.ones((1, 5)), DATES[:6])


def test_bands_hold_the_share_that_they_name():
    values = np.arange(1001.0)[:, None] * np.array([1.0, 2.0])
    got = quantile_bands(values, DATES[:2])
    assert got.levels == (0.5, 0.8, 0.95)
    assert got.median.tolist() == [500.0, 1000.0]
    assert got.low[:, 0] == pytest.approx([250, 100, 25])
    assert got.high[:, 1] == pytest.approx([1500, 1800, 1950])
    assert got.runs == 1001


def test_bands_leave_missing_runs_out():
    values = np.array([[1.0], [np.nan], [3.0]])
    assert quantile_bands(values, DATES[:1]).median.tolist() == [2.0]


def test_bands_need_runs():
    with pytest.raises(ValueError, match="one run or more"):
        quantile_bands(np.empty((0, 4)), DATES[:4])


def test_the_year_finds_a_planted_summer():
    month = DATES.astype("datetime64[M]").astype(int) % 12 + 1
    daily = np.where(np.isin(month, (4, 5, 6, 7, 8, 9)), 3.0, 1.0)[None, :] * np.array([[1.0], [2.0]])
    got = calendar_months(daily, DATES)
    assert got.mean[6] == pytest.approx(31 * 3.0 * 1.5)
    assert got.mean[0] == pytest.approx(31 * 1.0 * 1.5)
    assert got.years.tolist() == [3, 3, 3, 3, 3, 3, 3, 3, 2, 3, 3, 3]
    summer = 3 * 183 / (3 * 183 + (31 * 4 + 30 + 28.333))
    assert got.summer_share == pytest.approx(summer, abs=0.002)


def test_a_short_run_has_no_year():
    got = calendar_months(np.ones((3, 70)), DATES[:70])
    assert np.isnan(got.summer_share)
    assert np.isnan(got.mean[0])
    assert got.mean[9] == 31


def test_half_years_turn_in_april_and_october():
    weeks = np.array(["2022-03-27", "2022-03-29", "2022-09-26", "2022-09-28"], "datetime64[D]")
    assert half_years(weeks).tolist() == [False, True, True, False]


def test_provinces_are_summed_over_time_and_ranked():
    values = np.zeros((2, 3, 4))
    values[:, :, 2] = 5.0
    values[0, 1, 0] = 6.0
    got = by_province(values, "sum", scale=0.5)
    assert got.mean.tolist() == [1.5, 0.0, 7.5, 0.0]
    assert got.any_share.tolist() == [0.5, 0.0, 1.0, 0.0]
    assert got.top(3).tolist() == [2, 0, 1]
    assert got.top(2, smallest=True).tolist() == [1, 3]
    assert by_province(values, "mean").mean.tolist() == [1.0, 0.0, 5.0, 0.0]
    with pytest.raises(ValueError, match="must be"):
        by_province(values, "max")


def test_share_of_some_provinces():
    values = np.zeros((2, 2, 3))
    values[0] = [1.0, 2.0, 1.0]
    assert share_of(values, np.array([1, 2]))[0] == 0.75
    assert np.isnan(share_of(values, np.array([1]))[1])
