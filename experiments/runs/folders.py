"""Result folders that are either complete or not there, and that never replace something else."""

from __future__ import annotations

import contextlib
import glob
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from experiments.kit import files, record
from experiments.kit.errors import UserError
from experiments.kit.files import umask
from experiments.kit.reading import read_bytes, sha256
from experiments.runs import lock
from sim.values import shown

RECORD = "study.json"
_RANDOM = 8  # characters that tempfile adds to a name
SUMS = "files"
"""Key of the record with the checksums of the folder's files."""
LARGEST = 64_000_000
"""Bytes of a record or result at most."""
_CURE = "allowed: a folder that is new or empty, so move this one away"


def named(value: object) -> str:
    """The path of a folder that a call from Python names, or of what `run`, `sweep` and `load_study` returned.

    Raises
    ------
    UserError
        If it is none of these.
    """
    place = getattr(value, "path", value)
    if not isinstance(place, (str, os.PathLike)) or not isinstance(os.fspath(place), str) or place == "":
        raise UserError(
            f"folder: found {shown(value)}; allowed: a path as text, or what run, sweep and load_study return"
        )
    return os.fspath(place)


def recorded(folder: Path, name: str = RECORD) -> dict[str, Any] | None:
    """The record of the study that a folder holds (or another JSON file of it), None if it holds none."""
    try:
        found = json.loads(read_bytes(folder / name, LARGEST))
    except (UserError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def holds(folder: Path, identity: str) -> bool:
    """Whether a folder already holds exactly the study with this identity, whole.

    Raises
    ------
    UserError
        If it holds something else, what it holds is damaged, or nothing can be written there.
    """
    if not os.path.lexists(folder):
        _check_writable(folder)
        return False
    if not folder.is_dir():
        raise UserError(f"out={folder}: is a file; allowed: a folder that is new or empty")
    try:
        if not any(folder.iterdir()):
            _check_writable(folder)
            return False
    except OSError as error:
        raise UserError(f"out={folder}: cannot be read: {error.strerror}") from None
    found = recorded(folder)
    if found is not None and found.get("identity") == identity:
        _check_sums(folder, found.get(SUMS))
        return True
    what = "another study" if found is not None else "other files"
    raise UserError(
        f"out={folder}: holds {what} and is not overwritten; allowed: a folder that is new or empty"
    )


def result(folder: Path, name: str) -> Any:
    """Plain data from a JSON file of a folder that `holds` let pass; raises UserError if it is none."""
    try:
        return json.loads(read_bytes(folder / name, LARGEST))
    except (ValueError, RecursionError):
        raise UserError(f"{folder / name}: is damaged; {_CURE}") from None


def told(
    out: Path, kind: str, asked: Mapping[str, Any], name: str, fill: Callable[[Path], None]
) -> tuple[Any, bool]:
    """What a question is told of, in a folder that is filled once.

    Parameters
    ----------
    out
        The folder.
    kind
        What it holds, for its record.
    asked
        All that decides the result.
    name
        The JSON file with the result.
    fill
        Writes it, and all else, into the folder.

    Returns
    -------
    content, there
        Of the file, and whether it was there already.

    Raises
    ------
    UserError
        If the folder holds something else, or cannot be written.
    """
    study = record.study(kind, asked)
    there = holds(out, study["identity"])
    if not there:
        with fresh(out) as folder:
            fill(folder)
            files.write_json(folder / RECORD, study)
    return result(out, name), there


@contextlib.contextmanager
def fresh(target: Path) -> Iterator[Path]:
    """A folder to fill: what is in it is in ``target`` when the block ends well, and vanishes when it does not.

    A new folder takes its name in one step. One that is there and empty (the current folder, a link) stays, and
    the files move into it, the record last. Parents that had to be made vanish with a failure. The record gets
    the checksums of the files.

    Raises
    ------
    UserError
        If the folder cannot be made, or if in the meantime somebody else has filled ``target``.
    """
    place = Path(os.path.realpath(target))
    there = place.is_dir()
    made = _missing_parents(place)
    try:
        parent = place if there else place.parent
        parent.mkdir(parents=True, exist_ok=True)
        working = Path(tempfile.mkdtemp(prefix=f".{place.name[:100]}.", dir=parent))
    except OSError as error:
        _remove_empty(made)
        raise UserError(f"out={target}: cannot be written: {error.strerror or error}") from None
    try:
        # mkdtemp makes it private; a group that the parent hands down (setgid) stays
        working.chmod((working.stat().st_mode & 0o2000) | (0o777 & ~umask()))
        with lock.locked(working):
            _remove_leftovers(working)
            yield working
            (working / lock.FILE).unlink()
        _add_sums(working)
        try:
            _settle(working, place, there)
        except OSError:
            raise UserError(f"out={target}: was filled by somebody else in the meantime") from None
    except BaseException:
        shutil.rmtree(working, ignore_errors=True)
        _remove_empty(made)
        raise


def _remove_leftovers(working: Path) -> None:
    """Remove what killed processes left of the same folder: theirs are named alike, and nobody holds their locks."""
    stem = working.name[:-_RANDOM]
    for other in working.parent.glob(f"{glob.escape(stem)}*"):
        if (
            len(other.name) == len(working.name)
            and (other / lock.FILE).is_file()
            and lock.holder(other) is None
        ):
            shutil.rmtree(other, ignore_errors=True)


def _settle(working: Path, place: Path, there: bool) -> None:
    """Give a filled folder its name, or move its files into the folder that was there; the record comes last."""
    if not there:
        working.rename(place)
        return
    if [path for path in place.iterdir() if not path.name.startswith(f".{place.name[:100]}.")]:
        raise FileExistsError(place)
    for path in sorted(working.iterdir(), key=lambda path: path.name == RECORD):
        path.rename(place / path.name)
    working.rmdir()


def _add_sums(folder: Path) -> None:
    """Write the checksums of a folder's files into its record, if it has one."""
    found = recorded(folder)
    if found is not None:
        names = (path for path in sorted(folder.iterdir()) if path.is_file() and path.name != RECORD)
        files.write_json(folder / RECORD, found | {SUMS: {path.name: sha256(path) for path in names}})


def _check_sums(folder: Path, sums: object) -> None:
    """Raise UserError if a file is not the one that was written."""
    for name, expected in sums.items() if isinstance(sums, dict) else ():
        path = folder / Path(str(name)).name
        if not path.is_file() or sha256(path) != expected:
            raise UserError(f"{path}: is missing or damaged; {_CURE}")


def _check_writable(folder: Path) -> None:
    """Raise UserError if nothing can be written at a path, before any work is done for it."""
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if os.path.lexists(path))
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        reason = "cannot be written" if there.is_dir() else "is no folder"
        raise UserError(f"out={folder}: {there} {reason}; allowed: a folder that is new or empty")


def _missing_parents(target: Path) -> list[Path]:
    """Parents that do not exist, the innermost first."""
    return [parent for parent in target.absolute().parents if not os.path.lexists(parent)]


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()
