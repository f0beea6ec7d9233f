"""The ranking of parameters, a panel an outcome."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure

from experiments.drawing import rows, style
from experiments.kit.words import label


@style.styled
def ranking(result: Mapping[str, Any], shown: int) -> Figure:
    """The parameters that move each outcome most, with 95 % intervals.

    Parameters
    ----------
    result
        The content of ``sensitivity.json``.
    shown
        Parameters in each panel.
    """
    outcomes = result["outcomes"]
    height = 0.75 + 0.22 * shown
    figure = style.page(9.0, 1.9 + len(outcomes) * height)
    first, ranked = next(iter(outcomes.items()))
    head = style.headline(
        figure, f"{ranked[0]['parameter']} moves {label(first)} most",
        "Mean size of the change when one parameter moves over its range and all else, luck included, stays; in "
        "standard deviations of the outcome. Lines: 95 % interval.",
    )  # fmt: skip
    grid = style.grid(figure, len(outcomes), 1, top=head + 0.35, bottom=0.95, left=3.0, right=0.4, hgap=0.6)
    for n, (outcome, ranked) in enumerate(outcomes.items()):
        ax = figure.add_subplot(grid[n, 0])
        made = [rows.Row(row["mu_star"], row["low"], row["high"]) for row in ranked[:shown]]
        ax.set_xlim(0.0, rows.reach(made)[1])
        rows.intervals(ax, made, [row["parameter"] for row in ranked[:shown]], size=5.0)
        name = label(outcome)
        ax.set_title(name[0].upper() + name[1:], fontsize=10)
    return figure
