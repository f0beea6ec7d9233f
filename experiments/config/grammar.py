"""Hydra's grammar of overrides, with its errors in one line."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import ChoiceSweep, Glob, IntervalSweep, Override, RangeSweep
from hydra.core.override_parser.types import Sweep as AnySweep
from hydra.core.override_parser.types import Transformer as _Transformer
from hydra.errors import HydraException

from experiments.kit.errors import UserError
from experiments.kit.verb import is_override
from sim.values import cut, shown

MOST_VALUES = 1_000_000
"""Values of one range at most."""
_LONGEST = 20_000  # characters of one override


@dataclass(frozen=True)
class Sweep:
    """Overrides of a sweep: with one value as typed, key to values in turn, key to ``(low, high)`` for a design."""

    fixed: tuple[str, ...]
    choices: dict[str, list[Any]]
    intervals: dict[str, tuple[float, float]]


def parse(overrides: Sequence[str]) -> list[Override]:
    """Parse overrides by Hydra's grammar.

    Raises
    ------
    UserError
        For what the grammar cannot read, for keys of Hydra itself, which have no effect here, and for packages
        (``group@package``).
    """
    parser = _parser()
    parsed = []
    for text in overrides:
        if len(text) > _LONGEST:
            raise UserError(f"command line: found {shown(text)}; allowed: at most {_LONGEST:,} characters")
        if not is_override(text):
            raise UserError(f"command line: found {shown(text)}; allowed: key=value, +key=value or ~key")
        try:
            override = parser.parse_overrides([text])[0]
        except (HydraException, ValueError, OverflowError, RecursionError) as error:
            raise UserError(f"command line: cannot read {shown(text)}: {_reason(error)}") from None
        if override.key_or_group == "hydra" or re.match(r"hydra[./]", override.key_or_group):
            raise UserError(f"command line: {shown(text)}: keys of Hydra itself have no effect here")
        if override.package is not None:
            raise UserError(f"command line: {shown(text)}: the package of a group cannot be changed")
        parsed.append(override)
    return parsed


def split_sweep(overrides: Sequence[str], choices: dict[str, Sequence[str]]) -> Sweep:
    """Sort the overrides of a sweep into fixed ones, discrete choices and intervals.

    Parameters
    ----------
    overrides
        As typed, in Hydra's grammar.
    choices
        Group to the names that it offers, for ``glob``.

    Raises
    ------
    UserError
        For what the grammar cannot read, a glob on a key that is no group, or one without a match.
    """
    fixed: list[str] = []
    discrete: dict[str, list[Any]] = {}
    intervals: dict[str, tuple[float, float]] = {}
    parsed = parse(overrides)
    last = {override.key_or_group: position for position, override in enumerate(parsed)}
    seed = _seed(parsed)
    for position, (text, override) in enumerate(zip(overrides, parsed, strict=True)):
        key, value = override.key_or_group, cast(object, override.value())
        if position < last[key] and not override.is_delete() and not parsed[last[key]].is_delete():
            continue  # typed again later: the last one wins, as in every verb
        if not override.is_sweep_override():
            fixed.append(text)
        elif isinstance(value, IntervalSweep):
            intervals[key] = (float(value.start or 0.0), float(value.end or 0.0))
        elif isinstance(value, Glob):
            discrete[key] = _matching(text, value, choices.get(key, ()))
        else:
            discrete[key] = _values(override, value, seed)
            if any(isinstance(one, (AnySweep, Glob)) for one in discrete[key]):
                raise UserError(
                    f"command line: cannot read {shown(text)}: a function among values; allowed: one function "
                    "alone, or values alone"
                )
    return Sweep(tuple(fixed), discrete, intervals)


def _parser() -> OverridesParser:
    """Hydra's parser, with ranges that end and are sorted as what they hold."""
    parser = OverridesParser.create()
    functions = parser.functions.functions  # their signatures stay Hydra's
    make_range, sort = functions["range"], functions["sort"]

    def checked_range(*arguments: Any, **named: Any) -> RangeSweep:
        made = make_range(*arguments, **named)
        _check_range(made)
        return made

    def sorted_values(*arguments: Any, **named: Any) -> Any:
        sweep = named.get("sweep", arguments[0] if len(arguments) == 1 else None)
        if not isinstance(sweep, RangeSweep):
            return sort(*arguments, **named)
        values = sorted(sweep.range(), reverse=bool(named.get("reverse", False)))
        return ChoiceSweep(tags=sweep.tags, list=values)

    functions["range"], functions["sort"] = checked_range, sorted_values
    return parser


def _check_range(made: RangeSweep) -> None:
    """Raise ValueError for a range that is empty, does not end, or is too long to be meant."""
    start, stop, step = (float(end) for end in (made.start or 0, made.stop or 0, made.step))
    if not all(math.isfinite(end) for end in (start, stop, step)) or step == 0:
        raise ValueError("a range needs finite ends and a step that is not 0")
    count = math.ceil((stop - start) / step)
    if count < 1:
        raise ValueError("the range is empty; allowed: a stop that the steps reach")
    if count > MOST_VALUES:
        told = f"{count:,}" if count < 1e15 else f"{float(count):.0e}"
        raise ValueError(f"the range has {told} values; allowed: at most {MOST_VALUES:,}")


def _values(override: Override, value: object, seed: int) -> list[Any]:
    """The values of a choice or range; those of ``shuffle`` in an order that the study's seed decides."""
    mixed = False
    if isinstance(value, (ChoiceSweep, RangeSweep)):
        mixed, value.shuffle = value.shuffle, False
    values = list(override.sweep_iterator(transformer=_Transformer.identity))
    if mixed:
        order = np.random.Generator(np.random.Philox(key=seed)).permutation(len(values))
        values = [values[position] for position in order]
    return values


def _seed(parsed: Sequence[Override]) -> int:
    """The seed that the overrides set; 1 if they set none that is a whole number."""
    found = 1
    for override in parsed:
        value: object = override.value() if override.key_or_group == "seed" else None
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**64:
            found = value
    return found


def _matching(text: str, pattern: Glob, names: Sequence[str]) -> list[str]:
    """The names of a group that a glob selects."""
    found = pattern.filter(sorted(names))
    if not found:
        offered = ", ".join(sorted(names)) or "this key is no group of named choices"
        raise UserError(f"command line: {text!r} matches nothing; allowed: {offered}")
    return found


def _reason(error: Exception) -> str:
    """Hydra's explanation in one line, without its repetitions and links."""
    if isinstance(error, RecursionError):
        return "it is nested too deep"
    lines = [line.strip() for line in str(error).splitlines()]
    lines = [
        line
        for line in lines
        if line.strip("^ ")
        and not line.startswith(("See http", "Error parsing override", "LexerNoViableAlt"))
    ]
    reason = "; ".join(lines).replace("<EOF>", "the end")
    own = re.search(r"ValueError while evaluating '.*?': (.*range.*)", reason)
    if own is not None:
        return own.group(1)
    reason = reason or "a character that has to stand in quotes"
    return f"{cut(reason, 300)} (put a value with special characters in quotes)"
