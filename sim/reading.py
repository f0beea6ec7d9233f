"""Reads a mapping (a composed configuration) into the checked parts of a scenario."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from sim.changes import Change, read_change
from sim.outcomes import PLACE_SERIES, SERIES
from sim.parameters import DEFAULT_ENTITIES, ENTITY_KINDS, Schema, build_schema
from sim.parameters.starts import becomes
from sim.questions import Question, end_of_record, read_question
from sim.uncertainty import Prior, Space
from sim.values import Problem, ProblemError, ScenarioError, check_value, is_name, nearest, shown
from sim.world.clock import parse_date
from sim.world.fields import Field
from sim.world.geography import load_geography
from sim.world.tables import ROWS, Layout, layout_of

#: Keys of a scenario that are not parameters.
SCENARIO_KEYS = ("title", "story", "start", "end", "state", "events", "questions", "space")
_LONGEST_DAYS = 366 * 15


@dataclass(frozen=True)
class Event:
    """A dated event: on its day parameters and state are set.

    Attributes
    ----------
    day
        The date, before the tick of which it takes effect.
    title
        What happens, in words.
    set
        Parameter name to its new value.
    state
        Path in the state (``province.Balkh.held``) to what happens to it.
    """

    day: date
    title: str
    set: Mapping[str, float] = field(default_factory=dict)
    state: Mapping[str, Change] = field(default_factory=dict)

    @property
    def changes(self) -> list[str]:
        """What it changes, in words: ``supply.corridor = 0.8``, ``cache.Kabul.count x 0.5``."""
        set_to = [f"{name} = {value:g}" for name, value in self.set.items()]
        return set_to + [f"{path} {change}" for path, change in self.state.items()]


def _kept(path: str, where: Field) -> tuple[str, str]:
    """What a path that a scenario cannot change is, and what it can do instead."""
    table, row, name = path.split(".")
    if where.kept == "parameter":
        parameter = f"{table}s.{row}.{name}"
        lasting = becomes(parameter)
        return "a parameter", f"state: {lasting}" if lasting else f"set: {{{parameter}: ...}} in an event"
    if where.kept == "fixed":
        return "what is fixed for a run", "a field that is not fixed (ODD.md lists the fields)"
    return "what the rules work out anew from other fields", "a field that lasts (ODD.md lists the fields)"


class Reader:
    """Reads a mapping part by part and collects what is wrong."""

    def __init__(self, mapping: Mapping, name: str, source: str) -> None:
        self.mapping, self.name, self.source = mapping, name, source
        self.problems: list[Problem] = []

    def read(self) -> dict:
        """The fields of a scenario; raises ScenarioError with everything that is wrong."""
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
        assert start is not None, "a missing date is among the problems above"
        assert end is not None, "and so is this one"
        events = self._events(schema, layout, start, end)
        questions = self._questions(start, end)
        space = self._space(schema).without(fixed)
        title, story = self._words("title"), self._words("story")
        if self.problems:
            raise ScenarioError(self.source, self.problems)
        values.setflags(write=False)
        return {"name": self.name, "title": title or self.name, "story": story, "start": start, "end": end,
                "entities": entities, "schema": schema, "values": values, "fixed": fixed, "state": state,
                "events": events, "questions": questions, "space": space}  # fmt: skip

    def _wrong(self, key: str, found: str, allowed: str, nearest: str | None = None) -> None:
        self.problems.append(Problem(key, found, allowed, nearest))

    def _words(self, key: str) -> str:
        value = self.mapping.get(key)
        if value is not None and not isinstance(value, str):
            self._wrong(key, shown(value), "text (in quotes if it looks like a number, a date or yes and no)")
            return ""
        return value or ""

    def _day(self, key: str) -> date | None:
        value = self.mapping.get(key)
        try:
            return value if type(value) is date else parse_date(str(value)[:40])
        except ValueError:
            self._wrong(key, shown(value), "a date as 2021-09-06")
            return None

    def _entities(self) -> dict[str, tuple[str, ...]]:
        entities = {}
        for kind, known in DEFAULT_ENTITIES.items():
            given = self.mapping.get(kind) or {}
            if not isinstance(given, Mapping):
                self._wrong(kind, shown(given), "a mapping of names to parameters")
                given = {}
            for name in given:
                if not is_name(name):
                    self._wrong(f"{kind}.{name}", shown(name), "a name of letters, digits and _, as nrf")
            good = (name for name in given if is_name(name))
            entities[kind] = known + tuple(name for name in good if name not in known)
            room = ROWS[kind[:-1]]
            if len(entities[kind]) > room:
                self._wrong(kind, f"{len(entities[kind])} members", f"at most {room}")
        return entities

    def _values(self, schema: Schema) -> tuple[np.ndarray, frozenset[str]]:
        values, fixed = schema.defaults(), set()
        for key, value in self._leaves({k: v for k, v in self.mapping.items() if k not in SCENARIO_KEYS}, ""):
            if value is None and key in schema:
                continue
            if key not in schema and "." not in key:
                groups = sorted({name.split(".")[0] for name in schema.names} | set(SCENARIO_KEYS))
                self._wrong(key, "an unknown key", ", ".join(groups), nearest(key, groups))
                continue
            checked = check_value(schema, key, value, self.problems)
            if checked is not None:
                values[schema.index(key)] = checked
                fixed.add(key)
        return values, frozenset(fixed)

    def _leaves(self, branch: Mapping, prefix: str) -> Iterator[tuple[str, object]]:
        for key, value in branch.items():
            path = f"{prefix}{key}"
            if isinstance(value, Mapping) and (value or prefix == ""):
                yield from self._leaves(value, path + ".")
            elif not (isinstance(value, Mapping) and path.split(".")[0] in ENTITY_KINDS):
                yield path, value

    def _state(self, given: object, key: str, layout: Layout) -> dict[str, Change]:
        state: dict[str, Change] = {}
        if given is None:
            return state
        if not isinstance(given, Mapping):
            self._wrong(key, shown(given), "a mapping of paths such as province.Balkh.held to numbers")
            return state
        for path, value in given.items():
            if path not in layout.paths:
                above = str(path).rpartition(".")[0] in layout.paths
                allowed = "{set: ...}, {add: ...} or {multiply: ...}" if above else "table.row.field"
                self._wrong(f"{key}.{path}", "an unknown path", allowed, layout.nearest(str(path)))
                continue
            where = layout.field(path)
            if where.kept:
                self._wrong(f"{key}.{path}", *_kept(path, where))
                continue
            try:
                state[path] = read_change(value, *where.bounds, where.unit == "flag")
            except ValueError as error:
                self._wrong(f"{key}.{path}", shown(value), str(error))
        return state

    def _events(self, schema: Schema, layout: Layout, start: date, end: date) -> tuple[Event, ...]:
        given = self.mapping.get("events") or []
        if not isinstance(given, (list, tuple)):
            self._wrong("events", shown(given), "a list of events")
            return ()
        events = [
            self._event(spec, f"events[{i}]", schema, layout, start, end) for i, spec in enumerate(given)
        ]
        return tuple(sorted((event for event in events if event), key=lambda event: event.day))

    def _event(
        self, spec: Any, key: str, schema: Schema, layout: Layout, start: date, end: date
    ) -> Event | None:
        keys = ("date", "title", "set", "state")
        if not isinstance(spec, Mapping) or [k for k in spec if k not in keys]:
            unknown = [k for k in spec if k not in keys] if isinstance(spec, Mapping) else [shown(spec)]
            allowed = "a mapping with " + ", ".join(keys)
            self._wrong(key, f"unknown {unknown[0]}", allowed, nearest(unknown[0], keys))
            return None
        value = spec.get("date")
        last = end - timedelta(days=1)
        try:
            day = value if type(value) is date else parse_date(str(value)[:40])
            if not start <= day <= last:
                raise ValueError
        except ValueError:
            self._wrong(f"{key}.date", shown(value), f"a date from {start} to {last}")
            return None
        changes = spec.get("set") or {}
        if not isinstance(changes, Mapping):
            self._wrong(f"{key}.set", shown(changes), "a mapping of parameters to values")
            return None
        checked = {n: check_value(schema, n, v, self.problems, f"{key}.set.{n}") for n, v in changes.items()}
        for name in checked:
            if path := becomes(str(name)):
                self._wrong(
                    f"{key}.set.{name}",
                    "a value that is read once, at the start",
                    f"state: {{{path}: a number, {{add: ...}} or {{multiply: ...}}}}; "
                    "the parameter itself outside events",
                )
        state = self._state(spec.get("state"), f"{key}.state", layout)
        if not changes and not spec.get("state") and not spec.get("title"):
            self._wrong(
                key, "an event that changes nothing", "set, state, or a title that marks its day in figures"
            )
        return Event(
            day, str(spec.get("title") or ""), {n: v for n, v in checked.items() if v is not None}, state
        )

    def _questions(self, start: date, end: date) -> tuple[Question, ...]:
        questions, provinces = [], load_geography().province_names
        given = self.mapping.get("questions") or []
        if not isinstance(given, (list, tuple)):
            self._wrong("questions", shown(given), "a list of questions")
            return ()
        for position, spec in enumerate(given):
            try:
                questions.append(read_question(spec, start, SERIES, PLACE_SERIES, provinces))
            except ProblemError as error:
                key = f"questions[{position}].{error.problem.key}".rstrip(".")
                self.problems.append(replace(error.problem, key=key))
                continue
            opens = questions[-1].start
            if opens is not None and opens < start:
                self._wrong(
                    f"questions[{position}].start", str(opens), f"{start}, the first day of the run, or later"
                )
            recorded = end_of_record(start, end)
            if questions[-1].needs_record and recorded < questions[-1].by <= end:
                sooner = f"{recorded} or before, or " if recorded > start else ""
                self._wrong(
                    f"questions[{position}].by",
                    f"{questions[-1].by}; a province is recorded by whole weeks of the run",
                    f"{sooner}a later end of the run",
                )
        ids = [question.id for question in questions]
        for name in dict.fromkeys(one for one in ids if ids.count(one) > 1):
            self._wrong("questions", f"the id {shown(name)} twice", "an id of its own for each question")
        return tuple(questions)

    def _space(self, schema: Schema) -> Space:
        priors = {}
        given = self.mapping.get("space") or {}
        if not isinstance(given, Mapping):
            self._wrong("space", shown(given), "a mapping of parameters to priors")
            return Space()
        for name, spec in given.items():
            if name not in schema:
                self._wrong(
                    f"space.{name}", "an unknown parameter", "a parameter name", nearest(name, schema.names)
                )
                continue
            try:
                prior = Prior.from_mapping(spec)
                low, high = prior.support
                if low < schema[name].low or high > schema[name].high:
                    raise ValueError(f"support within {schema[name].allowed}")
                priors[name] = prior
            except ValueError as error:
                self._wrong(f"space.{name}", shown(spec), str(error))
        return Space(priors)
