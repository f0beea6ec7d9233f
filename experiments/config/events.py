"""Dated events of a scenario add up: those of all that it starts from, then its own, less those that it drops."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from experiments.config import files
from experiments.kit.errors import UserError, hint
from sim.values import shown

DROP = "drop"
"""Key of an entry that takes out events of what the file starts from: by their date or by their title."""


class Entry(NamedTuple):
    """An event as a file has it.

    Attributes
    ----------
    spec
        What the file says of it.
    source
        The file, and the event's key in it, for messages.
    """

    spec: Any
    source: tuple[str, str]


def events_of(choice: str, default: str) -> list[Entry]:
    """The events of a scenario and of all that it starts from, the first base's first.

    Parameters
    ----------
    choice
        Name of a packaged scenario or path of a file of one's own, already known to be readable.
    default
        What a file of one's own starts from unless it says so.

    Raises
    ------
    UserError
        If the events of a file are no list, or it drops one that is not there.
    """
    found: list[Entry] = []
    _gather(choice, Path(), default, found, set())
    return found


def _gather(choice: str, folder: Path, default: str, found: list[Entry], seen: set[Path]) -> None:
    """Add the events of one scenario and, before them, of its bases; each file counts once."""
    own = files.is_file_choice(choice)
    path = folder / choice if own else files.config_folder() / "scenario" / f"{choice}.yaml"
    if path.resolve() in seen:
        return
    seen.add(path.resolve())
    data = files.read_yaml(path)
    bases = data.get("base", data.get("defaults"))
    if bases is None:
        bases = [default] if own and default else []
    for base in bases if isinstance(bases, list) else [bases]:
        if base not in ("_self_", ""):
            _gather(base, path.parent, default, found, seen)
    events = data.get("events")
    if events is not None and not isinstance(events, list):
        raise UserError(f"{path}: events: found {shown(events)}; allowed: a list of events")
    for position, spec in enumerate(events or []):
        _lay(found, spec, (str(path) if own else choice, f"events[{position}]"))


def _lay(found: list[Entry], spec: object, source: tuple[str, str]) -> None:
    """One more event, or one less."""
    if not isinstance(spec, Mapping) or DROP not in spec:
        if all(entry.spec != spec for entry in found):
            found.append(Entry(spec, source))
        return
    name = spec[DROP]
    kept = [entry for entry in found if name not in _names(entry.spec)]
    if len(spec) > 1 or not isinstance(name, str) or len(kept) == len(found):
        known = [each for entry in found for each in _names(entry.spec)]
        among = ", ".join(known) or "none, since there is no event before it"
        raise UserError(
            f"{source[0]}: {source[1]}: found {shown(dict(spec))}; allowed: drop with the date or the title of "
            f"an event before it ({among}){hint(str(name)[:80], known)}"
        )
    found[:] = kept


def _names(spec: object) -> list[str]:
    """What an event is called by: its date and its title."""
    return [str(spec[key]) for key in ("date", "title") if spec.get(key)] if isinstance(spec, Mapping) else []
