"""Protests and risings: thresholds, contagion, cities and small towns, arms, mutiny."""

from __future__ import annotations

import numpy as np
import pytest

from sim.mechanisms import contagion
from tests.worlds import province
from tests.worlds import world as build

NANGARHAR, LAGHMAN = province("Nangarhar"), province("Laghman")


def protests(weeks: int = 60, grievance: float = 0.5, fear: float = 0.0, recent: float = 0.0, at: int = NANGARHAR,
             **values):  # fmt: skip
    w = build(protest__rate=values.pop("protest__rate", 20.0), **values)
    c = w.community[at]
    for week in range(weeks):
        c.grievance, c.fear, w.now.recent_protests = grievance, fear, recent
        contagion.protest(w, at, 7 * week)
    return w


def test_nobody_protests_below_the_threshold():
    """F17: people act only when their net grievance passes a threshold."""
    assert protests(grievance=0.2, protest__threshold=0.25).today.protests == 0.0
    assert protests(grievance=0.6, protest__threshold=0.25).today.protests > 0.0


def test_what_others_do_lowers_the_threshold():
    """F17: protests elsewhere draw people who would not have started."""
    alone = protests(grievance=0.25, protest__threshold=0.3, protest__contagion=1.0)
    drawn = protests(grievance=0.25, protest__threshold=0.3, protest__contagion=1.0, recent=40.0)
    assert drawn.today.protests > alone.today.protests == 0.0


def test_fear_keeps_people_home():
    assert protests(fear=0.5, community__fear_weight=1.0).today.protests < protests().today.protests


def test_protests_are_of_townspeople():
    """F17: big cities protest peacefully: the more townspeople, the more protests."""
    big, small = protests(at=province("Kabul")), protests(at=province("Nuristan"))
    assert big.today.protests > small.today.protests
    assert big.today.deaths_state_based == 0.0


def test_protests_are_counted_and_shot_at_by_the_harsh():
    """F23: harsh rulers shoot at protesters; the mild do not."""
    harsh, mild = protests(300, taliban__harshness=1.0), protests(300, taliban__harshness=0.0)
    assert harsh.province[NANGARHAR].week_protests == harsh.today.protests
    assert harsh.today.deaths > 0.0 == mild.today.deaths
    assert harsh.community[NANGARHAR].harm > 0.0
    people = harsh.community[NANGARHAR]
    assert 0.0 < harsh.today.largest_protest <= 0.2 * people.people * people.urban


def risings(n: int = 600, at: int = LAGHMAN, defiance: float = 0.3, neighbours: float = 0.0, caches: float = 20.0,
            season: float = 1.0, **values) -> int:  # fmt: skip
    """Risings in ``n`` weeks of a province in which nothing else changes."""
    w = build(**({"rising__rate": 2.0, "rising__defection": 0.0} | values))
    c, count = w.community[at], 0
    near = w.near_idx[w.near_ptr[at] : w.near_ptr[at + 1]]
    for week in range(n):
        c.rising, c.defiance, w.cache[at].count, w.now.season = 0.0, defiance, caches, season
        w.community["rising"][near] = neighbours
        contagion.rise(w, at, 7 * week)
        count += c.rising > 0.0
    assert count == w.today.risings
    return count


def test_small_towns_rise_where_people_defy():
    """F17: risings come from defiance; F16: with hidden arms at hand; and in the season."""
    base = risings()
    assert base > 0
    assert risings(defiance=0.0) == 0
    assert risings(defiance=0.9) > base
    assert risings(caches=0.0, rising__arms=1.0) == 0
    assert risings(season=0.0) < base


def test_big_cities_rise_less_than_small_towns():
    """F17: armed risings are of the smaller towns, peaceful protests of the big ones."""
    assert risings(at=NANGARHAR) < risings(at=LAGHMAN)


def test_risings_are_catching():
    """F27: a rising in a neighbouring province makes one here likelier: how a civil war spreads."""
    assert risings(neighbours=100.0, rising__contagion=5.0) > risings(rising__contagion=5.0)


def test_men_of_the_place_may_turn():
    """F24: a garrison of local men without cohesion may mutiny; those who turn are not conjured up."""
    w = build(rising__defection=0.05, rising__rate=0.0)
    g, c = w.garrison[LAGHMAN], w.community[LAGHMAN]
    g.cohesion, g.kin, c.grievance, c.defiance = 0.0, 1.0, 1.0, 0.0
    w.p.rising_arms = 0.0
    fighters = g.fighters
    for week in range(400):
        contagion.rise(w, LAGHMAN, 7 * week)
        if c.rising > 0.0:
            break
    assert c.rising > 0.0
    assert g.fighters == pytest.approx(0.7 * fighters)
    assert c.rising >= fighters - g.fighters


def test_no_second_rising_on_top_of_the_first_nor_where_the_capital_is_lost():
    for rising, held in ((50.0, 1.0), (0.0, 0.0)):
        w = build(rising__rate=10.0)
        c = w.community[LAGHMAN]
        c.rising, c.defiance, w.province[LAGHMAN].held = rising, 1.0, held
        for week in range(60):
            contagion.rise(w, LAGHMAN, 7 * week)
        assert (c.rising, w.today.risings) == (rising, 0.0)


def test_sizes_of_protests_spread_over_orders_of_magnitude():
    sizes = []
    for replicate in range(40):
        w = build(replicate=replicate, protest__rate=20.0)
        w.community[NANGARHAR].grievance = 0.6
        contagion.protest(w, NANGARHAR, 0)
        sizes.append(float(w.today.largest_protest))
    seen = np.array(sizes)[np.array(sizes) > 0]
    assert len(seen) > 10
    assert seen.max() / seen.min() > 10
