"""Result folders that are either complete or not there, and that never replace something else."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from experiments.kit.errors import UserError
from experiments.kit.reading import read_bytes

RECORD = "study.json"


def recorded(folder: Path) -> dict | None:
    """The record of the study that a folder holds, None if it holds none."""
    try:
        record = json.loads(read_bytes(folder / RECORD, 64_000_000))
    except (UserError, ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def holds(folder: Path, identity: str) -> bool:
    """Whether a folder already holds exactly the study with this identity.

    Raises:
        UserError: if it holds something else.
    """
    if not os.path.lexists(folder):
        return False
    if not folder.is_dir():
        raise UserError(f"out={folder}: is a file; allowed: a folder that is new or empty")
    try:
        if not any(folder.iterdir()):
            return False
    except OSError as error:
        raise UserError(f"out={folder}: cannot be read: {error.strerror}") from None
    record = recorded(folder)
    if record is not None and record.get("identity") == identity:
        return True
    what = "another study" if record is not None else "other files"
    raise UserError(
        f"out={folder}: holds {what} and is not overwritten; allowed: a folder that is new or empty"
    )


@contextlib.contextmanager
def fresh(target: Path) -> Iterator[Path]:
    """A folder to fill: takes the name ``target`` when the block ends well and vanishes when it does not.

    Parents that had to be made vanish with it.

    Raises:
        UserError: if the folder cannot be made, or if in the meantime somebody else has filled ``target``.
    """
    made = _missing_parents(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        working = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        _remove_empty(made)
        raise UserError(f"out={target}: cannot be written: {error.strerror or error}") from None
    try:
        working.chmod(0o777 & ~_umask())  # mkdtemp makes it private
        yield working
        try:
            if target.is_dir():
                target.rmdir()  # an empty one, else OSError
            working.rename(target)
        except OSError:
            raise UserError(f"out={target}: was filled by somebody else in the meantime") from None
    except BaseException:
        shutil.rmtree(working, ignore_errors=True)
        _remove_empty(made)
        raise


def _missing_parents(target: Path) -> list[Path]:
    """Parents that do not exist, the innermost first."""
    return [parent for parent in target.absolute().parents if not os.path.lexists(parent)]


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
