"""Stylised facts: what is measured on the model, what it should be, and who says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.config import load_scenario
from experiments.observed import load_observations
from experiments.runs.plan import Study, Variant
from experiments.runs.store import StudyFolder
from experiments.runs.tables import QUESTION
from experiments.stats.intervals import RANGE, wilson
from experiments.stats.summaries import monthly
from experiments.validation import stylised
from sim.ensemble import Block
from sim.outcomes import PLACE_SERIES
from sim.scenario import Scenario
from sim.world.clock import Calendar
from sim.world.geography import load_geography

FloatArray = NDArray[np.float64]
Fact = tuple[str, float, float, float, str, bool, str]
"""A row of `facts`."""

FIRST_YEAR = ("2021-10", "2022-09")
"""First and last month of the observed year."""
#: Most events that a tail is fitted to; more would only take longer.
MOST_EVENTS = 40_000
#: Fewest deadly events of a run that gets a tail of its own.
FEWEST_EVENTS = 300

#: Scenario to the questions of its outlook that history answers: id, and at least or at most which share of
#: runs.
SIEGES: Mapping[str, tuple[tuple[str, str, float], ...]] = MappingProxyType(
    {
        "siege_2021": (("valley_floor_taken_72h", ">=", 0.8),),
        "siege_taliban_1996_2001": (("valley_taken_3y", "<=", 0.2),),
        "siege_soviet_1980s": (
            ("valley_floor_entered", ">=", 0.8),
            ("valley_floor_held_through_winter", "<=", 0.2),
        ),
    }
)


SIEGE_COLUMNS = ("scenario", "question", "text", "share", "low", "high", "expected", "holds")
"""Columns of `besieged`."""


@dataclass(frozen=True)
class Measured:
    """Facts of one scenario.

    Attributes
    ----------
    sizes
        Events by deaths (index: deaths of the event), summed over runs.
    tail
        The power law fitted to them.
    tails
        Exponent of each run that has events enough; season, bursts, memory, spread: one number a run.
    beside, alone
        Weekly chance of fighting in a quiet province with and without fighting next door, a run.
    share
        Of attacks in Panjshir and its neighbours, a run.
    even
        The share of the provinces that these are.
    calendar
        Mean deaths by month of the year with 90 % of runs (month, mean, low, high).
    observed_calendar
        The same months in the first year and their mean before 2021.
    """

    sizes: NDArray[np.int64]
    tail: stylised.Tail
    tails: FloatArray
    season: FloatArray
    bursts: FloatArray
    memory: FloatArray
    variation: FloatArray
    beside: FloatArray
    alone: FloatArray
    share: FloatArray
    even: float
    calendar: pd.DataFrame
    observed_calendar: pd.DataFrame


def measured(scenario: Scenario, kept: Mapping[str, np.ndarray]) -> Measured:
    """The facts of a scenario from what `reduce` kept of its runs."""
    sizes, deaths = kept["sizes"].astype(np.int64), kept["monthly"]
    months = np.unique(Calendar(scenario.start, scenario.end).dates.astype("datetime64[M]"))
    number = months.astype(int) % 12 + 1
    inner = slice(1, -1)  # the first and the last month may be cut
    return Measured(
        sizes.sum(axis=0), fit_events(sizes.sum(axis=0)), run_tails(sizes),
        _seasons(deaths, months, inner), kept["bursts"],
        stylised.memory(deaths[:, inner]), np.log1p(deaths[:, inner]).std(axis=1),
        kept["beside"], kept["alone"], kept["share"], float(_home().mean()),
        _calendar(deaths[:, inner], number[inner]), _observed_calendar(),
    )  # fmt: skip


def reduce(block: Block) -> dict[str, np.ndarray]:
    """What is kept of the runs of a block: numbers ``(runs,)`` or ``(runs, width)``."""
    scenario, places = block.scenario, np.asarray(block.places)
    attacks = places[..., PLACE_SERIES.index("attacks")]
    beside, alone = stylised.spread_to_neighbours(attacks, adjacency())
    daily = block.national("attacks_front") + block.national("attacks_pockets")
    return {
        "sizes": block.event_sizes.astype(np.float64),
        "monthly": monthly(block.national("deaths"), Calendar(scenario.start, scenario.end).dates)[0],
        "bursts": stylised.burstiness(daily),
        "beside": beside,
        "alone": alone,
        "share": stylised.share_at(attacks, _home()),
    }


def _home() -> NDArray[np.bool_]:
    """Panjshir and its neighbours among the provinces ``(34,)``."""
    near, panjshir = adjacency(), load_geography().panjshir
    return near[panjshir] | (np.arange(len(near)) == panjshir)


def adjacency() -> NDArray[np.bool_]:
    """Which provinces share a border, bool ``(34, 34)``."""
    geography = load_geography()
    near = np.zeros((len(geography.province_names),) * 2, dtype=bool)
    for i in range(len(near)):
        near[i, geography.indices[geography.indptr[i] : geography.indptr[i + 1]]] = True
    return near


def fit_events(counts: NDArray[np.int64]) -> stylised.Tail:
    """Tail of a histogram of events by deaths (the last bin may hold all that are larger and is left out)."""
    return stylised.fit_tail(thinned(counts[:-1]))


def thinned(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sizes of at most ``MOST_EVENTS`` events with one death or more, evenly taken from a histogram."""
    total = int(counts[1:].sum())
    places = np.arange(min(total, MOST_EVENTS)) * total // max(1, min(total, MOST_EVENTS))
    return np.searchsorted(np.cumsum(counts[1:]), places, side="right").astype(np.int64) + 1


