"""Foreign power: it works with Kabul or against it, by thresholds with hysteresis."""

from __future__ import annotations

import math

from sim.compiled import compiled
from sim.luck import streams
from sim.mechanisms.arithmetic import clip, halved
from sim.mechanisms.casualties import record_deaths
from sim.parameters.entities import POWER
from sim.world.fields import fields, parameter_fields

FIELDS = parameter_fields(POWER) + fields("""
attitude     | scale | what it thinks of Kabul now
shock_left   | scale | of the shock of Panjshir's fall
drifted      | scale | by its own reasons
working      | share | how far it works with Kabul
recognises   | flag  | it recognises Kabul
opposes      | flag  | it backs the opposition
""")


@compiled
def weekly(w, k, t):
    """A week: it weighs how Kabul rules, what spills over, what others did; it decides; it may strike."""
    power, gov, now, p = w.power[k], w.government, w.now, w.p
    power.shock_left = halved(power.shock_left, 7.0, 180.0)
    power.drifted += power.drift / math.sqrt(52.0) * streams.normal(w.key, t, k, streams.POWER, 0)
    power.drifted *= 0.995
    moderate = 0.5 * (1.0 - gov.control) + min(0.5, gov.inclusiveness)
    spill = now.recent_attacks / (now.recent_attacks + 100.0) + now.recent_refugees / (
        now.recent_refugees + 150000.0
    )
    power.attitude = (
        power.stance
        + power.shock_left
        + power.drifted
        + power.inclusion_weight * (moderate - 0.3)
        - power.terror_weight * 0.5 * spill
        + power.follows * others(w, k)
        - power.suspicion * closest(w, k)
        - lobbied(w, p)
    )
    decide(w, k, t)
    strike(w, k, t)


@compiled
def others(w, k):
    """What the other powers did: the share that recognises less the share that opposes."""
    total = 0.0
    for m in range(w.powers):
        if m != k:
            total += w.power[m].recognises - w.power[m].opposes
    return total / max(1.0, w.powers - 1.0)


@compiled
def closest(w, k):
    """How far the friendliest of the other powers works with Kabul."""
    most = 0.0
    for m in range(w.powers):
        if m != k:
            most = max(most, w.power[m].working)
    return most


@compiled
def lobbied(w, p):
    """The political wings abroad speak against Kabul, the less credibly the worse the old governments' name."""
    most = 0.0
    for k in range(w.fronts):
        alive = 0.3 + 0.7 * w.front[k].leader
        most = max(most, w.front[k].lobby * alive)
    return 0.3 * most * (1.0 - p.legacy_corruption)


@compiled
def decide(w, k, t):
    """Thresholds with hysteresis: recognition and opposition come slowly and go only after a clear change."""
    power = w.power[k]
    u = streams.uniform(w.key, t, k, streams.POWER, 1)
    span = max(0.1, 0.6 - power.oppose_at)
    power.working = clip((power.attitude - power.oppose_at) / span, 0.0, 1.0)
    if power.recognises == 0.0 and power.attitude > power.recognise_at and u < 0.04:
        power.recognises = 1.0
    elif power.recognises > 0.0 and power.attitude < power.recognise_at - 0.4:
        power.recognises = 0.0
    if power.opposes == 0.0 and power.attitude < power.oppose_at and u > 0.9:
        power.opposes = 1.0
    elif power.opposes > 0.0 and power.attitude > power.oppose_at + 0.3:
        power.opposes = 0.0


@compiled
def strike(w, k, t):
    """A power with militants across its border strikes when relations are bad."""
    power = w.power[k]
    if power.strikes <= 0.0:
        return
    rate = power.strikes / 52.0 * clip(1.0 - power.attitude, 0.0, 2.0)
    if not streams.bernoulli(w.key, t, k, streams.STRIKE, 0, rate):
        return
    total = 0.0
    for i in range(len(w.province)):
        total += struck(w, k, i)
    left = total * streams.uniform(w.key, t, k, streams.STRIKE, 1)
    for i in range(len(w.province)):
        left -= struck(w, k, i)
        if left < 0.0:
            w.now.strikes += 1.0
            dead = streams.poisson(
                w.key, t, k, streams.STRIKE, 2, streams.exponential(w.key, t, k, streams.STRIKE, 3, 8.0)
            )
            record_deaths(w, i, float(dead), False)
            break


@compiled
def struck(w, k, i):
    """How likely a strike of a power falls on a province: by the length of their border, far powers' anywhere."""
    place = w.province[i]
    if w.power_border[k] == 0:
        return place.iran_km
    if w.power_border[k] == 1:
        return place.pakistan_km
    if w.power_border[k] == 2:
        return place.north_km
    return place.iskp_weight


@compiled
def begin(w, k):
    """The fall of Panjshir is fresh."""
    w.power[k].shock_left = w.power[k].shock
    w.power[k].attitude = w.power[k].stance + w.power[k].shock
    w.power[k].working = clip((w.power[k].attitude - w.power[k].oppose_at) / 1.3, 0.0, 1.0)
