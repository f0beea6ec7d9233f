"""The siege of the valley: command, bouts, the last stand, retreat, counterattack."""

from __future__ import annotations

import pytest

from sim.mechanisms import siege
from sim.world import stretch
from tests.worlds import floor_rows
from tests.worlds import world as build

FLOOR = floor_rows()
HOLDING = {
    "fronts__nrf__holds": 1.0,
    "fronts__nrf__side_valleys": 1.0,
    "fronts__nrf__fighters": 4000.0,
    "fronts__nrf__commandos": 500.0,
    "fronts__nrf__ammunition": 20.0,
}


def valley(**values):
    w = build(**(HOLDING | values))
    w.government.siege, w.government.column, w.government.least = 1.0, w.p.siege_column, 7.0
    return w


def strengths(**values) -> tuple[float, float]:
    w = valley(**values)
    return siege.attack_strength(w, FLOOR[0], w.government.column), siege.front_strength(w, 0, FLOOR[0])


def test_narrow_ground_limits_both_sides():
    """F2: the gorge limits how many can fight abreast: beyond that, numbers add nothing."""
    assert strengths(siege__column=40000.0)[0] == strengths(siege__column=20000.0)[0]
    assert strengths(fronts__nrf__fighters=30000.0)[1] < 3 * strengths(fronts__nrf__fighters=4000.0)[1]
    assert strengths(siege__frontage=2.0)[0] > strengths(siege__frontage=1.0)[0]


@pytest.mark.parametrize(
    "stronger",
    [
        {"siege__firepower": 3.0},
        {"siege__knowledge": 1.0},
        {"taliban__ethnic_cards": 1.0},
        {"taliban__victory": 1.0},
    ],
)
def test_what_makes_an_attacker_strong(stronger):
    """F9: local commanders who know the ground; F8: firepower; F10: maps and guides; F25: elation of victory."""
    assert strengths(**stronger)[0] > strengths(**{**stronger, next(iter(stronger)): 0.2})[0]


@pytest.mark.parametrize(
    ("name", "weak", "strong"),
    [
        ("community__unity", 0.1, 1.0),
        ("fronts__nrf__morale", 0.1, 1.0),
        ("fronts__nrf__ammunition", 0.5, 20.0),
        ("fronts__nrf__food", 0.0, 60.0),
        ("fronts__nrf__commandos", 0.0, 2000.0),
    ],
)
def test_what_makes_a_defender_strong(name, weak, strong):
    """F11: unity of the elders; F3: ammunition and will; F5: commandos; F7: food."""
    assert strengths(**{name: strong})[1] > strengths(**{name: weak})[1]


def test_informants_tell_where_to_strike():
    """F10: informants inside add to what the attacker knows."""
    w = valley()
    w.now.valley_informants = 0.0
    blind = siege.known(w)
    w.now.valley_informants = 0.1
    assert siege.known(w) > blind


def fallen(n: int = 40, days: int = 3, **values) -> int:
    """Of ``n`` assaults, those in which the whole floor falls within ``days``."""
    count = 0
    for replicate in range(n):
        w = build(replicate=replicate, **(HOLDING | values))
        for day in range(days):
            siege.command(w, day)
            if stretch.floor_held(w) > 0.0 and w.government.siege == 1.0:
                siege.defend(w, 0, day)
        count += stretch.floor_held(w) == 0.0
    return count


def test_a_strong_informed_column_carries_the_floor_quickly_and_a_weak_blind_one_does_not():
    """F1: within 72 hours the floor falls to strength and knowledge, not to weakness (the ends of the scale)."""
    strong = {
        "siege__firepower": 6.0,
        "siege__knowledge": 1.0,
        "siege__column": 40000.0,
        "community__unity": 0.0,
    }
    weak = {"siege__firepower": 0.2, "siege__knowledge": 0.0, "community__unity": 1.0, "community__informants": 0.0,
            "siege__sharpness": 6.0}  # fmt: skip
    assert fallen(**strong) == 40
    assert fallen(**weak) == 0


