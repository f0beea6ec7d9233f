"""Refugees: violence, hardship and control push, borders let through; Poisson flows by destination."""

from __future__ import annotations

from sim import streams
from sim.compiled import compiled
from sim.mechanisms.arithmetic import clip


@compiled
def leave(w, i, t):
    """People leave for the neighbours that they can reach, as much as these keep their borders open."""
    c, p, gov, now = w.community[i], w.p, w.government, w.now
    place = w.province[int(c.home)]
    violence = place.violence / (place.violence + 5.0)
    push = clip(
        0.5 * c.hardship * c.hardship
        + p.refugees_violence_weight * 0.5 * violence
        + 0.25 * gov.control * (1.0 - c.pashtun)
        + 0.2 * gov.victory,
        0.0,
        2.0,
    )
    mean = p.refugees_rate * 7.0 / 30.0 * c.people / 1000.0 * push * p.refugees_border_openness
    if mean <= 0.0:
        return
    # everyone can reach Iran or Pakistan in the end; near borders draw most
    iran = 0.4 + place.iran_km / 100.0 + 0.5 * (c.hazara + c.tajik)
    pakistan = 0.3 + place.pakistan_km / 100.0 + 0.3 * c.pashtun
    north = 0.01 + place.north_km / 5000.0
    total = iran + pakistan + north
    to_iran = streams.poisson(w.key, t, i, streams.REFUGE, 0, mean * iran / total)
    to_pakistan = streams.poisson(w.key, t, i, streams.REFUGE, 1, mean * pakistan / total)
    to_north = streams.poisson(w.key, t, i, streams.REFUGE, 2, mean * north / total)
    left = min(float(to_iran + to_pakistan + to_north), c.people)
    scale = left / max(1.0, float(to_iran + to_pakistan + to_north))
    now.refugees_iran += to_iran * scale
    now.refugees_pakistan += to_pakistan * scale
    now.refugees_north += to_north * scale
    now.recent_refugees += left
    place.week_refugees += left
    c.people -= left
