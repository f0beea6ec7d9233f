"""Garrison: the government's fighters in a province; it patrols, searches caches and puts down risings."""

from __future__ import annotations

from sim.compiled import compiled
from sim.luck import streams
from sim.luck.portable import exp
from sim.mechanisms.arithmetic import clip, contest, towards
from sim.mechanisms.casualties import harm_civilians, lose_soldiers, record_deaths, thin_pockets
from sim.world.fields import fields

FIELDS = fields("""
fighters      | fighters        | present
share         | share           | of the force that is stationed here in quiet times (fixed)
cohesion      | share           | readiness to stand and fight
kin           | share           | of men who are local or kindred to the people here
""")


@compiled
def daily(w, i, t):
    """A day: put down a rising, or take back a capital that was lost."""
    if w.community[i].rising > 0.0:
        put_down(w, i, t)
    elif w.province[i].held == 0.0:
        take_back(w, i, t)
    w.province[i].week_held += w.province[i].held


@compiled
def put_down(w, i, t):
    """A rising ends as soon as the garrison's strength tells; a strong rising may take the capital first."""
    c, g, p, place = w.community[i], w.garrison[i], w.p, w.province[i]
    garrison = g.fighters * g.cohesion + 1.0
    if place.held == 0.0:
        garrison += at_hand(w) * g.cohesion
    soldiers = streams.poisson(w.key, t, i, streams.RISING, 3, 0.005 * min(c.rising, garrison))
    rebels = min(
        float(streams.poisson(w.key, t, i, streams.RISING, 7, 0.005 * min(c.rising, garrison))),
        c.rising - 1.0,
    )
    c.rising -= rebels
    record_deaths(w, i, lose_soldiers(w, i, soldiers) + rebels, True)
    wins = 1.0 - exp(-garrison / (c.rising * p.rising_resolve))
    if streams.bernoulli(w.key, t, i, streams.RISING, 4, wins):
        place.held = 1.0
        shot = streams.poisson(w.key, t, i, streams.RISING, 5, 0.02 * c.rising * p.taliban_harshness)
        harm_civilians(w, i, float(shot))
        c.fear = min(1.0, c.fear + 0.3 * p.taliban_harshness)
        c.rising = 0.0
        return
    takes = 0.5 * contest(c.rising, garrison, 2.0)
    if (
        place.held > 0.0
        and i != w.valley_province
        and streams.bernoulli(w.key, t, i, streams.RISING, 6, takes)
    ):
        lose_capital(w, i)
    if place.held == 0.0:
        # a town that holds out draws the neighbourhood in
        c.rising = min(c.rising * (1.0 + 0.05 * c.defiance), 0.02 * c.people)


@compiled
def lose_capital(w, i):
    """A provincial capital is lost: the garrison scatters and the victory of 2021 loses its shine."""
    place, g, gov = w.province[i], w.garrison[i], w.government
    place.held = 0.0
    place.threat += 20.0
    g.fighters *= 0.5
    g.cohesion *= 0.8
    gov.victory *= 0.8


@compiled
def at_hand(w):
    """Men of the mobile reserve that can be brought to one lost capital: half of it, shared by all that are lost."""
    return 0.5 * w.government.reserve / max(1.0, w.government.capitals_lost)


@compiled
def take_back(w, i, t):
    """The government's reserve tries to take a lost capital back, the sooner the better its chance."""
    place, g = w.province[i], w.garrison[i]
    ours = (g.fighters + at_hand(w)) * g.cohesion
    theirs = place.rivals + place.pocket_fighters + 50.0
    chance = contest(ours, 2.0 * theirs, 2.0)
    if not streams.bernoulli(w.key, t, i, streams.RETAKE, 0, 0.03 + 0.3 * chance):
        return
    toll = 0.01 * min(ours, theirs)
    soldiers = float(streams.poisson(w.key, t, i, streams.RETAKE, 1, toll))
    w.government.forces = max(1000.0, w.government.forces - soldiers)
    others = thin_pockets(w, i, streams.poisson(w.key, t, i, streams.RETAKE, 3, toll))
    record_deaths(w, i, soldiers + others, True)
    if streams.bernoulli(w.key, t, i, streams.RETAKE, 2, chance):
        place.held = 1.0


@compiled
def weekly(w, i, t):
    """A week: fighters follow the government's allocation, cohesion follows pay and fortune, patrols search."""
    g, gov, p, place, c = w.garrison[i], w.government, w.p, w.province[i], w.community[i]
    wanted = gov.stationed * (0.5 * g.share + 0.5 * (g.share + place.threat / 20.0) / gov.threat_total)
    g.fighters = towards(g.fighters, wanted, 0.15 * place.held)
    bound = 0.35 + 0.3 * gov.pay + 0.25 * gov.victory + 0.15 * gov.rebuilt - 0.2 * g.kin * c.grievance
    losing = min(1.0, gov.capitals_lost / 10.0)
    g.cohesion = towards(g.cohesion, clip(bound - 0.5 * losing, 0.05, 1.0), 0.02)
    g.kin = clip(0.2 + 0.6 * p.taliban_ethnic_cards * (1.0 - c.pashtun) + 0.7 * c.pashtun, 0.0, 1.0)
    search(w, i, t)
    quarrel(w, i, t)
    place.threat *= 0.93
    place.violence *= 0.93


@compiled
def search(w, i, t):
    """Patrols find hidden caches as well as they are informed."""
    p, cache = w.p, w.cache[i]
    share = 1.0 - exp(-p.caches_search * w.community[i].knowledge / 52.0)
    found = streams.binomial(w.key, t, i, streams.SEARCH, 0, int(cache.count), share * w.province[i].held)
    cache.count -= found


@compiled
def quarrel(w, i, t):
    """Units of the government fight each other where cohesion is low."""
    g, p = w.garrison[i], w.p
    mean = p.garrison_infighting / 52.0 * g.share * (1.0 - g.cohesion)
    clashes = streams.poisson(w.key, t, i, streams.QUARREL, 0, mean)
    if clashes > 0:
        dead = 1.0 + streams.poisson(w.key, t, i, streams.QUARREL, 1, 2.0 * clashes)
        record_deaths(w, i, lose_soldiers(w, i, dead), True)
