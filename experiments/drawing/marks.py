"""Dated events that figures mark; light to import, for tables of what is drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Mark:
    """A dated event that the scenario sets: `day` datetime64[D], `title` in words."""

    day: np.datetime64
    title: str