def test_subversion_opens_positions_without_a_fight():
    """F10: informants inside open positions to the attacker; F11: the more so the less the valley is united."""
    odds = {"siege__firepower": 0.2, "siege__sharpness": 6.0, "siege__knowledge": 0.0, "community__unity": 0.0,
            "community__informants": 0.1, "siege__patience": 120.0, "siege__loss_limit": 0.6}  # fmt: skip
    assert fallen(days=12, siege__subversion=1.0, **odds) > fallen(days=12, siege__subversion=0.0, **odds)


def opened(unity: float, n: int = 200) -> int:
    """Positions that informants open without a fight, to an attacker who could not take any."""
    w, count = valley(siege__subversion=1.0, siege__lethality=0.0, fronts__nrf__ammunition=400.0), 0
    w.now.valley_informants, w.now.valley_elders = 0.1, 1.0 - unity
    for tick in range(n):
        w.government.column, w.place[FLOOR[0]].held = 1.0, 1.0
        siege.fight(w, 0, tick, FLOOR[0], 0)
        count += w.place[FLOOR[0]].held == 0.0
    return count


def test_a_united_valley_is_not_opened_from_inside():
    """F11: where elders stand together nobody opens a position; F10: where they do not, informants do."""
    assert opened(unity=0.0) > opened(unity=0.6) > opened(unity=1.0) == 0


