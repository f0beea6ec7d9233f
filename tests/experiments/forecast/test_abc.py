"""ABC on toys whose posterior is known in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from experiments.forecast import abc
from experiments.forecast.importance_sampling import resample

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


def place(theta: np.ndarray) -> np.ndarray:
    """Quantiles of the prior of the toy."""
    return (theta + 3) / 6


def exact_posterior(observed: np.ndarray) -> tuple[np.ndarray, float]:
    design = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, -1.0]])
    return design.T @ observed / 3.0, NOISE / np.sqrt(3.0)


def test_distance_by_hand() -> None:
    d = abc.distances([[3.0, 8.0], [0.0, 0.0]], [0.0, 0.0], [1.0, 2.0])
    assert d.tolist() == [5.0, 0.0]


def test_accept_keeps_the_nearest_with_falling_weight() -> None:
    rows, weight = abc.accept([5.0, 1.0, 3.0, 2.0, 4.0], 3)
    assert rows.tolist() == [1, 3, 2]
    assert weight.tolist() == pytest.approx((np.array([15, 12, 7]) / 34).tolist())
    assert abc.accept([1.0, 1.0, 1.0], 2)[1].tolist() == [0.5, 0.5]


def test_adjusted_posterior_meets_the_closed_form() -> None:
    """Mean within 0.05 and spread within 12 % of the exact Gaussian; rejection alone is at least 1.5 times
    too wide.

    Deterministic given the seed; over 200 seeds tried in development none missed the tolerances.
    """
    theta, s = linear_toy(40_000, 2)
    observed = np.array([0.8, -0.4, 0.5, 1.1])
    mean, spread = exact_posterior(observed)
    rows, weight = abc.accept(abc.distances(s, observed, s.std(axis=0)), 2_000)
    draws = 6 * abc.adjust(place(theta[rows]), s[rows], observed, weight) - 3
    assert np.abs(weight @ draws - mean).max() < 0.05
    sd = np.sqrt(weight @ (draws - weight @ draws) ** 2)
    assert np.abs(sd / spread - 1).max() < 0.12
    wide, _ = abc.accept(abc.distances(s, observed, s.std(axis=0)), 10_000)
    assert theta[wide].std(axis=0).min() > 1.5 * spread


def test_adjusted_draws_stay_inside_the_prior_when_the_truth_is_at_its_edge() -> None:
    rng = philox(3)
    theta = rng.uniform(0, 1, (20_000, 1))
    s = theta + 0.1 * rng.normal(size=theta.shape)
    rows, weight = abc.accept(abc.distances(s, [1.15], [0.3]), 500)
    draws = abc.adjust(theta[rows], s[rows], [1.15], weight)
    assert (draws >= 0).all()
    assert (draws <= 1).all()
    assert weight @ draws[:, 0] > 0.9


def test_a_summary_that_never_moves_or_repeats_another_does_no_harm() -> None:
    theta, s = linear_toy(5_000, 4)
    padded = np.column_stack([s, np.zeros(5_000), s[:, 0]])
    observed = np.array([0.5, 0.5, 1.0, 0.0, 0.0, 0.5])
    weight = np.full(5_000, 1 / 5_000)
    draws = abc.adjust(place(theta), padded, observed, weight)
    assert np.isfinite(draws).all()


def test_a_parameter_that_the_data_say_nothing_about_keeps_its_prior() -> None:
    """2,000 accepted runs far from the observation: Kolmogorov-Smirnov to the prior at 1e-4."""
    theta, s = linear_toy(30_000, 10)
    both = np.column_stack([theta, philox(11).uniform(-3, 3, 30_000)])
    observed = np.array([2.0, -2.0, 0.0, 4.0])
    rows, weight = abc.accept(abc.distances(s, observed, s.std(axis=0)), 2_000)
    draws = abc.adjust(place(both[rows]), s[rows], observed, weight)
    silent = draws[resample(weight, 1500, 1), 2]
    assert stats.kstest(silent, "uniform").pvalue > 1e-4


def test_an_observation_out_of_reach_is_moved_to_the_edge_of_the_runs() -> None:
    s = philox(12).uniform(size=(5000, 2))
    moved = abc.within_reach(s, [0.4, 9.0])
    assert moved[0] == 0.4
    assert moved[1] == pytest.approx(0.99, abs=0.01)


def test_rejection_tends_to_the_posterior_as_the_tolerance_shrinks() -> None:
    """Kolmogorov-Smirnov distance to the exact posterior falls with the share kept."""
    rng = philox(9)
    theta = rng.normal(size=(200_000, 1))
    s = theta + rng.normal(size=theta.shape)
    exact = stats.norm(1.0, np.sqrt(0.5))
    gaps = []
    for keep in (100_000, 20_000, 2_000):
        rows, _ = abc.accept(abc.distances(s, [2.0], [1.0]), keep)
        gaps.append(stats.kstest(theta[rows, 0], exact.cdf).statistic)
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 0.04
