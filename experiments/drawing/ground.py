"""The valley as it is drawn everywhere: its places, and where each stands on the line map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sim.world.geography import PLACE_KINDS, load_geography


@dataclass(frozen=True)
class ValleyPlace:
    """A place of the Panjshir valley.

    Attributes
    ----------
    name
        What it is called.
    kind
        ``floor``, a district on a road, or ``side``, a side valley.
    attaches_to
        The place one passes to get there; empty at the mouth.
    order
        Counts from the mouth.
    axis
        Whether it lies on the main valley floor.
    """

    name: str
    kind: str
    attaches_to: str
    order: int
    axis: bool


@dataclass(frozen=True)
class Spots:
    """Where each place is drawn, float64 ``(places,)`` with the road along the floor at 0, and whether above it."""

    x: np.ndarray
    y: np.ndarray
    up: np.ndarray


@lru_cache(maxsize=1)
def valley_places() -> tuple[ValleyPlace, ...]:
    """Places of the Panjshir valley, in the order of the model."""
    ground = load_geography()
    kinds = {code: name for name, code in PLACE_KINDS.items()}
    return tuple(
        ValleyPlace(
            name=name,
            kind=kinds[int(row["kind"])],
            attaches_to=ground.place_names[int(row["attaches"])] if row["attaches"] >= 0 else "",
            order=int(row["order"]),
            axis=bool(row["axis"]),
        )
        for name, row in zip(ground.place_names, ground.places, strict=True)
    )


def layout(places: Sequence[ValleyPlace]) -> Spots:
    """Floor places on the road left to right; a floor place off the road and every side valley branch off its place.

    Branches alternate above and below the road, so the two banks of the drawing are not those of the river.
    """
    index = {p.name: i for i, p in enumerate(places)}
    x, y, up = np.zeros(len(places)), np.zeros(len(places)), np.zeros(len(places), bool)
    axis = sorted((i for i, p in enumerate(places) if p.axis), key=lambda i: places[i].order)
    cursor, above_next = 0.0, True
    for i in axis:
        above, below = 0.0, 0.0
        for child in _branches(places, i, axis):
            kids = [index[p.name] for p in places if p.attaches_to == places[child].name and p.kind == "side"]
            slots = max(1, len(kids)) if places[child].kind == "floor" else 1
            above_next = above <= below if above != below else not above_next
            start = above if above_next else below
            x[child], up[child] = cursor + start + (slots - 1) / 2.0, above_next
            y[child] = (1.0 if above_next else -1.0) * (0.52 if places[child].kind == "floor" else 1.0)
            for k, kid in enumerate(kids if places[child].kind == "floor" else []):
                x[kid], y[kid], up[kid] = cursor + start + k, 1.0 if above_next else -1.0, above_next
            above, below = (start + slots, below) if above_next else (above, start + slots)
        width = max(above, below, 1.0)
        x[i] = cursor + (width - 1.0) / 2.0
        cursor += width + 0.35
    return Spots(x, y, up)


def _branches(places: Sequence[ValleyPlace], place: int, axis: list[int]) -> list[int]:
    """Places that attach to one on the road, floor places off the road first (their own side valleys need room)."""
    found = [i for i, p in enumerate(places) if p.attaches_to == places[place].name and i not in axis]
    return sorted(found, key=lambda i: places[i].kind != "floor")
