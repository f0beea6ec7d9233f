"""Where a result comes from: versions, the commit of a checkout, the command."""

from __future__ import annotations

import importlib.metadata
import platform
import subprocess
from pathlib import Path

PROJECT = "panjshir-outlook"
_LIBRARIES = ("numpy", "numba", "llvmlite", "mesa", "scipy", "pandas", "pyarrow")


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
