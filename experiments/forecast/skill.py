"""Skill against a reference, with an interval that respects dependence in time; calibration tables. Pure.

Scores of neighbouring months are dependent, so the interval of a skill comes from a circular block bootstrap
of the paired rows (Politis and Romano 1992): blocks of consecutive rows, model and reference together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from experiments.stats.intervals import generator, wilson

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Skill:
    """1 - mean loss of the model / mean loss of the reference: 1 perfect, 0 no better, negative worse.

    ``low`` and ``high``: percentile block-bootstrap interval at ``level``; ``p_better``: share of bootstrap
    draws with positive skill; ``rows``: forecasts compared; ``block``: rows a block.
    """

    value: float
    low: float
    high: float
    p_better: float
    rows: int
    block: int
    level: float

    def __str__(self) -> str:
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


def block_indices(rows: int, block: int, draws: int, seed: int) -> NDArray[np.int64]:
    """``(draws, rows)`` row numbers of a circular block bootstrap: random starts, ``block`` in sequence."""
    if rows < 1 or not 1 <= block <= rows or draws < 1:
        raise ValueError(
            f"need 1 <= block <= rows and draws >= 1, found rows {rows}, block {block}, draws {draws}"
        )
    rng = generator(seed)
    starts = rng.integers(0, rows, size=(draws, -(-rows // block)))
    steps = starts[:, :, None] + np.arange(block)[None, None, :]
    return (steps.reshape(draws, -1)[:, :rows] % rows).astype(np.int64)


def skill(
    model: ArrayLike,
    reference: ArrayLike,
    weights: ArrayLike | None = None,
    block: int = 1,
    draws: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> Skill:
    """Skill of paired losses ``(N,)`` in order of time, with its block-bootstrap interval.

    ``weights`` weigh the rows. If the reference is perfect (mean loss 0) the skill is minus infinity unless
    the model is perfect too (then 0)."""
    a, b = (np.atleast_1d(np.asarray(x, dtype=np.float64)) for x in (model, reference))
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"model and reference must be paired rows, found {a.shape} and {b.shape}")
    w = np.ones_like(a) if weights is None else np.asarray(weights, dtype=np.float64)
    picks = block_indices(a.size, min(block, a.size), draws, seed)
    total = w[picks].sum(axis=1)
    picks, total = picks[total > 0], total[total > 0]
    drawn = _ratio((w * a)[picks].sum(axis=1) / total, (w * b)[picks].sum(axis=1) / total)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], method="nearest")
    value = float(_ratio(np.array([(w * a).sum()]), np.array([(w * b).sum()]))[0])
    return Skill(value, float(low), float(high), float((drawn > 0).mean()), a.size, min(block, a.size), level)


def gain(
    model: ArrayLike,
    reference: ArrayLike,
    block: int = 1,
    draws: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> Skill:
    """Mean loss of the reference less that of the model, for losses that are logarithms; see `skill`."""
    a, b = (np.atleast_1d(np.asarray(x, dtype=np.float64)) for x in (model, reference))
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"model and reference must be paired rows, found {a.shape} and {b.shape}")
    width = min(block, a.size)
    drawn = (b - a)[block_indices(a.size, width, draws, seed)].mean(axis=1)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], method="nearest")
    better = float((drawn > 0).mean())
    return Skill(float((b - a).mean()), float(low), float(high), better, a.size, width, level)


def _ratio(model: FloatArray, reference: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        value = 1.0 - model / reference
    return np.where(reference > 0, value, np.where(model > 0, -np.inf, 0.0))


def reliability(
    probability: ArrayLike, outcome: ArrayLike, bins: int = 5, level: float = 0.95
) -> pd.DataFrame:
    """Reliability table: one row a bin of forecast probability that holds forecasts.

    Columns: low, high (the bin), forecast (mean probability), observed (share that came true), observed_low
    and observed_high (Wilson interval at ``level``), count."""
    p = np.asarray(probability, dtype=np.float64)
    o = np.asarray(outcome, dtype=np.float64)
    if p.shape != o.shape or bins < 1:
        raise ValueError(
            f"one outcome a probability and at least one bin: found {p.shape}, {o.shape}, {bins}"
        )
    edges = np.linspace(0.0, 1.0, bins + 1)
    which = np.clip(np.searchsorted(edges, p, side="right") - 1, 0, bins - 1)
    rows = []
    for b in np.unique(which):
        inside = which == b
        share, low, high = wilson(int(o[inside].sum()), int(inside.sum()), level)
        rows.append((edges[b], edges[b + 1], p[inside].mean(), share, low, high, int(inside.sum())))
    names = ["low", "high", "forecast", "observed", "observed_low", "observed_high", "count"]
    return pd.DataFrame(rows, columns=names)


def pit_histogram(values: ArrayLike, bins: int = 10, level: float = 0.95) -> pd.DataFrame:
    """Histogram of PIT values with the range that a calibrated forecast gives: low, high, count, band ends.

    The band is the binomial interval of one bin at ``level`` (forecasts taken as independent).
    """
    u = np.asarray(values, dtype=np.float64)
    counts, edges = np.histogram(u, bins=bins, range=(0.0, 1.0))
    band = stats.binom.ppf([(1 - level) / 2, (1 + level) / 2], u.size, 1.0 / bins)
    return pd.DataFrame(
        {"low": edges[:-1], "high": edges[1:], "count": counts, "band_low": band[0], "band_high": band[1]}
    )
