"""Fan charts of national series: the middle of the runs and the bands around it, by month or week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.drawing import dates, style
from experiments.drawing.bands import band_key, draw_bands
from experiments.kit.numbers import short
from experiments.kit.words import capital, fighting, label
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
    form = (lambda v: f"{v:.2f}") if share else short
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
    title = panel.title.format(data.unit)
    ax.set_title(title, pad=9, fontsize=10 if len(title) < 34 else 8.5)
    inside = (
        ax.figure.bbox.width / ax.figure.dpi < style.PHONE + 1.0
    )  # on a phone the title needs the whole line
    ax.text(
        0.99 if inside else 1.0, 0.97 if inside else 1.045, f"at the end {_reading(bands, 1, panel.share)}",
        transform=ax.transAxes, ha="right", va="top" if inside else "bottom", fontsize=8, color=style.MUTED,
        path_effects=style.halo() if inside else None, zorder=6,
    )  # fmt: skip
    return bands


_ACTORS = {"front": style.GREEN, "pockets": style.ORANGE, "risings": style.SKY, "militia": style.PURPLE,
           "iskp": style.VERMILION, "government": style.BLUE}  # fmt: skip


def actor_panels(tables: OutlookTables) -> tuple[Panel, ...]:
    """Panels of the attacks and deaths of each actor that the ensemble holds."""
    made = []
    for name in (*fighting("attacks"), *fighting("deaths")):
        if name in tables.paths and np.quantile(tables.paths[name].values, 0.95, axis=0).max() > 0:
            colour = next((c for key, c in _ACTORS.items() if key in name), style.MUTED)
            said = label(name)
            made.append(Panel(name, capital(said), colour, flow=True))
    return tuple(made)


@style.styled
def fans(tables: OutlookTables, narrow: bool = False) -> Figure:
    """Small multiples of fan charts, one a series that the ensemble holds; one column for phones."""
    shown = [p for p in PANELS if p.series in tables.paths]
    told = (
        "Bands hold the given share of runs at each date; a single run is far more jagged than the median. "
        "Deaths: all organised violence, whole months. At the end: median and 90 % of runs. "
        + dates.key_to_events(tables.marks)
    )
    return _small_multiples(tables, shown, sentences.fans(tables), told, 1 if narrow else 2)


@style.styled
def actors(tables: OutlookTables, narrow: bool = False) -> Figure:
    """Who fights and who dies: a fan of the attacks or deaths of each actor; one column for phones."""
    told = (
        "Totals of whole months; who stays at nothing in 95 % of runs is left out. Each panel has its own "
        "scale. At the end: median and 90 % of runs. " + dates.key_to_events(tables.marks)
    )
    return _small_multiples(tables, actor_panels(tables), sentences.actors(tables), told, 1 if narrow else 2)


def _small_multiples(
    tables: OutlookTables, shown: Sequence[Panel], title: str, told: str, columns: int
) -> Figure:
    """Fans in a grid with one key."""
    rows = max(1, -(-len(shown) // columns))
    narrow = columns == 1
    figure = style.page(style.PHONE if narrow else 10.4, 2.1 * rows + (3.6 if narrow else 2.3))
    top = style.headline(figure, title, told)
    cells = style.grid(
        figure, rows, columns, top=top + 0.42, bottom=1.45 if narrow else 1.2, left=0.7, right=0.35, hgap=0.72,
        wgap=0.75,
    )  # fmt: skip
    for i, panel in enumerate(shown):
        draw_fan(figure.add_subplot(cells[i // columns, i % columns]), tables, panel, labels=True)
    band_key(figure, 0.75 if narrow else 0.6, columns=2 if narrow else 6)
    return figure
