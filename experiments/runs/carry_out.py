"""What the verbs that make studies share: say what a study costs, start it, or go on with it."""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

import numpy as np

from experiments.kit import record as provenance
from experiments.kit.errors import UserError
from experiments.kit.numbers import counted, duration, size
from experiments.kit.progress import progress
from experiments.kit.screen import say
from experiments.kit.verb import VERBS, load
from experiments.runs.executors import default_workers
from experiments.runs.folders import RECORD
from experiments.runs.options import ExecutorOptions
from experiments.runs.plan import Study
from experiments.runs.quantiles import LEVELS
from experiments.runs.road import run_blocks
from experiments.runs.runner import OnError, run_study
from experiments.runs.series import weeks_of
from experiments.runs.store import Shards, StudyFolder, create, open_study
from experiments.runs.store.record import DesignRecord, Model, parse
from experiments.runs.tables import Reduction
from experiments.runs.work import Engine, RunError, Work, simulate_tables
from sim.outcomes import SERIES
from sim.scenario import Scenario

INTERRUPTED = 130
PROBE = 8
"""Runs that are timed."""
TARGET = 2.0
"""Seconds of work in a block: short enough to lose little, long enough that handing it out costs nothing."""
_LARGEST = {"none": 20_000, "quantiles": 1000, "monthly": 1000, "national": 150, "all": 50}
"""Runs a block at most: bounds the memory of a worker and the size of a shard."""


@dataclass(frozen=True)
class Cost:
    """What is known before a study starts: runs at most, if a rule decides how many; seconds on that many workers;
    bytes on disk at most; runs a block.
    """

    points: int
    runs: int
    seconds: float
    bytes: float
    block: int
    workers: int

    def describe(self, scenarios: int, at_most: bool) -> str:
        """The estimate in one line."""
        return (
            f"{counted(scenarios, 'scenario')}, {counted(self.points, 'point')}, "
            f"{'at most ' * at_most}{counted(self.runs, 'run')}; "
            f"{duration(self.seconds)} on {self.workers} workers; at most {size(self.bytes)} on disk"
        )


def estimate(study: Study, engine: Engine, workers: int, block: int | None = None) -> Cost:
    """Time and weigh a few runs of a study on so many workers; ``block``: runs a block, None to choose.

    The model is compiled before if it has to be.
    """
    compile_if_cold(study.variants[0].scenario)
    work = Work.of(study, engine, Shards(".", study.hash))
    probe = study.task(0, 0, 0, min(PROBE, study.size(0, 0)))
    simulate_tables(work, probe.part(0, 1))  # warm: memory at hand
    begun = time.perf_counter()
    made = simulate_tables(work, probe)
    each = (time.perf_counter() - begun) / len(probe)
    kept = sum(table.nbytes for name, table in made.items() if name != "weekly") / len(probe)
    weeks = weeks_of(study.variants[0].scenario.days)
    weekly = weeks * len(SERIES) * study.points * (len(LEVELS) + 2) * 8
    chosen = block or max(1, min(round(TARGET / max(each, 1e-9)), fair_block(study, workers)))
    return Cost(
        points=study.points,
        runs=study.runs,
        seconds=each * study.runs / workers,
        bytes=kept * study.runs + weekly * study.summarised,
        block=chosen,
        workers=workers,
    )


