"""A study folder: made once, never overwritten, filled block by block, read as tables."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from experiments.kit.errors import UserError
from experiments.runs.plan import Study
from experiments.runs.store import document, lock, readme
from experiments.runs.store.shards import Shards

FINISHED = "finished.json"


@dataclass(frozen=True)
class StudyFolder:
    """A study on disk.

    Attributes:
        path: the folder.
        record: content of ``study.json``.
    """

    path: Path
    record: Mapping[str, Any]

    @cached_property
    def study(self) -> Study:
        """The study, read back and checked against the hash under which it was written.

        Raises:
            UserError: if the folder's files are not those of the study that was started; names the key.
        """
        study = document.from_record(self.record, self.path)
        changed = study.changed(self.record["identity"])
        if changed:
            raise UserError(f"{self.path}: the study was changed after it was started: {', '.join(changed)}")
        return study

    @property
    def shards(self) -> Shards:
        """Where its shards are."""
        return Shards(self.record["shards"] or str(self.path), self.record["hash"])

    @property
    def block(self) -> int:
        """Runs a block."""
        return int(self.record["block"])

    @property
    def finished(self) -> dict[str, Any] | None:
        """How the study ended (replicates a point, runs, failures); None while it is not done."""
        return _read_json(self.path / FINISHED)

    def finish(self, facts: Mapping[str, Any]) -> None:
        """Note that the study is done."""
        _write_json(self.path / FINISHED, facts)

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
        dataset = self.shards.dataset("failures")
        return 0 if dataset is None else int(dataset.count_rows())

    def plan(self) -> pd.DataFrame:
        """The design: scenario, row, point, swept parameters."""
        return document.read_plan(self.path).to_pandas()

    def runs(self, columns: list[str] | None = None) -> pd.DataFrame:
        """Outcomes, a row a run that succeeded, in the order of scenario, point and replicate."""
        return self.table("runs", columns)

    def points(self) -> pd.DataFrame:
        """Parameters that vary, a row a run that succeeded, in the order of `runs`."""
        return self.table("points")

    def failures(self) -> pd.DataFrame:
        """Runs that failed, with stage and message."""
        return self.table("failures")

    def series(self) -> pd.DataFrame:
        """National series, a row a run and day (``keep=national`` or ``all``)."""
        return self.table("series")

    def quantiles(self) -> pd.DataFrame:
        """Quantiles over replicates, a row a point, week and series; empty if they were not kept."""
        if not self.shards.exists("quantiles.parquet"):
            return pd.DataFrame()
        return self.shards.whole("quantiles").to_pandas()

    def paths(self) -> pd.DataFrame:
        """Weekly series of the first runs of each scenario, for figures; empty if series were not kept."""
        if not self.shards.exists("paths.parquet"):
            return pd.DataFrame()
        return self.shards.whole("paths").to_pandas()

    def table(self, name: str, columns: list[str] | None = None) -> pd.DataFrame:
        """A table of all blocks in plan order, whatever executor, block size or interruption made it."""
        dataset = self.shards.dataset(name)
        if dataset is None:
            return pd.DataFrame(columns=columns or [])
        keys = ["scenario", "point", "replicate"]
        wanted = None if columns is None else list(dict.fromkeys([*columns, *keys]))
        table = dataset.to_table(columns=wanted)
        table = _in_plan_order(table, rounds=len(self.record["rounds"]))
        return (table if columns is None else table.select(columns)).to_pandas()


def create(
    study: Study, out: Path | None, *, block: int, parent: Path, shards: str | None, command: str,
    provenance: Mapping[str, Any],
) -> StudyFolder:  # fmt: skip
    """Make the folder of a new study and write its plan, before any run.

    Args:
        study: the study.
        out: the folder, new or empty; None: a new one under ``parent``, named by content.
        block: runs a block.
        parent: folder for studies without ``out``.
        shards: fsspec address for the shards, None for the folder itself.
        command: as typed; provenance: versions and commit.

    Raises:
        UserError: if ``out`` holds something, or cannot be written.
    """
    path = _claim(out) if out is not None else _claim_new(parent, study)
    record = {
        **document.to_record(study),
        "rounds": [list(span) for span in study.rounds],
        "block": block,
        "shards": f"{shards.rstrip('/')}/{path.name}-{uuid.uuid4().hex[:8]}" if shards else None,
        "command": command,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "provenance": dict(provenance),
    }
    try:
        document.write_plan(study, path / document.PLAN)
        document.write_posteriors(study, path)
        readme.write(study, path, record["shards"] or ".", command)
        _write_json(path / document.RECORD, record)  # last: a folder without it is no study
    except OSError as error:
        raise UserError(f"out={path}: cannot be written: {error.strerror or error}") from None
    return StudyFolder(path, record)


def open_study(path: str | Path) -> StudyFolder:
    """The study of a folder; raises UserError if there is none."""
    folder = Path(path)
    record = _read_json(folder / document.RECORD)
    if record is None or "identity" not in record or "rounds" not in record:
        what = "no such folder" if not folder.exists() else f"holds no {document.RECORD} of a sweep"
        raise UserError(f"{folder}: {what}; allowed: a folder that outlook sweep made")
    return StudyFolder(folder, record)


def _claim(out: Path) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise UserError(
                f"out={out}: holds other files and is not overwritten; allowed: a folder that is new or empty"
            )
    except OSError as error:
        raise UserError(f"out={out}: cannot be written: {error.strerror or error}") from None
    return out


def _claim_new(parent: Path, study: Study) -> Path:
    """A folder that nobody else has: made exclusively, so two studies of the same second get two folders."""
    first = study.variants[0].label.replace("/", "_")
    stem = (
        f"{first}-{study.hash[:8]}"
        if len(study.variants) == 1
        else f"{len(study.variants)}-scenarios-{study.hash[:8]}"
    )
    try:
        parent.mkdir(parents=True, exist_ok=True)
        for number in itertools.count(1):
            path = parent / (stem if number == 1 else f"{stem}-{number}")
            with contextlib.suppress(FileExistsError):
                path.mkdir()
                return path
    except OSError as error:
        raise UserError(f"out={parent}: cannot be written: {error.strerror or error}") from None
    raise AssertionError("itertools.count ends never")


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


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def _write_json(path: Path, record: Mapping[str, Any]) -> None:
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    temporary.write_text(document.dump(record), encoding="utf-8")
    os.replace(temporary, path)
