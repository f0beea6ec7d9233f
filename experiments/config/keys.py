"""Which keys a composed configuration may have, and what to say about one that it may not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from experiments.kit.errors import UserError, hint
from sim.changes import VERBS
from sim.parameters import DEFAULT_ENTITIES, ENTITY_KINDS, Schema, build_schema
from sim.uncertainty import DISTRIBUTIONS
from sim.values import is_name

#: Keys of a scenario that are not parameters.
SCENARIO_KEYS = ("title", "story", "start", "end", "state", "events", "questions", "space")

#: What a scenario says of a start on another day than that of what it rests on; it goes into its story.
ASSUMES = "assumes"

#: Scenario keys whose members have dotted names: ``space.caches.abundance``, ``state.province.Balkh.held``.
DOTTED = ("space", "state")


#: Stands for the removal of a member in `set_dotted`.
DELETE = object()


def entities_in(tree: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Members of the open lists (fronts, militias, powers): the known ones, then those that the tree adds."""
    members = {}
    for kind, known in DEFAULT_ENTITIES.items():
        given = tree.get(kind)
        names = given if isinstance(given, Mapping) else ()
        members[kind] = known + tuple(name for name in names if is_name(name) and name not in known)
    return members


def schema_of(entities: Mapping[str, tuple[str, ...]]) -> Schema:
    """The parameter table of a model with these fronts, militias and powers."""
    return build_schema(**entities)


def unset(schema: Schema) -> dict[str, Any]:
    """A tree of all parameters and scenario keys in which nothing is set: every parameter is None."""
    tree: dict[str, Any] = {}
    for name in schema.names:
        put(tree, name, None)
    return tree | {key: {} if key in DOTTED else None for key in (*SCENARIO_KEYS, ASSUMES)}


def put(tree: dict[str, Any], name: str, value: object) -> None:
    """Set a dotted name in a tree of dictionaries."""
    *groups, last = name.split(".")
    for group in groups:
        tree = tree.setdefault(group, {})
    tree[last] = value


def put_if_absent(tree: dict[str, Any], name: str, value: object) -> None:
    """Set a dotted name unless something stands there or above it that is no dictionary."""
    *groups, last = name.split(".")
    for group in groups:
        if not isinstance(tree.get(group), dict):
            tree[group] = {}
        tree = tree[group]
    tree.setdefault(last, value)


def value_at(tree: Mapping[str, Any], name: str) -> object:
    """What stands under a dotted name; None if nothing does."""
    found: object = tree
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def laid_over(base: Mapping[str, Any], top: Mapping[str, Any]) -> dict[str, Any]:
    """Two trees merged; where both have a value that is not a mapping in both, the top one wins."""
    merged = dict(base)
    for key, value in top.items():
        below = merged.get(key)
        both = isinstance(below, Mapping) and isinstance(value, Mapping)
        merged[key] = laid_over(below, value) if both else value  # type: ignore[arg-type]
    return merged


def paths(tree: Mapping[str, Any], prefix: str = "") -> set[str]:
    """All dotted keys of a tree, of branches and of leaves."""
    found: set[str] = set()
    for key, value in tree.items():
        path = f"{prefix}{key}"
        found.add(path)
        if isinstance(value, Mapping):
            found |= paths(value, f"{path}.")
    return found


def new_entity(key: str) -> tuple[str, str] | None:
    """``(kind, name)`` if a key belongs to a front, militia or power that is not among the known ones."""
    kind, _, rest = key.partition(".")
    name, _, parameter = rest.partition(".")
    if kind not in ENTITY_KINDS or not name or name in DEFAULT_ENTITIES[kind]:
        return None
    if parameter and parameter not in {template.name for template in ENTITY_KINDS[kind]}:
        return None
    return kind, name


