"""Runs a command line in a folder of its own and judges how it ended."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from unittest import mock

from experiments.cli.main import main
from tests.fuzz.mutations import CANARY, SECRET

LONGEST = 15
"""Seconds of computing that a refusal may take; by the clock ten times as much, on a machine that is busy."""


class Reached(BaseException):
    """The simulation was reached: the input was accepted."""


class Slow(BaseException):
    """It took too long."""


@contextlib.contextmanager
def no_simulation() -> Iterator[None]:
    """Where the model would run or a server would wait, it is noted that the input was accepted."""

    def reached(*arguments: object, **named: object) -> None:
        raise Reached

    with (
        mock.patch("sim.ensemble._in_threads", reached),
        mock.patch("experiments.explorer.server.serve", reached),
    ):
        yield


@contextlib.contextmanager
def in_time() -> Iterator[None]:
    """What does not end is ended."""

    def late(number: int, frame: object) -> None:
        raise Slow

    timers = (
        (signal.SIGPROF, signal.ITIMER_PROF, LONGEST),
        (signal.SIGALRM, signal.ITIMER_REAL, 10 * LONGEST),
    )
    before = {number: signal.signal(number, late) for number, _, _ in timers}
    for _, timer, seconds in timers:
        signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        for number, timer, _ in timers:
            signal.setitimer(timer, 0)
            signal.signal(number, before[number])


def judge(folder: Path, files: Mapping[str, bytes], words: list[str], accepted: bool = True) -> int | None:
    """Run a command line and assert what holds for every one of them.

    Parameters
    ----------
    folder
        To work in: it gets the files, a pipe and a folder.
    files
        Name to content.
    words
        Behind ``outlook``.
    accepted
        Whether the simulation is only noted and not run.

    Returns
    -------
    int or None
        The exit code; None if the simulation was reached.
    """
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    for name in ("pipe.yaml", "pipe.csv"):
        with contextlib.suppress(FileExistsError):
            os.mkfifo(folder / name)
    (folder / "folder").mkdir(exist_ok=True)
    before = listing(folder)
    out, err, begun, code = io.StringIO(), io.StringIO(), time.process_time(), None
    quiet = no_simulation() if accepted else contextlib.nullcontext()
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        quiet,
        in_time(),
    ):
        os.environ["FUZZ_SECRET"] = SECRET
        try:
            code = main(words)
        except Reached:
            code = None
        finally:
            del os.environ["FUZZ_SECRET"]
    said = err.getvalue()
    told = f"outlook {words}: {code}: {said[-2000:]}"
    assert code in (0, 2, None), told
    assert "outlook: unexpected" not in said, told
    assert "Traceback" not in said, told
    assert SECRET not in said + out.getvalue(), told
    assert "\x1b" not in said + out.getvalue(), told
    assert not (folder / CANARY).exists(), told
    assert time.process_time() - begun < LONGEST, told
    if code == 2:
        _judge_refusal(said, told)
        assert listing(folder) == before, told
    return code


def _judge_refusal(said: str, told: str) -> None:
    """A refusal is a few lines of a sane length, without control characters."""
    lines = [line for line in said.splitlines() if line.strip()]
    assert 1 <= len(lines) <= 200, told
    assert all(line.isprintable() for line in lines), told
    assert "_own_file_" not in said, told
    assert len(said) < 40_000, told


def listing(folder: Path) -> dict[str, int]:
    """All that is in a folder: path to size."""
    return {str(path.relative_to(folder)): path.lstat().st_size for path in sorted(folder.rglob("*"))}
