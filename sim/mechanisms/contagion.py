"""Protests and risings: people act when grievance exceeds risk, the more so when others act (Granovetter 1978)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled import compiled
from sim.luck import ahead, streams
from sim.luck.portable import exp
from sim.mechanisms.arithmetic import clip, saturated, towards
from sim.mechanisms.casualties import LEAST_FORCE, harm_civilians
from sim.mechanisms.raids import peace
from sim.world.units import A_MILLIONTH, MONTHS_A_WEEK, YEARS_A_WEEK

if TYPE_CHECKING:
    from sim.world.state import World


_MOST_THRESHOLD = 0.95  # so that the will to protest stays finite
_MOST_DRAWN = 20  # protests in a province and week whose size is drawn


@compiled
def protest(w: World, i: int, t: int) -> None:
    """Townspeople protest peacefully when their net grievance passes a threshold that others' protests lower."""
    c, p, now = w.community[i], w.p, w.now
    contagion = p.protest_contagion * saturated(now.recent_protests, p.protest_memory)
    threshold = clip(p.protest_threshold * (1.0 - contagion), 0.0, _MOST_THRESHOLD)
    felt = c.grievance - p.protest_fear * p.community_fear_weight * c.fear
    will = clip((felt - threshold) / (1.0 - threshold), 0.0, 1.0)
    mean = p.protest_rate * MONTHS_A_WEEK * (c.people * c.urban * A_MILLIONTH) * will
    number = ahead.poisson(w, t, i, streams.PROTEST, mean)
    if number == 0:
        return
    w.today.protests += number
    now.recent_protests += number
    w.province[i].week_protests += number
    for k in range(min(number, _MOST_DRAWN)):
        # sizes of protests are spread over orders of magnitude: log-normal around the median
        spread = exp(p.protest_spread * streams.normal(w.key, t, i, streams.PROTEST, 10 + k))
        size = p.protest_size * spread * (p.protest_turnout + will)
        w.today.largest_protest = max(
            w.today.largest_protest, min(size, c.people * c.urban * p.protest_largest)
        )
        shot_at = p.protest_shooting * p.taliban_harshness
        if streams.bernoulli(w.key, t, i, streams.PROTEST, 40 + k, shot_at):
            more = p.protest_shot * p.taliban_harshness
            harm_civilians(w, i, 1.0 + streams.poisson(w.key, t, i, streams.PROTEST, 70 + k, more))
        c.fear = min(1.0, c.fear + p.protest_cowing * p.taliban_harshness)


@compiled
def rise(w: World, i: int, t: int) -> None:
    """A small town rises in arms: grievance net of risk, neighbours in revolt, risings heard of, arms, the season."""
    c, p, place = w.community[i], w.p, w.province[i]
    if c.rising > 0.0 or place.held == 0.0:
        return
    arms = saturated(w.cache[i].count, p.rising_caches)
    armed = 1.0 - p.rising_arms + 2.0 * p.rising_arms * arms
    heard_of = p.rising_memory * saturated(w.now.recent_risings, p.rising_heard)
    rate = (
        p.rising_rate * YEARS_A_WEEK
        * c.defiance
        * (1.0 - p.rising_city * place.city)
        * armed
        * (1.0 + p.rising_contagion * in_revolt(w, i) + heard_of)
        * towards(1.0, w.now.season, p.rising_cold)
        * peace(w)
    )  # fmt: skip
    mutiny = p.rising_defection * c.grievance * (1.0 - w.garrison[i].cohesion) * w.garrison[i].kin
    u = ahead.uniform(w, t, i, streams.RISING)
    if u >= rate + mutiny or u >= 1.0 - exp(-rate - mutiny):  # mostly none: the chance is below the rate
        return
    # most risings are small and a few are large: a Pareto law, as of insurgent groups
    most = p.rising_largest * c.people
    size = streams.pareto(w.key, t, i, streams.RISING, 1, p.rising_size, p.rising_tail, most) * armed
    if streams.bernoulli(w.key, t, i, streams.RISING, 2, mutiny / (rate + mutiny)):
        turned = p.rising_turned * w.garrison[i].fighters * (1.0 - w.garrison[i].cohesion)
        w.garrison[i].fighters -= turned
        w.government.forces = max(LEAST_FORCE, w.government.forces - turned)
        size += turned
    c.rising = min(size, most)
    w.today.risings += 1.0
    w.now.recent_risings += 1.0
    place.week_risings += 1.0
    place.threat += p.rising_threat


@compiled
def in_revolt(w: World, i: int) -> float:
    """Neighbours of a province that are in revolt or out of government hands."""
    number = 0.0
    for k in range(w.near_ptr[i], w.near_ptr[i + 1]):
        j = w.near_idx[k]
        if w.community[j].rising > 0.0 or w.province[j].held == 0.0:
            number += 1.0
    return number
