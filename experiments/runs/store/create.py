"""A new study folder: claimed, with its plan written down before the first run."""

from __future__ import annotations

import contextlib
import itertools
import uuid
from datetime import UTC, datetime
from pathlib import Path

from experiments.kit import record as provenance
from experiments.kit.errors import UserError
from experiments.kit.files import file_name, write
from experiments.runs.folders import RECORD
from experiments.runs.plan import Study
from experiments.runs.store import about, document
from experiments.runs.store.address import checked
from experiments.runs.store.folder import StudyFolder
from experiments.runs.store.record import StudyRecord, parse
from experiments.runs.store.shards import Shards

PARENT = "results"
"""Folder, in the current one, of studies for which none is named."""


def create(study: Study, out: Path | None, *, block: int, shards: str | None = None) -> StudyFolder:
    """Make the folder of a new study and write its plan, before any run.

    Parameters
    ----------
    out
        The folder, new or empty; None: a new one in `PARENT`, named by content.
    block
        Runs a block.
    shards
        fsspec address for the shards, None for the folder itself.

    Raises
    ------
    UserError
        If ``out`` holds something, or cannot be written.
    """
    address = checked(shards) if shards else None
    if address is not None:
        Shards(address, study.hash).check()
    path = _claim(out) if out is not None else _claim_new(Path(PARENT), study)
    own = f"{address.rstrip('/')}/{file_name(path.name)}-{uuid.uuid4().hex[:8]}" if address else None
    try:
        document.write_plan(study, path / document.PLAN)
        names = [document.PLAN, *document.write_posteriors(study, path)]
        command = provenance.command_line()
        about.write(study, path, own or ".", command)
        record = {
            **document.to_record(study),
            "block": block,
            "shards": own,
            "command": command,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "provenance": {"versions": provenance.versions(), "commit": provenance.commit()},
            "files": {name: document.facts_of(path / name).model_dump() for name in names},
        }
        text = document.dump(record)
        made = parse(StudyRecord, text.encode(), path / RECORD)
        write(path / RECORD, text)  # last: a folder without it is no study
    except OSError as error:
        raise UserError(f"out={path}: cannot be written: {error.strerror or error}") from None
    return StudyFolder(path, made, (own,) if own else ())


def _claim(out: Path) -> Path:
    if out.exists() and not out.is_dir():
        raise UserError(f"out={out}: is a file; allowed: a folder that is new or empty")
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
    first = file_name(study.variants[0].label)
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
