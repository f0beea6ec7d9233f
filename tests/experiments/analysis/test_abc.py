"""ABC on toys whose posterior is known in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from experiments.forecast import abc

NOISE = 0.5


def philox(key: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=key))


def linear_toy(size: int, key: int) -> tuple[np.ndarray, np.ndarray]:
    """Two parameters uniform on (-3, 3), four noisy summaries; the posterior is Gaussian away from the
    bounds.
    """
    rng = philox(key)
    theta = rng.uniform(-3, 3, (size, 2))
    design = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, -1.0]])
    return theta, theta @ design.T + NOISE * rng.normal(size=(size, 4))


def exact_posterior(observed: np.ndarray) -> tuple[np.ndarray, float]:
    design = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, -1.0]])
    return design.T @ observed / 3.0, NOISE / np.sqrt(3.0)


def test_distance_by_hand_and_gaps() -> None:
    d = abc.distances([[3.0, 8.0], [0.0, 0.0], [np.nan, 0.0]], [0.0, 0.0], [1.0, 2.0])
    assert d.tolist() == [5.0, 0.0, np.inf]


def test_accept_keeps_the_nearest_with_falling_weight() -> None:
    kept = abc.accept([5.0, 1.0, 3.0, 2.0, 4.0], 3)
    assert kept.rows.tolist() == [1, 3, 2]
    assert kept.bandwidth == 4.0
    assert kept.weight.tolist() == pytest.approx((np.array([15, 12, 7]) / 34).tolist())
    assert 1 < kept.effective < 3
    assert abc.accept([1.0, 1.0, 1.0], 2).weight.tolist() == [0.5, 0.5]
    with pytest.raises(ValueError, match="keep"):
        abc.accept([1.0, 2.0], 2)
    with pytest.raises(ValueError, match="fewer"):
        abc.accept([1.0, np.inf, np.inf], 2)


def test_effective_sample_size() -> None:
    assert abc.effective_sample_size([1.0, 1.0, 1.0]) == pytest.approx(3.0)
    assert abc.effective_sample_size([1.0, 0.0]) == pytest.approx(1.0)
    assert abc.effective_sample_size([0.0]) == 0.0
    with pytest.raises(ValueError, match="negative"):
        abc.effective_sample_size([-1.0])


def test_transform_is_its_own_inverse_and_keeps_bounds() -> None:
    low, high = np.array([0.0, -5.0]), np.array([1.0, 5.0])
    values = philox(1).uniform(0.01, 0.99, (50, 2)) * (high - low) + low
    back = abc.from_line(abc.to_line(values, low, high), low, high)
    assert np.allclose(back, values, atol=0.02)
    far = abc.from_line(np.array([[-1e3, 1e3]]), low, high)
    assert far.tolist() == [[0.0, 5.0]]


def test_adjusted_posterior_meets_the_closed_form() -> None:
    """Mean within 0.05 and spread within 12 % of the exact Gaussian; rejection alone is at least 1.5 times
    too wide.

    Deterministic given the seed; over 200 seeds tried in development none missed the tolerances.
    """
    theta, s = linear_toy(40_000, 2)
    observed = np.array([0.8, -0.4, 0.5, 1.1])
    mean, spread = exact_posterior(observed)
    kept = abc.accept(abc.distances(s, observed, s.std(axis=0)), 2_000)
    low, high = np.full(2, -3.0), np.full(2, 3.0)
    draws = abc.adjust(theta[kept.rows], s[kept.rows], observed, kept.weight, low, high)
    assert np.abs(kept.weight @ draws - mean).max() < 0.05
    sd = np.sqrt(kept.weight @ (draws - kept.weight @ draws) ** 2)
    assert np.abs(sd / spread - 1).max() < 0.12
    wide = abc.accept(abc.distances(s, observed, s.std(axis=0)), 10_000)
    assert theta[wide.rows].std(axis=0).min() > 1.5 * spread


def test_adjusted_draws_stay_inside_the_prior_when_the_truth_is_at_its_edge() -> None:
    rng = philox(3)
    theta = rng.uniform(0, 1, (20_000, 1))
    s = theta + 0.1 * rng.normal(size=theta.shape)
    kept = abc.accept(abc.distances(s, [1.15], [0.3]), 500)
    draws = abc.adjust(theta[kept.rows], s[kept.rows], [1.15], kept.weight, [0.0], [1.0])
    assert (draws >= 0).all()
    assert (draws <= 1).all()
    assert kept.weight @ draws[:, 0] > 0.9


def test_a_summary_that_never_moves_or_repeats_another_does_no_harm() -> None:
    theta, s = linear_toy(5_000, 4)
    padded = np.column_stack([s, np.zeros(5_000), s[:, 0]])
    observed = np.array([0.5, 0.5, 1.0, 0.0, 0.0, 0.5])
    weight = np.full(5_000, 1 / 5_000)
    draws = abc.adjust(theta, padded, observed, weight, np.full(2, -3.0), np.full(2, 3.0))
    assert np.isfinite(draws).all()


def test_a_parameter_that_the_data_say_nothing_about_keeps_its_prior() -> None:
    """2,000 accepted runs far from the observation: Kolmogorov-Smirnov to the prior at 1e-4."""
    theta, s = linear_toy(30_000, 10)
    both = np.column_stack([theta, philox(11).uniform(-3, 3, 30_000)])
    observed = np.array([2.0, -2.0, 0.0, 4.0])
    kept = abc.accept(abc.distances(s, observed, s.std(axis=0)), 2_000)
    draws = abc.adjust(
        both[kept.rows], s[kept.rows], observed, kept.weight, np.full(3, -3.0), np.full(3, 3.0)
    )
    silent = draws[abc.resample(kept.weight, 1500, 1), 2]
    assert stats.kstest(silent, stats.uniform(-3, 6).cdf).pvalue > 1e-4


def test_an_observation_out_of_reach_is_moved_to_the_edge_of_the_runs() -> None:
    s = philox(12).uniform(size=(5000, 2))
    moved = abc.within_reach(s, [0.4, 9.0])
    assert moved[0] == 0.4
    assert moved[1] == pytest.approx(0.99, abs=0.01)


def test_systematic_resampling_keeps_shares() -> None:
    rows = abc.resample([0.5, 0.0, 0.25, 0.25], 400, seed=1)
    counts = np.bincount(rows, minlength=4)
    assert counts[1] == 0
    assert np.abs(counts - [200, 0, 100, 100]).max() <= 1
    assert (rows == abc.resample([0.5, 0.0, 0.25, 0.25], 400, seed=1)).all()
    with pytest.raises(ValueError, match="weight"):
        abc.resample([0.0, 0.0], 3, seed=1)


def test_weighted_quantiles_meet_repetition() -> None:
    x = philox(7).normal(size=(4_000, 2))
    w = philox(8).integers(1, 5, 4_000)
    repeated = np.repeat(x, w, axis=0)
    levels = [0.05, 0.5, 0.95]
    ours = abc.weighted_quantile(x, w, levels)
    assert np.allclose(ours, np.quantile(repeated, levels, axis=0), atol=0.01)
    assert np.allclose(abc.weighted_quantile(x[:, 0], w, levels)[:, 0], ours[:, 0])


def test_rejection_tends_to_the_posterior_as_the_tolerance_shrinks() -> None:
    """Kolmogorov-Smirnov distance to the exact posterior falls with the share kept."""
    rng = philox(9)
    theta = rng.normal(size=(200_000, 1))
    s = theta + rng.normal(size=theta.shape)
    exact = stats.norm(1.0, np.sqrt(0.5))
    gaps = []
    for keep in (100_000, 20_000, 2_000):
        kept = abc.accept(abc.distances(s, [2.0], [1.0]), keep)
        gaps.append(stats.kstest(theta[kept.rows, 0], exact.cdf).statistic)
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 0.04
