"""Figure of a file of questions: probabilities of yes, and numbers, each beside what came. Tables in, Figure out."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.drawing import style

_DIAMOND: dict[str, Any] = {
    "markersize": 6.5,
    "markerfacecolor": "none",
    "markeredgewidth": 1.6,
    "clip_on": False,
}


@style.styled
def questions(table: pd.DataFrame, title: str, subtitle: str) -> Figure:
    """Probability of each yes-or-no question, number of each other one, and what came.

    ``table``: kind (``binary`` or ``numeric``; binary if there is no such column), text, probability or median, low,
    high, resolution (NaN if open), in the order to be drawn from the top.
    """
    kind = table["kind"] if "kind" in table else pd.Series("binary", index=table.index)
    parts = [(part, draw) for part, draw in ((table[kind == "binary"], _binary), (table[kind == "numeric"], _numbers))
             if len(part)]  # fmt: skip
    gap = 0.75 * (len(parts) - 1)
    figure = style.page(10.4, 0.40 * len(table) + gap + 2.2)
    top = style.headline(figure, title, subtitle)
    heights = [len(part) for part, _ in parts]
    cells = style.grid(
        figure,
        len(parts),
        1,
        top=top + 0.2,
        bottom=1.15,
        left=6.1,
        right=0.5,
        hgap=0.75,
        height_ratios=heights,
    )
    for row, (part, draw) in enumerate(parts):
        ax = figure.add_subplot(cells[row, 0])
        y = np.arange(len(part))[::-1]
        draw(ax, part, y)
        ax.set_ylim(-0.7, len(part) - 0.3)
        ax.set_yticks(y, [textwrap.fill(text, 78) for text in part["text"]])
        ax.tick_params(axis="y", labelsize=8)
    empty: dict[str, Any] = {"marker": "D", "linestyle": "", "markerfacecolor": "none"}
    handles = [
        Line2D(
            [], [], color=style.BLUE, marker="o", label="probability with 95 % interval, or median with 90 %"
        ),
        Line2D([], [], color=style.INK, label="what came (0 no, 1 yes, or the number)", **empty),
    ]
    figure.legend(handles=handles, loc="center", ncols=2, bbox_to_anchor=(0.5, 0.6 / figure.get_figheight()))
    return figure


def _binary(ax: Axes, table: pd.DataFrame, y: np.ndarray) -> None:
    """Probabilities from 0 to 1."""
    ax.hlines(y, table["low"], table["high"], color=style.BLUE, linewidth=2.4)
    ax.plot(table["probability"], y, "o", color=style.BLUE, markersize=6.5, zorder=3)
    for at, outcome in zip(y, table["resolution"], strict=True):
        if np.isfinite(outcome):
            ax.plot(outcome, at, "D", color=style.INK, zorder=4, **_DIAMOND)
    ax.set_xlim(-0.04, 1.04)
    ax.grid(axis="x", color=style.RULE)
    ax.set_xlabel("probability of yes")


def _numbers(ax: Axes, table: pd.DataFrame, y: np.ndarray) -> None:
    """Numbers of different units: each row has a scale of its own, log(1 + x) from nought to the largest of the row."""
    for at, row in zip(y, table.itertuples(), strict=True):
        known = [value for value in (row.low, row.median, row.high, row.resolution) if np.isfinite(value)]
        whole = float(np.log1p(max([*known, 1.0])))
        low, middle, high, came = (
            float(np.log1p(max(v, 0.0))) / whole if np.isfinite(v) else np.nan
            for v in (row.low, row.median, row.high, row.resolution)
        )
        ax.hlines(at, low, high, color=style.BLUE, linewidth=2.4)
        ax.plot(middle, at, "o", color=style.BLUE, markersize=6.5, zorder=3)
        told = f"{style.number(row.median)} ({style.number(row.low)} to {style.number(row.high)})"
        if np.isfinite(came):
            ax.plot(came, at, "D", color=style.INK, zorder=4, **_DIAMOND)
            told += f"; came {style.number(row.resolution)}"
        ax.text(0.0, at + 0.2, told, fontsize=7.5, color=style.MUTED, va="bottom")
    ax.set_xlim(-0.04, 1.04)
    ax.set_xticks([])
    ax.set_xlabel("numbers, each row on a scale of its own (log)")
