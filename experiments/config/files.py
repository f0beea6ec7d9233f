"""Configuration files: the packaged ones and a user's own, read as data only."""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from experiments.config import keys
from experiments.config.reader import read_mapping
from experiments.kit.basis import default_posterior
from experiments.kit.errors import UserError, hint
from sim.values import cut, shown

YAML_ENDINGS = (".yaml", ".yml")
TABLE_ENDINGS = (".csv", ".parquet")


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


def read_yaml(path: str | Path) -> dict[str, Any]:
    """Read a mapping from a YAML file, as plain data.

    The loader is a safe one: no tag can make an object. Dates stay text. Interpolations (``${...}``) and
    class paths (``_target_``) are refused, since a scenario holds values only.

    Raises:
        UserError: with file, line and column if the file is no YAML, or with the key that is refused.
    """
    data = read_mapping(path)
    refuse_code(data, str(path))
    return data


def packaged_scenario(name: str) -> dict[str, Any]:
    """The content of a packaged scenario, laid over those that it starts from; of events its own alone."""
    data = read_yaml(config_folder() / "scenario" / f"{name}.yaml")
    under: dict[str, Any] = {}
    for base in data.pop("defaults", ()):
        if base != "_self_":
            under = keys.laid_over(under, packaged_scenario(base))
    return keys.laid_over(under, data)


def refuse_code(data: Mapping[str, Any], source: str) -> None:
    """Raise UserError if any value is an interpolation, any key a class path or no text."""
    for key, value in _walk(data):
        last = key.rpartition(".")[2]
        if last in ("_target_", "_partial_", "_recursive_", "_convert_", "_args_"):
            raise UserError(f"{source}: {cut(key)}: class paths are not allowed; allowed: values only")
        if isinstance(value, str) and "${" in value:
            raise UserError(
                f"{source}: {cut(key)}: found {shown(value)}; interpolations are not allowed; allowed: values only"
            )


def own_file(group: str, path: str, default: str, seen: tuple[Path, ...] = ()) -> dict[str, Any]:
    """A user's own file of a group, ready to be composed: its ``base`` becomes Hydra's defaults list.

    Parameters
    ----------
    group
        Group that the file stands in for, such as ``scenario``.
    path
        Where it is. A base that is a file of one's own is looked for beside it, and laid under it.
    default
        Choice that it is laid over if it names no ``base`` (empty: none).
    seen
        Files that are based on this one.

    Raises
    ------
    UserError
        As `read_yaml`, and if a base is neither a packaged choice of the group nor such a file.
    """
    here = Path(path).resolve()
    if here in seen:
        raise UserError(
            f"{path}: base: found a circle of files; allowed: a base that is not based on this one"
        )
    data = read_yaml(path)
    if "hydra" in data:
        raise UserError(f"{path}: hydra: keys of Hydra itself have no effect here")
    if group == "scenario" and "space" in data:
        data["space"] = keys.whole_priors(data["space"])
    names, under = _bases(group, path, data, default, (*seen, here))
    if "questions" in under and "questions" in data:
        data["questions"] = keys.with_questions(under["questions"], data["questions"])
    return {"defaults": [*names, "_self_"], **keys.laid_over(under, data)}


def _bases(
    group: str, path: str, data: dict[str, Any], default: str, seen: tuple[Path, ...]
) -> tuple[list[str], dict[str, Any]]:
    """What a file starts from, taken out of it: packaged choices, and the content of files of one's own."""
    if "base" in data and "defaults" in data:
        raise UserError(
            f"{path}: found both base and defaults; allowed: one of them, to name what it starts from"
        )
    bases = data.pop("base", None)
    if bases is None:
        bases = data.pop("defaults", None)
    listed = bases if isinstance(bases, list) else [bases if bases is not None else default]
    offered = group_choices(group)
    names: list[str] = []
    under: dict[str, Any] = {}
    for name in listed:
        if is_file_choice(name):
            inner = own_file(group, str(Path(path).parent / name), default, seen)
            names += [one for one in inner.pop("defaults") if one not in ("_self_", *names)]
            under = keys.laid_over(under, inner)
        elif name in offered and not under:
            names.append(name)
        elif name not in ("_self_", ""):
            where = "before the files" if name in offered else f"{', '.join(offered)}, or a .yaml file"
            raise UserError(
                f"{path}: base: found {shown(name)}; allowed: {where}{hint(str(name)[:80], offered)}"
            )
    return names, under


def table_path(group: str, name_or_path: str | None) -> Path:
    """A table (CSV or Parquet) by the name of a packaged one or by its path; else the default posterior.

    Raises:
        UserError: if there is none.
    """
    packaged = {
        path.stem: path
        for path in sorted((config_folder() / group).glob("*"))
        if path.suffix in TABLE_ENDINGS
    }
    if name_or_path is None:
        if not packaged:
            raise UserError(f"no {group} is packaged; allowed: {group}=PATH of a CSV or Parquet table")
        return packaged.get(default_posterior(), next(iter(packaged.values())))
    if name_or_path in packaged:
        return packaged[name_or_path]
    path = Path(name_or_path)
    if path.suffix not in TABLE_ENDINGS:
        offered = ", ".join([*packaged, "the path of a CSV or Parquet table"])
        near = hint(name_or_path, packaged)
        raise UserError(f"command line: unknown {group} {name_or_path!r}{near}; allowed: {offered}")
    if not path.is_file():
        raise UserError(f"{path}: no such file")
    return path


def _walk(data: object, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Every key with its value, keys dotted."""
    if isinstance(data, Mapping):
        items = [(str(key), value) for key, value in data.items()]
    elif isinstance(data, list):
        items = [(str(number), value) for number, value in enumerate(data)]
    else:
        return
    for key, value in items:
        dotted = f"{prefix}{key}"
        yield dotted, value
        yield from _walk(value, f"{dotted}.")
