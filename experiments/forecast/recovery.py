"""Does the inference find what is known? Simulation-based calibration, coverage, information. Pure.

Sources: Talts et al. (2018), arXiv 1804.06788 (ranks of simulated truths are uniform if the inference is
right); Cook, Gelman and Rubin (2006), JCGS 15:675."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from experiments.forecast.abc import effective_sample_size, weighted_quantile

FloatArray = NDArray[np.float64]


def ranks(truth: ArrayLike, draws: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
    """Place of each true parameter ``(P,)`` in its posterior draws ``(m, P)``: weighted share below, ties halved."""
    t, x = np.asarray(truth, dtype=np.float64), np.asarray(draws, dtype=np.float64)
    w = np.full(x.shape[0], 1.0 / x.shape[0]) if weights is None else np.asarray(weights) / np.sum(weights)
    return w @ (x < t) + 0.5 * (w @ (x == t))


def uniformity(places: ArrayLike, bins: int = 10) -> FloatArray:
    """p-value ``(P,)`` of a chi-square test that each column of places ``(n, P)`` is uniform on [0, 1]."""
    x = np.atleast_2d(np.asarray(places, dtype=np.float64))
    counts = np.stack([np.histogram(column, bins=bins, range=(0, 1))[0] for column in x.T])
    return stats.chisquare(counts, axis=1).pvalue


def information(
    prior: ArrayLike,
    posterior: ArrayLike,
    names: ArrayLike,
    weights: ArrayLike | None = None,
    prior_weights: ArrayLike | None = None,
) -> pd.DataFrame:
    """How far the data moved each parameter: one row a parameter.

    Columns: prior and posterior median and 90 % interval; ``ks`` (largest gap of the two distribution
    functions), ``kl`` (nats, over prior deciles), ``contraction`` (1 - posterior variance / prior variance),
    and ``informed``: whether ks is beyond what the effective sample sizes give by chance once in a thousand.
    """
    a, b = np.asarray(prior, dtype=np.float64), np.asarray(posterior, dtype=np.float64)
    u = np.ones(a.shape[0]) if prior_weights is None else np.asarray(prior_weights, dtype=np.float64)
    w = np.ones(b.shape[0]) if weights is None else np.asarray(weights, dtype=np.float64)
    n, m = effective_sample_size(u), effective_sample_size(w)
    critical = np.sqrt(-0.5 * np.log(0.0005) * (n + m) / (n * m))
    levels = [0.05, 0.5, 0.95]
    before, after = weighted_quantile(a, u, levels), weighted_quantile(b, w, levels)
    columns = {"parameter": np.asarray(names)}
    for i, part in enumerate(("low", "median", "high")):
        columns |= {f"prior_{part}": before[i], f"posterior_{part}": after[i]}
    pairs = list(zip(a.T, b.T, strict=True))
    for name, measure in (("ks", largest_gap), ("kl", _kl), ("contraction", _contraction)):
        columns[name] = np.array([measure(x, y, u, w) for x, y in pairs])
    columns["informed"] = columns["ks"] > critical
    return pd.DataFrame(columns)


def _cumulative(values: FloatArray, weights: FloatArray, at: FloatArray) -> FloatArray:
    order = np.argsort(values, kind="stable")
    total = np.concatenate([[0.0], np.cumsum(weights[order])]) / weights.sum()
    return total[np.searchsorted(values[order], at, side="right")]


def largest_gap(a: FloatArray, b: FloatArray, u: FloatArray, w: FloatArray) -> float:
    """Kolmogorov-Smirnov distance of two samples ``(n,)`` and ``(m,)`` with weights ``u`` and ``w``."""
    at = np.concatenate([a, b])
    return float(np.abs(_cumulative(a, u, at) - _cumulative(b, w, at)).max())


def _kl(a: FloatArray, b: FloatArray, u: FloatArray, w: FloatArray) -> float:
    """Posterior against prior over the prior's deciles, half a count added to each cell."""
    edges = np.unique(weighted_quantile(a, u, np.linspace(0.1, 0.9, 9))[:, 0])
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


def coverage(recovered: pd.DataFrame, names: ArrayLike) -> pd.DataFrame:
    """Summary of recovered worlds (`posterior.recover`), one row a parameter: coverage, rank uniformity, skill.

    ``skill``: 1 - squared error of the posterior median / variance of the truths (0: the data say nothing).
    """
    rows = []
    for index, part in recovered.groupby("parameter", sort=True):
        error = ((part["estimate"] - part["truth"]) ** 2).mean()
        spread = part["truth"].var(ddof=0)
        p = float(uniformity(part[["rank"]].to_numpy())[0])
        rows.append(
            (
                np.asarray(names)[index],
                len(part),
                part["covered"].mean(),
                p,
                1.0 - error / spread if spread > 0 else 0.0,
            )
        )
    return pd.DataFrame(rows, columns=["parameter", "trials", "coverage", "rank_p", "skill"])
