"""A study in memory: one row a run, a column at a time, filtered by ranges, endings, scenarios and conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from experiments.kit.errors import UserError
from experiments.kit.options import Options
from experiments.runs.conditions import Futures, Vocabulary, parse
from experiments.runs.folders import recorded
from experiments.runs.futures import daily_series
from experiments.runs.plan import varied
from experiments.runs.store import StudyFolder, open_study
from experiments.runs.tables import QUESTION
from sim.outcomes import ENDINGS, MEASURES, SERIES
from sim.values import hint

BINS = 36
"""Bars of a histogram at most."""
MOST_BESIDE = 200
"""Folders around a study that are looked into at most."""
NEVER = 255
"""Bin of runs without a number: what is timed did not happen."""
BLOCKS, SAMPLE = 6, 3000
"""Blocks and runs that are looked at to see which inputs go with the outcomes."""
Span = tuple[float | None, float | None]


class Filter(Options):
    """Which runs are looked at; what is empty takes all.

    Attributes
    ----------
    ranges
        Column to the lowest and highest value; None: no end on that side.
    endings, scenarios
        Those that are allowed.
    conditions
        In the grammar of ``outlook given``.
    """

    ranges: dict[str, Span] = Field(default_factory=dict)
    endings: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bins:
    """A histogram's bars: bin of each run, uint8 ``(runs,)``; edges ``(bars + 1,)``; whether a bar is one value."""

    codes: np.ndarray
    edges: np.ndarray
    single: bool

    def counts(self, mask: np.ndarray | None) -> tuple[np.ndarray, int]:
        """Runs in each bar, and those without a number."""
        codes = self.codes if mask is None else self.codes[mask]
        found = np.bincount(codes, minlength=NEVER + 1)
        return found[: len(self.edges) - 1], int(found[NEVER])


