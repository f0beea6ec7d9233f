"""How good forecasts of months were: scores of each, their means, skill with its interval, calibration tables. Pure.

Scores of neighbouring months are dependent, so the interval of a skill comes from a circular block bootstrap of the
paired rows (Politis and Romano 1992): blocks of consecutive rows, both forecasters together. The unit of the bootstrap
is an origin (mean loss over its months), because forecasts of one origin share their past.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from experiments.forecast import scores
from experiments.stats.intervals import generator, wilson

FloatArray = NDArray[np.float64]

#: Groups of months ahead that results are given for.
HORIZONS: dict[str, tuple[int, int]] = {
    "1-3 months": (1, 3), "4-6 months": (4, 6), "7-12 months": (7, 12), "13-21 months": (13, 21),
}  # fmt: skip
#: Scores in the columns of a table of forecasts; lower is better.
LOSSES = ("crps", "log_score", "interval_score_90", "absolute_error")


def score_months(
    keys: pd.DataFrame, truth: FloatArray, samples: FloatArray, forecast: str, seed: int = 0
) -> pd.DataFrame:
    """Scores of monthly forecasts of counts, one row each.

    Parameters
    ----------
    keys : one row a forecast, copied to the left of the result (origin, month, horizon).
    truth : ``(N,)``.
    samples : ``(N, S)``.
    forecast : name of the forecaster.
    seed : of the randomised PIT.
    """
    low50, high50 = scores.central_interval(samples, 0.5)
    low90, high90 = scores.central_interval(samples, 0.9)
    median = np.median(samples, axis=1)
    made = {
        "forecast": forecast, "observed": truth, "median": median,
        "low_50": low50, "high_50": high50, "low_90": low90, "high_90": high90,
        "crps": scores.crps_ensemble(truth, samples),
        "log_score": scores.log_score_counts(np.round(truth), samples),
        "interval_score_90": scores.interval_score(truth, low90, high90, 0.9),
        "absolute_error": np.abs(truth - median),
        "pit": scores.pit(truth, samples, seed=seed),
        "covered_50": (low50 <= truth) & (truth <= high50),
        "covered_90": (low90 <= truth) & (truth <= high90),
    }  # fmt: skip
    return pd.concat([keys.reset_index(drop=True), pd.DataFrame(made)], axis=1)


def horizon_group(horizon: int) -> str:
    """The name of the group of months ahead that a horizon falls in."""
    return next((name for name, (low, high) in HORIZONS.items() if low <= horizon <= high), "later")


def _grouped(table: pd.DataFrame) -> pd.DataFrame:
    """The forecasts of a table by group of horizons, and all of them once more as the group ``all``."""
    grouped = table.assign(horizon=table["horizon"].map(horizon_group))
    return pd.concat([grouped, grouped.assign(horizon="all")])


def means(table: pd.DataFrame) -> pd.DataFrame:
    """Mean scores and coverage by forecaster and group of horizons (and ``all``); one row each."""
    groups = _grouped(table).groupby(["forecast", "horizon"], sort=False)
    made = groups[[*LOSSES, "covered_50", "covered_90"]].mean()
    return made.assign(forecasts=groups.size()).reset_index()


def skills(
    table: pd.DataFrame, model: str, references: Sequence[str], loss: str, block: int, seed: int = 0
) -> pd.DataFrame:
    """Skill of ``model`` against each reference by group of horizons; blocks of ``block`` neighbouring origins."""
    rows = []
    for horizon, _, part in _by_origin(table, [loss]):
        there = [one for one in references if one in part and model in part]
        rows += [(horizon, one, loss, *skill(part[model], part[one], block, seed)) for one in there]
    columns = ["horizon", "reference", "loss", "skill", "low", "high", "p_better", "origins"]
    return pd.DataFrame(rows, columns=columns)


def against_best(
    table: pd.DataFrame, forecast: str, rivals: Sequence[str], block: int, seed: int = 0
) -> pd.DataFrame:
    """A forecaster against the best of its rivals, by group of horizons and over all.

    The best rival is the one with the smallest mean loss over the very forecasts that are compared, which no forecaster
    could have known: a hard yardstick, on purpose. One row a group and loss (``crps``: share of the rival's error that
    is saved; ``log_score``: nats gained), with block-bootstrap interval.
    """
    rows = []
    for horizon, loss, part in _by_origin(table, ["crps", "log_score"]):
        there = [rival for rival in rivals if rival in part]
        if forecast in part and there:
            best, measure = str(part[there].mean().idxmin()), skill if loss == "crps" else gain
            rows.append((forecast, horizon, loss, best, *measure(part[forecast], part[best], block, seed)))
    columns = ["forecast", "horizon", "loss", "best", "value", "low", "high", "p_better", "origins"]
    return pd.DataFrame(rows, columns=columns)


def _by_origin(table: pd.DataFrame, losses: Sequence[str]) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Group of horizons, loss, and its mean of every forecaster by origin, where there are two origins or more."""
    both = _grouped(table)
    for horizon, loss in itertools.product([*HORIZONS, "all"], losses):
        rows = both[both["horizon"] == horizon]
        part = rows.pivot_table(index="origin", columns="forecast", values=loss)
        if len(part) > 1:
            yield horizon, loss, part


