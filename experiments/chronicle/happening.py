"""A dated event of a run: what happened, where, because of what; and how changes are found in what was watched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from experiments.chronicle.film import Film
from experiments.kit.words import words
from sim.world.geography import load_geography

TURNING, NOTABLE, DETAIL = 1, 2, 3
"""Weights of events: turns that a run took, what a reader should know of, and all else."""

KINDS: dict[str, str] = {
    "scenario": "what the scenario sets",
    "valley": "the Panjshir valley",
    "front": "the resistance front",
    "rising": "risings and protests",
    "capital": "provincial capitals",
    "pocket": "pockets",
    "militia": "foreign-backed militias",
    "power": "foreign powers",
    "kabul": "Kabul and talks",
    "iskp": "IS-K",
    "ending": "how it ends",
}
"""Kinds of events, with their names in words."""


@dataclass(frozen=True)
class Happening:
    """What happened on a day.

    Attributes
    ----------
    tick
        Days since the start.
    kind
        One of `KINDS`.
    weight
        `TURNING`, `NOTABLE` or `DETAIL`.
    text
        A sentence without its full stop.
    because
        What the state knows of the reason; may be empty.
    province
        Row of the province on the map, -1 for none.
    """

    tick: int
    kind: str
    weight: int
    text: str
    because: str = ""
    province: int = -1

    @property
    def where(self) -> str:
        """Name of the province; empty for the whole country."""
        return province(self.province) if self.province >= 0 else ""

    def day(self, start: date) -> date:
        """The date."""
        return start + timedelta(days=self.tick)

    @property
    def sentence(self) -> str:
        """Text and reason: ``The front returns to fight: its ammunition lasts 6 days``."""
        return f"{self.text}: {self.because}" if self.because else self.text

    def plain(self, start: date) -> dict[str, Any]:
        """As plain data."""
        return {"day": self.tick, "date": self.day(start).isoformat(), "kind": self.kind, "weight": self.weight,
                "text": self.text, "because": self.because, "where": self.where,
                "province": self.province}  # fmt: skip


def changes(values: np.ndarray) -> Iterator[tuple[int, int, float, float]]:
    """Changes of a watched field ``(days + 1, rows)``: day, row, value before and after, in order of day."""
    days, rows = np.nonzero(values[1:] != values[:-1])
    for day, row in zip(days.tolist(), rows.tolist(), strict=True):
        yield day, row, float(values[day, row]), float(values[day + 1, row])


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: ``Anaba, Rukha and Shutul``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def many(number: float, one: str, more: str = "") -> str:
    """A number of things: ``1 day``, ``3 days``."""
    whole = int(number + 0.5)
    return f"{whole:,} {one if whole == 1 else more or one + 's'}"


def named(film: Film, table: str, row: int) -> str:
    """An agent in words: ``United States``, ``Fatemiyoun``; the only front has no need of a name."""
    names = film.scenario.layout.rows[table]
    if table == "front":
        return "the front" if len(names) == 1 else f"the front {names[row].upper()}"
    return words(names[row]).title()


def province(row: int) -> str:
    """Name of a province."""
    return load_geography().province_names[row]


def set_today(film: Film, day: int, path: str) -> bool:
    """Whether the scenario itself sets a piece of state on a day, so that no agent did it."""
    start = film.scenario.start
    return any((event.day - start).days == day and path in event.state for event in film.scenario.events)
