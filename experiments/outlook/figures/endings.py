"""How the runs end: shares with intervals, and the same as a hundred futures."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from matplotlib.ticker import MaxNLocator

from experiments.drawing import style
from experiments.kit.numbers import chance as told
from experiments.kit.words import ending
from experiments.outlook import sentences
from experiments.outlook.tables import OutlookTables
from experiments.stats.intervals import wilson


def of_hundred(counts: np.ndarray) -> np.ndarray:
    """Counts scaled to whole numbers that add up to 100 (largest remainders); zeros if there are no runs."""
    counts = np.asarray(counts, float)
    if counts.sum() == 0:
        return np.zeros(counts.size, int)
    exact = 100.0 * counts / counts.sum()
    out = np.floor(exact).astype(int)
    rest = np.argsort(-(exact - out), kind="stable")[: 100 - int(out.sum())]
    out[rest] += 1
    return out


def _bars(ax: Axes, names: tuple[str, ...], counts: np.ndarray, runs: int) -> None:
    """One bar an ending with Wilson's interval, its number and its count."""
    share, low, high = wilson(counts, runs)
    rows = np.arange(len(names))[::-1]
    top = max(0.05, float(np.max(high)))
    colours = [style.ending_colour(n, i) for i, n in enumerate(names)]
    ax.barh(rows, share, height=0.62, color=[style.tint(c, 0.85) for c in colours], zorder=2)
    for row, s, lo, hi, k in zip(rows, share, low, high, counts, strict=True):
        ax.plot([lo, hi], [row, row], color=style.INK, linewidth=1.6, solid_capstyle="butt", zorder=4)
        ax.plot(
            [lo, lo, np.nan, hi, hi],
            [row - 0.1, row + 0.1, np.nan, row - 0.1, row + 0.1],
            color=style.INK,
            linewidth=1.6,
            zorder=4,
        )
        ax.text(hi + 0.02 * top, row + 0.11, told(s, lo, hi), va="center", weight="bold", fontsize=9)
        ax.text(
            hi + 0.02 * top,
            row - 0.19,
            f"{int(k):,} of {runs:,} runs",
            va="center",
            fontsize=7.5,
            color=style.MUTED,
        )
    ax.set_yticks(rows, [ending(n) for n in names], fontsize=9.5, color=style.INK)
    ax.set_ylim(-0.6, len(names) - 0.4)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    ax.set_xlim(0, top * 1.34)
    ticks = np.asarray(MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(0.0, min(1.0, top * 1.1)))
    ticks = ticks[ticks <= 1.0]
    ax.set_xticks(ticks, [f"{100 * v:g} %" for v in ticks])
    ax.set_xlabel("share of runs, with 95 % interval", color=style.MUTED)
    ax.spines["bottom"].set_visible(False)


def _hundred(ax: Axes, names: tuple[str, ...], counts: np.ndarray) -> None:
    """A ten by ten field: one square for each of a hundred futures."""
    fill = np.repeat(np.arange(len(names)), of_hundred(counts))
    for place, which in enumerate(fill):
        x, y = place % 10, 9 - place // 10
        ax.add_patch(FancyBboxPatch(
            (x + 0.09, y + 0.09), 0.82, 0.82, boxstyle="round,pad=0,rounding_size=0.14", linewidth=0,
            facecolor=style.tint(style.ending_colour(names[which], int(which)), 0.85),
        ))  # fmt: skip
    ax.set(xlim=(0, 10), ylim=(0, 10), aspect="equal", xticks=[], yticks=[])
    ax.grid(visible=False)
    for side in ax.spines.values():
        side.set_visible(False)
    ax.set_title("Of 100 such futures", fontsize=9.5)


@style.styled
def endings(tables: OutlookTables, narrow: bool = False) -> Figure:
    """Share of runs by ending with Wilson intervals (left) and as a hundred squares (right; not on phones)."""
    figure = style.page(style.PHONE if narrow else 10.4, 5.0 if narrow else 4.3)
    counts = tables.ending_counts()
    top = style.headline(
        figure, sentences.endings(tables),
        f"How {tables.runs:,} runs of the scenario end by the horizon. Every run has exactly one ending. "
        "Whiskers: 95 % interval of the share, given the number of runs.",
    )  # fmt: skip
    if narrow:
        cells = style.grid(figure, 1, 1, top=top + 0.2, bottom=0.95, left=1.45, right=0.1)
        ax = figure.add_subplot(cells[0])
        _bars(ax, tables.ending_names, counts, tables.runs)
        ax.set_xlim(0, 1.35 * ax.get_xlim()[1])
        ax.xaxis.set_major_locator(MaxNLocator(3))
        return figure
    cells = style.grid(
        figure, 1, 2, top=top + 0.35, bottom=0.95, left=1.85, right=0.4, wgap=0.45, width_ratios=(2.15, 1)
    )
    _bars(figure.add_subplot(cells[0]), tables.ending_names, counts, tables.runs)
    _hundred(figure.add_subplot(cells[1]), tables.ending_names, counts)
    return figure
