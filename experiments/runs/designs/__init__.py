"""Designs: which points of the parameter space a study visits.

A design is a plain function. Those of `LAYOUTS` lay out dimensions that the user named; those of `TABLES`
read points from a file. Both give a table: parameter name to a column, a row a point.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence

import numpy as np

from experiments.kit.errors import UserError
from experiments.runs.designs.dimensions import DUMMY, Dimension, cross
from experiments.runs.designs.layouts import grid, lhs, morris, one_at_a_time, sobol
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
_COPIES = 4
"""Times that the numbers of a design are held while it is laid out."""
OWN_LUCK = ("lhs", "sobol", "table", "posterior", "worlds")
"""Designs whose points have luck of their own unless told otherwise; the trajectories of Morris' each have theirs."""


def make_points(
    schema: Schema,
    dimensions: Sequence[Dimension],
    options: DesignOptions,
    seed: int,
    worlds: Callable[[np.ndarray, int], Columns] | None = None,
) -> tuple[tuple[str, ...], np.ndarray]:
    """The points of one scenario's design.

    Parameters
    ----------
    schema, dimensions, options
        The scenario's parameters, what varies of them in the order given, and the design.
    seed
        Of the layout, if the options name none.
    worlds
        Makes draws of what is unknown of their numbers int64 ``(n,)`` and a seed, for ``design=worlds``.

    Returns
    -------
    names, points
        Parameters and points in design order: float64 ``(points, names)``; one point if nothing varies.
    """
    seed = seed if options.seed is None else options.seed
    _check_size(schema, dimensions, options)
    if options.name == "worlds" and worlds is not None:
        drawn = worlds(np.arange(max(1, options.n)), seed)
        columns = cross([*_levels(_crossable(dimensions, options.name)), drawn] if drawn else [])
    else:
        columns = _columns(schema, dimensions, options, seed)
    if not columns:
        return (), np.empty((1, 0))
    return tuple(columns), np.column_stack([np.asarray(column, dtype=float) for column in columns.values()])


def _check_size(schema: Schema, dimensions: Sequence[Dimension], options: DesignOptions) -> None:
    """Raise UserError for a drawn design that does not fit in the memory of this machine."""
    if options.name not in (*SAMPLED, "worlds"):
        return
    drawn = sum(dimension.continuous for dimension in dimensions) + options.dummy
    crossed = math.prod(len(dimension.levels) or 1 for dimension in dimensions)
    points = options.n * block_of(options, drawn) * crossed
    width = len(schema.names) if options.name == "worlds" else len(dimensions)
    needed, there = _COPIES * 8 * points * width, memory()
    if needed > there:
        most = int(options.n * there / needed)
        raise UserError(
            f"command line: design={options.name} has {points:,} points of {width:,} parameters; allowed: what fits in "
            f"{there / 1e9:.0f} GB of memory, at most {most:,} for design.n"
        )


def memory() -> int:
    """Bytes of memory of this machine; 8 GB where it does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 8 * 10**9


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
    if options.dummy:
        drawn.append(Dimension(DUMMY, 0.0, 1.0, 0.0))
    discrete = [dimension for dimension in dimensions if not dimension.continuous]
    return cross([*_levels(discrete), layout(drawn, options, seed)])


def block_of(options: DesignOptions, drawn: int) -> int:
    """Points in a row that a design lays out as one: of a trajectory, or of a base point; 1 if it has none.

    ``drawn``: dimensions that the design draws, the dummy included.
    """
    if options.name == "morris":
        return drawn + 1
    return drawn * (2 if options.second_order else 1) + 2 if options.name == "sobol" else 1


def _levels(dimensions: Sequence[Dimension]) -> list[Columns]:
    return [{dimension.name: np.array(dimension.levels)} for dimension in dimensions]


def _crossable(dimensions: Sequence[Dimension], design: str) -> list[Dimension]:
    for dimension in dimensions:
        if dimension.continuous:
            raise UserError(
                f"command line: {dimension.name}: found an interval; allowed with design={design}: a list of "
                "values, since the points are drawn or read whole"
            )
    return list(dimensions)
