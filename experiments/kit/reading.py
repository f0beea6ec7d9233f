"""Files of other people, read with care: only plain files, and only up to a size."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from experiments.kit.errors import UserError

LARGEST_TEXT = 16_000_000
"""Bytes of a configuration file at most."""


def read_bytes(path: str | Path, largest: int = LARGEST_TEXT) -> bytes:
    """The content of a plain file.

    Parameters
    ----------
    path
        The file. A pipe, a device or a folder is refused before anything is read from it.
    largest
        Bytes that it may have.

    Returns
    -------
    bytes
        Its content.

    Raises
    ------
    UserError
        If there is no such file, it is no plain file, is too large, or cannot be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        raise UserError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise UserError(f"{path}: found {_kind(mode)}; allowed: a plain file")
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(largest + 1)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror or error}") from None
    finally:
        os.close(descriptor)
    if len(content) > largest:
        raise UserError(f"{path}: is too large; allowed: {largest / 1e6:,.0f} MB at most")
    return content


def read_text(path: str | Path, largest: int = LARGEST_TEXT) -> str:
    """The text of a plain file in UTF-8; raises UserError as `read_bytes`, and if it is no such text."""
    try:
        return read_bytes(path, largest).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: is not text in UTF-8 (byte {error.start})") from None


def not_plain(path: str | Path) -> str | None:
    """What is at ``path`` if it is no plain file (a library would wait on a pipe); None for a plain file.

    Raises
    ------
    OSError
        If nothing is there.
    """
    mode = os.stat(path).st_mode
    return None if stat.S_ISREG(mode) else _kind(mode)


def sha256(path: Path) -> str:
    """Checksum of a plain file in hexadecimal digits; raises OSError if it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a pipe" if stat.S_ISFIFO(mode) else "a device"
