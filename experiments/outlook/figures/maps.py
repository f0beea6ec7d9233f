"""Maps of the provinces: where people die, where pockets are, where Kabul has lost control."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PolyCollection
from matplotlib.colors import Normalize, PowerNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from experiments.drawing import labels, style
from experiments.outlook import sentences
from experiments.outlook.tables import Geography, OutlookTables
from experiments.stats.regions import ByProvince, by_province

_APART = 0.17  # of the length of a colour bar
_LEAST_SHARE = 0.0005
_NAMED = 4
LISTED = 8
"""Provinces in the list below each map."""


@dataclass(frozen=True)
class MapPanel:
    """One map: heading, unit of the colour bar, what is drawn, and whether it is a share."""

    title: str
    unit: str
    data: ByProvince
    share: bool = False


def panels(tables: OutlookTables) -> list[MapPanel]:
    """The maps that the ensemble has data for: provinces are recorded by whole weeks."""
    out: list[MapPanel] = []
    if not tables.weeks.size:
        return out
    if "deaths" in tables.places:
        yearly = by_province(tables.places["deaths"], 365.25 / (7 * tables.weeks.size))
        out.append(MapPanel("Deaths", "deaths a year, mean of runs", yearly))
    if "pockets" in tables.places:
        out.append(
            MapPanel("Armed pockets", "pockets at a time, mean", by_province(tables.places["pockets"]))
        )
    held = tables.places.get("control_by_province")
    if held is not None:
        lost = by_province(1.0 - np.asarray(held))
        out.append(MapPanel("Out of Kabul's control", "share of the time, mean of runs", lost, share=True))
    return out


def country(ax: Axes, geography: Geography) -> None:
    """A bare panel in the country's proportions (degrees of longitude shrunk at its latitude)."""
    points = np.concatenate([ring for rings in geography.rings for ring in rings])
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    pad = 0.02 * (east - west)
    ax.set(xlim=(west - pad, east + pad), ylim=(south - pad, north + pad), xticks=[], yticks=[])
    ax.set_aspect(1.0 / np.cos(np.radians((south + north) / 2.0)))
    ax.grid(visible=False)
    for side in ax.spines.values():
        side.set_visible(False)


def draw_provinces(
    ax: Axes, geography: Geography, colours: np.ndarray | str, edge: str = style.FAINT
) -> PolyCollection:
    """All outlines filled with one colour each (or one for all)."""
    rings = [ring for province in geography.rings for ring in province]
    owner = np.repeat(np.arange(len(geography.rings)), [len(r) for r in geography.rings])
    faces = colours if isinstance(colours, str) else np.asarray(colours)[owner]
    shapes = PolyCollection(rings, facecolors=faces, edgecolors=edge, linewidths=0.5)
    ax.add_collection(shapes)
    return shapes


def outline_panjshir(ax: Axes, geography: Geography) -> None:
    """A dark line around Panjshir, on every map."""
    if "Panjshir" in geography.provinces:
        rings = geography.rings[geography.provinces.index("Panjshir")]
        ax.add_collection(
            PolyCollection(
                list(rings), facecolors="none", edgecolors=style.VERMILION, linewidths=1.1, zorder=3
            )
        )


def _norm(panel: MapPanel) -> Normalize:
    """From zero to the greatest value; by the square root where one province would drown the rest."""
    top = max(float(panel.data.mean.max()), 0.01 if panel.share else 1e-9)
    skewed = float(np.median(panel.data.mean)) < 0.25 * top
    return PowerNorm(0.5, 0.0, top) if skewed else Normalize(0.0, top)


def _label_top(ax: Axes, geography: Geography, data: ByProvince) -> None:
    """Names of the provinces with most of it, beside them where they are too small or too close."""
    top = [i for i in data.top(_NAMED) if data.mean[i] > 0]
    rings = [np.concatenate(geography.rings[i]) for i in top]
    extents = np.array([ring.max(axis=0) - ring.min(axis=0) for ring in rings]).reshape(-1, 2)
    labels.place(ax, geography.centres[top], [geography.provinces[i] for i in top], extents=extents)


