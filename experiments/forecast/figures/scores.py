"""Figures of forecasts held against what came: fans, skill, calibration, questions. Tables in, Figure out."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, NullLocator

from experiments.drawing import dates, style
from experiments.drawing.rows import Row, intervals
from experiments.kit.numbers import short

_COUNTS = (0, 3, 10, 30, 100, 300, 1000, 3000, 10000, 30000)
FORECASTERS = {
    "model": ("Model", style.BLUE),
    "pool": ("Pool", style.INK),
    "recent_3m": ("Around the last 3 months", style.ORANGE),
    "recent_6m": ("Around the last 6 months", style.ORANGE),
    "recent_12m": ("Around the last 12 months", style.ORANGE),
    "since_change": ("Stretches since the change", style.PURPLE),
    "damped_trend": ("Damped trend", style.GREEN),
    "seasonal": ("Last year with the season", style.SKY),
    "climatology_3m": ("Last 3 months", style.ORANGE),
    "climatology_6m": ("Last 6 months", style.ORANGE),
    "persistence": ("Last month again", style.MUTED),
    "climatology_12m": ("Last 12 months", style.ORANGE),
    "climatology_since": ("Months since the change", style.PURPLE),
    "poisson_last": ("Poisson on last month", style.SKY),
    "negative_binomial_last": ("Negative binomial on last month", style.GREEN),
    "nothing_changes": ("Nothing changes", style.ORANGE),
    "base_rate": ("Base rate", style.GREEN),
    "coin": ("A coin", style.MUTED),
}


def name_of(forecast: str) -> str:
    """A forecaster's name in words."""
    return FORECASTERS.get(forecast, (forecast.replace("_", " ").capitalize(), style.INK))[0]


def _count_axis(ax: Axes, top: float) -> None:
    """A y axis of log(1 + count), labelled in counts."""
    ticks = [c for c in _COUNTS if c <= max(top, 30.0)]
    ax.set_ylim(0.0, float(np.log1p(max(top, 30.0))) * 1.04)
    ax.yaxis.set_major_locator(FixedLocator([float(np.log1p(t)) for t in ticks]))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.set_yticklabels([f"{t:,}" for t in ticks])


