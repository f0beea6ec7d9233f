"""Naive forecasts: what each is, and that it is naive in the stated way."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from experiments.forecast import forecasters


def philox(key: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=key))


HISTORY = np.array([900.0, 5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0, 24.0])


@pytest.mark.parametrize("name", sorted(forecasters.NAIVE))
def test_shape_sign_and_the_same_for_each_horizon_in_law(name: str) -> None:
    out = forecasters.NAIVE[name](HISTORY, 4, 600, philox(9))
    assert out.shape == (4, 600)
    assert (out >= 0).all()
    again = forecasters.NAIVE[name](HISTORY, 4, 600, philox(9))
    assert (out == again).all()


def test_persistence_is_the_last_value() -> None:
    assert (forecasters.persistence(HISTORY, 2, 5) == 24.0).all()


def test_climatology_is_the_last_twelve_months_in_equal_parts() -> None:
    out = forecasters.climatology(HISTORY, 3, 1200)
    values, counts = np.unique(out[2], return_counts=True)
    assert 900.0 not in values
    assert (counts == 100).all()
    assert set(values) == set(HISTORY[-12:])
    assert set(forecasters.climatology(np.array([3.0, 5.0]), 1, 10)[0]) == {3.0, 5.0}


def test_poisson_has_the_last_value_as_mean_and_variance() -> None:
    """20,000 draws: mean and variance within 4.5 standard errors, false-alarm rate 1e-5 each."""
    out = forecasters.poisson_last(HISTORY, 1, 20_000, philox(4))[0]
    assert abs(out.mean() - 24) < 4.5 * np.sqrt(24 / 20_000)
    assert abs(out.var() - 24) < 4.5 * 24 * np.sqrt(2.1 / 20_000)


def test_negative_binomial_has_the_dispersion_of_the_last_year() -> None:
    alpha = forecasters.over_dispersion(HISTORY)
    recent = HISTORY[-12:]
    assert alpha == pytest.approx((recent.var(ddof=1) - recent.mean()) / recent.mean() ** 2)
    out = forecasters.negative_binomial_last(HISTORY, 1, 60_000, philox(4))[0]
    size = 1 / alpha
    exact = stats.nbinom(size, size / (size + 24.0))
    assert out.mean() == pytest.approx(24.0, rel=0.02)
    assert out.var() == pytest.approx(exact.var(), rel=0.06)


def test_negative_binomial_falls_back_to_poisson() -> None:
    steady = np.full(12, 9.0)
    poisson = forecasters.poisson_last(steady, 2, 50, philox(1))
    assert (forecasters.negative_binomial_last(steady, 2, 50, philox(1)) == poisson).all()
    assert (forecasters.negative_binomial_last(np.array([30.0, 5.0, 0.0]), 2, 50, philox(1)) == 0).all()
