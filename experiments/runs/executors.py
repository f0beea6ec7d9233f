"""Where blocks run: threads of this process, processes, a Dask cluster, or MPI. The same bits from each.

A pool takes tasks and gives futures of `concurrent.futures`. Numbers go out and the name of a shard comes
back; results are written where they are made.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import multiprocessing
import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from dataclasses import dataclass, field
from typing import Any

from experiments.kit.errors import UserError, first_line
from experiments.kit.reading import read_bytes
from experiments.runs.options import ExecutorOptions
from experiments.runs.plan import Task
from experiments.runs.work import Report, Work, pack, run_block, run_packed
from sim.values import shown


def end_now(executor: Executor) -> None:
    """Drop the tasks that have not begun and wait for the others."""
    executor.shutdown(wait=True, cancel_futures=True)


@dataclass
class Pool:
    """Workers that take tasks of one study.

    Attributes
    ----------
    workers
        Tasks that run at a time.
    start
        Makes the executor behind the pool; called again when its workers have died.
    send
        ``(executor, task) -> Future``.
    lost
        Exceptions of a future that mean that its worker died and the task has to be done again.
    fragile
        Whether one dead worker breaks the whole executor, so that it has to be started anew.
    droppable
        Whether a task that has not begun can be told from one that has, and dropped.
    end
        Lets go of an executor.
    """

    workers: int
    start: Callable[[], Executor]
    send: Callable[[Executor, Task], Future[Report]]
    lost: tuple[type[BaseException], ...] = (BrokenExecutor,)
    fragile: bool = False
    droppable: bool = True
    end: Callable[[Executor], None] = end_now
    executor: Executor | None = field(default=None, repr=False)

    def submit(self, task: Task) -> Future[Report]:
        """Hand a task to a worker; the executor is started when the first task comes."""
        if self.executor is None:
            self.executor = self.start()
        try:
            return self.send(self.executor, task)
        except BrokenExecutor:  # a worker died between two tasks
            self.restart()
            assert self.executor is not None
            return self.send(self.executor, task)

    def restart(self) -> None:
        """Start anew after workers died."""
        self.close()
        self.executor = self.start()

    def close(self) -> None:
        """Let go of the workers; tasks that have not begun are dropped."""
        if self.executor is not None:
            executor, self.executor = self.executor, None
            self.end(executor)


@contextlib.contextmanager
def open_pool(options: ExecutorOptions, work: Work) -> Iterator[Pool]:
    """The pool that the options ask for; UserError for a cluster that does not answer."""
    check(options)
    with _POOLS[options.name](options, work) as pool:
        try:
            yield pool
        finally:
            pool.close()


def check(options: ExecutorOptions) -> None:
    """See that an executor can be had, before anything is written.

    Raises UserError if a package is missing, a scheduler's file or address is none, or this is a worker that runs the
    person's script anew.
    """
    if options.name == "processes" and _starts_anew():
        raise SystemExit(1)  # said by the process that waits for this one
    for name, module, package in (("dask", "distributed", "dask"), ("mpi", "mpi4py", "mpi4py")):
        if options.name == name:
            try:
                importlib.import_module(module)
            except ImportError:
                raise _missing(name, package) from None
    if options.name == "dask" and options.address is not None:
        _check_scheduler(options.address)


def reach(options: ExecutorOptions) -> None:
    """See that a scheduler that somebody started answers; raises UserError if it does not within 15 seconds."""
    if options.name == "dask" and options.address is not None:
        with _client(options):
            pass


def _starts_anew() -> bool:
    """Whether this is a worker that runs the script of the person, which lets it start the study once more."""
    return bool(getattr(multiprocessing.process.current_process(), "_inheriting", False))


def _check_scheduler(address: str) -> None:
    """Raise UserError if a scheduler's file does not name one, or an address is none."""
    key = "command line: executor.address"
    if not address.endswith(".json"):
        if not re.fullmatch(r"(tcp|tls|ucx|ws|wss)://[^\s/]+:\d{1,5}/?", address):
            raise UserError(
                f"{key}: found {shown(address)}; allowed: tcp://host:port, or a scheduler's .json file"
            )
        return
    try:
        found = json.loads(read_bytes(address, 1_000_000))
        named = found["address"]
    except (ValueError, TypeError, KeyError, RecursionError):
        named = None
    if not isinstance(named, str):
        raise UserError(f"{key}: {address}: names no scheduler; allowed: the file that dask scheduler wrote")


def default_workers() -> int:
    """Cores that this process may use."""
    counted = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return counted or 1