def run_tails(sizes: NDArray[np.int64]) -> FloatArray:
    """Exponent of each run with at least ``FEWEST_EVENTS`` deadly events; the lower bound is that run's own."""
    rows = [row for row in sizes[:200] if row[1:-1].sum() >= FEWEST_EVENTS]
    return np.array([stylised.fit_tail(thinned(row[:-1])).exponent for row in rows])


def _calendar(totals: FloatArray, number: NDArray[np.int64]) -> pd.DataFrame:
    rows = []
    for month in range(1, 13):
        if (number == month).any():
            by_run = totals[:, number == month].mean(axis=1)
            rows.append((month, by_run.mean(), *np.quantile(by_run, [0.05, 0.95])))
    return pd.DataFrame(rows, columns=["month", "mean", "low", "high"])


def _observed_calendar() -> pd.DataFrame:
    """Deaths by month of the year: the first year, and the mean of 2015 to 2020, each as share of its mean month."""
    deaths = load_observations("ucdp_monthly").monthly("deaths")
    before = deaths[(deaths.index >= "2015-01") & (deaths.index <= "2020-12")]
    first = deaths[(deaths.index >= "2021-10") & (deaths.index <= "2022-09")]
    by_month = before.groupby(before.index.month).mean()
    year = first.groupby(first.index.month).sum()
    return pd.DataFrame({"month": by_month.index, "before": (by_month / by_month.mean()).to_numpy(),
                         "first_year": (year / year.mean()).to_numpy()})  # fmt: skip


def siege_study(replicates: int, seed: int) -> Study:
    """The sieges of history as a study."""
    variants = tuple(Variant(name, load_scenario(name)) for name in SIEGES)
    return Study(variants, replicates, seed, design={"name": "sieges"})


def besieged(folder: StudyFolder) -> pd.DataFrame:
    """What came of the sieges: one row a question: scenario, question, text, share with interval, expected, holds."""
    runs, rows = folder.runs(), []
    for variant in folder.study.variants:
        here = runs[(runs["scenario"] == variant.label).to_numpy()]
        asked = {question.id: question for question in variant.scenario.questions}
        for key, sign, bound in SIEGES[variant.label]:
            share, low, high = wilson(int(here[QUESTION + key].sum()), len(here))
            holds = share >= bound if sign == ">=" else share <= bound
            rows.append((variant.label, key, asked[key].text, share, low, high, f"{sign} {bound}", holds))
    return pd.DataFrame(rows, columns=list(SIEGE_COLUMNS))


def facts(measured: Measured, sieges: pd.DataFrame) -> pd.DataFrame:
    """All facts: fact, value, low, high, expected, holds, source."""
    seen = observed_facts()
    tail = measured.tail
    rows = [
        _exponent(tail, measured.tails),
        _season(measured.season, f"{seen['season']} (UCDP GED 25.1)"),
        _fact(
            "burstiness of days with attacks", measured.bursts, "> 0", lambda v: v > 0,
            "0 for chance, above 0 for human activity (Goh and Barabasi 2008, EPL 81:48002)",
        ),
        _fact(
            "memory of monthly deaths", measured.memory, f"> 0; observed {seen['memory']}", lambda v: v > 0,
            f"correlation of neighbouring months in logs; {seen['memory']} (UCDP GED 25.1)",
        ),
        _fact(
            "variation of monthly deaths (log)", measured.variation,
            f"0.5 to 1.5; observed {seen['variation']}", lambda v: 0.5 <= v <= 1.5,
            f"{seen['variation']} (UCDP GED 25.1)",
        ),
        _fact(
            "risk ratio of fighting next door", measured.beside / measured.alone, "> 1", lambda v: v > 1,
            "violence spreads to neighbours (Schutte and Weidmann 2011, Political Geography 30:143)",
        ),
        _fact(
            "attacks in Panjshir and its neighbours", measured.share, f"> {measured.even:.2f}",
            lambda v: v > measured.even, "most battles of the front in Baghlan and Panjshir (ACLED 2022); "
            "the bound is what an even spread gives; share of the attacks of all groups",
        ),
    ]  # fmt: skip
    for row in sieges.itertuples():
        name, source = f"{siege(row.scenario)}: {' '.join(row.text.split())}", "history"
        rows.append((name, row.share, row.low, row.high, row.expected, row.holds, source))
    return pd.DataFrame(rows, columns=["fact", "value", "low", "high", "expected", "holds", "source"])


