"""Arms on the move: the supply network by half-year, and its main routes by month."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize, PowerNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from experiments.drawing import labels, style
from experiments.kit.numbers import short
from experiments.outlook import sentences
from experiments.outlook.figures.maps import country, draw_provinces, outline_panjshir
from experiments.outlook.tables import ROUTE_UNIT, Geography, OutlookTables, Route
from experiments.stats.seasonality import half_years, totals

LISTED = 10
"""Routes named on the map and in the strip."""

_STATES = {
    "Pakistan": (68.9, 31.2), "Iran": (60.7, 32.9), "Turkmenistan": (62.6, 36.2), "Uzbekistan": (66.6, 37.75),
    "Tajikistan": (69.6, 38.0), "China": (75.2, 37.3),
}  # fmt: skip
"""Towards where a border crossing leaves the country (longitude, latitude): for the drawing alone."""

_MOUTH, _HEAD = (69.36, 35.22), (70.0, 35.62)
"""Ends of the valley floor on the national map (district points of OCHA/AGCHO 2018, rounded)."""

_MONTHS = "JFMAMJJASOND"
_SHAPE = 1.45  # width over height of a map panel


def positions(geography: Geography) -> tuple[np.ndarray, np.ndarray]:
    """Both ends of every route on the map, float ``(route, 2)`` each.

    Provinces at their centre, valley places along the line from the mouth to the head, a border crossing at
    the point of the province's outer boundary nearest to the neighbour.
    """
    known = {name: geography.centres[i] for i, name in enumerate(geography.provinces)}
    orders = [p.order for p in geography.valley] or [0]
    for place in geography.valley:
        known[place.name] = np.array(_MOUTH) + (np.array(_HEAD) - np.array(_MOUTH)) * place.order / max(
            1, *orders, 1
        )
    outer = _outer_points(geography)
    a = np.array([known[link.a] for link in geography.links]).reshape(-1, 2)
    b = np.array([_far_end(link, known, outer) for link in geography.links]).reshape(-1, 2)
    return a, b


def _far_end(link: Route, known: dict[str, np.ndarray], outer: dict[str, np.ndarray]) -> np.ndarray:
    """Where a route ends: a known place, or just outside the country towards the neighbour state."""
    if link.b in known:
        return known[link.b]
    towards = np.array(_STATES.get(link.b, known[link.a]))
    points = outer.get(link.a)
    if points is None or not points.size:
        return towards
    edge = points[np.argmin(np.hypot(*(points - towards).T))]
    out = edge - known[link.a]
    return edge + 0.35 * out / max(1e-9, float(np.hypot(*out)))


def _outer_points(geography: Geography) -> dict[str, np.ndarray]:
    """Vertices of each province that no other shares: the border of the country (shared edges are exact)."""
    seen: dict[tuple[float, float], set[int]] = {}
    for i, rings in enumerate(geography.rings):
        for ring in rings:
            for x, y in ring:
                seen.setdefault((float(x), float(y)), set()).add(i)
    out: dict[int, list[tuple[float, float]]] = {}
    for point, owners in seen.items():
        if len(owners) == 1:
            out.setdefault(next(iter(owners)), []).append(point)
    return {geography.provinces[i]: np.array(points) for i, points in out.items()}


def frame(tables: OutlookTables, top: np.ndarray) -> tuple[float, float, float, float]:
    """West, east, south, north of the map: the routes that carry a tenth of the first or more, with room
    around, in the shape of the panel."""
    a, b = positions(tables.geography)
    if tables.routes is not None and top.size:
        carried = totals(tables.routes, tables.weeks)[top]
        top = top[carried >= 0.1 * carried[0]]
    points = np.concatenate([a[top], b[top]]) if top.size else tables.geography.centres
    stretch = np.cos(np.radians(float(points[:, 1].mean())))
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    width, height = (east - west) * stretch + 1.0, (north - south) + 0.8
    width, height = max(width, _SHAPE * height, 3.0), max(height, width / _SHAPE, 3.0 / _SHAPE)
    middle, level = (west + east) / 2.0, (south + north) / 2.0
    across = width / stretch / 2.0
    return middle - across, middle + across, level - height / 2.0, level + height / 2.0


def _network(
    ax: Axes, tables: OutlookTables, mean: np.ndarray, norm: Normalize, top: np.ndarray, title: str
) -> None:
    """One half-year: every route as a line, wider and darker the more it carries; the main ones numbered."""
    country(ax, tables.geography)
    west, east, south, north = frame(tables, top)
    ax.set(xlim=(west, east), ylim=(south, north))
    draw_provinces(ax, tables.geography, style.GROUND, edge="white")
    outline_panjshir(ax, tables.geography)
    _names(ax, tables.geography)
    a, b = positions(tables.geography)
    strength = np.asarray(norm(mean), float)
    order = np.argsort(mean)
    lines = np.stack([a, b], axis=1)[order]
    ax.add_collection(LineCollection(list(lines), colors=[style.RULE], linewidths=0.6, zorder=2))
    ax.add_collection(LineCollection(
        list(lines), colors=style.MAP(np.maximum(0.35, strength[order])), zorder=3, capstyle="round",
        linewidths=np.where(mean[order] > 0, 0.4 + 6.0 * strength[order], 0.0), label="_flow",
    ))  # fmt: skip
    for rank, i in enumerate(top, start=1):
        if mean[i] > 0:
            x, y = (a[i] + b[i]) / 2.0
            disc = {"boxstyle": "circle,pad=0.15", "facecolor": style.VERMILION, "edgecolor": "none"}
            ax.text(x, y, str(rank), fontsize=6.5, color="white", weight="bold", ha="center", va="center",
                    zorder=5, bbox=disc, clip_on=True)  # fmt: skip
    ax.set_title(title, pad=19)
    ax.text(
        0.0,
        1.01,
        _through(tables, mean),
        transform=ax.transAxes,
        fontsize=8.5,
        color=style.MUTED,
        va="bottom",
    )


def _names(ax: Axes, geography: Geography) -> None:
    """Provinces in grey, Panjshir and its neighbourhood first; none where there is no room."""
    heart = np.array(_HEAD)
    order = np.argsort(np.hypot(*(geography.centres - heart).T), kind="stable")
    labels.place_some(ax, geography.centres[order], [geography.provinces[i] for i in order], 6.8, style.MUTED)


def _through(tables: OutlookTables, mean: np.ndarray) -> str:
    """What crosses the borders and the valley's gates: cuts of the network, so no load counts twice."""
    kinds = np.array([link.kind for link in tables.geography.links])
    borders, gates = mean[kinds == "border"].sum(), mean[np.isin(kinds, ("pass", "gorge"))].sum()
    return (
        f"over the borders {short(float(borders))}, in and out of Panjshir {short(float(gates))} {ROUTE_UNIT}"
    )


