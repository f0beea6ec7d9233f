"""Deaths are counted once, where they happen, by kind."""

from __future__ import annotations

import pytest

from sim.mechanisms import casualties, raids
from tests.worlds import province
from tests.worlds import world as build

LAGHMAN = province("Laghman")


def test_deaths_are_counted_everywhere_they_belong():
    w = build()
    casualties.record_deaths(w, LAGHMAN, 7.0, True, casualties.BY_FRONT)
    casualties.record_deaths(w, LAGHMAN, 2.0, False, casualties.BY_ISKP)
    casualties.record_deaths(w, LAGHMAN, 0.0, True, casualties.BY_FRONT)
    assert (w.today.deaths, w.today.deaths_state_based) == (9.0, 7.0)
    assert (w.today.deaths_front, w.today.deaths_iskp, w.today.deaths_iskp_civilians) == (7.0, 2.0, 2.0)
    place = w.province[LAGHMAN]
    assert place.week_deaths == 9.0
    assert place.violence == pytest.approx(9e5 / place.population)
    assert (w.sizes[2], w.sizes[7], w.sizes.sum()) == (1.0, 1.0, 2.0)


def test_the_largest_events_are_pooled():
    w = build()
    casualties.record_deaths(w, LAGHMAN, 9999.0, True, casualties.BY_OTHERS)
    assert w.sizes[-1] == 1.0


def test_civilians_killed_make_grievance_and_fear():
    """F17: repression: deaths of civilians feed grievance and fear where they happen, and are not state-based."""
    w = build()
    casualties.harm_civilians(w, LAGHMAN, 3.0)
    c = w.community[LAGHMAN]
    assert c.harm == pytest.approx(w.p.community_harm_weight * 3e5 / c.people)
    assert c.fear > 0.0
    assert (w.today.deaths, w.today.deaths_state_based) == (3.0, 0.0)
    assert w.community["harm"].sum() == c.harm


def test_nobody_killed_nothing_felt():
    w = build()
    before = w.tobytes()
    casualties.harm_civilians(w, LAGHMAN, 0.0)
    assert w.tobytes() == before


def test_the_same_deaths_weigh_more_in_a_small_province():
    w = build()
    casualties.harm_civilians(w, province("Panjshir"), 3.0)
    casualties.harm_civilians(w, province("Kabul"), 3.0)
    assert w.community[province("Panjshir")].harm > w.community[province("Kabul")].harm


def test_fear_is_a_share():
    w = build()
    casualties.harm_civilians(w, LAGHMAN, 1e6)
    assert w.community[LAGHMAN].fear == 1.0


def test_an_attack_marks_its_province_once():
    w = build()
    for _ in range(3):
        casualties.record_attack(w, LAGHMAN, 1.5)
    assert w.province[LAGHMAN].week_attacks == 3.0
    assert w.province[LAGHMAN].threat == 4.5
    assert w.now.recent_attacks == 3.0
    assert w.now.attack_provinces == w.province["attacked"].sum() == 1.0


@pytest.mark.parametrize(("fighters", "shot", "lost"), [(100.0, 7, 7.0), (5.5, 7, 5.0), (0.0, 3, 0.0)])
def test_a_garrison_loses_no_more_than_it_has(fighters, shot, lost):
    """F24: soldiers lost are lost to the whole force."""
    w = build()
    w.garrison[LAGHMAN].fighters = fighters
    forces = w.government.forces
    assert casualties.lose_soldiers(w, LAGHMAN, shot) == lost
    assert w.garrison[LAGHMAN].fighters == fighters - lost
    assert w.government.forces == forces - lost


def test_a_front_loses_no_more_than_it_has():
    """F5: commandos fall in proportion."""
    f = build(fronts__nrf__fighters=100.0, fronts__nrf__commandos=50.0).front[0]
    casualties.lose_fighters(f, 30)
    assert (f.main, f.elite) == (70.0, pytest.approx(35.0))
    casualties.lose_fighters(f, 300)
    assert (f.main, f.elite) == (0.0, pytest.approx(0.0))


def test_reprisals_come_with_harshness_and_without_discipline():
    """F23: harsh and undisciplined soldiers take an attack out on civilians."""
    killed = {}
    for harshness, cohesion in ((0.0, 0.0), (1.0, 1.0), (1.0, 0.0)):
        w = build(taliban__harshness=harshness, garrison__reprisal=1.0)
        w.garrison[LAGHMAN].cohesion = cohesion
        for tick in range(200):
            raids.reprisal(w, LAGHMAN, tick, 0, 21, 2)
        killed[harshness, cohesion] = w.today.deaths
    assert killed[1.0, 0.0] > killed[1.0, 1.0] > killed[0.0, 0.0] == 0.0
