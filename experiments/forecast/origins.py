"""Forecasts as they would have been made from every month, scored against what came.

The first origin is the day as of which the questions were asked, when nothing of the new regime was known: the forecast
is the prior. Each later one is the first of a month. Parameters and luck are those that agree with what was known then
(`experiments.forecast.branches`), the statistical forecasters see the same months, and the pool's weights come from
forecasts whose months had been observed by then.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.forecast import pool
from experiments.forecast.branches import Branches, Origin, months_of, origin
from experiments.forecast.forecasters import CHANGE, NAIVE, climatology, forecasts, naive_forecasts
from experiments.forecast.forecasters import MEMBERS as STATISTICAL
from experiments.forecast.pool import MODEL, POOL
from experiments.forecast.posterior import Learner
from experiments.forecast.skill import score_months

FloatArray = NDArray[np.float64]

#: The months since the regime changed, in equal parts: a climatology that the war before does not spoil.
SINCE = "climatology_since"
#: Naive forecasts that the forecasts are held against.
RIVALS = (*NAIVE, SINCE)
#: Members of every forecast.
MEMBERS = 1000


def origins_of(asked: np.datetime64, months: NDArray[np.datetime64]) -> tuple[np.datetime64, ...]:
    """The day the questions were asked, then the first of every month that was simulated whole."""
    return (asked, *months[1:].astype("datetime64[D]"))


def hindcast(
    futures: Branches, learner: Learner, observed: pd.Series, series: str, asked: np.datetime64, seed: int
) -> tuple[pd.DataFrame, list[Origin]]:
    """Forecasts of a monthly series from every origin to the end of the sample.

    Parameters
    ----------
    observed : monthly values by Period, with the years before (the history of the other forecasters).
    asked : first origin.

    Returns
    -------
    The table of `score_months` with series, origin, month and horizon (months ahead, from 1) for the model, the
    statistical members, their pool and the naive forecasts; and the origins.
    """
    months = learner.sample.months
    table = pd.DataFrame(columns=["month", "origin", "horizon", "forecast", "log_score"])
    parts, made = [], []
    for number, day in enumerate(origins_of(asked, months)):
        at = origin(futures, learner, day, MEMBERS, seed)
        made.append(at)
        columns = np.flatnonzero((months >= day.astype("datetime64[M]")) & (months >= months[1]))
        ahead = pd.PeriodIndex([str(month) for month in months[columns]], freq="M")
        keys = pd.DataFrame({"series": series, "origin": str(day), "month": ahead.astype(str),
                             "horizon": np.arange(1, len(ahead) + 1)})  # fmt: skip
        truth = observed[ahead].to_numpy(dtype=np.float64)
        model = months_of(futures, learner.targets, at, series, columns, seed)
        found = _forecasts(model, observed, ahead, day, table, seed)
        parts += [score_months(keys, truth, x.T, name, seed=seed + number) for name, x in found.items()]
        if str(day).endswith(
            "-01"
        ):  # weights of the pool rest on origins with a month of the new regime behind
            table = pd.concat(parts, ignore_index=True)
    return pd.concat(parts, ignore_index=True), made


def _forecasts(
    model: FloatArray,
    observed: pd.Series,
    ahead: pd.PeriodIndex,
    day: np.datetime64,
    scored: pd.DataFrame,
    seed: int,
) -> dict[str, FloatArray]:
    """Paths ``(MEMBERS, H)`` of every forecaster from one origin."""
    past = observed[observed.index < pd.Period(str(day)[:7], freq="M")]
    paths = {MODEL: model, **forecasts(past, ahead, MEMBERS, seed)}
    weight = pool.learn(scored, list(paths), ahead[0])
    naive = naive_forecasts(past, len(ahead), MEMBERS, seed)
    since = past[past.index >= CHANGE]
    if since.size:
        naive[SINCE] = climatology(since.to_numpy(dtype=float), len(ahead), MEMBERS)
    return {POOL: pool.mix(paths, weight, MEMBERS, seed), **paths, **{name: x.T for name, x in naive.items()}}


def pool_scores(table: pd.DataFrame) -> pd.DataFrame:
    """What the pool's weights are learned from: scores of its members from origins with a month to look back on."""
    kept = table["origin"].str.endswith("-01") & table["forecast"].isin([MODEL, *STATISTICAL])
    columns = ["series", "origin", "month", "horizon", "forecast", "log_score", "crps"]
    return table.loc[kept, columns].reset_index(drop=True)
