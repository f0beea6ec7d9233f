"""The runs of a finished folder as conditions see them: of ``outlook run`` or of a sweep."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.kit.errors import UserError
from experiments.runs.conditions import Futures, Vocabulary
from experiments.runs.plan import Variant
from experiments.runs.store import StudyFolder, open_study
from sim.outcomes import ENDINGS, MEASURES, SERIES
from sim.values import hint

_ID = ("run_id", "scenario", "point", "replicate", "ending")


@dataclass(frozen=True)
class Opened:
    """The runs of one scenario of a folder, ready to be asked.

    Attributes
    ----------
    folder, variant
        The study and the scenario of it that is looked at.
    futures, words
        For conditions.
    runs
        Identity, ending and measures, a row a run that succeeded.
    parameters
        What varies between the runs, a column a parameter, in the order of `runs`.
    measures
        Name to its values ``(runs,)``.
    daily
        Whether daily series were kept.
    """

    folder: StudyFolder
    variant: Variant
    futures: Futures
    words: Vocabulary
    runs: pd.DataFrame
    parameters: pd.DataFrame
    measures: Mapping[str, np.ndarray]
    daily: bool

    @property
    def seed(self) -> int:
        """Seed of the study."""
        return self.folder.study.seed


def open_futures(
    path: str | Path, among: str | None = None, shards: str | None = None, *, daily: bool = True
) -> Opened:
    """Open a folder.

    Parameters
    ----------
    path
        The folder.
    among
        The scenario to look at, where a study has several.
    shards
        Address of its tables, if they are not in the folder.
    daily
        Whether daily series are needed; else it is an error only to ask for one where they were not kept.

    Raises
    ------
    UserError
        If the folder holds no results, no daily series, or several scenarios and none was named.
    """
    study = open_study(path, shards).sound()
    variant = _one_of(among, study)
    kept = study.shards.dataset("series") is not None
    if daily and not kept:
        raise UserError(
            f"{study.path}: kept no daily series; allowed: a sweep with keep=national or keep=all"
        )
    runs = study.runs()
    here = (runs["scenario"] == variant.label).to_numpy()
    if not here.any():
        raise UserError(f"{study.path}: no run of {variant.label} is done yet")
    points = study.points()[here].drop(columns=list(_ID), errors="ignore").reset_index(drop=True)
    runs = runs[here].reset_index(drop=True)
    return _opened(study, variant, runs, points, kept)


def _opened(
    study: StudyFolder, variant: Variant, runs: pd.DataFrame, points: pd.DataFrame, kept: bool
) -> Opened:
    """Runs and their parameters with what conditions ask of them; ``kept``: whether daily series are there."""
    measures = {
        name: runs[name].to_numpy(float) for name in MEASURES if name in runs and name != "ending_code"
    }
    numbers = measures | {str(name): points[name].to_numpy(float) for name in points}
    words = Vocabulary({name: one.kind for name, one in SERIES.items()}, tuple(numbers), tuple(ENDINGS))
    dates = np.datetime64(variant.scenario.start, "D") + np.arange(variant.scenario.days)

    read = functools.partial(daily_series, study, variant)
    futures = Futures(dates, runs["ending"].astype(str).to_numpy(), numbers.__getitem__, read)
    return Opened(study, variant, futures, words, runs, points, measures, kept)


def daily_series(study: StudyFolder, variant: Variant, name: str) -> np.ndarray:
    """A series of the runs of a scenario, in the order of the plan: ``(runs, days)``; UserError if it was not kept."""
    if study.shards.dataset("series") is None:
        raise UserError(
            f"{study.path}: kept no daily series such as {name}; allowed: measures, parameters and endings, or a "
            "folder made with keep=national or keep=all"
        )
    table = study.table("series", ["scenario", name])
    mine = (table["scenario"] == variant.label).to_numpy()
    return table[name].to_numpy()[mine].reshape(-1, variant.scenario.days)


def _one_of(among: str | None, study: StudyFolder) -> Variant:
    """The scenario to look at."""
    variants = {variant.label: variant for variant in study.study.variants}
    if among is None and len(variants) == 1:
        return next(iter(variants.values()))
    if among is None or among not in variants:
        found = "several scenarios" if among is None else repr(among)
        raise UserError(
            f"{study.path}: among: found {found}; allowed: {', '.join(variants)}{hint(among or '', variants)}"
        )
    return variants[among]
