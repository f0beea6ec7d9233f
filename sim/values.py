"""Values that people write: which are numbers, and how to show one in a message."""

from __future__ import annotations

import math
import re

_LONGEST = 80


def is_number(value: object) -> bool:
    """Whether a value is a finite number that a float can hold; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number of hundreds of digits
        return False


def is_name(value: object) -> bool:
    """Whether a value can name a member of an open list: letters, digits and _, a letter first."""
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,39}", value) is not None


def shown(value: object) -> str:
    """A value as it stands in a message: in one line and of a sane length."""
    try:
        text = repr(value.item() if hasattr(value, "item") else value)  # a scalar of NumPy as a plain one
    except (ValueError, TypeError, RecursionError):  # a whole number of thousands of digits
        return f"a {type(value).__name__}"
    return cut(text, _LONGEST)


def cut(text: str, longest: int = 160) -> str:
    """A text of a message in one line and cut to a sane length, without control characters."""
    short = text if len(text) <= longest else f"{text[: longest - 4]} ..."
    return "".join(letter if letter.isprintable() else "?" for letter in short)
