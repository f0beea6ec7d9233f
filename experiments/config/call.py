"""A verb called from Python: keyword arguments and overrides become the words of the command line, and a `Job`."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from experiments.config.compose import Job, compose
from experiments.kit import record, screen
from experiments.kit.errors import UserError
from experiments.kit.verb import Verb, is_override, load
from experiments.runs.folders import named
from sim.scenario import Scenario
from sim.values import shown

_PLAIN = re.compile(r"[\w./:+-]+|(interval|range|choice|glob|sort|shuffle)\(.*\)")


@contextlib.contextmanager
def called(
    name: str, words: Sequence[object], options: Mapping[str, Any], arguments: Mapping[str, Any] | None = None
) -> Iterator[Job]:
    """The job that a call asks for; while the block is open nothing is printed but problems and progress.

    Parameters
    ----------
    name
        Of the verb.
    words
        Overrides as on the command line. The first may be a scenario: its name, the path of a file, or a `Scenario`.
    options
        Options, parameters and keys of the scenario: ``replicates=100, taliban={"control": 0.9}``; those with dots
        as ``**{"design.n": 64}``. In a verb that sweeps a list holds values that are taken in turn.
    arguments
        What the command line takes by position: option to value.

    Raises
    ------
    UserError
        For all that a user can do wrong, as on the command line.
    """
    verb = load(name)
    given = words[0] if words and not verb.sweeps and isinstance(words[0], Scenario) else None
    overrides = [*_words(words[given is not None :], given is None), *_overrides(options, verb)]
    if verb.sweeps:
        from experiments.config.sweep import compose_sweep

        job = compose_sweep(verb, overrides, arguments)
    else:
        job = compose(verb, overrides, arguments=arguments)
    if given is not None:
        job = replace(job, given=given)
    placed = [
        one for value in (arguments or {}).values() for one in (value if isinstance(value, list) else [value])
    ]
    command = shlex.join(["outlook", name, *map(str, placed), *overrides])
    with screen.quiet(), record.typed(command):
        yield job


def folder_first(words: Sequence[object]) -> tuple[str | None, list[str]]:
    """The folder that a call names in the first place, or of what `run` and `sweep` returned; and the other words."""
    if not words or (isinstance(words[0], str) and is_override(words[0])):
        return None, _texts(words)
    return named(words[0]), _texts(words[1:])


def _texts(words: Sequence[object]) -> list[str]:
    """What stands by position, as texts; UserError for what is none."""
    for word in words:
        if not isinstance(word, (str, os.PathLike)):
            raise UserError(f"found {shown(word)}; allowed: text as on the command line, key=value")
    return [os.fspath(word) for word in words]  # type: ignore[call-overload]


def _words(words: Sequence[object], named: bool) -> list[str]:
    """Overrides by position; ``named``: the first may be the name of a scenario."""
    for word in words:
        if isinstance(word, Scenario):
            raise UserError(
                f"found {word!r}; allowed: a scenario in the first place of run or forecast, or its name"
            )
    texts = _texts(words)
    if texts and named and not is_override(texts[0]):
        texts[0] = f"scenario={written(texts[0])}"
    return texts


def written(value: object, turns: bool = False) -> str:
    """A value in Hydra's grammar; Hydra's own functions, such as ``interval(0,1)``, are written as a text.

    ``turns``: whether a list holds values that are taken in turn.
    """
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if hasattr(value, "tolist"):  # a number or an array of NumPy
        value = value.tolist()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        items = ",".join(written(one) for one in value)
        return items if turns and value else f"[{items}]"
    if not isinstance(value, (str, os.PathLike, date)):
        raise UserError(f"found {shown(value)}; allowed: text, a number, a date, a list or a mapping")
    text = str(value)
    if "\0" in text:
        raise UserError(f"found {shown(text)}; allowed: text without the character NUL")
    if _PLAIN.fullmatch(text):
        return text
    # A backslash is one of Hydra's only before a quote or at the end.
    escaped = re.sub(r"(\\*)('|$)", lambda found: found[1] * 2 + ("\\'" if found[2] else ""), text)
    return f"'{escaped}'"


def _overrides(options: Mapping[str, Any], verb: Verb, prefix: str = "") -> Iterator[str]:
    """Keyword arguments as overrides; mappings are groups of keys, lists of a verb's own options are lists."""
    for key, value in options.items():
        if isinstance(value, Mapping) and value:
            yield from _overrides(value, verb, f"{prefix}{key}.")
        else:
            turns = verb.sweeps and (bool(prefix) or key not in verb.options.model_fields)
            try:
                yield f"{prefix}{key}={written(value, turns)}"
            except UserError as error:
                raise UserError(f"{prefix}{key}: {error}") from None
