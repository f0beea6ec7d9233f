"""Kaplan-Meier against a published example and against plain binomial shares."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.stats.intervals import wilson
from experiments.stats.survival import kaplan_meier

# Remission of 21 leukaemia patients on 6-MP (Freireich et al. 1963), weeks; + marks a censored one.
FREIREICH = (
    "6", "6", "6", "6+", "7", "9+", "10", "10+", "11+", "13", "16", "17+", "19+", "20+", "22", "23", "25+",
    "32+", "32+", "34+", "35+",
)  # fmt: skip
EVENTS = np.array([np.nan if t.endswith("+") else float(t) for t in FREIREICH])
WATCHED = np.array([float(t.rstrip("+")) for t in FREIREICH])
# Survival and its log-log limits as statistics packages print them for these data.
PUBLISHED = {
    6: (0.8571, 0.6197, 0.9516), 7: (0.8067, 0.5631, 0.9228), 10: (0.7529, 0.5032, 0.8894),
    13: (0.6902, 0.4316, 0.8491), 16: (0.6275, 0.3675, 0.8049), 22: (0.5378, 0.2678, 0.7468),
    23: (0.4482, 0.1881, 0.6801),
}  # fmt: skip


@pytest.mark.parametrize("day", sorted(PUBLISHED))
def test_survival_and_limits_are_the_published_ones(day):
    curve = kaplan_meier(EVENTS, WATCHED)
    chance = curve.happened(day)
    survival, low, high = PUBLISHED[day]
    assert 1 - chance.estimate == pytest.approx(survival, abs=6e-5)
    assert 1 - chance.high == pytest.approx(low, abs=6e-5)
    assert 1 - chance.low == pytest.approx(high, abs=6e-5)


def test_risk_set_and_median():
    curve = kaplan_meier(EVENTS, WATCHED)
    at_risk = dict(zip(curve.time, curve.at_risk, strict=True))
    assert [at_risk[t] for t in (6, 7, 10, 13, 16, 22, 23)] == [21, 17, 15, 12, 11, 7, 6]
    assert curve.waiting(10) == 13
    assert curve.quantile(0.5).estimate == 23
    assert curve.quantile(0.5).low == 13
    assert np.isnan(curve.quantile(0.9).estimate)


def test_censoring_at_one_horizon_gives_plain_shares():
    days = np.array([3.0, 3.0, 10.0, np.nan, np.nan, np.nan, np.nan, np.nan])
    curve = kaplan_meier(days, 100.0)
    assert curve.happened([2, 3, 9, 10, 100]).estimate == pytest.approx([0, 0.25, 0.25, 0.375, 0.375])
    assert curve.waiting(0) == 8
    assert curve.waiting(10) == 5


def test_an_event_on_the_first_day_counts():
    curve = kaplan_meier([0.0, np.nan], 10.0)
    assert curve.happened(0).estimate == 0.5


def test_what_never_happened_is_not_proved_impossible():
    curve = kaplan_meier(np.full(60, np.nan), 365.0)
    chance = curve.happened(364)
    assert chance.estimate == 0.0
    assert chance.low == 0.0
    assert chance.high == pytest.approx(wilson(0, 60).high)


def test_what_happened_in_all_runs_is_not_proved_certain():
    chance = kaplan_meier(np.arange(1.0, 31.0), 365.0).happened(365)
    assert chance.estimate == 1.0
    assert chance.high == 1.0
    assert 0.8 < chance.low < 1.0


def test_limits_hold_the_curve_and_stay_probabilities():
    rng = np.random.Generator(np.random.Philox(key=2))
    days = rng.exponential(200.0, 150)
    curve = kaplan_meier(np.where(days > 300, np.nan, days), 300.0)
    assert np.all((curve.low <= curve.survival) & (curve.survival <= curve.high))
    assert curve.low.min() >= 0
    assert curve.high.max() <= 1


def test_intervals_cover_the_truth():
    """400 samples of 120; coverage of the log-log limits at one date is about 95 %: below 91 % has "
    "a chance < 0.1 %."""
    rng = np.random.Generator(np.random.Philox(key=8))
    truth, hits = 1 - np.exp(-0.5), 0
    for _ in range(400):
        days = rng.exponential(200.0, 120)
        chance = kaplan_meier(np.where(days > 365, np.nan, days), 365.0).happened(100.0)
        hits += chance.low <= truth <= chance.high
    assert hits / 400 > 0.91


@pytest.mark.parametrize(
    ("days", "message"), [([], "no runs"), ([5.0], "outside the days"), ([-1.0], "outside the days")]
)
def test_impossible_data_are_refused(days, message):
    with pytest.raises(ValueError, match=message):
        kaplan_meier(days, 4.0)
