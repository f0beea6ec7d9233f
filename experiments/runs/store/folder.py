"""A study folder: made once, never overwritten, filled block by block, read as tables."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from shlex import quote

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from experiments.kit.errors import UserError, first_line
from experiments.kit.files import check_own, write
from experiments.runs import lock
from experiments.runs.folders import RECORD, recorded
from experiments.runs.plan import Study, gaps
from experiments.runs.series import KEYS
from experiments.runs.store import document
from experiments.runs.store.address import permitted
from experiments.runs.store.content import fault
from experiments.runs.store.record import CURE, FinishedRecord, StudyRecord, read
from experiments.runs.store.shards import Shards

FINISHED = "finished.json"
WHOLE = ("quantiles",)
"""Tables over all blocks, made at the end of a study that keeps series."""


@dataclass(frozen=True)
class StudyFolder:
    """A study on disk: its folder and the content of ``study.json``.

    ``named``: addresses that the person named; shards elsewhere are not opened.
    """

    path: Path
    record: StudyRecord
    named: tuple[str, ...] = ()

    @cached_property
    def study(self) -> Study:
        """The study, read back and checked against the hash under which it was written.

        Raises
        ------
        UserError
            If the folder's files are not those of the study that was started; names the key.
        """
        study = document.from_record(self.record, self.path)
        changed = study.changed(self.record.identity)
        if changed or study.hash != self.record.hash:
            keys = ", ".join(changed) or "hash"
            raise UserError(f"{self.path}: the study was changed after it was started: {keys}")
        return study

    @cached_property
    def shards(self) -> Shards:
        """Where its shards are; raises UserError if that is a place that nobody named."""
        return Shards(permitted(self.record.shards, self.named, self.path), self.record.hash)

    @property
    def block(self) -> int:
        """Runs a block."""
        return self.record.block

    @property
    def finished(self) -> FinishedRecord | None:
        """How the study ended (replicates a point, runs, failures); None while it is not done."""
        try:
            found = read(FinishedRecord, self.path / FINISHED)
        except UserError:
            return None
        return found if found.replicates in [last for _, last in self.study.rounds] else None

    def finish(self, replicates: int) -> None:
        """Note that the study is done, with so many replicates a point."""
        made = {name: self.path / f"{name}.parquet" for name in WHOLE if self.study.summarised}
        facts = FinishedRecord(
            replicates=replicates,
            runs=self.runs_done(),
            failed=self.failed(),
            files={path.name: document.facts_of(path) for path in made.values() if path.exists()},
        )
        write(self.path / FINISHED, document.dump(facts.model_dump()))

    def add(self, name: str) -> None:
        """Note a table ``name.parquet`` that was made of a finished study, so that its damage is seen."""
        finished, path = self.finished, self.path / f"{name}.parquet"
        if finished is not None:
            files = {**finished.files, path.name: document.facts_of(path)}
            facts = finished.model_copy(update={"files": files})
            write(self.path / FINISHED, document.dump(facts.model_dump()))

    def holds(self, name: str) -> bool:
        """Whether a table that `add` noted is there, as it was written."""
        finished, file = self.finished, f"{name}.parquet"
        expected = finished.files.get(file) if finished is not None else None
        return expected is not None and document.file_problem(self.path, file, expected) is None

    def whole_problems(self, names: Iterable[str] = WHOLE) -> list[str]:
        """Faults of the tables over all blocks, which are there once the study is done."""
        finished = self.finished
        if finished is None or not self.study.summarised:
            return []
        named = [f"{name}.parquet" for name in names]
        missing = [f"{name}: is missing" for name in named if name not in finished.files]
        if finished.runs == finished.failed:  # no run succeeded: there is nothing to make them of
            missing = []
        problems = {
            name: document.file_problem(self.path, name, expected)
            for name, expected in finished.files.items()
            if name in named
        }
        return [*missing, *(f"{name}: {problem}" for name, problem in problems.items() if problem)]

    def problems(self) -> list[str]:
        """All that is missing or damaged; every file is read, for its checksum."""
        finished = self.finished
        found = [*self.shards.problems(temporary=finished is None).values(), *self.whole_problems()]
        made = [Path(name).stem for name in (finished.files if finished is not None else ())]
        found += self.whole_problems([name for name in made if name not in WHOLE])
        if finished is not None:
            missing = self._missing(finished.replicates)
            found += [f"{missing:,} of {finished.runs:,} runs are missing"] if missing else []
        return found

    def sound(self) -> StudyFolder:
        """The folder itself; raises UserError if anything of it is missing or damaged, with the cure."""
        found = self.problems()
        if found:
            more = f" (and {len(found) - 1:,} more faults)" if len(found) > 1 else ""
            raise UserError(
                f"{self.path}: {found[0]}{more}; outlook resume {quote(str(self.path))} runs it again"
            )
        other = fault(self.study, self.shards)
        if other is not None:
            raise UserError(
                f"{self.path}: {other}; remove that file, and outlook resume {quote(str(self.path))} runs it again"
            )
        return self

    def _missing(self, replicates: int) -> int:
        """Runs that a finished study lacks."""
        done = self.shards.done()
        study = self.study
        return sum(
            stop - start
            for round_, (_, last) in enumerate(study.rounds)
            if last <= replicates
            for variant in range(len(study.variants))
            for start, stop in gaps(done.get((round_, variant), ()), study.size(round_, variant))
        )

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Work on the folder alone; UserError if another process does."""
        with lock.locked(self.path):
            yield

    @property
    def holder(self) -> str | None:
        """Who is at work on it, None if nobody is."""
        return lock.holder(self.path)

    def runs_done(self) -> int:
        """Runs that are done, failed ones included."""
        spans = self.shards.done().values()
        return sum(stop - start for found in spans for start, stop in found)

    def failed(self) -> int:
        """Runs that failed."""
        table = self.shards.read("failures", ["point"])
        return 0 if table is None else table.num_rows

    def runs(self, columns: list[str] | None = None) -> pd.DataFrame:
        """Outcomes, a row a run that succeeded, in the order of scenario, point and replicate."""
        return self.table("runs", columns)

    def points(self) -> pd.DataFrame:
        """Parameters that vary, a row a run that succeeded, in the order of `runs`."""
        return self.table("points")

    def reduced(self, label: str) -> dict[str, np.ndarray]:
        """What a verb kept of a scenario's runs, in the order of `runs`: name to ``(runs,)`` or ``(runs, width)``."""
        table = self.shards.read("reduced", wanted=pc.field("scenario") == label)
        if table is None:
            raise UserError(f"{self.path}: holds no table reduced; {CURE}")
        table = _in_plan_order(table, rounds=len(self.study.rounds)).combine_chunks()
        made = {}
        for name in table.column_names[3:]:
            column = table[name].combine_chunks()
            column = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
            flat = column.flatten() if pa.types.is_fixed_size_list(column.type) else column
            made[name] = flat.to_numpy(zero_copy_only=False).reshape(len(column), -1)
            made[name] = made[name][:, 0] if flat is column else made[name]
        return made

    def quantiles(self) -> pd.DataFrame:
        """Quantiles over replicates, a row a point, week and series; empty if they were not kept."""
        path = self.path / "quantiles.parquet"
        if not path.exists():
            return pd.DataFrame()
        try:
            return pq.read_table(path).to_pandas()
        except (OSError, pa.ArrowException) as error:
            raise UserError(f"{path}: cannot be read: {first_line(error)}") from None

    def write_whole(self, name: str, batches: Iterable[pa.Table]) -> None:
        """Write a table that is no block's, in one file ``name.parquet``, batch by batch and atomically."""
        final = self.path / f"{name}.parquet"
        temporary = self.path / f".{final.name}.{uuid.uuid4().hex}.tmp"
        writer = None
        try:
            for batch in batches:
                if writer is None:
                    writer = pq.ParquetWriter(temporary, batch.schema, compression="zstd")
                writer.write_table(batch)
            if writer is not None:
                writer.close()
                os.replace(temporary, final)
        finally:
            if writer is not None:
                writer.close()
            temporary.unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove half-written files and what is damaged; only under the folder's lock.

        Weekly series have to be there unless what is made of them is.
        """
        for name in (".*.parquet", f".{FINISHED}", f".{lock.HOLDER}"):
            for path in self.path.glob(f"{name}.*.tmp"):
                path.unlink(missing_ok=True)
        self.shards.tidy(temporary=self.finished is None or bool(self.whole_problems()))

    def table(self, name: str, columns: list[str] | None = None) -> pd.DataFrame:
        """A table of all blocks in plan order, whatever executor, block size or interruption made it."""
        wanted = None if columns is None else list(dict.fromkeys([*columns, *KEYS]))
        table = self.shards.read(name, wanted)
        if table is None:
            return pd.DataFrame(columns=columns or [])
        table = _in_plan_order(table, rounds=len(self.study.rounds))
        return (table if columns is None else table.select(columns)).to_pandas()


def open_study(path: str | Path, shards: str | Sequence[str] | None = None) -> StudyFolder:
    """The study of a folder; UserError if there is none, or its record is damaged.

    ``shards``: addresses that the person named, where shards outside the folder may be.
    """
    folder, source = Path(path), Path(path) / RECORD
    try:
        there = source.exists()
    except (OSError, ValueError):
        there = False
    if not there or (recorded(folder) or {}).get("kind", "sweep") != "sweep":
        what = f"holds no {RECORD} of runs" if os.path.lexists(folder) else "no such folder"
        raise UserError(f"{folder}: {what}; {CURE}")
    named = (shards,) if isinstance(shards, str) else tuple(shards or ())
    return StudyFolder(check_own(folder), read(StudyRecord, source), named)


def _in_plan_order(table: pa.Table, rounds: int) -> pa.Table:
    """Sorted by scenario, point, replicate; one round is in that order as it is."""
    if rounds == 1 or table.num_rows == 0:
        return table
    scenario = table["scenario"].combine_chunks()
    scenario = (
        scenario.indices if hasattr(scenario, "indices") else scenario.unify_dictionaries().chunk(0).indices
    )
    keys = (table["replicate"].to_numpy(), table["point"].to_numpy(), scenario.to_numpy())
    return table.take(np.lexsort(keys))
