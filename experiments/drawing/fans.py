"""Fan charts: the middle of the runs and the bands that hold half, four fifths and nineteen twentieths of
them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from experiments.drawing import dates, style
from experiments.outlook import sentences
from experiments.outlook.tables import OutlookTables
from experiments.stats.bands import Bands, Periods, gather, quantile_bands

BAND_STRENGTH = (0.62, 0.36, 0.17)
"""Strength of the tint of the 50, 80 and 95 % bands."""


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


def periods(values: np.ndarray, days: np.ndarray, flow: bool) -> Periods:
    """Days for a short run; else whole months for a flow and weekly means for a stock."""
    if days.size < 120:
        return gather(values, days, "day", "sum")
    return gather(values, days, "month", "sum").whole() if flow else gather(values, days, "week", "mean")


def draw_bands(ax: Axes, x: np.ndarray, bands: Bands, colour: str, steps: bool = False) -> None:
    """Widest band first, then the median line; `steps` draws totals of a period over its whole length."""
    how: Literal["post"] | None = "post" if steps else None
    for i in reversed(range(len(bands.levels))):
        ax.fill_between(
            x, bands.low[i], bands.high[i], color=style.tint(colour, BAND_STRENGTH[i]), linewidth=0, step=how,
            zorder=1.5, label=f"_{bands.levels[i]:.0%}",
        )  # fmt: skip
    ax.plot(
        x,
        bands.median,
        color=colour,
        zorder=3,
        drawstyle="steps-post" if steps else "default",
        label="_median",
    )


def _close(x: np.ndarray, data: Periods) -> tuple[np.ndarray, np.ndarray]:
    """Repeat the last period at its own end, so that steps cover it."""
    width = x[-1] - x[-2] if x.size > 1 else 1.0
    return np.append(x, x[-1] + width), np.column_stack([data.values, data.values[:, -1]])


def _reading(bands: Bands, low_high: int, share: bool) -> str:
    """`median 430 (80 %: 120–1,900)` at the last time."""
    form = (lambda v: f"{v:.2f}") if share else style.number
    middle, low, high = bands.median[-1], bands.low[low_high][-1], bands.high[low_high][-1]
    return f"{form(middle)}  ({form(low)}–{form(high)})"


def draw_fan(ax: Axes, tables: OutlookTables, panel: Panel, labels: bool) -> Bands:
    """One fan with winters, dated events and the last values in words; returns what was drawn."""
    data = periods(tables.series[panel.series], tables.dates, panel.flow)
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


def band_key(figure: Figure, height: float) -> None:
    """Key to the bands, in grey, at `height` inches from the bottom."""
    handles = [
        *(
            Patch(facecolor=style.tint(style.MUTED, s), label=f"{level} % of runs")
            for s, level in zip(BAND_STRENGTH, (50, 80, 95), strict=True)
        ),
        Line2D([], [], color=style.MUTED, label="median"),
        Patch(facecolor=style.WINTER, edgecolor=style.RULE, linewidth=0.6, label="winter, passes shut"),
    ]
    figure.legend(
        handles=handles, loc="center", ncols=5, bbox_to_anchor=(0.5, height / figure.get_figheight()),
        handlelength=1.6, columnspacing=1.8,
    )  # fmt: skip


@style.styled
def fans(tables: OutlookTables, panels: tuple[Panel, ...] = PANELS) -> Figure:
    """Small multiples of fan charts, one a series that the ensemble holds."""
    shown = [p for p in panels if p.series in tables.series]
    rows = max(1, (len(shown) + 1) // 2)
    figure = style.page(10.4, 2.1 * rows + 2.3)
    top = style.headline(
        figure, sentences.fans(tables),
        "Bands hold the given share of runs at each date; a single run is far more jagged than the median. "
        "Deaths: all organised violence, whole months. At the end: median and 80 % of runs. "
        + dates.key_to_events(tables.marks),
    )  # fmt: skip
    cells = style.grid(
        figure, rows, 2, top=top + 0.42, bottom=1.2, left=0.7, right=0.35, hgap=0.72, wgap=0.75
    )
    for i, panel in enumerate(shown):
        draw_fan(figure.add_subplot(cells[i // 2, i % 2]), tables, panel, labels=True)
    band_key(figure, 0.6)
    return figure
