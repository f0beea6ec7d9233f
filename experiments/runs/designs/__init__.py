"""Designs: which points of the parameter space a study visits.

A design is a plain function. Those of `LAYOUTS` lay out dimensions that the user named; those of `TABLES`
read points from a file. Both give a table: parameter name to a column, a row a point.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from experiments.kit.errors import UserError
from experiments.runs.designs.dimensions import Dimension, cross
from experiments.runs.designs.factorial import grid, one_at_a_time
from experiments.runs.designs.sampled import lhs, morris, sobol
from experiments.runs.designs.tables import posterior, table
from experiments.runs.options import DesignOptions
from sim.parameters import Schema

Columns = dict[str, np.ndarray]

LAYOUTS: dict[str, Callable[[Sequence[Dimension], DesignOptions, int], Columns]] = {
    "grid": grid,
    "one_at_a_time": one_at_a_time,
    "lhs": lhs,
    "sobol": sobol,
    "morris": morris,
}
TABLES: dict[str, Callable[[Schema, DesignOptions, int], Columns]] = {"table": table, "posterior": posterior}
SAMPLED = ("lhs", "sobol", "morris")
"""Designs that draw continuous dimensions; levels that the user named are crossed with them."""


def make_points(
    schema: Schema, dimensions: Sequence[Dimension], options: DesignOptions, seed: int
) -> tuple[tuple[str, ...], np.ndarray]:
    """The points of one scenario's design.

    Args:
        schema: the scenario's parameters.
        dimensions: what varies, in the order given; may be empty.
        options: the design.
        seed: of the layout, if the options name none.

    Returns:
        Parameter names [d] and the points in design order, float64[points, d]; one point if nothing varies.

    Raises:
        UserError: if the design cannot be made of these dimensions.
    """
    columns = _columns(schema, dimensions, options, seed if options.seed is None else options.seed)
    if not columns:
        return (), np.empty((1, 0))
    return tuple(columns), np.column_stack([np.asarray(column, dtype=float) for column in columns.values()])


def _columns(schema: Schema, dimensions: Sequence[Dimension], options: DesignOptions, seed: int) -> Columns:
    if options.name in TABLES:
        read = TABLES[options.name](schema, options, seed)
        discrete = _crossable(dimensions, options.name)
        twice = [dimension.name for dimension in discrete if dimension.name in read]
        if twice:
            raise UserError(
                f"command line: {twice[0]}: found here and in {options.path}; allowed: in one of them"
            )
        return cross([*_levels(discrete), read])
    if options.n < 1:
        raise UserError(
            f"command line: design.n: found {options.n}; allowed for design={options.name}: 1 or more"
        )
    layout = LAYOUTS[options.name]
    if options.name not in SAMPLED:
        return layout(dimensions, options, seed) if dimensions else {}
    drawn = [dimension for dimension in dimensions if dimension.continuous]
    if not drawn:
        raise UserError(
            f"command line: design={options.name} has nothing to draw; allowed: a parameter with "
            "interval(low,high), or a scenario with a space of uncertain parameters and uncertainty=prior"
        )
    discrete = [dimension for dimension in dimensions if not dimension.continuous]
    return cross([*_levels(discrete), layout(drawn, options, seed)])


def _levels(dimensions: Sequence[Dimension]) -> list[Columns]:
    return [{dimension.name: np.array(dimension.levels)} for dimension in dimensions]


def _crossable(dimensions: Sequence[Dimension], design: str) -> list[Dimension]:
    for dimension in dimensions:
        if dimension.continuous:
            raise UserError(
                f"command line: {dimension.name}: found an interval; allowed with design={design}: a list of "
                "values, since the points come from a file"
            )
    return list(dimensions)
