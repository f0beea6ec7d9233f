"""The government: money, services, forces, control, concessions, talks."""

from __future__ import annotations

import math

import pytest

from sim.agents import government
from tests.worlds import world as build


def weeks(n: int, **values):
    w = build(**values)
    for week in range(n):
        government.weekly(w, 7 * week)
    return w


def still(**values):
    """A country without luck and without foreign aid."""
    return build(economy__volatility=0.0, economy__aid=0.0, **values)


def test_the_shock_works_itself_out_and_no_more():
    """F22: output falls by the shock in the first year and then follows its trend."""
    w = still(economy__shock=0.3, economy__growth=0.0)
    assert w.government.economy == pytest.approx(1.0 - 0.25 * 0.3)
    for week in range(150):
        government.run_economy(w, 7 * week)
    assert w.government.shock_left == pytest.approx(0.0, abs=1e-3)
    bottom = w.government.economy
    assert bottom < 1.0 - 0.3 + 0.03
    w.p.economy_growth = 0.1
    for week in range(52):
        government.run_economy(w, 7 * week)
    assert w.government.economy > bottom


def test_drought_fades():
    w = still(economy__drought=0.8)
    for week in range(2 * 52):
        government.run_economy(w, 7 * week)
    assert w.government.drought < 0.5 * 0.8


def test_aid_hangs_on_powers_that_work_with_kabul():
    """F14: aid comes as far as the powers behind it work with Kabul."""
    w = build()
    w.power["working"] = 0.0
    government.run_economy(w, 0)
    frozen = w.government.aid
    w.power["working"] = 1.0
    government.run_economy(w, 7)
    assert 0.0 < frozen < w.government.aid


def test_old_habits_eat_the_budget():
    """F15: the legacy of corrupt offices loses part of what is meant for services."""
    clean, corrupt = weeks(30, legacy__corruption=0.0), weeks(30, legacy__corruption=1.0)
    assert corrupt.government.funding < clean.government.funding
    assert corrupt.government.services < clean.government.services


def test_revenue_is_lost_to_corruption_and_lost_provinces():
    w = still(taliban__corruption=0.0)
    government.run_economy(w, 0)
    honest = w.government.revenue
    w = still(taliban__corruption=0.5)
    government.run_economy(w, 0)
    assert w.government.revenue == pytest.approx(0.5 * honest)
    w.government.capitals_lost = 17.0
    economy = w.government.economy
    government.run_economy(w, 7)
    assert w.government.revenue == pytest.approx(0.25 * honest * w.government.economy / economy)


def test_services_follow_money_and_skill():
    """F21: services move to what the administration can deliver with the money it has."""
    able, unable = weeks(60, taliban__service_delivery=0.9), weeks(60, taliban__service_delivery=0.1)
    assert able.government.services > unable.government.services
    w = build(legacy__services=0.8)
    w.government.revenue = w.government.aid = 0.0
    for _ in range(100):
        government.spend(w.government, w.p)
    assert w.government.funding == 0.0
    assert w.government.services == pytest.approx(0.8 * (1.0 - w.p.taliban_services_rate / 52.0) ** 100)


def test_money_is_spent_once():
    """What security takes does not pay for services, and no more is spent than there is."""
    shares = {}
    for share in (0.2, 0.8):
        w = build(taliban__security_share=share, economy__need=10000.0)
        w.government.revenue, w.government.aid = 30.0, 10.0
        government.spend(w.government, w.p)
        shares[share] = (w.government.pay, w.government.funding)
        spent_on_services = w.government.funding * w.p.economy_need / 52.0
        assert spent_on_services <= (1.0 - share) * 30.0 + 10.0 + 1e-9
    assert shares[0.8][1] < shares[0.2][1]
    assert shares[0.8][0] >= shares[0.2][0]


