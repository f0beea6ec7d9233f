"""Garrisons: allocation, cohesion, risings put down, capitals lost and taken back, quarrels."""

from __future__ import annotations

import pytest

from sim.agents import garrison
from tests.worlds import PANJSHIR, province
from tests.worlds import world as build

KUNDUZ, BALKH = province("Kunduz"), province("Balkh")


def test_a_weak_rising_is_put_down_and_leaves_fear():
    """F17: a rising against a strong garrison is over within days, and repression leaves fear."""
    w = build(taliban__harshness=1.0)
    w.community[KUNDUZ].rising = 20.0
    w.garrison[KUNDUZ].fighters = 50000.0
    fear = w.community[KUNDUZ].fear
    for day in range(3):
        garrison.daily(w, KUNDUZ, day)
    assert w.community[KUNDUZ].rising == 0.0
    assert w.province[KUNDUZ].held == 1.0
    assert w.community[KUNDUZ].fear > fear


def test_a_strong_rising_takes_the_capital():
    """F27: a rising that outnumbers its garrison takes the provincial capital, and holds it."""
    w = build()
    w.community[KUNDUZ].rising = 1e5
    w.garrison[KUNDUZ].fighters = 10.0
    w.government.reserve = 0.0
    for day in range(30):
        garrison.daily(w, KUNDUZ, day)
    assert w.province[KUNDUZ].held == 0.0
    assert w.community[KUNDUZ].rising > 0.0


def test_the_dead_of_a_rising_are_missing_on_both_sides():
    """F17: a day's fight for a town: soldiers who fall leave the garrison and the force, rebels the rising."""
    w = build(rising__resolve=15.0)
    c, g, gov = w.community[KUNDUZ], w.garrison[KUNDUZ], w.government
    c.rising, c.defiance, g.fighters, forces = 5000.0, 0.0, 3000.0, gov.forces
    garrison.put_down(w, KUNDUZ, 3)
    assert c.rising > 0.0
    assert w.province[KUNDUZ].held == 1.0
    soldiers, rebels = 3000.0 - g.fighters, 5000.0 - c.rising
    assert min(soldiers, rebels) > 0.0
    assert w.today.deaths_state_based == soldiers + rebels
    assert gov.forces == forces - soldiers


def test_a_rising_never_outgrows_the_people():
    w = build()
    c = w.community[KUNDUZ]
    c.rising, c.defiance, w.government.reserve = 1e5, 1.0, 0.0
    w.garrison[KUNDUZ].fighters = 1.0
    w.province[KUNDUZ].held = 0.0
    for day in range(200):
        garrison.put_down(w, KUNDUZ, day)
        assert c.rising <= 0.02 * c.people


def test_a_lost_capital_is_lost():
    """F25: the loss of a capital scatters the garrison and takes the shine off the victory."""
    w = build()
    victory, fighters = w.government.victory, w.garrison[KUNDUZ].fighters
    cohesion_before = w.garrison[KUNDUZ].cohesion
    garrison.lose_capital(w, KUNDUZ)
    assert w.province[KUNDUZ].held == 0.0
    assert w.garrison[KUNDUZ].fighters < fighters
    assert w.garrison[KUNDUZ].cohesion < cohesion_before
    assert w.government.victory < victory
    assert w.province[KUNDUZ].threat > 0.0


@pytest.mark.parametrize(("rivals", "days", "held"), [(0.0, 200, 1.0), (1e9, 200, 0.0)])
def test_a_capital_is_taken_back_by_the_stronger(rivals, days, held):
    """F24: the reserve takes a capital back from weak holders and not from overwhelming ones."""
    w = build()
    garrison.lose_capital(w, KUNDUZ)
    w.government.capitals_lost = 1.0
    w.province[KUNDUZ].rivals = rivals
    for day in range(days):
        if w.province[KUNDUZ].held == 0.0:
            garrison.daily(w, KUNDUZ, day)
    assert w.province[KUNDUZ].held == held


def test_days_in_government_hands_are_counted():
    w = build()
    for day in range(5):
        garrison.daily(w, BALKH, day)
    assert w.province[BALKH].week_held == 5.0


def test_threat_draws_fighters():
    """F24: forces move to where attacks are: a threatened province gains, another does not."""
    w = build()
    quiet = {}
    w.province[KUNDUZ].threat = 50.0
    w.government.threat_total = w.garrison["share"].sum() + 50.0 / 20.0
    for i in (KUNDUZ, BALKH):
        quiet[i] = w.garrison[i].fighters
        garrison.weekly(w, i, 0)
    assert w.garrison[KUNDUZ].fighters > quiet[KUNDUZ]
    assert w.garrison[BALKH].fighters < quiet[BALKH]


def test_threat_fades():
    w = build()
    w.province[KUNDUZ].threat, w.province[KUNDUZ].violence = 10.0, 10.0
    garrison.weekly(w, KUNDUZ, 0)
    assert 0.0 < w.province[KUNDUZ].threat < 10.0
    assert 0.0 < w.province[KUNDUZ].violence < 10.0


def cohesion(**government) -> float:
    w = build()
    for name, value in government.items():
        w.government[name] = value
    for week in range(52):
        w.garrison[KUNDUZ].fighters = 1000.0
        garrison.weekly(w, KUNDUZ, 7 * week)
    return float(w.garrison[KUNDUZ].cohesion)


def test_pay_victory_and_a_standing_force_hold_garrisons_together():
    """F24: a paid and trained force stands; F25: so does one that believes in its victory."""
    base = cohesion(pay=0.5, victory=0.5, quality=0.5)
    assert cohesion(pay=1.0, victory=0.5, quality=0.5) > base
    assert cohesion(pay=0.5, victory=1.0, quality=0.5) > base
    assert cohesion(pay=0.5, victory=0.5, quality=1.0) > base
    assert cohesion(pay=0.5, victory=0.5, quality=0.5, capitals_lost=10.0) < base


def test_kindred_men_where_the_cards_are_played():
    """F9: commanders and men who match the people they face: Tajiks in Panjshir only if the cards are played."""
    alien, kindred = build(taliban__ethnic_cards=0.0), build(taliban__ethnic_cards=1.0)
    for w in (alien, kindred):
        garrison.weekly(w, PANJSHIR, 0)
    assert kindred.garrison[PANJSHIR].kin > alien.garrison[PANJSHIR].kin


def test_units_quarrel_where_cohesion_is_low():
    dead = {}
    for held_together in (0.0, 1.0):
        w = build(garrison__infighting=100.0)
        w.garrison[KUNDUZ].cohesion, w.garrison[KUNDUZ].share = held_together, 1.0
        for week in range(26):
            garrison.quarrel(w, KUNDUZ, 7 * week)
        dead[held_together] = w.today.deaths
    assert dead[0.0] > dead[1.0] == 0.0