class Skill(NamedTuple):
    """A forecaster against another: the measure, its 95 % interval, share of bootstrap draws above 0, rows compared."""

    value: float
    low: float
    high: float
    p_better: float
    rows: int


def skill(model: ArrayLike, reference: ArrayLike, block: int = 1, seed: int = 0, draws: int = 2000) -> Skill:
    """1 - mean loss of the model / mean loss of the reference, of paired losses ``(N,)`` in order of time.

    1 perfect, 0 no better, negative worse. If the reference is perfect (mean loss 0) the skill is minus infinity unless
    the model is perfect too (then 0).
    """
    a, b = np.asarray(model, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    picks = block_indices(a.size, min(block, a.size), draws, seed)
    drawn = _ratio(a[picks].sum(axis=1) / a.size, b[picks].sum(axis=1) / a.size)
    return _summed_up(float(_ratio(a.sum(keepdims=True), b.sum(keepdims=True))[0]), drawn, a.size)


def gain(model: ArrayLike, reference: ArrayLike, block: int = 1, seed: int = 0, draws: int = 2000) -> Skill:
    """Mean loss of the reference less that of the model, for losses that are logarithms; see `skill`."""
    saved = np.asarray(reference, dtype=np.float64) - np.asarray(model, dtype=np.float64)
    picks = block_indices(saved.size, min(block, saved.size), draws, seed)
    return _summed_up(float(saved.mean()), saved[picks].mean(axis=1), saved.size)


def _summed_up(value: float, drawn: FloatArray, rows: int) -> Skill:
    low, high = np.quantile(drawn, [0.025, 0.975], method="nearest")
    return Skill(value, float(low), float(high), float((drawn > 0).mean()), rows)


def block_indices(rows: int, block: int, draws: int, seed: int) -> NDArray[np.int64]:
    """``(draws, rows)`` row numbers of a circular block bootstrap: random starts, ``block`` in sequence."""
    starts = generator(seed).integers(0, rows, size=(draws, -(-rows // block)))
    steps = starts[:, :, None] + np.arange(block)[None, None, :]
    return (steps.reshape(draws, -1)[:, :rows] % rows).astype(np.int64)


def _ratio(model: FloatArray, reference: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        value = 1.0 - model / reference
    return np.where(reference > 0, value, np.where(model > 0, -np.inf, 0.0))


def reliability(probability: ArrayLike, outcome: ArrayLike, bins: int = 5) -> pd.DataFrame:
    """Reliability table: one row a bin of forecast probability that holds forecasts.

    Columns: low, high (the bin), forecast (mean probability), observed (share that came true), observed_low and
    observed_high (its 95 % interval), count.
    """
    p, o = np.asarray(probability, dtype=np.float64), np.asarray(outcome, dtype=np.float64)
    edges = np.linspace(0.0, 1.0, bins + 1)
    which = np.clip(np.searchsorted(edges, p, side="right") - 1, 0, bins - 1)
    rows = []
    for b in np.unique(which):
        inside = which == b
        share = wilson(int(o[inside].sum()), int(inside.sum()))
        rows.append((edges[b], edges[b + 1], p[inside].mean(), *share, int(inside.sum())))
    names = ["low", "high", "forecast", "observed", "observed_low", "observed_high", "count"]
    return pd.DataFrame(rows, columns=names)


def pit_histogram(values: ArrayLike, bins: int = 8) -> pd.DataFrame:
    """Histogram of PIT values with the range that a calibrated forecast gives: low, high, count, band ends.

    The band is the 95 % binomial interval of one bin (forecasts taken as independent).
    """
    u = np.asarray(values, dtype=np.float64)
    counts, edges = np.histogram(u, bins=bins, range=(0.0, 1.0))
    low, high = stats.binom.ppf([0.025, 0.975], u.size, 1.0 / bins)
    return pd.DataFrame(
        {"low": edges[:-1], "high": edges[1:], "count": counts, "band_low": low, "band_high": high}
    )
