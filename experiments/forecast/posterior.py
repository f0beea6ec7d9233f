"""Calibration: from a sample of the prior and the observed targets to a posterior and its diagnostics.

Regression-adjusted approximate Bayesian computation (see `experiments.forecast.abc`) on the prior's own
probability scale: every continuous parameter is its quantile under the prior, so bounds, skew and logarithmic
priors take care of themselves. Each target has an observation error, drawn anew for each simulated run, which
makes the inference one about a model with exactly that error. Runs differ in luck as well as in parameters,
so the posterior averages over luck; no seed is searched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.forecast import abc, recovery
from experiments.forecast.sample import Sample
from experiments.forecast.targets import Targets
from experiments.stats.intervals import generator
from sim.parameters import Schema
from sim.uncertainty import Prior

FloatArray = NDArray[np.float64]

#: What the random numbers of each step are keyed with, so that steps do not share luck.
_NOISE, _DRAW, _PSEUDO = 101, 102, 103


@dataclass(frozen=True)
class UnitSpace:
    """The uncertain parameters as quantiles of their priors; switches stay 0 and 1.

    Attributes:
        names: parameters, in the order of the sample's columns; priors: one each; whole: whether a value is
        rounded.
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
        """Which columns a regression may move."""
        return np.array([prior.dist != "bernoulli" for prior in self.priors])

    def to_unit(self, values: FloatArray) -> FloatArray:
        """Prior quantiles ``(n, U)`` of parameter values."""
        return np.column_stack([cumulative(p, values[:, j]) for j, p in enumerate(self.priors)])

    def from_unit(self, u: FloatArray) -> FloatArray:
        """Parameter values of prior quantiles ``(n, U)``."""
        columns = []
        for j, (prior, whole) in enumerate(zip(self.priors, self.whole, strict=True)):
            values = u[:, j] if prior.dist == "bernoulli" else prior.quantile(np.clip(u[:, j], 0.0, 1.0))
            columns.append(np.rint(values) if whole else values)
        return np.column_stack(columns)


def cumulative(prior: Prior, x: FloatArray) -> FloatArray:
    """Distribution function of a prior, the inverse of ``prior.quantile``; a switch is returned as it is."""
    if prior.dist == "bernoulli":
        return x.copy()
    if prior.dist == "triangular":
        low, mode, high = prior.args
        rising = (x - low) ** 2 / ((high - low) * max(mode - low, 1e-300))
        falling = 1.0 - (high - x) ** 2 / ((high - low) * max(high - mode, 1e-300))
        return np.clip(np.where(x < mode, rising, falling), 0.0, 1.0)
    low, high = np.log(prior.args) if prior.dist == "loguniform" else np.asarray(prior.args)
    place = np.log(x) if prior.dist == "loguniform" else x
    return np.clip((place - low) / (high - low), 0.0, 1.0)


@dataclass(frozen=True)
class Posterior:
    """What a calibration finds.

    Attributes:
        names: parameters; draws: equally weighted joint draws ``(D, U)``. rows: the runs of the sample that
        were accepted; weight: of each; adjusted: their parameters ``(m, U)``. effective: effective number of
        accepted runs; tolerance: distance of the furthest; runs: in the sample.
    """

    names: tuple[str, ...]
    draws: FloatArray
    rows: NDArray[np.int64]
    weight: FloatArray
    adjusted: FloatArray
    effective: float
    tolerance: float
    runs: int

    @property
    def table(self) -> pd.DataFrame:
        """The draws, a column a parameter."""
        return pd.DataFrame(self.draws, columns=list(self.names))


@dataclass(frozen=True)
class Evidence:
    """Noisy summaries of the runs, the observed ones, and the scale of their distance (used targets only)."""

    summaries: FloatArray
    observed: FloatArray
    scale: FloatArray
    columns: NDArray[np.int64]


def evidence(sample: Sample, targets: Targets, seed: int) -> Evidence:
    """Summaries with observation error, and distance scales; targets of weight 0 are left out."""
    noise = generator(seed * 1000 + _NOISE).standard_normal(sample.summaries.shape)
    noisy = sample.summaries + targets.error * noise
    columns = np.flatnonzero(targets.weight > 0)
    scale = abc.scales(noisy[:, columns]) / np.sqrt(targets.weight[columns])
    return Evidence(noisy[:, columns], targets.observed[columns], scale, columns)


