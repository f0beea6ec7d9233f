"""Trees of configuration: the keys that they may have, one laid over another, dotted names, another first day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from experiments.kit.errors import UserError
from sim.changes import VERBS
from sim.parameters import DEFAULT_ENTITIES, ENTITY_KINDS, Schema, build_schema
from sim.reading import SCENARIO_KEYS
from sim.uncertainty import DISTRIBUTIONS
from sim.values import cut, hint, is_name, shown
from sim.world.clock import parse_date

#: What a scenario says of a start on another day than that of what it rests on; it goes into its story.
ASSUMES = "assumes"

_LONGEST_AGO = 366
"""Days after which an observation tells nothing of the state any more."""

#: Scenario keys whose members have dotted names: ``space.caches.abundance``, ``state.province.Balkh.held``.
DOTTED = ("space", "state")


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
    """Set a dotted name in a tree of dictionaries; raises UserError if it leads through a value."""
    *groups, last = name.split(".")
    for group in groups:
        tree = tree.setdefault(group, {})
        if not isinstance(tree, dict):
            raise UserError(
                f"command line: {name}: found {shown(tree)} as {group}; allowed: a mapping of keys to values"
            )
    tree[last] = value


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
    """Refuse an override of a key that does not exist, with the nearest key or how to add a member to an open list.

    ``typed``: the override as the user wrote it; ``known``: all keys that exist.
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


def take_out(tree: dict[str, Any], key: str, value: object, typed: str) -> None:
    """Take a key out of a tree for ``~key`` (``~key=value``: if it has that value); UserError if it is not there."""
    *groups, last = key.split(".")
    branch = value_at(tree, ".".join(groups)) if groups else tree
    found = branch.get(last) if isinstance(branch, dict) else None
    if not isinstance(branch, dict) or (found is None and "." in key):
        raise UserError(f"command line: {typed!r}: {key} is not set, so that there is nothing to take out")
    if value is not None and found != value:
        raise UserError(f"command line: {typed!r}: {key} is {shown(found)}")
    branch.pop(last, None)


def with_member(members: Mapping[str, Any], key: str, value: object) -> dict[str, Any]:
    """A section with dotted names (``space``, ``state``) with a member, or a field of a member, set."""
    owner, _, part = key.rpartition(".")
    if key not in members and isinstance(members.get(owner), Mapping):
        return {**members, owner: {**members[owner], part: value}}
    return {**members, key: value}


def without_member(section: str, members: Mapping[str, Any], key: str, typed: str) -> dict[str, Any]:
    """A section with dotted names without a member; raises UserError if it is not there."""
    if key not in members:
        raise UserError(f"command line: {typed!r}: no {key!r} in {section}{hint(key, members)}")
    return {name: value for name, value in members.items() if name != key}


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
    return [*kept, *listed(own)]


def listed(questions: Mapping[str, Any]) -> list[Any]:
    """Questions by their ids as a list; those that are null are left out."""
    return [
        {"id": key, **spec} if isinstance(spec, Mapping) else spec
        for key, spec in questions.items()
        if spec is not None
    ]


def flatten_space(space: object) -> object:
    """``space`` with dotted names, whether written with dots or nested; untouched if it is no mapping.

    What is null is left out: a parameter that is not uncertain, an argument that a distribution does not have.
    """
    flat = _flatten(space, _is_prior)
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
    flat = _flatten(space, _is_prior)
    if not isinstance(flat, Mapping):
        return flat
    absent = dict.fromkeys((*(name for names in DISTRIBUTIONS.values() for name in names), "within"))
    return {
        name: {**absent, **prior} if isinstance(prior, Mapping) and "dist" in prior else prior
        for name, prior in flat.items()
    }


def _is_prior(value: object) -> bool:
    return not isinstance(value, Mapping) or "dist" in value


def flatten_numbers(values: object) -> object:
    """A ``state`` or the ``set`` of an event with dotted names; untouched if no mapping."""
    return _flatten(values, lambda value: not isinstance(value, Mapping) or bool(value.keys() & set(VERBS)))


def dotted_events(given: object) -> object:
    """Events whose changes are written nested or with dotted names alike; untouched if they are no list."""
    if not isinstance(given, list):
        return given
    return [
        {key: flatten_numbers(value) if key in ("set", "state") else value for key, value in event.items()}
        if isinstance(event, Mapping)
        else event
        for event in given
    ]


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


def settle(tree: dict[str, Any], known: str | None, where: Callable[[str], str]) -> None:
    """Refuse a tree that starts on another day without a word, or note what it assumes and what was observed.

    Parameters
    ----------
    tree
        Scenario keys as composed. Its ``assumes`` goes into the story; observed state is added where it sets none.
    known
        The day that the starting values describe.
    where
        What a message about a key names: the file, or the command line.

    Raises
    ------
    UserError
        If the day is another and ``assumes`` says nothing, or no text.
    """
    assumes, day = tree.pop("assumes", None), tree.get("start")
    if assumes is not None and not isinstance(assumes, str):
        raise UserError(f"{where('assumes')}: assumes: found {shown(assumes)}; allowed: text")
    if known is None or day is None or str(day) == known:
        return
    try:
        start = parse_date(str(day)[:40])
    except ValueError:
        return  # the scenario's own check tells it
    if not assumes or not assumes.strip():
        raise UserError(
            f"{where('start')}: start: found {start}; allowed: {known}, the day that starting values and priors "
            "describe (a later day lies within the run), or assumes: with a text that says what the world is like on "
            "the other day"
        )
    told = [f"It starts on {start}. Assumed: {assumes.strip()}"]
    given = tree.get("state")
    if isinstance(given, Mapping) and start > parse_date(known):
        seen = {path: found for path, found in observed_state(start).items() if path not in given}
        tree["state"] = {path: value for path, (value, _) in seen.items()} | dict(given)
        told += [f"Observed: {path} = {value:g} ({said})." for path, (value, said) in seen.items()]
    told.append(f"What is neither set nor observed is as on {known}.")
    story = tree.get("story")
    if story is None or isinstance(story, str):
        tree["story"] = "\n\n".join([*([story.strip()] if story else []), " ".join(told)])


def observed_state(day: date) -> dict[str, tuple[float, str]]:
    """State of the model that was observed within the year before a day: path to value and source of the last."""
    from experiments.observed import load_events, load_observations

    earliest = day - timedelta(days=_LONGEST_AGO)
    found: dict[str, tuple[float, str]] = {}
    windows = load_observations("state_windows").windows("economy")
    for row in windows.itertuples():
        if earliest <= row.end.date() <= day:
            found["government.kabul.economy"] = (float(row.value), cut(str(row.source), 90))
            found["government.kabul.shock_left"] = (0.0, "the shock of 2021 is in that")
    events = load_events()
    for row in events[events["kind"] == "forces"].itertuples():
        if earliest <= row.end.date() <= day:
            found["government.kabul.forces"] = (float(row.value), cut(str(row.source), 90))
    return found
