"""Work that a copy of this process does while this one goes on."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TypeVar

T = TypeVar("T")

_PATIENCE = 60.0
"""Seconds after which a copy that has sent nothing is given up, and the work done here."""


def beside(work: Callable[[], T]) -> Callable[[], T]:
    """Begin ``work`` in a copy of this process, where copies are cheap and a second core is there.

    Parameters
    ----------
    work
        Takes nothing and gives something that can be pickled; it changes nothing outside and needs no thread.

    Returns
    -------
    Callable
        Gives the result of the work, and raises what it raised. Where there is no copy, it does the work itself.
    """
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2:
        return work
    receiving, sending = multiprocessing.Pipe(duplex=False)
    copy = multiprocessing.get_context("fork").Process(target=_send, args=(work, sending), daemon=True)
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # of copies of a process with threads: it needs none
        copy.start()
    sending.close()

    def result() -> T:
        try:
            sent = receiving.recv() if receiving.poll(_PATIENCE) else None
        except EOFError:
            sent = None
        copy.kill()
        copy.join()
        if sent is None:
            return work()
        value, error = sent
        if error is not None:
            raise error
        return value

    return result


def _send(work: Callable[[], T], sending: Connection) -> None:
    """Do the work and send its result, or its error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is the business of the process that waits
    sent: tuple[T | None, Exception | None]
    try:
        sent = work(), None
    except Exception as error:
        sent = None, error
    sending.send(sent)
