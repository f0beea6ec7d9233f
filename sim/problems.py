"""What is wrong with a scenario, one line each."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters import Schema


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


def check_value(
    schema: Schema, name: str, value: object, problems: list[Problem], key: str = ""
) -> float | None:
    """Return ``value`` as a float if parameter ``name`` allows it; else note the problem and return None."""
    key = key or name
    if name not in schema:
        problems.append(
            Problem(key, "an unknown parameter", "a name of the parameter table", schema.nearest(name))
        )
        return None
    try:
        return schema[name].check(value)
    except ValueError as error:
        problems.append(Problem(key, repr(value), str(error)))
        return None
