"""Designs that walk through named levels: the full grid, and one parameter at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from experiments.kit.errors import UserError
from experiments.runs.designs.dimensions import Dimension, cross
from experiments.runs.options import DesignOptions

LARGEST = 20_000_000
"""Points of a grid at most: more is a slip of the pen, and the plan would not fit in memory."""


def grid(dimensions: Sequence[Dimension], options: DesignOptions, seed: int) -> dict[str, np.ndarray]:
    """Every combination of the levels; a continuous dimension gets ``n`` levels from end to end.

    Parameters
    ----------
    dimensions
        The parameters; the first varies slowest.
    options
        ``n`` is the number of levels of a continuous dimension.
    seed
        Not used; a grid has no luck.

    Raises
    ------
    UserError
        If the grid has more than `LARGEST` points.
    """
    levels = {dimension.name: np.array(dimension.spread(options.n)) for dimension in dimensions}
    size = int(np.prod([float(len(column)) for column in levels.values()]))
    if size > LARGEST:
        raise UserError(f"command line: design=grid has {size:,} points; allowed: at most {LARGEST:,}")
    return cross([{name: column} for name, column in levels.items()])


def one_at_a_time(
    dimensions: Sequence[Dimension], options: DesignOptions, seed: int
) -> dict[str, np.ndarray]:
    """The base point, then each parameter through its levels while the others stay at their base value.

    Parameters
    ----------
    dimensions
        The parameters.
    options
        ``n`` is the number of levels of a continuous dimension.
    seed
        Not used.
    """
    base = np.array([dimension.base for dimension in dimensions])
    rows = [base]
    for position, dimension in enumerate(dimensions):
        for level in dimension.spread(options.n):
            if level != dimension.base:
                row = base.copy()
                row[position] = level
                rows.append(row)
    table = np.array(rows)
    return {dimension.name: table[:, position] for position, dimension in enumerate(dimensions)}
