"""How well runs agree with what was observed: the likelihood of the targets. Pure.

A target with a number: the observation scatters around the run with the error of the record, with the model's own
error in that number, and with an error that all numbers of its group share (a level that the model gets wrong in
all months alike). How large these errors are is itself a judgement, good to a third or so; so the scatter of a group
is not normal but Student's t with ``FREEDOM`` degrees (the normal with its variance unknown), which also keeps one
month from deciding everything (Lange, Little and Taylor 1989, JASA 84:881). A target with yes or no: one minus the
chance to be wrong, or that chance.

The likelihood is that of a run, parameters and luck together. Averaged over luck it is the likelihood of the
parameters without bias, so weights of single runs give the exact posterior of parameters and luck (pseudo-marginal
argument: Andrieu and Roberts 2009, Ann. Statist. 37:697). Several replicates a point would lower the variance of a
weight, but luck carries about a tenth of the variance of deaths, so that a new point is worth more than a new
replicate; and weighted runs are at the same time the futures that agree with the past.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import solve_triangular

from experiments.forecast.targets import Target, Targets

FloatArray = NDArray[np.float64]

#: Degrees of freedom of the scatter: the size of the errors is known to about a third (its coefficient of variation is
#: roughly 1 / sqrt(2 x 5)).
FREEDOM = 5.0


def log_likelihood(targets: Targets, summaries: ArrayLike) -> FloatArray:
    """Log likelihood ``(n,)`` of runs up to a constant.

    Parameters
    ----------
    targets : the targets with a say; those of weight 0 are left out.
    summaries : ``(n, K)``, one column a target, without errors.
    """
    x = np.asarray(summaries, dtype=np.float64)
    total = np.zeros(x.shape[0])
    for columns, members in targets.groups(targets.columns_until(targets.last)):
        if members[0].at_least is not None:
            part = _yes_or_no(members, x[:, columns])
        else:
            gap = np.array([member.observed for member in members]) - x[:, columns]
            part = student(gap, covariance(members))
        total += members[0].weight * part
    return total


def covariance(members: list[Target]) -> FloatArray:
    """Covariance ``(k, k)`` of the observations of a group around a run."""
    own = np.array([member.error**2 + member.discrepancy**2 for member in members])
    shared = np.array([member.shared for member in members])
    return np.diag(own) + np.outer(shared, shared)


def student(gap: FloatArray, scale: FloatArray) -> FloatArray:
    """Log density ``(n,)``, up to a constant, of Student's t with scale matrix ``(k, k)`` at gaps ``(n, k)``."""
    root = np.linalg.cholesky(scale)
    square = (solve_triangular(root, gap.T, lower=True) ** 2).sum(axis=0)
    return -0.5 * (FREEDOM + len(root)) * np.log1p(square / FREEDOM)


def _yes_or_no(members: list[Target], x: FloatArray) -> FloatArray:
    total = np.zeros(x.shape[0])
    for j, member in enumerate(members):
        wrong = member.error + member.discrepancy
        total += np.where(x[:, j] == member.observed, np.log1p(-wrong), np.log(wrong))
    return total


def scatter(targets: Targets, summaries: ArrayLike, rng: np.random.Generator) -> FloatArray:
    """What would be observed of runs ``(n, K)``: their summaries with the errors of the likelihood."""
    x = np.array(summaries, dtype=np.float64)
    for columns, members in targets.groups(range(len(targets.targets))):
        if members[0].at_least is not None:
            wrong = np.array([member.error + member.discrepancy for member in members])
            flips = rng.uniform(size=(x.shape[0], len(columns))) < wrong
            x[:, columns] = np.where(flips, 1.0 - x[:, columns], x[:, columns])
            continue
        noise = rng.standard_normal((x.shape[0], len(columns))) @ np.linalg.cholesky(covariance(members)).T
        x[:, columns] += noise / np.sqrt(rng.chisquare(FREEDOM, size=(x.shape[0], 1)) / FREEDOM)
    return x


def monthly_errors(targets: Targets, series: str) -> tuple[float, float]:
    """Standard deviations in logs of a month's record of a series around a run, by targets held to single months.

    Returns
    -------
    The month's own (record and model) and that which all months share; noughts if no target tells.
    """
    for target in targets.targets:
        stat = target.statistic
        month = stat.start.astype("datetime64[M]") + np.timedelta64(1, "M") == stat.by.astype("datetime64[M]")
        if stat.series == series and target.minus is None and month and target.shared > 0:
            return float(np.hypot(target.error, target.discrepancy)), target.shared
    return 0.0, 0.0


def recorded(values: ArrayLike, own: float, shared: float, rng: np.random.Generator) -> FloatArray:
    """What would be recorded of the months ``(n, M)`` of runs: counts with normal errors on the scale of log(1 + x).

    Normal and not Student's, since the mean of exponentials of the latter does not exist.
    """
    x = np.log1p(np.asarray(values, dtype=np.float64))
    noise = own * rng.standard_normal(x.shape) + shared * rng.standard_normal((x.shape[0], 1))
    return np.rint(np.maximum(np.expm1(x + noise), 0.0))
