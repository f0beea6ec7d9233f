"""Names of files that are made of people's words."""

from __future__ import annotations

import hashlib
import re

_UNSAFE = re.compile(r"[^A-Za-z0-9_+=,-]+")
_LONGEST = 80


def file_name(words: str) -> str:
    """A name for a file or folder, safe on every system, and another one for other words.

    Parameters
    ----------
    words
        What it is named after: a label, an id, a title. Any text.

    Returns
    -------
    str
        ``words`` itself where it is safe; else its letters, digits and ``_+=,-``, with a part of its hash.
    """
    safe = _UNSAFE.sub("_", words)[:_LONGEST]
    if safe == words and words.strip("-") and words.upper() not in _RESERVED and words[0] != "-":
        return words
    return f"{safe.strip('_-') or 'name'}-{hashlib.sha256(words.encode('utf-8', 'replace')).hexdigest()[:8]}"


_RESERVED = {
    "CON",
    "PRN",
    "AUX",
    "NUL",
    *(f"{port}{number}" for port in ("COM", "LPT") for number in "123456789"),
}
