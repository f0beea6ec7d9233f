"""Configuration files: the packaged ones and a user's own, each with all that it starts from, read as data only."""

from __future__ import annotations

import importlib.resources
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from experiments.config import trees
from experiments.kit.errors import UserError
from experiments.kit.reading import read_mapping
from sim.values import cut, hint, shown

YAML_ENDINGS = (".yaml", ".yml")
DEFAULT_SCENARIO = "baseline"
"""The scenario that a user's own file is laid over unless it names another."""
DEFAULT_SPACE = "report"
"""What is uncertain unless another choice is made; stands in ``config.yaml`` too."""
DROP = "drop"
"""Key of an entry that takes out events of what the file starts from: by their date or by their title."""


class Source(NamedTuple):
    """A file as it stands, without the names of what it starts from.

    Attributes
    ----------
    name
        What messages call it: the name of a packaged choice, or the path of a file of one's own.
    path
        Where it is.
    own
        Whether it is a file of one's own.
    data
        Its content.
    """

    name: str
    path: Path
    own: bool
    data: dict[str, Any]


class Entry(NamedTuple):
    """An event as a file has it, with the file and the event's key in it for messages."""

    spec: Any
    source: tuple[str, str]


def config_folder() -> Path:
    """The folder of the packaged configurations."""
    return Path(str(importlib.resources.files("configs")))


def group_choices(group: str) -> list[str]:
    """The names that a config group offers, sorted; empty if there is no such group."""
    folder = config_folder() / group
    return sorted(path.stem for path in folder.glob("*.yaml")) if folder.is_dir() else []


def folders() -> list[str]:
    """The folders beside ``config.yaml``: config groups, and collections of other files."""
    return sorted(path.name for path in config_folder().iterdir() if path.is_dir())


def is_file_choice(value: object) -> bool:
    """Whether the choice of a group is the path of a YAML file and not a name."""
    return isinstance(value, str) and value.endswith(YAML_ENDINGS)


def chosen_file(group: str, choice: str) -> Path:
    """The file of a choice of a group: a packaged one by its name, or one's own by its path.

    Raises
    ------
    UserError
        With the nearest name if there is none.
    """
    if is_file_choice(choice):
        return Path(choice)
    known = group_choices(group)
    if choice not in known:
        offered = f"{', '.join(known)}, or a .yaml file{hint(choice, known)}"
        raise UserError(f"{group}: found {shown(choice)}; allowed: {offered}")
    return config_folder() / group / f"{choice}.yaml"


def unknown_keys(data: Mapping[str, Any], allowed: Sequence[str], source: str) -> list[str]:
    """One line for each key of a mapping that is not allowed."""
    return [
        f"{source}: {key}: unknown key; allowed: {', '.join(allowed)}{hint(str(key), allowed)}"
        for key in data
        if key not in allowed
    ]


