"""Who fights and who dies: attacks and deaths by actor, and whose violence remains where Kabul consolidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from experiments.kit.numbers import amount, count, percent
from experiments.kit.words import capital, fighting, label, unit
from experiments.stats.intervals import RANGE
from sim.outcomes import YEAR

KINDS = ("attacks", "deaths")
"""What is told by actor, where the model keeps it so."""


def fighting_table(runs: pd.DataFrame) -> dict[str, dict[str, dict[str, Any]]]:
    """Attacks and deaths by actor over the whole time, as plain data.

    Parameters
    ----------
    runs
        A row a run with its measures.

    Returns
    -------
    dict
        Kind to series to text, unit, median, q05 and q95 of its sum in a run, and ``share``: the median over
        runs of its part in all of its kind.
    """
    made: dict[str, dict[str, dict[str, Any]]] = {}
    for kind in KINDS:
        names = [name for name in fighting(kind) if name in runs]
        whole = [name for name in names if not _part_of(name, names)]
        total = runs[whole].sum(axis=1).to_numpy(float) if whole else np.zeros(len(runs))
        some = total > 0
        made[kind] = {}
        for name in names:
            values = runs[name].to_numpy(float)
            q05, median, q95 = (float(q) for q in np.quantile(values, RANGE))
            part = float(np.median(values[some] / total[some])) if some.any() else None
            of = _part_of(name, names)
            text = f"{label(name)} (part of {label(of)})" if of else label(name)
            made[kind][name] = {"text": text, "unit": unit(name), "median": median, "q05": q05,
                                "q95": q95, "share": part}  # fmt: skip
    return made


def _part_of(name: str, names: Sequence[str]) -> str:
    """The series of which this one is a part: civilians among the deaths of an actor; empty for a whole one."""
    return next((other for other in names if name.startswith(f"{other}_")), "")


def remaining(runs: pd.DataFrame) -> dict[str, Any]:
    """Whose violence remains in the runs that end in consolidation.

    Parameters
    ----------
    runs
        A row a run with its ending and measures.

    Returns
    -------
    dict
        Number of such runs; deaths of their last year (median, q05, q95); share of them with more than 1,000;
        who attacks most and the median of its share of all attacks. Only the number if there are none.
    """
    quiet = runs[(runs["ending"] == "consolidation").to_numpy()]
    if quiet.empty or "deaths_last_year" not in quiet:
        return {"runs": len(quiet)}
    deaths = quiet["deaths_last_year"].to_numpy(float)
    q05, median, q95 = (float(q) for q in np.quantile(deaths, RANGE))
    shares = {name: row["share"] or 0.0 for name, row in fighting_table(quiet)["attacks"].items()}
    most = max(shares, key=lambda name: shares[name]) if shares else ""
    return {"runs": len(quiet), "median": median, "q05": q05, "q95": q95,
            "over_1000": float(np.mean(deaths > 1000)), "most": most, "share": shares.get(most)}  # fmt: skip


def who_fights(outlook: Mapping[str, Any]) -> str:
    """The headline: who makes most attacks, and who is behind most deaths where that is kept."""
    parts = []
    for kind, of in (("attacks", "all attacks"), ("deaths", "the deaths told by actor")):
        rows = {name: row for name, row in outlook.get("fighting", {}).get(kind, {}).items() if row["share"]}
        if rows:
            name = max(rows, key=lambda n: rows[n]["share"])
            parts.append(f"{rows[name]['text']} are {percent(rows[name]['share'])} of {of}")
    told = " and ".join(parts)
    return f"{capital(told)} in the median run" if told else ""


def what_remains(outlook: Mapping[str, Any]) -> str:
    """Whose violence remains in consolidation, in a sentence; empty if no run ends so."""
    row = outlook.get("consolidation", {})
    if "median" not in row:
        return ""
    days = outlook.get("days", YEAR)
    when = "its last year" if days >= YEAR else f"its {days} days"
    who = f"; {label(row['most'])} are {percent(row['share'])} of all attacks there" if row["most"] else ""
    return (
        f"Consolidation is not peace: {count(row['median'])} people die in {when} in the median run "
        f"({count(row['q05'])} to {count(row['q95'])} in 90 % of runs), more than 1,000 in "
        f"{percent(row['over_1000'])} of such runs{who}"
    )


def range_of(row: Mapping[str, Any]) -> str:
    """The range of 90 % of runs of a number in an outlook, with the digits that its unit deserves."""
    unit = row.get("unit", "")
    return f"{amount(row['q05'], unit)} to {amount(row['q95'], unit)}"


def rows_by_actor(outlook: Mapping[str, Any]) -> list[list[str]]:
    """Attacks and deaths by actor: what, median, range of 90 % of runs, share of its kind, unit."""
    rows = (row for kind in outlook.get("fighting", {}).values() for row in kind.values())
    return [
        [row["text"], amount(row["median"], row["unit"]), range_of(row), percent(row["share"] or 0.0), row["unit"]]
        for row in rows
    ]  # fmt: skip


def told_by_actor(outlook: Mapping[str, Any]) -> set[str]:
    """Labels of the series that `rows_by_actor` tells, which need no second row among the numbers."""
    return {label(name) for kind in outlook.get("fighting", {}).values() for name in kind}
