"""One process works on a study folder at a time.

The lock belongs to the system, which frees it when its process ends, however it ends. A file beside it says
who holds it, for the message to others; it means nothing once the lock is free.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from experiments.kit.errors import UserError
from experiments.kit.files import write
from experiments.kit.reading import read_bytes

FILE = ".lock"
HOLDER = ".lock.json"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a study folder.

    Raises
    ------
    UserError
        If another process holds it, with the name of that process; or if the folder cannot be written.
    """
    if (folder / FILE).is_symlink():  # whoever locks a file empties it
        raise UserError(f"{folder / FILE}: is a link; allowed: a file of the folder itself")
    lock = FileLock(folder / FILE, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise UserError(f"{folder}: {_who(folder)} is at work on this study; wait until it ends") from None
    except (OSError, NotImplementedError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(
            f"{folder}: cannot be locked: {reason}; allowed: a folder that can be written"
        ) from None
    mark = folder / HOLDER
    try:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        with contextlib.suppress(OSError):
            write(mark, json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since}))
        yield
    finally:
        with contextlib.suppress(OSError):
            mark.unlink(missing_ok=True)
        lock.release()  # its file stays: removing it could take it from under another process


def holder(folder: Path) -> str | None:
    """Who holds a study folder, in words; None if nobody does."""
    if (folder / FILE).is_symlink() or not (folder / FILE).exists():
        return None
    lock = FileLock(folder / FILE, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return _who(folder)
    except (OSError, NotImplementedError):  # a folder that may only be read: nobody can be at work here
        return None
    lock.release()
    return None


def _who(folder: Path) -> str:
    try:
        mark = json.loads(read_bytes(folder / HOLDER, 10_000))
        pid, host, since = int(mark["pid"]), str(mark["host"])[:80], str(mark["since"])[:40]
    except (UserError, ValueError, TypeError, KeyError, RecursionError):
        return "another process"
    return f"process {pid} on {host} (since {since})"
