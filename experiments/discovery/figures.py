"""Boxes: how density was bought with coverage, and which ranges are left."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.config.posteriors import brief
from experiments.drawing import sheets, style
from experiments.kit.numbers import chance, number, percent
from experiments.kit.words import capital


def figures(result: Mapping[str, Any]) -> sheets.Figures:
    """The figures of the content of ``boxes.json`` by name: none where no box was found."""
    made = {"boxes": partial(boxes, result)} if result["boxes"] else {}
    return sheets.footed(made, runs=result["runs"], scenario=result["title"], seed=result["seed"],
                         note=brief(result["basis"]))  # fmt: skip


@style.styled
def boxes(result: Mapping[str, Any]) -> Figure:
    """A row a box: the trajectory left, the limits right.

    Parameters
    ----------
    result
        The content of ``boxes.json``.
    """
    told = result["boxes"]
    figure = style.page(11.0, 1.9 + 3.0 * len(told))
    first = told[0]
    words = result["words"].removeprefix("ending is ")
    top = style.headline(
        figure, f"{capital(words)}: {percent(first['density']['estimate'])} in box 1, "
        f"{percent(result['share'])} over all",
        "Left: each peel raises the density and gives up coverage; circle: the peel that the box comes from; cross: "
        "the box on runs that it was not chosen by, with 95 % intervals. Right: what it leaves of each range.",
    )  # fmt: skip
    grid = style.grid(figure, len(told), 2, top=top + 0.4, bottom=1.0, left=0.8, right=0.5, hgap=0.95, wgap=3.1,
                      width_ratios=(1.0, 1.0))  # fmt: skip
    for row, box in enumerate(told):
        _trajectory(figure.add_subplot(grid[row, 0]), box)
        _ranges(figure.add_subplot(grid[row, 1]), box)
    return figure


def _trajectory(ax: Axes, box: Mapping[str, Any]) -> None:
    """Density over coverage, from the whole to the smallest box."""
    coverage = np.array([step["coverage"] for step in box["trajectory"]])
    density = np.array([step["density"] for step in box["trajectory"]])
    ax.plot(coverage, density, color=style.FAINT, linewidth=1.0, zorder=1)
    ax.scatter(coverage, density, s=16, color=style.BLUE, zorder=2)
    at = box["chosen"]
    ax.scatter(coverage[at], density[at], s=60, facecolor="none", edgecolor=style.INK, zorder=3)
    own, held = box["coverage"], box["density"]
    for x, y in (
        ([own["low"], own["high"]], [held["estimate"]] * 2),
        ([own["estimate"]] * 2, [held["low"], held["high"]]),
    ):
        ax.plot(x, y, color=style.ORANGE, linewidth=2.0, zorder=4)
    ax.set(xlim=(-0.02, 1.02), ylim=(0.0, min(1.02, 1.15 * max(density.max(), held["high"]))))
    ax.set(xlabel="coverage: share of such futures in the box", ylabel="density")
    style.shares(ax.xaxis)
    style.shares(ax.yaxis)
    ax.set_title(f"Box {box['number']}: density {chance(*held.values())}", fontsize=9.5)


def _ranges(ax: Axes, box: Mapping[str, Any]) -> None:
    """A row a parameter that is limited: its whole range pale, what is left of it dark."""
    limits = box["limits"]
    for row, one in enumerate(limits):
        first, last = one["range"]
        low = 0.0 if one["low"] is None else (one["low"] - first) / (last - first)
        high = 1.0 if one["high"] is None else (one["high"] - first) / (last - first)
        ax.barh(row, 1.0, height=0.5, color=style.tint(style.BLUE, 0.15), linewidth=0)
        ax.barh(row, max(high - low, 0.01), left=low, height=0.5, color=style.BLUE, linewidth=0)
        for value, end in ((one["low"], low), (one["high"], high)):
            if value is not None:
                ax.annotate(
                    number(value).replace("-", "−"),
                    (end, row - 0.38),
                    ha="center",
                    va="bottom",
                    fontsize=8,
                    color=style.INK,
                )
    ax.set_yticks(range(len(limits)), [_named(one) for one in limits], color=style.INK)
    ax.set_ylim(max(len(limits), 3) - 0.4, -0.8)
    ax.set_xlim(0.0, 1.0)
    ax.set_xticks([])
    ax.grid(visible=False)
    ax.set_title(f"holds {chance(*box['coverage'].values())} of such futures", fontsize=9.5)


def _named(limit: Mapping[str, Any]) -> str:
    """A parameter and its range over all runs."""
    low, high = (number(end).replace("-", "−") for end in limit["range"])
    return f"{limit['parameter']}\n{low} to {high} in all runs"
