"""Tables of agents: one row an agent, one documented float64 field a property.

Every field is a float64 (counts and flags are whole numbers in it, exact up to 2**53), so that the whole state
of a run is one block of numbers that is copied, compared, stored and branched as such.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Field(NamedTuple):
    """One property of an agent: its name, unit and meaning."""

    name: str
    unit: str
    meaning: str


def fields(text: str) -> tuple[Field, ...]:
    """Read a table of fields, one a line: ``name | unit | meaning``."""
    rows = [[part.strip() for part in line.split("|")] for line in text.strip().splitlines()]
    return tuple(Field(*row) for row in rows)


def parameter_fields(parameters: tuple) -> tuple[Field, ...]:
    """The fields that hold the parameters of a template, in its order."""
    return tuple(Field(parameter.name, parameter.unit, parameter.meaning) for parameter in parameters)


def row_dtype(columns: tuple[Field, ...]) -> np.dtype:
    """The NumPy structured type of a row."""
    return np.dtype((np.record, [(column.name, np.float64) for column in columns]))
