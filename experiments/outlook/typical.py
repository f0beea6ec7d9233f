"""The typical run of an outlook: the one in the middle of those with the commonest ending, and its story."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.chronicle.film import film
from experiments.chronicle.happening import Happening
from experiments.chronicle.log import log, omitted, story
from experiments.outlook.results import Results
from experiments.outlook.summary import NUMBERS
from experiments.runs.series import FIRST
from sim.outcomes import MEASURES


@dataclass(frozen=True)
class TypicalRun:
    """A run and its story.

    Attributes
    ----------
    row
        Its row among the runs that figures show.
    run_id, ending
        Its identity and how it ends.
    alike
        Runs that end as it does.
    events
        What is told of it, in order of day.
    omitted
        What is not told, in words.
    """

    row: int
    run_id: str
    ending: str
    alike: int
    events: list[Happening]
    omitted: str


def typical_run(results: Results) -> TypicalRun | None:
    """The run whose key numbers are nearest to the middle of all runs with the commonest ending.

    It is run again from its identity and watched; None if that is not the run that is stored, because the model
    has changed since.
    """
    runs = results.runs[(results.runs["replicate"] < FIRST).to_numpy()]
    names = runs["ending"].to_numpy(str)
    kinds, counts = np.unique(names, return_counts=True)
    ending = str(kinds[np.argmax(counts)])
    alike = np.flatnonzero(names == ending)
    numbers = [name for name in NUMBERS if name in runs]
    row = int(alike[middle(runs[numbers].iloc[alike])])
    stored = runs.iloc[row]
    replicate = int(stored["replicate"])
    values = results.scenario.draw(np.array([replicate]), results.seed)[0]
    shot = film(results.scenario, values, results.seed, replicate)
    if shot.measures.tobytes() != stored[list(MEASURES)].to_numpy(float).tobytes():
        return None
    events = log(shot)
    told = story(events)
    return TypicalRun(row, str(stored["run_id"]), ending, len(alike), told, omitted(events, told))


def middle(numbers: pd.DataFrame) -> int:
    """The row nearest to the middle of all, by the ranks of its numbers."""
    off = np.abs(numbers.rank().to_numpy() - (len(numbers) + 1) / 2.0)
    return int(np.argmin(off.sum(axis=1)))
