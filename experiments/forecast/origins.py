"""Forecasts as they would have been made from several origins, scored against what came.

The first origin is the day as of which the questions were asked, when nothing of the year was known: the
forecast is the prior. Each later one is the first of a month; the runs of the saved sample are weighted by
how near they come to what was known then (the calibration's own kernel on the targets cut at the origin), so
parameters and state are conditioned together and nothing has to be simulated again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.forecast import abc
from experiments.forecast.baselines import MONTHLY as NAIVE
from experiments.forecast.sample import Sample
from experiments.forecast.tables import score_months
from experiments.forecast.targets import Target, Targets
from experiments.stats.intervals import generator
from experiments.stats.summaries import from_months

FloatArray = NDArray[np.float64]

MODEL = "model"
#: The months since the regime changed, in equal parts: a climatology that the war before does not spoil.
SINCE = "climatology_since"
#: Members of every forecast, the model's and the naive ones'.
MEMBERS = 1000
#: Standard deviation, in logs, of the recorded deaths of a month against the true number. UCDP's low and high
#: for 2022 are 0.66 and 1.8 times its best estimate; a forecast of what will be recorded has to hold this
#: error.
RECORDING_ERROR = 0.3


@dataclass(frozen=True)
class Origin:
    """A day on which a forecast is made, and the runs that it rests on.

    Attributes:
        day: the origin; known: names of the targets that were known in part or whole.
        rows: runs of the sample; weight: of each (sums to one); effective: effective number of them.
    """

    day: np.datetime64
    known: tuple[str, ...]
    rows: NDArray[np.int64]
    weight: FloatArray
    effective: float


def origins_of(asked: np.datetime64, months: NDArray[np.datetime64]) -> tuple[np.datetime64, ...]:
    """The day the questions were asked, then the first of every month that was simulated whole."""
    return (asked, *months[1:].astype("datetime64[D]"))


def weigh(
    sample: Sample, targets: Targets, observed: pd.Series, day: np.datetime64, keep: int, seed: int
) -> Origin:
    """The runs of the sample that a forecast made on ``day`` rests on.

    Args:
        targets: all targets; they are cut at ``day``. observed: monthly deaths, of which the last month
        before ``day``
            counts once more, because the near future resembles the near past.
        keep: runs to keep; seed: of the observation errors.
    """
    columns, values, errors, weights, names = _known(sample, targets, observed, day)
    if not names:
        even = np.full(sample.runs, 1.0 / sample.runs)
        return Origin(day, (), np.arange(sample.runs), even, float(sample.runs))
    noise = generator(seed * 1000 + 201).standard_normal((sample.runs, len(names)))
    noisy = np.column_stack(columns) + np.array(errors) * noise
    scale = abc.scales(noisy) / np.sqrt(np.array(weights))
    kept = abc.accept(abc.distances(noisy, np.array(values), scale), keep)
    return Origin(day, tuple(names), kept.rows, kept.weight, kept.effective)


def _known(sample: Sample, targets: Targets, observed: pd.Series, day: np.datetime64):
    """Columns of summaries, observed values, errors, weights and names of what was known on a day."""
    columns, values, errors, weights, names = [], [], [], [], []
    for j, target in enumerate(targets.targets):
        part = target.until(day)
        if part is None or target.weight == 0:
            continue
        column = sample.summaries[:, j] if part is target else _cut(sample, part)
        if column is None:
            continue
        columns.append(column)
        values.append(part.observed)
        errors.append(part.error)
        weights.append(part.weight)
        names.append(part.name)
    last = day.astype("datetime64[M]") - 1
    if last in sample.months[1:]:
        columns.append(np.log1p(sample.totals["deaths"][:, int(np.flatnonzero(sample.months == last)[0])]))
        values.append(float(np.log1p(observed[pd.Period(str(last), freq="M")])))
        errors.append(RECORDING_ERROR)
        weights.append(1.0)
        names.append("last_month")
    return columns, values, errors, weights, names


def _cut(sample: Sample, part: Target) -> FloatArray | None:
    """A target that was cut at an origin, from the sample's monthly totals; None if they do not tell."""
    totals = sample.totals.get(part.statistic.series)
    if totals is None:
        return None
    try:
        return from_months(part.statistic, totals, sample.months)
    except ValueError:
        return None


def members(sample: Sample, origin: Origin, month: np.datetime64, seed: int) -> FloatArray:
    """``(MEMBERS,)`` equally weighted deaths of a month, from the runs of an origin."""
    column = int(np.flatnonzero(sample.months == month)[0])
    rows = origin.rows[abc.resample(origin.weight, MEMBERS, seed)]
    return sample.totals["deaths"][rows, column]


def recorded(deaths: FloatArray, error: float, seed: int) -> FloatArray:
    """What would be recorded of true deaths (any shape): each times a log-normal error with median 1,
    rounded.
    """
    noise = generator(seed * 1000 + 301).standard_normal(np.shape(deaths))
    return np.rint(deaths * np.exp(error * noise))


def hindcast(
    sample: Sample, targets: Targets, observed: pd.Series, asked: np.datetime64, keep: int, seed: int
) -> tuple[pd.DataFrame, list[Origin]]:
    """Forecasts of monthly deaths from every origin to the end of the sample, the model's and the naive
    ones'.

    Args:
        observed: monthly deaths of all types by Period, with the years before (the naive forecasts' history).
        asked: first origin.

    Returns:
        The table of `score_months` with ``origin``, ``month`` and ``horizon`` (months ahead, from 1), for the
        model and each naive forecaster; and the origins.
    """
    tables, made = [], []
    for day in origins_of(asked, sample.months):
        origin = weigh(sample, targets, observed, day, keep, seed)
        made.append(origin)
        ahead = [m for m in sample.months[1:] if m.astype("datetime64[D]") >= day]
        ahead = [m for m in ahead if pd.Period(str(m), freq="M") in observed.index]
        if not ahead:
            continue
        keys = pd.DataFrame({"origin": str(day), "month": [str(m) for m in ahead],
                             "horizon": np.arange(1, len(ahead) + 1)})  # fmt: skip
        truth = np.array([observed[pd.Period(str(m), freq="M")] for m in ahead], dtype=np.float64)
        for name, samples in _forecasts(sample, origin, observed, ahead, asked, seed).items():
            tables.append(score_months(keys, truth, samples, name, seed=seed + len(made)))
    return pd.concat(tables, ignore_index=True), made


def _forecasts(
    sample: Sample,
    origin: Origin,
    observed: pd.Series,
    ahead: list[np.datetime64],
    asked: np.datetime64,
    seed: int,
) -> Mapping[str, FloatArray]:
    """Samples ``(H, MEMBERS)`` of every forecaster from one origin; ``SINCE`` needs a whole month to look
    back on.
    """
    # One draw of runs for all months, so that a member is one future; only this keeps paths together.
    model = np.stack([members(sample, origin, month, seed) for month in ahead])
    model = recorded(model, RECORDING_ERROR, seed + int(origin.day.astype(int)))
    past = observed[observed.index < pd.Period(str(origin.day)[:7], freq="M")]
    history = past.to_numpy(dtype=float)
    naive = {name: make(history, len(ahead), MEMBERS, seed) for name, make in NAIVE.items()}
    since = past[past.index >= pd.Period(str(asked)[:7], freq="M")].to_numpy(dtype=float)
    if since.size:
        naive[SINCE] = NAIVE["climatology_12m"](since, len(ahead), MEMBERS, seed)
    return {MODEL: model, **naive}
