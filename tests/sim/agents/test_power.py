"""Foreign powers: what moves their attitude, thresholds with hysteresis, strikes."""

from __future__ import annotations

import pytest

from sim.agents import power
from tests.worlds import certain
from tests.worlds import world as build

POWERS = certain().entities["powers"]
IRAN, PAKISTAN = POWERS.index("iran"), POWERS.index("pakistan")


def attitude(change, k: int = IRAN, **values) -> float:
    w = build(**values)
    w.power["drift"] = 0.0
    change(w)
    power.weekly(w, k, 0)
    return float(w.power[k].attitude)


def nothing(w) -> None:
    pass


def decided(attitudes: list[float], field: str) -> list[float]:
    """The flag ``field`` of a power as its attitude goes through ``attitudes``, each held for two years."""
    w = build(diplomacy__oppose_rate=0.1)
    m = w.power[IRAN]
    m.recognise_at, m.oppose_at, m.recognises, m.opposes = 1.0, -0.7, 0.0, 0.0
    flags, week = [], 0
    for value in attitudes:
        m.attitude = value
        for _ in range(104):
            power.decide(w, IRAN, 7 * week)
            week += 1
        flags.append(float(m[field]))
    return flags


def test_recognition_has_hysteresis():
    """F14: recognition comes above a threshold and stays until the attitude falls clearly below it."""
    assert decided([0.9, 1.1, 0.7, 0.5, 0.9], "recognises") == [0.0, 1.0, 1.0, 0.0, 0.0]


def test_opposition_has_hysteresis():
    """F14: a power turns against Kabul below a threshold and back only well above it."""
    assert decided([-0.6, -0.8, -0.5, -0.3, -0.6], "opposes") == [0.0, 1.0, 1.0, 0.0, 0.0]


def test_recognition_takes_its_time():
    w = build()
    m = w.power[IRAN]
    m.attitude, m.recognise_at = 3.0, 1.0
    week = 0
    while m.recognises == 0.0 and week < 500:
        power.decide(w, IRAN, 7 * week)
        week += 1
    assert 1 < week < 400


@pytest.mark.parametrize(("attitude_", "working"), [(-0.7, 0.0), (0.6, 1.0), (-2.0, 0.0), (2.0, 1.0)])
def test_work_with_kabul_is_a_share(attitude_, working):
    w = build()
    m = w.power[IRAN]
    m.attitude, m.oppose_at = attitude_, -0.7
    power.decide(w, IRAN, 0)
    assert m.working == pytest.approx(working)


def test_the_fall_of_panjshir_shocks_and_fades():
    """F19: Iran's shock lowers its attitude at once and halves in half a year."""
    w = build(powers__iran__shock=-0.4)
    w.power["drift"] = 0.0
    assert w.power[IRAN].attitude == pytest.approx(w.power[IRAN].stance - 0.4)
    for week in range(26):
        power.weekly(w, IRAN, 7 * week)
    assert w.power[IRAN].shock_left == pytest.approx(-0.2, rel=0.02)


def test_inclusive_and_mild_rule_pleases():
    """F20: powers think better of an inclusive government and of mild control."""

    def mild(w):
        w.government.control = 0.1

    def wide(w):
        w.government.inclusiveness = 0.5

    assert attitude(mild) > attitude(nothing)
    assert attitude(wide) > attitude(nothing)


def test_attacks_and_refugees_that_spill_over_displease():
    """F26: refugees and attacks that spill over turn neighbours away."""

    def attacks(w):
        w.now.recent_attacks = 100.0

    def refugees(w):
        w.now.recent_refugees = 150000.0

    assert attitude(attacks) < attitude(nothing)
    assert attitude(refugees) < attitude(nothing)


def test_powers_follow_what_others_did():
    """F14: recognition by others draws a power along, opposition by others too."""

    def recognised(w):
        w.power["recognises"][1 : w.powers] = 1.0

    def opposed(w):
        w.power["opposes"][1 : w.powers] = 1.0

    assert attitude(opposed) < attitude(nothing) < attitude(recognised)


def test_what_a_power_did_itself_is_no_example_to_it():
    w = build()
    w.power[IRAN].recognises = 1.0
    assert power.others(w, IRAN) == 0.0


def test_the_wing_abroad_is_heard_as_far_as_its_name_is_good():
    """F13: lobbying turns powers against Kabul; F15: less so when its old governments' name is bad."""
    loud = attitude(nothing, fronts__nrf__lobby=1.0, legacy__corruption=0.0)
    quiet = attitude(nothing, fronts__nrf__lobby=0.0, legacy__corruption=0.0)
    disgraced = attitude(nothing, fronts__nrf__lobby=1.0, legacy__corruption=1.0)
    assert loud < quiet
    assert disgraced == pytest.approx(quiet)


def test_suspicion_of_anothers_closeness():
    """F19: Iran looks askance at a Kabul that is close to Pakistan, as far as it is suspicious."""

    def close(w):
        w.power[PAKISTAN].working = 1.0

    def distant(w):
        w.power["working"] = 0.0

    wary = {"powers__iran__suspicion": 0.5}
    assert attitude(close, **wary) == pytest.approx(attitude(distant, **wary) - 0.5)
    careless = {"powers__iran__suspicion": 0.0}
    assert attitude(close, **careless) == attitude(distant, **careless)


def test_strikes_come_with_bad_relations_and_hit_the_border():
    """F19: Pakistan strikes across its border, the more so the worse relations are; a friend does not strike."""
    w = build()
    m = w.power[PAKISTAN]
    m.strikes, m.attitude = 52.0, 0.0
    for week in range(50):
        power.strike(w, PAKISTAN, 7 * week)
    assert w.today.strikes == 50.0
    assert w.today.deaths > 0.0
    assert w.today.deaths_state_based == 0.0  # not a fight with a group in the country
    struck = w.province["week_deaths"] > 0
    assert (w.province["pakistan_km"][struck] > 0).all()
    m.attitude = 1.0
    power.strike(w, PAKISTAN, 700)
    assert w.today.strikes == 50.0


def test_unused_rows_of_the_list_do_not_vote():
    w = build()
    w.power["opposes"][w.powers :] = 1.0
    assert power.others(w, IRAN) == 0.0
