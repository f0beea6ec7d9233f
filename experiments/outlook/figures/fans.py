"""Fan charts of national series: the middle of the runs and the bands around it, by month or week."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.drawing import dates, style
from experiments.drawing.bands import band_key, draw_bands
from experiments.outlook import sentences
from experiments.outlook.tables import OutlookTables
from experiments.stats.bands import Bands, Periods, quantile_bands


@dataclass(frozen=True)
class Panel:
    """One panel: a national series, its heading (`{}` stands for the period of a flow), colour, and kind."""

    series: str
    title: str
    colour: str
    flow: bool = False
    share: bool = False


PANELS = (
    Panel("front_fighters", "Fighters of the resistance front", style.GREEN),
    Panel("pocket_fighters", "Fighters in armed pockets", style.ORANGE),
    Panel("deaths", "Deaths a {}", style.VERMILION, flow=True),
    Panel("pockets", "Armed pockets in the country", style.ORANGE),
    Panel("services", "Public services (0 to 1)", style.BLUE, share=True),
    Panel("grievance", "Grievance of communities (0 to 1)", style.PURPLE, share=True),
)


def _close(x: np.ndarray, data: Periods) -> tuple[np.ndarray, np.ndarray]:
    """Repeat the last period at its own end, so that steps cover it."""
    width = x[-1] - x[-2] if x.size > 1 else 1.0
    return np.append(x, x[-1] + width), np.column_stack([data.values, data.values[:, -1]])


def _reading(bands: Bands, low_high: int, share: bool) -> str:
    """`median 430 (90 %: 120–1,900)` at the last time."""
    form = (lambda v: f"{v:.2f}") if share else style.number
    middle, low, high = bands.median[-1], bands.low[low_high][-1], bands.high[low_high][-1]
    return f"{form(middle)}  ({form(low)}–{form(high)})"


def draw_fan(ax: Axes, tables: OutlookTables, panel: Panel, labels: bool) -> Bands:
    """One fan with winters, dated events and the last values in words; returns what was drawn."""
    data = tables.paths[panel.series]
    x, values = dates.numbers(data.starts), data.values
    steps = panel.flow and data.unit == "month" and x.size > 0
    if steps:
        x, values = _close(x, data)
    bands = quantile_bands(values, x)
    draw_bands(ax, x, bands, panel.colour, steps)
    dates.dated(ax, tables.dates, labels)
    dates.winters(ax, tables.dates)
    dates.mark_events(ax, tables.marks)
    top = float(bands.high[-1].max())
    ax.set_ylim(0, max(1.0, top * 1.06) if not panel.share else min(1.02, max(0.1, top * 1.1)))
    ax.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10], integer=not panel.share and top > 3))
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}" if v == round(v) and not panel.share else f"{v:g}")
    ax.set_title(panel.title.format(data.unit), pad=9)
    ax.text(
        1.0, 1.045, f"at the end {_reading(bands, 1, panel.share)}", transform=ax.transAxes, ha="right",
        va="bottom", fontsize=8, color=style.MUTED,
    )  # fmt: skip
    return bands


@style.styled
def fans(tables: OutlookTables, panels: tuple[Panel, ...] = PANELS) -> Figure:
    """Small multiples of fan charts, one a series that the ensemble holds."""
    shown = [p for p in panels if p.series in tables.paths]
    rows = max(1, (len(shown) + 1) // 2)
    figure = style.page(10.4, 2.1 * rows + 2.3)
    top = style.headline(
        figure, sentences.fans(tables),
        "Bands hold the given share of runs at each date; a single run is far more jagged than the median. "
        "Deaths: all organised violence, whole months. At the end: median and 90 % of runs. "
        + dates.key_to_events(tables.marks),
    )  # fmt: skip
    cells = style.grid(
        figure, rows, 2, top=top + 0.42, bottom=1.2, left=0.7, right=0.35, hgap=0.72, wgap=0.75
    )
    for i, panel in enumerate(shown):
        draw_fan(figure.add_subplot(cells[i // 2, i % 2]), tables, panel, labels=True)
    band_key(figure, 0.6)
    return figure
