"""Calibration: from a sample of runs and the observed targets to a posterior.

The posterior is the sample, weighted: likelihood of the parameters with luck integrated out
(`experiments.forecast.surrogate`) over the density from which they were drawn
(`experiments.forecast.importance_sampling`). Whether it can be trusted is told by `experiments.forecast.diagnostics`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.forecast.importance_sampling import FITTED, Weights, resample, tempered, weights
from experiments.forecast.sample import Sample
from experiments.forecast.surrogate import Surrogate, fit
from experiments.forecast.targets import Targets

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Learner:
    """A sample and its surrogate: weights of the sample for any day.

    Attributes
    ----------
    sample, targets : what was run and what was observed.
    surrogate : with the luck of all runs alike; mean: its means at the sample's points ``(n, K)``.
    """

    sample: Sample
    targets: Targets
    surrogate: Surrogate
    mean: FloatArray

    @staticmethod
    def of(sample: Sample) -> Learner:
        """Fit the surrogate to the sample."""
        made = fit(sample.plan.targets, sample.z, sample.summaries)
        return Learner(sample, sample.plan.targets, made, made.mean(sample.z))

    def at(self, day: np.datetime64) -> tuple[Surrogate, Weights]:
        """The surrogate with the luck of runs near what was known on a day, and the weights of the sample."""
        columns = self.targets.columns_until(day)
        log = self.surrogate.log_likelihood(self.targets, self.mean, columns)
        rough, _ = tempered(log, self.sample.log_mix, min(FITTED, self.sample.runs / 20))
        made = self.surrogate.near(self.sample.summaries - self.mean, rough)
        return made, weights(made.log_likelihood(self.targets, self.mean, columns) - self.sample.log_mix)


@dataclass(frozen=True)
class Posterior:
    """What a calibration finds.

    Attributes
    ----------
    learner : the sample and the targets that it rests on; as_of: the day whose knowledge it holds.
    surrogate : with the luck of runs near what was known; weights: of the runs of the sample.
    rows : runs ``(D,)`` of the sample that equally weighted draws come from.
    """

    learner: Learner
    as_of: np.datetime64
    surrogate: Surrogate
    weights: Weights
    rows: NDArray[np.int64]

    @property
    def columns(self) -> NDArray[np.int64]:
        """The targets that were known."""
        return self.learner.targets.columns_until(self.as_of)

    @property
    def table(self) -> pd.DataFrame:
        """The draws ``(D, U)``, a column a parameter."""
        sample = self.learner.sample
        return pd.DataFrame(sample.parameters[self.rows], columns=list(sample.plan.names))


def infer(learner: Learner, as_of: np.datetime64, draws: int = 1000, seed: int = 1) -> Posterior:
    """The posterior of the sample's parameters given the targets that were known on a day, as so many draws."""
    surrogate, found = learner.at(as_of)
    return Posterior(learner, as_of, surrogate, found, resample(found.weight, draws, seed * 1000 + 102))
