"""Proper scores of ensemble forecasts: pure functions of arrays, one row a forecast.

Shapes, everywhere: ``truth`` is ``(N,)``, ``samples`` is ``(N, S)`` (S members of the predictive
distribution of each of N forecasts). Every score comes back as ``(N,)``, so that a caller can average,
weight or resample the rows. Every score is a loss: lower is better. Non-finite input is refused.

Sources: Gneiting and Raftery (2007), JASA 102:359; Ferro (2014), QJRMS 140:1917 (fair scores);
Gneiting and Ranjan (2011), JBES 29:411 (threshold weights); Czado, Gneiting and Held (2009),
Biometrics 65:1254 (counts: randomised PIT).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from experiments.stats.intervals import generator

FloatArray = NDArray[np.float64]

#: Smallest bandwidth of the count kernel, on the log(1 + x) axis: about ten per cent of the count.
#: Without it an ensemble with all members equal would be infinitely sure of itself.
SMALLEST_BANDWIDTH = 0.1

#: Share of a wide distribution mixed into a smoothed predictive mass, so that one surprise costs much
#: but not everything (log score of a mass no member came near is about 20, not infinity).
LEAST_MASS = 1e-9


def checked(truth: ArrayLike, samples: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """``truth`` as ``(N,)`` and ``samples`` as ``(N, S)``, or ValueError saying which shape is wrong."""
    y = np.atleast_1d(np.asarray(truth, dtype=np.float64))
    x = np.asarray(samples, dtype=np.float64)
    if y.ndim != 1:
        raise ValueError(f"truth must have one axis, found shape {y.shape}")
    if x.ndim == 1:
        x = x[None, :]
    if x.ndim != 2 or x.shape[0] != y.shape[0] or x.shape[1] == 0:
        raise ValueError(f"samples must have shape ({y.shape[0]}, members), found {x.shape}")
    if not np.isfinite(y).all() or not np.isfinite(x).all():
        raise ValueError("truth and samples must be finite: leave out what is not known before scoring")
    return y, x


def crps_ensemble(truth: ArrayLike, samples: ArrayLike, fair: bool = True) -> FloatArray:
    """Continuous ranked probability score of an ensemble, in the unit of ``truth``.

    The fair form (Ferro 2014) divides the spread by S(S-1) and is unbiased for the score of the
    distribution that the members are drawn from, so ensembles of different size can be compared; it needs
    two members. ``fair=False`` scores the empirical distribution itself (S squared).
    """
    y, x = checked(truth, samples)
    members = x.shape[1]
    if fair and members < 2:
        raise ValueError("the fair CRPS needs at least two members; use fair=False for one")
    ordered = np.sort(x, axis=1)
    rank = 2.0 * np.arange(1, members + 1) - members - 1.0
    spread = ordered @ rank / (members * (members - 1) if fair else members**2)
    return np.abs(x - y[:, None]).mean(axis=1) - spread


def _kernel_mass(y: FloatArray, x: FloatArray) -> FloatArray:
    """Mass at count y of a Gaussian kernel estimate on log(1 + x), cut to counts at the half-integers."""
    z = np.log1p(x)
    spread = np.minimum(z.std(axis=1), stats.iqr(z, axis=1) / 1.349)
    spread = np.where(spread > 0, spread, z.std(axis=1))
    width = np.maximum(0.9 * spread * x.shape[1] ** -0.2, SMALLEST_BANDWIDTH)[:, None]
    upper = stats.norm.cdf((np.log1p(y + 0.5)[:, None] - z) / width)
    below = np.where(y > 0, np.log1p(np.maximum(y - 0.5, 0.0)), -np.inf)[:, None]
    return (upper - stats.norm.cdf((below - z) / width)).mean(axis=1)


def _negative_binomial_mass(y: FloatArray, x: FloatArray) -> FloatArray:
    """Mass at count y of a negative binomial with the ensemble's mean and variance (Poisson if narrower)."""
    mean = np.maximum(x.mean(axis=1), 1e-6)
    excess = np.maximum(x.var(axis=1) - mean, 1e-6 * mean)
    size = mean**2 / excess
    return stats.nbinom.pmf(y, size, size / (size + mean))


def _wide_mass(y: FloatArray) -> FloatArray:
    """A proper mass over the counts with a tail as heavy as 1/y^2: the floor of the smoothed forecasts."""
    return 1.0 / ((y + 1.0) * (y + 2.0))


