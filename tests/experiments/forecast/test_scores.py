"""Scores against hand-worked numbers, known limits, an independent library, and their own properness."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from experiments.forecast import scores


def philox(key: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=key))


def test_crps_by_hand() -> None:
    # members 1 and 3, truth 2: mean |x - y| = 1; pair distance 2 -> fair half mean over distinct pairs = 1.
    assert scores.crps_ensemble([2.0], [[1.0, 3.0]])[0] == pytest.approx(0.0)
    # members 0, 0, 6, truth 1: mean |x - y| = 7/3; distinct pairs 0, 6, 6 -> mean 4, half 2.
    assert scores.crps_ensemble([1.0], [[0.0, 6.0, 0.0]])[0] == pytest.approx(7 / 3 - 2)


def test_crps_of_one_value_is_the_absolute_error() -> None:
    assert scores.crps_ensemble([5.0, 1.0], [[2.0] * 4, [4.0] * 4]).tolist() == [3.0, 3.0]


def test_fair_crps_does_not_depend_on_the_number_of_members() -> None:
    """Mean fair CRPS of 3 and of 60 members agree; false-alarm rate under 1e-4 (four standard errors)."""
    rng = philox(1)
    truth = rng.normal(size=40_000)
    few = scores.crps_ensemble(truth, rng.normal(size=(40_000, 3)))
    many = scores.crps_ensemble(truth, rng.normal(size=(40_000, 60)))
    error = np.hypot(few.std(), many.std()) / 200.0
    assert abs(few.mean() - many.mean()) < 4 * error


def test_crps_of_a_normal_forecast_meets_its_formula() -> None:
    """Closed form for N(0, 1) at y: y(2 Phi(y) - 1) + 2 phi(y) - 1/sqrt(pi)."""
    quantiles = stats.norm.ppf((np.arange(4000) + 0.5) / 4000)
    for y in (-2.0, 0.0, 0.7):
        exact = y * (2 * stats.norm.cdf(y) - 1) + 2 * stats.norm.pdf(y) - 1 / np.sqrt(np.pi)
        assert scores.crps_ensemble([y], [quantiles])[0] == pytest.approx(exact, abs=1e-3)


def test_parity_with_scoringrules() -> None:
    """An independent library gives the same CRPS, interval and Brier scores."""
    sr = pytest.importorskip("scoringrules")
    rng = philox(3)
    truth, members = rng.poisson(30, 40).astype(float), rng.negative_binomial(3, 0.1, (40, 25)).astype(float)
    assert np.allclose(
        scores.crps_ensemble(truth, members), sr.crps_ensemble(truth, members, estimator="fair")
    )
    low, high = scores.central_interval(members, 0.9)
    assert np.allclose(scores.interval_score(truth, low, high, 0.9), sr.interval_score(truth, low, high, 0.1))
    p, o = rng.uniform(size=40), rng.integers(0, 2, 40).astype(float)
    assert np.allclose(scores.brier(p, o), sr.brier_score(o, p))


def test_smoothed_mass_sums_to_one() -> None:
    members = philox(4).poisson(4, 60)
    counts = np.arange(0, 20_000)
    mass = np.exp(-scores.log_score_counts(counts, np.tile(members, (counts.size, 1))))
    assert mass.sum() == pytest.approx(1.0, abs=1e-3)


def test_log_score_prefers_the_right_distribution() -> None:
    """Truths from the forecast score better than from one twice as large; deterministic given the seed."""
    rng = philox(6)
    truth = rng.poisson(40, 300)
    right = scores.log_score_counts(truth, rng.poisson(40, (300, 100))).mean()
    wrong = scores.log_score_counts(truth, rng.poisson(80, (300, 100))).mean()
    assert right < wrong


def test_log_score_is_finite_after_a_surprise_and_for_a_sure_ensemble() -> None:
    sure = np.full((2, 50), 3.0)
    assert np.isfinite(scores.log_score_counts([3, 5000], sure)).all()


def test_brier_and_binary_log_score() -> None:
    assert scores.brier([0.0, 1.0, 0.5, 0.2], [0, 0, 1, 1]).tolist() == pytest.approx([0.0, 1.0, 0.25, 0.64])
    assert scores.log_score_binary([0.5], [1])[0] == pytest.approx(np.log(2))
    assert np.isinf(scores.log_score_binary([0.0], [1])[0])
    assert scores.log_score_binary([0.0], [1], runs=9)[0] == pytest.approx(-np.log(0.05))


def test_interval_score_charges_width_and_misses() -> None:
    assert scores.interval_score([5.0], [4.0], [8.0], 0.9)[0] == pytest.approx(4.0)
    assert scores.interval_score([2.0], [4.0], [8.0], 0.9)[0] == pytest.approx(4.0 + 20 * 2)
    assert scores.interval_score([9.0], [4.0], [8.0], 0.5)[0] == pytest.approx(4.0 + 4 * 1)


def test_intervals_of_a_calibrated_forecast_cover_as_stated() -> None:
    """Coverage of 90 % over 4,000 forecasts: within 4.5 standard errors, false-alarm rate 1e-5."""
    rng = philox(7)
    truth, (low, high) = rng.normal(size=4000), scores.central_interval(rng.normal(size=(4000, 400)), 0.9)
    hit = (low <= truth) & (truth <= high)
    assert abs(hit.mean() - 0.9) < 4.5 * np.sqrt(0.09 / 4000)


def test_pit_is_uniform_for_counts_with_many_ties() -> None:
    """Kolmogorov-Smirnov at 1e-4, for a Poisson forecast of mean 0.7 (most members tie with the truth)."""
    rng = philox(8)
    u = scores.pit(rng.poisson(0.7, 3000), rng.poisson(0.7, (3000, 50)), seed=3)
    assert stats.kstest(u, "uniform").pvalue > 1e-4
    narrow = scores.pit(rng.poisson(30, 3000), rng.poisson(3, (3000, 50)), seed=3)
    assert stats.kstest(narrow, "uniform").pvalue < 1e-6


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30),
    st.floats(-1e3, 1e3),
    st.floats(-100, 100),
    st.floats(0.1, 10),
)
def test_crps_moves_with_shift_and_scale(members: list[float], y: float, shift: float, factor: float) -> None:
    x = np.array([members])
    base = scores.crps_ensemble([y], x)[0]
    moved = scores.crps_ensemble([factor * y + shift], factor * x + shift)[0]
    assert moved == pytest.approx(factor * base, rel=1e-6, abs=1e-6)
