"""One plain sentence a figure, worked out from the data: the headline of the figure and its text for screen
readers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from experiments.kit.numbers import chance as shown
from experiments.kit.numbers import percent, short
from experiments.kit.words import fighting, label, words
from experiments.outlook.tables import OutlookTables
from experiments.stats.bands import gather
from experiments.stats.intervals import RANGE, Interval, wilson
from experiments.stats.regions import by_province
from experiments.stats.seasonality import half_years, totals
from experiments.stats.spread import Spread
from experiments.stats.survival import kaplan_meier

EVENTS = {
    "first_rising_day": "first rising",
    "first_return_day": "first return to the valley",
    "first_militia_day": "first militia activation",
}
"""Measures with the day of a first event, and what it is."""


def endings(tables: OutlookTables) -> str:
    """Which ending is likeliest, and whether the runs can tell it from the next."""
    counts = tables.ending_counts()
    order = np.argsort(-counts, kind="stable")
    first, second = (Interval(*wilson(int(counts[i]), tables.runs)) for i in order[:2])
    name, other = (words(tables.ending_names[i]) for i in order[:2])
    if first.low > second.high:
        return f"{name.capitalize()} is the likeliest ending: {shown(*first)} of runs"
    return f"No single ending leads: {name} in {shown(*first)} of runs, {other} in {shown(*second)}"


def fans(tables: OutlookTables) -> str:
    """Where fighters and deaths stand at the end."""
    parts = []
    if {"front_fighters", "pocket_fighters"} <= set(tables.series):
        armed = tables.series["front_fighters"][:, -1] + tables.series["pocket_fighters"][:, -1]
        low, middle, high = np.quantile(armed, RANGE)
        parts.append(
            f"At the end {short(middle)} fighters oppose Kabul in the median run "
            f"({short(low)} to {short(high)} in 90 %)"
        )
    if "deaths" in tables.series:
        months = gather(tables.series["deaths"], tables.dates, "month").whole()
        if months.starts.size >= 12:
            yearly = months.values[:, -12:].mean(axis=1)
            parts.append(f"deaths run at {short(float(np.median(yearly)))} a month in the last year")
    return "; ".join(parts) if parts else "How the main quantities move"


def actors(tables: OutlookTables) -> str:
    """Who makes most attacks over the whole time, in the mean of runs."""
    sums = {
        name: float(tables.measures[name].mean()) for name in fighting("attacks") if name in tables.measures
    }
    total = sum(sums.values())
    if not total:
        return "Who fights and who dies"
    order = sorted(sums, key=lambda name: -sums[name])
    told = ", ".join(
        f"{label(name).removeprefix('attacks by ')} {percent(sums[name] / total)}" for name in order
    )
    return f"Of all attacks in the mean of runs: {told}"


def events(tables: OutlookTables) -> str:
    """How likely each first event is by the horizon."""
    parts = []
    for name, what in EVENTS.items():
        if name in tables.measures:
            chance = kaplan_meier(tables.measures[name], tables.days).happened(tables.days)
            parts.append(f"{what} {shown(*chance)}")
    return "Happened by the end: " + ", ".join(parts) if parts else "No first events were recorded"


def provinces(tables: OutlookTables) -> str:
    """Where the deaths fall."""
    if "deaths" not in tables.places:
        return "Where things happen"
    deaths = by_province(tables.places["deaths"])
    total = deaths.mean.sum()
    if total <= 0:
        return "No deaths in organised violence in any province"
    top = deaths.top(3)
    names = [tables.geography.provinces[i] for i in top]
    share = 100.0 * deaths.mean[top].sum() / total
    return f"{names[0]}, {names[1]} and {names[2]} carry {share:.0f} % of all expected deaths"


def valley(tables: OutlookTables) -> str:
    """Which part of the valley the front holds longest."""
    if tables.valley_held is not None:
        held = tables.valley_held.mean(axis=0)
        side = np.array([p.kind == "side" for p in tables.geography.valley])
        best_side, best_floor = (np.flatnonzero(m)[np.argmax(held[m])] for m in (side, ~side))
        names = [tables.geography.valley[i].name for i in (best_side, best_floor)]
        return (
            f"The front holds the side valley {names[0]} {100 * held[best_side]:.0f} % of the time, "
            f"the floor of {names[1]} {100 * held[best_floor]:.0f} %"
        )
    if "districts_held" in tables.series:
        some = shown(*wilson(int(np.sum(tables.series["districts_held"][:, -1] > 0)), tables.runs))
        told = f"At the end the front holds a district of Panjshir's floor in {some} of runs"
        if "valleys_held" in tables.series:
            sides = float(np.median(tables.series["valleys_held"][:, -1]))
            told += f" and {short(sides)} side valley{'s' if sides != 1 else ''} in the median run"
        return told
    return "The Panjshir valley from its mouth to the passes"


def flows(tables: OutlookTables) -> str:
    """Summer against winter at the gates of Panjshir (else at the borders), and the route that carries most.

    A cut of the network is compared, not the sum over routes: a long way round would count a load many times.
    """
    if tables.routes is None or not np.nan_to_num(tables.routes).any():
        return "No arms move over any route"
    carried = totals(tables.routes, tables.weeks)
    kinds = np.array([link.kind for link in tables.geography.links])
    best = tables.geography.links[int(np.argmax(np.where(kinds == "valley", -1.0, carried)))]
    top = f"{best.name.replace(' - ', ' – ')} carries most"
    cuts = (
        (np.isin(kinds, ("pass", "gorge")), "reach or leave Panjshir"),
        (kinds == "border", "cross the borders"),
    )
    cut, what = next((c for c in cuts if carried[c[0]].any()), (np.ones(kinds.size, bool), "move"))
    warm, cold = (float(mean[cut].sum()) for mean in half_years(tables.routes, tables.weeks))
    if np.isnan(warm) or np.isnan(cold):
        return top
    more, less = ("summer", "winter") if warm >= cold else ("winter", "summer")
    if min(warm, cold) <= 0:
        return f"Arms {what} in the {more} half-year alone; {top}"
    return f"{max(warm, cold) / min(warm, cold):.1f} times as many arms {what} in {more} as in {less}; {top}"


def spread(split: Mapping[str, Spread]) -> str:
    """Between which shares the uncertain parameters explain the spread, and of what."""
    known = {name: s for name, s in split.items() if np.isfinite(s.share)}
    if not known:
        return "Nothing varies between runs"
    most, least = max(known, key=lambda n: known[n].share), min(known, key=lambda n: known[n].share)
    told = f"Uncertain parameters explain {100 * known[most].share:.0f} % of the spread of {label(most)}"
    if most == least:
        return f"{told}; the rest is luck"
    return f"{told}, {100 * known[least].share:.0f} % for {label(least)}; the rest is luck"


def describe(tables: OutlookTables, split: Mapping[str, Spread]) -> dict[str, str]:
    """The sentence of every figure of an outlook, by the figure's name."""
    return {
        "endings": endings(tables),
        "fans": fans(tables),
        "actors": actors(tables),
        "events": events(tables),
        "provinces": provinces(tables),
        "valley": valley(tables),
        "flows": flows(tables),
        "spread": spread(split),
    }
