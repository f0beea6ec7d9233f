"""What a parameter is, and the ordered schema that validates, documents and lays out all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from sim.values import is_number, nearest

CONFIDENCE = ("measured", "estimate", "assumption")
KINDS = ("float", "int", "switch")


@dataclass(frozen=True)
class Parameter:
    """One number that a scenario can set.

    Attributes
    ----------
    name
        Dotted name, ``group.name`` or ``kind.entity.name`` for members of an open list.
    unit
        Unit of measurement; ``share`` is a fraction from 0 to 1.
    low, high
        Plausible range, both ends allowed.
    default
        Value in the baseline.
    meaning
        One sentence.
    source
        Where the default comes from; ``assumption`` if nowhere.
    confidence
        ``measured``, ``estimate`` (published, uncertain) or ``assumption``.
    factors
        Factors of the report (F1 to F27) that it is a lever of.
    kind
        ``float``, ``int`` (whole numbers) or ``switch`` (0 or 1; ``true`` and ``false`` are accepted).
    """

    name: str
    unit: str
    low: float
    high: float
    default: float
    meaning: str
    source: str
    confidence: str
    factors: tuple[str, ...]
    kind: str = "float"

    def __post_init__(self) -> None:
        if self.confidence not in CONFIDENCE or self.kind not in KINDS:
            raise ValueError(
                f"{self.name}: confidence {self.confidence!r} or kind {self.kind!r} is not known"
            )
        if not self.low <= self.default <= self.high:
            raise ValueError(f"{self.name}: default {self.default} is outside {self.low} to {self.high}")

    @property
    def allowed(self) -> str:
        """The allowed values in words, for messages and tables."""
        if self.kind == "switch":
            return "true or false"
        what = "a whole number" if self.kind == "int" else "a number"
        return f"{what} from {self.low:g} to {self.high:g} ({self.unit})"

    def plain(self, value: float) -> bool | int | float:
        """A value as one writes it: true or false for a switch, a whole number for a count."""
        return bool(value) if self.kind == "switch" else int(value) if self.kind == "int" else value

    def check(self, value: Any) -> float:
        """Return ``value`` as a float if it is allowed.

        Raises
        ------
        ValueError
            With what is allowed, if the type is wrong or the value is out of range.
        """
        if self.kind == "switch":
            if isinstance(value, bool) or (is_number(value) and value in (0, 1)):
                return float(value)
            raise ValueError(self.allowed)
        if not is_number(value):
            raise ValueError(self.allowed)
        if self.kind == "int" and float(value) != int(value):
            raise ValueError(self.allowed)
        if not self.low <= value <= self.high:
            raise ValueError(self.allowed)
        return float(value)


@dataclass(frozen=True)
class Schema:
    """All parameters of a model in a fixed order: the order of the parameter vector of a run."""

    parameters: tuple[Parameter, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Parameter names in the order of the vector."""
        return tuple(parameter.name for parameter in self.parameters)

    @cached_property
    def _index(self) -> dict[str, int]:
        return {name: position for position, name in enumerate(self.names)}

    def __contains__(self, name: object) -> bool:
        return name in self._index

    def __getitem__(self, name: str) -> Parameter:
        return self.parameters[self.index(name)]

    def __len__(self) -> int:
        return len(self.parameters)

    def index(self, name: str) -> int:
        """Position of ``name`` in the vector; raises KeyError with the nearest name if there is none."""
        try:
            return self._index[name]
        except KeyError:
            raise KeyError(f"no parameter {name!r}; nearest: {nearest(name, self.names)}") from None

    def defaults(self) -> np.ndarray:
        """The default of every parameter: float64[P]."""
        return np.array([parameter.default for parameter in self.parameters])


def template(
    parameters: tuple[Parameter, ...], kind: str, entity: str, defaults: dict
) -> tuple[Parameter, ...]:
    """The parameters of one member of an open list, such as ``powers.iran``.

    Parameters
    ----------
    parameters
        The template, with bare names.
    kind
        Name of the list (``powers``).
    entity
        Name of the member (``iran``).
    defaults
        Bare name to ``(default, source, confidence)`` where this member differs from the template.
    """
    made = []
    for parameter in parameters:
        special = defaults.get(parameter.name)
        named = replace(parameter, name=f"{kind}.{entity}.{parameter.name}")
        if special is not None:
            default, source, confidence = special
            named = replace(named, default=default, source=source, confidence=confidence)
        made.append(named)
    return tuple(made)
