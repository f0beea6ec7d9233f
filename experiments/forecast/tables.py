"""Tables of scored forecasts: from samples and truths to scores, means and skills by horizon. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from experiments.forecast import scores
from experiments.forecast.baselines import base_rate, nothing_changes
from experiments.forecast.skill import gain, skill

#: Groups of months ahead that results are given for.
HORIZONS: dict[str, tuple[int, int]] = {
    "1-3 months": (1, 3), "4-6 months": (4, 6), "7-12 months": (7, 12), "13-21 months": (13, 21),
}  # fmt: skip


#: Scores in the columns of a table of forecasts; lower is better.
LOSSES = ("crps", "log_score", "interval_score_90", "absolute_error")


def score_months(
    keys: pd.DataFrame, truth: ArrayLike, samples: ArrayLike, forecast: str, seed: int = 0
) -> pd.DataFrame:
    """Scores of monthly forecasts of counts, one row each.

    Parameters
    ----------
    keys
        One row a forecast, copied to the left of the result (origin, month, horizon).
    truth
        ``(N,)``.
    samples
        ``(N, S)``.
    forecast
        Name of the forecaster.
    seed
        Of the randomised PIT.
    """
    y, x = scores.checked(truth, samples)
    low50, high50 = scores.central_interval(x, 0.5)
    low90, high90 = scores.central_interval(x, 0.9)
    median = np.median(x, axis=1)
    made = {
        "forecast": forecast,
        "observed": y,
        "median": median,
        "low_50": low50,
        "high_50": high50,
        "low_90": low90,
        "high_90": high90,
        "crps": scores.crps_ensemble(y, x),
        "log_score": scores.log_score_counts(np.round(y), x),
        "interval_score_90": scores.interval_score(y, low90, high90, 0.9),
        "absolute_error": np.abs(y - median),
        "pit": scores.pit(y, x, seed=seed),
        "covered_50": (low50 <= y) & (y <= high50),
        "covered_90": (low90 <= y) & (y <= high90),
    }
    return pd.concat([keys.reset_index(drop=True), pd.DataFrame(made)], axis=1)


def horizon_group(horizon: int) -> str:
    """The name of the group of months ahead that a horizon falls in."""
    for name, (low, high) in HORIZONS.items():
        if low <= horizon <= high:
            return name
    return "later"


def means(table: pd.DataFrame) -> pd.DataFrame:
    """Mean scores and coverage by forecaster and group of horizons (and ``all``); one row each."""
    grouped = table.assign(horizon=table["horizon"].map(horizon_group))
    both = pd.concat([grouped, grouped.assign(horizon="all")])
    numbers = [*LOSSES, "covered_50", "covered_90"]
    made = both.groupby(["forecast", "horizon"], sort=False)[numbers].mean()
    made["forecasts"] = both.groupby(["forecast", "horizon"], sort=False).size()
    return made.reset_index()


def skills(
    table: pd.DataFrame,
    model: str,
    references: Iterable[str],
    loss: str = "crps",
    block: int = 3,
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Skill of ``model`` against each reference by group of horizons, with block-bootstrap intervals.

    The unit of the bootstrap is an origin (mean loss over its months), because forecasts of one origin share
    their past; blocks are ``block`` neighbouring origins."""
    grouped = table.assign(horizon=table["horizon"].map(horizon_group))
    both = pd.concat([grouped, grouped.assign(horizon="all")])
    rows = []
    for name in [*HORIZONS, "all"]:
        part = both[both["horizon"] == name].pivot_table(index="origin", columns="forecast", values=loss)
        for reference in references:
            if len(part) < 2 or model not in part or reference not in part:
                continue
            found = skill(part[model], part[reference], block=block, draws=draws, seed=seed)
            rows.append(
                (name, reference, loss, found.value, found.low, found.high, found.p_better, found.rows)
            )
    columns = ["horizon", "reference", "loss", "skill", "low", "high", "p_better", "origins"]
    return pd.DataFrame(rows, columns=columns)


def against_best(
    table: pd.DataFrame, forecast: str, rivals: Sequence[str], block: int = 3, seed: int = 0
) -> pd.DataFrame:
    """A forecaster against the best of its rivals, by group of horizons and over all.

    The best rival is the one with the smallest mean loss over the very forecasts that are compared, which no forecaster
    could have known: a hard yardstick, on purpose. One row a group and loss (``crps``: share of the rival's error that
    is saved; ``log_score``: nats gained), with block-bootstrap interval.
    """
    grouped = table.assign(horizon=table["horizon"].map(horizon_group))
    both = pd.concat([grouped, grouped.assign(horizon="all")])
    rows = []
    for name in [*HORIZONS, "all"]:
        for loss, measure in (("crps", skill), ("log_score", gain)):
            part = both[both["horizon"] == name].pivot_table(index="origin", columns="forecast", values=loss)
            there = [rival for rival in rivals if rival in part]
            if len(part) < 2 or forecast not in part or not there:
                continue
            best = str(part[there].mean().idxmin())
            found = measure(part[forecast], part[best], block=block, seed=seed)
            rows.append(
                (forecast, name, loss, best, found.value, found.low, found.high, found.p_better, found.rows)
            )
    columns = ["forecast", "horizon", "loss", "best", "value", "low", "high", "p_better", "origins"]
    return pd.DataFrame(rows, columns=columns)


def score_questions(
    probability: ArrayLike,
    outcome: ArrayLike,
    weight: ArrayLike,
    runs: int,
    subset: Sequence[bool] | None = None,
) -> pd.DataFrame:
    """Weighted Brier and log scores of yes-or-no questions: the model, 'nothing changes', base rate, a coin.

    Parameters
    ----------
    runs
        Behind the model's probabilities (its log score draws them in by Jeffreys' prior; 'nothing changes' is drawn
        in the same way).
    subset
        Questions to keep.
    """
    keep = np.ones(np.size(outcome), bool) if subset is None else np.asarray(subset, bool)
    p, o, w = (np.asarray(a, dtype=np.float64)[keep] for a in (probability, outcome, weight))
    if w.sum() <= 0:
        return pd.DataFrame(columns=["forecast", "brier", "log_score", "questions", "weight"])
    forecasters = {
        "model": (p, runs),
        "nothing_changes": (nothing_changes(o.size), runs),
        "base_rate": (base_rate(o, w), None),
        "coin": (np.full(o.size, 0.5), None),
    }
    rows = []
    for name, (chance, size) in forecasters.items():
        quadratic = np.average(scores.brier(chance, o), weights=w)
        log = np.average(scores.log_score_binary(chance, o, runs=size), weights=w)
        rows.append((name, quadratic, log, int((w > 0).sum()), w.sum()))
    return pd.DataFrame(rows, columns=["forecast", "brier", "log_score", "questions", "weight"])


def group_weights(weight: ArrayLike, group: Sequence[str]) -> np.ndarray:
    """Weights that give each group of dependent questions one question's worth: each is divided by its group's sum.

    A group's total is the largest weight in it; questions without a group (empty name) keep their weight.
    """
    w = np.asarray(weight, dtype=np.float64).copy()
    names = np.asarray(group, dtype=object)
    for name in set(group) - {""}:
        inside = names == name
        total = w[inside].sum()
        if total > 0:
            w[inside] *= w[inside].max() / total
    return w
