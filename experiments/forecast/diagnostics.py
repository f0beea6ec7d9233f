"""Can a posterior be trusted? Recovery of known worlds, predictive checks, a second opinion, what the data moved.

Sources: Talts et al. (2018), arXiv 1804.06788 (ranks of simulated truths are uniform if the inference is right); Cook,
Gelman and Rubin (2006), JCGS 15:675. The second opinion comes from the runs of the prior alone by regression-adjusted
approximate Bayesian computation (`experiments.forecast.abc`), which knows nothing of the surrogate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from experiments.forecast import abc
from experiments.forecast.answers import score_file
from experiments.forecast.importance_sampling import effective_sample_size, weighted_quantile, weights
from experiments.forecast.likelihood import monthly_errors, recorded, scatter
from experiments.forecast.options import Checked
from experiments.forecast.posterior import Posterior
from experiments.forecast.sample import FRESH, predict
from experiments.forecast.surrogate import checked
from experiments.forecast.targets import Targets
from experiments.kit.progress import progress as bar
from experiments.observed import load_observations
from experiments.stats.intervals import RANGE, generator

FloatArray = NDArray[np.float64]


def diagnose(posterior: Posterior, options: Checked) -> dict[str, pd.DataFrame]:
    """Tables, by name, of all that tells whether a posterior can be trusted."""
    sample, targets, seed = posterior.learner.sample, posterior.learner.targets, options.seed
    first, plan = sample.first(), sample.plan
    z = sample.z[posterior.rows[np.arange(options.check) % len(posterior.rows)]]
    after = predict(plan, z, FRESH + np.arange(options.check), options.threads)
    with bar("Recovery", options.trials) as progress:
        recovered = recover(posterior, options.trials, seed, progress)
    return {
        "parameters": learned(posterior),
        "targets": check_targets(targets, first.summaries, after["summaries"], seed),
        "months_prior": _months(posterior, first.totals["deaths"], "prior", seed),
        "months": _months(posterior, after["totals_deaths"], "posterior", seed),
        "surrogate": checked(posterior.surrogate, targets, z, after["summaries"]),
        "recovered": recovered,
        "recovery": coverage(recovered, plan.names),
        "second_opinion": second_opinion(posterior, options.keep, seed),
        "questions_prior": score_file(plan.questions, first.answers),
        "questions": score_file(plan.questions, after["answers"]),
    }


def recover(
    posterior: Posterior, trials: int, seed: int, progress: Callable[[int], object] | None = None
) -> pd.DataFrame:
    """Recovery of known parameters: ``trials`` runs from the prior play the world in turn, with errors.

    Returns
    -------
    One row a world and parameter: row, name, parameter, truth, rank (see `ranks`), low, estimate, high, covered,
    effective (runs behind it); values are quantiles of the prior.
    """
    sample, targets = posterior.learner.sample, posterior.learner.targets
    rng = generator(seed * 1000 + 103)
    rows = rng.choice(sample.prior, trials, replace=False)
    seen = scatter(targets, sample.summaries[rows], rng)
    u = special.ndtr(sample.z)
    parts = []
    for row, observed in zip(rows, seen, strict=True):
        log = posterior.surrogate.log_likelihood(
            targets.with_observed(observed), posterior.learner.mean, posterior.columns
        )
        found = weights(np.where(np.arange(sample.runs) == row, -np.inf, log - sample.log_mix))
        low, middle, high = weighted_quantile(u, found.weight, RANGE)
        part = {"row": row, "name": list(sample.plan.names), "parameter": np.arange(u.shape[1]), "truth": u[row],
                "rank": ranks(u[row], u, found.weight), "low": low, "estimate": middle, "high": high,
                "effective": found.effective}  # fmt: skip
        parts.append(pd.DataFrame(part))
        if progress is not None:
            progress(1)
    table = pd.concat(parts, ignore_index=True)
    table["covered"] = table["truth"].between(table["low"], table["high"])
    return table


def ranks(truth: FloatArray, draws: FloatArray, weight: FloatArray) -> FloatArray:
    """Place of each true parameter ``(P,)`` in its draws ``(m, P)``: weighted share below, ties halved."""
    share = weight / np.sum(weight)
    return share @ (draws < truth) + 0.5 * (share @ (draws == truth))


def uniformity(places: ArrayLike) -> float:
    """p-value of a chi-square test that places ``(n,)`` are uniform on [0, 1]."""
    return float(stats.chisquare(np.histogram(places, bins=10, range=(0, 1))[0]).pvalue)


def coverage(recovered: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Summary of recovered worlds (see `recover`), one row a parameter: coverage, rank uniformity, skill.

    ``skill``: 1 - squared error of the posterior median / variance of the truths (0: the data say nothing).
    """
    rows = []
    for index, part in recovered.groupby("parameter", sort=True):
        error, spread = ((part["estimate"] - part["truth"]) ** 2).mean(), part["truth"].var(ddof=0)
        rank_p = uniformity(part["rank"])
        rows.append((names[index], len(part), part["covered"].mean(), rank_p, 1.0 - error / spread))
    return pd.DataFrame(rows, columns=["parameter", "trials", "coverage", "rank_p", "skill"])


