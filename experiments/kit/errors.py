"""Errors that a user can cause and mend."""

from __future__ import annotations

import re


class UserError(Exception):
    """Something that the user asked for cannot be done.

    The message names the file or the command line, the key, what was found, what is allowed and the nearest
    name. One line a problem; several problems of one input stand on a line each. The command line prints the
    message without a traceback and ends with exit code 2; nothing has been written then.
    """

    def __init__(self, message: str) -> None:
        super().__init__("\n".join(map(_short, message.splitlines())))

    @property
    def lines(self) -> tuple[str, ...]:
        """The message, one problem a line."""
        return tuple(line for line in str(self).splitlines() if line.strip())


_QUOTED = re.compile(r"('|\")((?:(?!\1).){200,})\1")
_LONGEST = 2_500  # characters of a line


def _short(line: str) -> str:
    """A line without hidden signs, and without the middle of what is too long to be read."""
    line = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in line)
    cut = _QUOTED.sub(lambda found: f"{found[1]}{found[2][:100]} ...{found[1]}", line)
    return cut if len(cut) <= _LONGEST else f"{cut[:1000]} ... {cut[-800:]}"


def one_line(error: BaseException) -> str:
    """What went wrong, in one line: the message of an error, or its type if it has none."""
    return " ".join(str(error).split())[:300] or type(error).__name__


def first_line(error: BaseException) -> str:
    """The first line of an error's message, or its type if it has none."""
    return (str(error).splitlines() or [type(error).__name__])[0]