def infer(
    sample: Sample, targets: Targets, space: UnitSpace, keep: int = 1000, draws: int = 1000, seed: int = 1
) -> Posterior:
    """The posterior of the sample's parameters given the targets.

    Args:
        keep: runs accepted; draws: rows of the posterior table.
    """
    seen = evidence(sample, targets, seed)
    kept = abc.accept(abc.distances(seen.summaries, seen.observed, seen.scale), keep)
    adjusted = adjusted_values(sample, seen, kept, space)
    rows = abc.resample(kept.weight, draws, seed * 1000 + _DRAW)
    return Posterior(space.names, adjusted[rows], kept.rows, kept.weight, adjusted, kept.effective,
                     kept.bandwidth, sample.runs)  # fmt: skip


def adjusted_values(sample: Sample, seen: Evidence, kept: abc.Accepted, space: UnitSpace) -> FloatArray:
    """Parameter values of accepted runs after regression adjustment; switches keep theirs."""
    u = space.to_unit(sample.parameters[kept.rows])
    ends = np.zeros(u.shape[1]), np.ones(u.shape[1])
    reached = abc.within_reach(seen.summaries[kept.rows], seen.observed)
    moved = abc.adjust(u, seen.summaries[kept.rows], reached, kept.weight, *ends)
    return space.from_unit(np.where(space.continuous, moved, u))


def recover(
    sample: Sample,
    targets: Targets,
    space: UnitSpace,
    keep: int,
    trials: int,
    seed: int,
    progress: Callable[[int], object] | None = None,
) -> pd.DataFrame:
    """Recovery of known parameters: ``trials`` runs of the sample in turn play the world (prior-wide).

    Returns the table of `recovery.leave_one_out` with the parameter's name; values are prior quantiles.
    Switches are left out: an interval says little about them."""
    seen = evidence(sample, targets, seed)
    columns = np.flatnonzero(space.continuous)
    u = space.to_unit(sample.parameters)[:, columns]
    rows = generator(seed * 1000 + _PSEUDO).choice(sample.runs, trials, replace=False)
    ends = np.zeros(columns.size), np.ones(columns.size)
    table = recovery.leave_one_out(u, seen.summaries, rows, seen.scale, keep, *ends, progress=progress)
    table["name"] = np.asarray(space.names)[columns][table["parameter"]]
    return table


def learned(sample: Sample, posterior: Posterior) -> pd.DataFrame:
    """Prior against posterior for each parameter; see `recovery.information`."""
    table = recovery.information(sample.parameters, posterior.adjusted, posterior.names, posterior.weight)
    return table.sort_values("ks", ascending=False, kind="stable").reset_index(drop=True)


def check_targets(targets: Targets, prior: FloatArray, posterior: FloatArray, seed: int) -> pd.DataFrame:
    """Predictive check of each target: where the observation falls among predictions with observation error.

    Args:
        prior, posterior: summaries ``(n, K)`` of runs from each, without error.

    Returns:
        One row a target: observed, error, weight, prior and posterior median and 90 % interval, ``place``
        (share of posterior predictions below the observation), ``covered`` (observation inside the posterior
        interval).
    """
    rows = []
    for j, target in enumerate(targets.targets):
        rng = generator(seed * 1000 + _NOISE + 10 + j)
        before = prior[:, j] + target.error * rng.standard_normal(prior.shape[0])
        after = posterior[:, j] + target.error * rng.standard_normal(posterior.shape[0])
        low, middle, high = np.quantile(after, [0.05, 0.5, 0.95])
        inside = bool(low <= target.observed <= high)
        place = float((after < target.observed).mean())
        before_q = np.quantile(before, [0.05, 0.5, 0.95])
        head = (target.name, target.observed, target.error, target.weight)
        rows.append((*head, *before_q, low, middle, high, place, inside))
    names = "target observed error weight prior_low prior_median prior_high"
    names += " posterior_low posterior_median posterior_high place covered"
    return pd.DataFrame(rows, columns=names.split())


def check_months(
    observed: pd.Series, totals: FloatArray, months: NDArray[np.datetime64], label: str
) -> pd.DataFrame:
    """Predictive intervals of monthly totals ``(n, M)`` beside the observed months.

    Returns:
        One row a month that was observed: forecast (``label``), month, observed, median, low and high of the
        50 and 90 % intervals, covered_50, covered_90.
    """
    rows = []
    for j, month in enumerate(months):
        period = pd.Period(str(month), freq="M")
        if period not in observed.index:
            continue
        value = float(observed[period])
        q = np.quantile(totals[:, j], [0.05, 0.25, 0.5, 0.75, 0.95])
        inside = (q[1] <= value <= q[3], q[0] <= value <= q[4])
        rows.append((label, str(month), value, q[2], q[1], q[3], q[0], q[4], *inside))
    names = "forecast month observed median low_50 high_50 low_90 high_90 covered_50 covered_90"
    return pd.DataFrame(rows, columns=names.split())
