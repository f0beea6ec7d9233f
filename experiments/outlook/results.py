"""What a finished study of one scenario holds, read from its folder; and the twins that tell parameters from luck."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.runs.plan import Variant
from experiments.runs.road import collect, run_blocks
from experiments.runs.store import StudyFolder
from experiments.runs.tables import QUESTION
from sim.outcomes import MEASURES
from sim.scenario import Scenario

TWINS = "twins"
"""Name of the table of the twins."""
#: Twins have the parameters of the first replicates and the luck of replicates that no study reaches.
TWIN_LUCK = 2**31


@dataclass(frozen=True)
class Results:
    """The runs of one scenario.

    Attributes
    ----------
    scenario, seed
        Of the study.
    uncertainty
        How the parameters were drawn: ``prior``, ``posterior`` or ``none``.
    runs
        A row a run that succeeded: run_id, replicate, ending and every measure.
    answers
        Question to the answers of the runs: float64 ``(runs,)``; nan where the horizon comes too early.
    failed
        Runs that failed.
    twins
        Measure to ``(y, y')``: runs with the same parameters and different luck; may be empty.
    """

    scenario: Scenario
    seed: int
    uncertainty: str
    runs: pd.DataFrame
    answers: dict[str, np.ndarray]
    failed: int = 0
    twins: dict[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)


def read_results(folder: StudyFolder) -> Results:
    """The results of a finished study of one scenario."""
    (variant,) = folder.study.variants
    runs = folder.runs()
    answers = {
        question.id: runs[QUESTION + question.id].to_numpy(float) for question in variant.scenario.questions
    }
    return Results(
        variant.scenario, folder.study.seed, uncertainty_of(variant), runs, answers, folder.failed(),
        _pairs(folder, runs),
    )  # fmt: skip


def uncertainty_of(variant: Variant) -> str:
    """How the unknown parameters of a scenario are drawn."""
    space = variant.scenario.space
    if not space.names:
        return "none"
    return "posterior" if space.posterior is not None else "prior"


def twins_needed(folder: StudyFolder) -> int:
    """Twins that a study asks for and that are not in its folder."""
    (variant,) = folder.study.variants
    asked = min(folder.record.design.twins, folder.study.runs)
    if not variant.scenario.space.names:
        return 0
    there = pq.read_metadata(folder.path / f"{TWINS}.parquet").num_rows if folder.holds(TWINS) else 0
    return 0 if there == asked else asked


def make_twins(
    folder: StudyFolder, count: int, threads: int | None = None, progress: Callable[[int], None] | None = None
) -> None:
    """Run so many of the first replicates again with their parameters and other luck; writes ``twins.parquet``.

    ``progress`` is called with the number of further runs that are done.
    """
    (variant,) = folder.study.variants
    numbers, seed = np.arange(count), folder.study.seed
    blocks = run_blocks(
        variant.scenario, numbers + TWIN_LUCK, seed, values=variant.scenario.draw(numbers, seed),
        held="measures", threads=threads, progress=progress,
    )  # fmt: skip
    measures = collect(blocks, lambda block: dict(zip(MEASURES, block.measures.T, strict=True)))
    folder.write_whole(TWINS, [pa.table({"replicate": numbers, **measures})])
    folder.add(TWINS)


def _pairs(folder: StudyFolder, runs: pd.DataFrame) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Runs and their twins, measure by measure; empty if there are none."""
    if not folder.holds(TWINS):
        return {}
    again = pq.read_table(folder.path / f"{TWINS}.parquet").to_pandas()
    both = runs[["replicate", *MEASURES]].merge(again, on="replicate", suffixes=("", "|twin"))
    return {name: (both[name].to_numpy(float), both[f"{name}|twin"].to_numpy(float)) for name in MEASURES}
