"""The runs of a folder as a sample for sensitivity analysis: what was moved, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.kit.errors import UserError
from experiments.runs.designs.dimensions import DUMMY
from experiments.runs.futures import Opened
from experiments.sensitivity import indices
from experiments.sensitivity.indices import FloatArray, Luck, Rows
from experiments.stats.intervals import generator

MEASURED = {
    "sobol": "total effect",
    "given": "main effect",
    "morris": "size of effect",
    "radial": "size of effect",
}
"""What the value of an index is, by method."""
FEWEST = 8
"""Base points, trajectories or points below which nothing is told."""


@dataclass(frozen=True)
class RunSample:
    """The runs of a design, whole blocks of it.

    Attributes
    ----------
    method
        ``sobol``, ``morris``, ``radial``, or ``given``: any sample of independent points.
    names, x
        What was moved, and its values ``(points, names)``.
    rows
        The run of each point and replicate, a row of the table of runs: int64 ``(points, replicates)``.
    block
        Points in a row that were laid out together.
    left_out
        Points that were left out since a run of their block failed.
    second_order, levels
        Of the design.
    """

    method: str
    names: tuple[str, ...]
    x: FloatArray
    rows: NDArray[np.int64]
    block: int
    left_out: int
    second_order: bool = False
    levels: int = 4

    def indices(self, values: FloatArray, seed: int, only: tuple[str, ...] = ()) -> Rows:
        """The index of each parameter for an outcome ``(runs,)``; ``only``: of these alone."""
        y = values[self.rows]
        names = tuple(name for name in self.names if not only or name in only)
        at = [self.names.index(name) for name in names]
        if self.method == "given":
            return self._directed(indices.given_data(names, self.x[:, at], y, seed), self.x, y)
        shaped = y.reshape(-1, self.block, y.shape[1])
        if self.method == "morris":
            return indices.morris(
                self.names, self.x.reshape(-1, self.block, len(self.names)), shaped, self.levels, seed
            )
        moved = [1 + k for k in at]
        if self.method == "radial":
            return indices.radial(names, shaped[:, [0, *moved]], seed)
        more = [1 + len(self.names) + k for k in at] if self.second_order else []
        made = indices.sobol(names, shaped[:, [0, *moved, *more, -1]], self.second_order, seed)
        base = np.arange(len(y)) % self.block
        ends = (base == 0) | (base == self.block - 1)
        return self._directed(made, self.x[ends], y[ends])

    def _directed(self, rows: Rows, x: FloatArray, y: FloatArray) -> Rows:
        """Rows with the rank correlation of parameter and outcome as ``signed``."""
        signed = dict(zip(self.names, indices.directions(x, y), strict=True))
        return [row | {"signed": float(signed[row["parameter"]])} for row in rows]

    @property
    def problem(self) -> dict[str, Any]:
        """SALib's description of what differs between the runs, the dummy left out."""
        at = [k for k, name in enumerate(self.names) if name != DUMMY]
        bounds = [[float(self.x[:, k].min()), float(self.x[:, k].max())] for k in at]
        return {"num_vars": len(at), "names": [self.names[k] for k in at], "bounds": bounds}

    def luck(self, values: FloatArray, seed: int) -> Luck | None:
        """The share of luck in an outcome ``(runs,)``, from points that were drawn independently."""
        at = np.arange(len(self.rows)) % self.block
        drawn = (at == 0) | ((at == self.block - 1) & (self.method == "sobol"))
        return indices.luck_share(values[self.rows[drawn]], seed)


def read_sample(opened: Opened, seed: int) -> RunSample:
    """The sample that a folder holds.

    Raises
    ------
    UserError
        If its design is none that indices can be computed of, or too little of it is left.
    """
    study, variant = opened.folder.study, opened.variant
    design, points = study.design, variant.points
    name = str(design.get("layout") or design.get("name"))
    if name in ("grid", "one_at_a_time") and points.names:
        raise UserError(
            f"{opened.folder.path}: found design={name}; allowed for sensitivity: sobol, morris, lhs, worlds, "
            "posterior, table, or a folder of outlook run"
        )
    if points.block == 1 and variant.scenario.space.names:  # every run has a draw of its own
        names, x, left = tuple(map(str, opened.parameters)), opened.parameters.to_numpy(float), 0
        rows = np.arange(len(opened.runs))[:, None]
    else:
        names = points.names
        rows, kept = _whole_blocks(opened)
        x, left = points.values[kept], len(points) - len(kept)
    method = name if points.block > 1 else "given"
    if method == "given":
        moving = np.ptp(x, axis=0) > 0
        noise = generator(seed).random((len(x), 1))
        names = (*(one for one, moves in zip(names, moving, strict=True) if moves), DUMMY)
        x = np.hstack([x[:, moving], noise])
    sample = RunSample(method, names, x, rows, points.block, left, bool(design.get("second_order")),
                    int(str(design.get("levels") or 4)))  # fmt: skip
    _check(opened, sample)
    return sample


def _whole_blocks(opened: Opened) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of the runs ``(points, replicates)`` and numbers of the points of the blocks that are whole."""
    study, points = opened.folder.study, opened.variant.points
    finished = opened.folder.finished
    replicates = finished.replicates if finished is not None else study.rounds[-1][1]
    position = [variant.label for variant in study.variants].index(opened.variant.label)
    point = opened.runs["point"].to_numpy()
    number = study.number(position, point, opened.runs["replicate"].to_numpy())
    rows = np.full((len(points), replicates), -1)
    rows[point, number] = np.arange(len(point))
    whole = (rows.reshape(-1, points.block * replicates) >= 0).all(axis=1)
    kept = np.flatnonzero(np.repeat(whole, points.block))
    return rows[kept], kept


def _check(opened: Opened, sample: RunSample) -> None:
    """Raise UserError if no index can be told of a sample."""
    d, path = len(sample.names), opened.folder.path
    widths = {"sobol": 2 * d + 2 if sample.second_order else d + 2, "morris": d + 1, "radial": d + 1}
    if sample.block != widths.get(sample.method, 1):
        raise UserError(f"{path}: levels are crossed with the design; allowed: intervals alone")
    least = FEWEST if sample.block > 1 else 10 * FEWEST
    if len(sample.rows) // sample.block < least:
        raise UserError(
            f"{path}: found {len(sample.rows) // sample.block} whole base points or draws; allowed: {least} or more"
        )
