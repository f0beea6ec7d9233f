"""Time to first events: the chance that each has happened by a date, with the runs still waiting."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.drawing import dates, style
from experiments.kit.numbers import chance as told
from experiments.kit.words import capital
from experiments.outlook import sentences
from experiments.outlook.tables import OutlookTables
from experiments.stats.survival import SurvivalCurve, kaplan_meier

COLOURS = {
    "first_rising_day": style.VERMILION,
    "first_return_day": style.GREEN,
    "first_militia_day": style.PURPLE,
}


def curves(tables: OutlookTables) -> dict[str, SurvivalCurve]:
    """Kaplan-Meier curve of each first event on record; runs without it are censored at the horizon."""
    return {
        name: kaplan_meier(tables.measures[name], tables.days)
        for name in sentences.EVENTS
        if name in tables.measures
    }


def _draw(ax: Axes, curve: SurvivalCurve, start: float, colour: str) -> None:
    """The chance that it has happened by each date, as steps with a band."""
    x = np.append(curve.time, curve.horizon) + start
    chance = np.append(1.0 - curve.survival, 1.0 - curve.survival[-1])
    low = np.append(1.0 - curve.high, 1.0 - curve.high[-1])
    high = np.append(1.0 - curve.low, 1.0 - curve.low[-1])
    ax.fill_between(x, low, high, step="post", color=colour, alpha=0.18, linewidth=0, zorder=2)
    ax.plot(x, chance, drawstyle="steps-post", color=colour, zorder=3)
    half = curve.quantile(0.5).estimate
    if np.isfinite(half):
        ax.plot(
            [start + half], [0.5], marker="o", markersize=5, color=colour, markeredgecolor="white", zorder=5
        )


def _risk_table(ax: Axes, above: Axes, shown: dict[str, SurvivalCurve], start: float) -> None:
    """Below the curves: in how many runs it has not happened yet, at the dates that the axis above names."""
    low, high = above.get_xlim()
    ax.set(xlim=(low, high), ylim=(len(shown) - 0.3, -1.0), xticks=[], yticks=[])
    ticks = [
        t for t in above.get_xticks() if t - low > 0.09 * (high - low) and high - t > 0.09 * (high - low)
    ]
    for row, (name, curve) in enumerate(shown.items()):
        ink = style.legible(COLOURS[name])
        for x, side in ((low, "left"), *((t, "center") for t in ticks), (high, "right")):
            left = curve.waiting(x - start) if x < high else curve.at_risk[-1] - curve.events[-1]
            ax.text(x, row, f"{int(left):,}", ha=side, va="center", fontsize=8.5, color=ink)
        ax.text(
            1.015,
            row,
            sentences.EVENTS[name],
            transform=ax.get_yaxis_transform(),
            fontsize=8.5,
            va="center",
            color=ink,
        )
    heading = "Runs in which it has not happened yet"
    ax.text(0.0, -0.85, heading, transform=ax.get_yaxis_transform(), fontsize=8.5, weight="bold", va="center")
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)


def _end_labels(ax: Axes, shown: dict[str, SurvivalCurve], first: np.datetime64) -> None:
    """Each curve named at its end, the chance by the horizon and the month of an even chance (dot)."""
    texts, heights = [], []
    for name, curve in shown.items():
        chance = curve.happened(curve.horizon)
        what = sentences.EVENTS[name]
        text = f"{what[0].upper()}{what[1:]}\n{told(*chance)}"
        half = curve.quantile(0.5).estimate
        if np.isfinite(half):
            text += f"\neven chance by {dates.month_year(first + np.timedelta64(int(half), 'D'))}"
        texts.append(text)
        heights.append(float(chance.estimate))
    style.label_ends(ax, texts, heights, [COLOURS[n] for n in shown], gap=0.2)


def _key(figure: Figure, shown: dict[str, SurvivalCurve]) -> None:
    """The names of the curves below them, each with its chance by the horizon."""
    for row, (name, curve) in enumerate(shown.items()):
        text = f"{sentences.EVENTS[name]} {told(*curve.happened(curve.horizon))}"
        figure.text(
            0.65 / figure.get_figwidth(), (0.5 + 0.22 * row) / figure.get_figheight(), capital(text),
            color=style.legible(COLOURS[name]), fontsize=8.5, weight="bold",
        )  # fmt: skip


@style.styled
def events(tables: OutlookTables, narrow: bool = False) -> Figure:
    """Curves of the chance that each first event has happened by a date, and the runs still waiting below.

    On phones the curves are named below them, and the runs that wait are left out.
    """
    figure = style.page(style.PHONE if narrow else 10.4, 6.0 if narrow else 5.7)
    shown = curves(tables)
    top = style.headline(
        figure, sentences.events(tables),
        "Chance that the first event of each kind has happened by a date (Kaplan–Meier; bands: 95 % "
        "interval). "
        "Runs in which it never happens count until the horizon. " + dates.key_to_events(tables.marks),
    )  # fmt: skip
    if narrow:
        cells = style.grid(figure, 1, 1, top=top + 0.2, bottom=1.0 + 0.26 * len(shown), left=0.65, right=0.2)
    else:
        cells = style.grid(
            figure, 2, 1, top=top + 0.3, bottom=0.55, left=0.75, right=2.45, hgap=0.5, height_ratios=(3.6, 1)
        )
    ax = figure.add_subplot(cells[0])
    start = float(np.datetime64(tables.dates[0], "D").astype(int))
    for name, curve in shown.items():
        _draw(ax, curve, start, COLOURS[name])
    dates.dated(ax, tables.dates)
    dates.winters(ax, tables.dates)
    dates.mark_events(ax, tables.marks)
    ax.set_ylim(0, 1)
    ax.set_yticks(np.linspace(0, 1, 5), [f"{v} %" for v in (0, 25, 50, 75, 100)])
    if narrow:
        _key(figure, shown)
        return figure
    _end_labels(ax, shown, np.datetime64(tables.dates[0], "D"))
    _risk_table(figure.add_subplot(cells[1]), ax, shown, start)
    return figure
