"""Communities: grievance, elders, informants, risk."""

from __future__ import annotations

import pytest

from sim.agents import community
from tests.worlds import PANJSHIR, province, side_rows
from tests.worlds import world as build

KABUL = province("Kabul")


def grievance(w, i: int = KABUL) -> float:
    return community.called_for(w, w.community[i])


def moved(field: str, low: float, high: float, table: str = "p") -> tuple[float, float]:
    """Grievance called for in Kabul at a low and a high value of one piece of state."""
    found = []
    for value in (low, high):
        w = build()
        setattr(getattr(w, table), field, value)
        found.append(grievance(w))
    return found[0], found[1]


def test_hardship_makes_grievance():
    """F22: a weaker economy is harder to live in, and hardship without legitimacy is felt."""
    poor, rich = moved("economy", 0.6, 1.1, "government")
    assert poor > rich
    hungry, fed = moved("community_food_insecure", 0.8, 0.2)
    assert hungry > fed


def test_services_soothe_grievance():
    """F21: services relieve hardship and earn the government standing."""
    without, with_them = moved("services", 0.1, 0.9, "government")
    assert with_them < without


def test_control_over_public_life_makes_grievance():
    """F23: control over public life is resented, most of all in towns."""
    mild, harsh = moved("control", 0.1, 1.0, "government")
    assert harsh > mild
    w = build()
    town, village = w.community[KABUL], w.community[province("Nuristan")]
    assert town.urban > village.urban
    felt = {}
    for control in (0.0, 1.0):
        w.government.control = control
        felt[control] = [community.called_for(w, c) for c in (town, village)]
    assert felt[1.0][0] - felt[0.0][0] > felt[1.0][1] - felt[0.0][1] > 0


def test_inclusion_and_kindred_commanders_soothe_those_left_out():
    """F9: being left out of government is resented; kindred commanders and shared offices soothe it."""
    alien, kindred = moved("taliban_ethnic_cards", 0.0, 1.0)
    assert kindred < alien
    narrow, wide = moved("inclusiveness", 0.0, 0.6, "government")
    assert wide < narrow
    w = build()
    tajik, pashtun = w.community[PANJSHIR], w.community[province("Kandahar")]
    community.called_for(w, tajik)
    community.called_for(w, pashtun)
    assert tajik.exclusion > pashtun.exclusion


def test_legitimacy_tempers_hardship():
    w = build()
    c = w.community[KABUL]
    c.elders = 0.0
    without = grievance(w)
    c.elders = 1.0
    assert grievance(w) < without
    assert 0.0 <= c.legitimacy <= 1.0


def test_grievance_moves_by_its_rate_and_stays_a_share():
    w = build(community__grievance_rate=0.1)
    c = w.community[KABUL]
    c.grievance, c.harm = 0.0, 0.0
    called_for = grievance(w)
    community.feel(w, c)
    assert c.grievance == pytest.approx(0.1 * called_for)
    c.harm = 50.0
    assert grievance(w) == 1.0


def test_harm_halves_in_half_a_year():
    w = build()
    c = w.community[KABUL]
    c.harm = 0.4
    for _ in range(26):
        community.feel(w, c)
    assert c.harm == pytest.approx(0.2, rel=0.02)


@pytest.mark.parametrize("lever", ["victory", "intelligence"])
def test_fear_of_a_strong_winner_keeps_people_down(lever):
    """F25: the victory of 2021 resigns people: the same grievance defies less."""
    found = []
    for value in (0.0, 1.0):
        w = build()
        w.community[KABUL].grievance = 0.6
        setattr(w.government, lever, value)
        community.feel(w, w.community[KABUL])
        found.append(w.community[KABUL].defiance)
    assert found[1] < found[0]


def test_defiance_is_never_more_than_grievance():
    w = build()
    for c in w.community:
        community.feel(w, c)
        assert 0.0 <= c.defiance <= c.grievance


@pytest.mark.parametrize(("outreach", "cards"), [(1.0, 0.0), (1.0, 1.0)])
def test_outreach_wins_elders(outreach, cards):
    """F12: outreach to tribes brings elders over, better when the right people do it."""
    after = []
    for reach in (0.0, outreach):
        w = build(taliban__ethnic_cards=cards)
        w.p.taliban_outreach = reach
        c = w.community[PANJSHIR]
        c.elders, c.grievance = 0.4, 0.4
        for _ in range(52):
            community.lean(w, c)
        after.append(c.elders)
    assert after[1] > after[0]


def test_grievance_turns_elders_away():
    w = build()
    content, aggrieved = w.community[KABUL], w.community[KABUL + 1]
    for c, felt in ((content, 0.1), (aggrieved, 0.9)):
        c.elders, c.grievance, c.home = 0.5, felt, KABUL
        community.lean(w, c)
    assert aggrieved.elders < content.elders


@pytest.mark.parametrize(("unity", "other"), [(0.2, 0.9)])
def test_a_divided_valley_has_elders_with_the_government(unity, other):
    """F11: elders against a fight: unity at the start decides how many of Panjshir's lean to the government."""
    divided, united = build(community__unity=unity), build(community__unity=other)
    rows = [PANJSHIR, 34, 34 + len(side_rows()) - 1]
    for row in rows:
        assert divided.community[row].elders > united.community[row].elders
    assert divided.community[KABUL].elders == united.community[KABUL].elders


def test_people_inform_where_elders_lean_to_the_government():
    """F10: informants need elders on the government's side; an aggrieved community keeps silent."""
    w = build()
    c = w.community[KABUL]
    knowledge = {}
    for elders, felt in ((0.1, 0.2), (0.9, 0.2), (0.9, 0.9)):
        c.elders, c.grievance = elders, felt
        community.inform(w, c)
        knowledge[elders, felt] = (c.informants, c.knowledge)
    assert knowledge[0.9, 0.2] > knowledge[0.1, 0.2]
    assert knowledge[0.9, 0.9][0] < knowledge[0.9, 0.2][0]
    assert all(0.0 <= known <= 1.0 for _, known in knowledge.values())


def test_without_informants_only_intelligence_knows():
    """F10: no informants and no intelligence service: nothing is known."""
    w = build(community__informants=0.0)
    c = w.community[KABUL]
    w.government.intelligence = 0.0
    community.inform(w, c)
    assert c.knowledge == 0.0
    w.government.intelligence = 1.0
    community.inform(w, c)
    assert 0.0 < c.knowledge <= 1.0


def test_side_valleys_are_not_counted_twice():
    w = build()
    provinces = w.community["people"][:34].sum()
    sides = w.community["people"][34:].sum()
    assert provinces + sides == pytest.approx(w.province["population"].sum())
    assert (w.community["people"] > 0).all()