def entries(
    data: Mapping[str, Any], key: str, called: str, source: str, problems: list[str]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The entries of the list that a file consists of, each with where it stands, for messages.

    Parameters
    ----------
    data
        Content of the file.
    key
        Of the list, named after what it holds.
    called
        Key of an entry's name.
    source
        The file.
    problems
        Gets a line for each entry that is no mapping.

    Raises
    ------
    UserError
        With the problems so far if there is no such list.
    """
    given = data.get(key)
    if not isinstance(given, list) or not given:
        raise UserError("\n".join([*problems, f"{source}: {key}: missing; allowed: a list of {key}"]))
    for position, spec in enumerate(given):
        if isinstance(spec, Mapping):
            yield f"{source}: {spec.get(called) or f'{key}[{position}]'}", spec
        else:
            problems.append(
                f"{source}: {key}[{position}]: found {shown(spec)}; allowed: a mapping of keys to values"
            )


def read_yaml(path: str | Path) -> dict[str, Any]:
    """Read a mapping from a YAML file, as plain data.

    The loader is a safe one: no tag can make an object. Dates stay text. Interpolations (``${...}``) and
    class paths (``_target_``) are refused, since a scenario holds values only.

    Raises
    ------
    UserError
        With file, line and column if the file is no YAML, or with the key that is refused.
    """
    data = read_mapping(path)
    refuse_code(data, str(path))
    return data


def refuse_code(data: Mapping[str, Any], source: str) -> None:
    """Raise UserError if any value is an interpolation, any key a class path."""
    for key, value in _walk(data):
        last = key.rpartition(".")[2]
        if last in ("_target_", "_partial_", "_recursive_", "_convert_", "_args_"):
            raise UserError(f"{source}: {cut(key)}: class paths are not allowed; allowed: values only")
        if isinstance(value, str) and "${" in value:
            raise UserError(
                f"{source}: {cut(key)}: found {shown(value)}; interpolations are not allowed; allowed: values only"
            )


def _walk(data: object, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Every key with its value, keys dotted."""
    if isinstance(data, (Mapping, list)):
        for key, value in data.items() if isinstance(data, Mapping) else enumerate(data):
            yield f"{prefix}{key}", value
            yield from _walk(value, f"{prefix}{key}.")


def chain(group: str, choice: str, default: str = "") -> list[Source]:
    """A choice of a group and all that it starts from, each file once, the one at the bottom first.

    Parameters
    ----------
    group
        Such as ``scenario``.
    choice
        Name of a packaged choice, or path of a file of one's own. A base that is a file is looked for beside it.
    default
        Choice that a file of one's own starts from if it names no ``base`` (empty: none).

    Raises
    ------
    UserError
        As `read_yaml`, and if a base is neither a packaged choice of the group nor a file, or files go in a circle.
    """
    found: list[Source] = []
    _follow(group, choice, "", default, found, ())
    return found


def _follow(
    group: str, choice: str, folder: str, default: str, found: list[Source], above: tuple[Path, ...]
) -> None:
    """Add a file and, before it, what it starts from; ``above``: the files that start from it."""
    own = is_file_choice(choice)
    name = os.path.join(folder, choice) if own else choice
    path = (Path(name) if own else config_folder() / group / f"{choice}.yaml").resolve()
    if path in above:
        raise UserError(
            f"{name}: base: found a circle of files; allowed: a base that is not based on this one"
        )
    if any(source.path == path for source in found):
        return
    data = read_yaml(name if own else path)
    if "hydra" in data:
        raise UserError(f"{name}: hydra: keys of Hydra itself have no effect here")
    for base in _bases(group, name, data, default if own else ""):
        _follow(group, base, os.path.dirname(name) if own else "", default, found, (*above, path))
    found.append(Source(name, path, own, data))


def _bases(group: str, name: str, data: dict[str, Any], default: str) -> list[str]:
    """What a file starts from, taken out of it."""
    if "base" in data and "defaults" in data:
        raise UserError(
            f"{name}: found both base and defaults; allowed: one of them, to name what it starts from"
        )
    bases = data.pop("base", data.pop("defaults", None))
    listed = bases if isinstance(bases, list) else [default if bases is None else bases]
    offered = group_choices(group)
    for base in listed:
        if base not in ("_self_", "", *offered) and not is_file_choice(base):
            raise UserError(
                f"{name}: base: found {shown(base)}; allowed: {', '.join(offered)}, or a .yaml file"
                f"{hint(str(base)[:80], offered)}"
            )
    return [base for base in listed if base not in ("_self_", "")]


def merged(sources: Sequence[Source]) -> dict[str, Any]:
    """The content of files laid over each other, the first at the bottom; events, which add up, left out."""
    made: dict[str, Any] = {}
    for source in sources:
        data = {key: value for key, value in source.data.items() if key != "events"}
        if source.own and "space" in data:
            data["space"] = trees.whole_priors(data["space"])
        if "questions" in made and "questions" in data:
            data["questions"] = trees.with_questions(made["questions"], data["questions"])
        made = trees.laid_over(made, data)
    return made


def events(sources: Sequence[Source]) -> list[Entry]:
    """The events of a scenario and of all that it starts from, the first base's first, less those that are dropped.

    Raises UserError if the events of a file are no list, or it drops one that is not there.
    """
    found: list[Entry] = []
    for source in sources:
        given = source.data.get("events")
        if given is not None and not isinstance(given, list):
            raise UserError(f"{source.name}: events: found {shown(given)}; allowed: a list of events")
        for position, spec in enumerate(given or []):
            _lay(found, spec, (source.name, f"events[{position}]"))
    return found


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


def first_day(sources: Sequence[Source]) -> str | None:
    """The first day of the packaged scenario that a scenario rests on, which its starting values describe."""
    days = [str(source.data["start"]) for source in sources if not source.own and "start" in source.data]
    return days[-1] if days else None