def siege(scenario: str) -> str:
    """The name of a siege in words: ``siege_soviet_1980s`` is ``Soviet siege, 1980s``."""
    known = {
        "siege_2021": "Siege of 2021",
        "siege_taliban_1996_2001": "Sieges of 1996 to 2001",
        "siege_soviet_1980s": "Soviet sieges of the 1980s",
    }
    return known.get(scenario, scenario.replace("_", " "))


def _seasons(monthly_deaths: FloatArray, months: NDArray[np.datetime64], inner: slice) -> FloatArray:
    """Summer over winter of each run: in the months that `observed_season` is of, else in all whole months."""
    first, last = (np.datetime64(month) for month in FIRST_YEAR)
    year = (months >= first) & (months <= last)
    rows = year if year.sum() == 12 else inner
    return stylised.season_ratio(monthly_deaths[:, rows], (months.astype(int) % 12 + 1)[rows])


def observed_season() -> float:
    """Summer over winter in the observed deaths of the first year."""
    part = _observed_deaths(*FIRST_YEAR)
    return float(stylised.season_ratio(part.to_numpy(dtype=float)[None, :], part.index.month)[0])


def _season(by_run: FloatArray, source: str) -> Fact:
    """The season of the first year: it holds if the observed one lies within 90 % of runs."""
    seen = observed_season()
    name, middle, low, high, *_ = _fact("summer over winter, deaths a month", by_run, "", lambda v: True, "")
    return (name, middle, low, high, f"{seen:.2f} within 90 % of runs", bool(low <= seen <= high), source)


def _observed_deaths(first: str, last: str) -> pd.Series:
    """Observed deaths by month, from one month to another."""
    deaths = load_observations("ucdp_monthly").monthly("deaths")
    return deaths[(deaths.index >= first) & (deaths.index <= last)]


def observed_facts() -> dict[str, str]:
    """The observed values of season, memory and variation, in words, from the packaged months."""
    spans = {"the first year": FIRST_YEAR, "2015 to 2020": ("2015-01", "2020-12")}
    told: dict[str, list[str]] = {"season": [], "memory": [], "variation": []}
    for name, (first, last) in spans.items():
        part = _observed_deaths(first, last)
        row = part.to_numpy(dtype=float)[None, :]
        values = (
            stylised.season_ratio(row, part.index.month),
            stylised.memory(row),
            np.log1p(row).std(axis=1),
        )
        for key, value in zip(told, values, strict=True):
            told[key].append(f"{value[0]:.2f} in {name}")
    return {key: ", ".join(parts) for key, parts in told.items()}


def _exponent(tail: stylised.Tail, by_run: FloatArray) -> Fact:
    source = (
        "near 2.5 across insurgencies (Bohorquez et al. 2009, Nature 462:911); fitted from "
        f"{tail.lower} deaths on, {tail.events:,} of {tail.of:,} events"
    )
    low, high = _ends(by_run, tail.exponent, tail.error)
    holds = 2.0 <= tail.exponent <= 3.0
    return ("exponent of event sizes", tail.exponent, low, high, "2.0 to 3.0", holds, source)


def _ends(by_run: FloatArray, value: float, error: float) -> tuple[float, float]:
    """Range of 90 % of runs, or two standard errors of the pooled fit if few runs have events enough."""
    if by_run.size >= 20:
        return float(np.quantile(by_run, 0.05)), float(np.quantile(by_run, 0.95))
    return value - 2 * error, value + 2 * error


def _fact(name: str, by_run: FloatArray, expected: str, test: Callable[[float], bool], source: str) -> Fact:
    """Median over runs with 90 % of them; it holds if the median does."""
    known = by_run[np.isfinite(by_run)]
    if not known.size:
        return (name, np.nan, np.nan, np.nan, expected, False, source)
    low, middle, high = (float(v) for v in np.quantile(known, RANGE))
    return (name, middle, low, high, expected, bool(test(middle)), source)
