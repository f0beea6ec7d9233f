"""The forecast that the tool stands behind: the model's paths pooled with those of simple statistical forecasters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.config import config_folder
from experiments.forecast import members, pool
from experiments.forecast.pool import MODEL
from experiments.forecast.projection import DERIVED, Wanted
from experiments.observed import load_observations

FloatArray = NDArray[np.float64]

#: Fewest months that a statistical forecaster is made from.
FEWEST = 1


@dataclass(frozen=True)
class Pooled:
    """Paths of the pool ``(paths, months)``, and the weight of each member."""

    values: FloatArray
    weight: Mapping[str, float]
    learned: bool


def history_of(series: str, place: str, before: np.datetime64) -> pd.Series:
    """Months of a series that were observed before a month, by Period; empty if it is not observed by month."""
    table = load_observations("ucdp_monthly")
    months = table.monthly(series, place)
    if months.empty and series in DERIVED and place == "national":
        whole, part = (table.monthly(name) for name in DERIVED[series])
        months = (whole - part).dropna().clip(lower=0.0)
    return months[months.index < pd.Period(str(before), freq="M")]


def scores_path() -> Path:
    """The packaged scores of earlier forecasts, which ``outlook hindcast`` makes."""
    return config_folder() / "pool" / "scores.csv"


def load_scores(series: str) -> pd.DataFrame:
    """Scores of forecasts of a series from past origins: origin, month, horizon, forecast, log_score."""
    path = scores_path()
    if not path.is_file():
        return pd.DataFrame(columns=["series", "origin", "month", "horizon", "forecast", "log_score"])
    table = pd.read_csv(path, dtype={"origin": str, "month": str})
    return table[table["series"] == series]


def pooled(wanted: Wanted, model: FloatArray, seed: int) -> Pooled | None:
    """Pool the model's paths with those of the statistical forecasters; None where the series is not observed."""
    history = history_of(wanted.series, wanted.place, wanted.first)
    if len(history) < FEWEST:
        return None
    ahead = pd.PeriodIndex([str(month) for month in wanted.months], freq="M")
    paths = {MODEL: model, **members.forecasts(history, ahead, len(model), seed)}
    scored = load_scores(wanted.series if wanted.series not in DERIVED else DERIVED[wanted.series][0])
    weight = pool.learn(scored, list(paths), ahead[0])
    learned = bool(len(scored)) and bool((scored["month"] < str(ahead[0])).any())
    return Pooled(pool.mix(paths, weight, len(model), seed), weight, learned)
