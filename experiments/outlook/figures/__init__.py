"""Figures: tables of plain arrays in, matplotlib figures out. Nothing here knows the model or the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from experiments.outlook.tables import OutlookTables

    Maker = Callable[[OutlookTables], Figure]

FIGURES = ("endings", "fans", "actors", "events", "provinces", "valley", "flows", "spread")
"""Names of the figures of an outlook, in the order of the report."""


def finished(make: Maker, tables: OutlookTables) -> Figure:
    """A figure with its footer."""
    from experiments.drawing import style

    figure = make(tables)
    style.finish(figure, runs=tables.runs, scenario=tables.scenario, version=tables.version, seed=tables.seed,
                 note=tables.basis)  # fmt: skip
    return figure


NARROW = ("endings", "fans", "actors", "events", "provinces", "spread")
"""Figures that have a form for phones; the maps of valley and flows are too wide for one and scroll."""


def narrow_figure(name: str, make: Maker, tables: OutlookTables) -> Figure | None:
    """A figure as wide as a phone, with its footer; None if it has no such form."""
    if name not in NARROW:
        return None
    return finished(lambda given: make(given, narrow=True), tables)  # type: ignore[call-arg]


def makers(tables: OutlookTables) -> dict[str, Maker]:
    """What draws each figure, in the order of `FIGURES`.

    A figure whose data the tables do not hold is left out: `events` without first-event measures, `provinces`
    without places and `flows` without routes, or both without a whole week, `valley` without a valley, `spread` without
    twins.
    """
    # Imported here: matplotlib takes its time, and most of the program needs none of it.
    from experiments.outlook.figures import endings, events, fans, flows, maps, spread, valley

    made: dict[str, Maker] = {"endings": endings.endings, "fans": fans.fans}
    if fans.actor_panels(tables):
        made["actors"] = fans.actors
    if events.curves(tables):
        made["events"] = events.events
    if maps.panels(tables):
        made["provinces"] = maps.maps
    if tables.geography.valley:
        made["valley"] = valley.valley
    if tables.routes is not None and tables.weeks.size:
        made["flows"] = flows.flows
    if spread.split(tables):
        made["spread"] = spread.spread
    return made
