"""A second opinion on a posterior: sequential Monte Carlo over the parameters that the data were found to
move.

The regression adjustment leans on linearity near the observation; this scheme does not, but cannot search
dozens of dimensions. So it searches those that the first scheme found informed, while all others are drawn
from the prior anew for each run. Calls of the simulator are kept on disk under their seed, so that a killed
search goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.forecast import abc
from experiments.forecast.abc_smc import Population, populations
from experiments.forecast.posterior import UnitSpace, evidence
from experiments.forecast.recovery import largest_gap
from experiments.forecast.sample import Sample, SamplePlan, days_of, write_arrays
from experiments.runs.road import collect, run_blocks
from experiments.stats.intervals import generator
from sim.ensemble import Block

FloatArray = NDArray[np.float64]

#: Replicates of the search lie from here to twice as much: luck that neither sample nor checks use.
FIRST_REPLICATE = 2**31


@dataclass(frozen=True)
class UnitPrior:
    """Uniform on the unit cube: every parameter on the scale of its own prior."""

    dimensions: int

    def sample(self, size: int, seed: int) -> FloatArray:
        """``(size, dimensions)`` draws."""
        return generator(seed).uniform(size=(size, self.dimensions))

    def log_density(self, parameters: FloatArray) -> FloatArray:
        """0 inside the cube, minus infinity outside."""
        inside = ((parameters > 0.0) & (parameters < 1.0)).all(axis=1)
        return np.where(inside, 0.0, -np.inf)


class Search:
    """Sequential search of some of the parameters of a plan.

    Args:
        plan, sample, space: of the calibration. names: parameters to search. folder: where calls are kept.
    """

    def __init__(
        self, plan: SamplePlan, sample: Sample, space: UnitSpace, names: tuple[str, ...], folder: Path,
        threads: int | None = None, progress: Callable[[int], object] | None = None,
    ) -> None:  # fmt: skip
        self.plan, self.names, self.folder, self.threads = plan, names, folder, threads
        self.progress = progress
        self.evidence = evidence(sample, plan.targets, plan.seed)
        which = [space.names.index(name) for name in names]
        self.priors = [space.priors[j] for j in which]
        self.columns = [plan.scenario.schema.index(name) for name in names]

    def run(self, size: int, rounds: int, budget: int) -> list[Population]:
        """The populations, each nearer to the observation than the one before (prior quantiles)."""
        self.folder.mkdir(parents=True, exist_ok=True)
        made = populations(
            UnitPrior(len(self.names)), self._simulate, self.evidence.observed, self.evidence.scale,
            size=size, rounds=rounds, budget=budget, seed=self.plan.seed,
        )  # fmt: skip
        return list(made)

    def _simulate(self, u: FloatArray, seed: int) -> FloatArray:
        """Noisy summaries of one run for each row, from disk if this very call was made before."""
        path = self.folder / f"call-{seed:020d}.npz"
        if path.is_file():
            with np.load(path) as stored:
                if np.array_equal(stored["u"], u):
                    self._told(len(u))
                    return stored["summaries"]
        noise = generator(seed).standard_normal((len(u), len(self.plan.targets.targets)))
        summaries = (self._run(u, seed) + self.plan.targets.error * noise)[:, self.evidence.columns]
        write_arrays(path, {"u": u, "summaries": summaries})
        return summaries

    def _run(self, u: FloatArray, seed: int) -> FloatArray:
        """Summaries of one run for each row."""
        scenario, targets = self.plan.scenario, self.plan.targets
        # Luck depends on the call and the row alone, as everywhere.
        start = int(generator(seed).integers(FIRST_REPLICATE))
        replicates = FIRST_REPLICATE + (start + np.arange(len(u), dtype=np.int64)) % FIRST_REPLICATE
        values = scenario.draw(replicates, self.plan.seed)
        for j, (column, prior) in enumerate(zip(self.columns, self.priors, strict=True)):
            values[:, column] = prior.quantile(u[:, j])

        def summaries(block: Block) -> dict[str, np.ndarray]:
            series = {name: block.national(name) for name in targets.series}
            return {"summaries": targets.summaries(series, days_of(scenario))}

        blocks = run_blocks(
            scenario, replicates, self.plan.seed, values=values, threads=self.threads, progress=self.progress
        )
        return collect(blocks, summaries)["summaries"]

    def _told(self, runs: int) -> None:
        if self.progress is not None:
            self.progress(runs)

    def table(
        self, last: Population, adjusted: FloatArray, weight: FloatArray, space: UnitSpace
    ) -> pd.DataFrame:
        """Both posteriors side by side: one row a searched parameter, with their largest gap (KS)."""
        levels = [0.05, 0.5, 0.95]
        rows = []
        for j, (name, prior) in enumerate(zip(self.names, self.priors, strict=True)):
            ours = prior.quantile(np.clip(last.parameters[:, j], 0.0, 1.0))
            theirs = adjusted[:, space.names.index(name)]
            first = abc.weighted_quantile(theirs, weight, levels)[:, 0]
            second = abc.weighted_quantile(ours, last.weights, levels)[:, 0]
            rows.append((name, *first, *second, largest_gap(theirs, ours, weight, last.weights)))
        names = [
            f"{scheme}_{part}"
            for scheme in ("regression", "sequential")
            for part in ("low", "median", "high")
        ]
        return pd.DataFrame(rows, columns=["parameter", *names, "gap"])
