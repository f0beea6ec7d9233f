"""Figure of a file of questions: probabilities of yes, and numbers, each beside what came. Tables in, Figure out."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.drawing import style
from experiments.drawing.rows import Row, intervals
from experiments.kit.numbers import short

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
        ax.set_xlim(-0.04, 1.04)
        rows, came = draw(ax, part)
        intervals(ax, rows, [textwrap.fill(text, 78) for text in part["text"]])
        ax.plot(came, np.arange(len(came)), "D", color=style.INK, zorder=4, **_DIAMOND)
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


def _binary(ax: Axes, table: pd.DataFrame) -> tuple[list[Row], Sequence[float]]:
    """Probabilities from 0 to 1, and what came."""
    ax.grid(axis="x", color=style.RULE)
    ax.set_xlabel("probability of yes")
    rows = [Row(row.probability, row.low, row.high) for row in table.itertuples()]
    return rows, table["resolution"].to_list()


def _numbers(ax: Axes, table: pd.DataFrame) -> tuple[list[Row], Sequence[float]]:
    """Numbers of different units, each row on a scale of its own: log(1 + x) from nought to the largest of the row."""
    ax.set_xticks([])
    ax.set_xlabel("numbers, each row on a scale of its own (log)")
    rows, came = [], []
    for at, row in enumerate(table.itertuples()):
        values = np.array([row.median, row.low, row.high, row.resolution], dtype=float)
        logs = np.log1p(np.maximum(values, 0.0))
        middle, low, high, seen = logs / np.log1p(np.nanmax([*values, 1.0]))
        rows.append(Row(middle, low, high))
        came.append(seen)
        told = f"{short(row.median)} ({short(row.low)} to {short(row.high)})"
        told += f"; came {short(row.resolution)}" if np.isfinite(seen) else ""
        ax.text(0.0, at - 0.2, told, fontsize=7.5, color=style.MUTED, va="bottom")
    return rows, came
