"""Designs that are laid out: grid, one at a time, Latin hypercube, Sobol' (radial, for its indices), Morris."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.kit.errors import UserError
from experiments.runs.designs.dimensions import Dimension, cross
from experiments.runs.options import DesignOptions

if TYPE_CHECKING:
    from scipy.stats import qmc

LARGEST = 20_000_000
"""Points of a grid at most: more is a slip of the pen, and the plan would not fit in memory."""


def grid(dimensions: Sequence[Dimension], options: DesignOptions, seed: int) -> dict[str, np.ndarray]:
    """Every combination of the levels, the first dimension slowest; a continuous one gets ``n`` levels from end to end.

    Raises UserError if the grid has more than `LARGEST` points.
    """
    levels = {dimension.name: np.array(dimension.spread(options.n)) for dimension in dimensions}
    size = int(np.prod([float(len(column)) for column in levels.values()]))
    if size > LARGEST:
        raise UserError(f"command line: design=grid has {size:,} points; allowed: at most {LARGEST:,}")
    return cross([{name: column} for name, column in levels.items()])


def one_at_a_time(
    dimensions: Sequence[Dimension], options: DesignOptions, seed: int
) -> dict[str, np.ndarray]:
    """The base point, then each parameter through its levels (``n`` of a continuous one), the others at their base."""
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


def lhs(dimensions: Sequence[Dimension], options: DesignOptions, seed: int) -> dict[str, np.ndarray]:
    """Latin hypercube of ``n`` points, even in each dimension (McKay et al. 1979, Technometrics 21:239)."""
    from scipy.stats import qmc

    unit = engine(qmc.LatinHypercube, len(dimensions), seed).random(options.n)
    return _scaled(dimensions, unit)


def sobol(dimensions: Sequence[Dimension], options: DesignOptions, seed: int) -> dict[str, np.ndarray]:
    """Points for Sobol' indices: for each of ``n`` base points A, A with one column of B in turn, and B.

    ``n * (d + 2)`` points, or ``n * (2 d + 2)`` with ``second_order``, in the order that ``SALib.analyze.sobol`` reads
    (Saltelli et al. 2010, Comput. Phys. Commun. 181:259). ``n`` is a power of two, for the balance of the sequence.
    """
    n, d = options.n, len(dimensions)
    if n & (n - 1):
        near = 2 ** round(np.log2(n))
        raise UserError(
            f"command line: design.n: found {n}; allowed for design=sobol: a power of two; nearest: {near}"
        )
    from scipy.stats import qmc

    base = engine(qmc.Sobol, 2 * d, seed).random(n)
    a, b = base[:, :d], base[:, d:]
    exchange = np.eye(d, dtype=bool)[None]
    parts = [a[:, None], np.where(exchange, b[:, None], a[:, None])]
    if options.second_order:
        parts.append(np.where(exchange, a[:, None], b[:, None]))
    unit = np.concatenate([*parts, b[:, None]], axis=1).reshape(-1, d)
    return _scaled(dimensions, unit)


def morris(dimensions: Sequence[Dimension], options: DesignOptions, seed: int) -> dict[str, np.ndarray]:
    """``n`` trajectories of ``d + 1`` points that move one parameter at a time (Morris 1991, Technometrics 33:161).

    On a grid of ``levels`` levels, an even number so that half the range is a step, in the order that
    ``SALib.analyze.morris`` reads.
    """
    from SALib.sample import morris as salib_morris  # takes a second to import

    if options.levels % 2:
        raise UserError(
            f"command line: design.levels: found {options.levels}; allowed for design=morris: even numbers"
        )
    problem = salib_problem(dimensions, unit=True)
    unit = salib_morris.sample(problem, options.n, num_levels=options.levels, seed=_generator(seed))
    return _scaled(dimensions, unit)


def salib_problem(dimensions: Sequence[Dimension], unit: bool = False) -> dict[str, Any]:
    """SALib's description of the dimensions: names, and bounds of the parameters or of the unit cube."""
    return {
        "num_vars": len(dimensions),
        "names": [dimension.name for dimension in dimensions],
        "bounds": [[0.0, 1.0] if unit else [dimension.low, dimension.high] for dimension in dimensions],
    }


def _scaled(dimensions: Sequence[Dimension], unit: np.ndarray) -> dict[str, np.ndarray]:
    return {dimension.name: dimension.values(unit[:, i]) for i, dimension in enumerate(dimensions)}


def _generator(seed: int) -> np.random.Generator:
    # Seeded through a SeedSequence, and not by its key: SciPy spawns generators from this one.
    return np.random.Generator(np.random.Philox(seed))


def engine(kind: type[qmc.QMCEngine], d: int, seed: int) -> qmc.QMCEngine:
    """A quasi-random engine; SciPy 1.15 renamed the argument of its generator."""
    word = "rng" if "rng" in inspect.signature(kind).parameters else "seed"
    return kind(d, **{word: _generator(seed)})
