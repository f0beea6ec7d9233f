"""A validated scenario: dates, parameters, start state, dated events, questions and what is uncertain."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from sim.changes import Change
from sim.parameters import DEFAULT_ENTITIES, Schema
from sim.questions import Question
from sim.reading import Event, Reader
from sim.uncertainty import Space
from sim.values import Problem, ScenarioError, check_value, shown
from sim.world.tables import Layout, layout_of

__all__ = ["Event", "Problem", "Scenario", "ScenarioError"]


@dataclass(frozen=True, repr=False)
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
    state: Mapping[str, Change]
    events: tuple[Event, ...]
    questions: tuple[Question, ...]
    space: Space

    def __repr__(self) -> str:
        uncertain = len(self.space.names)
        return f"<Scenario {self.name!r}, {self.start} to {self.end}, {uncertain} parameters uncertain>"

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
            mapping["posterior"] = hashlib.sha256(
                np.ascontiguousarray(self.space.posterior).tobytes()
            ).hexdigest()
        return hashlib.sha256(json.dumps(mapping, sort_keys=True).encode()).hexdigest()[:12]

    def value(self, name: str) -> float:
        """Value of a parameter."""
        return float(self.values[self.schema.index(name)])

    def with_values(self, changes: Mapping[str, float]) -> Scenario:
        """The scenario with some parameters fixed at other values.

        Raises
        ------
        ScenarioError
            If a name is unknown or a value is not allowed.
        """
        problems: list[Problem] = []
        values = self.values.copy()
        for name, value in changes.items():
            checked = check_value(self.schema, name, value, problems)
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
            {
                "date": event.day.isoformat(),
                "title": event.title,
                "set": dict(event.set),
                "state": _plain(event.state),
            }
            for event in self.events
        ]
        return {
            "title": self.title,
            "story": self.story,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            **nested,
            "state": _plain(self.state),
            "events": events,
            "questions": [question.to_mapping() for question in self.questions],
            "space": {name: prior.to_mapping() for name, prior in self.space.priors.items()},
        }

    @staticmethod
    def from_mapping(mapping: Mapping, *, name: str, source: str | None = None) -> Scenario:
        """Check and read a scenario.

        Parameters
        ----------
        mapping
            ``title, story, start, end, state, events, questions, space`` and groups of parameters; a parameter that
            is absent or None has its default and may be uncertain, any other is fixed.
        name
            Short name.
        source
            File or other origin, for messages.

        Raises
        ------
        ScenarioError
            With everything that is wrong.
        """
        return Scenario(**Reader(mapping, name, source or name).read())


def _plain(state: Mapping[str, Change]) -> dict[str, float | dict[str, float]]:
    return {path: change.to_plain() for path, change in state.items()}


def required(scenario: object) -> Scenario:
    """The scenario that a call from Python gives; TypeError for what is none, such as the name of one."""
    if isinstance(scenario, Scenario):
        return scenario
    hint = "a Scenario, as experiments.load_scenario('baseline') or Scenario.from_mapping gives"
    raise TypeError(f"scenario: found {shown(scenario)}; allowed: {hint}")
