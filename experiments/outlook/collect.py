"""From the folder of a study to the plain arrays that figures and reports are drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from experiments.config.posteriors import basis_of, brief
from experiments.drawing.ground import valley_places
from experiments.drawing.marks import Mark
from experiments.kit.errors import UserError
from experiments.kit.record import project_version
from experiments.outlook.results import Results
from experiments.outlook.summary import NUMBERS
from experiments.outlook.tables import Geography, OutlookTables, Route
from experiments.runs.series import FIRST, read_paths, route_names
from experiments.runs.store import StudyFolder
from experiments.stats.seasonality import weeks_by_month
from sim.outcomes import ENDINGS, MEASURES, PLACE_SERIES
from sim.world import geography
from sim.world.clock import Calendar

SERIES_SHOWN = ("front_fighters", "pocket_fighters", "deaths", "districts_held", "valleys_held")
"""Daily series that the sentences and the figure of the valley are made of."""


def outlook_tables(folder: StudyFolder, results: Results) -> OutlookTables:
    """Tables of the runs that are shown in figures: the first `FIRST` of a study of one scenario."""
    scenario = results.scenario
    calendar = Calendar(scenario.start, scenario.end)
    weeks = calendar.dates[::7][: scenario.days // 7]
    runs = results.runs[(results.runs["replicate"] < FIRST).to_numpy()]
    read = _Reader(folder, len(runs))
    return OutlookTables(
        scenario=scenario.name,
        title=scenario.title,
        seed=results.seed,
        version=project_version(),
        basis=brief(basis_of(scenario)),
        dates=calendar.dates,
        weeks=weeks,
        endings=runs["ending"].to_numpy(str),
        ending_names=tuple(ENDINGS),
        measures={name: runs[name].to_numpy(float) for name in MEASURES},
        series=read.columns("series", SERIES_SHOWN),
        paths=read_paths(folder, 0),
        places=read.columns("provinces", PLACE_SERIES),
        geography=plain_geography(),
        routes=read.flows(weeks),
        valley_held=read.columns("valley", ("held",))["held"],
        twins={name: pair for name, pair in results.twins.items() if name in NUMBERS},
        marks=tuple(
            Mark(np.datetime64(event.day, "D"), event.title) for event in scenario.events if event.title
        ),
    )


@dataclass(frozen=True)
class _Reader:
    """Reads the tables of the first runs of a study of one scenario and one point."""

    folder: StudyFolder
    runs: int

    def columns(self, table: str, names: Sequence[str]) -> dict[str, np.ndarray]:
        """Columns of a table with the same number of rows for each run: float ``(runs, rows)``."""
        found = self.table(table, names)
        return {name: found[name].to_numpy().reshape(self.runs, -1) for name in names}

    def flows(self, weeks: np.ndarray) -> np.ndarray:
        """Mean arms a week by month of the year and route: float ``(12, routes)``; nan for months without weeks."""
        found = self.table("flows", ("month", "route", "arms"))
        names = route_names()
        total = np.zeros((12, len(names)))
        at = pd.Index(names).get_indexer(found["route"].to_pandas().astype(str))
        np.add.at(total, (found["month"].to_numpy().astype(int) - 1, at), found["arms"].to_numpy())
        counts = weeks_by_month(weeks)[:, None]
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(counts > 0, total / (self.runs * counts), np.nan)

    def table(self, table: str, names: Sequence[str]) -> pa.Table:
        """Columns of a table, the first runs alone, in the order of the plan."""
        first = pc.field("replicate") < FIRST
        found = self.folder.shards.read(table, list(names), first)
        if found is None:
            raise UserError(f"{self.folder.path}: holds no {table}; allowed: a folder that outlook run made")
        return found


@lru_cache(maxsize=1)
def plain_geography() -> Geography:
    """The model's geography as outlines and graphs."""
    ground, outlines = geography.load_geography(), geography.load_outlines()
    provinces = ground.provinces
    return Geography(
        provinces=tuple(ground.province_names),
        rings=tuple(outlines[name] for name in ground.province_names),
        centres=np.column_stack([provinces["lon"], provinces["lat"]]),
        valley=valley_places(),
        links=_links(ground),
    )


def _links(ground: geography.Geography) -> tuple[Route, ...]:
    """Supply routes, in the order of the model."""
    kinds = {code: name for name, code in geography.LINK_KINDS.items()}
    return tuple(
        Route(
            a=ground.node_names[int(row["a"])],
            b=ground.node_names[int(row["b"])],
            kind=kinds[int(row["kind"])],
            name=name,
            closes=_month_day(int(row["closes_doy"])),
            opens=_month_day(int(row["opens_doy"])),
            winter_share=float(row["winter_share"]),
        )
        for name, row in zip(ground.link_names, ground.links, strict=True)
    )


def _month_day(day_of_year: int) -> str:
    """``mm-dd`` of a day of a 365-day year; empty for 0, which means never."""
    if day_of_year == 0:
        return ""
    return str(np.datetime64("2021-01-01") + np.timedelta64(day_of_year - 1, "D"))[5:]
