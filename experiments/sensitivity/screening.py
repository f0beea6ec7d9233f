"""Screening: elementary effects of every parameter, on radial designs with common luck.

From each of several base points (a replicate: its draw of what is uncertain, its luck) one parameter at a time moves
to another value of its range while all else, luck included, stays: the radial design of elementary effects
(Campolongo, Saltelli and Cariboni 2011, Comput. Phys. Commun. 182:978; Morris 1991). Luck is shared and named by
decision, so that a parameter which nothing reads changes no bit: the floor of noise is zero, and what is left is the
error of a few base points, which the interval shows.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from experiments.config.posteriors import basis_of
from experiments.runs.plan import Points, Variant
from sim.luck import streams
from sim.scenario import Scenario

FloatArray = NDArray[np.float64]


def ranges(scenario: Scenario) -> FloatArray:
    """Low and high of each parameter: its prior or posterior, else half to twice its value within its range.

    Returns
    -------
    numpy.ndarray
        Shape ``(parameters, 2)``; both ends are alike where the scenario leaves no room.
    """
    bounds = np.empty((len(scenario.schema), 2))
    space = scenario.space
    drawn = (
        {} if space.posterior is None else dict(zip(space.posterior_names, space.posterior.T, strict=True))
    )
    for position, parameter in enumerate(scenario.schema.parameters):
        prior = space.priors.get(parameter.name)
        value = float(scenario.values[position])
        if prior is not None:
            bounds[position] = prior.support
        elif parameter.name in drawn:
            bounds[position] = drawn[parameter.name].min(), drawn[parameter.name].max()
        elif parameter.unit.endswith(" number"):  # a code, such as that of a province: no amount to move
            bounds[position] = value, value
        elif parameter.kind == "switch" or value == 0.0:
            bounds[position] = parameter.low, parameter.high
        else:
            ends = sorted((value / 2.0, value * 2.0))
            bounds[position] = max(parameter.low, ends[0]), min(parameter.high, ends[1])
    return bounds


def design(scenario: Scenario, bounds: FloatArray, bases: int, seed: int) -> FloatArray:
    """Points of the radial design, a base and then one point a parameter: ``(bases, 1 + parameters, parameters)``."""
    number = len(scenario.schema)
    numbers = np.arange(bases, dtype=np.int64)
    points = np.repeat(scenario.draw(numbers, seed)[:, None, :], 1 + number, axis=1)
    for position, parameter in enumerate(scenario.schema.parameters):
        low, high = bounds[position]
        base = points[:, 0, position]
        u = streams.uniforms(seed, numbers, position, streams.PRIOR, draw=1)
        # half of the range away from the base, round the end: every move is as long
        moved = (
            low + np.mod((base - low) + (high - low) * (0.25 + 0.5 * u), high - low) if high > low else base
        )
        if parameter.kind == "switch":
            moved = 1.0 - base
        elif parameter.kind == "int":
            moved = np.rint(moved)
        points[:, 1 + position, position] = moved
    return points


def screened(label: str, scenario: Scenario, bases: int, seed: int) -> Variant:
    """A scenario with the points of a radial design over every parameter that has room to move.

    Parameters
    ----------
    label
        Of the scenario in its study.
    scenario
        Whose parameters are screened.
    bases
        Base points; points are ``bases * (1 + parameters that have room)``.
    seed
        Of base points and moves.
    """
    bounds = ranges(scenario)
    free = np.flatnonzero(bounds[:, 1] > bounds[:, 0])
    points = design(scenario, bounds, bases, seed)[:, np.r_[0, 1 + free]][:, :, free]
    names = tuple(scenario.schema.names[position] for position in free)
    fixed = scenario.fixed | frozenset(names)
    problem = {"num_vars": len(names), "names": list(names), "bounds": bounds[free].tolist(), "priors": {},
               "basis": basis_of(scenario)}  # fmt: skip
    taken = replace(scenario, fixed=fixed, space=scenario.space.without(fixed))
    laid = Points.of(names, points.reshape(-1, len(names)), 1 + len(names))
    return Variant(label, taken, laid, problem)
