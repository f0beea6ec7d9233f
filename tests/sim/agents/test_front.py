"""The resistance front: force, stocks, phases, raids, talks, the wing abroad."""

from __future__ import annotations

import pytest

from sim.agents import front
from sim.mechanisms import bands, casualties
from sim.mechanisms.bands import GONE, HOLD, INSURGENT, LOW
from tests.worlds import PANJSHIR, province, scenario, small
from tests.worlds import world as build


def test_the_start():
    w = build(fronts__nrf__fighters=1000.0, fronts__nrf__commandos=200.0, fronts__nrf__ammunition=3.0)
    f = w.front[0]
    assert (f.main, f.elite, f.ammo, f.phase, f.leader) == (1000.0, 200.0, 3000.0, LOW, 1.0)
    assert bands.days_of(f.ammo, f) == 3.0


def test_commandos_are_some_of_the_fighters():
    """F5: commandos are part of the force and fall with it in proportion."""
    w = build(fronts__nrf__fighters=1000.0, fronts__nrf__commandos=5000.0)
    f = w.front[0]
    assert f.elite == 1000.0
    f.elite = 200.0
    casualties.lose_fighters(f, 250.0)
    assert (f.main, f.elite) == (750.0, pytest.approx(150.0))
    casualties.lose_fighters(f, 10000.0)
    assert (f.main, f.elite) == (0.0, pytest.approx(0.0))


def test_stores_run_down_by_a_ration_a_day():
    """F3: food and ammunition run down; without them fewer can fight."""
    w = build(fronts__nrf__raid_rate=0.0)
    f = w.front[0]
    before = f.stores
    front.daily(w, 0, 0)
    assert f.stores == before - f.main
    f.stores = 0.5 * f.main
    front.daily(w, 0, 1)
    assert f.stores == 0.0


@pytest.mark.parametrize("stock", ["ammo", "drugs", "stores"])
def test_readiness_needs_every_good(stock):
    """F7: ammunition, medicine and food each limit what the force can do."""
    w = build()
    f = w.front[0]
    f.ammo, f.drugs, f.stores = 30 * f.main, 30 * f.main, 30 * f.main
    assert bands.readiness(w.p, f) == pytest.approx(1.0)
    f[stock] = 0.0
    assert 0.0 < bands.readiness(w.p, f) < 1.0


def resolved(**state) -> float:
    """Phase after a week's decision of a front that has its links, arms and season but for ``state``."""
    w = build()
    f = w.front[0]
    f.linked, f.ammo = 5000.0, 10.0 * f.main
    for name, value in state.items():
        if name == "season":
            w.now.season = value
        else:
            f[name] = value
    front.resolve_phase(w, 0, 0)
    assert f.returned == (1.0 if f.phase == INSURGENT else 0.0)
    return float(f.phase)


def test_it_returns_when_linked_armed_and_in_season():
    """F6: the front returns after a while: with its links set up, with ammunition, when the passes are open."""
    assert resolved() == INSURGENT
    assert resolved(linked=0.0) == LOW
    assert resolved(ammo=0.0) == LOW
    assert resolved(season=0.3) == LOW


def days_until_return(supplied: float, regroup: float = 100.0) -> int:
    w = build(fronts__nrf__regroup=regroup)
    f = w.front[0]
    for week in range(100):
        f.supplied, f.ammo = supplied, 10.0 * f.main
        front.resolve_phase(w, 0, 7 * week)
        if f.phase == INSURGENT:
            return 7 * week
    raise AssertionError("it never returned")


def test_setting_up_links_takes_time_and_is_quicker_with_supplies():
    """F6: time to set up supply links, as long as the scenario says and shorter when supplies come."""
    assert days_until_return(1.0) < days_until_return(0.0)
    assert days_until_return(0.3, 400.0) > 2 * days_until_return(0.3, 100.0)


def test_ground_means_holding_and_losing_it_means_lying_low():
    w = build()
    f = w.front[0]
    w.place[0].held = 1.0
    front.resolve_phase(w, 0, 0)
    assert f.phase == HOLD
    w.place[0].held = 0.0
    front.resolve_phase(w, 0, 7)
    assert (f.phase, f.phase_days) == (LOW, 0.0)


def test_too_few_are_no_front():
    w = build()
    w.front[0].main = 29.0
    front.resolve_phase(w, 0, 0)
    assert (w.front[0].phase, w.front[0].main) == (GONE, 0.0)
    before = w.tobytes()
    front.daily(w, 0, 1)
    front.weekly(w, 0, 7)
    assert w.tobytes() == before


def test_a_raid_is_counted_where_it_happens():
    """A raid of the front: deaths, losses, spent ammunition and the attack are all accounted for."""
    w = build(fronts__nrf__fighters=2000.0)
    f = w.front[0]
    main, ammo, garrisons = f.main, f.ammo, w.garrison["fighters"].sum()
    bands.raid(w, 0, 0, 0)
    assert w.today.attacks_front == 1.0
    assert w.today.deaths_state_based == pytest.approx(
        main - f.main + garrisons - w.garrison["fighters"].sum()
    )
    assert f.ammo < ammo
    assert w.province["attacked"].sum() == 1.0
    assert w.now.attack_provinces == 1.0