def _strip(figure: Figure, ax: Axes, tables: OutlookTables, top: np.ndarray, by_month: np.ndarray) -> None:
    """Rows: the main routes; columns: months; colour: mean flow; hatched frames: shut or narrowed by snow."""
    shown = by_month[:, top].T
    high = float(np.nanmax(shown)) if np.isfinite(shown).any() else 0.0
    norm = PowerNorm(0.5, 0.0, max(high, 1e-9))
    ax.imshow(np.ma.masked_invalid(shown), aspect="auto", cmap=style.MAP, norm=norm, interpolation="nearest")
    for row, i in enumerate(top):
        for start, stop in _shut_months(tables.geography.links[i]):
            ax.add_patch(Rectangle((start - 0.5, row - 0.5), stop - start, 1.0, fill=False, hatch="////",
                                   edgecolor=style.MUTED, linewidth=0.0, alpha=0.55))  # fmt: skip
    names = [f"{k}  {_route_name(tables.geography.links[i])}" for k, i in enumerate(top, start=1)]
    ax.set_yticks(np.arange(top.size), names, fontsize=8, color=style.INK)
    ax.set_xticks(np.arange(12), list(_MONTHS))
    ax.tick_params(length=0)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    ax.set_yticks(np.arange(-0.5, top.size), minor=True)
    ax.set_xticks(np.arange(-0.5, 12), minor=True)
    ax.grid(which="minor", axis="both", color="white", linewidth=1.2)
    ax.tick_params(which="minor", length=0)
    ax.set_title("Main routes by month of the year (hatched: shut or narrowed by snow)", fontsize=9.5)
    bar = figure.colorbar(ScalarMappable(norm, style.MAP), cax=ax.inset_axes((1.02, 0.0, 0.015, 1.0)))
    bar.outline.set_visible(False)
    ticks = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(0.0, high)
    shown_ticks = [float(t) for t in ticks if 0 <= t <= high * 1.0001]
    bar.set_ticks(shown_ticks, labels=[f"{t:g}" for t in shown_ticks])
    bar.set_label(f"{ROUTE_UNIT}, mean", fontsize=8, color=style.MUTED)


