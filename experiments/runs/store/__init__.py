"""The study folder: the only place that results of sweeps are written to and read from."""

from __future__ import annotations

from experiments.runs.store.create import create
from experiments.runs.store.folder import StudyFolder, open_study
from experiments.runs.store.shards import Shards

__all__ = ["Shards", "StudyFolder", "create", "open_study"]
