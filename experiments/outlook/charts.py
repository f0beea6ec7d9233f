"""The charts of a report that answer to pointer and keyboard: numbers over time, who fights, first events."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from experiments.drawing.charts import COLOURS, Chart, Layer
from experiments.kit.numbers import SPAN, chance
from experiments.kit.words import capital, fighting, label, unit
from experiments.outlook.tables import OutlookTables
from experiments.stats.bands import Periods, quantile_bands
from experiments.stats.survival import kaplan_meier
from sim.outcomes import SERIES

SHOWN = ("deaths", "front_fighters", "pocket_fighters", "refugees", "services", "grievance")
"""Series with a chart of their own."""
_CURVES = 60
"""Points of a curve of first events."""


def charts(tables: OutlookTables, typical: int | None = None) -> list[Chart]:
    """All charts that the tables hold data for; ``typical``: row of the run whose own path is drawn too."""
    made = [
        _fan(tables, name, typical)
        for name in SHOWN
        if name in tables.paths and tables.paths[name].starts.size > 1
    ]
    made += [chart for kind in ("attacks", "deaths") for chart in _actors(tables, kind)]
    return made + _firsts(tables)


def _fan(tables: OutlookTables, name: str, typical: int | None) -> Chart:
    """Median and bands of a series, and the path of the typical run."""
    periods = tables.paths[name]
    bands = quantile_bands(periods.values, periods.starts)
    layers = [
        Layer("wide", SPAN, 0, bands.low[1], bands.high[1]),
        Layer("narrow", SPAN.replace("90", "50"), 0, bands.low[0], bands.high[0]),
        Layer.line("median", "median", 0, bands.median),
    ]
    if typical is not None:
        layers.append(Layer.line("typical", "the typical run", 1, periods.values[typical], dashed=True))
    return Chart(name, _title(label(name), name, periods), unit(name), periods.starts, _said(periods), layers,
                 _inside(tables, periods.starts))  # fmt: skip


def _actors(tables: OutlookTables, kind: str) -> list[Chart]:
    """Attacks or deaths by actor: medians with the middle half of the runs; those who never do anything left out."""
    names = [name for name in fighting(kind) if name in tables.paths and "civilians" not in name]
    names = [name for name in names if tables.paths[name].starts.size > 1 and tables.paths[name].values.any()]
    if not names:
        return []
    layers, periods = [], tables.paths[names[0]]
    for number, name in enumerate(names):
        colour = number % COLOURS
        bands = quantile_bands(tables.paths[name].values, tables.paths[name].starts)
        who = label(name).removeprefix("attacks by ").removeprefix("deaths in ").removeprefix("the war of ")
        layers.append(Layer(f"{name}_half", f"{who}: 50 % of runs", colour, bands.low[0], bands.high[0]))
        layers.append(Layer.line(name, f"{who}: median", colour, bands.median))
    title = {"attacks": "Who fights: attacks by actor", "deaths": "Who dies: deaths by whose war"}[kind]
    return [Chart(f"{kind}_by_actor", _title(title, kind, periods), {"deaths": "people"}.get(kind, kind),
                  periods.starts, _said(periods), layers, _inside(tables, periods.starts))]  # fmt: skip


def _firsts(tables: OutlookTables) -> list[Chart]:
    """Chance that each first event has happened by a date."""
    days = np.unique(np.linspace(0, tables.days - 1, _CURVES).astype(int))
    layers = []
    firsts = [
        name for name in tables.measures if name.endswith("_day") and np.nansum(tables.measures[name]) > 0.0
    ]
    for number, name in enumerate(firsts):
        found = kaplan_meier(tables.measures[name], tables.days).happened(days)
        told = [chance(*one) for one in zip(*(end.tolist() for end in found), strict=True)]
        layers.append(Layer.line(name, label(name), number % COLOURS, found[0], number >= COLOURS, told))
    if not layers:
        return []
    times = tables.dates[days]
    said = [f"{day.item():%d %B %Y}".lstrip("0") for day in times]
    return [Chart("firsts", "Chance that it has happened by a date", "%", times, said, layers,
                  _inside(tables, times))]  # fmt: skip


def _title(words: str, name: str, periods: Periods) -> str:
    """``Deaths in organised violence, by month``."""
    stock = name in SERIES and SERIES[name].kind == "stock"
    how = f"mean of the {periods.unit}" if stock else f"by {periods.unit}"
    return f"{capital(words)}, {how}"


def _said(periods: Periods) -> list[str]:
    """How periods are called."""
    form = "%B %Y" if periods.unit == "month" else "%d %B %Y"
    return [f"{start.item():{form}}".lstrip("0") for start in periods.starts.astype("datetime64[D]")]


def _inside(tables: OutlookTables, times: np.ndarray) -> Sequence[tuple[np.datetime64, str]]:
    """Dated events of the scenario within a span of time."""
    first, last = times[[0, -1]].astype("datetime64[D]")
    return [(mark.day, mark.title) for mark in tables.marks if first <= mark.day <= last]
