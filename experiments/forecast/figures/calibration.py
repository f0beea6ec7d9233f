"""Figures of a calibration: prior against posterior, what the data say, targets, recovery. Tables in, Figure out."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from experiments.drawing import style
from experiments.drawing.rows import Row, intervals

#: Parameters that a figure shows at most.
MOST = 12


@style.styled
def parameters(prior: pd.DataFrame, posterior: pd.DataFrame, information: pd.DataFrame, as_of: str) -> Figure:
    """Histograms of prior and posterior of the parameters that the data moved most.

    ``prior`` and ``posterior``: draws, a column a parameter; ``information``: in order of how far they moved.
    """
    names = list(information["parameter"][:MOST])
    rows = -(-len(names) // 4)
    figure = style.page(10.4, 1.95 * rows + 2.0)
    moved = int(information["informed"].sum())
    top = style.headline(
        figure, f"What was observed moves {moved} of {len(information)} uncertain parameters",
        f"The {len(names)} that moved most. Grey: what was assumed on 15 September 2021; blue: as of {as_of}. "
        "KS: largest gap between the two distribution functions, 0 to 1.",
    )  # fmt: skip
    cells = style.grid(figure, rows, 4, top=top + 0.4, bottom=0.95, left=0.35, hgap=0.75, wgap=0.3)
    gaps = information.set_index("parameter")["ks"]
    for i, name in enumerate(names):
        _two_histograms(figure.add_subplot(cells[i // 4, i % 4]), prior[name], posterior[name])
        ax = figure.axes[-1]
        ax.set_title(f"{name}  (KS {gaps[name]:.2f})", fontsize=8)
    handles = [
        Patch(facecolor=style.tint(style.MUTED, 0.35), label="prior"),
        Line2D([], [], color=style.BLUE, label="posterior"),
    ]
    figure.legend(handles=handles, loc="center", ncols=2, bbox_to_anchor=(0.5, 0.6 / figure.get_figheight()))
    return figure


def _two_histograms(ax: Axes, prior: pd.Series, posterior: pd.Series) -> None:
    """Grey bars of the prior, the outline of the posterior."""
    both = np.concatenate([prior, posterior])
    bins = np.linspace(both.min(), both.max() + 1e-12, 19).tolist()
    ax.hist(prior, bins, density=True, color=style.tint(style.MUTED, 0.35))
    ax.hist(posterior, bins, density=True, histtype="step", color=style.BLUE, linewidth=1.6)
    ax.set_yticks([])
    ax.locator_params(axis="x", nbins=4)


@style.styled
def information(table: pd.DataFrame, as_of: str) -> Figure:
    """How far the data moved every parameter, and which they say nothing about."""
    figure = style.page(10.4, 0.19 * len(table) + 2.0)
    silent = int((~table["informed"]).sum())
    top = style.headline(
        figure, f"About {silent} of {len(table)} parameters the record to {as_of} says nothing",
        "Largest gap between prior and posterior distribution functions. Hollow: no more than chance gives "
        "at this effective number of runs (once in a thousand).",
    )  # fmt: skip
    ax = figure.add_subplot(style.grid(figure, 1, 1, top=top + 0.15, bottom=0.95, left=3.1)[0, 0])
    y = np.arange(len(table))[::-1]
    colours = [style.BLUE if seen else "white" for seen in table["informed"]]
    edges = [style.BLUE if seen else style.FAINT for seen in table["informed"]]
    ax.barh(y, table["ks"], 0.7, color=colours, edgecolor=edges, linewidth=0.8)
    ax.set_yticks(y, table["parameter"], fontsize=7.5)
    ax.set_ylim(-0.7, len(table) - 0.3)
    ax.grid(axis="x", color=style.RULE)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel("Kolmogorov-Smirnov distance, prior to posterior")
    return figure


@style.styled
def targets(table: pd.DataFrame) -> Figure:
    """Predictive check: each target's prior and posterior interval around the observation, in its error's units."""
    figure = style.page(10.4, 0.42 * len(table) + 2.2)
    inside = int(table["covered"].sum())
    top = style.headline(
        figure, f"{inside} of {len(table)} targets lie inside the posterior's 90 % interval",
        "Forecast minus observation, in standard deviations of record and model together, which are part of the "
        "intervals. Grey: prior, blue: posterior, 90 % intervals with medians.",
    )  # fmt: skip
    ax = figure.add_subplot(style.grid(figure, 1, 1, top=top + 0.15, bottom=1.05, left=2.2)[0, 0])
    ax.axvline(0.0, color=style.INK, linewidth=0.9)
    names = [
        n if w > 0 else f"{n} (check only)" for n, w in zip(table["target"], table["weight"], strict=True)
    ]
    for part, offset, colour in (("prior", -0.16, style.MUTED), ("posterior", 0.16, style.BLUE)):
        ends = [
            (table[f"{part}_{q}"] - table["observed"]) / table["error"] for q in ("median", "low", "high")
        ]
        intervals(
            ax,
            [Row(value, low, high, colour) for value, low, high in zip(*ends, strict=True)],
            names,
            offset=offset,
            size=5.5,
        )
    ax.set_xscale("symlog", linthresh=3)
    ax.set_xticks([-30, -10, -3, -1, 0, 1, 3, 10, 30], ["-30", "-10", "-3", "-1", "0", "1", "3", "10", "30"])
    ax.grid(axis="x", color=style.RULE)
    ax.set_xlabel("forecast minus observed, in standard deviations of record and model")
    handles = [Line2D([], [], color=style.MUTED, marker="o", label="prior"),
               Line2D([], [], color=style.BLUE, marker="o", label="posterior")]  # fmt: skip
    figure.legend(handles=handles, loc="center", ncols=2, bbox_to_anchor=(0.5, 0.57 / figure.get_figheight()))
    return figure


@style.styled
def recovery(recovered: pd.DataFrame, coverage: pd.DataFrame) -> Figure:
    """Recovery of known parameters: coverage of 90 % intervals, and the ranks of the truths."""
    figure = style.page(10.4, max(5.0, 0.17 * len(coverage) + 2.2))
    trials = int(coverage["trials"].iloc[0])
    good = int(coverage["coverage"].between(0.80, 0.97).sum())
    top = style.headline(
        figure, f"Known parameters are recovered: {good} of {len(coverage)} intervals cover as they should",
        f"{trials} simulated worlds with known parameters. Left: share of 90 % intervals that hold the truth "
        "(band: 80 to "
        "97 %). Right: place of the truth in its posterior; on the diagonal if the inference is right.",
    )  # fmt: skip
    cells = style.grid(figure, 1, 2, top=top + 0.4, bottom=0.95, left=2.9, wgap=0.9)
    ax = figure.add_subplot(cells[0, 0])
    y = np.arange(len(coverage))[::-1]
    ax.axvspan(0.80, 0.97, color=style.GROUND, zorder=0)
    ax.axvline(0.9, color=style.FAINT, linewidth=1.0)
    ax.plot(coverage["coverage"], y, "o", color=style.BLUE, markersize=4.5)
    ax.set_yticks(y, coverage["parameter"], fontsize=7.5)
    ax.set_xlim(min(0.7, float(coverage["coverage"].min()) - 0.02), 1.01)
    ax.set_ylim(-0.7, len(coverage) - 0.3)
    ax.set_xlabel("coverage of 90 % intervals")
    ax = figure.add_subplot(cells[0, 1])
    ax.plot([0, 1], [0, 1], color=style.INK, linewidth=0.9)
    for _, part in recovered.groupby("parameter"):
        ranks = np.sort(part["rank"].to_numpy())
        ax.step(
            ranks,
            (np.arange(ranks.size) + 0.5) / ranks.size,
            color=style.tint(style.BLUE, 0.45),
            linewidth=0.8,
        )
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    ax.set_xlabel("place of the truth in its posterior")
    ax.set_ylabel("share of trials")
    return figure
