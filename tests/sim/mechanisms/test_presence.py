"""Presence: men who stand and fight against the people and the ground that they watch (Galula 1964)."""

from __future__ import annotations

import pytest

from sim.mechanisms import presence
from tests.worlds import province
from tests.worlds import world as build

PANJSHIR, KUNDUZ = province("Panjshir"), province("Kunduz")


def watched(row: int, **garrison) -> float:
    w = build()
    w.government.column = garrison.pop("column", 0.0)
    w.province[row].held = garrison.pop("held", 1.0)
    for name, value in garrison.items():
        w.garrison[row][name] = value
    presence.watch(w, row)
    return float(w.province[row].presence)


def test_the_equation():
    """F24: what share of people and ground is watched."""
    w = build()
    g, p, place = w.garrison[KUNDUZ], w.p, w.province[KUNDUZ]
    g.fighters, g.cohesion = 4000.0, 0.5
    presence.watch(w, KUNDUZ)
    filled = 2000.0 / (p.presence_people * place.population)
    half = p.presence_half * (1.0 + p.presence_ground * place.ruggedness)
    assert place.presence == pytest.approx(filled / (filled + half))


def test_more_men_and_more_cohesion_watch_more():
    """F24: number and cohesion both count."""
    base = watched(KUNDUZ, fighters=1000.0, cohesion=0.5)
    assert watched(KUNDUZ, fighters=4000.0, cohesion=0.5) > base
    assert watched(KUNDUZ, fighters=1000.0, cohesion=0.9) > base
    assert watched(KUNDUZ, fighters=0.0, cohesion=0.9) == 0.0


def test_the_column_counts_in_the_valley_alone():
    """F24, F8: men who occupy the valley are present there."""
    assert watched(PANJSHIR, column=8000.0) > watched(PANJSHIR, column=0.0)
    assert watched(KUNDUZ, column=8000.0) == watched(KUNDUZ, column=0.0)


def test_rough_ground_asks_for_more_men():
    """F2, F24: the same men watch less of a maze than of a plain."""
    w = build()
    w.garrison[KUNDUZ].fighters, w.garrison[KUNDUZ].cohesion = 3000.0, 0.7
    seen = []
    for ruggedness in (0.1, 0.9):
        w.province[KUNDUZ].ruggedness = ruggedness
        presence.watch(w, KUNDUZ)
        seen.append(float(w.province[KUNDUZ].presence))
    assert seen[0] > seen[1] > 0.0


def test_a_lost_capital_is_not_watched():
    """F27: out of government hands, out of its sight."""
    assert watched(KUNDUZ, held=0.0) == 0.0
