"""From the simulator's ensemble to the plain arrays that figures and reports are drawn from."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from experiments.drawing.marks import Mark
from experiments.kit.record import project_version
from experiments.outlook.ensemble import Gathered
from experiments.outlook.summary import NUMBERS
from experiments.outlook.tables import Geography, Link, OutlookTables, ValleyPlace
from sim.outcomes import ENDINGS, MEASURES, PLACE_SERIES, SERIES_NAMES
from sim.world import geography


def outlook_tables(gathered: Gathered) -> OutlookTables:
    """Tables of the runs that are shown in figures (the first of a large study)."""
    ensemble, scenario = gathered.shown, gathered.scenario
    runs = ensemble.runs
    return OutlookTables(
        scenario=scenario.name,
        title=scenario.title,
        seed=gathered.seed,
        version=project_version(),
        dates=ensemble.dates,
        weeks=ensemble.weeks,
        endings=runs["ending"].to_numpy(str),
        ending_names=tuple(ENDINGS),
        measures={name: runs[name].to_numpy(float) for name in MEASURES},
        series={name: ensemble.series[name] for name in SERIES_NAMES},
        places={name: ensemble.places[name] for name in PLACE_SERIES},
        geography=plain_geography(),
        routes=ensemble.routes,
        route_unit="tonnes a week",
        valley_held=ensemble.block.valley,
        twins={name: pair for name, pair in gathered.twins.items() if name in NUMBERS},
        marks=tuple(
            Mark(np.datetime64(event.day, "D"), event.title) for event in scenario.events if event.title
        ),
    )


@lru_cache(maxsize=1)
def plain_geography() -> Geography:
    """The model's geography as outlines and graphs."""
    ground, outlines = geography.load_geography(), geography.load_outlines()
    provinces = ground.provinces
    return Geography(
        provinces=tuple(ground.province_names),
        rings=tuple(outlines[name] for name in ground.province_names),
        centres=np.column_stack([provinces["lon"], provinces["lat"]]),
        valley=_valley(ground),
        links=_links(ground),
    )


def _valley(ground: geography.Geography) -> tuple[ValleyPlace, ...]:
    """Places of the Panjshir valley, in the order of the model."""
    kinds = {code: name for name, code in geography.PLACE_KINDS.items()}
    return tuple(
        ValleyPlace(
            name=name,
            kind=kinds[int(row["kind"])],
            district=ground.district_names[int(row["district"])],
            attaches_to=ground.place_names[int(row["attaches"])] if row["attaches"] >= 0 else "",
            order=int(row["order"]),
            axis=bool(row["axis"]),
        )
        for name, row in zip(ground.place_names, ground.places, strict=True)
    )


def _links(ground: geography.Geography) -> tuple[Link, ...]:
    """Supply routes, in the order of the model."""
    kinds = {code: name for name, code in geography.LINK_KINDS.items()}
    return tuple(
        Link(
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
