"""Figures: tables of plain arrays in, matplotlib figures out. Nothing here knows the model or the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from experiments.outlook.tables import OutlookTables

FIGURES = ("endings", "fans", "events", "provinces", "valley", "flows", "spread")
"""Names of the figures of an outlook, in the order of the report."""


def outlook_figures(tables: OutlookTables) -> dict[str, Figure]:
    """All figures of one ensemble, finished with their footers, in the order of `FIGURES`.

    A figure whose data the tables do not hold is left out: `events` without first-event measures, `provinces`
    without places, `valley` without a valley, `flows` without routes, `spread` without twins.
    """
    # Imported here: matplotlib takes its time, and most of the program needs none of it.
    from experiments.drawing import style
    from experiments.outlook.figures import endings, events, fans, flows, maps, spread, valley

    made = {"endings": endings.endings(tables), "fans": fans.fans(tables)}
    if events.curves(tables):
        made["events"] = events.events(tables)
    if maps.panels(tables):
        made["provinces"] = maps.maps(tables)
    if tables.geography.valley:
        made["valley"] = valley.valley(tables)
    if tables.routes is not None:
        made["flows"] = flows.flows(tables)
    if spread.split(tables):
        made["spread"] = spread.spread(tables)
    for figure in made.values():
        style.finish(
            figure, runs=tables.runs, scenario=tables.scenario, version=tables.version, seed=tables.seed
        )
    return made
