"""Jihadist rival (ISKP): cells that strike cities and minorities and draw the government's forces away."""

from __future__ import annotations

import math

from sim.compiled import compiled
from sim.luck import streams
from sim.luck.portable import exp
from sim.mechanisms.casualties import lose_soldiers, record_deaths
from sim.world.fields import fields

FIELDS = fields("""
fighters      | fighters        | in cells
pressure      | share           | of cells broken in a year at present
tempo         | log             | of its campaign: above 0 it strikes more than usual
""")


@compiled
def daily(w, t):
    """A day: attacks in proportion to strength and to the tempo of its campaign."""
    p = w.p
    if p.iskp_active == 0.0:
        return
    mean = p.iskp_attack_rate / 30.0 * w.jihadist.fighters / 2000.0 * (0.6 + 0.4 * w.now.season)
    mean *= exp(w.jihadist.tempo - 0.5 * p.iskp_burstiness * p.iskp_burstiness)
    number = streams.poisson(w.key, t, 0, streams.ISKP, 0, mean)
    for k in range(min(number, 30)):
        attack(w, t, k)


@compiled
def attack(w, t, k):
    """One attack: mostly on soldiers or single persons, at times on a crowd with a heavy-tailed toll."""
    p = w.p
    left = streams.uniform(w.key, t, k, streams.ISKP, 1)
    province = len(w.province) - 1
    for i in range(len(w.province)):
        left -= w.province[i].iskp_weight
        if left < 0.0:
            province = i
            break
    w.now.attacks_iskp += 1.0
    w.province[province].week_attacks += 1.0
    w.province[province].threat += p.iskp_distraction
    if streams.bernoulli(w.key, t, k, streams.ISKP, 2, p.iskp_mass_casualty):
        dead = streams.pareto(w.key, t, k, streams.ISKP, 3, p.iskp_crowd_deaths, p.iskp_tail, 300.0)
        record_deaths(w, province, math.floor(dead), False)
        return
    dead = streams.poisson(w.key, t, k, streams.ISKP, 4, p.iskp_deaths)
    on_soldiers = streams.bernoulli(w.key, t, k, streams.ISKP, 5, 0.6)
    if on_soldiers:
        record_deaths(w, province, lose_soldiers(w, province, dead), True)
    else:
        record_deaths(w, province, float(dead), False)


@compiled
def weekly(w, t):
    """A week: its campaigns swell and ebb, it grows by itself, intelligence breaks its cells, at times in fights."""
    j, p, gov = w.jihadist, w.p, w.government
    if p.iskp_active == 0.0:
        return
    j.tempo = 0.85 * j.tempo + 0.53 * p.iskp_burstiness * streams.normal(w.key, t, 0, streams.ISKP, 9)
    j.pressure = p.iskp_suppression * gov.intelligence
    broken = streams.poisson(w.key, t, 0, streams.ISKP, 6, j.fighters * j.pressure / 52.0)
    j.fighters = max(0.0, j.fighters * exp(p.iskp_growth / 52.0) - broken)
    killed = streams.binomial(w.key, t, 0, streams.ISKP, 7, broken, 0.1)
    left = streams.uniform(w.key, t, 0, streams.ISKP, 8)
    for i in range(len(w.province)):
        left -= w.province[i].iskp_weight
        if left < 0.0:
            record_deaths(w, i, float(killed), True)
            break


@compiled
def begin(w):
    """Strength at the start."""
    w.jihadist.fighters = w.p.iskp_fighters * w.p.iskp_active
