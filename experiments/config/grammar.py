"""Hydra's grammar of overrides, with its errors in one line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, IntervalSweep, Override
from hydra.core.override_parser.types import Transformer as _Transformer
from hydra.errors import HydraException

from experiments.kit.errors import UserError

#: What a token of the command line must look like to be an override and not an argument by position.
_OVERRIDE = re.compile(r"^(\+{0,2}[A-Za-z_][\w./@:-]*=|~[A-Za-z_])")


@dataclass(frozen=True)
class Sweep:
    """Overrides of a sweep, sorted by kind.

    Attributes:
        fixed: overrides with one value, as typed.
        choices: key to the values that it takes in turn (choice, range and glob).
        intervals: key to ``(low, high)``: continuous, to be drawn by a design.
    """

    fixed: tuple[str, ...]
    choices: dict[str, list]
    intervals: dict[str, tuple[float, float]]


def is_override(token: str) -> bool:
    """Whether a token of the command line is an override (``key=value``, ``+key=value``, ``~key``)."""
    return bool(_OVERRIDE.match(token))


def parse(overrides: Sequence[str]) -> list[Override]:
    """Parse overrides by Hydra's grammar.

    Raises:
        UserError: for what the grammar cannot read, for keys of Hydra itself, which have no effect here, and
            for packages (``group@package``).
    """
    parser = OverridesParser.create()
    parsed = []
    for text in overrides:
        if not is_override(text):
            raise UserError(f"command line: found {text!r}; allowed: key=value, +key=value or ~key")
        try:
            override = parser.parse_overrides([text])[0]
        except HydraException as error:
            raise UserError(f"command line: cannot read {text!r}: {_reason(error, text)}") from None
        if override.key_or_group == "hydra" or re.match(r"hydra[./]", override.key_or_group):
            raise UserError(f"command line: {text!r}: keys of Hydra itself have no effect here")
        if override.package is not None:
            raise UserError(f"command line: {text!r}: the package of a group cannot be changed")
        parsed.append(override)
    return parsed


def split_sweep(overrides: Sequence[str], choices: dict[str, Sequence[str]]) -> Sweep:
    """Sort the overrides of a sweep into fixed ones, discrete choices and intervals.

    Args:
        overrides: as typed, in Hydra's grammar.
        choices: group to the names that it offers, for ``glob``.

    Raises:
        UserError: for what the grammar cannot read, a glob on a key that is no group, or one without a match.
    """
    fixed: list[str] = []
    discrete: dict[str, list] = {}
    intervals: dict[str, tuple[float, float]] = {}
    for text, override in zip(overrides, parse(overrides), strict=True):
        key, value = override.key_or_group, cast(object, override.value())
        if not override.is_sweep_override():
            fixed.append(text)
        elif isinstance(value, IntervalSweep):
            intervals[key] = (float(value.start or 0.0), float(value.end or 0.0))
        elif isinstance(value, Glob):
            discrete[key] = _matching(text, value, choices.get(key, ()))
        else:
            discrete[key] = list(override.sweep_iterator(transformer=_Transformer.identity))
    return Sweep(tuple(fixed), discrete, intervals)


def _matching(text: str, pattern: Glob, names: Sequence[str]) -> list[str]:
    """The names of a group that a glob selects."""
    found = pattern.filter(sorted(names))
    if not found:
        offered = ", ".join(sorted(names)) or "this key is no group of named choices"
        raise UserError(f"command line: {text!r} matches nothing; allowed: {offered}")
    return found


def _reason(error: HydraException, text: str) -> str:
    """Hydra's explanation in one line, without its repetitions and links."""
    lines = [line.strip() for line in str(error).splitlines()]
    lines = [
        line
        for line in lines
        if line.strip("^ ")
        and not line.startswith(("See http", "Error parsing override", "LexerNoViableAlt"))
    ]
    reason = "; ".join(lines).replace("<EOF>", "the end")
    reason = reason or "a character that has to stand in quotes"
    return f"{reason} (put a value with special characters in quotes)"
