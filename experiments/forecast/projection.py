"""Forecast paths of a series by month from the model: many futures that agree with what was known.

Each draw of the parameters is run with luck of several kinds as far as anything was known before the forecast begins;
the luck that goes on is drawn by the likelihood of the last twelve months (`experiments.forecast.futures`). Parameters
whose draws do not know of a target yet (draws from the prior, or months after a posterior was made) are weighted by its
likelihood, tempered if few of them come near. Each path is one run: its months belong together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from experiments.forecast.futures import luck_weights
from experiments.forecast.importance import effective_sample_size, resample, tempered
from experiments.forecast.likelihood import log_likelihood, monthly_errors, recorded
from experiments.forecast.sample import days_of, with_horizon
from experiments.forecast.targets import Targets
from experiments.runs.road import Held, collect, run_blocks
from experiments.stats.bands import gather
from experiments.stats.intervals import generator
from sim.ensemble import Block
from sim.outcomes import SERIES
from sim.scenario import Scenario

FloatArray = NDArray[np.float64]
Months = NDArray[np.datetime64]
Progress = Callable[[int], object]

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
        return np.arange(self.first, self.last + 1)

    @property
    def flow(self) -> bool:
        """Whether months add up: a flow, not a stock."""
        if self.place != "national":
            return self.series not in _STOCKS
        return self.series not in SERIES or SERIES[self.series].kind == "flow"

    def table(self, values: FloatArray) -> pd.DataFrame:
        """One row a month and path of ``(paths, months)``: month (2022-10), path (from 0), value."""
        months = [str(month) for month in self.months]
        paths, width = values.shape
        return pd.DataFrame({"month": months * paths, "path": np.repeat(np.arange(paths), width),
                             "value": values.ravel()})  # fmt: skip


@dataclass(frozen=True)
class Conditions:
    """What runs are held to: the targets, what the draws know of already (None: nothing), kinds of luck a draw."""

    targets: Targets
    as_of: np.datetime64 | None
    lucks: int


@dataclass(frozen=True)
class Projection:
    """Forecast paths of the model.

    Attributes
    ----------
    values : ``(paths, months)``, sums of a flow and means of a stock; replicates: the run behind each path.
    runs : made in all; known: targets that they were held to (none: free).
    effective, effective_luck : effective number of draws, and of kinds of luck a draw.
    power : of the likelihood by which draws were weighted (1: not tempered).
    """

    values: FloatArray
    replicates: NDArray[np.int64]
    runs: int
    known: tuple[str, ...]
    effective: float
    effective_luck: float
    power: float


@dataclass(frozen=True)
class _Chosen:
    """Draws and luck that go on: draw and replicate of each path, and how the choice was made."""

    draws: NDArray[np.int64]
    replicates: NDArray[np.int64]
    known: tuple[str, ...] = ()
    effective: float = 0.0
    effective_luck: float = 1.0
    power: float = 1.0


def project(
    scenario: Scenario,
    wanted: Wanted,
    paths: int,
    seed: int,
    threads: int | None = None,
    held: Conditions | None = None,
    errors: Targets | None = None,
    progress: Progress | None = None,
) -> Projection:
    """Make forecast paths.

    Parameters
    ----------
    scenario : with its uncertainty; its end is moved to the end of the last month.
    held : hold the paths to what was known at the first month; None: any run will do.
    errors : targets that tell with which errors the series is recorded; None: what the runs hold.
    """
    origin = wanted.first.astype("datetime64[D]")
    known = np.empty(0, dtype=np.int64) if held is None else held.targets.columns_until(origin)
    numbers = np.arange(paths, dtype=np.int64)
    chosen, spent = _Chosen(numbers, numbers, effective=float(paths)), 0
    if held is not None and known.size:
        chosen = _choose(scenario, held, origin, paths, seed, threads, progress)
        spent = paths * held.lucks
    values = _run(scenario, wanted, chosen, seed, threads, progress)
    own, shared = (
        (0.0, 0.0)
        if errors is None
        else monthly_errors(errors, DERIVED.get(wanted.series, (wanted.series,))[0])
    )
    if own > 0:
        values = recorded(values, own, shared, generator(seed * 1000 + 301))
    return Projection(values, chosen.replicates, spent + paths, chosen.known, chosen.effective,
                      chosen.effective_luck, chosen.power)  # fmt: skip


def _choose(
    scenario: Scenario, held: Conditions, origin: np.datetime64, paths: int, seed: int, threads: int | None,
    progress: Progress | None,
) -> _Chosen:  # fmt: skip
    """Draws and luck that agree with what was known on a day."""
    end = min(origin, held.targets.last)
    columns = held.targets.columns_until(end)
    known = held.targets.take(columns)
    past = with_horizon(scenario, max(t.known for t in known.targets).astype("datetime64[D]").item())
    luck = (np.arange(paths)[:, None] + paths * np.arange(held.lucks)).astype(np.int64)
    values = np.repeat(scenario.draw(np.arange(paths), seed), held.lucks, axis=0)
    blocks = run_blocks(past, luck.ravel(), seed, values=values, threads=threads, progress=progress)
    dates = days_of(past)
    made = collect(
        blocks, lambda b: {"x": known.summaries({name: b.national(name) for name in known.series}, dates)}
    )
    summaries = made["x"].reshape(paths, held.lucks, -1).astype(np.float64)
    within = luck_weights(known, summaries, end)
    between, power = _between(known, summaries, held.as_of)
    draws = resample(between, paths, seed * 1000 + 107)
    u = generator(seed * 1000 + 108).uniform(size=(paths, 1))
    lucks = np.minimum((np.cumsum(within[draws], axis=1) < u).sum(axis=1), held.lucks - 1)
    effective_luck = float(between @ (1.0 / (within**2).sum(axis=1)))
    return _Chosen(
        draws, luck[draws, lucks], known.names, effective_sample_size(between), effective_luck, power
    )


def _between(known: Targets, summaries: FloatArray, as_of: np.datetime64 | None) -> tuple[FloatArray, float]:
    """Weights ``(paths,)`` of draws by what they do not know of yet, and the power of the likelihood."""
    paths, lucks, width = summaries.shape
    new = known.columns_until(known.last, since=as_of)
    if not new.size:
        return np.full(paths, 1.0 / paths), 1.0
    log = log_likelihood(known.take(new), summaries.reshape(-1, width)[:, new]).reshape(paths, lucks)
    return tempered(special.logsumexp(log, axis=1), np.zeros(paths), max(10.0, paths / 10))


def _run(
    scenario: Scenario,
    wanted: Wanted,
    chosen: _Chosen,
    seed: int,
    threads: int | None,
    progress: Progress | None,
) -> FloatArray:
    """Monthly values of the chosen draws and luck to the end; for a province to the end of its last week."""
    end = (wanted.last + 1).astype("datetime64[D]").item()
    if wanted.place != "national":
        end += timedelta(days=-(end - scenario.start).days % 7)
    whole = with_horizon(scenario, end)
    kept: Held = "series" if wanted.place == "national" else "places"
    values = scenario.draw(np.arange(int(chosen.draws.max()) + 1), seed)[chosen.draws]
    blocks = run_blocks(
        whole, chosen.replicates, seed, values=values, held=kept, threads=threads, progress=progress
    )
    return collect(blocks, lambda b: {"x": monthly_values(wanted, b, days_of(whole))})["x"]


def monthly_values(wanted: Wanted, block: Block, dates: NDArray[np.datetime64]) -> FloatArray:
    """Values ``(n, months)`` of a block: sums of a flow, means of a stock; a province's weeks are spread over days."""
    if wanted.place == "national":
        daily, flow = _national(wanted.series, block)
    else:
        weekly = block.place(wanted.series, wanted.place)
        flow = wanted.series not in _STOCKS
        daily = np.repeat(weekly / 7.0 if flow else weekly, 7, axis=1)
        dates = dates[: daily.shape[1]]
    periods = gather(daily, dates, "month", "sum" if flow else "mean")
    starts = periods.starts.astype("datetime64[M]")
    return periods.values[:, (starts >= wanted.first) & (starts <= wanted.last)].astype(np.float64)


def _national(series: str, block: Block) -> tuple[np.ndarray, bool]:
    """A national series by day, and whether it is a flow."""
    if series in DERIVED and series not in SERIES:
        whole, part = (block.national(name) for name in DERIVED[series])
        return np.maximum(whole - part, 0.0), True
    return block.national(series), SERIES[series].kind == "flow"
