"""What is wrong with a scenario, one line each."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters import Schema
from sim.values import cut, nearest, shown


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a scenario: its key, what was found, what is allowed, the nearest valid name."""

    key: str
    found: str
    allowed: str
    nearest: str | None = None

    def __str__(self) -> str:
        near = f"; nearest: {self.nearest}" if self.nearest else ""
        return f"{cut(self.key)}: found {cut(self.found)}; allowed: {cut(self.allowed, 400)}{near}"


class ProblemError(ValueError):
    """A value of a person's file that cannot be read; ``problem`` says why."""

    def __init__(self, key: str, found: str, allowed: str, nearest: str | None = None) -> None:
        self.problem = Problem(key, found, allowed, nearest)
        super().__init__(str(self.problem))


class ScenarioError(ValueError):
    """A scenario that cannot be run; ``problems`` lists everything that is wrong with it."""

    def __init__(self, source: str, problems: list[Problem]) -> None:
        self.source = source
        self.problems = problems
        super().__init__(f"{source}: " + " | ".join(str(problem) for problem in problems))


def check_value(
    schema: Schema, name: str, value: object, problems: list[Problem], key: str = ""
) -> float | None:
    """Return ``value`` as a float if parameter ``name`` allows it; else note the problem and return None."""
    key = key or name
    if name not in schema:
        problems.append(
            Problem(key, "an unknown parameter", "a name of the parameter table", nearest(name, schema.names))
        )
        return None
    try:
        return schema[name].check(value)
    except ValueError as error:
        problems.append(Problem(key, shown(value), str(error)))
        return None
