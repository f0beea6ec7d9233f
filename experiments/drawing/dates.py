"""Dated axes: ticks that name their year, shaded winters, marks of the scenario's events."""

from __future__ import annotations

import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes

from experiments.drawing import style
from experiments.drawing.marks import Mark

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WINTER_MONTHS = (12, 1, 2, 3)
MOST_TOLD = 6
"""Dated events that a subtitle tells."""


def month_year(day: np.datetime64) -> str:
    """`Sep 2024`."""
    year, month = str(np.asarray(day, "datetime64[D]"))[:7].split("-")
    return f"{_MONTHS[int(month) - 1]} {year}"


def in_words(day: np.datetime64) -> str:
    """`6 Sep 2024`."""
    return f"{int(str(np.asarray(day, 'datetime64[D]'))[8:])} {month_year(day)}"


def numbers(days: np.ndarray) -> np.ndarray:
    """Dates as matplotlib's day numbers (about ten times faster to draw than dates)."""
    return np.asarray(days, "datetime64[D]").astype(float)


def dated(ax: Axes, days: np.ndarray, labels: bool = True) -> None:
    """Make the x axis (day numbers of `numbers`) a calendar from the first to the last of `days`."""
    all_days = np.asarray(days, "datetime64[D]")
    first, last = all_days[0], all_days[-1]
    span = max(1, int(numbers(all_days)[-1] - numbers(all_days)[0]))
    start = float(numbers(all_days)[0])
    ax.set_xlim(start, start + span)
    ticks, names = _ticks(first, last, span)
    ax.set_xticks(mdates.date2num(ticks) if len(ticks) else [], names if labels else [""] * len(names))
    ax.tick_params(axis="x", length=3.0)


def _ticks(first: np.datetime64, last: np.datetime64, span: int) -> tuple[np.ndarray, list[str]]:
    """Days for short spans, months up to three years, years beyond; the year stands where it changes."""
    if span <= 75:
        step = max(1, int(np.ceil(span / 6)))
        ticks = np.arange(first, last + np.timedelta64(1, "D"), np.timedelta64(step, "D"))
        return ticks, [in_words(t) if i == 0 else in_words(t)[:-5] for i, t in enumerate(ticks)]
    every = 1 if span < 220 else 3 if span < 430 else 6 if span <= 366 * 5 else 12 * max(1, span // (366 * 8))
    months = np.arange(first.astype("datetime64[M]"), last.astype("datetime64[M]") + np.timedelta64(1, "M"))
    months = months[(months.astype(int) % 12) % min(every, 12) == 0]
    if every >= 12:
        months = months[(months.astype(int) // 12) % (every // 12) == 0]
    ticks = months.astype("datetime64[D]")
    ticks = ticks[(ticks >= first) & (ticks <= last)]
    names = []
    for i, tick in enumerate(ticks):
        month = _MONTHS[int(tick.astype("datetime64[M]").astype(int)) % 12]
        year = str(tick)[:4]
        if every >= 12:
            names.append(year)
        else:
            names.append(f"{month}\n{year}" if i == 0 or month == "Jan" else month)
    return ticks, names


def winters(ax: Axes, days: np.ndarray) -> None:
    """Shade December to March, when snow shuts the high passes."""
    all_days = np.asarray(days, "datetime64[D]")
    if all_days.size < 60:
        return
    cold = np.isin(all_days.astype("datetime64[M]").astype(int) % 12 + 1, WINTER_MONTHS)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], cold.astype(int), [0]])))
    at = numbers(all_days)
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        ax.axvspan(
            at[start],
            at[stop - 1] + 1.0,
            facecolor=style.WINTER_SHADE,
            zorder=2.2,
            linewidth=0,
            label="_winter",
        )


def mark_events(ax: Axes, marks: tuple[Mark, ...]) -> None:
    """A dotted line at each dated event, with its number at the top of the panel."""
    low, high = ax.get_xlim()
    for i, mark in enumerate(marks, start=1):
        x = float(numbers(np.array([mark.day]))[0])
        if not low <= x <= high:
            continue
        ax.axvline(x, color=style.INK, linewidth=0.9, linestyle=(0, (1, 2)), zorder=2.5)
        ax.annotate(
            str(i), (x, 1.0), xycoords=("data", "axes fraction"), fontsize=7, ha="center", va="center",
            color="white", weight="bold", zorder=6, annotation_clip=False,
            bbox={"boxstyle": "circle,pad=0.18", "facecolor": style.INK, "edgecolor": "none"},
        )  # fmt: skip


def key_to_events(marks: tuple[Mark, ...]) -> str:
    """The numbers of the dated events in words, for a subtitle."""
    if not marks:
        return ""
    told = [f"({i}) {in_words(m.day)}: {m.title}" for i, m in enumerate(marks[:MOST_TOLD], start=1)]
    rest = f"; and {len(marks) - MOST_TOLD} more" if len(marks) > MOST_TOLD else ""
    return "Dotted lines, set by the scenario: " + "; ".join(told) + rest + "."
