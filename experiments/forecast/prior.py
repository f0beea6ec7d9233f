"""Is what history makes possible inside the prior? The prior predictive check, and its page.

Two views from outside the model: rates of deaths that the country itself has known (1996 to 1999 under the first
government of the Taliban, 2015 to 2020), and how deaths went on after other rebel victories. Nothing that became known
after 15 September 2021 is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.forecast.horizon import days_of, with_horizon
from experiments.forecast.sample import SamplePlan
from experiments.kit.tables import to_markdown
from experiments.observed import load_observations, load_victories
from experiments.runs.road import collect, run_blocks
from experiments.stats.intervals import RANGE
from experiments.stats.summaries import monthly

FloatArray = NDArray[np.float64]

#: Luck of the runs, which nothing else uses, and the day they end on.
FIRST_LUCK, END = 40_000_000, date(2024, 9, 6)
#: A rate is inside the prior if at least this share of runs reaches it in some twelve months, at its edge if this one.
LEAST, EDGE = 0.01, 0.001
LEVELS = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


def check(plan: SamplePlan, seed: int, threads: int | None, runs: int) -> dict[str, pd.DataFrame]:
    """The tables of the check: ``rates``, ``years``, ``victories`` and ``ratio``.

    Parameters
    ----------
    plan : whose scenario, with its priors, is run to the autumn of 2024.
    """
    scenario = with_horizon(plan.scenario, END)
    luck = FIRST_LUCK + np.arange(runs, dtype=np.int64)
    dates = days_of(scenario)
    blocks = run_blocks(scenario, luck, seed, threads=threads)
    deaths = collect(blocks, lambda b: {"x": monthly(b.national("deaths"), dates)[0]})["x"].astype(np.float64)
    months = np.unique(dates.astype("datetime64[M]"))
    by_year = {
        year: deaths[:, months.astype("datetime64[Y]") == np.datetime64(str(year))].sum(axis=1)
        for year in (2022, 2023)
    }
    return {
        "rates": rates(deaths[:, 1:-1]),
        "years": _quantiles({f"deaths in {year}": values for year, values in by_year.items()}),
        "victories": _victories(),
        "ratio": ratio(by_year[2022], by_year[2023]),
    }


def rates(deaths: FloatArray) -> pd.DataFrame:
    """Rates of history against the worst twelve months of each run ``(n, months)``.

    Returns
    -------
    One row a rate: period, deaths a year, share of runs that reach it, and its place in the prior: inside, edge or
    outside.
    """
    sums = np.cumsum(np.concatenate([np.zeros((len(deaths), 1)), deaths], axis=1), axis=1)
    worst = (sums[:, 12:] - sums[:, :-12]).max(axis=1)
    rows = []
    for period, rate in _history().items():
        share = float((worst >= rate).mean())
        place = "inside" if share >= LEAST else "edge" if share >= EDGE else "outside"
        rows.append((period, rate, share, place))
    return pd.DataFrame(rows, columns=["period", "deaths_a_year", "share_of_runs", "place"])


def _history() -> dict[str, float]:
    """Deaths a year that the country has known."""
    table = load_victories().set_index(["country", "year"])
    taliban = table.loc[("Afghanistan", 1996)]
    made = {f"{1996 + k}": float(taliban[f"deaths_year_{k}"]) for k in range(4)}
    months = load_observations("ucdp_monthly").monthly("deaths")
    recent = months[(months.index.year >= 2015) & (months.index.year <= 2020)]
    by_year = recent.groupby(recent.index.year).sum()
    return made | {
        "2015 to 2020, the quietest year": float(by_year.min()),
        "2015 to 2020, on average": float(by_year.mean()),
    }


def _quantiles(values: Mapping[str, FloatArray]) -> pd.DataFrame:
    rows = [(name, *np.quantile(part, LEVELS)) for name, part in values.items()]
    return pd.DataFrame(rows, columns=["quantity", *(f"q{100 * level:02.0f}" for level in LEVELS)])


def _victories() -> pd.DataFrame:
    """All cases, whether each counts, and deaths of the second year over those of the first."""
    table = load_victories()
    table["second_over_first"] = _over(table["deaths_year_2"], table["deaths_year_1"])
    deaths = [f"deaths_year_{k}" for k in range(3)]
    return table[["country", "year", "movement", "counts", *deaths, "second_over_first"]]


def _over(second: pd.Series | FloatArray, first: pd.Series | FloatArray) -> FloatArray:
    """Second year over first; 25 deaths, the field's threshold of a conflict, are added to both."""
    return (np.asarray(second, dtype=float) + 25.0) / (np.asarray(first, dtype=float) + 25.0)


