"""Garrison: the government's fighters in a province; it watches, searches caches and puts down risings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled import compiled
from sim.luck import ahead, streams
from sim.luck.portable import exp
from sim.mechanisms.arithmetic import clip, contest, towards
from sim.mechanisms.casualties import (
    BY_OTHERS,
    BY_RISINGS,
    harm_civilians,
    lose_soldiers,
    record_deaths,
    thin_pockets,
)
from sim.mechanisms.presence import watch, watched
from sim.world.fields import fields
from sim.world.units import YEARS_A_WEEK

if TYPE_CHECKING:
    from sim.world.state import World


FIELDS = fields("""
fighters      | fighters        | present
share         | share           | of the force that is stationed here in quiet times (fixed) | fixed
cohesion      | share           | readiness to stand and fight
kin           | share           | of men who are local or kindred to the people here
""")


@compiled
def daily(w: World, i: int, t: int) -> None:
    """A day: put down a rising, or take back a capital that was lost."""
    if w.community[i].rising > 0.0:
        put_down(w, i, t)
    elif w.province[i].held == 0.0:
        take_back(w, i, t)
    w.province[i].week_held += w.province[i].held


@compiled
def put_down(w: World, i: int, t: int) -> None:
    """A rising ends as soon as the garrison's strength tells; a strong rising may take the capital first."""
    c, g, p, place = w.community[i], w.garrison[i], w.p, w.province[i]
    garrison = g.fighters * g.cohesion + 1.0
    if place.held == 0.0:
        garrison += at_hand(w) * g.cohesion
    toll = p.rising_lethality * min(c.rising, garrison)
    soldiers = streams.poisson(w.key, t, i, streams.RISING, 3, toll)
    rebels = min(float(streams.poisson(w.key, t, i, streams.RISING, 7, toll)), max(0.0, c.rising - 1.0))
    c.rising -= rebels
    record_deaths(w, i, lose_soldiers(w, i, soldiers) + rebels, True, BY_RISINGS)
    wins = 1.0 - exp(-garrison / (c.rising * p.rising_resolve))
    if streams.bernoulli(w.key, t, i, streams.RISING, 4, wins):
        end_rising(w, i, t)
        return
    takes = p.rising_capital * contest(c.rising, garrison, p.garrison_sharpness)
    beyond_valley = place.held > 0.0 and i != w.valley_province
    if beyond_valley and streams.bernoulli(w.key, t, i, streams.RISING, 6, takes):
        lose_capital(w, i)
    if place.held == 0.0:
        # a town that holds out draws the neighbourhood in
        c.rising = min(c.rising * (1.0 + p.rising_draws * c.defiance), p.rising_largest * c.people)


@compiled
def end_rising(w: World, i: int, t: int) -> None:
    """The garrison has won: rebels are shot, and fear is left."""
    c, p = w.community[i], w.p
    w.province[i].held = 1.0
    shot = streams.poisson(w.key, t, i, streams.RISING, 5, p.rising_punished * c.rising * p.taliban_harshness)
    harm_civilians(w, i, float(shot))
    c.fear = min(1.0, c.fear + p.rising_cowing * p.taliban_harshness)
    c.rising = 0.0


@compiled
def lose_capital(w: World, i: int) -> None:
    """A provincial capital is lost: the garrison scatters and the victory of 2021 loses its shine."""
    place, g, gov, p = w.province[i], w.garrison[i], w.government, w.p
    place.held = 0.0
    place.threat += p.garrison_capital_threat
    g.fighters *= 1.0 - p.garrison_scattered
    g.cohesion *= 1.0 - p.garrison_shaken
    gov.victory *= 1.0 - p.taliban_shine_lost
    watch(w, i)


@compiled
def at_hand(w: World) -> float:
    """Men of the mobile reserve that can be brought to one lost capital: half of it, shared by all that are lost."""
    return 0.5 * w.government.reserve / max(1.0, w.government.capitals_lost)


