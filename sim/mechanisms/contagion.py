"""Protests and risings: people act when grievance exceeds risk, the more so when others act (Granovetter 1978)."""

from __future__ import annotations

from sim.compiled import compiled
from sim.luck import streams
from sim.luck.portable import exp
from sim.mechanisms.arithmetic import clip
from sim.mechanisms.casualties import harm_civilians


@compiled
def protest(w, i, t):
    """Townspeople protest peacefully when their net grievance passes a threshold that others' protests lower."""
    c, p, now = w.community[i], w.p, w.now
    contagion = p.protest_contagion * now.recent_protests / (now.recent_protests + 20.0)
    threshold = clip(p.protest_threshold * (1.0 - contagion), 0.0, 0.95)
    will = clip(
        (c.grievance - 0.5 * p.community_fear_weight * c.fear - threshold) / (1.0 - threshold), 0.0, 1.0
    )
    mean = p.protest_rate * 7.0 / 30.0 * (c.people * c.urban / 1e6) * will
    number = streams.poisson(w.key, t, i, streams.PROTEST, 0, mean)
    if number == 0:
        return
    now.protests += number
    now.recent_protests += number
    w.province[i].week_protests += number
    for k in range(min(number, 20)):
        # sizes of protests are spread over orders of magnitude: log-normal around the median
        size = p.protest_size * exp(1.2 * streams.normal(w.key, t, i, streams.PROTEST, 10 + k)) * (0.5 + will)
        now.largest_protest = max(now.largest_protest, min(size, c.people * c.urban * 0.2))
        if streams.bernoulli(w.key, t, i, streams.PROTEST, 40 + k, 0.04 * p.taliban_harshness):
            shot = 1.0 + streams.poisson(w.key, t, i, streams.PROTEST, 70 + k, 2.0 * p.taliban_harshness)
            harm_civilians(w, i, shot)
        c.fear = min(1.0, c.fear + 0.01 * p.taliban_harshness)


@compiled
def rise(w, i, t):
    """A small town rises in arms: grievance net of risk, neighbours in revolt, hidden arms and the season."""
    c, p, now, place = w.community[i], w.p, w.now, w.province[i]
    if c.rising > 0.0 or place.held == 0.0:
        return
    neighbours = 0.0
    for k in range(w.near_ptr[i], w.near_ptr[i + 1]):
        j = w.near_idx[k]
        if w.community[j].rising > 0.0 or w.province[j].held == 0.0:
            neighbours += 1.0
    arms = w.cache[i].count / (w.cache[i].count + 20.0)
    rate = (
        p.rising_rate / 52.0
        * c.defiance
        * (1.0 - 0.7 * place.city)
        * (1.0 - p.rising_arms + 2.0 * p.rising_arms * arms)
        * (1.0 + p.rising_contagion * neighbours)
        * (0.5 + 0.5 * now.season)
    )  # fmt: skip
    mutiny = p.rising_defection * c.grievance * (1.0 - w.garrison[i].cohesion) * w.garrison[i].kin
    u = streams.uniform(w.key, t, i, streams.RISING, 0)
    if u >= 1.0 - exp(-rate - mutiny):
        return
    size = (
        p.rising_size * exp(0.8 * streams.normal(w.key, t, i, streams.RISING, 1)) * (0.5 + 2.0 * c.defiance)
    )
    if streams.bernoulli(w.key, t, i, streams.RISING, 2, mutiny / (rate + mutiny)):
        turned = 0.3 * w.garrison[i].fighters * (1.0 - w.garrison[i].cohesion)
        w.garrison[i].fighters -= turned
        size += turned
    c.rising = size * (1.0 - p.rising_arms + 2.0 * p.rising_arms * arms)
    now.risings += 1.0
    place.week_risings += 1.0
    place.threat += 3.0