def test_a_force_is_rebuilt_as_far_as_it_is_paid():
    """F24: army, police and intelligence grow at the pace that pay allows, and not beyond what is wanted."""
    w = build(taliban__force_start=60000.0, taliban__force_target=100000.0, taliban__force_growth=5000.0)
    gov, before, known = w.government, w.government.forces, w.government.intelligence
    gov.pay = 1.0
    government.rebuild(gov, w.p)
    assert gov.forces == pytest.approx(before + 5000.0 * 7 / 30)
    assert gov.intelligence > known
    gov.pay, before, known = 0.0, gov.forces, gov.intelligence
    government.rebuild(gov, w.p)
    assert gov.forces == before
    assert gov.intelligence == known
    gov.pay = 1.0
    for _ in range(200):
        government.rebuild(gov, w.p)
    assert gov.forces == pytest.approx(100000.0)


def test_every_fighter_stands_somewhere():
    """Fighters in the column, the reserve and the garrisons are the whole force."""
    w = weeks(40)
    gov = w.government
    assert gov.column + gov.reserve + gov.stationed == pytest.approx(gov.forces)


def test_prudence_softens_control_while_there_is_hope():
    """F20: leaders who hope for recognition hold back; without hope control goes where they want it."""
    prudent, reckless = weeks(20, taliban__prudence=1.0), weeks(20, taliban__prudence=0.0)
    assert prudent.government.control < reckless.government.control
    assert reckless.government.control == pytest.approx(reckless.p.taliban_control)
    w = build(taliban__prudence=1.0)
    w.government.hope = 0.0
    w.power["recognises"] = 0.0
    for _ in range(150):
        government.rule(w, w.government, w.p)
    assert w.government.control == pytest.approx(w.p.taliban_control, abs=1e-2)


def test_hope_lives_on_recognition():
    """F20: hope of recognition fades while nobody recognises and returns when powers do."""
    w = build()
    w.power["recognises"] = 0.0
    for _ in range(52):
        government.rule(w, w.government, w.p)
    faded = w.government.hope
    assert faded < 0.7
    w.power["recognises"][:3] = 1.0
    government.rule(w, w.government, w.p)
    assert w.government.hope > faded


def test_concessions_make_offices_shared_and_a_settlement():
    """F20: under pressure a prudent leadership shares offices; widely shared offices are a settlement."""
    w = build(taliban__concession_rate=4.0, taliban__prudence=1.0)
    w.p.taliban_concession_rate = 1e9  # every week
    w.now.recent_attacks = 1000.0
    seen = [w.government.inclusiveness]
    for week in range(8):
        government.concede(w, 7 * week)
        seen.append(w.government.inclusiveness)
        assert (w.government.settlement == 1.0) == (seen[-1] + 0.5 * w.government.warmth > 0.6)
    assert seen == sorted(seen)
    assert w.government.settlement == 1.0
    w.p.taliban_concession_rate = 0.0
    w.government.inclusiveness = 0.2
    w.government.warmth = 0.0
    government.concede(w, 70)
    assert w.government.settlement == 0.0


def test_no_prudence_no_concession():
    w = build(taliban__concession_rate=4.0, taliban__prudence=0.0)
    before = w.government.inclusiveness
    for week in range(300):
        government.concede(w, 7 * week)
    assert w.government.inclusiveness == pytest.approx(before)


def test_victory_fades_by_half_in_its_time():
    """F25: the psychological victory halves in the days that the scenario says."""
    w = weeks(52, taliban__victory=0.8, taliban__victory_halflife=364.0)
    assert w.government.victory == pytest.approx(0.4)


def test_talks_need_two():
    """F4: an offer of talks is answered as ready as Kabul is; a meeting builds goodwill."""
    w = build(taliban__talks=0.0)
    assert not any(government.meet(w, day, 0) for day in range(50))
    assert w.today.talks == 0.0
    w.p.taliban_talks = 10.0
    w.government.hope = 1.0
    assert government.meet(w, 51, 0)
    assert w.today.talks == 1.0
    assert w.government.warmth > 0.0


def test_a_front_with_ground_faces_no_occupation_at_the_start():
    """F1: a scenario of a siege starts with the front on the floor and no column in it; the baseline after it."""
    after, before = build(), build(fronts__nrf__holds=1.0)
    assert (after.government.siege, after.government.column) == (2.0, after.p.siege_column)
    assert (before.government.siege, before.government.column) == (0.0, 0.0)
    assert math.isclose(after.garrison["fighters"].sum(), after.government.stationed)