@compiled
def take_back(w: World, i: int, t: int) -> None:
    """The government's reserve tries to take a lost capital back, the sooner the better its chance."""
    place, g, p = w.province[i], w.garrison[i], w.p
    ours = (g.fighters + at_hand(w)) * g.cohesion
    theirs = place.rivals + place.pocket_fighters + p.garrison_retake_holders
    chance = contest(ours, p.garrison_retake_odds * theirs, p.garrison_sharpness)
    tried = p.garrison_retake_haste + p.garrison_retake_pace * chance
    if not streams.bernoulli(w.key, t, i, streams.RETAKE, 0, tried):
        return
    toll = p.garrison_retake_lethality * min(ours, theirs)
    soldiers = lose_soldiers(w, i, streams.poisson(w.key, t, i, streams.RETAKE, 1, toll))
    others = thin_pockets(w, i, streams.poisson(w.key, t, i, streams.RETAKE, 3, toll))
    record_deaths(w, i, soldiers + others, True, BY_OTHERS)
    if streams.bernoulli(w.key, t, i, streams.RETAKE, 2, chance):
        place.held = 1.0
        watch(w, i)


@compiled
def weekly(w: World, i: int, t: int) -> None:
    """A week: fighters follow the government's allocation, cohesion follows pay and fortune, patrols search, old
    scores are settled."""
    g, gov, p, place = w.garrison[i], w.government, w.p, w.province[i]
    drawn = (g.share + place.threat / p.garrison_threat) / gov.threat_total
    wanted = gov.stationed * towards(drawn, g.share, p.garrison_fixed)
    g.fighters = towards(g.fighters, wanted, p.garrison_follow * place.held)
    stand_together(w, i)
    watch(w, i)
    search(w, i, t)
    quarrel(w, i, t)
    settle_scores(w, i, t)
    place.threat *= w.now.threat_kept
    place.violence *= w.now.threat_kept


@compiled
def stand_together(w: World, i: int) -> None:
    """Cohesion: pay, victory and training bind; men whose own people are aggrieved and a losing side waver."""
    g, gov, p, c = w.garrison[i], w.government, w.p, w.community[i]
    losing = min(1.0, gov.capitals_lost / p.taliban_concession_losses)
    bound = (
        p.garrison_cohesion_ground
        + p.garrison_cohesion_pay * gov.pay
        + p.garrison_cohesion_victory * gov.victory
        + p.garrison_cohesion_quality * gov.quality
        - p.garrison_cohesion_kin * g.kin * c.grievance
        - p.garrison_cohesion_losses * losing
    )
    g.cohesion = towards(g.cohesion, clip(bound, 0.0, 1.0), p.garrison_cohesion_rate * YEARS_A_WEEK)
    kindred = (
        p.garrison_kin_cards * p.taliban_ethnic_cards * (1.0 - c.pashtun) + p.garrison_kin_pashtun * c.pashtun
    )
    g.kin = clip(p.garrison_kin_anywhere + kindred, 0.0, 1.0)


@compiled
def search(w: World, i: int, t: int) -> None:
    """Patrols find hidden caches as far as they are present and informed."""
    p, cache = w.p, w.cache[i]
    hazard = p.caches_search * w.community[i].knowledge * watched(w, i) * YEARS_A_WEEK
    cache.count -= ahead.stricken(w, t, i, streams.SEARCH, int(cache.count), hazard)


@compiled
def quarrel(w: World, i: int, t: int) -> None:
    """Units of the government fight each other where cohesion is low."""
    g, p = w.garrison[i], w.p
    mean = p.garrison_infighting * YEARS_A_WEEK * g.share * (1.0 - g.cohesion)
    clashes = ahead.poisson(w, t, i, streams.QUARREL, mean)
    if clashes > 0:
        more = streams.poisson(w.key, t, i, streams.QUARREL, 1, p.garrison_quarrel_deaths * clashes)
        record_deaths(w, i, lose_soldiers(w, i, clashes + more), True, BY_OTHERS)


@compiled
def settle_scores(w: World, i: int, t: int) -> None:
    """Soldiers without discipline kill men of the former army and government, fewer as the victory recedes."""
    g, gov, p = w.garrison[i], w.government, w.p
    undisciplined = 1.0 - p.garrison_discipline * g.cohesion
    mean = (
        p.garrison_revenge * YEARS_A_WEEK * g.share * 2.0 * p.taliban_harshness * undisciplined * gov.victory
    )
    harm_civilians(w, i, float(ahead.poisson(w, t, i, streams.REVENGE, mean)))