@contextlib.contextmanager
def _threads(options: ExecutorOptions, work: Work) -> Iterator[Pool]:
    """Threads: the compiled model lets go of Python's lock, so they run side by side."""
    workers = options.workers or default_workers()
    yield Pool(
        workers, lambda: ThreadPoolExecutor(workers), lambda pool, task: pool.submit(run_block, work, task)
    )


@contextlib.contextmanager
def _processes(options: ExecutorOptions, work: Work) -> Iterator[Pool]:
    """Processes, each with a fresh interpreter."""
    workers, packed = options.workers or default_workers(), pack(work)
    context = multiprocessing.get_context("spawn")

    def start() -> Executor:
        made = ProcessPoolExecutor(workers, mp_context=context, initializer=serve)
        try:
            send(made, os.getpid).result()
        except BrokenExecutor:
            end_now(made)
            raise UserError(
                "executor=processes: its workers end as they start; a script has to begin its work under "
                "if __name__ == '__main__':"
            ) from None
        return made

    def send(pool: Executor, *call: Any) -> Future[Any]:
        with without_interrupts():  # a worker starts with its first task
            return pool.submit(*call)

    yield Pool(workers, start, lambda pool, task: send(pool, run_packed, packed, task), fragile=True)


@contextlib.contextmanager
def _dask(options: ExecutorOptions, work: Work) -> Iterator[Pool]:
    """A Dask cluster: a running one, or one on this machine."""
    from distributed import KilledWorker

    with _client(options) as client:
        if options.address is None:
            client.run(ignore_interrupt)  # Ctrl-C reaches the whole terminal; the workers finish their blocks
        workers = options.workers or sum(client.nthreads().values()) or 1
        # The work (some 40 kB) goes with every task: data left on a worker would be lost with it.
        packed = pack(work)
        yield Pool(
            workers,
            lambda: client.get_executor(pure=False),
            lambda pool, task: pool.submit(run_packed, packed, task),
            lost=(KilledWorker, CancelledError, BrokenExecutor),
            droppable=False,
            end=lambda pool: pool.shutdown(wait=False),  # its client takes what is left with it
        )


def _client(options: ExecutorOptions) -> Any:
    """Dask's client; UserError if there is no scheduler."""
    from distributed import Client

    try:
        with without_interrupts():
            return Client(**_dask_address(options), set_as_default=False)
    except (OSError, ValueError) as error:
        address = f"command line: executor.address={options.address}"
        raise UserError(f"{address}: no Dask scheduler: {first_line(error)}") from None


def _dask_address(options: ExecutorOptions) -> dict[str, Any]:
    """Arguments of Dask's client: a scheduler file, an address, or a cluster of its own."""
    if options.address is None:
        workers = options.workers or default_workers()
        return {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
    if options.address.endswith(".json"):
        return {"scheduler_file": options.address, "timeout": 15}
    return {"address": options.address, "timeout": 15}


@contextlib.contextmanager
def _mpi(options: ExecutorOptions, work: Work) -> Iterator[Pool]:
    """The ranks of an MPI program started by ``mpiexec -n N python -m mpi4py.futures -m experiments ...``."""
    from mpi4py import MPI
    from mpi4py.futures import MPIPoolExecutor

    ranks = MPI.COMM_WORLD.Get_attr(MPI.UNIVERSE_SIZE) or MPI.COMM_WORLD.Get_size()
    workers, packed = options.workers or max(1, int(ranks) - 1), pack(work)
    yield Pool(
        workers, lambda: MPIPoolExecutor(workers), lambda pool, task: pool.submit(run_packed, packed, task)
    )


def ignore_interrupt() -> None:
    """In a worker: Ctrl-C is the business of the process that started the study."""
    with contextlib.suppress(ValueError):  # not in a worker's main thread: signals do not come here
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def serve() -> None:
    """In a worker process: leave interrupts to the process that started the study, and end when that one ends."""
    ignore_interrupt()
    study = multiprocessing.parent_process()

    def follow() -> None:
        if study is not None:
            study.join()
            os._exit(1)  # nobody is left to take what this worker computes

    threading.Thread(target=follow, daemon=True).start()


@contextlib.contextmanager
def without_interrupts() -> Iterator[None]:
    """Hold Ctrl-C back for a moment: processes that start in it never see one, this process sees it right after."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _missing(name: str, package: str) -> UserError:
    return UserError(
        f"command line: executor={name}: {package} is not installed; install it with "
        f"pip install 'panjshir-outlook[{name}]'"
    )


_POOLS = {"threads": _threads, "processes": _processes, "dask": _dask, "mpi": _mpi}
