"""Runs a study: feeds blocks to workers, survives their death, stops when asked, goes on where it stopped."""

from __future__ import annotations

import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from experiments.runs.executors import Pool, check, open_pool
from experiments.runs.options import ExecutorOptions
from experiments.runs.plan import Span, Study, Task
from experiments.runs.quantiles import write_quantiles
from experiments.runs.stopping import Looks
from experiments.runs.store import StudyFolder
from experiments.runs.tables import Reduction
from experiments.runs.tally import precise
from experiments.runs.work import Engine, Report, Work, record_lost

OnError = Literal["record", "stop"]
Watch = Callable[[Report], None]

_QUEUE = 2
"""Blocks that are handed out for each worker: one at work, one waiting."""
_DEATHS = 2
"""Workers that a single run may take with it, alone, before it counts as failed."""
_REPAIRS = 3
"""Times that a round is gone through before blocks that do not appear are an error of the storage."""
_POLL = 0.2  # seconds between looks at Ctrl-C


@dataclass
class Stop:
    """Whether the study is to stop after the blocks in flight."""

    asked: bool = False


@dataclass(frozen=True)
class Ended:
    """How a call of `run_study` ended: whether the study is complete, and with how many replicates a point so far."""

    finished: bool
    replicates: int


def run_study(
    folder: StudyFolder, engine: Engine, executor: ExecutorOptions, *, on_error: OnError = "record",
    watch: Watch = lambda report: None, reduction: Reduction | None = None,
) -> Ended:  # fmt: skip
    """Run what is missing of a study; what its folder holds is not run again.

    Parameters
    ----------
    on_error
        ``record``: a run that fails is a row and the others go on; ``stop``: the study stops.
    watch
        Called after each block.
    reduction
        What is kept of the runs beside their outcomes.

    Raises
    ------
    UserError, RunError, OSError
        If another process is at work on the folder, a run failed and ``on_error`` is ``stop``, or results cannot be
        written.
    """
    study = folder.study
    check(executor)
    folder.shards.refuse_folders()  # before anything is written, be it the lock
    with folder.locked():
        if folder.finished is not None and not folder.problems():
            folder.shards.remove_table("weekly")  # a process that was killed at the very end left it
            return Ended(True, folder.finished.replicates)
        folder.tidy()
        work = Work.of(study, engine, folder.shards, on_error == "stop", reduction)
        with open_pool(executor, work) as pool, interruptible() as stop:
            return _rounds(folder, study, work, pool, watch, stop)


def _rounds(folder: StudyFolder, study: Study, work: Work, pool: Pool, watch: Watch, stop: Stop) -> Ended:
    """Round after round, until all are done or the rule says that it is enough."""
    for number, (_, replicates) in enumerate(study.rounds):
        for _ in range(_REPAIRS):
            Feed(pool, work, watch, stop).run(study.tasks(number, _done(folder, number), folder.block))
            if stop.asked:
                return Ended(False, replicates)
            if next(study.tasks(number, _done(folder, number), folder.block), None) is None:
                break
        else:
            raise OSError(f"blocks that were reported as written are not in {folder.shards.root}")
        if isinstance(study.replicates, Looks) and precise(folder, replicates):
            break
    folder.shards.drop_repeated()
    if study.summarised and (folder.finished is None or folder.whole_problems()):
        write_quantiles(folder)
    folder.finish(replicates)
    folder.shards.remove_table("weekly")
    return Ended(True, replicates)


def _done(folder: StudyFolder, number: int) -> dict[int, list[Span]]:
    """Runs of a round that are written: scenario's position to their spans."""
    return {variant: spans for (round_, variant), spans in folder.shards.done().items() if round_ == number}


@dataclass
class Feed:
    """Feeds tasks to a pool, a bounded number at a time.

    A task whose worker died becomes a suspect. Suspects run alone, so that the one that kills is known: a
    suspect that dies alone is halved, and a single run that does so twice is recorded as failed.
    """

    pool: Pool
    work: Work
    watch: Watch
    stop: Stop
    waiting: dict[Future[Report], Task] = field(default_factory=dict)
    suspects: deque[Task] = field(default_factory=deque)
    deaths: dict[str, int] = field(default_factory=dict)
    error: BaseException | None = None

    def run(self, tasks: Iterator[Task]) -> None:
        """Run all tasks, or those in flight if the study is to stop; raises the first error of a block."""
        while True:
            self._fill(tasks)
            if not self.waiting:
                break
            if self._stopping and self.pool.droppable:
                for future in [future for future in self.waiting if future.cancel()]:
                    del self.waiting[future]
            finished, _ = wait(self.waiting, timeout=_POLL, return_when=FIRST_COMPLETED)
            alone = len(self.waiting) == 1
            lost = [self.waiting[future] for future in finished if not self._collect(future)]
            if lost:
                self._after_deaths(lost, alone)
        if self.error is not None:
            raise self.error

    @property
    def _stopping(self) -> bool:
        return self.stop.asked or self.error is not None

    def _fill(self, tasks: Iterator[Task]) -> None:
        if self._stopping:
            return
        if self.suspects:
            if not self.waiting:
                self._submit(self.suspects.popleft())
            return
        while len(self.waiting) < _QUEUE * self.pool.workers:
            task = next(tasks, None)
            if task is None:
                return
            self._submit(task)

    def _submit(self, task: Task) -> None:
        self.waiting[self.pool.submit(task)] = task

    def _collect(self, future: Future[Report]) -> bool:
        """Take in a future that is done; False if its worker died."""
        try:
            report = future.result()
        except self.pool.lost:
            return False
        except BaseException as error:
            self.error = self.error or error
        else:
            self.watch(report)
        del self.waiting[future]
        return True

    def _after_deaths(self, lost: list[Task], alone: bool) -> None:
        """Put the tasks of dead workers among the suspects, or judge one that ran alone."""
        if self.pool.fragile:  # the executor is gone, and with it everything that it had
            for future in [future for future in self.waiting if future.done()]:
                if self.waiting[future] not in lost and not self._collect(future):
                    lost.append(self.waiting[future])
            lost += [task for task in self.waiting.values() if task not in lost]
            self.waiting.clear()
            self.pool.restart()
        else:
            self.waiting = {future: task for future, task in self.waiting.items() if task not in lost}
        if not alone:
            self.suspects.extend(lost)
            return
        (task,) = lost
        if len(task) > 1:
            self.suspects.extend(task.halves())
            return
        self.deaths[task.shard] = self.deaths.get(task.shard, 0) + 1
        if self.deaths[task.shard] < _DEATHS:
            self.suspects.append(task)
        else:
            self.watch(record_lost(self.work, task, "the worker died each time that it tried this run alone"))


@contextmanager
def interruptible() -> Iterator[Stop]:
    """A stop that Ctrl-C asks for; a second Ctrl-C interrupts at once. Only the main thread gets signals."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def handle(number: int, frame: object) -> None:
        if stop.asked:
            raise KeyboardInterrupt
        stop.asked = True

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
