"""Sequential Monte Carlo against a closed-form posterior, and its book-keeping."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from experiments.forecast import abc_smc


class Normal:
    """Standard normal prior in two dimensions."""

    def sample(self, size: int, seed: int) -> np.ndarray:
        return np.random.Generator(np.random.Philox(key=seed)).normal(size=(size, 2))

    def log_density(self, parameters: np.ndarray) -> np.ndarray:
        return -0.5 * (parameters**2).sum(axis=1)


class Box(Normal):
    """Uniform on (0, 1) squared."""

    def sample(self, size: int, seed: int) -> np.ndarray:
        return np.random.Generator(np.random.Philox(key=seed)).uniform(size=(size, 2))

    def log_density(self, parameters: np.ndarray) -> np.ndarray:
        inside = ((parameters > 0) & (parameters < 1)).all(axis=1)
        return np.where(inside, 0.0, -np.inf)


def simulate(parameters: np.ndarray, seed: int) -> np.ndarray:
    rng = np.random.Generator(np.random.Philox(key=seed + 10**6))
    return parameters + 0.5 * rng.normal(size=parameters.shape)


def run(prior: Normal, observed: list[float], seed: int = 1, **options: float) -> list[abc_smc.Population]:
    return list(abc_smc.populations(prior, simulate, observed, [1.0, 1.0], seed=seed, **options))


def test_closes_in_on_the_gaussian_posterior() -> None:
    """Posterior N(0.8 y, 0.2) per axis: mean within 0.08, spread within 20 % (plus the last tolerance).

    1,000 particles: four standard errors of the mean are 0.057 for an effective size near 1,000.
    """
    rounds = run(Normal(), [1.0, -1.0], size=1000, rounds=6, budget=200_000)
    last = rounds[-1]
    mean = last.weights @ last.parameters
    sd = np.sqrt(last.weights @ (last.parameters - mean) ** 2)
    assert np.abs(mean - [0.8, -0.8]).max() < 0.08
    assert np.abs(sd / np.sqrt(0.2) - 1).max() < 0.2
    assert last.effective > 300


def test_tolerances_fall_and_runs_are_counted() -> None:
    rounds = run(Normal(), [1.0, -1.0], size=200, rounds=5)
    tolerances = [p.tolerance for p in rounds]
    assert all(a > b for a, b in itertools.pairwise(tolerances))
    spent = [p.simulations for p in rounds]
    assert all(a < b for a, b in itertools.pairwise(spent))
    assert all((p.distance <= p.tolerance).all() for p in rounds)
    assert all(p.weights.sum() == pytest.approx(1.0) for p in rounds)


def test_same_seed_same_particles() -> None:
    a, b, c = (run(Normal(), [0.3, 0.3], seed=s, size=100, rounds=3)[-1] for s in (1, 1, 2))
    assert (a.parameters == b.parameters).all()
    assert not (a.parameters == c.parameters).all()


def test_particles_respect_the_prior_s_support() -> None:
    last = run(Box(), [1.3, 0.5], size=300, rounds=4)[-1]
    assert ((last.parameters > 0) & (last.parameters < 1)).all()
    assert last.weights @ last.parameters[:, 0] > 0.65


def test_budget_stops_between_rounds() -> None:
    rounds = run(Normal(), [1.0, -1.0], size=200, rounds=50, budget=3000)
    assert 1 < len(rounds) < 50
    assert rounds[-1].simulations <= 3000
    assert all(p.weights.size == 200 for p in rounds)


def test_bad_options_are_refused() -> None:
    with pytest.raises(ValueError, match="shrink"):
        run(Normal(), [0.0, 0.0], shrink=1.5)