def test_raids_are_few_while_it_lies_low_and_none_without_a_force():
    counts = []
    for phase, main in ((INSURGENT, 3000.0), (LOW, 3000.0), (LOW, 0.0)):
        w = build(fronts__nrf__fighters=3000.0, fronts__nrf__raid_rate=2.0)
        for day in range(60):
            w.front[0].main = main
            w.front[0].ammo = w.front[0].drugs = w.front[0].stores = 100.0 * main
            w.front[0].phase = phase
            bands.raids(w, 0, day)
        counts.append(w.today.attacks_front)
    assert counts[0] > 3 * counts[1] > 0
    assert counts[2] == 0


def test_raids_stay_in_the_home_province_and_next_to_it():
    w = build()
    near = {PANJSHIR, *w.near_idx[w.near_ptr[PANJSHIR] : w.near_ptr[PANJSHIR + 1]].tolist()}
    hit = {int(bands.raided(w, PANJSHIR, u / 200.0)) for u in range(200)}
    assert hit <= near
    assert PANJSHIR in hit
    assert len(hit) > 1


def joined(ammo: float = 100.0, ways: float = 0.0, full: bool = False) -> tuple[float, float]:
    """Fighters who join in a week of a defiant valley, and those of them who come over the routes."""
    w = build(fronts__nrf__recruitment=0.5)
    f, c = w.front[0], w.community[PANJSHIR]
    c.grievance = w.now.valley_pull = 1.0
    f.main = 0.05 * c.people + 2.0 if full else 1500.0
    f.ammo, f.stores, w.best[:] = ammo * f.main, 60.0 * f.main, ways
    before = f.main
    front.muster(w, 0, 0)
    return float(f.main - before), float(w.today.supply_people)


def test_recruits_come_as_far_as_they_can_be_armed_and_brought_in():
    """F7: manpower: without ammunition nobody joins, with the ways shut nobody from elsewhere; a force does not
    outgrow its people."""
    assert joined(ways=1.0)[0] > joined(ways=0.0)[0] > 0.0
    assert joined(ways=1.0)[1] > joined(ways=0.0)[1] == 0.0
    assert joined(ammo=0.0, ways=1.0)[0] <= 0.0
    assert joined(full=True, ways=1.0)[1] == 0.0


def test_the_hungry_go_home():
    left = {}
    for days in (60.0, 0.0):
        w = build(fronts__nrf__fighters=3000.0, fronts__nrf__recruitment=0.0)
        f = w.front[0]
        for week in range(20):
            f.stores = days * f.main
            front.muster(w, 0, 7 * week)
        left[days] = 3000.0 - f.main
    assert left[0.0] > left[60.0] > 0.0


def test_leaders_offer_talks_while_they_live():
    """F4: leaders on safer ground offer talks, the more so the harder pressed; the dead do not."""
    met = {}
    for leader, supplied in ((1.0, 0.0), (1.0, 1.0), (0.0, 0.0)):
        w = build(taliban__talks=1.0, fronts__nrf__talks_offer=12.0)
        w.front[0].leader, w.front[0].supplied = leader, supplied
        for week in range(150):
            front.offer_talks(w, 0, 7 * week)
        met[leader, supplied] = w.today.talks
    assert met[1.0, 0.0] > met[1.0, 1.0] > met[0.0, 0.0] == 0.0


def test_a_government_in_exile_stays_minuscule_without_powers():
    """F14: as long as key powers work with Kabul a government in exile has next to no support; F13: with powers
    against Kabul the wing abroad builds it up."""
    support = {}
    for opposing in (0.0, 1.0):
        w = build(legacy__corruption=0.3, fronts__nrf__lobby=0.8)
        w.power["opposes"][: w.powers] = opposing
        for _ in range(150):
            front.lobby(w, w.front[0])
        support[opposing] = float(w.front[0].exile)
    assert support[0.0] < 0.1 < 0.5 < support[1.0] <= 1.0


def test_a_bad_name_wins_no_support():
    """F15: the wing of a government remembered for its corruption finds no support."""
    w = build(legacy__corruption=1.0, fronts__nrf__lobby=1.0)
    w.power["opposes"][: w.powers] = 1.0
    for _ in range(52):
        front.lobby(w, w.front[0])
    assert w.front[0].exile == 0.0


def test_another_front_can_hold_a_province():
    """F27: a scenario can add fronts elsewhere; one that holds its province starts with the capital."""
    row = province("Baghlan")
    two = small(30, fronts={"andarab": {"home": row + 1, "fighters": 2000, "holds": 1.0}})
    w = build(two)
    assert w.fronts == 2
    assert not bands.in_valley(w, w.front[1])
    assert w.province[row].held == 0.0
    assert w.front[1].phase == INSURGENT
    assert scenario().entities["fronts"] == ("nrf",)
