"""What a user says about the design and the executor of a sweep: light to import, for help and completion."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from experiments.kit.options import Options

DesignName = Literal["grid", "lhs", "sobol", "morris", "one_at_a_time", "table", "posterior", "worlds"]


class DesignOptions(Options):
    """The design of a sweep; each file of the group ``design`` sets those that mean something for it."""

    name: DesignName = Field("grid", description="how the points are laid out")
    n: int = Field(
        5,
        ge=0,
        le=20_000_000,
        description="points (lhs), worlds, base points (sobol), trajectories (morris), levels of an interval (grid, "
        "one_at_a_time), rows to take (table, posterior; 0: all)",
    )
    levels: int = Field(4, ge=2, le=100, description="levels of the grid that Morris' trajectories walk on")
    second_order: bool = Field(False, description="also the points for second-order Sobol' indices")
    dummy: bool = Field(
        False, description="sobol: one more parameter, that nothing reads: the floor of noise"
    )
    path: str | None = Field(None, description="CSV or Parquet file of points, for table and posterior")
    seed: int | None = Field(None, ge=0, lt=2**63, description="seed of the layout (default: the study's)")


class ExecutorOptions(Options):
    """Where the blocks of a study run; each file of the group ``executor`` sets what it has a use for."""

    name: Literal["threads", "processes", "dask", "mpi"] = Field("threads", description="who runs the blocks")
    workers: int | None = Field(
        None, ge=1, le=100_000, description="blocks at a time (default: all cores, or what the cluster has)"
    )
    address: str | None = Field(
        None,
        description="dask: address or file (.json) of a running scheduler, in a network that you trust "
        "(default: one of its own)",
    )
