"""Runs that agree with what was known on a day: parameters by the posterior, luck by the last twelve months.

A point of the parameters is run with luck of several kinds. Between points the weights are those of the posterior,
with luck integrated out (`experiments.forecast.surrogate`). Within a point the runs are weighted by their own
likelihood of what became known in the last twelve months (`experiments.forecast.likelihood`), so that the state from
which a forecast goes on, and not only the parameters, looks like the world's. What lies further back has its say
through the parameters alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from experiments.forecast.importance_sampling import effective_sample_size, resample
from experiments.forecast.likelihood import log_likelihood, monthly_errors, recorded
from experiments.forecast.posterior import Learner
from experiments.forecast.sample import FRESH, predict
from experiments.forecast.targets import Targets
from experiments.stats.intervals import generator

FloatArray = NDArray[np.float64]
Progress = Callable[[int], object]

#: How far back the luck of a run is held to what was observed.
MEMORY = np.timedelta64(365, "D")
#: Luck of futures starts here: no sample and no check uses it.
FIRST_LUCK = 2 * FRESH


@dataclass(frozen=True)
class Branches:
    """Points with several kinds of luck each, run to the plan's horizon.

    Attributes
    ----------
    rows : the sample's run that each point is ``(m,)``; share: its chance to have been taken.
    summaries : ``(m, lucks, K)``; totals: series name to ``(m, lucks, M)`` monthly sums.
    """

    rows: NDArray[np.int64]
    share: FloatArray
    summaries: FloatArray
    totals: dict[str, FloatArray]


@dataclass(frozen=True)
class Origin:
    """A day on which a forecast is made, and the runs that it rests on.

    Attributes
    ----------
    day : the origin; known: names of the targets that were known.
    points, lucks : of each member of the forecast ``(members,)``.
    effective : effective number of points; effective_luck: of kinds of luck a point, on average.
    """

    day: np.datetime64
    known: tuple[str, ...]
    points: NDArray[np.int64]
    lucks: NDArray[np.int64]
    effective: float
    effective_luck: float


def make_branches(
    learner: Learner,
    days: Sequence[np.datetime64],
    points: int,
    lucks: int,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Branches:
    """Run points that serve the origins ``days`` alike, each with ``lucks`` kinds of luck."""
    share = np.mean([learner.at(day)[1].weight for day in days], axis=0)
    plan, rows = learner.sample.plan, resample(share, points, learner.sample.plan.seed * 1000 + 105)
    luck = FIRST_LUCK + np.arange(points * lucks, dtype=np.int64)
    whole = predict(plan, learner.sample.z[rows].repeat(lucks, axis=0), luck, threads, False, progress)
    shaped = {key: value.reshape(points, lucks, -1) for key, value in whole.items()}
    totals = {key.removeprefix("totals_"): v for key, v in shaped.items() if key.startswith("totals_")}
    return Branches(rows, share[rows], shaped["summaries"], totals)


def origin(futures: Branches, learner: Learner, day: np.datetime64, members: int, seed: int) -> Origin:
    """The runs that a forecast made on ``day`` rests on."""
    targets = learner.targets
    columns = targets.columns_until(day)
    between = learner.at(day)[1].weight[futures.rows] / futures.share
    between /= between.sum()
    within = luck_weights(targets, futures.summaries, day)
    joint = (between[:, None] * within).ravel()
    picked = resample(joint, members, seed * 1000 + 106)
    lucks = futures.summaries.shape[1]
    effective_luck = float(between @ (1.0 / (within**2).sum(axis=1)))
    names = tuple(targets.names[j] for j in columns)
    return Origin(day, names, picked // lucks, picked % lucks, effective_sample_size(between), effective_luck)


def luck_weights(targets: Targets, summaries: FloatArray, day: np.datetime64) -> FloatArray:
    """Weights ``(m, lucks)`` of the kinds of luck of each point, summing to one over luck.

    ``summaries``: ``(m, lucks, K)``. Held to what became known in the twelve months before ``day``, or before the last
    day of which anything is known.
    """
    points, lucks, width = summaries.shape
    end = min(day, targets.last)
    columns = targets.columns_until(end, since=end - MEMORY)
    if not columns.size:
        return np.full((points, lucks), 1.0 / lucks)
    log = log_likelihood(targets.take(columns), summaries.reshape(-1, width)[:, columns]).reshape(
        points, lucks
    )
    return special.softmax(log, axis=1)


def months_of(
    futures: Branches, targets: Targets, made: Origin, series: str, columns: NDArray[np.int64], seed: int
) -> FloatArray:
    """Recorded monthly values ``(members, H)`` of a series: one member is one future."""
    values = futures.totals[series][made.points, made.lucks][:, columns]
    rng = generator(seed * 1_000_003 + int(made.day.astype(int)))
    return recorded(values, *monthly_errors(targets, series), rng)
