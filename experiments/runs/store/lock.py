"""One process works on a study folder at a time.

Each process puts a file of its own into the folder ``lock`` and then looks at the others: announce first,
look second. Of two that start together at most one goes on, since the one that looks last sees both; and a
stale file is never confused with a fresh one, because names do not repeat.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

from experiments.kit.errors import UserError

FOLDER = "lock"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a study folder.

    The lock of a process that died on this machine is taken over. A process on another machine cannot be
    looked at from here, so its lock stands until its file is removed by hand.

    Raises:
        UserError: if another process holds the folder; names it.
    """
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    own = place / f"{uuid.uuid4().hex}.json"
    with own.open("x", encoding="utf-8") as file:
        json.dump({"host": socket.gethostname(), "pid": os.getpid(), "begun": _begun(os.getpid())}, file)
    try:
        for other in sorted(place.glob("*.json")):
            if other != own and not _take_over(other):
                raise UserError(_refusal(folder, other))
        yield
    finally:
        own.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            place.rmdir()


def holder(folder: Path) -> str | None:
    """Who holds a study folder, in words; None if nobody does."""
    for other in sorted((folder / FOLDER).glob("*.json")):
        mark = _read(other)
        if mark is not None and not _dead(mark):
            return f"process {mark.get('pid')} on {mark.get('host')}"
    return None


def _take_over(other: Path) -> bool:
    """Remove the lock of a dead process; False if its holder lives or may live."""
    mark = _read(other)
    if mark is None:
        return not other.exists()  # gone in the meantime, or being written: its owner is alive
    if not _dead(mark):
        return False
    other.unlink(missing_ok=True)
    return True


def _read(path: Path) -> dict | None:
    try:
        mark = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return mark if isinstance(mark, dict) else None


def _dead(mark: dict) -> bool:
    """Whether the process that left a mark is known to be gone."""
    if mark.get("host") != socket.gethostname():
        return False
    pid = mark.get("pid")
    if not isinstance(pid, int) or not _alive(pid):
        return True
    # A process number is used again after a while; the time of its start is not.
    return mark.get("begun") is not None and _begun(pid) != mark.get("begun")


def _alive(pid: int) -> bool:
    if os.name == "nt":  # there signal 0 would end the process instead of asking for it
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _state(pid) != "Z"


def _fields(pid: int) -> list[str]:
    """What Linux says of a process behind its name; empty elsewhere."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def _state(pid: int) -> str | None:
    fields = _fields(pid)
    return fields[0] if fields else None


def _begun(pid: int) -> str | None:
    """When a process started, in the clock of the kernel; None where that cannot be told."""
    fields = _fields(pid)
    return fields[19] if len(fields) > 19 else None


def _refusal(folder: Path, other: Path) -> str:
    mark = _read(other) or {}
    who = f"process {mark.get('pid', '?')} on {mark.get('host', '?')}"
    return f"{folder}: {who} is at work on this study; wait for it, or remove {other} if that process is gone"
