"""Jihadist rival (ISKP): cells that strike cities and minorities, draw the government's forces away and are hunted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.compiled import compiled
from sim.luck import streams
from sim.luck.portable import exp
from sim.mechanisms.arithmetic import above, halved, saturated, towards
from sim.mechanisms.casualties import BY_ISKP, harm_civilians, lose_soldiers, record_deaths
from sim.mechanisms.presence import watched
from sim.mechanisms.raids import sheltered
from sim.world.fields import fields

if TYPE_CHECKING:
    from sim.world.state import World


FIELDS = fields("""
fighters      | fighters        | in cells
pressure      | share a year    | of cells broken in a year at present | derived
tempo         | log             | of its campaign: above 0 it strikes more than usual
alarm         | attacks         | fading count of its attacks: what the services hunt it for
cover         | share           | that people give it where it strikes | derived
""")

_MOST_ATTACKS = 30  # in a day, so that draws have numbers


@compiled
def daily(w: World, t: int) -> None:
    """A day: attacks in proportion to its strength, the cover that people give and the tempo of its campaign; those
    that the services know of are foiled."""
    p, j = w.p, w.jihadist
    if p.iskp_active == 0.0:
        return
    season = above(p.iskp_winter, w.now.season)
    mean = p.iskp_attack_rate / 30.0 * j.fighters / p.iskp_typical * season * sheltered(p, j.cover)
    mean *= exp(j.tempo - 0.5 * p.iskp_burstiness * p.iskp_burstiness)
    for k in range(min(streams.poisson(w.key, t, 0, streams.ISKP, 0, mean), _MOST_ATTACKS)):
        province = aimed_at(w, streams.uniform(w.key, t, k, streams.ISKP, 1))
        known = w.government.intelligence * w.community[province].knowledge * min(1.0, watched(w, province))
        if not streams.bernoulli(w.key, t, k, streams.CRACKDOWN, 1, p.iskp_foiled * known):
            attack(w, t, k, province)


@compiled
def aimed_at(w: World, u: float) -> int:
    """The province at the share ``u`` of where it strikes."""
    for i in range(len(w.province)):
        u -= w.province[i].iskp_weight
        if u < 0.0:
            return i
    return len(w.province) - 1


@compiled
def attack(w: World, t: int, k: int, province: int) -> None:
    """One attack: mostly on soldiers or single persons, at times on a crowd with a heavy-tailed toll."""
    p = w.p
    w.today.attacks_iskp += 1.0
    w.jihadist.alarm += 1.0
    w.province[province].week_attacks += 1.0
    w.province[province].threat += p.iskp_distraction
    if streams.bernoulli(w.key, t, k, streams.ISKP, 2, p.iskp_mass_casualty):
        most = max(p.iskp_most_deaths, p.iskp_crowd_deaths)
        dead = streams.pareto(w.key, t, k, streams.ISKP, 3, p.iskp_crowd_deaths, p.iskp_tail, most)
        record_deaths(w, province, math.floor(dead), False, BY_ISKP)
        return
    dead = streams.poisson(w.key, t, k, streams.ISKP, 4, p.iskp_deaths)
    on_soldiers = streams.bernoulli(w.key, t, k, streams.ISKP, 5, p.iskp_on_soldiers)
    if on_soldiers:
        record_deaths(w, province, lose_soldiers(w, province, dead), True, BY_ISKP)
    else:
        record_deaths(w, province, float(dead), False, BY_ISKP)


@compiled
def weekly(w: World, t: int) -> None:
    """A week: its campaigns swell and ebb, new men replace the lost, the services break cells."""
    j, p = w.jihadist, w.p
    if p.iskp_active == 0.0:
        return
    kept = halved(1.0, 7.0, p.bands_tempo_halflife)
    swing = p.iskp_burstiness * math.sqrt(1.0 - kept * kept)
    j.tempo = kept * j.tempo + swing * streams.normal(w.key, t, 0, streams.ISKP, 9)
    hide(w)
    broken = hunted(w, t)
    room = max(0.0, 1.0 - j.fighters / p.iskp_room)
    grown = (p.iskp_growth + p.iskp_replacement * j.cover) * room / 52.0
    j.fighters = max(0.0, j.fighters * exp(grown) - broken)
    j.alarm = halved(j.alarm, 7.0, p.iskp_alarm_halflife)


@compiled
def hide(w: World) -> None:
    """The cover that people give it, mean over where it strikes."""
    cover = 0.0
    for i in range(len(w.province)):
        cover += w.province[i].iskp_weight * w.community[i].cover
    w.jihadist.cover = cover


@compiled
def hunted(w: World, t: int) -> float:
    """The services break cells, the more the more it has struck of late; some resist, suspects are killed too.

    Returns the fighters that the rival loses.
    """
    j, p, gov = w.jihadist, w.p, w.government
    alarmed = towards(1.0, p.iskp_crackdown, saturated(j.alarm, p.iskp_alarm))
    j.pressure = p.iskp_suppression * gov.intelligence * alarmed
    hit = streams.poisson(w.key, t, 0, streams.ISKP, 6, j.fighters * j.pressure / 52.0)
    broken = min(hit, int(j.fighters))
    killed = streams.binomial(w.key, t, 0, streams.ISKP, 7, broken, p.iskp_resist)
    where = aimed_at(w, streams.uniform(w.key, t, 0, streams.ISKP, 8))
    record_deaths(w, where, float(killed), True, BY_ISKP)
    mean = p.iskp_suspects * 2.0 * p.taliban_harshness * broken
    harm_civilians(w, where, float(streams.poisson(w.key, t, 0, streams.CRACKDOWN, 0, mean)))
    return broken


@compiled
def begin(w: World) -> None:
    """Strength at the start."""
    w.jihadist.fighters = w.p.iskp_fighters * w.p.iskp_active
    hide(w)