def ratio(first: FloatArray, second: FloatArray) -> pd.DataFrame:
    """Deaths of the second year over those of the first: cases that count, and runs ``(n,)`` of the prior.

    Returns
    -------
    One row a source: cases, low (5 %), median, high (95 %), share of falls, and for the prior ``holds``: the share of
    cases that lie in its central 90 %.
    """
    table = load_victories()
    cases = table[table["counts"]]
    outside = _over(cases["deaths_year_2"], cases["deaths_year_1"])
    inside = _over(second, first)
    low, high = np.quantile(inside, [0.05, 0.95])
    holds = float(((outside >= low) & (outside <= high)).mean())
    rows = [
        (name, len(x), *np.quantile(x, RANGE), float((x < 1).mean()), held)
        for name, x, held in (("rebel victories that count", outside, np.nan), ("prior", inside, holds))
    ]
    return pd.DataFrame(rows, columns=["source", "cases", "low", "median", "high", "share_falling", "holds"])


_INTRO = """# Is what history makes possible inside the prior?

This page is written by the program; no number in it is typed by hand. Make it again with

    {command}

It runs the priors of September 2021, {runs:,} runs to September 2024, and holds them against two views from outside
the model. Nothing that became known after 15 September 2021 is used here, and the priors are not changed by anything
that did.

## Rates that the country has known

Share of runs whose worst twelve months reach the deaths of a year of the past. A rate counts as inside the prior if at
least {least:.0%} of runs reach it, and as at its edge if one in a thousand does. The war of 2015 to 2020 was fought by
an army of 300,000 with foreign air power; one like it within three years has to be possible, not likely.

"""

_OUTSIDE = """
## After other rebel victories

A case counts if a rebel movement took the capital by force, formed the government within three months, and no
international force with a mandate to keep the peace stood in the capital that year; nothing that became known later
decides. The rule, its sources and what each case answers stand in `experiments/observed/`; whoever wrote it knew the
deaths of the best-known cases. Year 1 is the calendar year after the victory.

"""


def page(found: Mapping[str, pd.DataFrame], command: str, runs: int = 4096) -> str:
    """The page as Markdown, from the tables of `check`."""
    parts = [_INTRO.format(command=command, runs=runs, least=LEAST), _rates(found["rates"])]
    parts += ["\nDeaths a year of the prior, quantiles over runs:\n\n", _years(found["years"])]
    parts += [_OUTSIDE, _cases(found["victories"]), "\n", _ratio(found["ratio"])]
    return "".join(parts)


def _rates(table: pd.DataFrame) -> str:
    rows = [
        (row.period, f"{row.deaths_a_year:,.0f}", f"{row.share_of_runs:.1%}", row.place)
        for row in table.itertuples()
    ]
    missing = table.loc[table["place"] == "outside", "period"].tolist()
    said = "None of them is outside." if not missing else f"Outside the prior: {', '.join(missing)}."
    heads = ("year or years", "deaths a year", "share of runs that reach it", "place")
    return to_markdown(heads, rows) + f"\n{said}\n"


def _years(table: pd.DataFrame) -> str:
    heads = ["", *(f"{int(name[1:])} %" for name in table.columns[1:])]
    return to_markdown(
        heads, [(name, *(f"{value:,.0f}" for value in row)) for name, *row in table.to_numpy()]
    )


def _cases(table: pd.DataFrame) -> str:
    rows = [
        (f"{row.country} {row.year}, {row.movement}", "yes" if row.counts else "no", f"{row.deaths_year_0:,}",
         f"{row.deaths_year_1:,}", f"{row.deaths_year_2:,}", f"{row.second_over_first:.2f}")
        for row in table.itertuples()
    ]  # fmt: skip
    return to_markdown(("case", "counts", "year 0", "year 1", "year 2", "year 2 over year 1"), rows)


def _ratio(table: pd.DataFrame) -> str:
    rows = [
        (row.source, f"{row.cases:,}", f"{row.low:.2f}", f"{row.median:.2f}", f"{row.high:.2f}",
         f"{row.share_falling:.0%}")
        for row in table.itertuples()
    ]  # fmt: skip
    made = to_markdown(("", "cases or runs", "5 %", "median", "95 %", "falls in"), rows)
    holds = float(table["holds"].dropna().iloc[0])
    said = f"The prior's central 90 % holds {holds:.0%} of the cases that count. Few cases: read it as a check of width"
    return (
        f"Deaths of year 2 over those of year 1 (25 added to both):\n\n{made}\n{said}, not of the middle.\n"
    )
