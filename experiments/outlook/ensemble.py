"""One scenario run many times, a block at a time: measures and answers of all runs, series of the first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import pandas as pd

from experiments.runs.road import collect, run_blocks
from sim.ensemble import Block, Ensemble
from sim.outcomes import MEASURES
from sim.questions import resolve
from sim.scenario import Scenario

#: Runs whose series stay in memory for the figures; the figures say how many runs they show.
SHOWN = 1000
#: Twins have the parameters of the first replicates and the luck of replicates that no study reaches.
TWIN_LUCK = 2**31
#: Most twins that are worth running: the share of the spread is known to about a tenth then.
TWINS = 200


@dataclass
class Gathered:
    """What came out of a study of one scenario.

    Attributes:
        scenario, seed: of the study.
        runs: a row a run: run_id, replicate, ending and every measure.
        answers: question id to the answers of the runs: float64[runs]; nan where the horizon comes too early.
        shown: the first runs with all their series, for the figures.
        twins: measure name to ``(y, y')``: runs with the same parameters and different luck; may be empty.
    """

    scenario: Scenario
    seed: int
    runs: pd.DataFrame
    answers: dict[str, np.ndarray]
    shown: Ensemble
    twins: dict[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)


def gather(
    scenario: Scenario,
    replicates: int,
    seed: int,
    *,
    threads: int | None = None,
    twins: int = TWINS,
    keep: Callable[[Ensemble], None] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Gathered:
    """Run replicates 0 to ``replicates`` - 1 of a scenario.

    Args:
        threads: None for all cores; the result does not depend on it.
        twins: how many replicates are run a second time with other luck (0: none).
        keep: called with every block while its series are in memory.
        progress: called with the number of further runs that are done.
    """
    frames: list[pd.DataFrame] = []
    answers: dict[str, list[np.ndarray]] = {question.id: [] for question in scenario.questions}
    shown: list[Block] = []
    numbers = np.arange(replicates)
    for block in run_blocks(scenario, numbers, seed, held="places", threads=threads, progress=progress):
        ensemble = Ensemble(block)
        frames.append(ensemble.runs)
        for question in scenario.questions:
            answers[question.id].append(resolve(question, block))
        if block.replicates[0] < SHOWN:
            shown.append(block)
        if keep is not None:
            keep(ensemble)
    runs = pd.concat(frames, ignore_index=True)
    pairs = _twins(scenario, runs, min(twins, replicates), seed, threads, progress)
    joined = {name: np.concatenate(parts) for name, parts in answers.items()}
    return Gathered(scenario, seed, runs, joined, Ensemble(_join(shown)), pairs)


def _twins(
    scenario: Scenario,
    runs: pd.DataFrame,
    count: int,
    seed: int,
    threads: int | None,
    progress: Callable | None,
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The first ``count`` replicates again with their parameters and other luck."""
    if count == 0 or not scenario.space.names:
        return {}
    numbers = np.arange(count)
    blocks = run_blocks(
        scenario, numbers + TWIN_LUCK, seed, values=scenario.draw(numbers, seed), held="measures",
        threads=threads, progress=progress,
    )  # fmt: skip
    again = collect(blocks, lambda block: dict(zip(MEASURES, block.measures.T, strict=True)))
    return {name: (runs[name].to_numpy(float)[:count], again[name]) for name in MEASURES if name in runs}


def _join(blocks: list[Block]) -> Block:
    """Blocks of one study as one."""
    if len(blocks) == 1:
        return blocks[0]
    joined: dict[str, Any] = {}
    for part in fields(Block):
        values = [getattr(block, part.name) for block in blocks]
        if isinstance(values[0], np.ndarray):
            joined[part.name] = np.concatenate(values)
    return replace(blocks[0], **joined)
