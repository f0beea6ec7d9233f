"""A study before it runs: scenarios, the points of each, replicates, and the blocks they are cut into."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from experiments.kit.errors import UserError
from experiments.kit.record import identity
from experiments.runs.stopping import Looks
from sim.compiled import source_hash
from sim.scenario import Scenario

Keep = Literal["none", "quantiles", "monthly", "national", "all"]
Luck = Literal["common", "own", "block"]
Span = tuple[int, int]
"""Runs of one scenario and round, from the first to before the last, in plan order."""


@dataclass(frozen=True)
class Points:
    """The points of one scenario's design.

    Attributes
    ----------
    names
        Swept parameters.
    values
        The distinct points in order of first appearance: float64 ``(points, names)``.
    rows
        The point of each row of the design: int64 ``(rows,)``. A design may visit a point twice; it runs once, unless
        its points lie in blocks or are draws or rows of a table, which count as often as they stand there.
    block
        Points in a row that belong together: a trajectory, or a base point and those that differ from it in one
        parameter; 1 if the design knows no blocks.
    luck
        The number of the one replicate of each point, where it was chosen: int64 ``(points,)``; None: numbers follow
        each other.
    """

    names: tuple[str, ...]
    values: np.ndarray
    rows: np.ndarray
    block: int = 1
    luck: np.ndarray | None = None

    @staticmethod
    def of(names: Sequence[str], design: np.ndarray, block: int = 1, draws: bool = False) -> Points:
        """The points of a design: float64 ``(rows, d)``, in blocks of so many rows; ``draws``: none are merged."""
        if block > 1 or (draws and len(names)):
            return Points(tuple(names), np.ascontiguousarray(design), np.arange(len(design)), block)
        if design.shape[1] == 0:
            return Points((), np.empty((1, 0)), np.zeros(len(design), dtype=np.int64))
        _, first, inverse = np.unique(design, axis=0, return_index=True, return_inverse=True)
        order = np.argsort(first, kind="stable")
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order))
        return Points(tuple(names), np.ascontiguousarray(design[first[order]]), rank[inverse.ravel()])

    @staticmethod
    def single() -> Points:
        """The one point at which nothing is swept."""
        return Points((), np.empty((1, 0)), np.zeros(1, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Variant:
    """One scenario of a study under a label of its own, with its points.

    ``problem`` is SALib's description of what the design moves (``num_vars, names, bounds``), with the prior of
    each name that follows one under ``priors``, and what the outlook rests on under ``basis``; empty if nothing
    is moved.
    """

    label: str
    scenario: Scenario
    points: Points = field(default_factory=Points.single)
    problem: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Task:
    """One block of runs, as it travels to a worker: numbers only.

    Attributes
    ----------
    variant, round
        Positions of the scenario and of the batch of replicates in the study.
    start, stop
        Runs of the block within the round, counted point by point, replicates fastest.
    first, count
        First replicate of the round and how many it has.
    stride
        Added to the numbers of the replicates from block to block; 0: all points share their luck.
    block
        Points in a row that share their luck.
    points
        The points that the block touches, float64 ``(points, names)``; the first is point ``start // count``.
    draws
        Of the study.
    luck
        Of these points, as in `Points`.
    """

    variant: int
    round: int
    start: int
    stop: int
    first: int
    count: int
    stride: int
    block: int
    points: np.ndarray
    draws: tuple[int, ...] = (0,)
    luck: np.ndarray | None = None

    @property
    def shard(self) -> str:
        """Name of the block's shard; shards sort in plan order by name."""
        return f"r{self.round:02d}-s{self.variant:03d}-{self.start:010d}-{self.stop:010d}"

    @property
    def indices(self) -> tuple[np.ndarray, np.ndarray]:
        """Point and replicate of each run: int64 ``(n,)`` each."""
        runs = np.arange(self.start, self.stop, dtype=np.int64)
        point = runs // self.count
        if self.luck is not None:
            return point, self.luck[point - self.start // self.count]
        return point, self.first + runs % self.count + self.stride * (point // self.block)

    @property
    def drawn(self) -> np.ndarray:
        """The draw of what is uncertain that each run has: int64 ``(n,)``."""
        _, replicate = self.indices
        group, place = np.divmod(replicate, len(self.draws))
        return group * (max(self.draws) + 1) + np.array(self.draws)[place]

    def part(self, start: int, stop: int) -> Task:
        """The runs from ``start`` to ``stop`` (within the round) as a task of their own."""
        low, high = start // self.count, (stop - 1) // self.count + 1
        offset = self.start // self.count
        part = slice(low - offset, high - offset)
        luck = None if self.luck is None else self.luck[part]
        return replace(self, start=start, stop=stop, points=self.points[part], luck=luck)

    def halves(self) -> tuple[Task, Task]:
        """The task in two parts."""
        middle = (self.start + self.stop) // 2
        return self.part(self.start, middle), self.part(middle, self.stop)

    def __len__(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True)
class Study:
    """Everything that decides what the runs of a study are.

    Attributes
    ----------
    variants
        Scenarios with their points.
    replicates
        How many a point, or the rule that decides it.
    keep
        What is kept of the series.
    luck
        ``common``: replicate r has the same luck at every point and in every scenario; ``own``: every point has
        replicates of its own, alike in all scenarios; ``block``: every block of points.
    design
        How the points were laid out; for the record and for sensitivity analysis.
    draws
        The draws of what is uncertain that replicates have, in groups of as many: ``(0,)``: each its own; ``(0, 0)``:
        two in a row share one; ``(0, 0, 1)``: two share one, the third has its own.
    asked
        What the verb that made the study makes of its runs, as plain data.
    first
        Number of the first replicate.
    code
        Fingerprint of the model's code; that of the model which is here unless another is named.
    """

    variants: tuple[Variant, ...]
    replicates: int | Looks
    seed: int
    keep: Keep = "none"
    luck: Luck = "common"
    design: Mapping[str, object] = field(default_factory=dict)
    draws: tuple[int, ...] = (0,)
    asked: Mapping[str, Any] = field(default_factory=dict)
    first: int = 0
    code: str = field(default_factory=source_hash)

    def __post_init__(self) -> None:
        labels = [variant.label for variant in self.variants]
        if len(set(labels)) != len(labels):
            twice = next(label for label in labels if labels.count(label) > 1)
            raise UserError(f"command line: scenario {twice!r} is named twice; allowed: once")

    @property
    def rounds(self) -> tuple[Span, ...]:
        """Batches of replicates, first and before the last; one batch unless a rule decides."""
        sizes = self.replicates.sizes if isinstance(self.replicates, Looks) else (self.replicates,)
        return tuple(zip((0, *sizes[:-1]), sizes, strict=True))

    @property
    def stride(self) -> int:
        """What the numbers of replicates grow by from block to block: 0 if all points share their luck."""
        return 0 if self.luck == "common" else self.rounds[-1][1]

    def block(self, variant: int) -> int:
        """Points in a row that share their luck."""
        return self.variants[variant].points.block if self.luck == "block" else 1

    def number(self, variant: int, point: Any, replicate: Any) -> Any:
        """Which of its point's replicates a run is, from 0, whatever its luck is numbered (numbers or arrays)."""
        if self.variants[variant].points.luck is not None:
            return 0 * replicate
        return replicate - self.first - self.stride * (point // self.block(variant))

    @property
    def summarised(self) -> bool:
        """Whether quantiles over the replicates of each point are made."""
        return self.keep not in ("none", "monthly")

    @property
    def points(self) -> int:
        """Distinct points over all scenarios."""
        return sum(len(variant.points) for variant in self.variants)

    @property
    def runs(self) -> int:
        """Runs in all, if every round is run."""
        return self.points * self.rounds[-1][1]

    @cached_property
    def identity(self) -> dict[str, str]:
        """What the study is, key by key, each as text or as a hash of its content."""
        replicates = self.replicates
        rule = f"auto, {replicates.describe()}" if isinstance(replicates, Looks) else str(replicates)
        keys = {
            "seed": str(self.seed),
            "luck": self.luck,
            "replicates": rule,
            "keep": self.keep,
            "scenario": ",".join(variant.label for variant in self.variants),
        }
        for variant in self.variants:
            keys[f"scenario {variant.label}"] = _scenario_hash(variant.scenario)
            keys[f"points of {variant.label}"] = _points_hash(variant.points, self.luck)
        if self.draws != (0,):
            keys["draws"] = ",".join(map(str, self.draws))
        if self.first:
            keys["first replicate"] = str(self.first)
        keys |= {f"asked for {key}": _text(value) for key, value in self.asked.items()}
        return {**keys, "code of the model": self.code}

    @cached_property
    def hash(self) -> str:
        """Content hash of the study (16 hexadecimal digits)."""
        return identity(self.identity)

    def changed(self, other: Mapping[str, str]) -> list[str]:
        """Keys in which another study's identity differs, in this study's order."""
        keys = [*self.identity, *(key for key in other if key not in self.identity)]
        return [key for key in keys if self.identity.get(key) != other.get(key)]

    def size(self, round_: int, variant: int) -> int:
        """Runs of one scenario in one round."""
        first, last = self.rounds[round_]
        return len(self.variants[variant].points) * (last - first)

    def task(self, round_: int, variant: int, start: int, stop: int) -> Task:
        """The block of the runs ``start`` to ``stop`` of one scenario in one round."""
        first, last = self.rounds[round_]
        count = last - first
        points, touched = self.variants[variant].points, slice(start // count, (stop - 1) // count + 1)
        luck = None if points.luck is None else points.luck[touched]
        return Task(
            variant, round_, start, stop, self.first + first, count, self.stride, self.block(variant),
            points.values[touched], self.draws, luck,
        )  # fmt: skip

    def tasks(self, round_: int, done: Mapping[int, Sequence[Span]], block: int) -> Iterator[Task]:
        """Blocks of at most ``block`` runs for what is not done in a round, in plan order.

        ``done``: scenario's position to the spans that have been run.
        """
        for variant in range(len(self.variants)):
            for start, stop in gaps(done.get(variant, ()), self.size(round_, variant)):
                while start < stop:
                    # Blocks end at multiples of their size, so that the same block never has two shapes.
                    end = min(start - start % block + block, stop)
                    yield self.task(round_, variant, start, end)
                    start = end


def gaps(done: Sequence[Span], size: int) -> list[Span]:
    """The spans of ``range(size)`` that ``done`` leaves out."""
    missing: list[Span] = []
    reached = 0
    for start, stop in sorted(done):
        if start > reached:
            missing.append((reached, start))
        reached = max(reached, stop)
    if reached < size:
        missing.append((reached, size))
    return missing


def varied(variant: Variant) -> tuple[str, ...]:
    """Parameters that differ between the runs of a scenario: swept ones first, then uncertain ones."""
    swept = [name for name in variant.points.names if name in variant.scenario.schema]
    return tuple(dict.fromkeys([*swept, *variant.scenario.space.names]))


def _text(value: Any) -> str:
    """Plain data in short: as it is, or as a hash where it is long."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return text if len(text) <= 60 else _digest(text.encode())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _scenario_hash(scenario: Scenario) -> str:
    """Of all that decides the runs and the questions that they are asked; words aside."""
    questions = [question.to_mapping() for question in scenario.questions]
    return _digest(json.dumps([scenario.hash, questions], sort_keys=True, default=str).encode())


def _points_hash(points: Points, luck: Luck) -> str:
    blocks = [points.block] if luck == "block" else []
    head = json.dumps([points.names, points.values.shape, *blocks]).encode()
    chosen = b"" if points.luck is None else points.luck.tobytes()
    return _digest(head + np.ascontiguousarray(points.values).tobytes() + chosen)
