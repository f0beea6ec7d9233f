"""Sensitivity indices by SALib, with what is luck told apart from what parameters own: arrays in, rows out.

Shares are shares of the whole variance of an outcome over runs, luck included, so that what luck owns and what a
parameter owns stand on one scale. Replicates of a point differ in luck alone: their variance within points is luck's
(analysis of variance), and what it adds to an index is taken off.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from experiments.stats.intervals import generator

FloatArray = NDArray[np.float64]
Rows = list[dict[str, Any]]

RESAMPLES = 200
"""Bootstrap samples behind each interval of 95 %."""
FEWER = 60
"""The same where each costs more."""


class Luck(NamedTuple):
    """Share of the variance of single runs that is luck, with its 95 % interval."""

    share: float
    low: float
    high: float


def luck_share(y: FloatArray, seed: int) -> Luck | None:
    """How much of the variance of an outcome is luck: one-way analysis of variance, points as groups.

    Parameters
    ----------
    y
        Outcome of points that are drawn independently of each other: ``(points, replicates)``.
    seed
        Of the bootstrap over points.

    Returns
    -------
    Luck or None
        None with one replicate a point, or if the outcome never differs.
    """
    if y.shape[1] < 2 or np.ptp(y) == 0:
        return None
    within, mean = y.var(axis=1, ddof=1), y.mean(axis=1)
    rng = generator(seed)
    picks = rng.integers(len(y), size=(RESAMPLES, len(y)))
    shares = [_share(within[pick], mean[pick], y.shape[1]) for pick in picks]
    low, high = np.nanquantile(shares, [0.025, 0.975])
    return Luck(_share(within, mean, y.shape[1]), float(low), float(high))


def _share(within: FloatArray, mean: FloatArray, replicates: int) -> float:
    luck = float(within.mean())
    own = max(0.0, float(mean.var(ddof=1)) - luck / replicates)
    return luck / (own + luck) if own + luck > 0 else np.nan


def sobol(names: Sequence[str], y: FloatArray, second_order: bool, seed: int) -> Rows:
    """First-order and total indices of a Saltelli design.

    Parameters
    ----------
    names
        What the design moves.
    y
        Outcome by base point, point of its block (A, A with one column of B in turn, B) and replicate:
        ``(blocks, width, replicates)``.
    second_order
        Whether the blocks also hold B with one column of A in turn.
    seed
        Of the bootstrap.

    Returns
    -------
    list of dict
        A row a name: ``value`` (total effect) and ``main`` (alone), each with ``low`` and ``high``.
    """
    from SALib.analyze import sobol as salib  # takes a second to import

    if np.ptp(y) == 0:
        return _nothing(names, main=True)
    d, mean = len(names), y.mean(axis=2)
    found = salib.analyze(_problem(names), mean.ravel(), calc_second_order=second_order, num_resamples=RESAMPLES,
                          seed=seed + 1)  # fmt: skip
    ends = np.r_[mean[:, 0], mean[:, -1]]
    noise = np.zeros(y.shape[1])
    if y.shape[2] > 1:
        noise = y.var(axis=2, ddof=1).mean(axis=0) / y.shape[2]
    base = (noise[0] + noise[-1]) / 2.0
    var = float(ends.var())
    whole = max(var - base, 0.0) + base * y.shape[2]
    total = (np.asarray(found["ST"]) * var - (noise[0] + noise[1 : d + 1]) / 2.0) / whole
    scale = var / whole
    return [
        _row(name, total[k], scale * found["ST_conf"][k]) | _row("", scale * found["S1"][k],
                                                                 scale * found["S1_conf"][k], "main")
        for k, name in enumerate(names)
    ]  # fmt: skip


def given_data(names: Sequence[str], x: FloatArray, y: FloatArray, seed: int) -> Rows:
    """Main effects from any sample of independent points (RBD-FAST), for dependent parameters too.

    The share is that of the variance of the mean outcome given the parameter: under a posterior it holds what goes
    along with the parameter.

    Parameters
    ----------
    names, x
        Parameters and their values ``(points, names)``.
    y
        ``(points, replicates)``.
    seed
        Of the bootstrap.
    """
    from SALib.analyze import rbd_fast

    if np.ptp(y.mean(axis=1)) == 0:
        return _nothing(names)
    mean, replicates = y.mean(axis=1), y.shape[1]
    luck = y.var(axis=1, ddof=1).mean() if replicates > 1 else 0.0
    var = float(mean.var(ddof=1))
    scale = var / (max(var - luck / replicates, 0.0) + luck) if replicates > 1 else 1.0
    with np.errstate(invalid="ignore"):  # a bootstrap sample in which nothing differs
        found = rbd_fast.analyze(
            _problem(names), x, mean, M=_harmonics(len(y)), num_resamples=FEWER, seed=seed + 1
        )
    return [_row(name, scale * found["S1"][k], scale * found["S1_conf"][k]) for k, name in enumerate(names)]


def morris(names: Sequence[str], x: FloatArray, y: FloatArray, levels: int, seed: int) -> Rows:
    """Elementary effects of trajectories, in standard deviations of the outcome over their first points.

    Parameters
    ----------
    names, x
        What moves, and the points ``(trajectories, 1 + names, names)``.
    y
        ``(trajectories, 1 + names, replicates)``.
    levels
        Of the grid that trajectories walk on.
    seed
        Of the bootstrap.
    """
    from SALib.analyze import morris as salib

    if np.ptp(y) == 0:
        return _nothing(names, signed=True)
    mean = y.mean(axis=2)
    spread = float(mean[:, 0].std(ddof=1)) or 1.0
    found = salib.analyze(_problem(names), x.reshape(-1, len(names)), mean.ravel() / spread, num_levels=levels,
                          num_resamples=RESAMPLES, seed=seed + 1)  # fmt: skip
    return [
        _row(name, float(found["mu_star"][k]), float(found["mu_star_conf"][k]))
        | {"signed": float(found["mu"][k])}
        for k, name in enumerate(names)
    ]


def radial(names: Sequence[str], y: FloatArray, seed: int) -> Rows:
    """Elementary effects of a radial design (Campolongo et al. 2011), in standard deviations over base points.

    Parameters
    ----------
    names
        What moves.
    y
        ``(bases, 1 + names, replicates)``; the base comes first.
    seed
        Of the bootstrap over base points.

    Returns
    -------
    list of dict
        ``value`` is the mean size of the change, ``signed`` its mean with sign.
    """
    mean = y.mean(axis=2)
    spread = float(mean[:, 0].std(ddof=1)) or 1.0
    change = (mean[:, 1:] - mean[:, :1]) / spread
    rng = generator(seed)
    picks = rng.integers(len(change), size=(RESAMPLES, len(change)))
    low, high = np.quantile(np.abs(change)[picks].mean(axis=1), [0.025, 0.975], axis=0)
    size, signed = np.abs(change).mean(axis=0), change.mean(axis=0)
    return [
        {"parameter": name, "value": size[k], "low": low[k], "high": high[k], "signed": signed[k]}
        for k, name in enumerate(names)
    ]


def directions(x: FloatArray, y: FloatArray) -> FloatArray:
    """Rank correlation of each parameter with an outcome: x ``(points, names)``, y ``(points, replicates)``."""
    ranks, of = stats.rankdata(x, axis=0), stats.rankdata(y.mean(axis=1))
    ranks, of = ranks - ranks.mean(axis=0), of - of.mean()
    norms = np.sqrt((ranks**2).sum(axis=0) * (of**2).sum())
    return np.divide(ranks.T @ of, norms, out=np.zeros(x.shape[1]), where=norms > 0)


def _harmonics(points: int) -> int:
    """Harmonics that so many points allow: more of them follow sharper curves and add noise."""
    return int(np.clip(points // 50, 2, 10))


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def _row(name: str, value: float, half: float, key: str = "value") -> dict[str, Any]:
    prefix = "" if key == "value" else f"{key}_"
    half = abs(float(value)) if np.isnan(half) else float(half)
    made = {key: float(value), f"{prefix}low": float(value) - half, f"{prefix}high": float(value) + half}
    return {"parameter": name, **made} if name else made


def _nothing(names: Sequence[str], main: bool = False, signed: bool = False) -> Rows:
    """Rows for an outcome that never differs."""
    more = (_row("", 0.0, 0.0, "main") if main else {}) | ({"signed": 0.0} if signed else {})
    return [{**_row(name, 0.0, 0.0), **more} for name in names]
