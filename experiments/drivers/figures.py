"""Figures of a probability surface over a few variables: maps with tipping lines, responses, importance.

They take the fitted surface and tables made from it, and draw; nothing is computed but its values on a grid.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from experiments.drawing import style
from experiments.drivers.importance import Importance, averaged, plane, sensitivity
from experiments.drivers.surface import Surface
from experiments.kit.numbers import short
from experiments.kit.words import ending, parameter, stem

LEVELS = (0.15, 0.5, 0.85)
"""Where the third variable stands in the slices: shares of its range."""
_LINES = (0.1, 0.25, 0.5, 0.75, 0.9)
_LEADERS = (
    style.SKY,
    style.YELLOW,
    style.PURPLE,
    style.GREEN,
    style.ORANGE,
    style.VERMILION,
    style.BLUE,
    style.BLACK,
)


def _colours(surface: Surface) -> list[str]:
    return [style.ending_colour(name, i) for i, name in enumerate(surface.outcomes)]


def _width(surface: Surface) -> float:
    """Inches of a page with a panel for each level of the third variable, or one."""
    return 10.4 if len(surface.names) > 2 else 5.6


def _panels(figure: Figure, surface: Surface, top: float) -> Iterator[tuple[Axes, np.ndarray]]:
    """A panel over the first two variables at each of three levels of the third, or one; and where the others are."""
    columns = len(LEVELS) if len(surface.names) > 2 else 1
    spec = style.grid(figure, 1, columns, top=top, bottom=1.25, wgap=0.45)
    for c in range(columns):
        ax, at = figure.add_subplot(spec[c]), (surface.low + surface.high) / 2
        if columns > 1:
            at[2] = surface.low[2] + LEVELS[c] * (surface.high[2] - surface.low[2])
            ax.set_title(f"{stem(surface.names[2])} = {short(at[2])}")
        ax.set_xlabel(parameter(surface.names[0]))
        ax.set_ylabel(parameter(surface.names[1]) if c == 0 else "")
        yield ax, at


@style.styled
def slices(surface: Surface, title: str) -> Figure:
    """The most likely ending over the first two variables, at three levels of the third (if there is one).

    Colour: the most likely ending, paler where it is less sure. White line: its probability is one half;
    black line: where the most likely ending changes (the tipping line).
    """
    figure = style.page(_width(surface), 5.0)
    top = style.headline(
        figure, title,
        "Colour: most likely ending, paler where less sure. Black: it changes here. White, dashed: its "
        "probability is one half.",
    )  # fmt: skip
    for ax, at in _panels(figure, surface, top + 0.75):
        _most_likely(ax, surface, at)
    handles = [
        Patch(color=c, label=ending(n)) for n, c in zip(surface.outcomes, _colours(surface), strict=True)
    ]
    figure.legend(handles=handles, loc="lower left", ncols=min(5, len(handles)), bbox_to_anchor=(0.02, 0.095))
    return figure


def _most_likely(ax: Axes, surface: Surface, at: np.ndarray) -> None:
    """One slice."""
    points = plane(surface, 0, 1, at)
    steps = points.shape[0]
    p = surface.probability(points.reshape(-1, len(surface.names))).reshape(steps, steps, -1)
    leader, sure = p.argmax(axis=2), p.max(axis=2)
    ground = 1.0 / p.shape[2]
    picture = np.ones((steps, steps, 3))
    for k, colour in enumerate(_colours(surface)):
        strength = np.clip((sure - ground) / (1 - ground), 0.12, 1.0)[..., None]
        shade = 1 - strength * (1 - np.array(style.tint(colour, 1.0)))
        picture = np.where((leader == k)[..., None], shade, picture)
    extent = (surface.low[0], surface.high[0], surface.low[1], surface.high[1])
    ax.imshow(picture, origin="lower", extent=extent, aspect="auto", interpolation="bilinear")
    x, y = points[0, :, 0], points[:, 0, 1]
    for k in range(p.shape[2]):
        ahead = p[..., k] - np.delete(p, k, axis=2).max(axis=2)
        if ahead.min() < 0 < ahead.max():
            ax.contour(x, y, ahead, levels=[0.0], colors=style.INK, linewidths=1.6)
        if p[..., k].min() < 0.5 < p[..., k].max():
            ax.contour(x, y, p[..., k], levels=[0.5], colors="white", linewidths=1.3, linestyles="--")
    ax.grid(visible=False)


@style.styled
def contours(surface: Surface, outcome: str, title: str) -> Figure:
    """Probability of one ending over every pair of variables, the others in the middle of their ranges."""
    pairs = list(itertools.combinations(range(len(surface.names)), 2))
    columns = min(3, len(pairs))
    rows = -(-len(pairs) // columns)
    figure = style.page(1.5 + 3.2 * columns, 2.0 + 2.9 * rows)
    k = surface.outcomes.index(outcome)
    top = style.headline(
        figure, title, "Lines of equal probability; the other variables stand in the middle of their ranges."
    )
    spec = style.grid(figure, rows, columns, top=top + 0.3, bottom=1.0, right=1.1, wgap=0.75, hgap=0.75)
    for n, (i, j) in enumerate(pairs):
        ax = figure.add_subplot(spec[n // columns, n % columns])
        points = plane(surface, i, j)
        p = surface.probability(points.reshape(-1, len(surface.names)))[:, k].reshape(points.shape[:2])
        x, y = points[0, :, i], points[:, 0, j]
        ax.pcolormesh(x, y, p, cmap=style.MAP, vmin=0, vmax=1, shading="nearest", rasterized=True)
        lines = ax.contour(
            x, y, p, levels=_LINES, colors=style.INK, linewidths=[2.0 if v == 0.5 else 0.8 for v in _LINES]
        )
        for label in ax.clabel(lines, fmt=lambda v: f"{100 * v:.0f} %", fontsize=7.5):
            label.set_path_effects(style.halo())
        ax.set(xlabel=parameter(surface.names[i]), ylabel=parameter(surface.names[j]))
        ax.grid(visible=False)
        if n % columns == columns - 1 or n == len(pairs) - 1:
            bar = figure.colorbar(
                ScalarMappable(Normalize(0, 1), style.MAP), cax=ax.inset_axes((1.05, 0, 0.05, 1))
            )
            bar.set_ticks([0, 0.25, 0.5, 0.75, 1], labels=["0 %", "25 %", "50 %", "75 %", "100 %"])
            bar.outline.set_visible(False)
    return figure


@style.styled
def responses(surface: Surface, title: str) -> Figure:
    """Probability of each ending along each variable, averaged over the others, with 95 % bands."""
    d = len(surface.names)
    figure = style.page(max(5.6, 0.8 + 3.2 * min(d, 3)), 2.1 + 2.5 * -(-d // 3))
    top = style.headline(
        figure, title, "Averaged evenly over the other variables and over everything else that is uncertain."
    )
    spec = style.grid(figure, -(-d // 3), min(d, 3), top=top + 0.3, bottom=1.25, wgap=0.5, hgap=0.75)
    for j, name in enumerate(surface.names):
        ax = figure.add_subplot(spec[j // 3, j % 3])
        curve = averaged(surface, j)
        for k, colour in enumerate(_colours(surface)):
            ax.fill_between(
                curve["x"],
                curve["low"][:, k],
                curve["high"][:, k],
                color=style.tint(colour, 0.3),
                linewidth=0,
            )
            ax.plot(curve["x"], curve["p"][:, k], color=colour)
        ax.set(ylim=(0, 1), xlim=(surface.low[j], surface.high[j]), xlabel=parameter(name))
        style.shares(ax.yaxis, whole=True)
    handles = [
        Line2D([], [], color=c, label=ending(n))
        for n, c in zip(surface.outcomes, _colours(surface), strict=True)
    ]
    figure.legend(
        handles=handles,
        loc="lower left",
        ncols=min(5, len(handles)),
        bbox_to_anchor=(0.02, 0.42 / figure.get_size_inches()[1]),
    )
    return figure


@style.styled
def importance_bars(rows: Sequence[Importance], title: str) -> Figure:
    """Whose variance each ending is: every variable alone, their interactions, other parameters, luck."""
    figure = style.page(9.2, 2.5 + 0.5 * len(rows))
    top = style.headline(
        figure,
        title,
        "Shares of the variance of 'this ending happens' over runs. Luck is what remains when every "
        "parameter is known.",
    )
    ax = figure.add_subplot(style.grid(figure, 1, 1, top=top + 0.6, bottom=1.0, left=2.0, right=0.4)[0])
    names = list(rows[0].first)
    for y, row in enumerate(rows):
        alone = [max(row.first[n][0], 0.0) for n in names]
        together = max(row.surface[0] - sum(alone), 0.0)
        left = 0.0
        for width, colour in zip(
            [*alone, together, max(row.others, 0.0), max(row.luck, 0.0)], _parts(names), strict=True
        ):
            ax.barh(-y, width, left=left, height=0.62, color=colour, edgecolor="white", linewidth=0.8)
            left += width
    ax.set_yticks(-np.arange(len(rows)), [ending(r.outcome) for r in rows], color=style.INK)
    ax.set_xlim(0, 1)
    style.shares(ax.xaxis, whole=True)
    ax.grid(axis="y", visible=False)
    labels = [*(f"{stem(n)} alone" for n in names), "their interactions", "other parameters", "luck"]
    handles = [Patch(color=c, label=t) for c, t in zip(_parts(names), labels, strict=True)]
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(-0.02, 1.0),
        ncols=3 if len(handles) > 4 else len(handles),
    )
    return figure


def _parts(names: Sequence[str]) -> list[str]:
    """Colours of the parts of a bar."""
    return [*(_LEADERS[j % len(_LEADERS)] for j in range(len(names))), style.BLACK, style.FAINT, style.GROUND]


@style.styled
def leaders(surface: Surface, shares: Mapping[str, float], title: str) -> Figure:
    """Which variable moves the outlook most, over the first two, at three levels of the third."""
    figure = style.page(_width(surface), 4.6)
    top = style.headline(
        figure, title, "Colour: the variable whose full range would change the ending of most runs from here."
    )
    palette = ListedColormap(_LEADERS[: len(surface.names)])
    for ax, at in _panels(figure, surface, top + 0.4):
        points = plane(surface, 0, 1, at, steps=41)
        leader = sensitivity(surface, points.reshape(-1, len(surface.names))).argmax(axis=1).reshape(41, 41)
        ax.pcolormesh(points[0, :, 0], points[:, 0, 1], leader, cmap=palette, vmin=-0.5,
                      vmax=len(surface.names) - 0.5, shading="nearest")  # fmt: skip
        ax.grid(visible=False)
    handles = [
        Patch(color=_LEADERS[j], label=f"{stem(n)} (most in {100 * shares[n]:.0f} % of the box)")
        for j, n in enumerate(surface.names)
    ]
    figure.legend(handles=handles, loc="lower left", ncols=min(4, len(handles)), bbox_to_anchor=(0.02, 0.1))
    return figure
