"""Scenarios side by side: fans, endings, paired differences; and how sure the runs make us."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from experiments.drawing import dates, style
from experiments.drawing.bands import band_key, draw_bands
from experiments.drawing.rows import Row, intervals, reach
from experiments.kit.words import capital, ending, words
from experiments.stats.bands import Bands, Periods, quantile_bands
from experiments.stats.intervals import half_width
from experiments.stats.paired import Paired
from experiments.studies.landscapes import Quantity, each


@style.styled
def fans_by_scenario(
    days: np.ndarray, paths: Mapping[str, Periods], outcome: Quantity, *, flow: bool = False
) -> Figure:
    """One fan a scenario with a shared scale: the paths of each, all with the same periods, over `days`
    datetime64[D] ``(days,)``.

    The first scenario's median is repeated in black in all others. `flow`: the paths are totals of a period.
    """
    names = list(paths)
    columns = min(3, len(names))
    rows = -(-len(names) // columns)
    figure = style.page(10.4, 1.75 * rows + 2.3)
    unit = paths[names[0]].unit
    x = dates.numbers(paths[names[0]].starts)
    bands = {name: quantile_bands(p.values, x) for name, p in paths.items()}
    top = style.headline(
        figure, _range_in_words(outcome, {name: float(b.median[-1]) for name, b in bands.items()}),
        f"{outcome.label}{f' a {unit}' if flow else ''}. The black line repeats the median of "
        f"{words(names[0])} in every panel. Same scale throughout.",
    )  # fmt: skip
    cells = style.grid(
        figure, rows, columns, top=top + 0.4, bottom=1.15, left=0.75, right=0.35, hgap=0.7, wgap=0.4
    )
    ceiling = _ceiling([float(b.high[-1].max()) for b in bands.values()])
    for i, name in enumerate(names):
        ax = figure.add_subplot(cells[i // columns, i % columns])
        _one_fan(ax, days, bands[name], bands[names[0]] if i else None, outcome, ceiling)
        ax.tick_params(labelleft=i % columns == 0)
        ax.set_title(words(name), fontsize=9.5)
    more = Line2D([], [], color=style.INK, linewidth=1.1, label=f"median of {words(names[0])}")
    band_key(figure, 0.6, [more] if len(names) > 1 else [])
    return figure


def _ceiling(tops: Sequence[float]) -> float:
    """Height of the common scale: what all reach, but no more than three times what half of them need."""
    most = max(tops)
    usual = float(np.median(tops))
    return (most if most <= 3.0 * usual or usual == 0.0 else 3.0 * usual) or 1.0


def _range_in_words(outcome: Quantity, last: Mapping[str, float]) -> str:
    """Which scenario ends lowest and which highest, by their medians."""
    most, least = max(last, key=last.__getitem__), min(last, key=last.__getitem__)
    return (
        f"{outcome.name} at the end: {outcome.say(last[least])} in {words(least)}, "
        f"{outcome.say(last[most])} in {words(most)} (medians)"
    )


def _one_fan(
    ax: Axes, days: np.ndarray, bands: Bands, first: Bands | None, outcome: Quantity, ceiling: float
) -> None:
    """One scenario's fan, with the first one's median over it."""
    draw_bands(ax, bands.times, bands, style.MUTED if first is None else style.BLUE)
    if first is not None:
        ax.plot(first.times, first.median, color=style.INK, linewidth=1.1, zorder=4, label="_first")
    dates.dated(ax, days)
    dates.winters(ax, days)
    ax.set_ylim(0, ceiling * 1.05)
    if float(bands.high[-1].max()) > ceiling * 1.05:
        ax.text(
            0.01, 0.97, f"goes on to {outcome.say(float(bands.high[-1].max()))} ↑", transform=ax.transAxes, va="top",
            fontsize=7.5, color=style.legible(style.VERMILION), path_effects=style.halo(), zorder=6,
        )  # fmt: skip
    ax.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    ax.yaxis.set_major_formatter(lambda v, _: outcome.tick(v))
    ax.text(
        1.0, 1.04, f"{bands.runs:,} runs", transform=ax.transAxes, ha="right", fontsize=7.5, color=style.MUTED
    )


@style.styled
def endings_by_scenario(counts: Mapping[str, np.ndarray], names: Sequence[str]) -> Figure:
    """Endings of several scenarios as stacked bars: `counts[scenario]` int ``(ending,)``, ordered as `names`."""
    figure = style.page(10.4, 2.1 + 0.38 * len(counts))
    totals = np.array([int(np.sum(c)) for c in counts.values()])
    shares = np.array([np.asarray(c, float) / max(1, int(np.sum(c))) for c in counts.values()])
    low, high = shares.min(axis=0), shares.max(axis=0)
    mover = int(np.argmax(high - low))
    top = style.headline(
        figure,
        f"{ending(names[mover])} ranges from {100 * low[mover]:.0f} % to {100 * high[mover]:.0f} % between "
        "scenarios",
        f"Share of runs by ending; {each(totals, 'a scenario')}: each share is known to ± "
        f"{100 * float(half_width(0.5, totals.min())):.0f} points or better (95 %).",
    )  # fmt: skip
    ax = figure.add_subplot(style.grid(figure, 1, 1, top=top + 0.5, bottom=0.8, left=2.4, right=0.4)[0])
    _stack(ax, shares, names)
    ax.set_yticks(np.arange(len(counts)), [words(n) for n in counts], color=style.INK)
    ax.set(xlim=(0, 1), ylim=(len(counts) - 0.5, -0.5))
    style.shares(ax.xaxis)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    figure.legend(
        loc="upper left", ncols=len(names), handlelength=1.0,
        bbox_to_anchor=(0.018, 1.0 - (top + 0.02) / figure.get_figheight()), columnspacing=1.4,
    )  # fmt: skip
    return figure


def _stack(ax: Axes, shares: np.ndarray, names: Sequence[str]) -> None:
    """Stacked bars with their share written in where it fits: `shares` float ``(scenario, ending)``."""
    rows = np.arange(shares.shape[0])
    left = np.zeros(shares.shape[0])
    for k, name in enumerate(names):
        colour = style.ending_colour(name, k)
        ax.barh(
            rows, shares[:, k], left=left, height=0.72, color=style.tint(colour, 0.85), edgecolor="white",
            linewidth=1.0, label=ending(name),
        )  # fmt: skip
        for row in np.flatnonzero(shares[:, k] > 0.045):
            middle, share = left[row] + shares[row, k] / 2, f"{100 * shares[row, k]:.0f}"
            ink = "white" if style.is_dark(colour) else style.INK
            ax.text(middle, float(row), share, ha="center", va="center", fontsize=8, color=ink)
        left = left + shares[:, k]


@style.styled
def paired_differences(rows: Mapping[str, Paired], outcome: Quantity, *, a: str, b: str) -> Figure:
    """Paired differences with intervals, one row an outcome: settled signs in blue, open ones in grey.

    `rows[label]` as `experiments.stats.paired.compare` gives it for A minus B; on the right the chance
    that A is greater, flips of a binary outcome, and the pairs more that would settle the sign.
    """
    settled = sum(p.settled for p in rows.values())
    figure = style.page(10.4, 2.35 + 0.4 * len(rows))
    pairs = max(p.runs for p in rows.values())
    top = style.headline(
        figure,
        f"{capital(a)} against {b}: the sign of {settled} of {len(rows)} differences is settled",
        f"{outcome.label}: mean difference between runs that share luck and parameters ({pairs:,} pairs), "
        "with its 95 % interval. Blue: the interval leaves zero out.",
    )  # fmt: skip
    ax = figure.add_subplot(style.grid(figure, 1, 1, top=top + 0.55, bottom=1.0, left=2.4, right=4.1)[0])
    ax.axvline(0.0, color=style.INK, linewidth=0.9)
    drawn = [
        Row(p.difference, p.low, p.high, style.BLUE if p.settled else style.MUTED) for p in rows.values()
    ]
    ax.set_xlim(*reach(drawn))
    intervals(ax, drawn, [textwrap.fill(name, 38) for name in rows])
    for row, p in enumerate(rows.values()):
        _readings(ax, row, p)
    for x, text in zip(_COLUMNS, _HEADINGS, strict=True):
        ax.text(
            x, 1.02, text, transform=ax.transAxes, va="bottom", fontsize=8, color=style.MUTED, weight="bold",
            linespacing=1.15,
        )  # fmt: skip
    ax.set_xlabel(f"← lower in {a}      difference      higher in {a} →", color=style.MUTED)
    ax.xaxis.set_major_formatter(lambda v, _: _signed(v, outcome.share))
    ax.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    ax.grid(axis="x", visible=True)
    ax.grid(axis="y", visible=False)
    ax.spines["left"].set_visible(False)
    return figure


_COLUMNS = (1.03, 1.37, 1.64)
_HEADINGS = ("chance that\nA > B", "flips\nup / down", "pairs more to\nsettle the sign")


def _signed(value: float, share: bool) -> str:
    """A difference with its sign, in points for shares."""
    if value == 0:
        return "0"
    return f"{100 * value:+.0f} pts" if share else f"{value:+,g}"


def _readings(ax: Axes, row: int, p: Paired) -> None:
    """The three readings on the right of a row."""
    colour = style.BLUE if p.settled else style.MUTED
    for x, text in zip(_COLUMNS, _reading(p), strict=True):
        ax.text(x, row, text, transform=ax.get_yaxis_transform(), va="center", fontsize=8.5, color=colour)


def _reading(p: Paired) -> tuple[str, str, str]:
    """Chance, flips and replicates more of one paired difference."""
    chance = f"{100 * p.p_greater:.0f} %" + (f" ({100 * p.p_equal:.0f} % ties)" if p.p_equal > 0.005 else "")
    flips = "–" if p.flips_up is None else f"{p.flips_up} / {p.flips_down}"
    more = (
        "settled" if p.settled else "no difference seen" if p.more_runs is None else f"about {p.more_runs:,}"
    )
    return chance, flips, more
