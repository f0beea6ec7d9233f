"""The study folder: the only place that results of sweeps are written to and read from."""

from __future__ import annotations

from experiments.store.folder import StudyFolder, create, open_study
from experiments.store.shards import Shards

__all__ = ["Shards", "StudyFolder", "create", "open_study"]
