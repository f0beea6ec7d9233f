"""The likelihood of runs by hand: numbers, shared errors, yes and no, what is missing; and its errors drawn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from experiments.forecast.likelihood import (
    FREEDOM,
    covariance,
    log_likelihood,
    monthly_errors,
    recorded,
    scatter,
)
from experiments.forecast.targets import Target, Targets
from experiments.stats.summaries import Statistic

DAY = np.datetime64
MONTHS = (DAY("2022-01-01"), DAY("2022-02-01"), DAY("2022-03-01"))


def numbers(observed: tuple[float, ...] = (1.0, 2.0), shared: float = 0.5, weight: float = 1.0) -> Targets:
    """Two months of deaths in one group."""
    made = tuple(
        Target(f"m{k}", "m", Statistic("deaths", MONTHS[k], MONTHS[k + 1]), value, 0.3, 0.4, shared, weight)
        for k, value in enumerate(observed)
    )
    return Targets("t", "t", made)


def yes_or_no(observed: float = 0.0) -> Targets:
    """One yes-or-no target with a chance of 0.1 to be wrong."""
    stat = Statistic("opposing", MONTHS[0], MONTHS[1], "max", "identity")
    return Targets("t", "t", (Target("b", "b", stat, observed, 0.04, 0.06, at_least=1.0),))


def test_numbers_scatter_by_students_t() -> None:
    targets = numbers()
    x = np.array([[1.0, 2.0], [0.5, 1.0], [2.0, 0.0]])
    scale = covariance(list(targets.targets))
    assert scale.tolist() == pytest.approx(np.array([[0.5, 0.25], [0.25, 0.5]]))
    by_hand = stats.multivariate_t([0, 0], scale, FREEDOM).logpdf(targets.observed - x)
    found = log_likelihood(targets, x)
    assert found - found[0] == pytest.approx(by_hand - by_hand[0])
    assert found[0] == 0.0


def test_an_error_that_is_shared_forgives_a_level_and_not_a_shape() -> None:
    level, shape = np.array([[2.0, 3.0]]), np.array([[2.0, 1.0]])
    assert log_likelihood(numbers(), level)[0] > log_likelihood(numbers(), shape)[0]
    alone = numbers(shared=0.0)
    assert log_likelihood(alone, level)[0] == pytest.approx(log_likelihood(alone, shape)[0])


def test_yes_and_no() -> None:
    found = log_likelihood(yes_or_no(), np.array([[0.0], [1.0]]))
    assert found == pytest.approx(np.log([0.9, 0.1]))


def test_weights_are_powers_and_nought_is_silent() -> None:
    x = np.array([[0.0, 0.0]])
    whole = log_likelihood(numbers(), x)
    assert log_likelihood(numbers(weight=0.5), x) == pytest.approx(0.5 * whole)
    assert log_likelihood(numbers(weight=0.0), x) == pytest.approx(0.0)


def test_errors_are_drawn_as_they_are_reckoned() -> None:
    """20,000 draws: covariance of Student's t with 5 degrees is 5/3 of its scale, within 10 %; flips within 0.01."""
    rng = np.random.Generator(np.random.Philox(key=1))
    drawn = scatter(numbers(), np.zeros((20_000, 2)), rng)
    assert np.cov(drawn.T) == pytest.approx(5 / 3 * covariance(list(numbers().targets)), rel=0.1)
    flips = scatter(yes_or_no(), np.zeros((20_000, 1)), rng)
    assert flips.mean() == pytest.approx(0.1, abs=0.01)


def test_months_are_recorded_with_their_errors() -> None:
    own, shared = monthly_errors(numbers(), "deaths")
    assert (own, shared) == (pytest.approx(0.5), 0.5)
    assert monthly_errors(numbers(), "protests") == (0.0, 0.0)
    rng = np.random.Generator(np.random.Philox(key=2))
    logs = np.log1p(recorded(np.full((20_000, 2), 1e6), own, shared, rng)) - np.log1p(1e6)
    assert np.cov(logs.T) == pytest.approx(np.array([[0.5, 0.25], [0.25, 0.5]]), rel=0.05)
