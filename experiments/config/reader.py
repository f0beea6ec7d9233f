"""The one reader of YAML: plain data from a plain file, with no way to run anything or to grow without end.

It is PyYAML's safe loader with the numbers of OmegaConf, which reads the packaged files, made stricter: no
aliases (a few lines of them can stand for billions of values), no key twice, keys that are texts, nesting and
size that end somewhere. Dates stay texts.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from experiments.kit.errors import UserError
from experiments.kit.reading import read_text

LARGEST = 1_000_000
"""Bytes of a YAML file at most: it is read in a few seconds."""
DEEPEST = 30
"""Levels of nesting at most."""
_FLOAT = re.compile(
    r"^(?:[-+]?[0-9]+(?:_[0-9]+)*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+(?:_[0-9]+)*[eE][-+]?[0-9]+"
    r"|\.[0-9]+(?:_[0-9]+)*(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
)


def read_mapping(path: str | Path) -> dict[str, Any]:
    """The content of a YAML file whose top is a mapping.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    dict
        Texts, numbers, true and false, null, lists and mappings with texts as keys.

    Raises
    ------
    UserError
        In one line, with file, line and column.
    """
    text = read_text(path, LARGEST)
    try:
        loaded = yaml.load(text, Loader=_Loader)  # a safe loader
    except yaml.YAMLError as error:
        raise UserError(f"{path}{reason(error)}") from None
    except (ValueError, OverflowError, RecursionError) as error:  # a number of thousands of digits
        raise UserError(f"{path}: cannot be read: {str(error)[:200]}") from None
    if not isinstance(loaded, dict):
        kinds = {list: "a list", str: "a text", type(None): "nothing"}
        found = kinds.get(type(loaded), f"a {type(loaded).__name__}")
        raise UserError(f"{path}: found {found}; allowed: a mapping of keys to values")
    if not loaded:
        raise UserError(f"{path}: is empty; allowed: a mapping of keys to values")
    return loaded


def reason(error: yaml.YAMLError) -> str:
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
