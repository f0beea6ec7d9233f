"""The likelihood of parameters, averaged over luck by a regression on runs. Pure.

A run's log likelihood varies by several units with luck alone, so that of ten thousand weighted runs a handful would
carry all weight. So luck is integrated out: each target's mean as a function of the parameters is a regression on the
sample (linear, square and some mixed terms on the scale on which the prior is standard normal), what is left over is
luck and what the regression misses, and both join the errors of the likelihood (synthetic likelihood: Wood 2010,
Nature 466:1102; with regression for the mean: Gutmann and Corander 2016, JMLR 17:125). Chances of yes-or-no targets
come from a logistic regression. `checked` says how well runs that it has not seen agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from experiments.forecast.likelihood import covariance, student
from experiments.forecast.targets import Target, Targets

FloatArray = NDArray[np.float64]

#: Coordinates whose products enter the regression.
MIXED = 12
#: Ridge of the regressions, in runs.
RIDGE = 3.0
#: Fewest runs with the rarer answer for a logistic regression; below it the chance is the same for all parameters.
FEWEST = 30
#: Runs handled at a time, to bound memory.
_SPAN = 8192


@dataclass(frozen=True)
class Surrogate:
    """Means and chances of the targets as functions of the parameters.

    Attributes
    ----------
    mixed : coordinates whose products are used; slopes: ``(F, K)`` of the means (unused for yes or no).
    residual : covariance ``(K, K)`` of what is left over; logits: column of a yes-or-no target to its slopes
        ``(1 + d,)``.
    """

    mixed: NDArray[np.int64]
    slopes: FloatArray
    residual: FloatArray
    logits: Mapping[int, FloatArray]

    def mean(self, z: FloatArray) -> FloatArray:
        """Means ``(n, K)`` of the targets at points ``(n, d)``; of yes or no the chance of yes."""
        parts = [features(z[k : k + _SPAN], self.mixed) @ self.slopes for k in range(0, len(z), _SPAN)]
        made = np.concatenate(parts)
        for j, slope in self.logits.items():
            made[:, j] = special.expit(slope[0] + z @ slope[1:])
        return made

    def near(self, left: FloatArray, weight: FloatArray) -> Surrogate:
        """The same means with the luck of some runs: what is left over of them ``(n, K)``, weighted ``(n,)``."""
        centred = left - weight @ left
        return replace(self, residual=(centred * weight[:, None]).T @ centred)

    def log_likelihood(self, targets: Targets, mean: FloatArray, columns: NDArray[np.int64]) -> FloatArray:
        """Log likelihood ``(n,)`` up to a constant, from ``mean(z)`` and the columns of the targets that are known."""
        total = np.zeros(len(mean))
        for inside, members in targets.groups(columns):
            if members[0].at_least is not None:
                part = sum(self._chance(mean[:, j], m) for j, m in zip(inside, members, strict=True))
            else:
                scale = covariance(members) + self.residual[np.ix_(inside, inside)]
                gap = np.array([member.observed for member in members]) - mean[:, inside]
                part = student(gap, scale)
            total += members[0].weight * part
        return total

    @staticmethod
    def _chance(chance: FloatArray, member: Target) -> FloatArray:
        wrong = member.error + member.discrepancy
        yes = chance * (1.0 - wrong) + (1.0 - chance) * wrong
        return np.log(yes if member.observed == 1.0 else 1.0 - yes)


def features(z: FloatArray, mixed: NDArray[np.int64]) -> FloatArray:
    """Terms ``(n, F)``: one, the coordinates, their squares, and products of the mixed ones."""
    first, second = np.triu_indices(len(mixed), 1)
    part = z[:, mixed]
    square = (z**2 - 1.0) / np.sqrt(2.0)
    return np.concatenate([np.ones((len(z), 1)), z, square, part[:, first] * part[:, second]], axis=1)


def fit(targets: Targets, z: FloatArray, summaries: FloatArray) -> Surrogate:
    """Fit the surrogate to runs ``z`` ``(n, d)`` with ``summaries`` ``(n, K)``; luck is that of all of them alike."""
    yes_or_no = [j for j, target in enumerate(targets.targets) if target.at_least is not None]
    linear = _ridge(features(z, np.empty(0, dtype=np.int64)), summaries)[1 : z.shape[1] + 1]
    scale = np.maximum(summaries.std(axis=0), 1e-12)
    mixed = np.sort(np.argsort(-((linear / scale) ** 2).sum(axis=1), kind="stable")[:MIXED])
    slopes = _ridge(features(z, mixed), summaries)
    logits = {j: _logistic(z, summaries[:, j]) for j in yes_or_no}
    made = Surrogate(mixed, slopes, np.eye(summaries.shape[1]), logits)
    return made.near(summaries - made.mean(z), np.full(len(z), 1.0 / len(z)))


def _ridge(x: FloatArray, y: FloatArray) -> FloatArray:
    """Slopes ``(F, K)`` with a small ridge on all but the first column."""
    penalty = np.full(x.shape[1], RIDGE)
    penalty[0] = 0.0
    return np.linalg.solve(x.T @ x + np.diag(penalty), x.T @ y).astype(np.float64)


def _logistic(z: FloatArray, y: FloatArray) -> FloatArray:
    """Intercept and slopes of a ridge logistic regression (Newton's method)."""
    slope = np.zeros(z.shape[1] + 1)
    yes = float(y.sum())
    slope[0] = np.log((yes + 0.5) / (len(y) - yes + 0.5))
    if min(yes, len(y) - yes) < FEWEST:
        return slope
    x = np.concatenate([np.ones((len(z), 1)), z], axis=1)
    penalty = np.full(x.shape[1], 10.0 * RIDGE)
    penalty[0] = 0.0
    for _ in range(12):
        chance = special.expit(x @ slope)
        curve = (x * (chance * (1.0 - chance))[:, None]).T @ x + np.diag(penalty)
        step = np.linalg.solve(curve, x.T @ (y - chance) - penalty * slope)
        slope = slope + step
        if np.abs(step).max() < 1e-8:
            break
    return slope


def checked(made: Surrogate, targets: Targets, z: FloatArray, summaries: FloatArray) -> pd.DataFrame:
    """The surrogate against runs that it has not seen, one row a target.

    Columns: ``mean`` of the runs, ``surrogate`` the mean that it gives; ``gap`` their difference in standard deviations
    of observation, model and luck together; ``spread`` of what is left over against what was reckoned with (numbers).
    """
    said = made.mean(z)
    luck = np.sqrt(np.diag(made.residual))
    rows = []
    for j, target in enumerate(targets.targets):
        number = target.at_least is None
        unit = np.hypot(target.spread, luck[j]) if number else 1.0
        left = summaries[:, j] - said[:, j]
        ratio = left.std() / luck[j] if number and luck[j] > 0 else np.nan
        rows.append((target.name, summaries[:, j].mean(), said[:, j].mean(), left.mean() / unit, ratio))
    return pd.DataFrame(rows, columns=["target", "mean", "surrogate", "gap", "spread"])
