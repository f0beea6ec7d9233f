"""Raids and pursuit depend on the people: cover, knowledge, presence, a settlement."""

from __future__ import annotations

import pytest

from sim.agents import community, jihadist
from sim.mechanisms import bands, raids
from tests.worlds import province
from tests.worlds import world as build

PANJSHIR, BAGHLAN = province("Panjshir"), province("Baghlan")


def cover(**changes) -> float:
    w = build()
    c = w.community[BAGHLAN]
    w.province[BAGHLAN].presence = changes.pop("presence", 0.3)
    for name, value in changes.items():
        c[name] = value
    community.hide(w, c)
    return float(c.cover)


def test_the_aggrieved_hide_fighters_where_elders_stand_apart():
    """F2, F16: people give cover as they are aggrieved and their elders stand apart (Deitchman; Galula)."""
    base = cover(grievance=0.4, elders=0.5, knowledge=0.4)
    assert cover(grievance=0.8, elders=0.5, knowledge=0.4) > base
    assert cover(grievance=0.4, elders=0.9, knowledge=0.4) < base
    assert cover(grievance=0.4, elders=0.5, knowledge=0.9) < base
    assert cover(grievance=0.4, elders=0.5, knowledge=0.4, presence=0.9) < base


def test_raids_come_at_their_usual_rate_under_usual_cover():
    """F16, F21: what people hide decides how often raids come."""
    w = build()
    assert raids.sheltered(w.p, w.p.cover_usual) == pytest.approx(1.0)
    assert raids.sheltered(w.p, 0.0) == pytest.approx(1.0 - w.p.cover_weight)
    assert raids.sheltered(w.p, 0.8) > 1.0


def found(**changes) -> float:
    w = build()
    w.community[BAGHLAN].knowledge = changes.get("knowledge", 0.4)
    w.province[BAGHLAN].presence = changes.get("presence", 0.4)
    w.government.campaign = changes.get("campaign", 0.0)
    w.government.settlement = changes.get("settlement", 0.0)
    return raids.found(w, BAGHLAN)


def test_bands_are_found_by_soldiers_who_know_and_are_present():
    """F10, F24: knowledge times presence; a campaign finds more, a settlement ends most hunts."""
    base = found()
    assert found(knowledge=0.8) == pytest.approx(2.0 * base)
    assert found(presence=0.8) == pytest.approx(2.0 * base)
    assert found(presence=0.0) == found(knowledge=0.0) == 0.0
    assert found(campaign=14.0) == pytest.approx(base * build().p.campaign_effort)
    assert 0.0 < found(settlement=1.0) < base


def test_bands_of_a_front_lose_men_arms_and_will_when_they_are_struck():
    """F3, F24: arms go with men, will with losses."""
    w = build()
    f = w.front[0]
    f.main, f.ammo, f.elite, f.will = 1000.0, 5000.0, 100.0, 0.8
    days = f.ammo / f.main
    for n in range(10):
        bands.strike(w, 0, 3, n)
    assert f.main < 1000.0
    assert f.ammo / f.main == pytest.approx(days)
    assert f.will < 0.8
    assert 0.0 < w.today.deaths_front <= w.today.deaths_state_based
    assert f.elite / f.main == pytest.approx(0.1)


def test_commanders_and_the_leader_can_be_lost():
    """F4: with the leader go will and command."""
    w = build(bands__commander_lost=1.0, bands__leader_lost=0.2)
    w.p.bands_leader_lost = 1.0
    f = w.front[0]
    will = float(f.will)
    bands.strike(w, 0, 3, 0)
    assert f.leader == 0.0
    assert f.command < 1.0
    assert f.will < will


def test_who_holds_ground_is_not_hunted_from_behind():
    """F6: a front that has lost its ground is hunted."""
    w = build(garrison__detection=1.0)
    f = w.front[0]
    f.main, f.phase = 3000.0, bands.HOLD
    for day in range(30):
        bands.pursued(w, 0, day)
    assert f.main == 3000.0
    f.phase = bands.INSURGENT
    for day in range(30):
        bands.pursued(w, 0, day)
    assert f.main < 3000.0


def test_habit_grows_under_undisputed_and_accepted_rule_and_harm_breaks_it():
    """F25, F23: Kalyvas 2006: control breeds collaboration, dispute, resentment and harm undo it."""

    def habit(grievance: float, threat: float, weeks: int = 52) -> float:
        w = build()
        c = w.community[BAGHLAN]
        c.grievance, w.province[BAGHLAN].threat = grievance, threat
        for _ in range(weeks):
            community.settle_in(w, c)
        return float(c.habit)

    quiet = habit(0.2, 0.0)
    assert quiet > habit(0.6, 0.0)
    assert quiet > habit(0.2, 20.0)
    assert habit(1.0, 0.0) == 0.0
    w = build()
    w.community[BAGHLAN].habit = 0.5
    from sim.mechanisms.casualties import harm_civilians

    harm_civilians(w, BAGHLAN, 20.0)
    assert w.community[BAGHLAN].habit < 0.5


def test_the_services_hunt_the_rival_after_its_attacks():
    """F24, F27: alarm brings a crackdown."""
    lost = {}
    for alarm in (0.0, 100.0):
        w = build(iskp__growth=0.0, iskp__replacement=0.0)
        for week in range(26):
            w.jihadist.alarm = alarm
            jihadist.weekly(w, 7 * week)
        lost[alarm] = 2000.0 - float(w.jihadist.fighters)
    assert lost[100.0] > 1.5 * lost[0.0]