def learned(posterior: Posterior) -> pd.DataFrame:
    """Prior against posterior for each parameter, those that the data moved most first; see `information`."""
    sample = posterior.learner.sample
    table = information(
        sample.first().parameters, sample.parameters, sample.plan.names, posterior.weights.weight
    )
    return table.sort_values("ks", ascending=False, kind="stable").reset_index(drop=True)


def information(
    prior: FloatArray, posterior: FloatArray, names: Sequence[str], weight: FloatArray
) -> pd.DataFrame:
    """How far the data moved each parameter, by draws of prior ``(n, P)`` and posterior ``(m, P)``, those weighted.

    Returns
    -------
    One row a parameter: prior and posterior median and 90 % interval; ``ks`` (largest gap of the two distribution
    functions), ``kl`` (nats, over prior deciles), ``contraction`` (1 - posterior variance / prior variance), and
    ``informed``: whether ks is beyond what the effective sample sizes give by chance once in a thousand.
    """
    even = np.ones(len(prior))
    n, m = len(prior), effective_sample_size(weight)
    critical = np.sqrt(-0.5 * np.log(0.0005) * (n + m) / (n * m))
    before, after = weighted_quantile(prior, even, RANGE), weighted_quantile(posterior, weight, RANGE)
    columns: dict[str, ArrayLike] = {"parameter": list(names)}
    for i, part in enumerate(("low", "median", "high")):
        columns |= {f"prior_{part}": before[i], f"posterior_{part}": after[i]}
    for name, measure in (("ks", largest_gap), ("kl", _kl), ("contraction", _contraction)):
        columns[name] = [measure(a, b, even, weight) for a, b in zip(prior.T, posterior.T, strict=True)]
    table = pd.DataFrame(columns)
    return table.assign(informed=table["ks"] > critical)


def largest_gap(a: FloatArray, b: FloatArray, u: FloatArray, w: FloatArray) -> float:
    """Kolmogorov-Smirnov distance of two samples ``(n,)`` and ``(m,)`` with weights ``u`` and ``w``."""
    at = np.concatenate([a, b])
    return float(np.abs(_cumulative(a, u, at) - _cumulative(b, w, at)).max())


def _cumulative(values: FloatArray, weight: FloatArray, at: FloatArray) -> FloatArray:
    order = np.argsort(values, kind="stable")
    total = np.concatenate([[0.0], np.cumsum(weight[order])]) / weight.sum()
    return total[np.searchsorted(values[order], at, side="right")]


def _kl(a: FloatArray, b: FloatArray, u: FloatArray, w: FloatArray) -> float:
    """Posterior against prior over the prior's deciles, half a count added to each cell."""
    edges = np.unique(weighted_quantile(a[:, None], u, np.linspace(0.1, 0.9, 9))[:, 0])
    cells = edges.size + 1
    p = np.bincount(np.searchsorted(edges, a), weights=u, minlength=cells) / u.sum()
    mass = np.bincount(np.searchsorted(edges, b), weights=w, minlength=cells) / w.sum()
    n = effective_sample_size(w)
    q = (mass * n + 0.5) / (n + 0.5 * cells)
    p = np.maximum(p, 1e-9)
    return float(max((q * np.log(q / (p / p.sum()))).sum(), 0.0))


