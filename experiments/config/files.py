"""Configuration files: the packaged ones and a user's own, read as data only."""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from experiments.kit.basis import default_posterior
from experiments.kit.errors import UserError, hint

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
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError(f"{path}: no such file") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: is not text in UTF-8 (byte {error.start})") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror or error}") from None
    try:
        loaded = OmegaConf.create(text) if text.strip() else OmegaConf.create({})
    except yaml.YAMLError as error:
        raise UserError(f"{path}{yaml_reason(error)}") from None
    except (OmegaConfBaseException, ValueError, TypeError) as error:
        raise UserError(f"{path}: cannot be read: {str(error).splitlines()[0]}") from None
    data = OmegaConf.to_container(loaded, resolve=False)
    if not isinstance(data, dict):
        raise UserError(f"{path}: found a {_kind(data)}; allowed: a mapping of keys to values")
    refuse_code(data, str(path))
    return {str(key): value for key, value in data.items()}


def refuse_code(data: Mapping, source: str) -> None:
    """Raise UserError if any value is an interpolation, any key a class path or no text."""
    for key, value in _walk(data):
        last = key.rpartition(".")[2]
        if last in ("_target_", "_partial_", "_recursive_", "_convert_", "_args_"):
            raise UserError(f"{source}: {key}: class paths are not allowed; allowed: values only")
        if isinstance(value, str) and "${" in value:
            raise UserError(
                f"{source}: {key}: found {value!r}; interpolations are not allowed; allowed: values only"
            )


def own_file(group: str, path: str, default: str) -> dict[str, Any]:
    """A user's own file of a group, ready to be composed: its ``base`` becomes Hydra's defaults list.

    Args:
        group: group that the file stands in for, such as ``scenario``.
        path: where it is.
        default: choice that it is laid over if it names no ``base`` (empty: none).

    Raises:
        UserError: as `read_yaml`, and if its base is no packaged choice of the group.
    """
    data = read_yaml(path)
    if "base" in data and "defaults" in data:
        raise UserError(
            f"{path}: found both base and defaults; allowed: one of them, to name what it starts from"
        )
    bases = data.pop("base", None)
    if bases is None:
        bases = data.pop("defaults", None)
    listed = bases if isinstance(bases, list) else [bases if bases is not None else default]
    offered = group_choices(group)
    names = [name for name in listed if name not in ("_self_", "")]
    for name in names:
        if name not in offered:
            found = hint(str(name), offered)
            raise UserError(f"{path}: base: found {name!r}; allowed: {', '.join(offered)}{found}")
    return {"defaults": [*names, "_self_"], **data}


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


def yaml_reason(error: yaml.YAMLError) -> str:
    """Line, column and problem of a YAML error, to be put behind the name of the file."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
    problem = getattr(error, "problem", None) or getattr(error, "context", None) or str(error).splitlines()[0]
    return f"{place}: broken YAML: {problem}"


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


def _kind(data: object) -> str:
    return {list: "list", str: "text", type(None): "nothing"}.get(type(data), type(data).__name__)
