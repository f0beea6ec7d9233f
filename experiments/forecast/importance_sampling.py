"""Iterated importance sampling: rounds of runs, each proposed from what the rounds before have learned. Pure.

Parameters live on the scale on which the prior is standard normal. A proposal keeps the prior for all coordinates but
those that the data were found to move; there it is a normal distribution with their weighted mean and covariance. All
rounds are then weighted as one sample from the mixture of their proposals (deterministic mixture: Veach and Guibas
1995; Owen and Zhou 2000, JASA 95:135; Cornuet et al. 2012, Scand. J. Stat. 39:798). The prior is one part of the
mixture, so that no weight exceeds the likelihood times the inverse of its share, whatever the proposals are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from experiments.runs.designs.layouts import engine
from experiments.stats.intervals import generator

FloatArray = NDArray[np.float64]

#: Most coordinates that a proposal moves.
MOST = 16
#: Least effective number of runs that a proposal is fitted to; the likelihood is tempered until it is reached.
FITTED = 400.0
#: A proposal's covariance is this much wider than that of the runs it is fitted to.
INFLATION = 1.3


@dataclass(frozen=True)
class Proposal:
    """A normal distribution that is the standard one but for some coordinates.

    Attributes
    ----------
    columns : coordinates that are moved ``(k,)``; mean ``(k,)``; root: lower root of their covariance ``(k, k)``.
    power : of the likelihood to which the runs were weighted that it was fitted to (1: not tempered).
    """

    columns: NDArray[np.int64]
    mean: FloatArray
    root: FloatArray
    power: float = 1.0

    def points(self, normals: FloatArray) -> FloatArray:
        """Points ``(n, d)`` from standard normal ones."""
        made = normals.copy()
        made[:, self.columns] = self.mean + normals[:, self.columns] @ self.root.T
        return made

    def log_ratio(self, z: FloatArray) -> FloatArray:
        """Log of this density over the standard normal one at points ``(n, d)``."""
        if not self.columns.size:
            return np.zeros(len(z))
        part = z[:, self.columns]
        white = np.linalg.solve(self.root, (part - self.mean).T).T
        return 0.5 * ((part**2).sum(axis=1) - (white**2).sum(axis=1)) - np.log(np.diag(self.root)).sum()


#: The prior itself.
PRIOR = Proposal(np.empty(0, dtype=np.int64), np.empty(0), np.empty((0, 0)))


@dataclass(frozen=True)
class Weights:
    """Weights of runs, which sum to one, and whether they can be trusted.

    Attributes
    ----------
    weight : ``(n,)``; effective: Kish's effective number of runs; largest: the largest weight.
    shape : shape of the tail of the weights (Pareto k): below 0.5 their variance is finite, above 0.7 they are not to
        be trusted (Vehtari et al. 2024, JMLR 25:72).
    """

    weight: FloatArray
    effective: float
    largest: float
    shape: float


def effective_sample_size(weight: ArrayLike) -> float:
    """Kish's effective sample size, (sum w)^2 / sum w^2."""
    w = np.asarray(weight, dtype=np.float64)
    return float(w.sum()) ** 2 / float((w**2).sum())


def resample(weight: ArrayLike, size: int, seed: int) -> NDArray[np.int64]:
    """``size`` row numbers drawn in proportion to weights ``(n,)`` by systematic resampling."""
    w = np.asarray(weight, dtype=np.float64)
    places = (np.arange(size) + generator(seed).uniform()) / size
    edges = np.cumsum(w / w.sum())
    return np.minimum(np.searchsorted(edges, places, side="right"), w.size - 1).astype(np.int64)


def weighted_quantile(
    values: FloatArray, weight: ArrayLike, levels: Sequence[float] | FloatArray
) -> FloatArray:
    """Quantiles ``(Q, P)`` of columns ``(m, P)`` with row weights ``(m,)`` (steps' midpoints, linear between)."""
    w = np.asarray(weight, dtype=np.float64)
    order = np.argsort(values, axis=0, kind="stable")
    mass = w[order] / w.sum()
    middle = np.cumsum(mass, axis=0) - 0.5 * mass
    columns = [np.interp(levels, middle[:, j], values[order[:, j], j]) for j in range(values.shape[1])]
    return np.stack(columns, axis=1)


def log_mixture(z: FloatArray, proposals: Sequence[Proposal], sizes: ArrayLike) -> FloatArray:
    """Log of the mixture's density over the prior's at points ``(n, d)``; ``sizes``: points of each proposal."""
    share = np.asarray(sizes, dtype=np.float64)
    parts = np.stack([proposal.log_ratio(z) for proposal in proposals])
    return special.logsumexp(parts, axis=0, b=(share / share.sum())[:, None])


def weights(log_weight: ArrayLike) -> Weights:
    """Normalised weights of logarithms ``(n,)``."""
    log = np.asarray(log_weight, dtype=np.float64)
    if not np.isfinite(log.max()):
        raise ValueError("no run has a weight: the likelihood is nought everywhere")
    made = np.exp(log - log.max())
    made /= made.sum()
    return Weights(made, effective_sample_size(made), float(made.max()), tail_shape(made))


def tail_shape(weight: FloatArray) -> float:
    """Shape of a generalised Pareto distribution fitted to the largest weights; NaN if there are too few."""
    count = int(min(0.2 * weight.size, 3.0 * np.sqrt(weight.size)))
    if count < 20:
        return float("nan")
    top = np.sort(weight)[-count - 1 :]
    excess = top[1:] - top[0]
    if excess[0] <= 0 or np.ptp(excess) == 0:
        return float("nan")
    return float(stats.genpareto.fit(excess / excess.mean(), floc=0.0)[0])


def tempered(log_likelihood: FloatArray, log_mix: FloatArray, least: float) -> tuple[FloatArray, float]:
    """Weights with the likelihood to the largest power (at most 1) that leaves ``least`` effective runs."""

    def made(power: float) -> FloatArray:
        log = power * np.maximum(log_likelihood, -1e300) - log_mix
        weight = np.exp(log - log.max())
        return weight / weight.sum()

    if effective_sample_size(made(1.0)) >= least:
        return made(1.0), 1.0
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if effective_sample_size(made(middle)) >= least else (low, middle)
    return made(low), low


def fitted(z: FloatArray, weight: FloatArray, power: float) -> Proposal:
    """The proposal that weighted runs ``(n, d)`` suggest: it moves the coordinates that they moved beyond chance."""
    size = effective_sample_size(weight)
    mean = weight @ z
    centred = z - mean
    variance = weight @ centred**2
    beyond = np.maximum(np.abs(mean) * np.sqrt(size), np.abs(variance - 1.0) * np.sqrt(size / 2.0))
    order = np.argsort(-beyond, kind="stable")[:MOST]
    columns = np.sort(order[beyond[order] > 3.5])
    if not columns.size:
        return PRIOR
    part = centred[:, columns]
    full = (part * weight[:, None]).T @ part
    keep = size / (size + 2.0 * columns.size)
    covariance = INFLATION * (keep * full + (1.0 - keep) * np.diag(np.diag(full)))
    root: FloatArray = np.linalg.cholesky(covariance).astype(np.float64)
    return Proposal(columns, mean[columns], root, power)


def normals(size: int, dimensions: int, seed: int) -> FloatArray:
    """Scrambled Sobol' points ``(size, dimensions)``, standard normal (Owen 1998, J. Complexity 14:466)."""
    cells = engine(stats.qmc.Sobol, dimensions, seed).random_base2(int(np.ceil(np.log2(size))))[:size]
    return special.ndtri(np.clip(cells, 1e-9, 1.0 - 1e-9))