def check(typed: str, key: str, known: set[str]) -> None:
    """Refuse an override of a key that does not exist.

    Args:
        typed: the override as the user wrote it.
        key: its key.
        known: all keys that exist.

    Raises:
        UserError: with the nearest key, or with how to add a member to an open list.
    """
    if key in known:
        return
    entity = new_entity(key)
    if entity is not None and not typed.startswith("~"):
        kind, name = entity
        raise UserError(
            f"command line: {typed!r}: unknown key {key!r}; no {name!r} among the {kind}"
            f"{hint(name, _members(known, kind))}; to add one write +{typed.lstrip('+')}"
        )
    raise UserError(f"command line: {typed!r}: unknown key {key!r}{hint(key, _sayable(known))}")


def set_dotted(
    section: str, members: Mapping[str, Any], rest: str, value: object, typed: str
) -> dict[str, Any]:
    """A section with dotted names (``space`` or ``state``) after one override.

    Args:
        section: its key; members: what it holds.
        rest: key of the override within the section: a member, or a member and a field of it.
        value: new value; `DELETE` to take the member out.
        typed: the override as the user wrote it.

    Raises:
        UserError: if a member that is to go is not there.
    """
    flat = dict(members)
    owner, _, part = rest.rpartition(".")
    if value is DELETE:
        if rest not in flat:
            raise UserError(f"command line: {typed!r}: no {rest!r} in {section}{hint(rest, flat)}")
        del flat[rest]
    elif rest not in flat and isinstance(flat.get(owner), Mapping):
        flat[owner] = {**flat[owner], part: value}
    else:
        flat[rest] = value
    return flat


def _members(known: Iterable[str], kind: str) -> list[str]:
    return [path.split(".")[1] for path in known if path.count(".") == 1 and path.startswith(f"{kind}.")]


def _sayable(known: set[str]) -> list[str]:
    """Keys worth proposing: leaves and top-level keys."""
    branches = {path.rpartition(".")[0] for path in known}
    return [path for path in known if path not in branches or "." not in path]


def with_questions(base: object, own: object) -> object:
    """Questions of a file over those that it starts from: a list takes their place, a mapping adds by id."""
    if not isinstance(own, Mapping):
        return own
    if isinstance(base, Mapping):
        return laid_over(base, own)
    kept = [spec for spec in base or () if not (isinstance(spec, Mapping) and spec.get("id") in own)]  # type: ignore[attr-defined]
    added = [
        {"id": key, **spec} if isinstance(spec, Mapping) else spec
        for key, spec in own.items()
        if spec is not None
    ]
    return [*kept, *added]


def flatten_space(space: object) -> object:
    """``space`` with dotted names, whether written with dots or nested; untouched if it is no mapping.

    What is null is left out: a parameter that is not uncertain, an argument that a distribution does not have.
    """
    flat = _flatten(space, lambda value: not isinstance(value, Mapping) or "dist" in value)
    if not isinstance(flat, Mapping):
        return flat
    return {
        name: {key: one for key, one in prior.items() if one is not None}
        if isinstance(prior, Mapping)
        else prior
        for name, prior in flat.items()
        if prior is not None
    }


def whole_priors(space: object) -> object:
    """``space`` of a file of one's own, whose priors replace those they are laid over and do not mix with them."""
    flat = _flatten(space, lambda value: not isinstance(value, Mapping) or "dist" in value)
    if not isinstance(flat, Mapping):
        return flat
    absent = dict.fromkeys((*(name for names in DISTRIBUTIONS.values() for name in names), "within"))
    return {
        name: {**absent, **prior} if isinstance(prior, Mapping) and "dist" in prior else prior
        for name, prior in flat.items()
    }


def flatten_numbers(values: object) -> object:
    """A ``state`` or the ``set`` of an event with dotted names; untouched if no mapping."""
    return _flatten(values, lambda value: not isinstance(value, Mapping) or bool(value.keys() & set(VERBS)))


def _flatten(branch: object, is_leaf: Callable[[object], bool]) -> object:
    if not isinstance(branch, Mapping):
        return branch
    flat: dict[str, Any] = {}

    def walk(part: Mapping[str, Any], prefix: str) -> None:
        for key, value in part.items():
            name = f"{prefix}{key}"
            if is_leaf(value):
                flat[name] = value
            elif isinstance(value, Mapping):
                walk(value, f"{name}.")

    walk(branch, "")
    return flat
