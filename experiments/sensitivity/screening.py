"""Screening: elementary effects of every parameter, on radial designs with common luck.

From each of several base points (a replicate: its draw of what is uncertain, its luck) one parameter at a time moves
to another value of its range while all else, luck included, stays: the radial design of elementary effects
(Campolongo, Saltelli and Cariboni 2011, Comput. Phys. Commun. 182:978; Morris 1991). ``mu_star`` is the mean size of
the change of an outcome in units of the outcome's spread over base points, ``mu`` its mean with sign. Luck is shared
and named by decision, so that a parameter which nothing reads changes no bit: the floor of noise is zero, and what
is left is the error of a few base points, which the interval shows.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.runs.road import Progress, collect, run_blocks
from sim.ensemble import Block
from sim.luck import streams
from sim.outcomes import ENDINGS
from sim.scenario import Scenario

FloatArray = NDArray[np.float64]

OUTCOMES: dict[str, Callable[[Block], FloatArray]] = {
    "deaths": lambda block: np.log1p(block.measure("deaths")),
    "attacks_front": lambda block: np.log1p(block.measure("attacks_front")),
    "attacks_iskp": lambda block: np.log1p(block.measure("attacks_iskp")),
    "final_front_fighters": lambda block: np.log1p(block.measure("final_front_fighters")),
    "consolidation": lambda block: (block.measures[:, 0] == ENDINGS.index("consolidation")).astype(float),
}
"""What is looked at: counts on the scale of log(1 + x), an ending as 0 or 1."""
RESAMPLES = 500


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


def screen(
    scenario: Scenario, bases: int, seed: int, threads: int | None = None, progress: Progress | None = None
) -> pd.DataFrame:
    """Elementary effects of every parameter on every outcome.

    Parameters
    ----------
    scenario
        Whose parameters are screened.
    bases
        Base points; runs are ``bases * (1 + parameters)``.
    seed
        Of base points, moves and luck.
    threads
        Runs side by side; None: as many as there are cores.
    progress
        Called with the number of runs done since the last call.

    Returns
    -------
    pandas.DataFrame
        A row a parameter and outcome: ``parameter, outcome, mu_star, low, high, mu``, in standard deviations of the
        outcome over base points; ``low`` and ``high`` are the 95 % bootstrap interval of ``mu_star``.
    """
    bounds = ranges(scenario)
    points = design(scenario, bounds, bases, seed)
    width = points.shape[1]
    luck = np.repeat(np.arange(bases, dtype=np.int64), width)
    values = points.reshape(-1, points.shape[2])
    blocks = run_blocks(
        scenario, luck, seed, values=values, held="measures", threads=threads, progress=progress
    )
    found = collect(blocks, lambda block: {name: make(block) for name, make in OUTCOMES.items()})
    return effects(
        {name: found[name].reshape(bases, width) for name in OUTCOMES}, scenario.schema.names, seed
    )


def effects(outcomes: dict[str, FloatArray], names: tuple[str, ...], seed: int) -> pd.DataFrame:
    """The table of :func:`screen` from outcomes ``(bases, 1 + parameters)``, the base in the first column."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    rows = []
    for outcome, table in outcomes.items():
        spread = float(table[:, 0].std(ddof=1)) or 1.0
        change = (table[:, 1:] - table[:, :1]) / spread
        picks = rng.integers(len(change), size=(RESAMPLES, len(change)))
        means = np.abs(change)[picks].mean(axis=1)
        low, high = np.quantile(means, [0.025, 0.975], axis=0)
        star, signed = np.abs(change).mean(axis=0), change.mean(axis=0)
        rows += [(name, outcome, star[k], low[k], high[k], signed[k]) for k, name in enumerate(names)]
    return pd.DataFrame(rows, columns=["parameter", "outcome", "mu_star", "low", "high", "mu"])