def _month_numbers(months: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """First day and length of months written as 2022-05, in day numbers."""
    first = months.to_numpy(dtype="datetime64[M]")
    start = dates.numbers(first.astype("datetime64[D]"))
    return start, dates.numbers((first + np.timedelta64(1, "M")).astype("datetime64[D]")) - start


def _months(ax: Axes, table: pd.DataFrame, span: pd.Series, peak: float) -> None:
    """Bars of the 90 and 50 % intervals of each month, its median, and the observed count as a dot.

    ``span``: months whose days the axis shows; ``peak``: the largest count of the figure.
    """
    start, length = _month_numbers(table["month"])
    if len(table):
        ax.set_xlim(start.min() - 4, (start + length).max() + 4)
    for low, high, strength in (("low_90", "high_90", 0.22), ("low_50", "high_50", 0.5)):
        bottom, top = np.log1p(table[low]), np.log1p(table[high])
        ax.bar(start + 2, top - bottom, length - 4, bottom, align="edge", color=style.tint(style.BLUE, strength),
               zorder=2)  # fmt: skip
    median = np.log1p(table["median"])
    ax.hlines(median, start + 2, start + length - 2, color=style.BLUE, linewidth=1.8, zorder=3)
    seen = table["observed"].notna()
    middle = (start + length / 2)[seen.to_numpy()]
    ax.plot(middle, np.log1p(table.loc[seen, "observed"]), "o", color=style.INK, markersize=5.5, zorder=4)
    days = np.arange(
        span.min() + "-01", np.datetime64(span.max()) + np.timedelta64(1, "M"), dtype="datetime64[D]"
    )
    dates.dated(ax, days)
    dates.winters(ax, days)
    _count_axis(ax, peak)


def _peak(*tables: pd.DataFrame) -> float:
    return max(float(np.nanmax(table[["high_90", "observed"]].to_numpy(dtype=float))) for table in tables)


def _key(figure: Figure, observed: bool = True) -> None:
    """Key to the bars; without the dot where nothing was observed."""
    dot = Line2D([], [], color=style.INK, marker="o", linestyle="", label="observed (UCDP)")
    handles = [
        Patch(facecolor=style.tint(style.BLUE, 0.22), label="90 % interval"),
        Patch(facecolor=style.tint(style.BLUE, 0.5), label="50 % interval"),
        Line2D([], [], color=style.BLUE, label="median"),
        *([dot] if observed else []),
        Patch(facecolor=style.WINTER, edgecolor=style.RULE, linewidth=0.6, label="winter, passes shut"),
    ]
    place = (0.5, 0.62 / figure.get_figheight())
    figure.legend(handles=handles, loc="center", ncols=5, bbox_to_anchor=place)


@style.styled
def fans_against_observed(tables: dict[str, pd.DataFrame], title: str, subtitle: str) -> Figure:
    """Months of each forecast beside what came; ``tables``: heading to table (`check_months` form)."""
    figure = style.page(10.4, 2.75 * len(tables) + 1.75)
    top = style.headline(figure, title, subtitle)
    cells = style.grid(figure, len(tables), 1, top=top + 0.4, bottom=1.15, hgap=0.75)
    peak = _peak(*tables.values())
    for i, (heading, table) in enumerate(tables.items()):
        ax = figure.add_subplot(cells[i, 0])
        _months(ax, table, table["month"], peak)
        inside = table["observed"].notna()
        hits = int(table.loc[inside, "covered_90"].sum())
        ax.set_title(heading)
        told = f"{hits} of {int(inside.sum())} months inside the 90 % interval"
        where: dict[str, Any] = {"transform": ax.transAxes, "ha": "right", "va": "bottom"}
        ax.text(1.0, 1.03, told, fontsize=8.5, color=style.MUTED, **where)
        ax.set_ylabel("Deaths a month")
    _key(figure)
    return figure


@style.styled
def by_origin(table: pd.DataFrame, forecast: str) -> Figure:
    """Forecasts of one forecaster from every origin: a panel for one, three and six months ahead."""
    figure = style.page(10.4, 8.6)
    top = style.headline(
        figure, f"What the {name_of(forecast).lower()} would have said one, three and six months before",
        "Each bar is the forecast of one month's deaths from what was known on an earlier day: the first of "
        "that month (1 month ahead), of the month two before (3) or five before (6).",
    )  # fmt: skip
    model = table[(table["forecast"] == forecast) & table["origin"].str.endswith("-01")]
    cells = style.grid(figure, 3, 1, top=top + 0.4, bottom=1.15, hgap=0.75)
    peak = _peak(model)
    for i, horizon in enumerate((1, 3, 6)):
        ax = figure.add_subplot(cells[i, 0])
        _months(ax, model[model["horizon"] == horizon], model["month"], peak)
        ax.set_title(f"{horizon} month{'s' if horizon > 1 else ''} ahead")
        ax.set_ylabel("Deaths a month")
    _key(figure)
    return figure


@style.styled
def projection(
    quantiles: pd.DataFrame, observed: pd.Series | None, series: str, place: str, kind: str, as_of: str | None
) -> Figure:
    """Months of a projection: intervals, median, and what came as far as it is known.

    ``quantiles``: month and q050, q250, q500, q750, q950, with a row ``total``; ``observed``: by month, or None;
    ``kind``: whose paths they are; ``as_of``: the day whose knowledge they hold."""
    names = {"q050": "low_90", "q250": "low_50", "q500": "median", "q750": "high_50", "q950": "high_90"}
    whole = quantiles.rename(columns=names).assign(observed=np.nan)
    table, total = whole[whole["month"] != "total"].copy(), whole[whole["month"] == "total"]
    if observed is not None:
        table["observed"] = table["month"].map(observed)
    figure = style.page(10.4, 4.9)
    told = ""
    if len(total):
        row = total.iloc[0]
        told = f"All months together: {short(row['median'])} ({short(row['low_90'])} to "
        told += f"{short(row['high_90'])} in nine of ten paths). "
    told += kind[:1].upper() + kind[1:]
    told += f", as of {as_of}. Scale: log(1 + count)." if as_of else ". Scale: log(1 + count)."
    top = style.headline(
        figure, f"{series.replace('_', ' ').capitalize()} a month ({place}), {table['month'].iloc[0]} to "
        f"{table['month'].iloc[-1]}", told,
    )  # fmt: skip
    ax = figure.add_subplot(style.grid(figure, 1, 1, top=top + 0.25, bottom=1.15)[0, 0])
    _months(ax, table, table["month"], _peak(table))
    _key(figure, observed is not None)
    return figure


@style.styled
def skills(table: pd.DataFrame, means: pd.DataFrame) -> Figure:
    """Skill of the pool against each naive forecast, by horizon, with block-bootstrap intervals."""
    figure = style.page(10.4, 5.6)
    best = means[means["horizon"] == "all"].sort_values("crps").iloc[0]["forecast"]
    head = "has the smallest error" if best == "pool" else f"is behind '{name_of(best).lower()}'"
    top = style.headline(
        figure, f"Over all origins the pool {head}",
        "Skill: share of the naive forecast's error (CRPS) that the pool saves; below zero the naive one is "
        "better. Lines: 95 % block-bootstrap intervals over origins. Few months: read the intervals.",
    )  # fmt: skip
    references = list(dict.fromkeys(table["reference"]))
    horizons = list(dict.fromkeys(table["horizon"]))
    cells = style.grid(figure, 1, len(references), top=top + 0.65, bottom=1.0, left=1.2, wgap=0.25)
    for i, reference in enumerate(references):
        ax = figure.add_subplot(cells[0, i])
        part = table[table["reference"] == reference].set_index("horizon").reindex(horizons)
        ax.axvline(0.0, color=style.INK, linewidth=0.9)
        ax.set_xlim(-1.05, 1.05)
        rows = [Row(row.skill, row.low, row.high) for row in part.itertuples()]
        intervals(ax, rows, horizons if i == 0 else [""] * len(horizons))
        for at, row in enumerate(rows):
            ax.text(1.0, at - 0.16, f"{row.value:.2f}", ha="right", fontsize=8, color=style.MUTED)
        ax.set_title("\n".join(textwrap.wrap(f"against {name_of(reference).lower()}", 15)), fontsize=8)
        ax.set_xlabel("skill")
    return figure


@style.styled
def calibration(pit: pd.DataFrame, reliability: pd.DataFrame, forecasts: int, questions: int) -> Figure:
    """PIT histogram of the monthly forecasts and reliability diagram of the yes-or-no questions."""
    figure = style.page(10.4, 5.2)
    outside = int(((pit["count"] < pit["band_low"]) | (pit["count"] > pit["band_high"])).sum())
    verdict = (
        "as flat as chance allows" if outside == 0 else f"{outside} of {len(pit)} bins are outside chance"
    )
    top = style.headline(
        figure, f"How far the forecasts can be taken at their word: {verdict}",
        "Left: where each month fell in its forecast (flat if intervals are honest; a hump means too wide, a "
        "bowl too narrow; the band is 95 % for independent forecasts, and these overlap). Right: how often "
        "it came true.",
    )  # fmt: skip
    cells = style.grid(figure, 1, 2, top=top + 0.45, bottom=1.05, wgap=0.9)
    ax = figure.add_subplot(cells[0, 0])
    width = pit["high"] - pit["low"]
    ax.axhspan(float(pit["band_low"].iloc[0]), float(pit["band_high"].iloc[0]), color=style.GROUND, zorder=0)
    ax.bar(pit["low"], pit["count"], width * 0.94, align="edge", color=style.tint(style.BLUE, 0.65), zorder=2)
    ax.set_title(f"{forecasts} monthly forecasts")
    ax.set_xlabel("place of the observed month in its forecast (0 below all, 1 above all)")
    ax.set_ylabel("forecasts")
    ax = figure.add_subplot(cells[0, 1])
    _reliability(ax, reliability)
    ax.set_title(f"{questions} yes-or-no questions")
    return figure


def _reliability(ax: Axes, table: pd.DataFrame) -> None:
    ax.plot([0, 1], [0, 1], color=style.FAINT, linewidth=1.0, zorder=1)
    ax.vlines(
        table["forecast"], table["observed_low"], table["observed_high"], color=style.BLUE, linewidth=1.6
    )
    ax.scatter(
        table["forecast"], table["observed"], s=16 * table["count"], color=style.BLUE, zorder=3, clip_on=False
    )
    for x, y, n in zip(table["forecast"], table["observed"], table["count"], strict=True):
        ax.annotate(str(n), (x, y), (9, 4), textcoords="offset points", fontsize=8, color=style.MUTED)
    ax.set_xlim(-0.03, 1.03)
    ax.set_ylim(-0.03, 1.03)
    ax.set_xlabel("probability given (mean of bin)")
    ax.set_ylabel("share that came true")
