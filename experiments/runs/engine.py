"""What a study asks of a model: one function that runs a block, and the names of what comes out.

The seam is narrow on purpose. The simulator's own ensemble is one engine; a test or a benchmark brings
another with a few lines of arithmetic, and goes through the same plan, runner and store.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.ensemble import simulate_points
from sim.outcomes import ENDINGS, MEASURES
from sim.questions import resolve

Simulate = Callable[..., Any]
"""``(scenario, values, replicates, seed, threads=, keep_series=, keep_places=) -> Block``."""


@dataclass(frozen=True)
class Engine:
    """A model that a study can run.

    Attributes
    ----------
    simulate
        Runs a block: ``(scenario, values float64[n, P], replicates int64[n], seed, threads=, keep_series=,
        keep_places=) -> Block``. A function at the top of a module, so that it can travel.
    measures
        Names of the columns of ``block.measures``.
    endings
        What the measure ``ending_code`` counts through; empty: runs have no ending.
    resolve
        Answers of a block to a question: ``(question, block) -> float64[n]``.
    """

    simulate: Simulate = simulate_points
    measures: tuple[str, ...] = tuple(MEASURES)
    endings: tuple[str, ...] = tuple(ENDINGS)
    resolve: Callable[[Any, Any], np.ndarray] = resolve