def _route_name(link: Route) -> str:
    """A route's own name, with its ends where the name does not hold them."""
    ends = f"{link.a} – {link.b}"
    return ends if link.a in link.name and link.b in link.name else f"{link.name} ({ends})"


def _shut_months(link: Route) -> list[tuple[float, float]]:
    """Spans of the snow on an axis on which January is centred at 0: (start, stop), split at the new year."""
    if not link.closes or not link.opens:
        return []
    start, stop = (int(d[:2]) - 1 + (int(d[3:]) - 1) / 31.0 for d in (link.closes, link.opens))
    return [(start, stop)] if start < stop else [(start, 12.0), (0.0, stop)]


def main_routes(carried: np.ndarray, links: tuple[Route, ...]) -> np.ndarray:
    """Indices of the routes that carry most, float ``(routes,)``, in that order; none that carries nothing, no
    path inside the valley."""
    total = np.array(carried, dtype=float)
    total[[link.kind == "valley" for link in links]] = 0.0
    top = np.argsort(-total, kind="stable")[:LISTED]
    return top[total[top] > 0]


@style.styled
def flows(tables: OutlookTables) -> Figure:
    """The network on the map in summer and in winter, and a strip of the main routes by month."""
    figure = style.page(10.4, 8.1)
    links = tables.geography.links
    flow = tables.routes if tables.routes is not None else np.zeros((12, len(links)))
    above = style.headline(
        figure, sentences.flows(tables),
        f"Arms and ammunition that get through, {ROUTE_UNIT} in the mean of runs. Wider and darker lines carry more "
        "(the same scale on both maps); numbers name the main routes below. Stubs cross the border; paths inside the "
        "valley are drawn but not ranked.",
    )  # fmt: skip
    cells = style.grid(
        figure, 2, 2, top=above + 0.5, bottom=0.85, left=0.3, right=0.3, hgap=0.65, wgap=0.3,
        height_ratios=(1.55, 1),
    )  # fmt: skip
    halves = [np.nan_to_num(half) for half in half_years(flow, tables.weeks)]
    norm = PowerNorm(0.6, 0.0, max(1e-9, *(float(h.max()) for h in halves)))
    top = main_routes(totals(flow, tables.weeks), links)
    for column, (mean, title) in enumerate(
        zip(halves, ("April to September", "October to March"), strict=True)
    ):
        _network(figure.add_subplot(cells[0, column]), tables, mean, norm, top, title)
    strip = figure.add_subplot(cells[1, :])
    names = [_route_name(links[i]) for i in top]
    box, right = strip.get_position(), 0.85 / 10.4
    left = min(5.0, 0.55 + 0.061 * max((len(n) for n in names), default=0)) / 10.4
    strip.set_position((left, box.y0, 1.0 - left - right, box.height))
    if top.size:
        _strip(figure, strip, tables, top, flow)
    else:
        strip.set_axis_off()
        strip.text(0.0, 0.9, "No route carried any arms in any run.", transform=strip.transAxes)
    return figure
