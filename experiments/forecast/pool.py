"""The pool: model and simple statistical forecasters side by side, weighted by how earlier forecasts turned out.

A linear pool of predictive distributions: a path of the pool is a path of one member, taken as often as its weight
says. Before anything is known the model has one half and the statistical forecasters share the other, since they are
variations of one idea. The weights maximise the log score of the pool on forecasts made from earlier origins (Hall and
Mitchell 2007, Int. J. Forecasting 23:1; Yao et al. 2018, Bayesian Anal. 13:917), drawn towards those first weights, as
simple ones are hard to beat when forecasts are few (Claeskens et al. 2016, Int. J. Forecasting 32:754).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.config import config_folder
from experiments.forecast.forecasters import forecasts
from experiments.forecast.projection import DERIVED, Wanted
from experiments.observed import load_observations
from experiments.stats.intervals import generator

FloatArray = NDArray[np.float64]

#: The pool and the model in tables.
POOL, MODEL = "pool", "model"
#: The model's weight before any forecast has been scored.
MODEL_FIRST = 0.5
#: Forecasts, in units of independent months, that the belief in the first weights is worth.
BELIEF = 8.0
#: Furthest month ahead that the weights are learned from.
FURTHEST = 12
#: Largest log score that counts: below it a forecaster is as wrong as it can be.
WORST = 12.0


def learn(scored: pd.DataFrame, members: list[str], before: pd.Period) -> dict[str, float]:
    """Weights of the members from forecasts of months that were known on the first day of ``before``.

    Parameters
    ----------
    scored : one row a forecast: origin, month (2022-10), horizon (from 1), forecast (name), log_score.
    members : names to weigh; all origins must have all of them.

    Notes
    -----
    Forecasts of one month from several origins hang on the same event, so a month counts once, its forecasts in equal
    parts.
    """
    first = first_weights(members)
    seen = (scored["month"] < str(before)) & (scored["horizon"] <= FURTHEST)
    known = scored[seen & scored["forecast"].isin(members)]
    if known.empty:
        return first
    wide = known.pivot_table(index=["month", "origin"], columns="forecast", values="log_score")
    wide = wide[members].dropna()
    months = wide.index.get_level_values("month")
    count = months.nunique()
    share = 1.0 / months.map(months.value_counts()).to_numpy(dtype=float)
    density = np.exp(-np.minimum(wide.to_numpy(dtype=float), WORST))
    belief = np.array([first[name] for name in members])
    weight = belief
    for _ in range(500):
        parts = density * weight
        seen = share @ (parts / parts.sum(axis=1, keepdims=True))
        moved = (seen + BELIEF * belief) / (count + BELIEF)
        if np.abs(moved - weight).max() < 1e-10:
            break
        weight = moved
    return dict(zip(members, (float(w) for w in weight), strict=True))


def first_weights(members: list[str]) -> dict[str, float]:
    """Weights before any forecast has been scored: half for the model, if it is there, equal ones for the others."""
    others = [name for name in members if name != MODEL]
    model = MODEL_FIRST if MODEL in members and others else float(MODEL in members)
    return {name: model if name == MODEL else (1.0 - model) / len(others) for name in members}


def mix(paths: Mapping[str, FloatArray], weight: Mapping[str, float], size: int, seed: int) -> FloatArray:
    """``size`` paths ``(size, H)`` of the pool, those of each member as many as its weight says.

    Parameters
    ----------
    paths : of each member, at least ``size`` (or those that there are, taken in turn).
    """
    names = list(weight)
    exact = size * np.array([weight[name] for name in names])
    counts = np.floor(exact).astype(int)
    rest = np.argsort(-(exact - counts), kind="stable")[: size - int(counts.sum())]
    counts[rest] += 1
    taken = [paths[name][np.arange(n) % len(paths[name])] for name, n in zip(names, counts, strict=True)]
    return np.concatenate(taken)[generator(seed * 1000 + 451).permutation(size)]


@dataclass(frozen=True)
class Pooled:
    """Paths of the pool ``(paths, months)``, the weight of each member, and whether any was learned from scores."""

    values: FloatArray
    weight: Mapping[str, float]
    learned: bool


def pooled(wanted: Wanted, model: FloatArray, seed: int) -> Pooled | None:
    """The model's paths pooled with those of the statistical forecasters; None where the series is not observed."""
    history = history_of(wanted)
    if not len(history):
        return None
    ahead = pd.PeriodIndex(wanted.months.astype(str), freq="M")
    paths = {MODEL: model, **forecasts(history, ahead, len(model), seed)}
    scored = load_scores(wanted.series if wanted.series not in DERIVED else DERIVED[wanted.series][0])
    weight = learn(scored, list(paths), ahead[0])
    learned = bool((scored["month"] < str(ahead[0])).any())
    return Pooled(mix(paths, weight, len(model), seed), weight, learned)


def history_of(wanted: Wanted) -> pd.Series:
    """Months observed before those that are wanted, by Period; empty if the series is not observed by month."""
    table = load_observations("ucdp_monthly")
    months = table.monthly(wanted.series, wanted.place)
    if months.empty and wanted.series in DERIVED and wanted.place == "national":
        whole, part = (table.monthly(name) for name in DERIVED[wanted.series])
        months = (whole - part).dropna().clip(lower=0.0)
    return months[months.index < pd.Period(str(wanted.first), freq="M")]


def load_scores(series: str) -> pd.DataFrame:
    """Packaged scores of forecasts of a series from past origins: origin, month, horizon, forecast, log_score."""
    table = pd.read_csv(config_folder() / "pool" / "scores.csv", dtype={"origin": str, "month": str})
    return table[table["series"] == series]
