"""Dimensions of a design: one parameter each, with the values that it may take."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from experiments.kit.errors import UserError
from sim.parameters import Parameter, Schema
from sim.uncertainty import Prior
from sim.values import hint

DUMMY = "dummy"
"""A dimension that is no parameter: what it seems to do is noise."""


@dataclass(frozen=True)
class Dimension:
    """One parameter of a design.

    A dimension is discrete (``levels``) or continuous (``low`` to ``high``, or ``quantile``).

    Attributes
    ----------
    name
        Parameter name.
    low, high
        Ends of a continuous dimension, both allowed.
    base
        The parameter's value where nothing moves it.
    kind
        ``float``, ``int`` or ``switch``, as in the parameter table.
    levels
        The values of a discrete dimension, in the order given; empty for a continuous one.
    quantile
        Inverse distribution function for a dimension with a prior; None: uniform from low to high.
    """

    name: str
    low: float
    high: float
    base: float
    kind: str = "float"
    levels: tuple[float, ...] = ()
    quantile: Callable[[np.ndarray], np.ndarray] | None = field(default=None, compare=False)

    @property
    def continuous(self) -> bool:
        """Whether a design draws it, and not the user who named its values."""
        return not self.levels

    def values(self, u: np.ndarray) -> np.ndarray:
        """Map numbers from 0 to 1 (any shape) to values of the parameter.

        Whole numbers get equal shares of the unit interval, so that the ends are as likely as the rest.
        """
        if self.quantile is not None:
            drawn = np.clip(self.quantile(u), self.low, self.high)
            return np.rint(drawn) if self.kind == "int" else drawn
        if self.kind in ("int", "switch"):
            return np.minimum(self.low + np.floor(u * (self.high - self.low + 1.0)), self.high)
        # Clipped, since low + (high - low) can round to more than high.
        return np.clip(self.low + (self.high - self.low) * u, self.low, self.high)

    def spread(self, count: int) -> tuple[float, ...]:
        """The levels of a discrete dimension, or ``count`` steps of a continuous one from end to end."""
        if self.levels:
            return self.levels
        # A prior without bounds has no ends: stay inside it.
        margin = 0.0 if self.quantile is None else 0.025
        steps = np.linspace(margin, 1.0 - margin, count) if count > 1 else np.array([0.5])
        return tuple(dict.fromkeys(float(value) for value in self.values(steps)))


def from_levels(schema: Schema, base: np.ndarray, name: str, levels: Sequence[object]) -> Dimension:
    """A discrete dimension; raises UserError for an unknown name or a value that is not allowed."""
    parameter = known(schema, name)
    values = tuple(checked(parameter, level) for level in levels)
    return _dimension(schema, base, parameter, min(values), max(values), levels=tuple(dict.fromkeys(values)))


def from_interval(schema: Schema, base: np.ndarray, name: str, low: float, high: float) -> Dimension:
    """A continuous dimension, uniform from ``low`` to ``high``; raises UserError as `from_levels`."""
    parameter = known(schema, name)
    first, last = checked(parameter, _whole(parameter, low)), checked(parameter, _whole(parameter, high))
    if not first < last:
        raise UserError(f"command line: {name}: found interval({low:g},{high:g}); allowed: low below high")
    return _dimension(schema, base, parameter, first, last)


def from_prior(schema: Schema, base: np.ndarray, name: str, prior: Prior) -> Dimension:
    """A continuous dimension that follows a prior of the scenario's space."""
    low, high = prior.support
    return _dimension(schema, base, schema[name], low, high, quantile=prior.quantile)


def known(schema: Schema, name: str) -> Parameter:
    """The parameter of that name; raises UserError with the nearest one."""
    if name not in schema:
        raise UserError(f"command line: {name}: no such parameter{hint(name, schema.names)}")
    return schema[name]


def checked(parameter: Parameter, value: object, source: str = "command line") -> float:
    """``value`` as a number; raises UserError if the parameter does not allow it."""
    try:
        return parameter.check(value)
    except ValueError as error:
        raise UserError(f"{source}: {parameter.name}: found {value}; allowed: {error}") from None


def cross(parts: Sequence[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Every combination of the rows of several tables (name to column); the first table varies slowest."""
    lengths = [len(next(iter(part.values()))) for part in parts]
    rows = np.array(list(itertools.product(*(range(length) for length in lengths))), dtype=np.int64)
    rows = rows.reshape(-1, len(parts))
    return {
        name: np.asarray(column)[rows[:, position]]
        for position, part in enumerate(parts)
        for name, column in part.items()
    }


def _dimension(
    schema: Schema, base: np.ndarray, parameter: Parameter, low: float, high: float, **more: Any
) -> Dimension:
    at = float(base[schema.index(parameter.name)])
    return Dimension(parameter.name, low, high, at, parameter.kind, **more)


def _whole(parameter: Parameter, end: float) -> float:
    """Ends of an interval arrive as floats; whole-number parameters need a whole number."""
    return int(end) if parameter.kind != "float" and float(end).is_integer() else end
