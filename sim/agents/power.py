"""Foreign power: it works with Kabul or against it, by thresholds with hysteresis."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.compiled import compiled
from sim.luck import streams
from sim.mechanisms.arithmetic import above, clip, halved, saturated
from sim.mechanisms.casualties import BY_OTHERS, record_deaths
from sim.parameters.entities import POWER
from sim.world.fields import fields, parameter_fields

if TYPE_CHECKING:
    from sim.world.state import Row, World


FIELDS = parameter_fields(POWER) + fields("""
attitude     | scale | what it thinks of Kabul now | derived
shock_left   | scale | of the shock of Panjshir's fall
drifted      | scale | by its own reasons
working      | share | how far it works with Kabul | derived
recognises   | flag  | it recognises Kabul
opposes      | flag  | it backs the opposition
""")

SHORTEST_SPAN = 0.1  # of attitudes, from opposing Kabul to working with it in full


@compiled
def weekly(w: World, k: int, t: int) -> None:
    """A week: it weighs how Kabul rules, what spills over, what others did; it decides; it may strike."""
    power, gov, now, p = w.power[k], w.government, w.now, w.p
    power.shock_left = halved(power.shock_left, 7.0, p.diplomacy_shock_halflife)
    power.drifted += power.drift / math.sqrt(52.0) * streams.normal(w.key, t, k, streams.POWER, 0)
    power.drifted *= p.diplomacy_drift_kept
    open_to = min(p.diplomacy_inclusive_enough, gov.inclusiveness)
    moderate = p.diplomacy_control_weight * (1.0 - gov.control) + open_to
    attacks = saturated(now.recent_attacks, p.diplomacy_attacks_half)
    spill = 0.5 * (attacks + saturated(now.recent_refugees, p.diplomacy_refugees_half))
    power.attitude = (
        power.stance
        + power.shock_left
        + power.drifted
        + power.inclusion_weight * (moderate - p.diplomacy_moderate_norm)
        - power.terror_weight * spill
        + power.follows * others(w, k)
        - power.suspicion * closest(w, k)
        - lobbied(w, p)
        + p.diplomacy_settlement * gov.settlement
    )
    decide(w, k, t)
    strike(w, k, t)


@compiled
def others(w: World, k: int) -> float:
    """What the other powers did: the share that recognises less the share that opposes."""
    total = 0.0
    for m in range(w.powers):
        if m != k:
            total += w.power[m].recognises - w.power[m].opposes
    return total / max(1.0, w.powers - 1.0)


@compiled
def closest(w: World, k: int) -> float:
    """How far the friendliest of the other powers works with Kabul."""
    most = 0.0
    for m in range(w.powers):
        if m != k:
            most = max(most, w.power[m].working)
    return most


@compiled
def lobbied(w: World, p: Row) -> float:
    """The political wings abroad speak against Kabul, the less credibly the worse the old governments' name."""
    most = 0.0
    for k in range(w.fronts):
        alive = above(p.diplomacy_leaderless, w.front[k].leader)
        most = max(most, w.front[k].lobby * alive)
    return p.diplomacy_lobby_weight * most * (1.0 - p.legacy_corruption)


@compiled
def decide(w: World, k: int, t: int) -> None:
    """Thresholds with hysteresis: recognition and opposition come slowly and go only after a clear change."""
    power, p = w.power[k], w.p
    u = streams.uniform(w.key, t, k, streams.POWER, 1)
    power.working = willing(power, p)
    if power.recognises == 0.0 and power.attitude > power.recognise_at and u < p.diplomacy_recognise_rate:
        power.recognises = 1.0
    elif power.recognises > 0.0 and power.attitude < power.recognise_at - p.diplomacy_recognise_back:
        power.recognises = 0.0
    if power.opposes == 0.0 and power.attitude < power.oppose_at and u > 1.0 - p.diplomacy_oppose_rate:
        power.opposes = 1.0
    elif power.opposes > 0.0 and power.attitude > power.oppose_at + p.diplomacy_oppose_back:
        power.opposes = 0.0


@compiled
def willing(power: Row, p: Row) -> float:
    """How far a power works with Kabul at its attitude: not at all where it would oppose it."""
    span = max(SHORTEST_SPAN, p.diplomacy_full_work - power.oppose_at)
    return clip((power.attitude - power.oppose_at) / span, 0.0, 1.0)


@compiled
def strike(w: World, k: int, t: int) -> None:
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
            w.today.strikes += 1.0
            toll = streams.exponential(w.key, t, k, streams.STRIKE, 3, w.p.diplomacy_strike_deaths)
            dead = streams.poisson(w.key, t, k, streams.STRIKE, 2, toll)
            record_deaths(w, i, float(dead), False, BY_OTHERS)
            break


@compiled
def struck(w: World, k: int, i: int) -> float:
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
def begin(w: World, k: int) -> None:
    """The fall of Panjshir is fresh."""
    power = w.power[k]
    power.shock_left = power.shock
    power.attitude = power.stance + power.shock
    power.working = willing(power, w.p)
