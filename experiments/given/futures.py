"""The runs of a finished folder as conditions see them: of ``outlook run`` or of a sweep that kept its
series."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.config.build import basis_of
from experiments.given.conditions import Futures, Vocabulary
from experiments.kit.errors import UserError, hint
from experiments.runs.store import StudyFolder, open_study
from sim.outcomes import ENDINGS, MEASURES, SERIES

_ID = ("run_id", "scenario", "point", "replicate", "ending")


@dataclass(frozen=True)
class Opened:
    """A folder ready to be asked. futures and words: for conditions; scenario: its title; basis: prior or
    posterior, as of when; runs: run_id of
    every run; measures: name -> float[run]."""

    futures: Futures
    words: Vocabulary
    scenario: str
    seed: int
    basis: str
    run_ids: np.ndarray
    measures: Mapping[str, np.ndarray]


def open_futures(path: str | Path, among: str | None = None, shards: str | None = None) -> Opened:
    """Open a folder. ``among``: the scenario to look at, where a study has several; ``shards``: the
    address of its tables, if they are not in the folder.

    UserError if the folder holds no results, no daily series, or several scenarios and none was named.
    """
    return _of_study(open_study(path, shards).sound(), among)


def _of_study(study: StudyFolder, among: str | None) -> Opened:
    """A study folder: the runs of one of its scenarios."""
    labels = [variant.label for variant in study.study.variants]
    label = _one_of(among, labels, study.path)
    if study.shards.dataset("series") is None:
        raise UserError(
            f"{study.path}: kept no daily series; allowed: a sweep with keep=national or keep=all"
        )
    runs = study.runs()
    here = (runs["scenario"] == label).to_numpy()
    if not here.any():
        raise UserError(f"{study.path}: no run of {label} is done yet")
    dates = study.table("series", ["scenario", "date"])
    mine = (dates["scenario"] == label).to_numpy()
    days = int(mine.sum()) // int(here.sum())
    calendar = dates["date"].to_numpy()[mine][:days].astype("datetime64[D]")

    def read(name: str) -> np.ndarray:
        """A series of the scenario's runs, in the order of the plan."""
        return study.table("series", [name])[name].to_numpy()[mine].reshape(-1, days)

    (scenario,) = (variant.scenario for variant in study.study.variants if variant.label == label)
    points = study.points()[here].drop(columns=list(_ID), errors="ignore").reset_index(drop=True)
    return _opened(
        runs[here].reset_index(drop=True),
        points,
        read,
        calendar,
        scenario.title,
        study.study.seed,
        basis_of(scenario),
    )


def _one_of(among: str | None, labels: list[str], folder: Path) -> str:
    """The scenario to look at."""
    if among is None and len(labels) == 1:
        return labels[0]
    if among not in labels:
        found = "several scenarios" if among is None else repr(among)
        raise UserError(
            f"{folder}: among: found {found}; allowed: {', '.join(labels)}{hint(among or '', labels)}"
        )
    return among


def _opened(
    runs: pd.DataFrame,
    parameters: pd.DataFrame,
    read: Callable[[str], np.ndarray],
    dates: np.ndarray,
    title: str,
    seed: int,
    known: str,
) -> Opened:
    measures = {
        name: runs[name].to_numpy(float) for name in MEASURES if name in runs and name != "ending_code"
    }
    numbers = measures | {str(name): parameters[name].to_numpy(float) for name in parameters}
    words = Vocabulary({name: one.kind for name, one in SERIES.items()}, tuple(numbers), tuple(ENDINGS))
    ending = runs["ending"].astype(str).to_numpy()
    futures = Futures(dates, ending, numbers.__getitem__, read)
    return Opened(futures, words, title, seed, known, runs["run_id"].astype(str).to_numpy(), measures)