def _list(ax: Axes, geography: Geography, panel: MapPanel, norm: Normalize) -> None:
    """The provinces with most of it: mean over runs as a dot, 90 % of runs as a line."""
    data = panel.data
    order = data.top(min(LISTED, len(geography.provinces)))
    rows = np.arange(order.size)
    scale = 100.0 if panel.share else 1.0
    ax.hlines(
        rows, scale * data.low[order], scale * data.high[order], color=style.FAINT, linewidth=2.2, zorder=2
    )
    ax.scatter(
        scale * data.mean[order], rows, s=34, c=style.MAP(norm(data.mean[order])), zorder=3,
        edgecolors=style.INK, linewidths=0.7,
    )  # fmt: skip
    names = [f"{geography.provinces[i]}" for i in order]
    ax.set_yticks(rows, names, fontsize=8, color=style.INK)
    for label, i in zip(ax.get_yticklabels(), order, strict=True):
        label.set_fontweight("bold" if geography.provinces[i] == "Panjshir" else "normal")
    ax.set_ylim(order.size - 0.4, -0.6)
    ax.set_xlim(left=0)
    ax.xaxis.set_major_locator(MaxNLocator(4))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g} %" if panel.share else f"{v:,g}"))
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    ax.spines["left"].set_visible(False)
    ax.set_title(
        f"Highest {order.size}: mean, and 90 % of runs", fontsize=8.5, weight="normal", color=style.MUTED
    )


def _colour_bar(figure: Figure, ax: Axes, panel: MapPanel, norm: Normalize) -> None:
    bar_ax = ax.inset_axes((0.06, -0.09, 0.88, 0.045))
    bar = figure.colorbar(ScalarMappable(norm, style.MAP), cax=bar_ax, orientation="horizontal")
    ticks = np.asarray(MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(0.0, float(norm.vmax or 1.0)))
    ticks = ticks[(ticks >= 0) & (ticks <= float(norm.vmax or 1.0) * 1.0001)]
    shown = _apart(ticks, norm)
    bar.set_ticks(shown, labels=[f"{100 * t:.3g} %" if panel.share else f"{t:,g}" for t in shown])
    bar.outline.set_visible(False)
    bar_ax.tick_params(labelsize=7.5, length=2, pad=2)
    bar_ax.set_xlabel(panel.unit, fontsize=8, color=style.MUTED, labelpad=2)


def _apart(ticks: np.ndarray, norm: Normalize) -> list[float]:
    """The ticks whose words do not run into each other: the last, and those far enough below it and one another."""
    kept: list[float] = []
    for tick in ticks[::-1]:
        if not kept or norm(kept[-1]) - norm(tick) >= _APART:
            kept.append(float(tick))
    return kept[::-1]


def _draw(figure: Figure, ax: Axes, below: Axes, geography: Geography, panel: MapPanel) -> None:
    """One map with its colour bar and its list; words instead of them where there is nothing to see."""
    norm = _norm(panel)
    room = 0.75 / figure.get_figwidth()  # the lists need room for names on their left; the maps may use it
    box = ax.get_position()
    ax.set_position((box.x0 - room, box.y0, box.width + room, box.height))
    country(ax, geography)
    draw_provinces(ax, geography, style.MAP(norm(panel.data.mean)))
    outline_panjshir(ax, geography)
    ax.set_title(panel.title)
    if panel.data.mean.max() > (_LEAST_SHARE if panel.share else 0.0):
        _label_top(ax, geography, panel.data)
        _colour_bar(figure, ax, panel, norm)
        _list(below, geography, panel, norm)
        return
    below.set_axis_off()
    nothing = "Nowhere, in no run."
    if panel.share:
        nothing = f"In no province for as much as {100 * _LEAST_SHARE:g} %\nof the time, in the mean of runs."
    below.text(0.0, 0.95, nothing, transform=below.transAxes, color=style.MUTED, va="top")


@style.styled
def maps(tables: OutlookTables, narrow: bool = False) -> Figure:
    """Choropleths of the provinces side by side (below each other on phones), each with the list of the highest."""
    shown = panels(tables)
    figure = style.page(style.PHONE, 2.2 + 5.6 * len(shown)) if narrow else style.page(10.4, 6.3)
    top = style.headline(
        figure, sentences.provinces(tables),
        "Means over all runs and their whole weeks (darker is more); the lists show how far runs differ. "
        "Panjshir is outlined in red. Outlines: Natural Earth.",
    )  # fmt: skip
    if narrow:
        cells = style.grid(
            figure, 2 * len(shown), 1, top=top + 0.35, bottom=0.85, left=1.1, right=0.3, hgap=0.95
        )
        for row, panel in enumerate(shown):
            above, below = (figure.add_subplot(cells[2 * row + k, 0]) for k in (0, 1))
            _draw(figure, above, below, tables.geography, panel)
        return figure
    cells = style.grid(
        figure, 2, max(1, len(shown)), top=top + 0.35, bottom=0.85, left=0.95, right=0.3, hgap=0.95,
        wgap=0.98, height_ratios=(1.3, 1),
    )  # fmt: skip
    for column, panel in enumerate(shown):
        above, below = (figure.add_subplot(cells[row, column]) for row in (0, 1))
        _draw(figure, above, below, tables.geography, panel)
    return figure
