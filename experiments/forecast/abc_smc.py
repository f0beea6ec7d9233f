"""Sequential Monte Carlo ABC: a generator of parameter populations that close in on the observation. Pure.

Population Monte Carlo with importance weights and a Gaussian kernel of twice the weighted covariance (Toni et
al. 2009, J. R. Soc. Interface 6:187; Beaumont et al. 2009, Biometrika 96:983); each round's tolerance is a
quantile of the last one's distances (Del Moral et al. 2012). The simulator is whatever the caller hands in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.forecast.abc import distances, effective_sample_size, resample
from experiments.stats.intervals import generator

FloatArray = NDArray[np.float64]

#: ``simulate(parameters (n, P), seed) -> summaries (n, K)``: one run a row, luck from ``seed`` alone.
Simulator = Callable[[FloatArray, int], FloatArray]


class Prior(Protocol):
    """What the sampler asks of a prior."""

    def sample(self, size: int, seed: int) -> FloatArray:
        """``(size, P)`` draws, the same for the same seed."""

    def log_density(self, parameters: FloatArray) -> FloatArray:
        """``(n,)`` log density of rows ``(n, P)``; minus infinity outside the prior's support."""


@dataclass(frozen=True)
class Population:
    """One round: parameters ``(N, P)``, weights (sum to one), distances, tolerance, runs spent so far."""

    round: int
    parameters: FloatArray
    weights: FloatArray
    distance: FloatArray
    tolerance: float
    simulations: int

    @property
    def effective(self) -> float:
        """Effective number of particles."""
        return effective_sample_size(self.weights)


def populations(
    prior: Prior,
    simulate: Simulator,
    observed: ArrayLike,
    scale: ArrayLike,
    size: int = 500,
    rounds: int = 5,
    shrink: float = 0.5,
    budget: int = 100_000,
    seed: int = 0,
) -> Iterator[Population]:
    """Yield up to ``rounds`` populations of ``size`` particles, each with a smaller tolerance than the last.

    The first keeps the nearest ``shrink`` share of a prior sample. Each later round proposes from the last
    population, keeps runs nearer than the ``shrink`` quantile of the last distances, and reweighs them by
    prior over proposal density. It stops early, without a partial population, when ``budget`` runs would be
    passed."""
    if not 0.0 < shrink < 1.0 or size < 2:
        raise ValueError(f"need 0 < shrink < 1 and two particles or more, found {shrink}, {size}")
    first = int(np.ceil(size / shrink))
    theta = prior.sample(first, seed)
    d = distances(simulate(theta, seed), observed, scale)
    nearest = np.argsort(d, kind="stable")[:size]
    even = np.full(size, 1.0 / size)
    now = Population(0, theta[nearest], even, d[nearest], float(d[nearest[-1]]), first)
    yield now
    for number in range(1, rounds):
        following = _next(now, number, prior, simulate, observed, scale, shrink, budget, seed)
        if following is None:
            return
        now = following
        yield now


def _next(
    last: Population,
    number: int,
    prior: Prior,
    simulate: Simulator,
    observed: ArrayLike,
    scale: ArrayLike,
    shrink: float,
    budget: int,
    seed: int,
) -> Population | None:
    """The next population, or None if the budget ends first. Proposals come in batches of the population's
    size.
    """
    size = last.weights.size
    tolerance = float(np.quantile(last.distance, shrink))
    root = kernel_root(last.parameters, last.weights)
    kept_theta: list[FloatArray] = []
    kept_distance: list[FloatArray] = []
    found, spent, batch = 0, last.simulations, 0
    while found < size:
        if spent + size > budget:
            return None
        batch += 1
        tag = (seed * 1_000_003 + number) * 1_000_003 + batch
        proposal = _propose(last, root, prior, size, tag)
        d = distances(simulate(proposal, tag), observed, scale)
        spent += size
        inside = d <= tolerance
        kept_theta.append(proposal[inside])
        kept_distance.append(d[inside])
        found += int(inside.sum())
    theta = np.concatenate(kept_theta)[:size]
    weights = _weights(theta, last, root, prior)
    return Population(number, theta, weights, np.concatenate(kept_distance)[:size], tolerance, spent)


def kernel_root(parameters: ArrayLike, weights: ArrayLike) -> FloatArray:
    """Cholesky root ``(P, P)`` of twice the weighted covariance, with a jitter that keeps it invertible."""
    x = np.atleast_2d(np.asarray(parameters, dtype=np.float64))
    covariance = np.atleast_2d(np.cov(x.T, aweights=np.asarray(weights))) * 2.0
    jitter = np.maximum(np.diag(covariance), 1e-12) * 1e-6
    return np.linalg.cholesky(covariance + np.diag(jitter)).astype(np.float64)


def _propose(last: Population, root: FloatArray, prior: Prior, size: int, seed: int) -> FloatArray:
    """``size`` perturbed particles inside the prior's support (those outside are drawn again)."""
    rng = generator(seed)
    parts: list[FloatArray] = []
    found = 0
    while found < size:
        rows = resample(last.weights, size, int(rng.integers(2**63)))
        moved = last.parameters[rows] + rng.standard_normal((size, root.shape[0])) @ root.T
        moved = rng.permutation(moved[np.isfinite(prior.log_density(moved))])
        parts.append(moved)
        found += moved.shape[0]
    return np.concatenate(parts)[:size]


def _weights(theta: FloatArray, last: Population, root: FloatArray, prior: Prior) -> FloatArray:
    """Importance weights: prior density over the mixture that proposed (constants cancel)."""
    white = np.linalg.solve(root, theta.T).T
    centres = np.linalg.solve(root, last.parameters.T).T
    square = ((white[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    least = square.min(axis=1)
    mixture = (
        np.log((last.weights[None, :] * np.exp(-0.5 * (square - least[:, None]))).sum(axis=1)) - 0.5 * least
    )
    log_weight = prior.log_density(theta) - mixture
    weight = np.exp(log_weight - log_weight.max())
    return weight / weight.sum()
