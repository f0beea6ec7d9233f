"""What is kept of the series of a block of runs, as Arrow tables.

| table | a row is |
| --- | --- |
| ``weekly`` | a run and week, a column a national series; only until the quantiles are made of it |
| ``paths`` | a run and month (day, if the runs are short), of the first runs of a scenario (``monthly``: of all) |
| ``series`` | a run and day, a column a national series |
| ``provinces`` | a run and province: totals of flows and means of stocks over its whole weeks; nan if it has none |
| ``valley`` | a run and place of the valley: share of the days on which the front held it |
| ``flows`` | a run, month of the year and route that carried arms then: tonnes |
| ``places`` | a run, week and province |
| ``routes`` | a run, week and route: tonnes of arms |

Weeks are counted from the start of the run; a week belongs to the month in which its middle lies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from experiments.runs.plan import Keep
from experiments.stats.bands import Periods, edges
from experiments.stats.seasonality import month_of
from sim.outcomes import PLACE_FLOWS, PLACE_SERIES, SERIES
from sim.world.clock import Calendar
from sim.world.geography import load_geography

if TYPE_CHECKING:
    from experiments.runs.store import StudyFolder

KEYS = ("scenario", "point", "replicate")
"""Columns that name a run in every table."""
FIRST = 1000
"""Runs of each scenario whose paths are kept for figures."""
SHORT = 120
"""Days under which paths go by day and not by month."""


@dataclass(frozen=True)
class Keys:
    """Identity of the runs of a block, for tables with many rows a run.

    ``position`` of their scenario among the ``labels`` of the study, point and replicate of each: int64 ``(runs,)``.
    """

    labels: Sequence[str]
    position: int
    point: np.ndarray
    replicate: np.ndarray

    def columns(self, rows: np.ndarray | slice = slice(None)) -> dict[str, pa.Array]:
        """Scenario, point and replicate of the runs with these indices."""
        point = self.point[rows]
        scenario = np.full(len(point), self.position, dtype=np.int32)
        return {
            "scenario": pa.DictionaryArray.from_arrays(scenario, list(self.labels)),
            "point": pa.array(point),
            "replicate": pa.array(self.replicate[rows]),
        }

    def part(self, count: int) -> Keys:
        """The first ``count`` runs."""
        return Keys(self.labels, self.position, self.point[:count], self.replicate[:count])


def series_tables(keys: Keys, block: Any, keep: Keep, shown: int) -> dict[str, pa.Table]:
    """What is kept of the series of a block.

    Parameters
    ----------
    keys
        Identity of its runs.
    block
        With ``series`` and, for ``monthly`` and more, ``places``, ``routes`` and ``valley``.
    keep
        How much is kept.
    shown
        How many of its runs are among the first of their scenario, whose paths are kept.
    """
    if keep == "none":
        return {}
    start = np.datetime64(block.scenario.start, "D")
    daily = np.asarray(block.series)
    made = {}
    if keep != "monthly":
        weeks = start + 7 * np.arange(weeks_of(daily.shape[1]))
        made["weekly"] = _long(keys, to_weeks(daily), weeks)
    if shown > 0:
        starts, values = to_periods(daily[:shown], start)
        made["paths"] = _long(keys.part(shown), values, starts)
    if keep in ("monthly", "national", "all"):
        made["provinces"] = _provinces(keys, np.asarray(block.places))
    if keep in ("national", "all"):
        made["series"] = _long(keys, daily, start + np.arange(daily.shape[1]))
        made["valley"] = _valley(keys, np.asarray(block.valley))
        made["flows"] = _flows(keys, np.asarray(block.routes), start)
    if keep == "all":
        made["places"] = _places(keys, np.asarray(block.places), start)
        made["routes"] = _routes(keys, np.asarray(block.routes), start)
    return made


def weeks_of(days: int) -> int:
    """Weeks of a run: whole ones, since a sum over part of a week would mislead; one if there is none."""
    return max(1, days // 7)


def to_weeks(daily: np.ndarray) -> np.ndarray:
    """Series by week from series by day: float32 ``(runs, days, series)`` to ``(runs, weeks, series)``.

    Flows are summed over the week, stocks have their value on its last day.
    """
    days = daily.shape[1]
    starts = 7 * np.arange(weeks_of(days))
    ends = np.minimum(starts + 6, days - 1)
    daily = daily[:, : ends[-1] + 1]
    weekly = np.ascontiguousarray(daily[:, ends, :], dtype=np.float32)
    for position, series in enumerate(SERIES.values()):
        if series.kind == "flow":
            weekly[:, :, position] = np.add.reduceat(daily[:, :, position], starts, axis=1)
    return weekly


def period_of(days: int) -> str:
    """Unit of the paths of runs of that many days: ``day`` or ``month``."""
    return "day" if days < SHORT else "month"


def to_periods(daily: np.ndarray, start: np.datetime64) -> tuple[np.ndarray, np.ndarray]:
    """Paths from series by day: sums of flows and means of stocks over each month, or the days of a short run.

    From float32 ``(runs, days, series)`` the first day of each period, datetime64 ``(periods,)``, and float32
    ``(runs, periods, series)``.
    """
    days = start + np.arange(daily.shape[1])
    first, _ = edges(days, period_of(len(days)))
    parts = np.split(daily, first[1:], axis=1)
    values = np.stack([part.sum(axis=1, dtype=float) for part in parts], axis=1)
    stock = np.array([series.kind != "flow" for series in SERIES.values()])
    values[:, :, stock] /= np.diff(np.append(first, len(days)))[:, None]
    return days[first], values.astype(np.float32)


def read_paths(
    folder: StudyFolder, position: int, names: Sequence[str] = tuple(SERIES)
) -> dict[str, Periods]:
    """National series of the first runs of a scenario by month, or by day if its runs are short.

    Returns
    -------
    dict
        Name to its periods: sums of a flow over the months that the run sees whole, means of a stock. Empty if
        no paths were kept.
    """
    variant = folder.study.variants[position]
    table = folder.table("paths", ["scenario", *names])
    if table.empty:
        return {}
    mine = table[(table["scenario"] == variant.label).to_numpy()]
    days = Calendar(variant.scenario.start, variant.scenario.end).dates
    unit = period_of(len(days))
    first, complete = edges(days, unit)
    made = {}
    for name in names:
        values = mine[name].to_numpy(dtype=float).reshape(-1, len(first))
        periods = Periods(days[first], values, complete, unit)
        made[name] = periods.whole() if SERIES[name].kind == "flow" else periods
    return made


@lru_cache(maxsize=1)
def route_names() -> list[str]:
    """What each route joins; names of roads repeat, ends do not."""
    geography = load_geography()
    names = geography.node_names
    return [f"{names[link['a']]} - {names[link['b']]}" for link in geography.links]


def _long(keys: Keys, values: np.ndarray, dates: np.ndarray) -> pa.Table:
    """One row a run and date, one column a national series, from values float32 ``(runs, dates, series)``."""
    n = len(values)
    made = keys.columns(np.repeat(np.arange(n), len(dates)))
    made["date"] = pa.array(np.tile(dates, n))
    for position, name in enumerate(SERIES):
        made[name] = pa.array(np.ascontiguousarray(values[:, :, position]).ravel())
    return pa.table(made)


def _provinces(keys: Keys, places: np.ndarray) -> pa.Table:
    """One row a run and province, from values float32 ``(runs, weeks, provinces, series)``."""
    n, weeks, provinces, _ = places.shape
    made = keys.columns(np.repeat(np.arange(n), provinces))
    made["province"] = _province_column(np.tile(np.arange(provinces, dtype=np.int32), n))
    totals = places.sum(axis=1, dtype=float) if weeks else np.full((n, provinces, len(PLACE_SERIES)), np.nan)
    for position, name in enumerate(PLACE_SERIES):
        value = totals[:, :, position] / (1 if name in PLACE_FLOWS else max(1, weeks))
        made[name] = pa.array(np.ascontiguousarray(value).ravel())
    return pa.table(made)


def _valley(keys: Keys, held: np.ndarray) -> pa.Table:
    """One row a run and place of the valley, from shares float32 ``(runs, places)``."""
    n, places = held.shape
    made = keys.columns(np.repeat(np.arange(n), places))
    codes = np.tile(np.arange(places, dtype=np.int32), n)
    made["place"] = pa.DictionaryArray.from_arrays(codes, list(load_geography().place_names))
    made["held"] = pa.array(np.ascontiguousarray(held, dtype=np.float32).ravel())
    return pa.table(made)


def _flows(keys: Keys, routes: np.ndarray, start: np.datetime64) -> pa.Table:
    """One row a run, month of the year and route with arms, from values float32 ``(runs, weeks, routes)``."""
    month = month_of(start + 7 * np.arange(routes.shape[1]))
    totals = np.zeros((len(routes), 12, routes.shape[2]), np.float32)
    for number in np.unique(month):
        totals[:, number - 1] = routes[:, month == number].sum(axis=1, dtype=float)
    run, at, route = np.nonzero(totals)
    made = keys.columns(run)
    made["month"] = pa.array((at + 1).astype(np.int8))
    made["route"] = pa.DictionaryArray.from_arrays(route.astype(np.int32), route_names())
    made["arms"] = pa.array(totals[run, at, route])
    return pa.table(made)


def _places(keys: Keys, values: np.ndarray, start: np.datetime64) -> pa.Table:
    """One row a run, week and province, from values float32 ``(runs, weeks, provinces, series)``."""
    n, weeks, provinces, _ = values.shape
    made = keys.columns(np.repeat(np.arange(n), weeks * provinces))
    made["date"] = pa.array(np.tile(np.repeat(start + 7 * np.arange(weeks), provinces), n))
    made["province"] = _province_column(np.tile(np.arange(provinces, dtype=np.int32), n * weeks))
    for position, name in enumerate(PLACE_SERIES):
        made[name] = pa.array(np.ascontiguousarray(values[..., position]).ravel())
    return pa.table(made)


def _routes(keys: Keys, values: np.ndarray, start: np.datetime64) -> pa.Table:
    """One row a run, week and route with the arms on it, from values float32 ``(runs, weeks, routes)``."""
    n, weeks, routes = values.shape
    made = keys.columns(np.repeat(np.arange(n), weeks * routes))
    made["date"] = pa.array(np.tile(np.repeat(start + 7 * np.arange(weeks), routes), n))
    codes = np.tile(np.arange(routes, dtype=np.int32), n * weeks)
    made["route"] = pa.DictionaryArray.from_arrays(codes, route_names())
    made["arms"] = pa.array(np.ascontiguousarray(values).ravel())
    return pa.table(made)


def _province_column(codes: np.ndarray) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(codes, list(load_geography().province_names))
