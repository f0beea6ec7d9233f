"""Calibration: from a sample of runs and the observed targets to a posterior and its diagnostics.

The posterior is the sample, weighted: likelihood of the parameters with luck integrated out
(`experiments.forecast.surrogate`) over the density from which they were drawn (`experiments.forecast.importance`).
A second opinion comes from the runs of the prior alone by regression-adjusted approximate Bayesian computation
(`experiments.forecast.abc`), which knows nothing of the surrogate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from experiments.forecast import abc, recovery
from experiments.forecast.importance import FITTED, Weights, tempered, weights
from experiments.forecast.likelihood import scatter
from experiments.forecast.sample import Sample
from experiments.forecast.surrogate import Surrogate, fit
from experiments.forecast.targets import Targets
from experiments.stats.intervals import generator
from sim.parameters import Schema
from sim.uncertainty import Prior

FloatArray = NDArray[np.float64]

#: What the random numbers of each step are keyed with, so that steps do not share luck.
_NOISE, _DRAW, _PSEUDO = 101, 102, 103


@dataclass(frozen=True)
class UnitSpace:
    """The uncertain parameters as quantiles of their priors.

    Attributes
    ----------
    names : in the order of the sample's columns; priors: one each; whole: whether a value is rounded.
    """

    names: tuple[str, ...]
    priors: tuple[Prior, ...]
    whole: tuple[bool, ...]

    @staticmethod
    def of(names: tuple[str, ...], priors: Mapping[str, Prior], schema: Schema) -> UnitSpace:
        """The space of a scenario's uncertain parameters."""
        return UnitSpace(
            names, tuple(priors[n] for n in names), tuple(schema[n].kind == "int" for n in names)
        )

    @property
    def continuous(self) -> NDArray[np.bool_]:
        """Which columns a regression may move: all but switches."""
        return np.array([prior.dist != "bernoulli" for prior in self.priors])

    def from_unit(self, u: FloatArray) -> FloatArray:
        """Parameter values of prior quantiles ``(n, U)``."""
        columns = [prior.quantile(np.clip(u[:, j], 0.0, 1.0)) for j, prior in enumerate(self.priors)]
        return np.column_stack(
            [np.rint(c) if whole else c for c, whole in zip(columns, self.whole, strict=True)]
        )


@dataclass(frozen=True)
class Posterior:
    """What a calibration finds.

    Attributes
    ----------
    names : parameters; draws: equally weighted joint draws ``(D, U)``; rows: the runs that they come from.
    weight : of every run of the sample ``(n,)``; effective, largest, shape: see `importance.Weights`.
    as_of : the day whose knowledge it holds; columns: the targets that were known.
    surrogate : what the weights rest on; mean: its means at the sample's points ``(n, K)``.
    """

    names: tuple[str, ...]
    draws: FloatArray
    rows: NDArray[np.int64]
    weight: FloatArray
    effective: float
    largest: float
    shape: float
    as_of: np.datetime64
    columns: NDArray[np.int64]
    surrogate: Surrogate
    mean: FloatArray

    @property
    def table(self) -> pd.DataFrame:
        """The draws, a column a parameter."""
        return pd.DataFrame(self.draws, columns=list(self.names))


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
    def of(sample: Sample, targets: Targets) -> Learner:
        """Fit the surrogate to the sample."""
        made = fit(targets, sample.z, sample.summaries)
        return Learner(sample, targets, made, made.mean(sample.z))

    def at(self, day: np.datetime64) -> tuple[Surrogate, Weights]:
        """The surrogate with the luck of runs near what was known on a day, and the weights of the sample."""
        columns = self.targets.columns_until(day)
        log = self.surrogate.log_likelihood(self.targets, self.mean, columns)
        rough, _ = tempered(log, self.sample.log_mix, min(FITTED, self.sample.runs / 20))
        made = self.surrogate.near(self.sample.summaries - self.mean, rough)
        return made, weights(made.log_likelihood(self.targets, self.mean, columns) - self.sample.log_mix)


def infer(learner: Learner, as_of: np.datetime64, draws: int = 1000, seed: int = 1) -> Posterior:
    """The posterior of the sample's parameters given the targets that were known on a day.

    Parameters
    ----------
    draws : rows of the posterior table.
    """
    sample, columns = learner.sample, learner.targets.columns_until(as_of)
    made, found = learner.at(as_of)
    rows = abc.resample(found.weight, draws, seed * 1000 + _DRAW)
    return Posterior(sample.names, sample.parameters[rows], rows, found.weight, found.effective, found.largest,
                     found.shape, as_of, columns, made, learner.mean)  # fmt: skip


@dataclass(frozen=True)
class Opinion:
    """The second opinion: adjusted parameters of accepted runs ``(m, U)``, their weights and effective number."""

    adjusted: FloatArray
    weight: FloatArray
    effective: float


def second_opinion(
    sample: Sample, targets: Targets, as_of: np.datetime64, space: UnitSpace, keep: int, seed: int = 1
) -> Opinion:
    """Regression-adjusted rejection on the runs of the prior; distances are scaled by the errors of the targets."""
    first, columns = sample.first(), targets.columns_until(as_of)
    known = targets.take(columns)
    noisy = scatter(known, first.summaries[:, columns], generator(seed * 1000 + _NOISE))
    scale = known.spread / np.sqrt(known.weight)
    kept = abc.accept(abc.distances(noisy, known.observed, scale), keep)
    u = special.ndtr(first.z[kept.rows])
    reached = abc.within_reach(noisy[kept.rows], known.observed)
    moved = abc.adjust(u, noisy[kept.rows], reached, kept.weight, np.zeros(u.shape[1]), np.ones(u.shape[1]))
    adjusted = space.from_unit(np.where(space.continuous, moved, u))
    return Opinion(adjusted, kept.weight, kept.effective)