def test_the_books_of_a_bout():
    """F3: each bout costs both sides men, and the front ammunition and medicine."""
    w = valley(siege__lethality=5.0)
    f, gov = w.front[0], w.government
    main, ammo, drugs, forces = f.main, f.ammo, f.drugs, gov.forces
    siege.fight(w, 0, 3, FLOOR[0], 0)
    lost = gov.column_lost
    assert w.today.deaths_state_based == pytest.approx(main - f.main + lost)
    assert forces - gov.forces == lost > 0.0
    assert f.ammo < ammo
    assert f.drugs < drugs
    for bout in range(400):
        siege.fight(w, 0, 4 + bout // 4, FLOOR[0], bout % 4)
    assert f.ammo >= 0.0
    assert f.main >= 0.0
    assert f.drugs >= 0.0


def decided(last_stand: float, held: int, days_of_ammo: float):
    w = valley(fronts__nrf__last_stand=last_stand)
    for row in FLOOR[: len(FLOOR) - held]:
        w.place[row].held = 0.0
    w.front[0].ammo = days_of_ammo * w.front[0].main
    siege.decide(w, 0, 2)
    return w


@pytest.mark.parametrize(("held", "days_of_ammo"), [(5, 0.5), (2, 10.0)])
def test_last_stand_or_retreat(held, days_of_ammo):
    """F3: with ammunition at an end, or most of the floor gone, it stands to the last or goes to higher ground."""
    stands, goes = decided(1.0, held, days_of_ammo), decided(0.0, held, days_of_ammo)
    assert stretch.floor_held(stands) == held
    assert (stands.front[0].stood, stands.front[0].will) == (1.0, 1.0)
    assert stretch.floor_held(goes) == 0.0
    assert goes.front[0].phase == 1.0


def test_it_fights_on_while_there_is_something_to_fight_with():
    w = decided(0.0, 6, 10.0)
    assert stretch.floor_held(w) == 6.0
    assert w.front[0].stood == 0.0


def test_a_retreat_leaves_no_floor_held():
    """F3: in a retreat the floor is given up whole, side valleys are kept, some men are caught or go home."""
    w = valley()
    sides, main, dead = stretch.sides_held(w), w.front[0].main, w.today.deaths
    siege.retreat(w, 0, 2)
    assert stretch.floor_held(w) == 0.0
    assert stretch.sides_held(w) == sides
    caught = w.today.deaths - dead
    assert 0.0 < caught < main
    assert w.front[0].main <= main - caught


@pytest.mark.parametrize(("escape", "alive"), [(1.0, 1.0), (0.0, 0.0)])
def test_leaders_reach_safer_ground_or_do_not(escape, alive):
    """F4: leaders escape as the scenario says; without them the will breaks."""
    w = valley(fronts__nrf__leader_escape=escape)
    will = w.front[0].will
    siege.retreat(w, 0, 2)
    assert w.front[0].leader == alive
    assert (w.front[0].will == will) == (alive == 1.0)


def test_about_half_of_the_helicopters_get_away():
    """F5: half a dozen came, three left; mean of 60 retreats of 12, false-alarm rate below 1e-4."""
    left = []
    for replicate in range(60):
        w = build(replicate=replicate, fronts__nrf__helicopters=12.0, **HOLDING)
        siege.retreat(w, 0, 2)
        left.append(float(w.front[0].machines))
    assert sum(left) / 60 == pytest.approx(6.0, abs=4 * 1.73 / 60**0.5)


def test_a_divided_valley_goes_home():
    """F11: where elders oppose the fight, more men go home in the retreat."""
    united, divided = valley(community__unity=1.0), valley(community__unity=0.0)
    for w in (united, divided):
        siege.retreat(w, 0, 2)
    assert divided.front[0].main < united.front[0].main


def test_an_assault_is_launched_in_season_against_ground_held():
    w = build(**HOLDING)
    w.now.season = 0.2
    siege.command(w, 0)
    assert w.government.siege == 0.0
    w.now.season = 1.0
    siege.command(w, 1)
    assert w.government.siege == 1.0
    assert w.government.column == w.p.siege_column


def test_no_assault_where_nothing_is_held():
    w = build()
    w.government.siege, w.government.pause = 0.0, 0.0
    siege.command(w, 0)
    assert w.government.siege == 0.0


@pytest.mark.parametrize("why", ["losses", "patience"])
def test_an_assault_is_called_off(why):
    """F8: losses, or time without gaining ground, end an assault; the next comes after a pause."""
    w = valley()
    if why == "losses":
        w.government.column_lost = w.p.siege_loss_limit * w.p.siege_column + 1.0
    else:
        w.government.stalled = w.p.siege_patience
    siege.command(w, 5)
    assert w.government.siege == 0.0
    assert w.government.pause == w.p.siege_pause
    assert w.government.column == pytest.approx(w.p.siege_posts * w.p.siege_column)
    siege.command(w, 6)
    assert w.government.siege == 0.0


def test_a_column_that_is_needed_elsewhere_goes():
    """F8: an occupier who cannot stay leaves posts behind, and the floor is open to a return."""
    w = build(siege__stay=30.0)
    w.government.siege_days = 31.0
    siege.command(w, 5)
    assert w.government.siege == 0.0
    assert 0.0 < w.government.column < w.p.siege_column
    assert w.place["posts"].max() > 0.0


def returned(posts: float = 5.0, phase: float = 2.0) -> float:
    w = build(
        siege__counterattack=1.0,
        siege__recover=0.0,
        fronts__nrf__fighters=6000.0,
        community__unity=1.0,
        siege__firepower=6.0,
    )
    f = w.front[0]
    for day in range(40):
        f.phase, f.supplied, f.will, f.ammo, f.stores = phase, 1.0, 1.0, 20.0 * f.main, 60.0 * f.main
        w.place["posts"] = posts
        siege.counterattack(w, 0, day)
    return stretch.floor_held(w)


def test_a_front_that_is_strong_takes_ground_back_from_thin_posts():
    """F8: posts that are thin are overrun: the floor is taken and not kept; F6: an active front comes back."""
    assert returned() > 0.0
    assert returned(posts=50000.0) < returned()
    assert returned(phase=1.0) == 0.0


def test_the_last_stretch_lost_is_the_first_to_be_tried():
    w = build()
    w.place["lost_days"] = 100.0
    w.place[FLOOR[3]].lost_days = 5.0
    assert siege.weakest(w) == FLOOR[3]
    w.place["held"] = 1.0
    assert siege.weakest(w) == -1


def test_attackers_come_from_the_mouth_and_where_the_passes_are_theirs_from_the_head():
    """F1: two axes: the gorge at the mouth, and the passes at the head if open and the far side is held."""
    w = valley()
    assert siege.threatened(w, False) == FLOOR[0]
    assert siege.threatened(w, True) == FLOOR[-1]
    w.route["open"] = 1.0
    assert siege.axes(w)
    w.province["held"] = 0.0
    assert not siege.axes(w)
    w.province["held"] = 1.0
    w.route["open"] = 0.0
    assert not siege.axes(w)
    for row in FLOOR:
        w.place[row].held = 0.0
    assert siege.threatened(w, False) == -1
