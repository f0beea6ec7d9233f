"""Figures of sweeps: an outcome at every point, along one swept parameter, and over two.

All take plain arrays; one entry a run is the unit of every interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure
from scipy.ndimage import gaussian_filter1d

from experiments.drawing import style
from experiments.drawing.bands import draw_bands
from experiments.kit.numbers import short
from experiments.kit.words import ending
from experiments.stats.bands import Bands
from experiments.stats.intervals import RANGE, half_width, wilson

_LEVELS = (0.5, 0.9)
CONTOURS = (0.1, 0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True)
class Quantity:
    """What is drawn: `name` in words, `unit` ("" for a pure number), and whether values are shares or
    chances."""

    name: str
    unit: str = ""
    share: bool = False

    @property
    def label(self) -> str:
        """Axis label with its unit."""
        return f"{self.name} ({self.unit})" if self.unit else self.name

    def tick(self, value: float) -> str:
        """A tick label in the outcome's unit."""
        return f"{100 * value:.0f} %" if self.share else f"{value:,g}"

    def say(self, value: float) -> str:
        """A value in a sentence."""
        return f"{100 * value:.0f} %" if self.share else short(value)


def each(runs: Sequence[int] | np.ndarray, what: str) -> str:
    """`300 runs a point`, or `120 to 300 runs a point` where they differ."""
    low, high = int(np.min(runs)), int(np.max(runs))
    return f"{low:,} runs {what}" if low == high else f"{low:,} to {high:,} runs {what}"


def known(values: np.ndarray) -> np.ndarray:
    """The values that are known: float ``(k,)`` without nan."""
    out = np.asarray(values, float).ravel()
    return out[~np.isnan(out)]


