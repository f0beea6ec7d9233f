"""Refugees: violence, hardship and control push, borders let through; Poisson flows by destination.

Each community adds what is to be expected of it; the luck is drawn once a week and destination for the country,
which is the same distribution (a sum of Poisson numbers is one) at a fraction of the cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled import compiled
from sim.luck import streams
from sim.mechanisms.arithmetic import clip, saturated
from sim.world.units import A_THOUSANDTH, MONTHS_A_WEEK

if TYPE_CHECKING:
    from sim.world.state import World


LEAST_EXPECTED = 1e-9  # people a week: nobody is expected to leave


@compiled
def leave(w: World, i: int) -> None:
    """People leave for the neighbours that they can reach, as much as these keep their borders open."""
    c, p, gov, now = w.community[i], w.p, w.government, w.now
    place = w.province[int(c.home)]
    violence = saturated(place.violence, p.refugees_violence_half)
    push = clip(
        p.refugees_hardship_weight * c.hardship * c.hardship
        + p.refugees_violence_weight * violence
        + p.refugees_control_weight * gov.control * (1.0 - c.pashtun)
        + p.refugees_victory_weight * gov.victory,
        0.0,
        2.0,
    )
    mean = p.refugees_rate * MONTHS_A_WEEK * c.people * A_THOUSANDTH * push * p.refugees_border_openness
    # everyone can reach Iran or Pakistan in the end; near borders draw most
    kin = c.hazara + c.tajik
    a_km = 1.0 / p.refugees_border_reach
    iran = p.refugees_iran_draw + place.iran_km * a_km + p.refugees_iran_kin * kin
    pakistan = p.refugees_pakistan_draw + place.pakistan_km * a_km + p.refugees_pakistan_kin * c.pashtun
    north = p.refugees_north_draw + place.north_km / p.refugees_north_reach
    share = mean / (iran + pakistan + north)
    now.leaving_iran += iran * share
    now.leaving_pakistan += pakistan * share
    now.leaving_north += north * share
    c.leaving = mean


@compiled
def cross(w: World, t: int) -> None:
    """The week's refugees cross: Poisson numbers by destination; each community loses its part of them."""
    now = w.now
    expected = now.leaving_iran + now.leaving_pakistan + now.leaving_north
    w.today.refugees_iran = streams.poisson(w.key, t, 0, streams.REFUGE, 0, now.leaving_iran)
    w.today.refugees_pakistan = streams.poisson(w.key, t, 0, streams.REFUGE, 1, now.leaving_pakistan)
    w.today.refugees_north = streams.poisson(w.key, t, 0, streams.REFUGE, 2, now.leaving_north)
    crossed = w.today.refugees_iran + w.today.refugees_pakistan + w.today.refugees_north
    now.recent_refugees += crossed
    for i in range(len(w.community)):
        c = w.community[i]
        gone = c.leaving * crossed / max(expected, LEAST_EXPECTED)
        c.people = max(1.0, c.people - gone)
        w.province[int(c.home)].week_refugees += gone
    now.leaving_iran = 0.0
    now.leaving_pakistan = 0.0
    now.leaving_north = 0.0
