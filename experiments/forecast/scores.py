"""Proper scores of ensemble forecasts: pure functions of arrays, one row a forecast.

Shapes, everywhere: ``truth`` is ``(N,)``, ``samples`` is ``(N, S)`` (S members of the predictive distribution of each
of N forecasts), all finite. Every score comes back as ``(N,)``, so that a caller can average, weight or resample the
rows. Every score is a loss: lower is better.

Sources: Gneiting and Raftery (2007), JASA 102:359; Ferro (2014), QJRMS 140:1917 (fair scores); Czado, Gneiting and Held
(2009), Biometrics 65:1254 (counts: randomised PIT).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from experiments.stats.intervals import generator

FloatArray = NDArray[np.float64]

#: Smallest bandwidth of the count kernel, on the log(1 + x) axis: about ten per cent of the count. Without it an
#: ensemble with all members equal would be infinitely sure of itself.
SMALLEST_BANDWIDTH = 0.1
#: Share of a wide distribution mixed into a smoothed predictive mass, so that one surprise costs much but not
#: everything (log score of a mass no member came near is about 20, not infinity).
LEAST_MASS = 1e-9


def _arrays(truth: ArrayLike, samples: ArrayLike) -> tuple[FloatArray, FloatArray]:
    return np.asarray(truth, dtype=np.float64), np.asarray(samples, dtype=np.float64)


def crps_ensemble(truth: ArrayLike, samples: ArrayLike) -> FloatArray:
    """Continuous ranked probability score of an ensemble of two members or more, in the unit of ``truth``.

    The fair form (Ferro 2014), which divides the spread by S(S-1), is unbiased for the score of the distribution that
    the members are drawn from, so ensembles of different size can be compared.
    """
    y, x = _arrays(truth, samples)
    members = x.shape[1]
    rank = 2.0 * np.arange(1, members + 1) - members - 1.0
    spread = np.sort(x, axis=1) @ rank / (members * (members - 1))
    return np.abs(x - y[:, None]).mean(axis=1) - spread


def log_score_counts(truth: ArrayLike, samples: ArrayLike) -> FloatArray:
    """Minus the log (nats) of the predictive mass at the observed count, which is a whole number; nothing is negative.

    The ensemble is smoothed by Gaussian kernels on log(1 + x), with Silverman's width and never under
    ``SMALLEST_BANDWIDTH``, summed over [y - 1/2, y + 1/2], and mixed with ``LEAST_MASS`` of a wide distribution over
    the counts with a tail as heavy as 1/y^2. Both sum to one.
    """
    y, x = _arrays(truth, samples)
    wide = 1.0 / ((y + 1.0) * (y + 2.0))
    return -np.log((1.0 - LEAST_MASS) * _kernel_mass(y, x) + LEAST_MASS * wide)


def _kernel_mass(y: FloatArray, x: FloatArray) -> FloatArray:
    """Mass at count y of a Gaussian kernel estimate on log(1 + x), cut to counts at the half-integers."""
    z = np.log1p(x)
    spread = np.minimum(z.std(axis=1), stats.iqr(z, axis=1) / 1.349)
    spread = np.where(spread > 0, spread, z.std(axis=1))
    width = np.maximum(0.9 * spread * x.shape[1] ** -0.2, SMALLEST_BANDWIDTH)[:, None]
    upper = stats.norm.cdf((np.log1p(y + 0.5)[:, None] - z) / width)
    below = np.where(y > 0, np.log1p(np.maximum(y - 0.5, 0.0)), -np.inf)[:, None]
    return (upper - stats.norm.cdf((below - z) / width)).mean(axis=1)


def brier(probability: ArrayLike, outcome: ArrayLike) -> FloatArray:
    """Brier score of each yes-or-no forecast, (p - o)^2: 0 perfect, 0.25 for a coin, 1 sure and wrong."""
    return (np.asarray(probability, dtype=np.float64) - np.asarray(outcome)) ** 2


def log_score_binary(probability: ArrayLike, outcome: ArrayLike, runs: int | None = None) -> FloatArray:
    """Minus the log (nats) of the probability given to what happened.

    With ``runs`` the probability is taken as a share of that many runs and drawn in by Jeffreys' prior,
    (p n + 1/2) / (n + 1): an ensemble that never saw a thing has not shown it impossible.
    """
    p, o = np.asarray(probability, dtype=np.float64), np.asarray(outcome)
    if runs is not None:
        p = (p * runs + 0.5) / (runs + 1.0)
    with np.errstate(divide="ignore"):
        return -np.log(np.where(o == 1.0, p, 1.0 - p))


def central_interval(samples: ArrayLike, level: float) -> tuple[FloatArray, FloatArray]:
    """Lower and upper end, each ``(N,)``, of the central interval that holds ``level`` of the members."""
    low, high = np.quantile(np.asarray(samples), [(1.0 - level) / 2.0, (1.0 + level) / 2.0], axis=1)
    return low, high


def interval_score(truth: ArrayLike, low: ArrayLike, high: ArrayLike, level: float) -> FloatArray:
    """Interval score (Gneiting and Raftery 2007, eq. 43): width, plus 2/alpha times any miss."""
    y, lower, upper = (np.asarray(a, dtype=np.float64) for a in (truth, low, high))
    miss = np.maximum(lower - y, 0.0) + np.maximum(y - upper, 0.0)
    return upper - lower + 2.0 / (1.0 - level) * miss


def pit(truth: ArrayLike, samples: ArrayLike, seed: int = 0) -> FloatArray:
    """Probability integral transform of each truth in its ensemble, randomised among ties.

    u = (members below + v (members equal + 1)) / (S + 1) with v uniform from ``seed``: exactly uniform if the truth is
    one more draw of the forecast, for counts and for continuous quantities alike.
    """
    y, x = _arrays(truth, samples)
    v = generator(seed).uniform(size=y.shape[0])
    below, equal = (x < y[:, None]).sum(axis=1), (x == y[:, None]).sum(axis=1)
    return (below + v * (equal + 1.0)) / (x.shape[1] + 1.0)
