"""A large sample of runs from the prior, kept on disk: what calibration and hindcasts rest on.

One batch is one file, written once under a temporary name and renamed, so a killed study goes on where it
stopped. Batch b holds replicates b*BATCH to (b+1)*BATCH - 1, whatever the number of runs asked for, so a
larger study reuses a smaller one. A folder made for other questions, targets, scenario or seed is refused,
naming what differs; one made by another version of the model is found out by running its first replicates
again."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.config.questions import QuestionFile
from experiments.forecast.targets import Targets
from experiments.kit.errors import UserError
from experiments.runs.road import collect, run_blocks
from experiments.stats.summaries import monthly
from sim.compiled import source_hash
from sim.ensemble import Block
from sim.questions import resolve
from sim.scenario import Scenario

FloatArray = NDArray[np.float64]

#: Runs a file. Small enough for the daily series of a batch to fit in memory many times over.
BATCH = 500
#: Series of which monthly totals are kept, so that windows can be cut at an origin.
MONTHLY = ("deaths", "deaths_state_based")


@dataclass(frozen=True)
class SamplePlan:
    """What a sample is made of. ``scenario`` ends when the last target and question are decided."""

    scenario: Scenario
    targets: Targets
    questions: QuestionFile
    seed: int

    @property
    def names(self) -> tuple[str, ...]:
        """The uncertain parameters: the columns of ``parameters``."""
        return tuple(sorted(self.scenario.space.names))

    def identity(self) -> dict[str, str | int | list[str]]:
        """What has to agree for a folder to be gone on with."""
        return {
            "scenario": self.scenario.name,
            "scenario_hash": self.scenario.hash,
            "targets": _hash(repr([(t.name, t.statistic) for t in self.targets.targets])),
            "questions": _hash(repr(list(self.questions.asked_of_model))),
            "parameters": list(self.names),
            "seed": self.seed,
            "batch": BATCH,
            "model": source_hash(),
        }


@dataclass(frozen=True)
class Sample:
    """Runs from the prior.

    Attributes:
        names: uncertain parameters; parameters: ``(n, U)``.
        summaries: ``(n, K)`` in the order of the plan's targets, without observation error.
        months: datetime64[M] ``(M,)``; totals: series name to ``(n, M)`` monthly sums.
        answers: ``(n, Q)`` in the order of the plan's answerable questions.
    """

    names: tuple[str, ...]
    parameters: FloatArray
    summaries: FloatArray
    months: NDArray[np.datetime64]
    totals: dict[str, FloatArray]
    answers: FloatArray

    @property
    def runs(self) -> int:
        """Number of runs."""
        return self.parameters.shape[0]


def plan_sample(scenario: Scenario, targets: Targets, questions: QuestionFile, seed: int) -> SamplePlan:
    """The plan for a scenario, its horizon moved to the day when all targets and questions are decided."""
    if not scenario.space.names:
        raise UserError(
            "calibration: nothing is uncertain; choose a space of uncertain parameters (space=report)"
        )
    end = max([targets.last_day, *([questions.last_day] if questions.answerable else [])])
    return SamplePlan(with_horizon(scenario, end), targets, questions, seed)


def with_horizon(scenario: Scenario, end: date) -> Scenario:
    """The scenario with another end; events from that day on are left out, and so are its own questions."""
    if end <= scenario.start:
        raise UserError(f"the horizon {end} is not after the scenario's start {scenario.start}")
    events = tuple(event for event in scenario.events if event.day < end)
    return replace(scenario, end=end, events=events, questions=())


def make_sample(
    plan: SamplePlan,
    folder: Path,
    runs: int,
    threads: int | None = None,
    progress: Callable[[int], object] | None = None,
) -> Sample:
    """Make or complete a sample of ``runs`` runs in ``folder`` and read it.

    Args:
        progress: called with the number of further runs that are there.

    Raises:
        UserError: if the folder holds something else, or a sample of another plan or model.
    """
    _claim(plan, folder)
    batches = -(-runs // BATCH)
    files = [folder / f"batch-{number:05d}.npz" for number in range(batches)]
    for number, path in enumerate(files):
        if not path.is_file():
            write_arrays(path, _simulate(plan, np.arange(number * BATCH, (number + 1) * BATCH), threads))
        if progress is not None:
            progress(min(BATCH, runs - number * BATCH))
    return _read(plan, files, runs)


def _claim(plan: SamplePlan, folder: Path) -> None:
    """Write the plan into a new folder, or see that the folder's plan is this one."""
    path = folder / "plan.json"
    identity = plan.identity()
    if path.is_file():
        found = json.loads(path.read_text(encoding="utf-8"))
        for key, value in identity.items():
            if found.get(key) != value:
                was = f"was made with another {key} ({found.get(key)!r}, now {value!r})"
                raise UserError(f"{folder}: {was}; choose another folder")
        return
    if folder.is_dir() and any(folder.iterdir()):
        raise UserError(f"{folder}: holds other files and no plan.json; choose an empty or new folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _replace(path, (json.dumps(identity, indent=1) + "\n").encode())
    except OSError as error:
        raise UserError(f"{folder}: cannot be written: {error.strerror or error}") from None


def _simulate(plan: SamplePlan, replicates: NDArray[np.int64], threads: int | None) -> dict[str, np.ndarray]:
    """Run replicates and reduce them to what is kept."""
    columns = [plan.scenario.schema.index(name) for name in plan.names]
    blocks = run_blocks(plan.scenario, replicates, plan.seed, held="places", threads=threads)
    return collect(
        blocks, lambda block: {"parameters": block.values[:, columns], **reduce_block(plan, block)}
    )


def reduce_block(plan: SamplePlan, block: Block) -> dict[str, np.ndarray]:
    """Summaries, monthly totals and answers of the runs of a block."""
    dates = days_of(plan.scenario)
    series = {name: block.national(name) for name in plan.targets.series}
    kept = {f"totals_{name}": monthly(block.national(name), dates)[0] for name in MONTHLY}
    answers = [resolve(question, block) for question in plan.questions.asked_of_model]
    runs = len(block.replicates)
    return {
        "summaries": plan.targets.summaries(series, dates),
        "answers": np.stack(answers, axis=1) if answers else np.empty((runs, 0)),
        **kept,
    }


def days_of(scenario: Scenario) -> NDArray[np.datetime64]:
    """The date of each simulated day."""
    return np.arange(np.datetime64(scenario.start, "D"), np.datetime64(scenario.end, "D"))


def _read(plan: SamplePlan, files: list[Path], runs: int) -> Sample:
    parts: dict[str, list[np.ndarray]] = {}
    for path in files:
        try:
            with np.load(path) as stored:
                for key in stored.files:
                    parts.setdefault(key, []).append(stored[key])
        except (OSError, ValueError) as error:
            raise UserError(f"{path}: cannot be read ({error}); delete it and it is made again") from None
    whole = {key: np.concatenate(values)[:runs].astype(np.float64) for key, values in parts.items()}
    months = np.unique(days_of(plan.scenario).astype("datetime64[M]"))
    totals = {name: whole[f"totals_{name}"] for name in MONTHLY}
    return Sample(plan.names, whole["parameters"], whole["summaries"], months, totals, whole["answers"])


def write_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write arrays to one file, whole or not at all; the same arrays give the same bytes."""
    sheet = io.BytesIO()
    np.savez(sheet, **arrays)  # type: ignore[arg-type]
    _replace(path, sheet.getvalue())


def _replace(path: Path, content: bytes) -> None:
    """Write under a name of this process's own, then rename: a reader sees all of it or nothing."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    os.replace(temporary, path)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
