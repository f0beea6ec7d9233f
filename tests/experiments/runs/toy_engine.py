"""A model of a few lines with the simulator's signature: studies of it take milliseconds."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.runs import store
from experiments.runs.options import ExecutorOptions
from experiments.runs.plan import Points, Study, Variant
from experiments.runs.runner import Ended, run_study
from experiments.runs.stopping import Looks
from experiments.runs.work import Engine
from sim.outcomes import PLACE_SERIES, SERIES
from sim.scenario import Scenario
from sim.world.geography import load_geography

SERVICE = "taliban.service_delivery"
GROWTH = "economy.growth"
SPACE = {GROWTH: {"dist": "uniform", "low": -0.2, "high": 0.1}}
FAILS = 3
"""Replicate whose run fails in `failing` and takes its worker with it in `deadly`."""


@dataclass
class ToyBlock:
    """What a study asks of a block."""

    scenario: Scenario
    replicates: np.ndarray
    measures: np.ndarray
    series: np.ndarray | None
    places: np.ndarray | None
    routes: np.ndarray | None
    valley: np.ndarray


def luck(seed: int, replicates: np.ndarray) -> np.ndarray:
    """Numbers from 0 to 1 that depend on seed and replicate alone (splitmix64)."""
    x = (np.asarray(replicates, np.uint64) + np.uint64(1 + 1000 * seed)) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (x ^ (x >> np.uint64(31))).astype(float) / 2.0**64


def simulate(scenario, values, replicates, seed, threads=None, keep_series=True, keep_places=False):
    """War if luck beats service delivery; deaths are a number that every bit of the input moves."""
    u = luck(seed, replicates)
    service = values[:, scenario.schema.index(SERVICE)]
    deaths = 100.0 * u * (1.0 - 0.5 * service) + 10.0 * values[:, scenario.schema.index(GROWTH)]
    never = np.where(u > 0.5, 7.0, np.nan)
    measures = np.column_stack([(u > service).astype(float), deaths, never])
    days, n = scenario.days, len(u)
    series = places = routes = None
    if keep_series:
        daily = (
            deaths[:, None, None] * (1.0 + np.arange(days))[None, :, None] * (1.0 + np.arange(len(SERIES)))
        )
        series = daily.astype(np.float32)
    if keep_places:
        places = np.ones((n, days // 7, 34, len(PLACE_SERIES)), np.float32) * deaths[:, None, None, None]
        routes = np.ones((n, days // 7, len(load_geography().link_names)), np.float32)
    valley = np.full((n, len(load_geography().place_names)), 0.25, np.float32)
    return ToyBlock(scenario, np.asarray(replicates), measures, series, places, routes, valley)


def failing(scenario, values, replicates, seed, **more):
    """Like `simulate`, but a block with replicate `FAILS` raises."""
    if FAILS in replicates:
        raise ValueError("a negative stock of bread")
    return simulate(scenario, values, replicates, seed, **more)


def deadly(scenario, values, replicates, seed, **more):
    """Like `simulate`, but replicate `FAILS` ends the process that runs it."""
    if FAILS in replicates:
        os._exit(9)
    return simulate(scenario, values, replicates, seed, **more)


def slow(scenario, values, replicates, seed, **more):
    """Like `simulate`, 20 ms a block."""
    time.sleep(0.02)
    return simulate(scenario, values, replicates, seed, **more)


def resolve(question, block) -> np.ndarray:
    """Whether deaths exceed the question's value."""
    return (block.measures[:, 1] > question.value).astype(float)


def engine(function=simulate) -> Engine:
    """The toy as an engine."""
    return Engine(function, ("ending_code", "deaths", "never"), ("peace", "war"), resolve)


def scenario(name: str = "toy", space: Mapping | None = SPACE, **more) -> Scenario:
    """Four weeks of the real schema with one question."""
    asked = {"id": "many", "text": "Many deaths?", "metric": "deaths", "over": "sum", "by": "2021-10-01"}
    asked |= {"comparison": ">", "value": 40}
    mapping = {
        "title": "Toy",
        "story": "None.",
        "start": "2021-09-06",
        "end": "2021-10-06",
        "questions": [asked],
    }
    return Scenario.from_mapping({**mapping, "space": dict(space or {}), **more}, name=name)


def variant(name: str = "toy", services=(0.2, 0.5, 0.8), **more) -> Variant:
    """A scenario with some points of service delivery (None: one point, nothing swept)."""
    made = scenario(name, **more)
    if services is None:
        return Variant(name, made, Points.of((), np.empty((1, 0))))
    return Variant(name, made, Points.of((SERVICE,), np.array(services)[:, None]))


def study(
    variants=None,
    replicates: int | Looks = 20,
    seed: int = 1,
    keep: str = "none",
    **more,
) -> Study:
    """A study of two scenarios with three points each."""
    made = variants if variants is not None else (variant("toy"), variant("toy2", economy={"growth": 0.05}))
    return Study(tuple(made), replicates, seed, keep, **more)


def folder_of(made: Study, path: Path, block: int = 7, shards: str | None = None) -> store.StudyFolder:
    """A new study folder at ``path``."""
    return store.create(made, path, block=block, shards=shards)


def run(made: Study, path: Path, *, function=simulate, block: int = 7, executor: str = "threads",
        workers: int = 2, shards: str | None = None, **more) -> store.StudyFolder:  # fmt: skip
    """Run a study from the beginning to the end."""
    folder = folder_of(made, path, block, shards)
    outcome = run_study(folder, engine(function), ExecutorOptions(name=executor, workers=workers), **more)
    assert outcome.finished
    return folder


def go_on(path: Path, function_name: str = "simulate", workers: int = 2) -> Ended:
    """What a process of its own does: open the folder and run what is missing."""
    options = ExecutorOptions(name="threads", workers=workers)
    return run_study(store.open_study(path), engine(globals()[function_name]), options)


def tables(folder: store.StudyFolder) -> dict[str, pd.DataFrame]:
    """All tables of a study."""
    names = (
        "runs",
        "points",
        "failures",
        "paths",
        "series",
        "provinces",
        "valley",
        "flows",
        "places",
        "routes",
    )
    made = {name: folder.table(name) for name in names}
    return {**made, "quantiles": folder.quantiles()}


def assert_same(a: store.StudyFolder, b: store.StudyFolder) -> None:
    """The tables of two studies are equal to the bit."""
    first, second = tables(a), tables(b)
    for name in first:
        left, right = first[name], second[name]
        assert list(left.columns) == list(right.columns), name
        assert len(left) == len(right), name
        for column in left.columns:
            x, y = left[column].to_numpy(), right[column].to_numpy()
            same = x.tobytes() == y.tobytes() if x.dtype.kind in "fi" else list(x) == list(y)
            assert same, f"{name}.{column}"