def side_by_side(sample: Sample, posterior: Posterior, opinion: Opinion) -> pd.DataFrame:
    """Both posteriors, one row a parameter: medians, 90 % intervals, and the largest gap of the two (KS)."""
    levels = [0.05, 0.5, 0.95]
    ours = abc.weighted_quantile(sample.parameters, posterior.weight, levels)
    theirs = abc.weighted_quantile(opinion.adjusted, opinion.weight, levels)
    made: dict[str, object] = {"parameter": list(sample.names)}
    for name, part in (("likelihood", ours), ("abc", theirs)):
        made |= {f"{name}_{end}": part[i] for i, end in enumerate(("low", "median", "high"))}
    pairs = zip(sample.parameters.T, opinion.adjusted.T, strict=True)
    made["gap"] = [recovery.largest_gap(a, b, posterior.weight, opinion.weight) for a, b in pairs]
    return pd.DataFrame(made)


def recover(
    sample: Sample,
    posterior: Posterior,
    targets: Targets,
    trials: int,
    seed: int,
    progress: Callable[[int], object] | None = None,
) -> pd.DataFrame:
    """Recovery of known parameters: ``trials`` runs from the prior play the world in turn, with errors.

    Returns the table of `recovery.coverage`: one row a world and parameter: row, name, parameter, truth, rank, low,
    estimate, high, covered, effective (runs behind it); values are prior quantiles.
    """
    columns = posterior.columns
    rng = generator(seed * 1000 + _PSEUDO)
    rows = rng.choice(sample.prior, trials, replace=False)
    seen = scatter(targets, sample.summaries[rows], rng)
    u = special.ndtr(sample.z)
    parts = []
    for row, observed in zip(rows, seen, strict=True):
        log = posterior.surrogate.log_likelihood(targets.with_observed(observed), posterior.mean, columns)
        log = np.where(np.arange(sample.runs) == row, -np.inf, log - sample.log_mix)
        found = weights(log)
        low, middle, high = abc.weighted_quantile(u, found.weight, [0.05, 0.5, 0.95])
        part = {"row": row, "name": list(sample.names), "parameter": np.arange(u.shape[1]), "truth": u[row],
                "rank": recovery.ranks(u[row], u, found.weight), "low": low, "estimate": middle, "high": high,
                "effective": found.effective}  # fmt: skip
        parts.append(pd.DataFrame(part))
        if progress is not None:
            progress(1)
    table = pd.concat(parts, ignore_index=True)
    table["covered"] = table["truth"].between(table["low"], table["high"])
    return table


def learned(sample: Sample, posterior: Posterior) -> pd.DataFrame:
    """Prior against posterior for each parameter; see `recovery.information`."""
    table = recovery.information(
        sample.first().parameters, sample.parameters, posterior.names, posterior.weight
    )
    return table.sort_values("ks", ascending=False, kind="stable").reset_index(drop=True)


def check_targets(targets: Targets, prior: FloatArray, posterior: FloatArray, seed: int) -> pd.DataFrame:
    """Predictive check of each target: where the observation falls among predictions with their errors.

    Parameters
    ----------
    prior, posterior : summaries ``(n, K)`` of runs from each, without errors.

    Returns
    -------
    One row a target: observed, error (the spread of record and model), weight, prior and posterior median and 90 %
    interval, ``place`` (share of posterior predictions below the observation), ``covered``.
    """
    before = scatter(targets, prior, generator(seed * 1000 + _NOISE + 1))
    after = scatter(targets, posterior, generator(seed * 1000 + _NOISE + 2))
    rows = []
    for j, target in enumerate(targets.targets):
        low, middle, high = np.quantile(after[:, j], [0.05, 0.5, 0.95])
        inside = bool(low <= target.observed <= high)
        below = float((after[:, j] < target.observed).mean() + 0.5 * (after[:, j] == target.observed).mean())
        head = (target.name, target.observed, target.spread, target.weight)
        rows.append((*head, *np.quantile(before[:, j], [0.05, 0.5, 0.95]), low, middle, high, below, inside))
    names = "target observed error weight prior_low prior_median prior_high"
    names += " posterior_low posterior_median posterior_high place covered"
    return pd.DataFrame(rows, columns=names.split())


def check_months(
    observed: pd.Series, totals: FloatArray, months: NDArray[np.datetime64], label: str
) -> pd.DataFrame:
    """Predictive intervals of monthly totals ``(n, M)`` beside the observed months.

    Returns
    -------
    One row a month that was observed: forecast (``label``), month, observed, median, low and high of the 50, 80 and
    90 % intervals, covered_50, covered_80, covered_90.
    """
    rows = []
    for j, month in enumerate(months):
        period = pd.Period(str(month), freq="M")
        if period not in observed.index:
            continue
        value = float(observed[period])
        q = np.quantile(totals[:, j], [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95])
        inside = (q[2] <= value <= q[4], q[1] <= value <= q[5], q[0] <= value <= q[6])
        rows.append((label, str(month), value, q[3], q[2], q[4], q[1], q[5], q[0], q[6], *inside))
    names = "forecast month observed median low_50 high_50 low_80 high_80 low_90 high_90"
    return pd.DataFrame(rows, columns=[*names.split(), "covered_50", "covered_80", "covered_90"])
