"""Figures of stylised facts: event sizes, seasons, sieges, and all facts beside what is expected."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy import special

from experiments.drawing import style
from experiments.drawing.rows import Row, intervals
from experiments.validation.facts import siege
from experiments.validation.stylised import Tail

PUBLISHED_EXPONENT = 2.5
_MONTHS = ("J", "F", "M", "A", "M", "J", "J", "A", "S", "O", "N", "D")


@style.styled
def event_sizes(counts: NDArray[np.int64], tail: Tail) -> Figure:
    """Share of events at least as deadly as x, the fitted power law, and the published slope."""
    figure = style.page(7.6, 5.6)
    top = style.headline(
        figure, f"Deadly events fall off with an exponent of {tail.exponent:.2f}",
        f"Share of events with at least so many deaths. Line: maximum likelihood from {tail.lower} deaths on "
        f"({tail.events:,} events); dashed: the 2.5 published for insurgencies (Bohorquez et al. 2009).",
    )  # fmt: skip
    ax = figure.add_subplot(style.grid(figure, 1, 1, top=top + 0.25, bottom=1.0, left=0.9)[0, 0])
    sizes = np.arange(1, counts.size - 1)
    above = counts[1:-1][::-1].cumsum()[::-1] / counts[1:-1].sum()
    seen = above > 0
    ax.plot(sizes[seen], above[seen], ".", color=style.BLUE, markersize=5, label="model")
    x = np.unique(np.geomspace(tail.lower, sizes[seen][-1], 60).astype(int))
    anchor = above[tail.lower - 1]
    for exponent, dash, colour in ((tail.exponent, "-", style.INK), (PUBLISHED_EXPONENT, "--", style.ORANGE)):
        fitted = special.zeta(exponent, x.astype(float)) / special.zeta(exponent, float(tail.lower))
        ax.plot(x, anchor * fitted, dash, color=colour, linewidth=1.4, label=f"exponent {exponent:.2f}")
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.xaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    ax.yaxis.set_major_formatter(lambda v, _: f"1 in {1 / v:,.0f}" if v < 1 else "all")
    ax.minorticks_off()
    ax.grid(True, which="major", color=style.RULE)
    ax.set_xlabel("deaths in an event")
    ax.set_ylabel("share of events at least as deadly")
    ax.legend(loc="lower left")
    return figure


@style.styled
def seasons(model: pd.DataFrame, observed: pd.DataFrame) -> Figure:
    """Deaths by month of the year as share of the mean month: the model, the first year, the years before 2021."""
    figure = style.page(8.6, 5.0)
    top = style.headline(
        figure, "The fighting season",
        "Deaths by month of the year, 1 = the mean month. Band: 90 % of runs. The first year is a single "
        "year: its peaks are also luck.",
    )  # fmt: skip
    ax = figure.add_subplot(style.grid(figure, 1, 1, top=top + 0.25, bottom=1.2, left=0.9)[0, 0])
    mean = model["mean"].mean()
    low, high = model["low"] / mean, model["high"] / mean
    ax.fill_between(model["month"], low, high, color=style.tint(style.BLUE, 0.25),
                    linewidth=0, label="model, 90 % of runs")  # fmt: skip
    ax.plot(model["month"], model["mean"] / mean, color=style.BLUE, label="model, mean")
    ax.plot(observed["month"], observed["before"], color=style.ORANGE, label="UCDP, mean of 2015 to 2020")
    ax.plot(
        observed["month"],
        observed["first_year"],
        "o",
        color=style.INK,
        label="UCDP, October 2021 to September 2022",
    )
    ax.axhline(1.0, color=style.FAINT, linewidth=0.8)
    ax.set_xticks(range(1, 13), _MONTHS)
    ax.set_ylim(0, None)
    ax.set_ylabel("deaths, mean month = 1")
    figure.legend(loc="center", ncols=4, bbox_to_anchor=(0.5, 0.62 / figure.get_figheight()), fontsize=8)
    return figure


@style.styled
def sieges(table: pd.DataFrame) -> Figure:
    """The three sieges of history: share of runs in which each thing happens, and what history asks for."""
    figure = style.page(10.4, 0.75 * len(table) + 2.1)
    held = int(table["holds"].sum())
    top = style.headline(
        figure, f"One model, three sieges: {held} of {len(table)} outcomes of history come out",
        "Share of runs in which it happens, with 95 % interval; shaded: what history asks for. The scenarios "
        "differ only in what differed then.",
    )  # fmt: skip
    ax = figure.add_subplot(style.grid(figure, 1, 1, top=top + 0.2, bottom=0.95, left=5.2, right=0.5)[0, 0])
    for at, row in enumerate(table.itertuples()):
        sign, bound = row.expected.split()
        low, high = (float(bound), 1.0) if sign == ">=" else (0.0, float(bound))
        ax.fill_betweenx([at - 0.32, at + 0.32], low, high, color=style.GROUND, zorder=0)
    ax.set_xlim(-0.03, 1.03)
    labels = [textwrap.fill(f"{siege(row.scenario)}: {row.text}", 62) for row in table.itertuples()]
    intervals(ax, [Row(row.share, row.low, row.high) for row in table.itertuples()], labels)
    ax.tick_params(axis="y", labelsize=8)
    ax.grid(axis="x", visible=True)
    ax.grid(axis="y", visible=False)
    style.shares(ax.xaxis)
    ax.set_xlabel("share of runs")
    return figure


@style.styled
def facts(table: pd.DataFrame) -> Figure:
    """Every fact with its range over runs, what is expected, and whether it holds."""
    figure = style.page(10.4, 0.68 * len(table) + 1.9)
    held = int(table["holds"].sum())
    top = style.headline(
        figure, f"{held} of {len(table)} stylised facts hold",
        "Median and range of 90 % of runs (95 % interval for shares of runs), each on its own scale; written "
        "beside it: what is expected.",
    )  # fmt: skip
    cells = style.grid(figure, len(table), 1, top=top + 0.1, bottom=0.8, left=4.2, right=2.9, hgap=0.34)
    for i, row in enumerate(table.itertuples()):
        ax = figure.add_subplot(cells[i, 0])
        colour = style.BLUE if row.holds else style.VERMILION
        intervals(ax, [Row(row.value, row.low, row.high, colour)], [textwrap.fill(row.fact, 58)])
        span = max(row.high - row.low, abs(row.value) * 0.2, 1e-3)
        ax.set_xlim(min(row.low, row.value) - 0.35 * span, max(row.high, row.value) + 0.35 * span)
        ax.tick_params(axis="y", labelsize=8)
        ax.tick_params(axis="x", labelsize=7)
        ax.locator_params(axis="x", nbins=4)
        ax.grid(visible=False)
        told = textwrap.fill(f"{row.value:.2f}   expected {row.expected}", 40)
        ax.text(1.03, 0.5, told, transform=ax.transAxes, va="center", fontsize=8.5, color=colour)
    return figure
