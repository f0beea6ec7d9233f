"""The Panjshir valley as a line map: districts from the mouth to the passes, side valleys as branches."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.drawing import dates, style
from experiments.drawing.bands import draw_bands
from experiments.drawing.ground import Spots, layout
from experiments.outlook import sentences
from experiments.outlook.tables import Geography, OutlookTables
from experiments.stats.bands import gather, quantile_bands

_FLOOR_LINE, _SIDE_LINE = 7.0, 2.2


def _lines(ax: Axes, geography: Geography, where: Spots) -> None:
    """The road along the floor, thick; branches thin."""
    index = {p.name: i for i, p in enumerate(geography.valley)}
    for i, p in enumerate(geography.valley):
        if p.attaches_to not in index:
            continue
        j = index[p.attaches_to]
        wide = p.axis
        ax.plot(
            [where.x[j], where.x[i]], [where.y[j], where.y[i]], color=style.RULE if wide else style.FAINT,
            linewidth=_FLOOR_LINE if wide else _SIDE_LINE, solid_capstyle="round", zorder=1 if wide else 1.5,
        )  # fmt: skip


def _nodes(ax: Axes, geography: Geography, where: Spots, held: np.ndarray | None, norm: Normalize) -> None:
    """A dot a place, coloured by the share of time that the front holds it, with the number inside."""
    for i, p in enumerate(geography.valley):
        floor = p.kind == "floor"
        face = style.MAP(norm(held[i])) if held is not None else style.GROUND
        ax.scatter(where.x[i], where.y[i], s=560 if floor else 270, color=[face], edgecolors=style.INK,
                   linewidths=1.3 if floor else 0.8, zorder=3)  # fmt: skip
        if held is not None:
            dark = norm(held[i]) > 0.45
            ax.text(where.x[i], where.y[i], f"{100 * held[i]:.0f}", ha="center", va="center_baseline",
                    zorder=4, fontsize=8 if floor else 7, color="white" if dark else style.INK)  # fmt: skip
        if not floor:
            lift = 0.17 if where.up[i] else -0.17
            ax.text(where.x[i], where.y[i] + lift, p.name, rotation=38, fontsize=7.8, rotation_mode="anchor",
                    ha="left" if where.up[i] else "right", va="bottom" if where.up[i] else "top")  # fmt: skip
        else:
            last = p.axis and where.x[i] >= where.x.max() - 1.0 - 1e-9  # the passes leave on its right
            beside = -0.3 if last else 0.3
            ax.text(where.x[i] + beside, where.y[i] + (0.07 if p.axis else 0.0), p.name, fontsize=9.5,
                    weight="bold", ha="right" if last else "left", va="bottom" if p.axis else "center",
                    zorder=5, path_effects=style.halo(3))  # fmt: skip


def _exits(ax: Axes, geography: Geography, where: Spots) -> None:
    """Ways out of the valley: the gorge at the mouth and the passes, with the days that snow shuts them."""
    index = {p.name: i for i, p in enumerate(geography.valley)}
    right, left = where.x.max() + 0.75, where.x.min() - 0.75
    for kind, x, side in (("gorge", left, "right"), ("pass", right, "left")):
        links = [link for link in geography.links if link.kind == kind]
        for k, link in enumerate(links):
            inside, outside = (link.a, link.b) if link.a in index else (link.b, link.a)
            y = 0.36 * ((len(links) - 1) / 2.0 - k)
            start = index[inside]
            if geography.valley[start].axis:
                ax.plot([where.x[start], x], [0, y], color=style.FAINT, linewidth=1.0, zorder=0.5)
            ax.scatter(
                x, y, marker="^" if kind == "pass" else "s", s=42, color=style.MUTED, zorder=3, linewidths=0
            )
            shut = f", shut {_day(link.closes)} – {_day(link.opens)}" if link.closes else ""
            origin = "" if geography.valley[start].axis else f" (from {inside})"
            ax.text(x + (0.16 if side == "left" else -0.16), y, f"{link.name}{origin}\n→ {outside}{shut}",
                    fontsize=7.2, ha=side, va="center", color=style.MUTED, linespacing=1.15)  # fmt: skip


def _day(month_day: str) -> str:
    """`11-15` -> `15 Nov`."""
    return dates.in_words(np.datetime64(f"2001-{month_day}"))[:-5]


def _over_time(ax: Axes, tables: OutlookTables, name: str, title: str, colour: str) -> None:
    data = gather(
        tables.series[name],
        tables.dates,
        "week" if tables.days >= 120 else "day",
        "mean" if tables.days >= 120 else "sum",
    )
    x = dates.numbers(data.starts)
    bands = quantile_bands(data.values, x)
    draw_bands(ax, x, bands, colour)
    some = (data.values > 0).mean(axis=0)
    dates.dated(ax, tables.dates)
    dates.winters(ax, tables.dates)
    ax.set_ylim(0, max(1.0, float(bands.high[-1].max()) * 1.1))
    ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    ax.set_title(title, fontsize=9.5)
    ax.text(1.0, 1.03, f"some held at the end: {100 * some[-1]:.0f} % of runs", transform=ax.transAxes,
            ha="right", fontsize=8, color=style.MUTED)  # fmt: skip


_BELOW = (
    ("districts_held", "Districts held by the front", style.GREEN),
    ("valleys_held", "Side valleys held by the front", style.BLUE),
)


@style.styled
def valley(tables: OutlookTables) -> Figure:
    """The line map of the valley by time held, and below it districts and side valleys held over time.

    Without `valley_held` the places are drawn plain: the map then shows the ground alone.
    """
    below = [row for row in _BELOW if row[0] in tables.series]
    columns = max(1, len(below))
    figure = style.page(10.4, 7.4 if below else 5.6)
    held = None if tables.valley_held is None else tables.valley_held.mean(axis=0)
    what = "Numbers and colour: per cent of the time that the resistance front holds a place, mean of runs. "
    top = style.headline(
        figure, sentences.valley(tables),
        (what if held is not None else "") + "Large dots: districts on the valley floor; small dots: side "
        "valleys. Not to scale; sides are not banks. Below: median and bands of 50 and 90 % of runs.",
    )  # fmt: skip
    ratios = {"height_ratios": (2.6, 1)} if below else {}
    cells = style.grid(
        figure, 2 if below else 1, columns, top=top + 0.15, bottom=0.85, left=0.55, right=0.35, hgap=0.75,
        wgap=0.6, **ratios,
    )  # fmt: skip
    ax = figure.add_subplot(cells[0, :])
    _line_map(figure, ax, tables.geography, held)
    for column, (name, title, colour) in enumerate(below):
        _over_time(figure.add_subplot(cells[1, column]), tables, name, title, colour)
    return figure


def _line_map(figure: Figure, ax: Axes, geography: Geography, held: np.ndarray | None) -> None:
    """Lines, nodes and ways out, with the key to the colours."""
    where = layout(geography.valley)
    most = max(0.05, float(held.max())) if held is not None else 1.0
    norm = Normalize(0.0, most)
    _lines(ax, geography, where)
    _nodes(ax, geography, where, held, norm)
    _exits(ax, geography, where)
    west, east = float(where.x.min()), float(where.x.max())
    span = east - west
    ax.set(xlim=(west - 0.2 * span - 0.6, east + 0.29 * span + 1.2), ylim=(-1.75, 1.9), xticks=[], yticks=[])
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    side: Any = {"fontsize": 8.5, "color": style.MUTED, "style": "italic"}
    across = ax.get_yaxis_transform()
    ax.text(0.01, -0.75, "mouth, south-west", ha="left", transform=across, **side)
    ax.text(0.99, 1.15, "head, north-east", ha="right", transform=across, **side)
    if held is not None:
        key = ax.inset_axes((0.845, 0.1, 0.14, 0.03))
        bar = figure.colorbar(ScalarMappable(norm, style.MAP), cax=key, orientation="horizontal")
        bar.outline.set_visible(False)
        bar.set_ticks([0.0, most], labels=["0 %", f"{100 * most:.0f} %"])
        key.tick_params(labelsize=7.5, length=2, pad=2)
        key.set_title("time held by the front", fontsize=8, weight="normal", color=style.MUTED, pad=3)
