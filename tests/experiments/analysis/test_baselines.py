"""Naive forecasts: what each is, and that it is naive in the stated way."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from experiments.forecast import baselines

HISTORY = np.array([900.0, 5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0, 24.0])


@pytest.mark.parametrize("name", sorted(baselines.MONTHLY))
def test_shape_sign_and_the_same_for_each_horizon_in_law(name: str) -> None:
    out = baselines.MONTHLY[name](HISTORY, 4, 600, 9)
    assert out.shape == (4, 600)
    assert (out >= 0).all()
    again = baselines.MONTHLY[name](HISTORY, 4, 600, 9)
    assert (out == again).all()


def test_persistence_is_the_last_value() -> None:
    assert (baselines.persistence(HISTORY, 2, 5) == 24.0).all()


def test_climatology_is_the_last_twelve_months_in_equal_parts() -> None:
    out = baselines.climatology(HISTORY, 3, 1200)
    values, counts = np.unique(out[2], return_counts=True)
    assert 900.0 not in values
    assert (counts == 100).all()
    assert set(values) == set(HISTORY[-12:])
    assert set(baselines.climatology([3.0, 5.0], 1, 10)[0]) == {3.0, 5.0}


def test_poisson_has_the_last_value_as_mean_and_variance() -> None:
    """20,000 draws: mean and variance within 4.5 standard errors, false-alarm rate 1e-5 each."""
    out = baselines.poisson_last(HISTORY, 1, 20_000, 4)[0]
    assert abs(out.mean() - 24) < 4.5 * np.sqrt(24 / 20_000)
    assert abs(out.var() - 24) < 4.5 * 24 * np.sqrt(2.1 / 20_000)


def test_negative_binomial_has_the_dispersion_of_the_last_year() -> None:
    alpha = baselines.over_dispersion(HISTORY)
    recent = HISTORY[-12:]
    assert alpha == pytest.approx((recent.var(ddof=1) - recent.mean()) / recent.mean() ** 2)
    out = baselines.negative_binomial_last(HISTORY, 1, 60_000, 4)[0]
    size = 1 / alpha
    exact = stats.nbinom(size, size / (size + 24.0))
    assert out.mean() == pytest.approx(24.0, rel=0.02)
    assert out.var() == pytest.approx(exact.var(), rel=0.06)


def test_negative_binomial_falls_back_to_poisson() -> None:
    steady = np.full(12, 9.0)
    assert (
        baselines.negative_binomial_last(steady, 2, 50, 1) == baselines.poisson_last(steady, 2, 50, 1)
    ).all()
    assert (baselines.negative_binomial_last([30.0, 5.0, 0.0], 2, 50, 1) == 0).all()


def test_question_baselines() -> None:
    assert baselines.nothing_changes(3).tolist() == [0.0, 0.0, 0.0]
    assert baselines.base_rate([1, 0, 0, 1]).tolist() == [0.5] * 4
    assert baselines.base_rate([1, 0], [1.0, 3.0]).tolist() == [0.25, 0.25]
    assert np.isnan(baselines.base_rate([1, 0], [0.0, 0.0])).all()


@pytest.mark.parametrize("history", [[], [1.0, np.nan], [-1.0], [[1.0]]])
def test_bad_history_is_refused(history: list[float]) -> None:
    with pytest.raises(ValueError, match="history"):
        baselines.climatology(history, 1, 10)
