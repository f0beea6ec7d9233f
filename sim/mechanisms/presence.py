"""Presence: what share of a province's people and ground soldiers watch (Galula 1964)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled import compiled

if TYPE_CHECKING:
    from sim.world.state import World


@compiled
def watch(w: World, i: int) -> None:
    """Men who stand and fight, and half of a column that passes through, against the people and the ground to watch.

    s = P / (P + P0): P is their number as a share of ``presence.people`` of the people, P0 grows with rough ground.
    """
    p, g, place = w.p, w.garrison[i], w.province[i]
    soldiers = g.fighters * g.cohesion
    if i == w.valley_province:
        soldiers += 0.5 * w.government.column
    filled = soldiers / (p.presence_people * place.population)
    half = p.presence_half * (1.0 + p.presence_ground * place.ruggedness)
    place.presence = place.held * filled / (filled + half)


@compiled
def watched(w: World, i: int) -> float:
    """Presence in a province against the usual one: 1 where patrols, searches and hunts go on at their usual rate."""
    return w.province[i].presence / w.p.presence_usual
