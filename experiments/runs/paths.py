"""The paths of a study as periods: what the fans of a run and of a sweep are drawn from, one way for both."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.runs.series import period_of
from experiments.runs.store import StudyFolder
from experiments.stats.bands import Periods, edges
from sim.outcomes import SERIES
from sim.world.clock import Calendar


def read_paths(
    folder: StudyFolder, position: int, names: Sequence[str] = tuple(SERIES)
) -> dict[str, Periods]:
    """National series of the first runs of a scenario by month, or by day if its runs are short.

    Parameters
    ----------
    folder
        A study that keeps series.
    position
        Of the scenario in it.
    names
        Series to read.

    Returns
    -------
    dict
        Name to its periods: sums of a flow over the months that the run sees whole, means of a stock. Empty if
        no paths were kept.
    """
    variant = folder.study.variants[position]
    table = folder.table("paths", ["scenario", *names])
    if table.empty:
        return {}
    mine = table[(table["scenario"] == variant.label).to_numpy()]
    days = Calendar(variant.scenario.start, variant.scenario.end).dates
    unit = period_of(len(days))
    first, complete = edges(days, unit)
    made = {}
    for name in names:
        values = mine[name].to_numpy(dtype=float).reshape(-1, len(first))
        periods = Periods(days[first], values, complete, unit)
        made[name] = periods.whole() if SERIES[name].kind == "flow" else periods
    return made
