"""A conditional outlook: endings with and without the condition, and how early each series warns of it."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.drawing import dates, style
from experiments.drawing.rows import Row, intervals
from experiments.kit.words import ending, label

SHOWN = 6
"""Series whose warning is drawn."""


@style.styled
def conditional_outlook(
    endings: pd.DataFrame, signs: pd.DataFrame, first: pd.DataFrame, condition: str, met: int
) -> Figure:
    """Tables of `experiments.given.signs`: endings left; right the AUC by month of the series that warn most.

    ``condition``: in words; ``met``: number of runs in which it came true.
    """
    warns = len(signs) > 0 and len(first) > 0
    figure = style.page(11.0 if warns else 6.6, 4.9)
    top = style.headline(
        figure, _title(endings, condition), f"{met:,} runs in which it came true. Intervals are 95 %."
    )
    spec = style.grid(
        figure,
        1,
        2 if warns else 1,
        top=top + 0.55,
        bottom=1.0,
        left=1.9,
        right=1.75 if warns else 0.4,
        wgap=1.1,
    )
    _endings(figure.add_subplot(spec[0]), endings)
    if warns:
        _signs(figure.add_subplot(spec[1]), signs, first)
    return figure


def _title(endings: pd.DataFrame, condition: str) -> str:
    """The ending that the condition moves most."""
    if endings["difference"].isna().all():
        whole, when = ("given", "every") if endings["otherwise"].isna().all() else ("otherwise", "no")
        row = endings.loc[endings[whole].idxmax()]
        name = ending(str(row["ending"])).lower()
        return f"{condition}: in {when} run; {name} in {100 * row[whole]:.0f} % of runs"
    row = endings.loc[endings["difference"].abs().fillna(0.0).idxmax()]
    name = ending(str(row["ending"])).lower()
    given, otherwise = 100 * row["given"], 100 * row["otherwise"]
    return f"If {condition}: {name} in {given:.0f} % of runs, {otherwise:.0f} % otherwise"


def _endings(ax: Axes, endings: pd.DataFrame) -> None:
    """Given and otherwise, a row an ending."""
    rows = endings.to_dict("records")
    for key, offset, size in (("given", -0.14, 7.0), ("otherwise", 0.14, 5.0)):
        drawn = [
            Row(row[key], row[f"{key}_low"], row[f"{key}_high"],
                style.ending_colour(str(row["ending"]), n) if key == "given" else style.FAINT)
            for n, row in enumerate(rows)
        ]  # fmt: skip
        intervals(ax, drawn, offset=offset, size=size)
    ax.set_yticks(np.arange(len(rows)), [ending(str(row["ending"])) for row in rows], color=style.INK)
    ax.set(xlim=(-0.01, 1.01), ylim=(len(endings) - 0.45, -0.55), title="Endings (grey: otherwise)")
    style.shares(ax.xaxis, whole=True)
    ax.grid(axis="x", visible=True)
    ax.grid(axis="y", visible=False)


def _signs(ax: Axes, signs: pd.DataFrame, first: pd.DataFrame) -> None:
    """AUC by month of the series that warn most, above 1/2 whichever way they point."""
    names = list(first["series"].head(SHOWN))
    heights, colours = [], []
    for k, name in enumerate(names):
        rows = signs[signs["series"] == name].sort_values("month")
        months = dates.numbers(rows["month"].to_numpy().astype("datetime64[D]"))
        turned = np.abs(rows["auc"].to_numpy(float) - 0.5) + 0.5
        clear = rows["p"].to_numpy(float) < 0.05
        colour = style.CYCLE[k % len(style.CYCLE)]
        ax.plot(months, turned, color=colour, linewidth=1.2)
        ax.plot(months[clear], turned[clear], color=colour, marker="o", markersize=3.5, linewidth=0)
        heights.append((turned[-1] - 0.48) / 0.54)
        colours.append(colour)
    ax.axhline(0.5, color=style.FAINT, linewidth=1)
    ax.set(ylim=(0.48, 1.02), title="How well a series warns, by month (dot: clear)")
    ax.set_ylabel("chance to tell two runs apart")
    ax.set_yticks([0.5, 0.6, 0.7, 0.8, 0.9, 1.0], ["50 %", "60 %", "70 %", "80 %", "90 %", "100 %"])
    span = signs["month"].to_numpy().astype("datetime64[D]")
    dates.dated(ax, np.arange(span.min(), span.max() + 1))
    style.label_ends(ax, [textwrap.fill(label(name), 24) for name in names], heights, colours, 0.085)
