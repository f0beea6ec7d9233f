"""Taliban government: it raises and spends, delivers services, rebuilds forces, courts, concedes, meets."""

from __future__ import annotations

import math

from sim.compiled import compiled
from sim.luck import streams
from sim.luck.portable import exp
from sim.mechanisms.arithmetic import clip, halved, towards
from sim.world.fields import fields

FIELDS = fields("""
economy          | index           | output, early 2021 = 1
shock_left       | share           | of the shock to output still to come
drought          | share           | of harvests lost
revenue          | USD million a week | domestic revenue
aid              | USD million a week | from abroad
funding          | share           | of the need for services and relief that is met
pay              | share           | of the forces' pay that is met
services         | share           | quality of public services
control          | share           | degree of control over public life
inclusiveness    | share           | of high offices held outside the core
hope             | share           | that recognition is within reach
victory          | share           | psychological victory
forces           | fighters        | army and police
reserve          | fighters        | of them mobile
stationed        | fighters        | of them in garrisons
rebuilt          | share           | of the wanted force that stands
intelligence     | share           | working order of the services
threat_total     | weight          | of all provinces
capitals_lost    | capitals        | not held now
settlement       | flag            | a negotiated or inclusive settlement holds
warmth           | share           | goodwill built up in talks
column           | fighters        | of the assault or occupation of the valley
column_lost      | fighters        | of it, killed
siege            | phase           | 0 none, 1 assault, 2 occupation
siege_days       | days            | in this phase
stalled          | days            | of an assault without gaining ground
least            | stretches       | of floor that the front held at the best moment of the assault
pause            | days            | until the next assault can begin
""")


@compiled
def weekly(w, t):
    """A week of government, in this order."""
    gov, p = w.government, w.p
    run_economy(w, t)
    spend(gov, p)
    rebuild(gov, p)
    rule(w, gov, p)
    concede(w, t)
    gov.victory = halved(gov.victory, 7.0, p.taliban_victory_halflife)


@compiled
def run_economy(w, t):
    """Output: the shock of 2021 works itself out within a year, then the trend, with luck; aid props it up."""
    gov, p = w.government, w.p
    came = gov.shock_left * (1.0 - exp(-7.0 / 120.0))
    gov.shock_left -= came
    luck = p.economy_volatility / math.sqrt(52.0) * streams.normal(w.key, t, 0, streams.ECONOMY, 0)
    aid_push = 0.0008 * (gov.aid * 52.0 / 2500.0 - 0.5)
    growth = p.economy_growth / 52.0 + luck + aid_push - 0.0004 * min(5.0, gov.capitals_lost)
    gov.economy = clip(gov.economy * exp(growth) - came, 0.2, 3.0)
    gov.drought = halved(gov.drought, 7.0, 500.0)
    gov.aid = 0.0
    for k in range(w.powers):
        gov.aid += w.power[k].aid_share * w.power[k].working
    gov.aid = (
        p.economy_aid / 52.0 * (0.1 + 0.9 * gov.aid)
    )  # a tenth goes on whatever the donors think of Kabul
    held = 1.0 - gov.capitals_lost / 34.0
    gov.revenue = p.economy_revenue / 52.0 * gov.economy * (1.0 - p.taliban_corruption) * held


@compiled
def spend(gov, p):
    """Security takes its share of revenue; the rest and the aid pay for services, less what old habits lose."""
    security = gov.revenue * p.taliban_security_share
    wages = gov.forces * 0.0018 / 52.0  # USD million a week at USD 1,800 a fighter and year
    gov.pay = clip(security / max(wages, 0.01) / 3.0, 0.0, 1.0)  # a third of security spending is pay
    reach = 1.0 - 0.3 * p.legacy_corruption
    gov.funding = clip((gov.revenue - security + gov.aid) * reach * 52.0 / p.economy_need, 0.0, 1.0)
    gov.services = towards(gov.services, p.taliban_service_delivery * math.sqrt(gov.funding), 0.02)
    gov.services = clip(gov.services, 0.0, 1.0)


