"""Files of other people, read with care: only plain files, only up to a size, and YAML as data only.

YAML is read by PyYAML's safe loader with the numbers of OmegaConf, which reads the packaged files, made stricter: no
aliases (a few lines of them can stand for billions of values), no key twice, keys that are texts, nesting that ends
somewhere. Dates stay texts.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from pathlib import Path
from typing import Any

import yaml

from experiments.kit.errors import UserError

LARGEST_TEXT = 16_000_000
"""Bytes of a configuration file at most."""
LARGEST_YAML = 1_000_000
"""Bytes of a YAML file at most: it is read in a few seconds."""
DEEPEST = 30
"""Levels of nesting at most."""
_FLOAT = re.compile(
    r"^(?:[-+]?[0-9]+(?:_[0-9]+)*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+(?:_[0-9]+)*[eE][-+]?[0-9]+"
    r"|\.[0-9]+(?:_[0-9]+)*(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
)


def read_bytes(path: str | Path, largest: int = LARGEST_TEXT) -> bytes:
    """The content of a plain file of so many bytes at most.

    Raises UserError if there is no such file, it is no plain file (refused before anything is read from a pipe, a
    device or a folder), is too large, or cannot be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        raise UserError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise UserError(f"{path}: found {_kind(mode)}; allowed: a plain file")
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(largest + 1)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror or error}") from None
    finally:
        os.close(descriptor)
    if len(content) > largest:
        raise UserError(f"{path}: is too large; allowed: {largest / 1e6:,.0f} MB at most")
    return content


def read_text(path: str | Path, largest: int = LARGEST_TEXT) -> str:
    """The text of a plain file in UTF-8; raises UserError as `read_bytes`, and if it is no such text."""
    try:
        return read_bytes(path, largest).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: is not text in UTF-8 (byte {error.start})") from None


def not_plain(path: str | Path) -> str | None:
    """What is at ``path`` if it is no plain file (a library would wait on a pipe); None for a plain file.

    Raises OSError if nothing is there.
    """
    mode = os.stat(path).st_mode
    return None if stat.S_ISREG(mode) else _kind(mode)


def sha256(path: Path) -> str:
    """Checksum of a plain file in hexadecimal digits; raises OSError if it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a pipe" if stat.S_ISFIFO(mode) else "a device"


def read_mapping(path: str | Path) -> dict[str, Any]:
    """The content of a YAML file whose top is a mapping; UserError in one line, with file, line and column.

    Holds texts, numbers, true and false, null, lists and mappings with texts as keys.
    """
    text = read_text(path, LARGEST_YAML)
    try:
        loaded = yaml.load(text, Loader=_Loader)  # a safe loader
    except yaml.YAMLError as error:
        raise UserError(f"{path}{yaml_reason(error)}") from None
    except (ValueError, OverflowError, RecursionError) as error:  # a number of thousands of digits
        raise UserError(f"{path}: cannot be read: {str(error)[:200]}") from None
    if not isinstance(loaded, dict):
        kinds = {list: "a list", str: "a text", type(None): "nothing", bool: "true or false"}
        found = kinds.get(type(loaded), "a number" if isinstance(loaded, (int, float)) else "another thing")
        raise UserError(f"{path}: found {found}; allowed: a mapping of keys to values")
    if not loaded:
        raise UserError(f"{path}: is empty; allowed: a mapping of keys to values")
    return loaded


def yaml_reason(error: yaml.YAMLError) -> str:
    """Line, column and problem of a YAML error, to be put behind the name of the file."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
    problem = getattr(error, "problem", None) or getattr(error, "context", None) or str(error)
    return f"{place}: broken YAML: {(problem.splitlines() or ['no text'])[0][:200]}"


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # PyYAML ships no types
    """PyYAML's safe loader, stricter."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """One node of the file; aliases and endless nesting are refused before anything is made of them."""
        if self.check_event(yaml.AliasEvent):
            raise _wrong("an alias (*name): write the value again", self.peek_event().start_mark)
        self.depth += 1
        if self.depth > DEEPEST:
            raise _wrong(f"more than {DEEPEST} levels", self.peek_event().start_mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[str, Any]:
        """A mapping whose keys are texts and differ."""
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, _ in node.value:
                if not isinstance(key, yaml.ScalarNode) or key.tag != self.DEFAULT_SCALAR_TAG:
                    shown = str(key.value)[:40] if isinstance(key, yaml.ScalarNode) else "a list or mapping"
                    raise _wrong(
                        f"the key {shown}: allowed: text (in quotes if it looks like none)", key.start_mark
                    )
                if key.value in seen:
                    raise _wrong(f"found duplicate key {key.value[:80]}", key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def _wrong(what: str, mark: yaml.Mark) -> yaml.YAMLError:
    return yaml.constructor.ConstructorError(None, None, what, mark)


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in found if not tag.endswith((":timestamp", ":merge", ":float"))]
    for letter, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, list("-+0123456789."))
