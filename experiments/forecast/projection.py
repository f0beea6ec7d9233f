"""Forecast paths of a series by month from the model: many futures that agree with what was known.

Each draw of the parameters is run with luck of several kinds as far as anything was known before the forecast begins;
the luck that goes on is drawn by the likelihood of the last twelve months (`experiments.forecast.branches`). Parameters
whose draws do not know of a target yet (draws from the prior, or months after a posterior was made) are weighted by its
likelihood, tempered if few of them come near. Each path is one run: its months belong together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from experiments.forecast.branches import luck_weights
from experiments.forecast.horizon import days_of, with_horizon
from experiments.forecast.importance_sampling import effective_sample_size, resample, tempered
from experiments.forecast.likelihood import log_likelihood, monthly_errors, recorded
from experiments.forecast.options import Choice
from experiments.forecast.targets import Targets
from experiments.runs.plan import Points, Study, Variant
from experiments.runs.road import collect, run_blocks
from experiments.runs.tables import Reduction
from experiments.stats.bands import gather
from experiments.stats.intervals import generator
from sim.ensemble import Block
from sim.outcomes import SERIES
from sim.scenario import Scenario

FloatArray = NDArray[np.float64]
Months = NDArray[np.datetime64]
Progress = Callable[[int], object]

#: Shares of the paths below the columns of a table of quantiles.
QUANTILES = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
#: Series that are differences of the model's: deaths of civilians who were killed on purpose.
DERIVED = {"deaths_one_sided": ("deaths", "deaths_state_based")}
#: Series by province that are stocks: a month has their mean.
_STOCKS = ("pockets", "control_by_province", "grievance", "garrison")


@dataclass(frozen=True)
class Wanted:
    """What is to be forecast: a series at a place (``national`` or a province) from one month to another, included."""

    series: str
    place: str
    first: np.datetime64
    last: np.datetime64

    @property
    def months(self) -> Months:
        """The months, datetime64[M]."""
        return np.arange(self.first, self.last + np.timedelta64(1, "M"))

    @property
    def flow(self) -> bool:
        """Whether months add up: a flow, not a stock."""
        if self.place != "national":
            return self.series not in _STOCKS
        return self.series not in SERIES or SERIES[self.series].kind == "flow"

    def table(self, values: FloatArray) -> pd.DataFrame:
        """One row a month and path of ``(paths, months)``: month (2022-10), path (from 0), value."""
        paths, width = values.shape
        return pd.DataFrame({"month": np.tile(self.months.astype(str), paths),
                             "path": np.repeat(np.arange(paths), width), "value": values.ravel()})  # fmt: skip

    def quantiles(self, values: FloatArray) -> pd.DataFrame:
        """One row a month, and of a flow one for their total: mean and quantiles over paths ``(paths, months)``."""
        total = values.sum(axis=1, keepdims=True)[:, : int(self.flow)]
        whole = np.concatenate([values, total], axis=1)
        columns = {f"q{round(1000 * q):03d}": np.quantile(whole, q, axis=0) for q in QUANTILES}
        months = [*self.months.astype(str), *(["total"] if self.flow else [])]
        return pd.DataFrame({"month": months, "mean": whole.mean(axis=0), **columns})


@dataclass(frozen=True)
class Conditions:
    """What runs are held to: the targets, what the draws know of already (None: nothing), kinds of luck a draw."""

    targets: Targets
    as_of: np.datetime64 | None
    lucks: int


@dataclass(frozen=True)
class Chosen:
    """The runs behind the paths: draw of the parameters and luck of each ``(paths,)``, and how they were chosen."""

    draws: NDArray[np.int64]
    luck: NDArray[np.int64]
    choice: Choice


def choose(
    scenario: Scenario, wanted: Wanted, paths: int, seed: int, threads: int | None = None,
    held: Conditions | None = None, progress: Progress | None = None,
) -> Chosen:  # fmt: skip
    """Choose the runs that go on.

    Parameters
    ----------
    scenario : with its uncertainty.
    held : hold them to what was known at the first month; None: any run will do.
    """
    origin = wanted.first.astype("datetime64[D]")
    if held is not None and held.targets.columns_until(origin).size:
        return _held(scenario, held, origin, paths, seed, threads, progress)
    numbers = np.arange(paths, dtype=np.int64)
    free = Choice(known=[], runs=paths, effective=float(paths), effective_luck=1.0, power=1.0)
    return Chosen(numbers, numbers, free)


def study_of(
    scenario: Scenario, wanted: Wanted, chosen: Chosen, seed: int, asked: Mapping[str, Any]
) -> Study:
    """The chosen runs to the end of the last month, a point each; ``asked``: what is made of them."""
    whole = _horizon(scenario, wanted)
    names = tuple(sorted(whole.space.names))
    values = whole.draw(np.arange(int(chosen.draws.max()) + 1), seed)[chosen.draws]
    swept = np.ascontiguousarray(values[:, [whole.schema.index(name) for name in names]])
    points = Points(names, swept, np.arange(len(swept)), luck=chosen.luck)
    variant = Variant(whole.name, whole, points)
    return Study((variant,), 1, seed, "none", "own", {"name": "forecast"}, asked=asked)


def reduction_of(wanted: Wanted) -> Reduction:
    """What is kept of the runs: the months that are wanted."""
    return Reduction(partial(kept, wanted), wanted.place != "national")


def kept(wanted: Wanted, block: Block) -> dict[str, FloatArray]:
    """``months`` ``(runs, months)`` of a block."""
    return {"months": monthly_values(wanted, block)}


def as_recorded(wanted: Wanted, values: FloatArray, targets: Targets, seed: int) -> FloatArray:
    """Months ``(paths, months)`` with the errors with which targets tell that their series is recorded, if any does."""
    own, shared = monthly_errors(targets, DERIVED.get(wanted.series, (wanted.series,))[0])
    return recorded(values, own, shared, generator(seed * 1000 + 301)) if own > 0 else values


def _horizon(scenario: Scenario, wanted: Wanted) -> Scenario:
    """The scenario to the end of the last month; for a province to the end of its last week."""
    end = (wanted.last + np.timedelta64(1, "M")).astype("datetime64[D]").item()
    if wanted.place != "national":
        end += timedelta(days=-(end - scenario.start).days % 7)
    return with_horizon(scenario, end)


def _held(
    scenario: Scenario, held: Conditions, origin: np.datetime64, paths: int, seed: int, threads: int | None,
    progress: Progress | None,
) -> Chosen:  # fmt: skip
    """Draws and luck that agree with what was known on a day, from runs that are made until then and not kept."""
    end = min(origin, held.targets.last)
    known = held.targets.take(held.targets.columns_until(end))
    past = with_horizon(scenario, known.last.astype(date))
    luck = (np.arange(paths)[:, None] + paths * np.arange(held.lucks)).astype(np.int64)
    values = scenario.draw(np.arange(paths), seed).repeat(held.lucks, axis=0)
    blocks = run_blocks(past, luck.ravel(), seed, values=values, threads=threads, progress=progress)
    made = collect(blocks, lambda block: {"found": known.summaries(
        {name: block.national(name) for name in known.series}, days_of(past))})["found"].astype(np.float64)  # fmt: skip
    summaries = made.reshape(paths, held.lucks, -1)
    within = luck_weights(known, summaries, end)
    between, power = _between(known, summaries, held.as_of)
    draws = resample(between, paths, seed * 1000 + 107)
    u = generator(seed * 1000 + 108).uniform(size=(paths, 1))
    lucks = np.minimum((np.cumsum(within[draws], axis=1) < u).sum(axis=1), held.lucks - 1)
    choice = Choice(
        known=list(known.names), runs=paths * (held.lucks + 1), effective=effective_sample_size(between),
        effective_luck=float(between @ (1.0 / (within**2).sum(axis=1))), power=power,
    )  # fmt: skip
    return Chosen(draws, luck[draws, lucks], choice)


def _between(known: Targets, summaries: FloatArray, as_of: np.datetime64 | None) -> tuple[FloatArray, float]:
    """Weights ``(paths,)`` of draws by what they do not know of yet, and the power of the likelihood."""
    paths, lucks, width = summaries.shape
    new = known.columns_until(known.last, since=as_of)
    if not new.size:
        return np.full(paths, 1.0 / paths), 1.0
    log = log_likelihood(known.take(new), summaries.reshape(-1, width)[:, new]).reshape(paths, lucks)
    return tempered(special.logsumexp(log, axis=1), np.zeros(paths), max(10.0, paths / 10))


def monthly_values(wanted: Wanted, block: Block) -> FloatArray:
    """Values ``(n, months)`` of a block: sums of a flow, means of a stock; a province's weeks are spread over days."""
    dates = days_of(block.scenario)
    if wanted.place != "national":
        weekly = block.place(wanted.series, wanted.place)
        daily = np.repeat(weekly / 7.0 if wanted.flow else weekly, 7, axis=1)
    elif wanted.series in SERIES:
        daily = block.national(wanted.series)
    else:
        whole, part = (block.national(name) for name in DERIVED[wanted.series])
        daily = np.maximum(whole - part, 0.0)
    periods = gather(daily, dates[: daily.shape[1]], "month", "sum" if wanted.flow else "mean")
    starts = periods.starts.astype("datetime64[M]")
    return periods.values[:, (starts >= wanted.first) & (starts <= wanted.last)].astype(np.float64)