@compiled
def rebuild(gov, p):
    """A standing force, police and intelligence services are rebuilt as far as pay allows."""
    step = p.taliban_force_growth * 7.0 / 30.0 * gov.pay
    gap = p.taliban_force_target - gov.forces
    deserting = (
        0.02 * (1.0 - gov.pay) * gov.capitals_lost / 34.0 * gov.forces
    )  # the unpaid of a losing side go home
    gov.forces = max(1000.0, gov.forces + clip(gap, -2.0 * step - 50.0, step) - deserting)
    gov.rebuilt = clip(gov.forces / p.taliban_force_target, 0.0, 1.0)
    gap = p.taliban_intelligence_growth * gov.pay / 52.0 * (1.0 - gov.intelligence)
    gov.intelligence = clip(gov.intelligence + gap, 0.0, 1.0)
    free = max(0.0, gov.forces - gov.column)
    gov.reserve = free * p.taliban_reserve_share
    gov.stationed = free - gov.reserve


@compiled
def rule(w, gov, p):
    """Leaders soften control while recognition seems within reach; hope fades while nobody recognises."""
    recognised = 0.0
    for k in range(w.powers):
        recognised += w.power[k].recognises
    gov.hope = towards(gov.hope, min(1.0, recognised / 3.0), 0.01)
    prudence = p.taliban_prudence * gov.hope
    gov.control = towards(gov.control, p.taliban_control * (1.0 - 0.6 * prudence), 0.04)
    lost, threat = 0.0, 0.0
    for i in range(len(w.province)):
        lost += 1.0 - w.province[i].held
        threat += w.garrison[i].share + w.province[i].threat / 20.0
    gov.capitals_lost = lost
    gov.threat_total = max(threat, 0.01)


@compiled
def concede(w, t):
    """Steps to an inclusive government come under pressure from abroad and at home, given prudence.

    A settlement stands when offices are widely shared, or when talks have built enough goodwill; it breaks when
    goodwill has faded.
    """
    gov, p, now = w.government, w.p, w.now
    pressure = clip(
        0.5 * gov.hope + now.recent_attacks / (now.recent_attacks + 60.0) + gov.capitals_lost / 10.0, 0, 1
    )
    rate = p.taliban_concession_rate / 52.0 * p.taliban_prudence * 2.0 * pressure
    if streams.bernoulli(w.key, t, 0, streams.CONCEDE, 0, rate):
        gov.inclusiveness = min(1.0, gov.inclusiveness + 0.12)
        gov.warmth = min(1.0, gov.warmth + 0.1)
    gov.inclusiveness = towards(gov.inclusiveness, max(p.taliban_inclusiveness, gov.inclusiveness), 0.02)
    gov.warmth *= 0.995
    reached = gov.inclusiveness + 0.5 * gov.warmth
    if gov.settlement == 0.0 and reached > 0.6:
        gov.settlement = 1.0
    if gov.settlement > 0.0 and reached < 0.45:
        gov.settlement = 0.0


@compiled
def meet(w, t, agent):
    """Kabul answers an offer of talks: a meeting builds goodwill; True if they meet."""
    gov, p, now = w.government, w.p, w.now
    cost = now.recent_attacks / (now.recent_attacks + 40.0)
    readiness = p.taliban_talks * (0.4 + 0.4 * p.taliban_prudence + 0.4 * cost)
    if not streams.bernoulli(w.key, t, agent, streams.TALKS, 1, readiness):
        return False
    now.talks += 1.0
    fruitful = 0.15 * (0.3 + gov.inclusiveness + p.taliban_prudence * gov.hope)
    gov.warmth = min(1.0, gov.warmth + fruitful)
    return True


@compiled
def begin(w):
    """State at the start."""
    gov, p = w.government, w.p
    gov.economy = 1.0 - 0.25 * p.economy_shock
    gov.shock_left = 0.75 * p.economy_shock
    gov.drought = p.economy_drought
    gov.services = p.legacy_services
    gov.control = p.taliban_control
    gov.inclusiveness = p.taliban_inclusiveness
    gov.hope = 1.0
    gov.victory = p.taliban_victory
    gov.forces = p.taliban_force_start
    gov.intelligence = p.taliban_intelligence_start
    gov.pay = 0.7
    gov.aid = 0.3 * p.economy_aid / 52.0
    gov.pause = 3.0
    gov.siege = 2.0  # the column that took the floor occupies it, unless a front still holds some
    gov.column = p.siege_column
    for k in range(w.fronts):
        if w.front[k].home - 1.0 == w.valley_province and w.front[k].holds > 0.0:
            gov.siege = 0.0
            gov.column = 0.0
            gov.pause = 0.0
    gov.threat_total = 1.0
    rebuild(gov, p)
    for i in range(len(w.garrison)):
        w.garrison[i].fighters = gov.stationed * w.garrison[i].share
        w.garrison[i].cohesion = p.garrison_cohesion
        w.garrison[i].kin = 0.5
        w.province[i].held = 1.0