def density(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Smoothed density over equal bins `edges` float ``(k + 1,)`` -> float ``(k,)``: a histogram under a Gaussian of
    Silverman's width, reflected at both ends so that nothing leaks below zero."""
    counts, _ = np.histogram(values, edges)
    spread = min(
        float(np.std(values)), float(np.subtract(*np.quantile(values, [0.75, 0.25]))) / 1.349 or np.inf
    )
    width = max(0.9 * spread * values.size**-0.2 / (edges[1] - edges[0]), 0.8)
    return (
        gaussian_filter1d(counts.astype(float), width, mode="reflect")
        / max(1, values.size)
        / (edges[1] - edges[0])
    )


def _skewed(groups: Sequence[np.ndarray]) -> bool:
    """Whether a few runs would flatten all others on a plain scale (then draw by order of magnitude)."""
    pool = np.concatenate(groups)
    return bool(
        pool.min() >= 0 and np.quantile(pool, 0.975) > 20 * max(np.median(pool), 1e-9) and pool.max() > 20
    )


@style.styled
def ridgelines(groups: Sequence[np.ndarray], labels: Sequence[str], outcome: Quantity) -> Figure:
    """Distribution of one outcome at every point: `groups[i]` float ``(runs,)``, nan left out; `labels[i]` its
    point.

    Dot: median; line: 90 % of runs.
    """
    clean = [known(g) for g in groups]
    log = _skewed(clean)
    moved = [np.log10(1.0 + g) if log else g for g in clean]
    medians = [float(np.median(g)) if g.size else float("nan") for g in clean]
    figure = style.page(10.4, 2.2 + 0.62 * len(moved))
    low, high = outcome.say(float(np.nanmin(medians))), outcome.say(float(np.nanmax(medians)))
    top = style.headline(
        figure, f"{outcome.name} by point: medians from {low} to {high}",
        "Each ridge is the distribution over runs at one point "
        f"({each([g.size for g in clean], 'a point')}). "
        f"Dot: median; line: 90 % of runs.{' The scale goes by orders of magnitude.' if log else ''}",
    )  # fmt: skip
    ax = figure.add_subplot(style.grid(figure, 1, 1, top=top + 0.45, bottom=1.0, left=2.6, right=0.5)[0])
    _ridges(ax, moved)
    ax.set_yticks(-np.arange(len(moved)), list(labels), color=style.INK, va="bottom")
    ax.set_xlabel(outcome.label)
    ax.xaxis.set_major_formatter(lambda v, _: outcome.tick(round(10**v - 1.0)) if log else outcome.tick(v))
    ax.grid(axis="x", visible=True)
    ax.spines["left"].set_visible(False)
    return figure


def _ridges(ax: Axes, groups: list[np.ndarray]) -> None:
    """All ridges on one scale of density, from the top down."""
    pool = np.concatenate([g for g in groups if g.size])
    low, high = float(pool.min()), float(np.quantile(pool, 0.995))
    low = 0.0 if 0.0 <= low < 0.25 * high else low
    edges = np.linspace(low, high if high > low else low + 1.0, 161)
    shapes = [density(g, edges) if g.size else np.zeros(160) for g in groups]
    scale = 1.35 / (max(float(s.max()) for s in shapes) or 1.0)
    middle = (edges[1:] + edges[:-1]) / 2.0
    for row, (g, shape) in enumerate(zip(groups, shapes, strict=True)):
        _ridge(ax, -row, middle, shape * scale, g)
    ax.set_xlim(edges[0], edges[-1])
    ax.set_ylim(-len(groups) + 0.75, max(0.5, 1.05 * scale * float(shapes[0].max())))


def _ridge(ax: Axes, base: float, x: np.ndarray, height: np.ndarray, values: np.ndarray) -> None:
    order = 10 - base
    ax.fill_between(x, base, base + height, color=style.tint(style.BLUE, 0.45), linewidth=0, zorder=order)
    ax.plot(x, base + height, color=style.BLUE, linewidth=1.2, zorder=order)
    if values.size:
        low, mid, high = np.quantile(values, RANGE)
        above = 1000  # over every ridge: none may hide the line of another
        ax.plot(
            [low, high], [base, base], color=style.INK, linewidth=1.6, zorder=above, solid_capstyle="butt"
        )
        ax.plot(
            [mid], [base], marker="o", markersize=5, color=style.INK, markeredgecolor="white", zorder=above
        )


def _edges(points: np.ndarray) -> np.ndarray:
    """Borders of the cells around sorted points, midway between neighbours."""
    if points.size == 1:
        return np.array([points[0] - 0.5, points[0] + 0.5])
    middle = (points[1:] + points[:-1]) / 2.0
    return np.concatenate(
        [[points[0] - (middle[0] - points[0])], middle, [points[-1] + (points[-1] - middle[-1])]]
    )


@style.styled
def heat_map(
    x: np.ndarray, y: np.ndarray, successes: np.ndarray, runs: np.ndarray, *,
    x_label: str, y_label: str, outcome: str,
) -> Figure:  # fmt: skip
    """Chance of an outcome over two swept parameters: `x` float ``(i,)``, `y` float ``(j,)`` sorted, `successes` and
    `runs` int ``(j, i)``. Lines join points of equal chance; cells without runs stay blank."""
    x, y, total = np.asarray(x, float), np.asarray(y, float), np.asarray(runs, float)
    chance = np.where(total > 0, np.asarray(successes, float) / np.maximum(total, 1), np.nan)
    worst = float(np.max(half_width(np.nan_to_num(chance), np.maximum(total, 1))))
    figure = style.page(8.6, 6.6)
    top = style.headline(
        figure,
        f"{outcome}: from {100 * np.nanmin(chance):.0f} % to {100 * np.nanmax(chance):.0f} % over the plane",
        f"Chance at each pair of values; {each(total, 'a cell')}, so each is known to ± {100 * worst:.0f} "
        "points or better (95 %). Lines: equal chance.",
    )  # fmt: skip
    ax = figure.add_subplot(style.grid(figure, 1, 1, top=top + 0.25, bottom=1.05, left=0.95, right=1.35)[0])
    levels = np.linspace(0.0, 1.0, 11)
    norm = BoundaryNorm(levels, 256)
    cells = np.ma.masked_invalid(chance)
    ax.pcolormesh(_edges(x), _edges(y), cells, cmap=style.MAP, norm=norm, edgecolors="white", linewidth=0.4)
    _contours(ax, x, y, chance)
    ax.set(xlabel=x_label, ylabel=y_label)
    ax.grid(visible=False)
    bar = figure.colorbar(ScalarMappable(norm, style.MAP), cax=ax.inset_axes((1.03, 0.0, 0.03, 1.0)))
    bar.set_ticks(list(levels[::2]), labels=[f"{100 * v:.0f} %" for v in levels[::2]])
    bar.outline.set_visible(False)
    bar.set_label("chance of the outcome")
    return figure


def _contours(ax: Axes, x: np.ndarray, y: np.ndarray, chance: np.ndarray) -> None:
    """Lines of equal chance, drawn only where the plane is large enough to have them."""
    inside = [c for c in CONTOURS if np.nanmin(chance) < c < np.nanmax(chance)]
    if not inside or x.size < 2 or y.size < 2:
        return
    ax.contour(x, y, chance, levels=inside, colors="white", linewidths=3.2)
    lines = ax.contour(x, y, chance, levels=inside, colors=style.INK, linewidths=1.3)
    texts = ax.clabel(lines, fmt=lambda v: f"{100 * v:.0f} %", fontsize=8.5)
    for text in texts:
        text.set_path_effects(style.halo(3))


@style.styled
def response(
    x: np.ndarray,
    groups: Sequence[np.ndarray],
    outcome: Quantity,
    *,
    x_label: str,
    reference: float | None = None,
) -> Figure:
    """One swept parameter: `groups[i]` float ``(runs,)`` at `x[i]` (sorted), nan left out.

    A chance (values 0 and 1) is drawn with Wilson's 95 % interval; a number by its median with the bands that
    hold 50 and 90 % of runs. `reference`: the default value, marked by a dotted line.
    """
    x = np.asarray(x, float)
    clean = [known(g) for g in groups]
    binary = all(np.isin(g, (0.0, 1.0)).all() for g in clean)
    unit = Quantity(outcome.name, outcome.unit, outcome.share or binary)
    ends = [unit.say(float(g.mean() if binary else np.median(g))) for g in (clean[0], clean[-1])]
    figure = style.page(8.6, 5.0)
    top = style.headline(
        figure,
        f"{outcome.name} goes from {ends[0]} to {ends[1]} as {x_label} goes from {x[0]:g} to {x[-1]:g}",
        f"{each([g.size for g in clean], 'at each point')}. "
        + ("Band: 95 % interval." if binary else "Bands: 50 and 90 % of runs; line: median."),
    )  # fmt: skip
    ax = figure.add_subplot(style.grid(figure, 1, 1, top=top + 0.25, bottom=1.05, left=0.95, right=0.4)[0])
    (_chances if binary else _numbers)(ax, x, clean)
    _mark_default(ax, reference)
    ax.yaxis.set_major_formatter(lambda v, _: unit.tick(v))
    ax.set(xlabel=x_label, ylabel=outcome.label, xlim=(x[0], x[-1] if x.size > 1 else x[0] + 1.0))
    return figure


def _chances(ax: Axes, x: np.ndarray, groups: list[np.ndarray]) -> None:
    share, low, high = wilson([g.sum() for g in groups], [g.size for g in groups])
    ax.fill_between(x, low, high, color=style.tint(style.BLUE, 0.3), linewidth=0, label="_95%")
    ax.plot(x, share, color=style.BLUE, marker="o", markersize=4.5, label="_median")
    ax.set_ylim(0, min(1.0, float(np.max(high)) * 1.08))


def _numbers(ax: Axes, x: np.ndarray, groups: list[np.ndarray]) -> None:
    shares = np.array(_LEVELS)
    q = np.column_stack([np.quantile(g, [0.5, *(0.5 - shares / 2), *(0.5 + shares / 2)]) for g in groups])
    mean = np.array([g.mean() for g in groups])
    bands = Bands(x, q[0], mean, _LEVELS, q[1:3], q[3:5], min(g.size for g in groups))
    draw_bands(ax, x, bands, style.BLUE)
    ax.plot(x, bands.median, linestyle="none", marker="o", markersize=4.5, color=style.BLUE)
    ax.set_ylim(bottom=min(0.0, ax.get_ylim()[0]))


def _mark_default(ax: Axes, reference: float | None) -> None:
    if reference is None:
        return
    ax.axvline(reference, color=style.INK, linewidth=0.9, linestyle=(0, (1, 2)))
    ax.annotate(
        "default", (reference, 1.0), xycoords=("data", "axes fraction"), xytext=(4, 3),
        textcoords="offset points", fontsize=8, color=style.MUTED,
    )  # fmt: skip


@style.styled
def endings_response(
    x: np.ndarray, counts: np.ndarray, names: Sequence[str], *, x_label: str, reference: float | None = None
) -> Figure:
    """How the endings shift along one swept parameter: `counts` int ``(point, ending)`` at `x` float ``(point,)``,
    stacked."""
    x, counts = np.asarray(x, float), np.asarray(counts, float)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    gain = shares[-1] - shares[0]
    most = int(np.argmax(np.abs(gain)))
    figure = style.page(8.6, 5.0)
    top = style.headline(
        figure,
        f"{ending(names[most])} goes from {100 * shares[0, most]:.0f} % to {100 * shares[-1, most]:.0f} % as "
        f"{x_label} goes from {x[0]:g} to {x[-1]:g}",
        f"Share of runs by ending; {each(counts.sum(axis=1), 'at each point')}, so each share is known to ± "
        f"{100 * float(half_width(0.5, counts.sum(axis=1).min())):.0f} points or better (95 %).",
    )  # fmt: skip
    ax = figure.add_subplot(style.grid(figure, 1, 1, top=top + 0.25, bottom=1.05, left=0.8, right=2.0)[0])
    ax.stackplot(
        x,
        shares.T,
        colors=[style.tint(style.ending_colour(n, i), 0.85) for i, n in enumerate(names)],
        linewidth=0,
    )
    ax.plot(x, np.cumsum(shares, axis=1)[:, :-1], color="white", linewidth=1.2)
    _mark_default(ax, reference)
    middle = np.cumsum(shares[-1]) - shares[-1] / 2.0
    style.label_ends(
        ax, [f"{ending(n)} {100 * s:.0f} %" for n, s in zip(names, shares[-1], strict=True)],
        list(middle),
        [style.ending_colour(n, i) for i, n in enumerate(names)], gap=0.06,
    )  # fmt: skip
    ax.set(
        xlim=(x[0], x[-1] if x.size > 1 else x[0] + 1.0), ylim=(0, 1), xlabel=x_label, ylabel="share of runs"
    )
    ax.yaxis.set_major_formatter(lambda v, _: f"{100 * v:.0f} %")
    ax.grid(visible=False)
    return figure
