"""Weapon caches: arms of the former army, hidden; a count a province."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.agents.pocket import form
from sim.compiled import compiled
from sim.luck import ahead, streams
from sim.mechanisms.arithmetic import above
from sim.mechanisms.raids import peace, sheltered
from sim.world.fields import fields
from sim.world.units import HUNDREDTH, YEARS_A_WEEK

if TYPE_CHECKING:
    from sim.world.state import World


FIELDS = fields("""
count         | caches          | hidden and usable
share         | share           | of all caches that were hidden in this province (fixed) | fixed
""")


@compiled
def weekly(w: World, i: int, t: int) -> None:
    """Caches rust or are sold; those who would fight find some of them and form a pocket."""
    cache, p = w.cache[i], w.p
    if cache.count < 1.0:
        return
    cache.count -= ahead.stricken(w, t, i, streams.DECAY, int(cache.count), p.caches_decay * YEARS_A_WEEK)
    c = w.community[i]
    season = above(p.pockets_season, w.now.season)
    willing = c.defiance * sheltered(p, c.cover) * peace(w)
    mean = p.pockets_formation * YEARS_A_WEEK * HUNDREDTH * cache.count * willing * season
    formed = min(ahead.poisson(w, t, i, streams.FORM, mean), int(cache.count))
    for _ in range(formed):
        if form(w, i, p.pockets_cell, p.caches_arms):
            cache.count -= 1.0


@compiled
def begin(w: World, i: int) -> None:
    """Caches at the start: the country's abundance, shared out over the provinces."""
    w.cache[i].count = math.floor(1000.0 * w.p.caches_abundance * w.cache[i].share + 0.5)
