"""Errors that a user can cause and mend."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """Something that the user asked for cannot be done.

    The message names the file or the command line, the key, what was found, what is allowed and the nearest
    name. One line a problem; several problems of one input stand on a line each. The command line prints the
    message without a traceback and ends with exit code 2; nothing has been written then.
    """

    @property
    def lines(self) -> tuple[str, ...]:
        """The message, one problem a line."""
        return tuple(line for line in str(self).splitlines() if line.strip())


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like ``name``, or None if nothing is alike.

    A name with dots is compared as a whole first, then by its last part, so that ``service_delivry`` finds
    ``taliban.service_delivery``.
    """
    names = sorted(set(known))
    found = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if found:
        return found[0]
    tails: dict[str, str] = {}
    for full in names:
        tails.setdefault(full.rsplit(".", 1)[-1], full)
    found = difflib.get_close_matches(name.rsplit(".", 1)[-1], list(tails), n=1, cutoff=0.6)
    return tails[found[0]] if found else None


def hint(name: str, known: Iterable[str]) -> str:
    """The end of a message: ``; nearest: x``, or nothing if no known name is alike."""
    found = nearest(name, known)
    return f"; nearest: {found}" if found else ""


def one_line(error: BaseException) -> str:
    """What went wrong, in one line: the message of an error, or its type if it has none."""
    return " ".join(str(error).split())[:300] or type(error).__name__