def _contraction(a: FloatArray, b: FloatArray, u: FloatArray, w: FloatArray) -> float:
    before = np.average((a - np.average(a, weights=u)) ** 2, weights=u)
    after = np.average((b - np.average(b, weights=w)) ** 2, weights=w)
    return float(1.0 - after / before) if before > 0 else 0.0


def second_opinion(posterior: Posterior, keep: int, seed: int) -> pd.DataFrame:
    """The posterior beside that of regression-adjusted rejection, which keeps so many runs of the prior.

    Distances are scaled by the errors of the targets. One row a parameter: medians and 90 % intervals of both, and the
    largest gap of the two (`largest_gap`).
    """
    sample, columns = posterior.learner.sample, posterior.columns
    plan, first, known = sample.plan, sample.first(), posterior.learner.targets.take(columns)
    noisy = scatter(known, first.summaries[:, columns], generator(seed * 1000 + 101))
    rows, weight = abc.accept(
        abc.distances(noisy, known.observed, known.spread / np.sqrt(known.weight)), keep
    )
    places = special.ndtr(first.z[rows])
    moved = abc.adjust(places, noisy[rows], abc.within_reach(noisy[rows], known.observed), weight)
    switches = [plan.scenario.space.priors[name].dist == "bernoulli" for name in plan.names]
    adjusted = plan.parameters(np.where(switches, places, moved))
    table: dict[str, ArrayLike] = {"parameter": list(plan.names)}
    for name, x, w in (
        ("likelihood", sample.parameters, posterior.weights.weight),
        ("abc", adjusted, weight),
    ):
        ends = weighted_quantile(x, w, RANGE)
        table |= {f"{name}_{end}": ends[i] for i, end in enumerate(("low", "median", "high"))}
    pairs = zip(sample.parameters.T, adjusted.T, strict=True)
    table["gap"] = [largest_gap(a, b, posterior.weights.weight, weight) for a, b in pairs]
    return pd.DataFrame(table)


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
    seen = targets.observed
    before = scatter(targets, prior, generator(seed * 1000 + 102))
    after = scatter(targets, posterior, generator(seed * 1000 + 103))
    table = pd.DataFrame(
        {"target": targets.names, "observed": seen, "error": targets.spread, "weight": targets.weight}
    )
    for name, part in (("prior", before), ("posterior", after)):
        for end, values in zip(("low", "median", "high"), np.quantile(part, RANGE, axis=0), strict=True):
            table[f"{name}_{end}"] = values
    table["place"] = (after < seen).mean(axis=0) + 0.5 * (after == seen).mean(axis=0)
    table["covered"] = table["observed"].between(table["posterior_low"], table["posterior_high"])
    return table


def _months(posterior: Posterior, totals: FloatArray, label: str, seed: int) -> pd.DataFrame:
    """Predictive check of the observed months of all deaths, the first and cut month left out."""
    seen = recorded(
        totals[:, 1:], *monthly_errors(posterior.learner.targets, "deaths"), generator(seed * 1000 + 104)
    )
    observed = load_observations("ucdp_monthly").monthly("deaths")
    return check_months(observed, seen, posterior.learner.sample.months[1:], label)


def check_months(
    observed: pd.Series, totals: FloatArray, months: NDArray[np.datetime64], label: str
) -> pd.DataFrame:
    """Predictive intervals of monthly totals ``(n, M)`` beside the observed months.

    Returns
    -------
    One row a month that was observed: forecast (``label``), month, observed, median, low and high of the 50, 80 and
    90 % intervals, covered_50, covered_80, covered_90.
    """
    there = pd.PeriodIndex(months.astype(str), freq="M")
    kept = there.isin(observed.index)
    seen, totals = observed[there[kept]].to_numpy(dtype=float), totals[:, kept]
    table = pd.DataFrame({"forecast": label, "month": there[kept].astype(str), "observed": seen})
    table["median"] = np.quantile(totals, 0.5, axis=0)
    intervals = {50: (0.25, 0.75), 80: (0.1, 0.9), 90: (0.05, 0.95)}
    for level, ends in intervals.items():
        table[f"low_{level}"], table[f"high_{level}"] = np.quantile(totals, ends, axis=0)
    for level in intervals:
        table[f"covered_{level}"] = (table[f"low_{level}"] <= seen) & (seen <= table[f"high_{level}"])
    return table
