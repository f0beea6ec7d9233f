"""What the figures and the report of one ensemble are drawn from: plain arrays, no model, no store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from experiments.drawing.ground import ValleyPlace
from experiments.drawing.marks import Mark
from experiments.stats.bands import Periods

ROUTE_UNIT = "tonnes a week"
"""Unit of the flows of arms."""


@dataclass(frozen=True)
class Route:
    """A supply route between two places (provinces, valley places or neighbour states).

    `kind` "road", "border", "pass", "gorge" or "valley"; `closes`/`opens` "mm-dd" of the snow, "" if never;
    `winter_share` of the capacity left while it lies.
    """

    a: str
    b: str
    kind: str
    name: str
    closes: str = ""
    opens: str = ""
    winter_share: float = 1.0


@dataclass(frozen=True)
class Geography:
    """Outlines and graphs for the maps.

    `provinces` names, in the order of every province array; `rings` one tuple of float ``(k, 2)`` (longitude,
    latitude) outlines each; `centres` float ``(province, 2)``; `valley` and `links` in the order of the arrays
    about them.
    """

    provinces: tuple[str, ...]
    rings: tuple[tuple[np.ndarray, ...], ...]
    centres: np.ndarray
    valley: tuple[ValleyPlace, ...] = ()
    links: tuple[Route, ...] = ()


@dataclass(frozen=True)
class OutlookTables:
    """One ensemble as plain arrays. n runs, d days, w weeks, p provinces.

    scenario, title: name and heading. seed, version: of the study and of the program (for the footers).
    dates datetime64[D] ``(d,)``; weeks datetime64[D] ``(w,)`` (first day of each).
    endings: str ``(n,)``, one of `ending_names` each; ending_names in their fixed order.
    measures: name -> float64 ``(n,)`` (nan = did not happen). series: name -> float ``(n, d)``, national.
    basis: prior or posterior and as of when, in short, for the foot of figures.
    paths: name -> periods of the same runs, whole months of flows and monthly means of stocks (or days).
    places: name -> float ``(n, p)``, totals of flows and means of stocks. routes: float ``(12, links)``, mean arms flow
    in `ROUTE_UNIT` by month of the year (nan: no such week), or None.
    valley_held: float ``(n, valley places)``, share of the time that the front held each, or None.
    twins: name -> (y, y') of runs with the same parameters and other luck, for the split of the spread.
    marks: dated events of the scenario. geography: outlines and graphs.
    """

    scenario: str
    title: str
    seed: int
    version: str
    dates: np.ndarray
    weeks: np.ndarray
    endings: np.ndarray
    ending_names: tuple[str, ...]
    measures: Mapping[str, np.ndarray]
    series: Mapping[str, np.ndarray]
    places: Mapping[str, np.ndarray]
    geography: Geography
    paths: Mapping[str, Periods] = field(default_factory=dict)
    basis: str = ""
    routes: np.ndarray | None = None
    valley_held: np.ndarray | None = None
    twins: Mapping[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()

    @property
    def runs(self) -> int:
        """Number of runs."""
        return int(self.endings.size)

    @property
    def days(self) -> int:
        """Simulated days."""
        return int(self.dates.size)

    def ending_counts(self) -> np.ndarray:
        """int ``(ending,)``: runs that ended each way, in the order of `ending_names`."""
        return np.array([int(np.sum(self.endings == name)) for name in self.ending_names])
