"""Dots with intervals, a row each: the one form of every list of estimates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from experiments.drawing import style


@dataclass(frozen=True)
class Row:
    """One estimate with its interval, in the units of the axis: colour, form of the dot, and whether it is hollow."""

    value: float
    low: float
    high: float
    colour: str | tuple[float, float, float] = style.BLUE
    mark: str = "o"
    hollow: bool = False


def reach(rows: Sequence[Row], spread: float = 4.0) -> tuple[float, float]:
    """Ends of an axis that one outlier does not stretch: all intervals are within, or all but those that reach too far.

    ``spread``: how many times further than the median row a single row may reach before it is cut off.
    """
    ends = np.array([[row.low, row.high, row.value] for row in rows], dtype=float)
    ends = ends[np.isfinite(ends).all(axis=1)]
    if not ends.size:
        return -1.0, 1.0
    far = np.abs(ends).max(axis=1)
    usual = np.median(far) if len(far) > 2 else far.max()
    most = far.max() if far.max() <= spread * usual or usual == 0 else spread / 2 * usual
    low, high = max(ends[:, 0].min(), -most), min(ends[:, 1].max(), most)
    room = 0.06 * ((high - low) or 1.0)
    return low - room, high + room


def intervals(
    ax: Axes, rows: Sequence[Row], labels: Sequence[str] = (), *, offset: float = 0.0, size: float = 7.0
) -> None:
    """Draw a dot and a line for each row, the first on top.

    An interval that goes beyond the axis ends in an arrow there.

    Parameters
    ----------
    ax
        Panel; set its limits first if intervals may be cut off.
    rows
        The estimates; those that are no numbers leave their row empty.
    labels
        Names of the rows; none: the rows are not named.
    offset
        Rows further down (for a second estimate beside the first).
    size
        Of the dots, in points.
    """
    low_end, high_end = ax.get_xlim() if not ax.get_autoscalex_on() else (-np.inf, np.inf)
    for n, row in enumerate(rows):
        y = n + offset
        if not np.isfinite([row.value, row.low, row.high]).all():
            continue
        ax.plot([max(row.low, low_end), min(row.high, high_end)], [y, y], color=row.colour, linewidth=2.2,
                solid_capstyle="butt", zorder=2)  # fmt: skip
        if not low_end <= row.value <= high_end:
            side = "left" if row.value < low_end else "right"
            end = low_end if side == "left" else high_end
            ax.annotate(f"{row.value:+,.0f}", (end, y), (10 if side == "left" else -10, 0), ha=side, va="center",
                        textcoords="offset points", fontsize=8, color=row.colour)  # fmt: skip
        for end, beyond, mark in ((low_end, row.low < low_end, "<"), (high_end, row.high > high_end, ">")):
            if beyond:
                ax.plot([end], [y], mark, color=row.colour, markersize=size, clip_on=False, zorder=4)
        if low_end <= row.value <= high_end:
            fill, edge = ("white", row.colour) if row.hollow else (row.colour, "white")
            ax.plot([row.value], [y], row.mark, color=fill, markersize=size, markeredgecolor=edge,
                    markeredgewidth=1.4 if row.hollow else 1.0, zorder=3)  # fmt: skip
    if labels:
        ax.set_yticks(np.arange(len(rows)), list(labels), color=style.INK)
        ax.set_ylim(len(rows) - 0.5, -0.5)
