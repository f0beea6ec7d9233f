"""A validated scenario: dates, parameters, start state, dated events, questions and what is uncertain."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

from sim.calendar import parse_date
from sim.geography import load_geography
from sim.outcomes import PLACE_SERIES, SERIES
from sim.parameters import DEFAULT_ENTITIES, ENTITY_KINDS, Schema, build_schema
from sim.questions import Question, read_question
from sim.state import Layout, layout_of
from sim.uncertainty import Prior, Space

_OWN_KEYS = ("title", "story", "start", "end", "state", "events", "questions", "space")
_LONGEST_DAYS = 366 * 15


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a scenario: its key, what was found, what is allowed, the nearest valid name."""

    key: str
    found: str
    allowed: str
    nearest: str | None = None

    def __str__(self) -> str:
        near = f"; nearest: {self.nearest}" if self.nearest else ""
        return f"{self.key}: found {self.found}; allowed: {self.allowed}{near}"


class ScenarioError(ValueError):
    """A scenario that cannot be run; ``problems`` lists everything that is wrong with it."""

    def __init__(self, source: str, problems: list[Problem]) -> None:
        self.source = source
        self.problems = problems
        super().__init__(f"{source}: " + " | ".join(str(problem) for problem in problems))


@dataclass(frozen=True)
class Event:
    """A dated event: on its day parameters and state are set.

    Attributes:
        day: the date, before the tick of which it takes effect.
        title: what happens, in words.
        set: parameter name to its new value.
        state: path in the state (``province.Balkh.held``) to its new value.
    """

    day: date
    title: str
    set: Mapping[str, float] = field(default_factory=dict)
    state: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    """One conditional world, ready to run. See the module's text for the parts."""

    name: str
    title: str
    story: str
    start: date
    end: date
    entities: Mapping[str, tuple[str, ...]]
    schema: Schema
    values: np.ndarray
    fixed: frozenset[str]
    state: Mapping[str, float]
    events: tuple[Event, ...]
    questions: tuple[Question, ...]
    space: Space

    @property
    def days(self) -> int:
        """Number of ticks from the start to the horizon."""
        return (self.end - self.start).days

    @property
    def layout(self) -> Layout:
        """Where each parameter and each piece of state stands in the state of a run."""
        return layout_of(self.schema)

    @property
    def hash(self) -> str:
        """Hash of all that decides what the runs of the scenario are (12 hexadecimal digits)."""
        mapping = self.to_mapping()
        for key in ("title", "story", "questions"):
            mapping.pop(key)
        if self.space.posterior is not None:
            mapping["posterior"] = hashlib.sha256(np.ascontiguousarray(self.space.posterior).tobytes()).hexdigest()
        return hashlib.sha256(json.dumps(mapping, sort_keys=True).encode()).hexdigest()[:12]

    def value(self, name: str) -> float:
        """Value of a parameter."""
        return float(self.values[self.schema.index(name)])

    def with_values(self, changes: Mapping[str, float]) -> Scenario:
        """The scenario with some parameters fixed at other values.

        Raises:
            ScenarioError: if a name is unknown or a value is not allowed.
        """
        problems: list[Problem] = []
        values = self.values.copy()
        for name, value in changes.items():
            checked = _check_value(self.schema, name, value, problems)
            if checked is not None:
                values[self.schema.index(name)] = checked
        if problems:
            raise ScenarioError(self.name, problems)
        values.setflags(write=False)
        fixed = self.fixed | frozenset(changes)
        return replace(self, values=values, fixed=fixed, space=self.space.without(fixed))

    def with_space(self, space: Space) -> Scenario:
        """The scenario with other uncertainty; what the scenario or the user set stays fixed."""
        return replace(self, space=space.without(self.fixed))

    def draw(self, replicates: np.ndarray, seed: int) -> np.ndarray:
        """Parameter vectors of replicates: float64[n, P]. Replicate r is the same in every scenario."""
        return self.space.draw(self.schema, self.values, np.asarray(replicates, dtype=np.int64), seed)

    def to_mapping(self) -> dict:
        """A plain mapping that :meth:`from_mapping` reads back to the same scenario (posterior tables aside)."""
        nested: dict = {}
        for name in sorted(self.fixed):
            branch = nested
            *groups, last = name.split(".")
            for group in groups:
                branch = branch.setdefault(group, {})
            branch[last] = self.value(name)
        for kind, names in self.entities.items():
            for name in names:
                if name not in DEFAULT_ENTITIES[kind]:
                    nested.setdefault(kind, {}).setdefault(name, {})
        events = [
            {"date": event.day.isoformat(), "title": event.title, "set": dict(event.set), "state": dict(event.state)}
            for event in self.events
        ]
        return {
            "title": self.title,
            "story": self.story,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            **nested,
            "state": dict(self.state),
            "events": events,
            "questions": [question.to_mapping() for question in self.questions],
            "space": {name: prior.to_mapping() for name, prior in self.space.priors.items()},
        }

    @staticmethod
    def from_mapping(mapping: Mapping, *, name: str, source: str | None = None) -> Scenario:
        """Check and read a scenario.

        Args:
            mapping: ``title, story, start, end, state, events, questions, space`` and groups of parameters; a
                parameter that is absent or None has its default and may be uncertain, any other is fixed.
            name: short name; source: file or other origin, for messages.

        Raises:
            ScenarioError: with everything that is wrong.
        """
        return _Reader(mapping, name, source or name).read()


