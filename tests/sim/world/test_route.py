"""Supply routes: snow, patrols, the corridor."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.world import route
from tests.snow import snow_closed
from tests.worlds import GEOGRAPHY, province
from tests.worlds import world as build

YEAR = np.arange(1, 366)
PASSES = [r for r, link in enumerate(GEOGRAPHY.links) if link["closes_doy"] > 0]
ALWAYS_OPEN = next(r for r, link in enumerate(GEOGRAPHY.links) if link["closes_doy"] == 0)


def shut_days(closes: float, opens: float, shift: float = 0.0, length: float = 1.0) -> list[int]:
    """Days of the year on which a link is snowed in."""
    w = build(season__pass_closed=length)
    link = w.route[PASSES[0]]
    link.closes, link.opens = closes, opens
    return [int(day) for day in YEAR if route.snowed_in(link, w.p, shift, float(day))]


DAYS = st.integers(1, 365)


@settings(max_examples=25, deadline=None)
@given(DAYS, DAYS, st.integers(-300, 300))
def test_a_link_is_shut_from_its_closing_day_to_the_day_before_it_opens(closes, opens, shift):
    shut = set()
    day = closes
    while day != opens:  # walk round the year one day at a time
        shut.add((day - 1 + shift) % 365 + 1)
        day = day % 365 + 1
    assert set(shut_days(closes, opens, shift)) == shut


def test_snow_shuts_from_its_first_day_to_the_day_before_the_last():
    """F7: passes shut and open on the days of the table."""
    assert shut_days(100.0, 110.0) == list(range(100, 110))


def test_the_closed_season_wraps_the_new_year():
    """F7: a pass that shuts in November stays shut over the new year."""
    shut = shut_days(320.0, 120.0)
    assert set(shut) == {*range(320, 366), *range(1, 120)}


@pytest.mark.parametrize("shift", [-20.0, 20.0])
def test_a_late_winter_moves_the_season(shift):
    moved = set(shut_days(100.0, 150.0, shift))
    assert moved == {day + int(shift) for day in shut_days(100.0, 150.0)}


def test_length_of_the_season_scales_about_its_middle():
    usual, longer, shorter = (shut_days(100.0, 140.0, 0.0, length) for length in (1.0, 1.5, 0.5))
    assert len(longer) == pytest.approx(60, abs=1)
    assert len(shorter) == pytest.approx(20, abs=1)
    assert set(shorter) < set(usual) < set(longer)
    assert shut_days(100.0, 140.0, 0.0, 0.0) == []


def test_a_link_without_snow_is_never_shut():
    w = build()
    assert not any(route.snowed_in(w.route[ALWAYS_OPEN], w.p, 0.0, float(day)) for day in YEAR)


@pytest.mark.parametrize("shift", [0.0, 13.0, -9.0])
def test_the_rule_agrees_with_the_calendar(shift):
    """The rule of a link and the calendar's table of closed days are two writings of one thing."""
    w = build(season__pass_closed=1.0)
    links = GEOGRAPHY.links[PASSES]
    table = snow_closed(links["closes_doy"], links["opens_doy"], shift, YEAR[:, None])
    for n, row in enumerate(PASSES):
        found = [route.snowed_in(w.route[row], w.p, shift, float(day)) for day in YEAR]
        np.testing.assert_array_equal(found, table[:, n])


def test_what_snow_leaves_of_a_pass():
    w = build()
    link = w.route[PASSES[0]]
    w.now.snow_shift = 0.0
    w.now.day_of_year = link.closes
    route.watch_nodes(w, 0)
    route.weekly(w, PASSES[0], 0)
    assert link.open == link.winter_share < 1.0
    w.now.day_of_year = link.opens
    route.weekly(w, PASSES[0], 7)
    assert link.open == 1.0


def test_patrols_take_convoys():
    """F7: encirclement: convoys have to cross links that hostile garrisons watch."""
    row = next(r for r, x in enumerate(GEOGRAPHY.links) if x["a"] < 34 and x["b"] < 34 and x["kind"] == 0)
    survive = {}
    for interdiction in (0.0, 0.5, 1.0):
        w = build(supply__interdiction=interdiction)
        route.watch_nodes(w, 0)
        route.weekly(w, row, 0)
        survive[interdiction] = float(w.route[row].survive)
    assert survive[0.0] == 1.0 > survive[0.5] > survive[1.0] >= 0.0


def test_friendly_ground_is_not_watched():
    """F7: a province out of the government's hands, or held places of the valley, let convoys pass."""
    w = build()
    here = province("Takhar")
    watched = route.patrol(w, here)
    w.province[here].held = 0.0
    assert route.patrol(w, here) < watched
    place = 0
    w.place[place].held, w.place[place].posts = 0.0, 500.0
    assert route.patrol(w, route.PLACE_NODES + place) > 0.0
    w.place[place].held = 1.0
    assert route.patrol(w, route.PLACE_NODES + place) == 0.0


def test_patrols_see_as_much_as_people_tell():
    """F10: informants let garrisons find convoys."""
    w = build()
    here = province("Takhar")
    w.community[here].knowledge = 0.1
    blind = route.patrol(w, here)
    w.community[here].knowledge = 0.9
    assert route.patrol(w, here) > blind


def test_a_corridor_makes_its_links_safe():
    """F7: the corridor from the northern border lowers the risk on its links and on no other."""
    safe, unsafe = build(supply__corridor=1.0), build(supply__corridor=0.0)
    for w in (safe, unsafe):
        route.watch_nodes(w, 0)
        for r in range(len(w.route)):
            route.weekly(w, r, 0)
    corridor = safe.route["corridor"] > 0
    assert corridor.any()
    assert (safe.route["survive"][corridor] == 1.0).all()
    inner = ~corridor & (safe.route["a"] < 34) & (safe.route["b"] < 34)
    np.testing.assert_array_equal(safe.route["survive"][inner], unsafe.route["survive"][inner])
