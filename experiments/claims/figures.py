"""Figures of claims: one row a claim (forest), and one small figure a claim with how it depends on the drivers.

Both take rows of ``claims.json``: mappings with id, effect, low, high, standardised, verdict, unit, depends_on and
more.
"""

from __future__ import annotations

import functools
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator

from experiments.drawing import style
from experiments.drawing.rows import Row, intervals
from experiments.drawing.sheets import Figures
from experiments.kit.numbers import counted
from experiments.kit.words import stem

VERDICT_COLOURS = {
    "supported": style.BLUE,
    "mixed": style.ORANGE,
    "no effect": style.FAINT,
    "contradicted": style.VERMILION,
}
_MARKS = {"supported": "o", "mixed": "D", "no effect": "s", "contradicted": "X"}
_WIDEST = 2.5  # spreads: effects beyond end in an arrow at the border


def figures(rows: Sequence[Mapping[str, Any]], margin: float) -> Figures:
    """All figures of a ledger by name: ``forest``, and ``claim-ID`` for each claim."""
    each = {f"claim-{row['id']}": functools.partial(small, row, margin) for row in rows}
    return {"forest": functools.partial(forest, rows, margin), **each}


@style.styled
def forest(rows: Sequence[Mapping[str, Any]], margin: float, narrow: bool = False) -> Figure:
    """All claims: effect in spreads of its outcome, with its 95 % interval, turned so that right is what the claim
    says.

    ``margin``: smallest effect that matters, in spreads (drawn as a band). A claim of no effect keeps its sign.
    """
    figure = style.page(style.PHONE if narrow else 10.4, (4.0 if narrow else 2.6) + 0.235 * len(rows))
    counts = {v: sum(row["verdict"] == v for row in rows) for v in VERDICT_COLOURS}
    said = ", ".join(f"{n} {v}" for v, n in counts.items() if n)
    top = style.headline(
        figure, f"Of {counted(len(rows), 'claim')}: {said}",
        "Effect of each condition in standard deviations of its outcome over all runs, with 95 % interval; "
        "to the right is the direction that the claim gives. Band: too small to matter. Filled: emerges from "
        "interactions; open: built into a rule.",
    )  # fmt: skip
    left, right = (1.85, 0.15) if narrow else (2.6, 0.4)
    ax = figure.add_subplot(style.grid(figure, 1, 1, top=top + 0.75, bottom=0.95, left=left, right=right)[0])
    ax.axvspan(-margin, margin, color=style.GROUND, zorder=0)
    ax.axvline(0, color=style.FAINT, linewidth=1)
    ax.set_xlim(-_WIDEST, _WIDEST)
    intervals(ax, [_forest_row(row) for row in rows], [row["id"] for row in rows], size=6.0)
    ax.set_xlabel("effect (standard deviations)" if narrow else "effect (standard deviations of the outcome)")
    ax.tick_params(axis="y", labelsize=7.5 if narrow else 8.5)
    ax.grid(axis="x", visible=True)
    ax.grid(axis="y", visible=False)
    handles = [
        Line2D([], [], color=c, marker=_MARKS[v], linewidth=1.4, label=v) for v, c in VERDICT_COLOURS.items()
    ]
    ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(-0.75 if narrow else -0.02, 1.0),
              ncols=2 if narrow else 4)  # fmt: skip
    return figure


def _forest_row(row: Mapping[str, Any]) -> Row:
    """The effect of a claim, turned so that what it says is on the right."""
    mean, low, high = row["standardised"]
    if row["direction"] == "decreases":
        mean, low, high = -mean, -high, -low
    return Row(mean, low, high, VERDICT_COLOURS[row["verdict"]], _MARKS[row["verdict"]], row["built_in"])


@style.styled
def small(row: Mapping[str, Any], margin: float) -> Figure:
    """One claim: its effect in the outcome's unit, and the effect in the low, middle and high third of each
    driver."""
    depends = row["depends_on"]
    log = row["unit"] == "ratio"
    lines: list[tuple[str, tuple[float, float, float], bool]] = [
        ("all draws", (row["effect"], row["low"], row["high"]), True)
    ]
    for driver, part in depends.items():
        name = stem(driver)
        for third, label in zip(part["thirds"], (f"{name}: low", "middle", "high"), strict=True):
            lines.append((label, tuple(np.exp(third)) if log else tuple(third), part["clear"]))
    figure = style.page(style.PHONE, 0.66 + 0.2 * len(lines))
    ax = figure.add_subplot(style.grid(figure, 1, 1, top=0.08, bottom=0.5, left=1.5, right=0.15)[0])
    nil, reach = (1.0, np.exp(margin * row["spread"])) if log else (0.0, margin * row["spread"])
    ax.axvspan(1 / reach if log else -reach, reach, color=style.GROUND, zorder=0)
    ax.axvline(nil, color=style.FAINT, linewidth=1)
    _lines(ax, lines, VERDICT_COLOURS[row["verdict"]])
    if log:
        ax.set_xscale("log")
        ax.xaxis.set_major_locator(_ratio_ticks(ax))
        ax.xaxis.set_major_formatter(lambda v, _: f"×{v:g}")
        ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xlabel(textwrap.shorten(_axis_label(row), 52, placeholder=" …"), fontsize=8)
    ax.grid(axis="x", visible=True)
    ax.grid(axis="y", visible=False)
    return figure


def _lines(ax: Axes, lines: Sequence[tuple[str, tuple[float, float, float], bool]], colour: str) -> None:
    """One row a line, the first with a large dot; rows that do not differ clearly are pale."""
    rows = [Row(*line, colour if clear else style.tint(colour, 0.5)) for _, line, clear in lines]
    intervals(ax, rows, [label for label, _, _ in lines], size=4.5)
    intervals(ax, rows[:1], size=7.0)
    ax.tick_params(axis="y", labelsize=8)


def _ratio_ticks(ax: Axes) -> FixedLocator:
    """Few round ratios within the range drawn."""
    low, high = ax.get_xlim()
    wide, near = (0.05, 0.1, 0.2, 0.5, 0.8, 1, 1.25, 2, 5, 10, 20, 50), (0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.25)
    return FixedLocator([s for s in (wide if high / low > 1.6 else near) if low <= s <= high] or [1.0])


def _axis_label(row: Mapping[str, Any]) -> str:
    if row["unit"] == "ratio":
        return f"{row['outcome']}: ratio"
    unit = row["unit"] or "change of probability"
    return f"{row['outcome'].removeprefix('chance of ')}: {unit}"