def _check_value(schema: Schema, name: str, value: object, problems: list[Problem], key: str = "") -> float | None:
    key = key or name
    if name not in schema:
        problems.append(Problem(key, "an unknown parameter", "a name of the parameter table", schema.nearest(name)))
        return None
    try:
        return schema[name].check(value)
    except ValueError as error:
        problems.append(Problem(key, repr(value), str(error)))
        return None


class _Reader:
    """Reads a mapping part by part and collects what is wrong."""

    def __init__(self, mapping: Mapping, name: str, source: str) -> None:
        self.mapping, self.name, self.source = mapping, name, source
        self.problems: list[Problem] = []

    def read(self) -> Scenario:
        start, end = self._day("start"), self._day("end")
        if start and end and not 0 < (end - start).days <= _LONGEST_DAYS:
            self._wrong("end", end.isoformat(), f"a date after the start {start} and within 15 years of it")
        entities = self._entities()
        schema = build_schema(**entities)
        values, fixed = self._values(schema)
        if self.problems:
            raise ScenarioError(self.source, self.problems)
        layout = layout_of(schema)
        state = self._state(self.mapping.get("state"), "state", layout)
        events = self._events(schema, layout, start, end)
        questions = self._questions(start)
        space = self._space(schema).without(fixed)
        if self.problems:
            raise ScenarioError(self.source, self.problems)
        values.setflags(write=False)
        title, story = (str(self.mapping.get(key) or "") for key in ("title", "story"))
        return Scenario(self.name, title or self.name, story, start, end, entities, schema, values, fixed, state,
                        events, questions, space)  # fmt: skip

    def _wrong(self, key: str, found: str, allowed: str, nearest: str | None = None) -> None:
        self.problems.append(Problem(key, found, allowed, nearest))

    def _day(self, key: str) -> date | None:
        value = self.mapping.get(key)
        try:
            return value if isinstance(value, date) else parse_date(str(value))
        except ValueError:
            self._wrong(key, repr(value), "a date as 2021-09-06")
            return None

    def _entities(self) -> dict[str, tuple[str, ...]]:
        entities = {}
        for kind, known in DEFAULT_ENTITIES.items():
            given = self.mapping.get(kind) or {}
            if not isinstance(given, Mapping):
                self._wrong(kind, repr(given), "a mapping of names to parameters")
                given = {}
            entities[kind] = known + tuple(name for name in given if name not in known)
        return entities

    def _values(self, schema: Schema) -> tuple[np.ndarray, frozenset[str]]:
        values, fixed = schema.defaults(), set()
        for key, value in self._leaves({k: v for k, v in self.mapping.items() if k not in _OWN_KEYS}, ""):
            if value is None and key in schema:
                continue
            if key not in schema and "." not in key:
                groups = sorted({name.split(".")[0] for name in schema.names} | set(_OWN_KEYS))
                near = difflib.get_close_matches(key, groups, n=1)
                self._wrong(key, "an unknown key", ", ".join(groups), near[0] if near else None)
                continue
            checked = _check_value(schema, key, value, self.problems)
            if checked is not None:
                values[schema.index(key)] = checked
                fixed.add(key)
        return values, frozenset(fixed)

    def _leaves(self, branch: Mapping, prefix: str):
        for key, value in branch.items():
            path = f"{prefix}{key}"
            if isinstance(value, Mapping) and (value or prefix == ""):
                yield from self._leaves(value, path + ".")
            elif not (isinstance(value, Mapping) and path.split(".")[0] in ENTITY_KINDS):
                yield path, value

    def _state(self, given: object, key: str, layout: Layout) -> dict[str, float]:
        state: dict[str, float] = {}
        if given is None:
            return state
        if not isinstance(given, Mapping):
            self._wrong(key, repr(given), "a mapping of paths such as province.Balkh.held to numbers")
            return state
        for path, value in given.items():
            if path not in layout.paths:
                self._wrong(f"{key}.{path}", "an unknown path", "table.row.field", layout.nearest(path))
            elif isinstance(value, bool) or not isinstance(value, (int, float)) or not np.isfinite(value) or value < 0:
                self._wrong(f"{key}.{path}", repr(value), "a number from 0")
            else:
                state[path] = float(value)
        return state

    def _events(self, schema: Schema, layout: Layout, start: date, end: date) -> tuple[Event, ...]:
        given = self.mapping.get("events") or []
        if not isinstance(given, (list, tuple)):
            self._wrong("events", repr(given), "a list of events")
            return ()
        events = [self._event(spec, f"events[{i}]", schema, layout, start, end) for i, spec in enumerate(given)]
        return tuple(sorted((event for event in events if event), key=lambda event: event.day))

    def _event(self, spec, key: str, schema: Schema, layout: Layout, start: date, end: date) -> Event | None:
        keys = ("date", "title", "set", "state")
        if not isinstance(spec, Mapping) or [k for k in spec if k not in keys]:
            unknown = [k for k in spec if k not in keys] if isinstance(spec, Mapping) else [repr(spec)]
            near = difflib.get_close_matches(str(unknown[0]), keys, n=1)
            self._wrong(key, f"unknown {unknown[0]}", "a mapping with " + ", ".join(keys), near[0] if near else None)
            return None
        value = spec.get("date")
        last = end - timedelta(days=1)
        try:
            day = value if isinstance(value, date) else parse_date(str(value))
            if not start <= day <= last:
                raise ValueError
        except ValueError:
            self._wrong(f"{key}.date", str(value), f"a date from {start} to {last}")
            return None
        changes = spec.get("set") or {}
        if not isinstance(changes, Mapping):
            self._wrong(f"{key}.set", repr(changes), "a mapping of parameters to values")
            return None
        checked = {n: _check_value(schema, n, v, self.problems, f"{key}.set.{n}") for n, v in changes.items()}
        state = self._state(spec.get("state"), f"{key}.state", layout)
        return Event(day, str(spec.get("title") or ""), {n: v for n, v in checked.items() if v is not None}, state)

    def _questions(self, start: date) -> tuple[Question, ...]:
        questions, provinces = [], load_geography().province_names
        for position, spec in enumerate(self.mapping.get("questions") or []):
            try:
                if not isinstance(spec, Mapping):
                    raise ValueError(f"{spec!r} is not a mapping")
                questions.append(read_question(spec, start, SERIES, PLACE_SERIES, provinces))
            except ValueError as error:
                self._wrong(f"questions[{position}]", str(error), "a question as the shipped scenarios show")
        return tuple(questions)

    def _space(self, schema: Schema) -> Space:
        priors = {}
        for name, spec in (self.mapping.get("space") or {}).items():
            if name not in schema:
                self._wrong(f"space.{name}", "an unknown parameter", "a parameter name", schema.nearest(name))
                continue
            try:
                prior = Prior.from_mapping(spec)
                low, high = prior.support
                if low < schema[name].low or high > schema[name].high:
                    raise ValueError(f"support within {schema[name].allowed}")
                priors[name] = prior
            except ValueError as error:
                self._wrong(f"space.{name}", repr(spec), str(error))
        return Space(priors)
