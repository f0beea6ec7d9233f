"""What a sensitivity analysis looks at: an outcome of each run, over all time or by quarter, in a province too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.kit.errors import UserError
from experiments.kit.words import label
from experiments.runs.futures import Opened
from experiments.runs.series import weeks_of
from experiments.sensitivity.indices import FloatArray
from sim.ensemble import Block
from sim.outcomes import ENDINGS, MEASURES, PLACE_FLOWS, PLACE_SERIES, SERIES
from sim.scenario import Scenario
from sim.values import hint
from sim.world.geography import load_geography

ByQuarter = tuple[NDArray[np.datetime64], FloatArray]
"""First day of each quarter that is known, and values ``(runs, quarters)``."""
HEADLINE = (
    "consolidation",
    "deaths",
    "first_return_day",
    "attacks_front",
    "attacks_iskp",
    "final_front_fighters",
)
"""What is looked at unless other outcomes are named."""
LOCAL = ("deaths", "attacks", "protests", "grievance")
"""The same for a province."""


def check_asked(outcomes: Sequence[str] | None, place: str | None) -> None:
    """Raise UserError, before any run, if there is no such outcome or province."""
    provinces = load_geography().province_names
    if place is not None and place not in provinces:
        raise UserError(f"command line: place: found {place!r}; allowed: a province{hint(place, provinces)}")
    known = [*ENDINGS, *(one for one in MEASURES if one != "ending_code")] if place is None else PLACE_SERIES
    for name in outcomes or ():
        if name not in known:
            allowed = (
                "an ending or a measure" if place is None else f"of a province {', '.join(PLACE_SERIES)}"
            )
            raise UserError(f"command line: outcomes: found {name!r}; allowed: {allowed}{hint(name, known)}")


def check_weeks(scenario: Scenario, source: str) -> None:
    """Raise UserError if a scenario ends before the first week of a province is recorded."""
    if scenario.days < 7:
        raise UserError(
            f"{source}: found runs of {scenario.days} days, and provinces are recorded by whole weeks; "
            "allowed: runs of a week or more"
        )


def values_of(opened: Opened, name: str) -> FloatArray:
    """An outcome of each run, on the scale on which it is looked at: ``(runs,)``.

    An ending is 0 or 1, measures are ``log(1 + x)``; an event that never came has the day of the horizon.
    """
    if name in ENDINGS:
        return (opened.runs["ending"].astype(str) == name).to_numpy(float)
    values = np.nan_to_num(opened.measures[name], nan=float(opened.variant.scenario.days))
    return np.log1p(np.maximum(values, 0.0))


def values_at(opened: Opened, place: str, name: str) -> FloatArray:
    """A series of a province over the whole time, on the scale ``log(1 + x)``: ``(runs,)``.

    Raises
    ------
    UserError
        If none was kept.
    """
    if opened.folder.shards.dataset("provinces") is None:
        raise UserError(
            f"{opened.folder.path}: kept nothing by province; allowed: keep=monthly, national or all"
        )
    check_weeks(opened.variant.scenario, str(opened.folder.path))
    table = _of(opened, "provinces", ["province", name])
    return np.log1p(np.maximum(table[name][table["province"] == place].to_numpy(float), 0.0))


def series_of(outcome: str) -> str | None:
    """The series behind an outcome, None if it has none."""
    name = outcome.removeprefix("final_").removeprefix("max_")
    return name if name in SERIES else None


def quarters(opened: Opened, outcome: str) -> ByQuarter | None:
    """The series behind an outcome by quarter, on ``log(1 + x)``: flows are summed, stocks averaged.

    None if it has no series, or none was kept of every run.
    """
    series = series_of(outcome)
    if series is None:
        return None
    runs = len(opened.runs)
    if opened.folder.shards.dataset("series") is not None:
        dates, values = opened.futures.dates, opened.futures.series(series)
    elif opened.folder.shards.dataset("paths") is not None:
        table = _of(opened, "paths", ["date", series])
        dates = np.unique(table["date"].to_numpy().astype("datetime64[D]"))
        if len(table) != runs * len(dates):
            return None
        values = table[series].to_numpy(float).reshape(runs, -1)
    else:
        return None
    first, values = by_quarter(dates, values, SERIES[series].kind != "stock")
    return first, np.log1p(np.maximum(values, 0.0))


def quarters_at(opened: Opened, place: str, series: str) -> ByQuarter | None:
    """The same for a series of a province; None if the folder keeps neither its weeks nor its quarters."""
    scenario = opened.variant.scenario
    weeks = _middles(np.datetime64(scenario.start, "D"), weeks_of(scenario.days))
    shards, asked = opened.folder.shards, opened.folder.record.asked
    if shards.dataset("reduced") is not None and asked.get("place") == place:
        first, _ = by_quarter(weeks, np.zeros((1, len(weeks))), True)
        return first - 3, np.log1p(np.maximum(opened.folder.reduced(opened.variant.label)[series], 0.0))
    if shards.dataset("places") is None:
        return None
    table = _of(opened, "places", ["province", series])
    local = table[series][table["province"] == place].to_numpy(float).reshape(len(opened.runs), -1)
    first, values = by_quarter(weeks, local, series in PLACE_FLOWS)
    return first - 3, np.log1p(np.maximum(values, 0.0))


@dataclass(frozen=True)
class LocalQuarters:
    """What is kept of the runs of a design that looks at a province: its series by quarter, ``(runs, quarters)``.

    Attributes
    ----------
    place
        Number of the province.
    """

    place: int

    def __call__(self, block: Block) -> dict[str, np.ndarray]:
        """The series of the runs of a block."""
        values = np.asarray(block.places)[:, :, self.place].astype(float)
        weeks = _middles(np.datetime64(block.scenario.start, "D"), values.shape[1])
        return {
            name: by_quarter(weeks, values[:, :, k], name in PLACE_FLOWS)[1]
            for k, name in enumerate(PLACE_SERIES)
        }


def by_quarter(dates: NDArray[np.datetime64], values: FloatArray, flow: bool) -> ByQuarter:
    """Values ``(runs, dates)`` by quarter, sums of a flow and means of a stock; the first date of each quarter."""
    quarter = dates.astype("datetime64[M]").astype(int) // 3
    first = np.flatnonzero(np.diff(quarter, prepend=quarter[0] - 1))
    sums = np.add.reduceat(values.astype(float), first, axis=1)
    return dates[first], sums if flow else sums / np.diff(np.append(first, len(dates)))


def _middles(start: np.datetime64, weeks: int) -> NDArray[np.datetime64]:
    """The fourth day of each week, by which a week belongs to a quarter: ``(weeks,)``."""
    return start + 7 * np.arange(weeks) + 3


def _of(opened: Opened, table: str, columns: list[str]) -> pd.DataFrame:
    """A table of the folder, the rows of the scenario that is looked at."""
    found = opened.folder.table(table, ["scenario", *columns])
    return found[found["scenario"] == opened.variant.label]


def words_of(outcome: str, place: str | None = None) -> str:
    """An outcome in words."""
    said = label(outcome)
    return said if place is None else f"{said} in {place}"
