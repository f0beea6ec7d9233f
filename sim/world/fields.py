"""Tables of agents: one row an agent, one documented float64 field a property.

Every field is a float64 (counts and flags are whole numbers in it, exact up to 2**53), so that the whole state
of a run is one block of numbers that is copied, compared, stored and branched as such.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

_BOUNDS = {
    "share": (0.0, 1.0),
    "flag": (0.0, 1.0),
    "scale": (-3.0, 3.0),
    "log": (-3.0, 3.0),
    "index": (0.2, 3.0),
    "day of year": (0.0, 365.0),
    "fighters": (0.0, 1e6),
    "people": (1.0, 1e8),
    "weight": (0.0, 1e3),
}
_COUNTED = ("flag", "caches", "helicopters")  # whole numbers


class Field(NamedTuple):
    """One property of an agent.

    Attributes
    ----------
    name, unit, meaning : str
        What it is called and what it says.
    kept : str
        Why a scenario cannot change it: ``derived`` (rules work it out anew from other state), ``fixed``
        (geography and numbering that rules rely on), ``parameter`` (an event sets it); empty if it can.
    """

    name: str
    unit: str
    meaning: str
    kept: str = ""

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and most that a scenario may make of it."""
        return _BOUNDS.get(self.unit, (0.0, 1e8))

    @property
    def counted(self) -> bool:
        """Whether it is a whole number in every run."""
        return self.unit in _COUNTED


def fields(text: str) -> tuple[Field, ...]:
    """Read a table of fields, one a line: ``name | unit | meaning``, and ``| derived`` or
    ``| fixed`` where a scenario cannot change it."""
    rows = [[part.strip() for part in line.split("|")] for line in text.strip().splitlines()]
    return tuple(Field(*row) for row in rows)


def parameter_fields(parameters: tuple) -> tuple[Field, ...]:
    """The fields that hold the parameters of a template, in its order."""
    return tuple(
        Field(parameter.name, parameter.unit, parameter.meaning, "parameter") for parameter in parameters
    )


def row_dtype(columns: tuple[Field, ...]) -> np.dtype:
    """The NumPy structured type of a row."""
    return np.dtype((np.record, [(column.name, np.float64) for column in columns]))
