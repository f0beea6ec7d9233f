"""Parameters against luck: how much of each outcome's spread could be learned away."""

from __future__ import annotations

import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.drawing import style
from experiments.kit.numbers import chance as told
from experiments.kit.words import label
from experiments.outlook import sentences
from experiments.outlook.tables import OutlookTables
from experiments.stats.spread import Spread, spread_table


def split(tables: OutlookTables) -> dict[str, Spread]:
    """The split of every outcome with twins, the greatest share of parameters first; those that never vary
    left out."""
    table = spread_table(tables.twins, tables.seed)
    known = {name: s for name, s in table.items() if np.isfinite(s.share)}
    return dict(sorted(known.items(), key=lambda item: -item[1].share))


def _heads(ax: Axes, narrow: bool) -> None:
    """What the two parts of the bars are, over them."""
    for x, side, text, colour in (
        (0.0, "left", "parameters" if narrow else "uncertain parameters", style.BLUE),
        (1.0, "right", "luck", style.MUTED),
    ):
        ax.text(x, 1.03, text, transform=ax.transAxes, color=colour, weight="bold", fontsize=9, ha=side)


@style.styled
def spread(tables: OutlookTables, narrow: bool = False) -> Figure:
    """One bar an outcome, split into what uncertain parameters explain and luck, with 95 % intervals."""
    table = split(tables)
    rows = np.arange(len(table))
    figure = style.page(style.PHONE if narrow else 10.4, (3.3 if narrow else 2.2) + 0.34 * max(3, rows.size))
    pairs = max((s.pairs for s in table.values()), default=0)
    top = style.headline(
        figure, sentences.spread(table),
        f"Share of each outcome's variance between runs, from {pairs:,} pairs of runs with the same "
        "parameters and different luck. The left part could shrink with better knowledge; the right part "
        "could not. Whiskers: 95 % interval.",
    )  # fmt: skip
    ax = figure.add_subplot(
        style.grid(
            figure,
            1,
            1,
            top=top + 0.4,
            bottom=0.9,
            left=1.55 if narrow else 3.0,
            right=1.3 if narrow else 1.5,
        )[0]
    )
    share = np.array([s.share for s in table.values()])
    ax.barh(rows, share, color=style.tint(style.BLUE, 0.85), height=0.66, zorder=2, label="parameters")
    ax.barh(rows, 1.0 - share, left=share, color=style.RULE, height=0.66, zorder=2, label="luck")
    for row, s in zip(rows, table.values(), strict=True):
        ax.plot([s.low, s.high], [row, row], color=style.INK, linewidth=1.5, zorder=4)
        ax.text(1.015, float(row), told(s.share, s.low, s.high), va="center", fontsize=8.5)
    ax.set_yticks(rows, [textwrap.fill(label(name), 24 if narrow else 60) for name in table], color=style.INK)
    ax.set(xlim=(0, 1), ylim=(max(rows.size, 1) - 0.5, -0.5))
    ax.tick_params(axis="y", labelsize=7 if narrow else 8.5)
    if narrow:
        ax.set_xticks([0, 0.5, 1])
    style.shares(ax.xaxis)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    _heads(ax, narrow)
    return figure