def log_score_counts(
    truth: ArrayLike, samples: ArrayLike, smoothing: Literal["kernel", "negative_binomial"] = "kernel"
) -> FloatArray:
    """Minus the log (nats) of the predictive mass at the observed count; an ensemble has to be smoothed first.

    ``kernel``: Gaussian kernels on log(1 + x), Silverman's width and never under ``SMALLEST_BANDWIDTH``, summed over
    [y - 1/2, y + 1/2]. ``negative_binomial``: the negative binomial with the ensemble's mean and variance. Both are
    mixed with ``LEAST_MASS`` of a wide distribution over the counts. Both sum to one.
    """
    y, x = checked(truth, samples)
    if (y < 0).any() or (x < 0).any() or (y != np.round(y)).any():
        raise ValueError("the log score of counts needs non-negative whole truths and non-negative members")
    if smoothing not in ("kernel", "negative_binomial"):
        raise ValueError(f"smoothing {smoothing!r} is not known: kernel or negative_binomial")
    mass = _kernel_mass(y, x) if smoothing == "kernel" else _negative_binomial_mass(y, x)
    return -np.log((1.0 - LEAST_MASS) * mass + LEAST_MASS * _wide_mass(y))


def _probabilities(probability: ArrayLike, outcome: ArrayLike) -> tuple[FloatArray, FloatArray]:
    p = np.atleast_1d(np.asarray(probability, dtype=np.float64))
    o = np.atleast_1d(np.asarray(outcome, dtype=np.float64))
    if p.shape != o.shape:
        raise ValueError(f"one outcome a probability: found {p.shape} and {o.shape}")
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("probabilities must lie between 0 and 1")
    if not np.isin(o, (0.0, 1.0)).all():
        raise ValueError("outcomes must be 0 or 1")
    return p, o


def brier(probability: ArrayLike, outcome: ArrayLike) -> FloatArray:
    """Brier score of each yes-or-no forecast, (p - o)^2: 0 perfect, 0.25 for a coin, 1 sure and wrong."""
    p, o = _probabilities(probability, outcome)
    return (p - o) ** 2


def log_score_binary(probability: ArrayLike, outcome: ArrayLike, runs: int | None = None) -> FloatArray:
    """Minus the log (nats) of the probability given to what happened.

    With ``runs`` the probability is taken as a share of that many runs and drawn in by Jeffreys' prior,
    (p n + 1/2) / (n + 1): an ensemble that never saw a thing has not shown it impossible.
    """
    p, o = _probabilities(probability, outcome)
    if runs is not None:
        p = (p * runs + 0.5) / (runs + 1.0)
    with np.errstate(divide="ignore"):
        return -np.log(np.where(o == 1.0, p, 1.0 - p))


def central_interval(samples: ArrayLike, level: float) -> tuple[FloatArray, FloatArray]:
    """Lower and upper end, each ``(N,)``, of the central interval that holds ``level`` of the members."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"level must lie between 0 and 1, found {level}")
    x = np.atleast_2d(np.asarray(samples, dtype=np.float64))
    low, high = np.quantile(x, [(1.0 - level) / 2.0, (1.0 + level) / 2.0], axis=1)
    return low, high


def interval_score(truth: ArrayLike, low: ArrayLike, high: ArrayLike, level: float) -> FloatArray:
    """Interval score (Gneiting and Raftery 2007, eq. 43): width, plus 2/alpha times any miss."""
    y, lower, upper = (np.atleast_1d(np.asarray(a, dtype=np.float64)) for a in (truth, low, high))
    if (lower > upper).any():
        raise ValueError("an interval's lower end lies above its upper end")
    alpha = 1.0 - level
    miss = np.maximum(lower - y, 0.0) + np.maximum(y - upper, 0.0)
    return upper - lower + 2.0 / alpha * miss


def covered(truth: ArrayLike, samples: ArrayLike, level: float) -> NDArray[np.bool_]:
    """Whether each truth lies in the central interval of ``level`` of its ensemble (ends included)."""
    y, x = checked(truth, samples)
    low, high = central_interval(x, level)
    return (low <= y) & (y <= high)


def pit(truth: ArrayLike, samples: ArrayLike, seed: int = 0) -> FloatArray:
    """Probability integral transform of each truth in its ensemble, randomised among ties.

    u = (members below + v (members equal + 1)) / (S + 1) with v uniform from ``seed``: exactly uniform if
    the truth is one more draw of the forecast, for counts and for continuous quantities alike.
    """
    y, x = checked(truth, samples)
    v = generator(seed).uniform(size=y.shape[0])
    below = (x < y[:, None]).sum(axis=1)
    equal = (x == y[:, None]).sum(axis=1)
    return (below + v * (equal + 1.0)) / (x.shape[1] + 1.0)
