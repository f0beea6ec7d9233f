"""The ranking of parameters, a panel an outcome, and what leads over time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.config.posteriors import brief
from experiments.drawing import dates, rows, sheets, style
from experiments.kit.numbers import percent
from experiments.kit.words import capital
from experiments.sensitivity.outcomes import series_of, words_of

SHOWN = 8
"""Parameters in each panel."""
_SAID = {
    "total effect": "Share of the variance over runs that a parameter owns, alone and together with others.",
    "main effect": "Share of the variance over runs that a parameter explains alone.",
    "size of effect": "Mean size of the change when one parameter moves over its range and all else, luck included, "
    "stays; in standard deviations.",
}


def figures(result: Mapping[str, Any]) -> sheets.Figures:
    """The figures of the content of ``sensitivity.json`` by name: ``over_time`` only where parameters were followed."""
    made = {"ranking": partial(ranking, result)}
    if result["over_time"]:
        made["over_time"] = partial(over_time, result)
    return sheets.footed(made, runs=result["runs"], scenario=result["title"], seed=result["seed"],
                         note=brief(result["basis"]))  # fmt: skip


@style.styled
def ranking(result: Mapping[str, Any]) -> Figure:
    """The parameters that matter most for each outcome, with 95 % intervals, on one page.

    Parameters
    ----------
    result
        The content of ``sensitivity.json``.
    """
    outcomes = result["outcomes"]
    columns = 1 if len(outcomes) == 1 else 2
    down = -(-len(outcomes) // columns)
    figure = style.page(6.4 * columns, 1.9 + 2.35 * down)
    clear = next((one for one in outcomes if one["indices"][0]["clear"]), None)
    title = (
        "No parameter is clear of noise"
        if clear is None
        else (f"{clear['indices'][0]['parameter']} matters most for {clear['label']}")
    )
    noise = (
        "dashed: noise; grey: not clear of it"
        if any(one["floor"] for one in outcomes)
        else ("grey: may have no effect")
    )
    head = style.headline(
        figure, title, f"{_SAID[result['measure']]} Lines: 95 % interval; {noise}.",
    )  # fmt: skip
    grid = style.grid(
        figure, down, columns, top=head + 0.4, bottom=0.85, left=2.4, right=0.3, hgap=0.62, wgap=2.5
    )
    for n, one in enumerate(outcomes):
        _panel(figure.add_subplot(grid[n // columns, n % columns]), one, result["measure"])
    return figure


def _panel(ax: Axes, one: Mapping[str, Any], measure: str) -> None:
    """One outcome: its leading parameters, the floor of noise, and the share of luck in the title."""
    shown = one["indices"][:SHOWN]
    drawn = [
        rows.Row(row["value"], row["low"], row["high"], style.BLUE if row["clear"] else style.FAINT)
        for row in shown
    ]
    low, high = rows.reach(drawn, spread=np.inf)
    ax.set_xlim(min(low, -0.02 * high), high)
    rows.intervals(ax, drawn, [row["parameter"] for row in shown], size=5.0)
    if one["floor"]:
        ax.axvline(one["floor"], color=style.ORANGE, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1)
    if measure != "size of effect":
        digits = 0 if high > 0.05 else 1
        ax.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.{digits}f} %")
        ax.xaxis.set_major_locator(MaxNLocator(5))
    luck = "" if one["luck"] is None else f" (luck: {percent(one['luck']['share'])})"
    ax.set_title(f"{capital(one['label'])}{luck}", fontsize=9.5)
    ax.grid(axis="x", visible=True)
    ax.grid(axis="y", visible=False)


@style.styled
def over_time(result: Mapping[str, Any]) -> Figure:
    """The leading parameters of each outcome that has a series, by quarter, with 95 % intervals.

    Parameters
    ----------
    result
        The content of ``sensitivity.json``.
    """
    followed: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
    for row in result["over_time"]:
        followed.setdefault(row["outcome"], {}).setdefault(row["parameter"], []).append(row)
    figure = style.page(9.4, 1.6 + 2.5 * len(followed))
    head = style.headline(
        figure,
        _course(followed, result["place"]),
        f"{_SAID[result['measure']]} By quarter; bands: 95 % interval.",
    )
    grid = style.grid(figure, len(followed), 1, top=head + 0.35, bottom=0.9, left=0.8, right=2.6, hgap=0.85)
    for n, (outcome, lines) in enumerate(followed.items()):
        ax = figure.add_subplot(grid[n, 0])
        _lines(ax, lines, result["measure"])
        said = words_of(series_of(outcome) or outcome, result["place"])
        ax.set_title(f"{capital(said)}, quarter by quarter", fontsize=9.5)
    return figure


def _course(followed: Mapping[str, Mapping[str, list[Mapping[str, Any]]]], place: str | None) -> str:
    """What leads for the first outcome, at first and at the end."""
    outcome, lines = next(iter(followed.items()))
    first, last = (max(lines, key=lambda name: lines[name][at]["value"]) for at in (0, -1))
    said = f"{capital(words_of(series_of(outcome) or outcome, place))}: "
    return said + (
        f"{first} leads at first and at the end"
        if first == last
        else f"{first} leads at first, {last} at the end"
    )


def _lines(ax: Axes, lines: Mapping[str, list[Mapping[str, Any]]], measure: str) -> None:
    """One outcome: a line and a band a parameter, named at its end."""
    days = np.array([row["quarter"] for row in next(iter(lines.values()))], "datetime64[D]")
    x = dates.numbers(days)
    colours = [style.CYCLE[k % len(style.CYCLE)] for k in range(len(lines))]
    most = max(row["high"] for line in lines.values() for row in line) * 1.05 or 1.0
    for colour, line in zip(colours, lines.values(), strict=True):
        value, low, high = (np.array([row[key] for row in line]) for key in ("value", "low", "high"))
        ax.fill_between(x, np.maximum(low, 0.0), high, color=style.tint(colour, 0.18), linewidth=0)
        ax.plot(x, np.maximum(value, 0.0), color=colour, linewidth=1.6)
    dates.dated(ax, days)
    ax.set_ylim(0.0, most)
    if measure != "size of effect":
        style.shares(ax.yaxis)
    heights = [max(line[-1]["value"], 0.0) / most for line in lines.values()]
    style.label_ends(ax, list(lines), heights, colours, 0.095)
