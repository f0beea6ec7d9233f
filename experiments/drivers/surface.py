"""A smooth probability of each of several outcomes over a box: multinomial logistic regression on polynomials.

The logits are a ridge-penalised sum of Legendre products up to a total degree; degree and penalty are chosen by
cross-validated log loss over whole design points. Uncertainty is the normal approximation with a sandwich covariance
that is robust to runs sharing a design point (White 1982, Econometrica 50:1).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from experiments.stats.intervals import LEVEL, critical, generator, percentiles

PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1)
FEWEST = 10
"""Runs with and without an outcome that a calibration slope needs."""
FOLDS = 5


@dataclass(frozen=True)
class Surface:
    """Fitted probabilities over a box.

    names, low, high: the d variables and their ranges. outcomes: the K outcomes fitted. powers: int ``(F, d)``,
    degrees of the Legendre products. weights: float ``(F, K)``. draws: float ``(B, F, K)``, weights drawn from their
    sampling distribution. penalty: of the ridge. cross_validated: float ``(n, K)``, probability of each run by a
    fit without its design point.
    """

    names: tuple[str, ...]
    low: np.ndarray
    high: np.ndarray
    outcomes: tuple[str, ...]
    powers: np.ndarray
    penalty: float
    weights: np.ndarray
    draws: np.ndarray
    cross_validated: np.ndarray

    @property
    def degree(self) -> int:
        """Total degree of the polynomial in the logits."""
        return int(self.powers.sum(axis=1).max())

    def features(self, points: np.ndarray) -> np.ndarray:
        """Legendre products at ``points`` [n, d] in the variables' units: float ``(n, F)``."""
        return legendre(2 * (np.asarray(points, float) - self.low) / (self.high - self.low) - 1, self.powers)

    def probability(self, points: np.ndarray) -> np.ndarray:
        """Probability of each outcome: float ``(n, K)``."""
        return special.softmax(self.features(points) @ self.weights, axis=1)

    def drawn(self, points: np.ndarray) -> np.ndarray:
        """The same for every draw of the weights: float ``(B, n, K)``."""
        return special.softmax(self.features(points) @ self.draws, axis=2)

    def band(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pointwise limits of the probabilities: two float ``(n, K)``."""
        low, high = percentiles(self.drawn(points))
        return low, high


def degrees(d: int, total: int) -> np.ndarray:
    """Exponents of all products of d variables up to a total degree, the constant first: int ``(F, d)``."""
    listed = [p for p in itertools.product(range(total + 1), repeat=d) if sum(p) <= total]
    return np.array(sorted(listed, key=lambda p: (sum(p), [-x for x in p])))


def legendre(x: np.ndarray, powers: np.ndarray) -> np.ndarray:
    """Products of Legendre polynomials, orthonormal under a uniform x in [-1, 1]^d: float ``(n, F)``."""
    top = int(powers.max())
    table = np.polynomial.legendre.legvander(x, top) * np.sqrt(2 * np.arange(top + 1) + 1)
    out = np.ones((len(x), len(powers)))
    for j in range(x.shape[1]):
        out *= table[:, j, powers[:, j]]
    return out


def fit_surface(
    points: np.ndarray,
    outcome: np.ndarray,
    names: Sequence[str],
    bounds: np.ndarray,
    groups: np.ndarray,
    seed: int = 0,
    draws: int = 200,
) -> Surface:
    """Fit probabilities of ``outcome`` (str ``(run,)``) over ``points`` (float ``(run, d)``) in the box ``bounds``
    (float ``(d, 2)``).

    groups: int ``(run,)``, the design point of each run: folds and errors go by it. Raises ValueError when fewer
    than two outcomes were seen or there are fewer than 10 points.
    """
    outcomes, which = np.unique(np.asarray(outcome), return_inverse=True)
    if len(outcomes) < 2 or np.unique(groups).size < 10:
        raise ValueError(
            f"need two outcomes and ten points, got {len(outcomes)} and {np.unique(groups).size}"
        )
    y = np.eye(len(outcomes))[which]
    low, high = np.asarray(bounds, float).T
    start = Surface(tuple(names), low, high, tuple(map(str, outcomes)), degrees(len(names), 1), 0.0,
                    np.empty(0), np.empty(0), np.empty(0))  # fmt: skip
    folds = _folds(groups, seed)
    best = _choose(start, np.asarray(points, float), y, folds)
    x = best.features(points)
    weights = _fit(x, y, best.penalty, best.powers)
    spread = _sampling(x, y, weights, best.penalty, best.powers, groups)
    z = generator(seed).normal(size=(draws, spread.shape[1])) @ spread.T
    return replace(best, weights=weights, draws=weights + z.reshape(draws, *weights.shape))


def _folds(groups: np.ndarray, seed: int) -> np.ndarray:
    """A fold for every run, the same for all runs of a design point."""
    _, index = np.unique(groups, return_inverse=True)
    count = int(index.max()) + 1
    return (generator(seed + 1).permutation(count) % FOLDS)[index]


def _choose(start: Surface, points: np.ndarray, y: np.ndarray, folds: np.ndarray) -> Surface:
    """The degree and penalty with the least cross-validated log loss; the simpler on a tie."""
    best, best_loss = start, np.inf
    for total in (1, 2, 3) if len(start.names) <= 4 else (1, 2):
        trial = replace(start, powers=degrees(len(start.names), total))
        x = trial.features(points)
        warm: list[np.ndarray | None] = [None] * FOLDS
        for penalty in PENALTIES[::-1]:
            held_out = np.empty_like(y)
            for fold in range(FOLDS):
                test = folds == fold
                warm[fold] = _fit(x[~test], y[~test], penalty, trial.powers, warm[fold])
                held_out[test] = special.softmax(x[test] @ warm[fold], axis=1)
            loss = log_loss(held_out, y)
            if loss < best_loss - 1e-9:
                best, best_loss = replace(trial, penalty=penalty, cross_validated=held_out), loss
    return best


def log_loss(p: np.ndarray, y: np.ndarray) -> float:
    """Mean negative log probability of what happened; p, y float ``(n, K)``."""
    return float(-np.log(np.clip((p * y).sum(axis=1), 1e-12, None)).mean())


def _ridge(penalty: float, powers: np.ndarray, n: int) -> np.ndarray:
    """Penalty of each feature (summed over runs): higher degrees cost more; the constant next to nothing."""
    return n * (penalty * powers.sum(axis=1).astype(float) ** 2 + 1e-6)


def _fit(
    x: np.ndarray, y: np.ndarray, penalty: float, powers: np.ndarray, start: np.ndarray | None = None
) -> np.ndarray:
    """Ridge-penalised maximum likelihood by Newton's method with step halving: float ``(F, K)``."""
    ridge = _ridge(penalty, powers, len(x))
    if start is None:
        start = np.zeros((x.shape[1], y.shape[1]))
        start[0] = np.log(np.clip(y.mean(axis=0), 1e-6, None))
    w, cost = start, _cost(x, y, start, ridge)
    for _ in range(50):
        p = special.softmax(x @ w, axis=1)
        gradient = x.T @ (p - y) + ridge[:, None] * w
        step = np.linalg.solve(_hessian(x, p, ridge), gradient.ravel()).reshape(w.shape)
        scale = 1.0
        while (trial := _cost(x, y, w - scale * step, ridge)) > cost and scale > 1e-6:
            scale /= 2
        w = w - scale * step
        if cost - trial < 1e-8 * len(x):
            break
        cost = trial
    return w


def _cost(x: np.ndarray, y: np.ndarray, w: np.ndarray, ridge: np.ndarray) -> float:
    """Penalised negative log likelihood."""
    logits = x @ w
    return float(
        (special.logsumexp(logits, axis=1) - (logits * y).sum(axis=1)).sum()
        + 0.5 * ridge @ (w**2).sum(axis=1)
    )


def _hessian(x: np.ndarray, p: np.ndarray, ridge: np.ndarray) -> np.ndarray:
    """Second derivative of the cost for the flattened weights: float ``(F K, F K)``."""
    k = p.shape[1]
    blocks = np.empty((x.shape[1], k, x.shape[1], k))
    for i in range(k):
        for j in range(i + 1):
            blocks[:, i, :, j] = (x * (p[:, i] * ((i == j) - p[:, j]))[:, None]).T @ x
            blocks[:, j, :, i] = blocks[:, i, :, j]
    return blocks.reshape(x.shape[1] * k, -1) + np.diag(np.repeat(ridge, k))


def _sampling(
    x: np.ndarray, y: np.ndarray, w: np.ndarray, penalty: float, powers: np.ndarray, groups: np.ndarray
) -> np.ndarray:
    """A square root of the sandwich covariance of the flattened weights: float ``(F K, rank)``."""
    p = special.softmax(x @ w, axis=1)
    bread = _hessian(x, p, _ridge(penalty, powers, len(x)))
    score = _by_group((x[:, :, None] * (y - p)[:, None, :]).reshape(len(x), -1), groups)
    u, s, _ = np.linalg.svd(np.linalg.solve(bread, score.T), full_matrices=False)
    return u * s


def _by_group(rows: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Sum of the rows of each group: float ``(groups, columns)``."""
    _, index = np.unique(groups, return_inverse=True)
    total = np.zeros((int(index.max()) + 1, rows.shape[1]))
    np.add.at(total, index, rows)
    return total


@dataclass(frozen=True)
class Calibration:
    """Do cross-validated probabilities mean what they say? slope and its interval are 1 when they do; skill
    is the share of the log loss that is saved against quoting the overall frequency."""

    outcome: str
    slope: float
    low: float
    high: float
    skill: float
    runs: int

    @property
    def sound(self) -> bool:
        """Whether the interval of the slope holds 1; a slope that is not known speaks against nothing."""
        return not math.isfinite(self.slope) or self.low <= 1 <= self.high


def calibration(surface: Surface, outcome: np.ndarray, groups: np.ndarray) -> list[Calibration]:
    """Logistic recalibration (Cox 1958, Biometrika 45:562) of each outcome's cross-validated probability."""
    rows = []
    for j, name in enumerate(surface.outcomes):
        y = (np.asarray(outcome) == name).astype(float)
        p = np.clip(surface.cross_validated[:, j], 1e-6, 1 - 1e-6)
        slope, error = _recalibrate(special.logit(p), y, groups)
        z = critical(LEVEL)
        base = special.entr(y.mean()) + special.entr(1 - y.mean())
        loss = -(y * np.log(p) + (1 - y) * np.log1p(-p)).mean()
        skill = 1 - loss / base if base > 0 else 0.0
        rows.append(Calibration(name, slope, slope - z * error, slope + z * error, float(skill), y.size))
    return rows


def _recalibrate(logit: np.ndarray, y: np.ndarray, groups: np.ndarray) -> tuple[float, float]:
    """Slope of a logistic regression of y on a logit, and its error robust to groups; (nan, inf) if it has
    no spread, if it happened or failed to happen fewer than `FEWEST` times, or if no slope is the best one."""
    if np.ptp(logit) < 1e-6 or min(y.sum(), (1 - y).sum()) < FEWEST:
        return float("nan"), float("inf")
    x, w = np.column_stack([np.ones_like(logit), logit]), np.array([0.0, 1.0])
    for _ in range(25):
        p = special.expit(x @ w)
        bread = (x * (p * (1 - p))[:, None]).T @ x + 1e-9 * np.eye(2)
        step = np.linalg.solve(bread, x.T @ (y - p))
        w = w + step
        if np.abs(step).max() < 1e-10:
            break
    else:  # the runs are told apart without a mistake: the slope grows without end
        return float("nan"), float("inf")
    score = _by_group(x * (y - special.expit(x @ w))[:, None], groups)
    inverse = np.linalg.inv(bread)
    return float(w[1]), float(np.sqrt((inverse @ score.T @ score @ inverse)[1, 1]))
