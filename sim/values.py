"""Values that people write: which are numbers, how to show one in a message, and what is wrong with a scenario."""

from __future__ import annotations

import difflib
import math
import operator
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.parameters import Schema

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


def nearest(name: object, known: Iterable[str]) -> str | None:
    """The known name most like ``name``, or None if nothing is alike.

    Capitals do not matter. A name with dots is compared as a whole first, then by its last part, so that
    ``service_delivry`` finds ``taliban.service_delivery``.
    """
    names = sorted(set(known))
    wholes = {full.lower(): full for full in reversed(names)}
    tails = {full.rsplit(".", 1)[-1]: full for full in reversed(list(wholes))}
    found = difflib.get_close_matches(str(name).lower(), list(wholes), n=1)
    if found:
        return wholes[found[0]]
    found = difflib.get_close_matches(str(name).lower().rsplit(".", 1)[-1], list(tails), n=1)
    return wholes[tails[found[0]]] if found else None


def hint(name: object, known: Iterable[str]) -> str:
    """The end of a message: ``; nearest: x``, or nothing if no known name is alike."""
    found = nearest(name, known)
    return f"; nearest: {found}" if found else ""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a scenario: its key, what was found, what is allowed, the nearest valid name."""

    key: str
    found: str
    allowed: str
    nearest: str | None = None

    def __str__(self) -> str:
        near = f"; nearest: {self.nearest}" if self.nearest else ""
        return f"{cut(self.key)}: found {cut(self.found)}; allowed: {cut(self.allowed, 400)}{near}"


class ProblemError(ValueError):
    """A value of a person's file that cannot be read; ``problem`` says why."""

    def __init__(self, key: str, found: str, allowed: str, nearest: str | None = None) -> None:
        self.problem = Problem(key, found, allowed, nearest)
        super().__init__(str(self.problem))


class ScenarioError(ValueError):
    """A scenario that cannot be run; ``problems`` lists everything that is wrong with it."""

    def __init__(self, source: str, problems: list[Problem]) -> None:
        self.source = source
        self.problems = problems
        super().__init__(f"{source}: " + " | ".join(str(problem) for problem in problems))


def check_value(
    schema: Schema, name: str, value: object, problems: list[Problem], key: str = ""
) -> float | None:
    """Return ``value`` as a float if parameter ``name`` allows it; else note the problem and return None."""
    key = key or name
    if name not in schema:
        problems.append(
            Problem(key, "an unknown parameter", "a name of the parameter table", nearest(name, schema.names))
        )
        return None
    try:
        return schema[name].check(value)
    except ValueError as error:
        problems.append(Problem(key, shown(value), str(error)))
        return None


def whole(name: str, value: object, low: int = 0, high: int = 2**32 - 1) -> int:
    """A whole number that a call from Python gives for ``name``.

    Raises
    ------
    ValueError
        If it is none (true is not 1, 2.0 is not 2), or is not from ``low`` to ``high``.
    """
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = low - 1
    if isinstance(value, bool) or not low <= number <= high:
        raise ValueError(f"{name}: found {shown(value)}; allowed: a whole number from {low} to {high}")
    return number
