"""Saving a posterior where it is wanted: checked before the work, never over another one unasked, always whole."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments.kit import files
from experiments.kit.errors import UserError


def may_save(path: str | None, replace: bool) -> Path | None:
    """The path to save to, seen to be writable; None if nothing is to be saved.

    A person at a terminal is asked whether a posterior that is there may be replaced.

    Raises
    ------
    UserError
        If it does not end in .csv, cannot be written, or holds something that may not be replaced.
    """
    if path is None:
        return None
    if not path.endswith(".csv"):
        raise UserError(f"command line: save={path}: allowed: a path that ends in .csv")
    target = files.check_writable(path, "save")
    may_replace(path, [target, target.with_suffix(".json")], replace)
    return target


def may_replace(path: str, targets: list[Path], replace: bool) -> None:
    """UserError if something stands at one of the targets and neither an option nor a person lets it be replaced."""
    there = [one for one in targets if one.exists()]
    if there and not replace and not _agreed(there):
        names = " and ".join(str(one) for one in there)
        raise UserError(f"save={path}: {names} would be replaced; allowed: another path, or replace=true")


def _agreed(there: list[Path]) -> bool:
    """Whether the person at the terminal says yes; nobody there is no."""
    if not (sys.stdin is not None and sys.stdin.isatty()):
        return False
    names = " and ".join(str(one) for one in there)
    return input(f"Replace {names}? [y/N] ").strip().lower() in ("y", "yes")


def save(target: Path, table: Path, record: Mapping[str, Any]) -> None:
    """Write a table of draws and its record, the record last: each whole, the old ones standing until then."""
    try:
        files.write(target, table.read_bytes())
        files.write_json(target.with_suffix(".json"), dict(record))
    except OSError as error:
        raise UserError(f"save={target}: cannot be written: {error.strerror or error}") from None
