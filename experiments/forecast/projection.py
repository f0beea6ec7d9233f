"""Forecast paths of a series by month: many futures, taken from runs that agree with what was known.

With conditioning, more runs than paths are made, and the paths are those nearest to the targets as known at
the first month of the forecast (the calibration's distance). Each path is then one run: its months belong
together, and what it went through before the forecast begins looks like what was observed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.forecast.origins import RECORDING_ERROR, recorded, weigh
from experiments.forecast.sample import MONTHLY, Sample, days_of, with_horizon
from experiments.forecast.targets import Targets
from experiments.runs.road import Held, collect, run_blocks
from experiments.stats.bands import gather
from experiments.stats.summaries import monthly
from sim.ensemble import Block
from sim.outcomes import SERIES
from sim.scenario import Scenario

FloatArray = NDArray[np.float64]
Months = NDArray[np.datetime64]


@dataclass(frozen=True)
class Wanted:
    """What is to be forecast: a series at a place (``national`` or a province) from one month to another,
    included.
    """

    series: str
    place: str
    first: np.datetime64
    last: np.datetime64

    @property
    def months(self) -> Months:
        """The months, datetime64[M]."""
        return np.arange(self.first, self.last + 1)


@dataclass(frozen=True)
class Projection:
    """Forecast paths.

    Attributes:
        wanted: what was asked; values: ``(paths, months)``, sums of a flow and means of a stock. replicates:
        the run behind each path; runs: made in all; known: targets that they were held to (none: free).
        effective: effective number of runs behind the paths.
    """

    wanted: Wanted
    values: FloatArray
    replicates: NDArray[np.int64]
    runs: int
    known: tuple[str, ...]
    effective: float

    def table(self) -> pd.DataFrame:
        """One row a month and path: month (2022-10), path (from 0), value."""
        months = [str(month) for month in self.wanted.months]
        paths, width = self.values.shape
        return pd.DataFrame({"month": months * paths, "path": np.repeat(np.arange(paths), width),
                             "value": self.values.ravel()})  # fmt: skip


def project(
    scenario: Scenario,
    wanted: Wanted,
    paths: int,
    seed: int,
    threads: int | None = None,
    targets: Targets | None = None,
    observed: pd.Series | None = None,
    candidates: int = 10,
    error: float = RECORDING_ERROR,
    progress: Callable[[int], object] | None = None,
) -> Projection:
    """Make forecast paths.

    Args:
        scenario: with its uncertainty; its end is moved to the end of the last month. targets, observed: hold
        the paths to what was known of these at the first month; None: any run will do. candidates: runs a
        path when they are held to something.
    """
    scenario = _to_the_end(scenario, wanted)
    origin = wanted.first.astype("datetime64[D]")
    known = targets.until(origin) if targets is not None else None
    held = None if known is None or observed is None or not known.targets else known
    runs = paths if held is None else paths * candidates
    numbers = np.arange(runs, dtype=np.int64)
    whole = _simulate(scenario, wanted, numbers, seed, threads, held, progress)
    rows, effective = numbers, float(runs)
    names: tuple[str, ...] = ()
    if held is not None and observed is not None:
        chosen = weigh(_as_sample(scenario, whole), held, observed, origin, paths, seed)
        rows, names, effective = np.sort(chosen.rows), chosen.known, chosen.effective
    values = whole["values"][rows]
    if error > 0 and wanted.series in MONTHLY:
        values = recorded(values, error, seed)
    return Projection(wanted, values, numbers[rows], runs, names, effective)


def _simulate(
    scenario: Scenario,
    wanted: Wanted,
    numbers: NDArray[np.int64],
    seed: int,
    threads: int | None,
    known: Targets | None,
    progress: Callable[[int], object] | None,
) -> dict[str, np.ndarray]:
    """Run replicates and keep the months that are wanted."""
    held: Held = "series" if wanted.place == "national" else "places"
    blocks = run_blocks(scenario, numbers, seed, held=held, threads=threads, progress=progress)
    return collect(blocks, lambda block: _reduce(scenario, wanted, block, known))


def _to_the_end(scenario: Scenario, wanted: Wanted) -> Scenario:
    """The scenario to the end of the last month; for a province to the end of the week, as only whole weeks
    count.
    """
    end = (wanted.last + 1).astype("datetime64[D]").item()
    if wanted.place != "national":
        end += timedelta(days=-(end - scenario.start).days % 7)
    return with_horizon(scenario, end)


def _reduce(scenario: Scenario, wanted: Wanted, block: Block, known: Targets | None) -> dict[str, np.ndarray]:
    """Monthly values of what is wanted, and what the runs are held to."""
    dates = days_of(scenario)
    made = {"values": monthly_values(wanted, block, dates)}
    if known is not None:
        series = {name: block.national(name) for name in known.series}
        made["summaries"] = known.summaries(series, dates)
        made |= {name: monthly(block.national(name), dates)[0] for name in MONTHLY}
    return made


def monthly_values(wanted: Wanted, block: Block, dates: NDArray[np.datetime64]) -> FloatArray:
    """Values ``(n, months)`` of a block: sums of a flow, means of a stock; a province's weeks are spread over
    days.
    """
    if wanted.place == "national":
        daily = block.national(wanted.series)
        flow = SERIES[wanted.series].kind == "flow"
    else:
        weekly = block.place(wanted.series, wanted.place)
        flow = wanted.series not in ("pockets", "control_by_province", "grievance", "garrison")
        daily = np.repeat(weekly / 7.0 if flow else weekly, 7, axis=1)
        dates = dates[: daily.shape[1]]
    periods = gather(daily, dates, "month", "sum" if flow else "mean")
    starts = periods.starts.astype("datetime64[M]")
    return periods.values[:, (starts >= wanted.first) & (starts <= wanted.last)].astype(np.float64)


def _as_sample(scenario: Scenario, whole: dict[str, np.ndarray]) -> Sample:
    months = np.unique(days_of(scenario).astype("datetime64[M]"))
    runs = len(whole["values"])
    totals = {name: whole[name].astype(np.float64) for name in MONTHLY}
    empty = np.empty((runs, 0))
    return Sample((), empty, whole["summaries"].astype(np.float64), months, totals, empty)
