"""Taliban government: it raises and spends, delivers services, rebuilds forces, courts, concedes, meets."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.compiled import compiled
from sim.luck import streams
from sim.luck.portable import exp
from sim.mechanisms.arithmetic import above, clip, halved, saturated, towards
from sim.mechanisms.casualties import LEAST_FORCE
from sim.mechanisms.presence import watch
from sim.world.fields import fields
from sim.world.stretch import floor_held

if TYPE_CHECKING:
    from sim.world.state import Row, World


_LEAST_OUTPUT, _MOST_OUTPUT = 0.2, 3.0  # bounds of the index of output

FIELDS = fields("""
economy          | index           | output, early 2021 = 1
shock_left       | share           | of the shock to output still to come
drought          | share           | of harvests lost
revenue          | USD million a week | domestic revenue | derived
aid              | USD million a week | from abroad | derived
funding          | share           | of the need for services and relief that is met | derived
pay              | share           | of the forces' pay that is met | derived
services         | share           | quality of public services
control          | share           | degree of control over public life
inclusiveness    | share           | of high offices held outside the core
hope             | share           | that recognition is within reach
victory          | share           | psychological victory
forces           | fighters        | army and police
reserve          | fighters        | of them mobile | derived
stationed        | fighters        | of them in garrisons | derived
quality          | share           | training and order of the forces
intelligence     | share           | working order of the services
threat_total     | weight          | of all provinces | derived
capitals_lost    | capitals        | not held now | derived
settlement       | flag            | a negotiated or inclusive settlement holds
warmth           | share           | goodwill built up in talks
column           | fighters        | of the assault or occupation of the valley
column_lost      | fighters        | of it, killed | derived
siege            | phase           | 0 none, 1 assault, 2 occupation | derived
siege_days       | days            | in this phase
stalled          | days            | of an assault without gaining ground | derived
least            | stretches       | of floor that the front held at the best moment of the assault | derived
pause            | days            | until the next assault can begin
campaign         | days            | left of a campaign against the front
lent             | fighters        | of the reserve that the campaign added to the column | derived
""")


@compiled
def weekly(w: World, t: int) -> None:
    """A week of government, in this order."""
    gov, p = w.government, w.p
    gov.forces = max(LEAST_FORCE, gov.forces)
    run_economy(w, t)
    spend(gov, p)
    rebuild(gov, p)
    rule(w, gov, p)
    concede(w, t)
    campaign(w, t)
    gov.victory = halved(gov.victory, 7.0, p.taliban_victory_halflife)


@compiled
def run_economy(w: World, t: int) -> None:
    """Output: the shock of 2021 works itself out, then the trend, with luck; aid props it up, lost ground costs."""
    gov, p = w.government, w.p
    came = gov.shock_left * (1.0 - exp(-7.0 / p.economy_shock_time))
    gov.shock_left -= came
    luck = p.economy_volatility / math.sqrt(52.0) * streams.normal(w.key, t, 0, streams.ECONOMY, 0)
    aid_push = p.economy_aid_effect * (gov.aid - p.economy_aid_normal / 52.0) / 1000.0
    growth = (p.economy_growth - p.economy_capital_lost * gov.capitals_lost) / 52.0 + luck + aid_push
    gov.economy = clip(gov.economy * exp(growth) - came, _LEAST_OUTPUT, _MOST_OUTPUT)
    gov.drought = halved(gov.drought, 7.0, p.economy_drought_halflife)
    with_kabul = 0.0
    for k in range(w.powers):
        with_kabul += w.power[k].aid_share * w.power[k].working
    gov.aid = p.economy_aid / 52.0 * above(p.economy_aid_unconditional, with_kabul)
    held = 1.0 - gov.capitals_lost / len(w.province)
    gov.revenue = p.economy_revenue / 52.0 * gov.economy * (1.0 - p.taliban_corruption) * held


@compiled
def spend(gov: Row, p: Row) -> None:
    """Security takes its share of revenue; the rest and the aid pay for services, less what old habits lose."""
    security = gov.revenue * p.taliban_security_share
    wages = gov.forces * p.taliban_wage / 52.0 / 1e6
    gov.pay = clip(p.taliban_pay_share * security / wages, 0.0, 1.0)
    reach = 1.0 - p.legacy_waste * p.legacy_corruption
    gov.funding = clip((gov.revenue - security + gov.aid) * reach * 52.0 / p.economy_need, 0.0, 1.0)
    wanted = p.taliban_service_delivery * math.sqrt(gov.funding)
    gov.services = clip(towards(gov.services, wanted, p.taliban_services_rate / 52.0), 0.0, 1.0)


@compiled
def rebuild(gov: Row, p: Row) -> None:
    """A standing force, police and intelligence services are rebuilt as far as pay allows; new men dilute training."""
    step = p.taliban_force_growth * 7.0 / 30.0 * gov.pay
    gap = p.taliban_force_target - gov.forces
    deserting = p.taliban_desertion * (1.0 - gov.pay) * gov.capitals_lost / 34.0 * gov.forces
    added = clip(gap, -2.0 * p.taliban_force_growth * 7.0 / 30.0, step)
    new = max(0.0, added)
    gov.quality = towards(gov.quality, p.taliban_quality_recruits, new / (gov.forces + new))
    gov.quality = towards(gov.quality, 1.0, p.taliban_training / 52.0 * gov.pay)
    gov.forces = max(LEAST_FORCE, gov.forces + added - deserting)
    gov.intelligence = towards(gov.intelligence, 1.0, p.taliban_intelligence_growth / 52.0 * gov.pay)
    free = max(0.0, gov.forces - gov.column)
    gov.reserve = free * p.taliban_reserve_share
    gov.stationed = free - gov.reserve


@compiled
def rule(w: World, gov: Row, p: Row) -> None:
    """Leaders soften control while recognition seems within reach; hope fades while nobody recognises."""
    recognised = 0.0
    for k in range(w.powers):
        recognised += w.power[k].recognises
    gov.hope = towards(gov.hope, min(1.0, recognised / p.taliban_hope_full), p.taliban_hope_rate / 52.0)
    prudence = p.taliban_prudence * gov.hope
    aim = p.taliban_control * (1.0 - p.taliban_softening * prudence)
    gov.control = towards(gov.control, aim, p.taliban_control_rate / 52.0)
    lost, threat = 0.0, 0.0
    for i in range(len(w.province)):
        lost += 1.0 - w.province[i].held
        threat += w.garrison[i].share + w.province[i].threat / p.garrison_threat
    gov.capitals_lost = lost
    gov.threat_total = threat


@compiled
def concede(w: World, t: int) -> None:
    """Steps to an inclusive government come under pressure from abroad and at home, given prudence.

    A settlement stands when offices are widely shared, or when talks have built enough goodwill; it breaks when
    goodwill has faded.
    """
    gov, p, now = w.government, w.p, w.now
    pressure = clip(
        p.taliban_concession_hope * gov.hope
        + saturated(now.recent_attacks, p.taliban_concession_attacks)
        + gov.capitals_lost / p.taliban_concession_losses,
        0.0,
        1.0,
    )
    rate = p.taliban_concession_rate / 52.0 * p.taliban_prudence * 2.0 * pressure
    if streams.bernoulli(w.key, t, 0, streams.CONCEDE, 0, rate):
        gov.inclusiveness = min(1.0, gov.inclusiveness + p.taliban_concession_step)
        gov.warmth = min(1.0, gov.warmth + p.talks_goodwill_of_concession)
    gov.warmth = halved(gov.warmth, 7.0, p.talks_goodwill_halflife)
    reached = gov.inclusiveness + 0.5 * gov.warmth
    if gov.settlement == 0.0 and reached > p.settlement_reached:
        gov.settlement = 1.0
    if gov.settlement > 0.0 and reached < min(p.settlement_broken, p.settlement_reached):
        gov.settlement = 0.0


@compiled
def meet(w: World, t: int, agent: int) -> bool:
    """Kabul answers an offer of talks: a meeting builds goodwill; True if they meet."""
    gov, p, now = w.government, w.p, w.now
    cost = saturated(now.recent_attacks, p.talks_attacks)
    readiness = p.taliban_talks * (
        p.talks_readiness + p.talks_prudence * p.taliban_prudence + p.talks_losses * cost
    )
    if not streams.bernoulli(w.key, t, agent, streams.TALKS, 1, readiness):
        return False
    w.today.talks += 1.0
    favour = p.talks_goodwill_floor + gov.inclusiveness + p.taliban_prudence * gov.hope
    gov.warmth = min(1.0, gov.warmth + p.talks_goodwill * favour)
    return True


@compiled
def campaign(w: World, t: int) -> None:
    """Attacks around the valley provoke campaigns of some weeks: more men in the valley, more hunts."""
    gov, p, now = w.government, w.p, w.now
    if gov.campaign > 0.0:
        gov.campaign = max(0.0, gov.campaign - 7.0)
        if gov.campaign == 0.0:
            gov.column = max(0.0, gov.column - gov.lent)
            gov.lent = 0.0
        return
    if gov.siege == 1.0 or gov.settlement > 0.0 or floor_held(w) > 0.0:
        return
    provoked = saturated(w.province[w.valley_province].threat, p.campaign_threat)
    if streams.bernoulli(w.key, t, 0, streams.CAMPAIGN, 0, p.campaign_rate / 52.0 * provoked * now.season):
        gov.campaign = 7.0 + streams.exponential(w.key, t, 0, streams.CAMPAIGN, 1, p.campaign_length)
        gov.lent = min(p.campaign_force, gov.reserve)
        gov.column += gov.lent


@compiled
def effort(w: World, i: int) -> float:
    """How much more is hunted in a province while a campaign goes on: in the valley and where its passes lead."""
    if w.government.campaign > 0.0 and w.province[i].beyond_pass > 0.0:
        return w.p.campaign_effort
    return 1.0


@compiled
def begin(w: World) -> None:
    """State at the start."""
    gov, p = w.government, w.p
    gov.economy = 1.0 - p.economy_shock_come * p.economy_shock
    gov.shock_left = (1.0 - p.economy_shock_come) * p.economy_shock
    gov.drought = p.economy_drought
    gov.services = p.legacy_services
    gov.control = p.taliban_control
    gov.inclusiveness = p.taliban_inclusiveness
    gov.hope = 1.0
    gov.victory = p.taliban_victory
    gov.forces = p.taliban_force_start
    gov.quality = p.taliban_quality_start
    gov.intelligence = p.taliban_intelligence_start
    gov.aid = p.economy_aid / 52.0 * p.economy_aid_unconditional
    gov.siege = 2.0  # the column that took the floor occupies it, unless a front still holds some
    gov.column = p.siege_column
    for k in range(w.fronts):
        if w.front[k].home - 1.0 == w.valley_province and w.front[k].holds > 0.0:
            gov.siege = 0.0
            gov.column = 0.0
    gov.threat_total = 1.0
    free = max(0.0, gov.forces - gov.column)
    gov.reserve = free * p.taliban_reserve_share
    gov.stationed = free - gov.reserve
    for i in range(len(w.garrison)):
        w.garrison[i].fighters = gov.stationed * w.garrison[i].share
        w.garrison[i].cohesion = p.garrison_cohesion
        w.garrison[i].kin = p.garrison_kin_anywhere
        w.province[i].held = 1.0
        watch(w, i)