def fair_block(study: Study, workers: int) -> int:
    """Runs a block so that every worker has some, within the bounds of memory."""
    return max(1, min(_LARGEST[study.keep], -(-study.runs // (4 * workers))))


def prepare(study: Study, out: str | Path | None, *, block: int, shards: str | None = None) -> StudyFolder:
    """The folder of a study: a new one, or the one that holds exactly this study already.

    Raises
    ------
    UserError
        If the folder holds something else; names the keys in which another study differs.
    """
    if out is not None and (Path(out) / RECORD).exists():
        return same_study(open_study(out, shards), study)
    return create(study, None if out is None else Path(out), block=block, shards=shards)


def same_study(folder: StudyFolder, study: Study) -> StudyFolder:
    """The folder, if it holds this study; UserError with the keys that differ if not."""
    before = _laid(folder.record.design) | folder.record.identity
    now = _laid(DesignRecord.model_validate(dict(study.design))) | study.identity
    changed = [key for key in {**now, **before} if before.get(key) != now.get(key)]
    if changed:
        lines = [
            f"{key}: {before.get(key, 'nothing')} in the folder, {now.get(key, 'nothing')} now"
            for key in changed
        ]
        raise UserError(
            f"{folder.path}: holds another study and is not overwritten; it differs in {'; '.join(lines)}"
        )
    return folder


def _laid(design: DesignRecord) -> dict[str, str]:
    """What is read of a design beside its points, by which two studies of the same points differ."""
    return {"design": design.name, "twins": str(design.twins)}


TOOLS = ("python", "numpy", "numba")
"""What belongs to the code of the model beside its own."""


def check_code(folder: StudyFolder) -> None:
    """Refuse to mix runs of two versions of the model in one study."""
    from sim.compiled import source_hash

    if folder.record.code != source_hash():
        made = folder.record.provenance.commit or "another version"
        before, now = folder.record.provenance.versions, provenance.versions()
        other = [name for name in TOOLS if before.get(name) not in (None, now[name])]
        tools = [f"{name} {before[name]} then, {now[name]} now" for name in other]
        what = (
            f"the tools that compile the model: {', '.join(tools)}" if tools else "code of the model: changed"
        )
        raise UserError(
            f"{folder.path}: {what}, since the study was started (by {made}); runs of two models are not mixed: resume "
            "with that version, or start a new study"
        )


def carry_on(
    folder: StudyFolder, executor: ExecutorOptions, *, on_error: OnError = "record",
    reduction: Reduction | None = None,
) -> int:  # fmt: skip
    """Run what is missing of a study; Ctrl-C stops after the blocks in flight.

    Returns
    -------
    int
        0 if all runs are there; else the exit code, once it is said how to go on.

    Raises
    ------
    UserError
        If the results cannot be written, or somebody else is at work on the folder.
    """
    study, done = folder.study, folder.runs_done()
    if done < study.runs:
        compile_if_cold(study.variants[0].scenario)
    if done and folder.finished is None:
        say(f"{counted(done, 'run')} there already")
    try:
        with progress("Runs", study.runs, done, after=0.5) as advance:
            outcome = run_study(
                folder, Engine(), executor, on_error=on_error, reduction=reduction,
                watch=lambda report: advance(report.runs, report.failed),
            )  # fmt: skip
    except RunError as error:
        say(f"outlook: a run failed and on_error=stop: {error}")
        say(f"outlook: after mending it, go on with: outlook resume {quote(str(folder.path))}")
        return 1
    except OSError as error:
        where = error.filename or folder.shards.root
        raise UserError(f"{where}: cannot be written: {error.strerror or error}") from None
    except KeyboardInterrupt:
        return stopped(folder)
    return 0 if outcome.finished else stopped(folder)


def stopped(folder: StudyFolder) -> int:
    """Say how to go on with a study that was interrupted; gives the exit code."""
    say(
        f"\nStopped after {counted(folder.runs_done(), 'run')}; go on with: outlook resume {quote(str(folder.path))}"
    )
    return INTERRUPTED


def perform(
    study: Study, out: str | Path | None, threads: int | None, reduction: Reduction | None = None,
    on_error: OnError = "stop",
) -> tuple[StudyFolder, int]:  # fmt: skip
    """Run the study of a verb: its folder, new or gone on with, and the exit code.

    ``out``: the folder; None: ``results/VERB-HASH``, where the study's design bears the name of the verb.
    ``reduction``: what is kept of the runs beside their outcomes. Raises UserError as `prepare` and `carry_on`.
    """
    workers = threads or default_workers()
    named = out or f"results/{study.design['name']}-{study.hash[:8]}"
    folder = prepare(study, named, block=fair_block(study, workers))
    executor = ExecutorOptions(name="threads", workers=workers)
    return folder, carry_on(folder, executor, on_error=on_error, reduction=reduction)


def without_failures(folder: StudyFolder) -> StudyFolder:
    """The folder of a finished study; raises UserError if runs of it failed, where a result needs them all."""
    if folder.failed():
        raise UserError(
            f"{folder.path}: {folder.failed():,} runs failed, see its table failures; allowed: none"
        )
    return folder


def maker_of(folder: StudyFolder) -> str:
    """The verb that made a study and knows what comes after its runs; raises UserError as `asked_of`."""
    name, count = folder.record.design.name, len(folder.record.scenarios)
    verb = load(name if name in VERBS else "sweep")
    module = verb.module
    if not hasattr(module, "conclude"):
        return "sweep"
    if hasattr(module, "ASKED"):
        kinds = module.ASKED if isinstance(module.ASKED, tuple) else (module.ASKED,)
        asked_of(
            folder, max(kinds, key=lambda kind: len(kind.model_fields.keys() & folder.record.asked.keys()))
        )
    if count > 1 and verb.takes_scenario and not verb.sweeps:
        raise UserError(
            f"{folder.path / RECORD}: design.name: found {name!r} with {count} scenarios; allowed: one"
        )
    return name if name in VERBS else "sweep"


def asked_of(folder: StudyFolder, model: type[Model]) -> Model:
    """What the verb that made a study makes of its runs, from its record; ``model``: the verb's ``ASKED``.

    Raises UserError in one line: the record's file, the key, what was found.
    """
    content = json.dumps(folder.record.asked).encode()
    return parse(model, content, folder.path / RECORD, under=("asked",))


def say_if_cold() -> bool:
    """Say why the first run after installation takes long; whether it does."""
    from sim.compiled import is_warm
    from sim.single import run

    cold = not is_warm(run)
    if cold:
        say("Compiling the model (first run after installation, about half a minute) ...")
    return cold


def compile_if_cold(scenario: Scenario) -> None:
    """Compile the model by one run, so that no estimate of the time of runs holds the compiler's."""
    if say_if_cold():
        with contextlib.suppress(Exception):  # a run that fails is told where it counts
            next(run_blocks(scenario, np.zeros(1, np.int64), seed=0, held="measures", threads=1))