@dataclass(eq=False)
class StudyTable:
    """The runs of a study.

    Attributes
    ----------
    folder
        Where they are.
    scenario, ending
        Position of each run's scenario and ending: int16 ``(runs,)``.
    point, replicate
        Its identity: int64 ``(runs,)``.
    """

    folder: StudyFolder
    scenario: np.ndarray
    ending: np.ndarray
    point: np.ndarray
    replicate: np.ndarray
    _columns: dict[str, np.ndarray] = field(default_factory=dict)
    _bins: dict[str, Bins] = field(default_factory=dict)
    _truths: dict[str, np.ndarray] = field(default_factory=dict)

    @classmethod
    def opened(cls, path: Path, shards: str | None = None) -> StudyTable:
        """The runs of a folder.

        Raises
        ------
        UserError
            If it holds no study, anything of it is missing or damaged, or no run is there.
        """
        folder = open_study(path, shards).sound()
        table = folder.table("runs", ["scenario", "ending", "point", "replicate"])
        if table.empty:
            raise UserError(f"{path}: no run is done yet")
        labels = [variant.label for variant in folder.study.variants]
        return cls(
            folder,
            table["scenario"].cat.set_categories(labels).cat.codes.to_numpy(np.int16),
            table["ending"].cat.set_categories(list(ENDINGS)).cat.codes.to_numpy(np.int16),
            table["point"].to_numpy(),
            table["replicate"].to_numpy(),
        )

    def __len__(self) -> int:
        return len(self.scenario)

    @property
    def labels(self) -> tuple[str, ...]:
        """Scenarios of the study."""
        return tuple(variant.label for variant in self.folder.study.variants)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Parameters that vary anywhere, swept ones first."""
        variants = self.folder.study.variants
        swept = [name for one in variants for name in one.points.names if name in one.scenario.schema]
        return tuple(dict.fromkeys([*swept, *(name for one in variants for name in varied(one))]))

    @cached_property
    def questions(self) -> dict[str, str]:
        """Column of each question's answers to its words."""
        return {
            QUESTION + question.id: " ".join(question.text.split())
            for variant in self.folder.study.variants
            for question in variant.scenario.questions
        }

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Measures and answers to questions."""
        return (*(name for name in MEASURES if name != "ending_code"), *self.questions)

    def column(self, name: str) -> np.ndarray:
        """An input or outcome: float64 ``(runs,)``; UserError if there is none of that name."""
        if name not in self._columns:
            known = (*self.inputs, *self.outcomes)
            if name not in known:
                raise UserError(
                    f"column: found {name[:80]!r}; allowed: an input or outcome{hint(name, known)}"
                )
            self.load([name])
        return self._columns[name]

    def load(self, names: Sequence[str]) -> None:
        """Read columns that are not there yet, all at once."""
        for table, known in (("points", self.inputs), ("runs", self.outcomes)):
            missing = [name for name in names if name in known and name not in self._columns]
            if missing:
                found = self.folder.table(table, missing)
                for name in missing:
                    self._columns[name] = found[name].to_numpy(float)

    def mask(self, wanted: Filter) -> np.ndarray:
        """Which runs are left: bool ``(runs,)``; UserError if a name or a condition is not understood."""
        left = np.ones(len(self), bool)
        for name, (low, high) in wanted.ranges.items():
            values = self.column(name)
            left &= ~np.isnan(values)
            if low is not None:
                left &= values >= low
            if high is not None:
                left &= values <= high
        for given, names, codes, what in (
            (wanted.endings, ENDINGS, self.ending, "ending"),
            (wanted.scenarios, self.labels, self.scenario, "scenario"),
        ):
            for name in given:
                if name not in names:
                    raise UserError(f"{what}: found {name[:80]!r}; allowed: {', '.join(names)}")
            if given:
                left &= np.isin(codes, [names.index(name) for name in given])
        for text in wanted.conditions:
            left &= self.truth(text)
        return left

    def truth(self, text: str) -> np.ndarray:
        """Whether a condition came true in each run: bool ``(runs,)``."""
        if text not in self._truths:
            numbers = (*(name for name in self.outcomes if name not in self.questions), *self.inputs)
            kinds = {name: one.kind for name, one in SERIES.items()}
            condition = parse(text, Vocabulary(kinds, numbers, tuple(ENDINGS)))
            met = np.zeros(len(self), bool)
            for position in np.unique(self.scenario):
                rows = np.flatnonzero(self.scenario == position)
                met[rows] = condition.truth(self._futures(int(position), rows)).met
            self._truths[text] = met
        return self._truths[text]

    def _futures(self, position: int, rows: np.ndarray) -> Futures:
        """The runs of one scenario as conditions see them."""
        variant = self.folder.study.variants[position]
        dates = np.datetime64(variant.scenario.start, "D") + np.arange(variant.scenario.days)

        def numbers(name: str) -> np.ndarray:
            if name not in self.outcomes and name not in self.inputs:
                raise KeyError(name)
            return self.column(name)[rows]

        return Futures(
            dates, np.array(ENDINGS)[self.ending[rows]], numbers, partial(daily_series, self.folder, variant)
        )

    def bins(self, name: str) -> Bins:
        """The bars of a column's histogram; the same whatever is filtered."""
        if name not in self._bins:
            self._bins[name] = binned(self.column(name))
        return self._bins[name]

    def run_ids(self, rows: np.ndarray) -> list[str]:
        """Identity of some runs, as ``outlook reproduce`` takes it."""
        if "" not in self._columns:
            self._columns[""] = self.folder.table("runs", ["run_id"])["run_id"].to_numpy()
        return [str(one) for one in self._columns[""][rows]]

    def parameters(self, position: int, rows: np.ndarray) -> np.ndarray:
        """What some runs of a scenario had for parameters, as stored: float64 ``(runs, parameters)``."""
        scenario = self.folder.study.variants[position].scenario
        values = np.tile(scenario.values, (len(rows), 1))
        names = [name for name in self.inputs if name in scenario.schema]
        self.load(names)
        for name in names:
            stored = self.column(name)[rows]
            there = ~np.isnan(stored)
            values[there, scenario.schema.index(name)] = stored[there]
        return values

    def twins(self, first: int, second: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows of two scenarios that share point and replicate: int64 ``(pairs,)`` each."""
        rows = [np.flatnonzero(self.scenario == position) for position in (first, second)]
        widest = int(self.replicate.max()) + 1
        keys = [self.point[r] * widest + self.replicate[r] for r in rows]
        _, one, other = np.intersect1d(keys[0], keys[1], assume_unique=True, return_indices=True)
        return rows[0][one], rows[1][other]


def binned(values: np.ndarray) -> Bins:
    """Bars for a column: one a value where there are few, else of one width up to where nearly all lie."""
    seen = ~np.isnan(values)
    codes = np.full(len(values), NEVER, np.uint8)
    found = values[seen]
    if not found.size:
        return Bins(codes, np.array([0.0, 1.0]), False)
    few = np.unique(found[:5000])
    if len(few) <= BINS // 2 and np.isin(found, few).all():
        codes[seen] = np.searchsorted(few, found)
        return Bins(codes, np.append(few, few[-1]), True)
    low, high = float(found.min()), float(np.quantile(found, 0.995))
    if high <= low:
        high = float(found.max())
    edges = np.linspace(low, high, BINS + 1)
    codes[seen] = np.clip((found - low) * (BINS / (high - low)), 0, BINS - 1).astype(np.uint8)
    return Bins(codes, edges, False)


def influence(table: StudyTable, outcomes: Sequence[str]) -> Mapping[str, float]:
    """How strongly each input goes with the outcomes: the largest rank correlation, over the runs of a few blocks."""
    if not table.inputs:
        return {}
    shards = table.folder.shards
    names = shards.names("points")
    some = [names[int(at)] for at in np.unique(np.linspace(0, len(names) - 1, BLOCKS).round())]

    def ranks(kind: str, columns: Sequence[str]) -> np.ndarray:
        read = [shards.read_shard(kind, shard, list(columns)).to_pandas() for shard in some]
        values = np.nan_to_num(np.concatenate([one.to_numpy(float) for one in read]).T)
        values = values[:, np.linspace(0, values.shape[1] - 1, min(SAMPLE, values.shape[1])).astype(int)]
        made = values.argsort(axis=1).argsort(axis=1) - (values.shape[1] - 1) / 2.0
        flat = values.std(axis=1, keepdims=True) == 0
        return np.where(flat, 0.0, made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9))

    strength = np.abs(ranks("points", table.inputs) @ ranks("runs", outcomes).T).max(axis=1)
    return dict(zip(table.inputs, strength.tolist(), strict=True))


def found_beside(folder: StudyFolder, name: str) -> Any:
    """What another verb told of a study: a JSON file in its folder, below it or in one beside it; None if none did.

    One outside of the folder counts if it says that it is of this study.
    """
    own = folder.path
    around = [*sorted(own.glob(f"*/{name}")), *sorted(own.resolve().parent.glob(f"*/{name}"))]
    for path in [own / name, *around[:MOST_BESIDE]]:
        found = recorded(path.parent, name)
        if found is not None and (path.parent == own or found.get("source") == folder.record.hash):
            return found
    return None
