"""Where a result comes from: versions, the commit of a checkout, the command."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import platform
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any

PROJECT = "panjshir-outlook"
_LIBRARIES = ("numpy", "numba", "llvmlite", "mesa", "scipy", "pandas", "pyarrow")


def identity(contents: Mapping[str, Any]) -> str:
    """A hash of all that decides a result: 16 hexadecimal digits, the same for plain data in whatever order."""
    return hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()[:16]


def study(kind: str, contents: Mapping[str, Any]) -> dict[str, Any]:
    """The record of a study, for its ``study.json``: all that is needed to make it again.

    Parameters
    ----------
    kind
        What it is: ``claims``, ``drivers``, ``validation`` ...
    contents
        All that decides the result; other plain facts.

    Returns
    -------
    dict
        Kind and contents, with command, versions and commit; an identity if the contents hold none.
    """
    made = {"identity": identity(contents), **contents} if "identity" not in contents else dict(contents)
    return {"kind": kind, "command": command_line(), **made, "versions": versions(), "commit": commit()}


_TYPED: ContextVar[str | None] = ContextVar("typed", default=None)


@contextlib.contextmanager
def typed(command: str) -> Iterator[None]:
    """While the block is open a program asks, and this command is what one would type for the same."""
    token = _TYPED.set(command)
    try:
        yield
    finally:
        _TYPED.reset(token)


def command_line() -> str:
    """The command as typed, for the record of a study."""
    return _TYPED.get() or shlex.join(["outlook", *sys.argv[1:]])


def project_version() -> str:
    """Version of the installed project; ``0+checkout`` if it runs from a checkout that is not installed."""
    return _version_of(PROJECT) or "0+checkout"


def versions() -> dict[str, str]:
    """Version of Python, of the project and of every library that decides the numbers."""
    found = {"python": platform.python_version(), PROJECT: project_version()}
    return found | {name: version for name in _LIBRARIES if (version := _version_of(name))}


def commit() -> str | None:
    """Commit of the checkout that runs, with ``+changes`` if files differ from it; None outside one."""
    folder = Path(__file__).resolve().parents[1]
    head = _git(folder, "rev-parse", "HEAD")
    top = _git(folder, "rev-parse", "--show-toplevel")
    # An environment inside somebody else's repository must not lend its commit to this project.
    if not head or not top or Path(top).resolve() != folder.parent:
        return None
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return f"{head}+changes" if changed else head


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, timeout=5, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _version_of(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
