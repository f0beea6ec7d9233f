"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import math
import os
import re
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments.kit.errors import UserError

_UNSAFE = re.compile(r"[^A-Za-z0-9_+=,-]+")
_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in "123456789")}
_LONGEST = 80


def write(path: str | Path, content: str | bytes) -> None:
    """Write a file whole: under another name first, then in the place of what was there.

    A new file gets the rights that the user's umask leaves, a file that is replaced keeps its own.

    Parameters
    ----------
    path
        The file; its folder exists. A link is replaced, not followed: a folder of somebody else's may hold links to
        files of one's own.
    content
        Text, written in UTF-8, or bytes.

    Raises
    ------
    OSError
        If it cannot be written; what was there before is there still.
    """
    target = Path(path)
    rights = _rights(target)
    data = content.encode("utf-8") if isinstance(content, str) else content
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".tmp", dir=target.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            os.chmod(name, rights)
        os.replace(name, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def check_own(folder: Path) -> Path:
    """A folder of results that may come from somebody else: what is written into its folders lies in it.

    Raises UserError if a folder in it is a link: it would lead what is written, and what is removed, to files of one's
    own; or if something in it is a pipe or a device, or a folder in the place of a file, which nothing replaces. The
    folder itself may be a link.
    """
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode) and path.is_dir():
                raise UserError(f"{path}: is a link to another folder; allowed: a folder of its own")
            if not (stat.S_ISLNK(mode) or stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                raise UserError(f"{path}: found a pipe or a device; allowed: a plain file")
            if stat.S_ISDIR(mode) and path.suffix in (".parquet", ".json", ".csv"):
                raise UserError(f"{path}: found a folder; allowed: a plain file")
    return folder


def _rights(target: Path) -> int:
    """The rights of a file that is there, else those that the umask leaves; OSError for a pipe or a device."""
    try:
        mode = os.lstat(target).st_mode
    except FileNotFoundError:
        return 0o666 & ~umask()
    if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode) or stat.S_ISDIR(mode)):
        raise OSError(errno.EINVAL, "is no plain file", str(target))
    return stat.S_IMODE(mode) if stat.S_ISREG(mode) else 0o666 & ~umask()


def plain(data: Any) -> Any:
    """Data as JSON knows it: None for NaN and infinity, numbers of NumPy as Python's own, keys as texts."""
    if isinstance(data, Mapping):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [plain(value) for value in data]
    value = data.item() if hasattr(data, "item") else data
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_json(path: str | Path, data: Any) -> None:
    """Write plain data as JSON, whole; see `write`. NaN and infinity, which JSON lacks, are a ValueError."""
    write(path, json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def check_writable(path: str | Path, key: str) -> Path:
    """A file that can be written, checked before the work; its folder is made if it is missing.

    Raises UserError, which names the option ``key``, if it is a folder or cannot be written.
    """
    target = Path(path)
    if target.is_dir():
        raise UserError(f"{key}={path}: is a folder; allowed: a file")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".tmp", dir=target.parent)
        os.close(descriptor)
        os.unlink(name)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"{key}={path}: cannot be written: {reason}") from None
    return target


def umask() -> int:
    """Rights that new files do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def file_name(words: str) -> str:
    """A name for a file or folder after any words, safe on every system, and another one for other words.

    ``words`` itself where it is safe; else its letters, digits and ``_+=,-``, with a part of its hash.
    """
    safe = _UNSAFE.sub("_", words)[:_LONGEST]
    if safe == words and words.strip("-") and words.upper() not in _RESERVED and words[0] != "-":
        return words
    return f"{safe.strip('_-') or 'name'}-{hashlib.sha256(words.encode('utf-8', 'replace')).hexdigest()[:8]}"
