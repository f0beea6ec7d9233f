"""Resistance front: it holds or retreats, lies low, sets up supply links, returns, raids, offers talks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.agents.government import meet
from sim.compiled import compiled
from sim.luck import streams
from sim.luck.portable import exp
from sim.mechanisms.arithmetic import clip, halved, towards
from sim.mechanisms.casualties import BY_FRONT, lose_fighters, lose_soldiers, record_attack, record_deaths
from sim.mechanisms.logistics import supply
from sim.mechanisms.raids import clash, found, peace, reprisal, return_fire, sheltered, villagers_hit
from sim.mechanisms.siege import counterattack, defend
from sim.parameters.entities import FRONT
from sim.world.fields import fields, parameter_fields
from sim.world.stretch import floor_held

if TYPE_CHECKING:
    from sim.world.state import Row, World


FIELDS = parameter_fields(FRONT) + fields("""
main          | fighters        | under arms
elite         | fighters        | former commandos among them
ammo          | fighter-days    | of intense fighting that the ammunition lasts
stores        | fighter-days    | that the food lasts
drugs         | fighter-days    | of intense fighting that the medicine lasts
machines      | helicopters     | that fly
will          | share           | to fight
phase         | code            | 0 holds ground, 1 lies low, 2 fights as insurgents, 3 is no more | derived
phase_days    | days            | in this phase
leader        | flag            | the leadership is alive
supplied      | share           | of a week's need that came over the routes, smoothed
exile         | share           | support for a government in exile
returned      | flag            | it has returned to fight
linked        | days            | of setting up links while it lay low, at the pace of its supplies
stood         | flag            | it has decided between a last stand and a retreat
command       | share           | of its commanders are alive and free
tempo         | log             | of its campaign: above 0 it raids more than usual
""")

HOLD, LOW, INSURGENT, GONE = 0.0, 1.0, 2.0, 3.0
_MOST_RAIDS = 15  # in a day, so that draws have numbers
ARMS_OF_A_SOLDIER = 1.0  # fighter-days of ammunition that come with a weapon taken


@compiled
def in_valley(w: World, front: Row) -> bool:
    """Whether the front's home is the Panjshir Valley."""
    return front.home - 1.0 == w.valley_province


@compiled
def days_of(stock: float, front: Row) -> float:
    """Days that a stock of fighter-days lasts the whole force."""
    return stock / max(1.0, front.main)


@compiled
def readiness(p: Row, front: Row) -> float:
    """Share of the force's fire that its ammunition, medicine and food allow."""
    fire = clip(days_of(front.ammo, front) / p.bands_fire, p.bands_fire_least, 1.0)
    care = towards(1.0, min(1.0, days_of(front.drugs, front) / p.bands_supplies), p.bands_untreated)
    fed = towards(1.0, min(1.0, days_of(front.stores, front) / p.bands_supplies), p.bands_unfed)
    return fire * care * fed


@compiled
def daily(w: World, k: int, t: int) -> None:
    """A day of a front: eat, defend or raid, strike back, be pursued."""
    front = w.front[k]
    if front.phase == GONE:
        return
    front.elite = min(front.elite, front.main)
    front.phase_days += 1.0
    front.stores = max(0.0, front.stores - front.main)
    if in_valley(w, front):
        if w.government.siege == 1.0 and floor_held(w) > 0.0:
            defend(w, k, t)
        counterattack(w, k, t)
    raids(w, k, t)
    pursued(w, k, t)


@compiled
def raids(w: World, k: int, t: int) -> None:
    """Raids in and around the home province, as cover, arms, will, command and season allow; few while it lies low."""
    front, p = w.front[k], w.p
    home = int(front.home) - 1
    cover = w.now.valley_cover if in_valley(w, front) else w.community[home].cover
    bold = p.bands_lying_low if front.phase == LOW else 1.0
    cold = 1.0 - w.province[home].ruggedness * (1.0 - w.now.season)
    swing = exp(front.tempo - 0.5 * p.bands_burstiness * p.bands_burstiness)
    able = readiness(p, front) * front.will * front.command * skill(p, front)
    mean = (
        front.raid_rate
        / 7.0
        * front.main
        / 100.0
        * able
        * bold
        * cold
        * swing
        * sheltered(p, cover)
        * peace(w)
    )
    for n in range(min(streams.poisson(w.key, t, k, streams.FRONT, 0, mean), _MOST_RAIDS)):
        raid(w, k, t, n)


@compiled
def raid(w: World, k: int, t: int, n: int) -> None:
    """One raid, in the home province or a neighbour where the ground and the people suit it."""
    front, p = w.front[k], w.p
    home = raided(w, int(front.home) - 1, streams.uniform(w.key, t, k, streams.FRONT, 10 + n))
    raiders = min(p.bands_raid_most, p.bands_raid_least + p.bands_raid_share * front.main)
    aimed = streams.poisson(
        w.key, t, k, streams.FRONT, 30 + n, p.pockets_lethality * skill(p, front) * raiders
    )
    killed = lose_soldiers(w, home, aimed)
    treated = min(1.0, days_of(front.drugs, front) / p.bands_supplies)
    fire = return_fire(w, home) * raiders * (1.0 + p.bands_untreated * (1.0 - treated))
    lost = lose_fighters(front, streams.poisson(w.key, t, k, streams.FRONT, 50 + n, fire))
    front.ammo = max(0.0, front.ammo - raiders + ARMS_OF_A_SOLDIER * p.raids_trophies * killed)
    front.drugs = max(0.0, front.drugs - p.bands_treatment * lost)
    record_deaths(w, home, killed + lost, True, BY_FRONT)
    record_attack(w, home, p.raids_harm_scale)
    w.today.attacks_front += 1.0
    reprisal(w, home, t, k, streams.FRONT, 70 + n)


@compiled
def skill(p: Row, front: Row) -> float:
    """Effect of its raiders: 1 for half seasoned men of the valley, more with former commandos among them."""
    return p.raids_skill + 0.5 + p.raids_commandos * front.elite / max(1.0, front.main)


@compiled
def raided(w: World, home: int, u: float) -> int:
    """The province of a raid at the share ``u``: home or a neighbour, by ground and people."""
    total = w.p.bands_home * suits(w, home)
    for n in range(w.near_ptr[home], w.near_ptr[home + 1]):
        total += suits(w, w.near_idx[n])
    left = u * total - w.p.bands_home * suits(w, home)
    if left < 0.0:
        return home
    for n in range(w.near_ptr[home], w.near_ptr[home + 1]):
        left -= suits(w, w.near_idx[n])
        if left < 0.0:
            return w.near_idx[n]
    return home


@compiled
def suits(w: World, i: int) -> float:
    """How well a province suits raids: its roughest ground, people who stood against the Taliban and give cover."""
    c = w.community[i]
    return w.province[i].refuge * c.alignment * c.alignment * (w.p.bands_suits_floor + c.cover)


@compiled
def pursued(w: World, k: int, t: int) -> None:
    """Bands of the front are found as pockets are, fewer of one that lies low; who holds ground stands behind it."""
    front, p = w.front[k], w.p
    if front.phase == HOLD:
        return
    home = int(front.home) - 1
    hidden = p.pursuit_hidden if front.phase == LOW else 1.0
    mean = front.main / p.bands_size * found(w, home) * hidden
    for n in range(min(streams.poisson(w.key, t, k, streams.PURSUIT, 0, mean), _MOST_RAIDS)):
        if front.main >= 1.0:
            strike(w, k, t, n)


@compiled
def strike(w: World, k: int, t: int, n: int) -> None:
    """A band is struck: men are killed and captured with their arms, will sinks, commanders may be lost."""
    front, p = w.front[k], w.p
    where = raided(w, int(front.home) - 1, streams.uniform(w.key, t, k, streams.PURSUIT, 10 + n))
    band = float(int(min(p.bands_size, front.main)))
    killed, captured, soldiers = clash(w, where, t, k, streams.PURSUIT, 30 + n, 20, band, skill(p, front))
    front.will *= 1.0 - min(1.0, p.pursuit_morale * (killed + captured) / max(1.0, front.main))
    lost = lose_fighters(front, killed + captured)
    front.drugs = max(0.0, front.drugs - p.bands_treatment * killed)
    record_deaths(w, where, soldiers + min(lost, killed), True, BY_FRONT)
    villagers_hit(w, where, t, k, streams.PURSUIT, 90 + n, killed)
    if streams.bernoulli(w.key, t, k, streams.COMMAND, n, p.bands_commander_lost):
        front.command *= 1.0 - p.bands_commander_weight
    if front.leader > 0.0 and streams.bernoulli(w.key, t, k, streams.COMMAND, 20 + n, p.bands_leader_lost):
        lose_leader(p, front)


@compiled
def lose_leader(p: Row, front: Row) -> None:
    """The leader is killed or captured: will and command go with him (Jordan 2009; Johnston 2012)."""
    front.leader = 0.0
    front.will *= 1.0 - p.bands_leader_will
    front.command *= 1.0 - p.bands_leader_will


@compiled
def weekly(w: World, k: int, t: int) -> None:
    """A week: supply, recruits and deserters, will, the choice of phase, talks, the wing abroad."""
    front = w.front[k]
    if front.phase == GONE:
        rise_again(w.p, front)
        return
    supply(w, k, t)
    muster(w, k, t)
    find_heart(w, front)
    regain(w, k, t)
    resolve_phase(w, k, t)
    lobby(w, front)
    offer_talks(w, k, t)


@compiled
def muster(w: World, k: int, t: int) -> None:
    """Sympathisers join as far as they can be armed and brought in; the unpaid and unfed go home with their arms."""
    front, c, gov, p = w.front[k], w.community[int(w.front[k].home) - 1], w.government, w.p
    elders, defiance = c.elders, c.defiance
    if in_valley(w, front):
        elders, defiance = w.now.valley_elders, w.now.valley_pull
    armed = min(1.0, days_of(front.ammo, front) / p.muster_armed)
    trusted = 1.0 - p.legacy_distrust * p.legacy_corruption
    pull = (
        p.muster_grievance * c.grievance
        + p.muster_defiance * defiance
        + p.muster_elders * (1.0 - elders) * front.leader
    )
    room = clip(1.0 - front.main / (p.muster_most * c.people + 1.0), 0.0, 1.0)
    mean = front.recruitment / 4.3 * front.main * pull * armed * trusted * front.command * room * peace(w)
    # some of those who would join live near; the others have to come over the routes
    near = streams.poisson(w.key, t, k, streams.MUSTER, 0, p.muster_near * mean)
    over = (1.0 - p.muster_near) * mean * way_in(w, int(front.home) - 1)
    far = streams.poisson(w.key, t, k, streams.MUSTER, 2, over)
    w.today.supply_people += far
    hungry = 1.0 - min(1.0, days_of(front.stores, front) / p.bands_supplies)
    reasons = (
        p.muster_leaving_always
        + hungry
        + p.muster_leaving_winter * (1.0 - w.now.season)
        + elders * gov.victory
    )
    leaving = p.muster_leaving * reasons + p.settlement_demobilised / 52.0 * gov.settlement
    left = streams.binomial(w.key, t, k, streams.MUSTER, 1, int(front.main), min(1.0, leaving))
    lose_fighters(front, left, p.muster_leaving_armed)
    front.main += near + far


@compiled
def find_heart(w: World, front: Row) -> None:
    """Will follows supplies, a leader who lives, a defiant people and held ground, against the winner's glory."""
    p, c = w.p, w.community[int(front.home) - 1]
    defiance = w.now.valley_pull if in_valley(w, front) else c.defiance
    called_for = (
        p.will_ground
        + p.will_supplies * front.supplied
        + p.will_leader * front.leader
        + p.will_people * defiance
        - p.will_victory * w.government.victory
    )
    if front.phase == HOLD:
        called_for += p.will_ground_held
    front.will = towards(front.will, clip(called_for, p.will_least, 1.0), p.will_rate)


@compiled
def regain(w: World, k: int, t: int) -> None:
    """New commanders and leaders take the place of lost ones; it holds no more ammunition than it can carry and hide;
    its campaigns swell and ebb."""
    front, p = w.front[k], w.p
    front.command = towards(front.command, 1.0, p.bands_command_rebuilt / 52.0)
    if front.leader == 0.0 and streams.bernoulli(w.key, t, k, streams.COMMAND, 40, p.bands_succession / 52.0):
        front.leader = 1.0
    front.ammo = min(front.ammo, p.bands_carry * front.main)
    kept = halved(1.0, 7.0, p.bands_tempo_halflife)
    swing = p.bands_burstiness * math.sqrt(1.0 - kept * kept)
    front.tempo = kept * front.tempo + swing * streams.normal(w.key, t, k, streams.CAMPAIGN, 2)


@compiled
def way_in(w: World, home: int) -> float:
    """Chance that a recruit from the provinces around comes through to the front's base."""
    total, number = 0.0, 0.0
    for n in range(w.near_ptr[home], w.near_ptr[home + 1]):
        total += w.best[w.near_idx[n]]
        number += 1.0
    return total / number


@compiled
def resolve_phase(w: World, k: int, t: int) -> None:
    """It lies low to set up supply links, sooner done with supplies, then returns armed and in season; it ends when
    too few are left."""
    front, p = w.front[k], w.p
    if front.main < p.front_least:
        disband(front)
        return
    if in_valley(w, front) and floor_held(w) > 0.0:
        front.phase = HOLD
        return
    if front.phase == HOLD and in_valley(w, front):
        front.phase = INSURGENT if front.returned > 0.0 else LOW
        front.phase_days = 0.0
    if front.phase == LOW:
        u = streams.uniform(w.key, 0, k, streams.FRONT, 1)
        front.linked += 7.0 * towards(p.returning_pace, 1.0 + p.returning_pace, front.supplied)
        ready = front.linked > front.regroup * (p.returning_least + p.returning_spread * u)
        armed = days_of(front.ammo, front) > p.returning_ammunition
        if ready and armed and w.now.season > p.returning_season:
            front.phase = INSURGENT
            front.phase_days = 0.0
            front.linked = 0.0
            front.returned = 1.0


@compiled
def disband(front: Row) -> None:
    """Too few are left: they go home, and what they had is lost."""
    front.phase = GONE
    front.main = 0.0
    front.elite = 0.0
    front.ammo = 0.0
    front.stores = 0.0
    front.drugs = 0.0
    front.machines = 0.0


@compiled
def rise_again(p: Row, front: Row) -> None:
    """A front that is no more has fighters again if a scenario gives it some: they lie low at first."""
    if front.main >= p.front_least:
        front.phase = LOW
        front.phase_days = 0.0
        front.linked = 0.0


@compiled
def lobby(w: World, front: Row) -> None:
    """The wing abroad finds support for a government in exile where powers oppose Kabul and its own name is good."""
    opposed = 0.0
    for k in range(w.powers):
        opposed += w.power[k].opposes
    p = w.p
    standing = front.lobby * (1.0 - p.legacy_corruption) * towards(1.0, front.leader, p.wing_leader)
    front.exile = towards(front.exile, clip(standing * (p.wing_ground + opposed), 0.0, 1.0), p.wing_rate)


@compiled
def offer_talks(w: World, k: int, t: int) -> None:
    """From safer ground the leaders offer talks, the more so the harder pressed."""
    front = w.front[k]
    pressed = w.p.talks_pressed - front.supplied
    if streams.bernoulli(w.key, t, k, streams.TALKS, 0, front.talks_offer / 52.0 * pressed * front.leader):
        meet(w, t, k)


@compiled
def begin(w: World, k: int) -> None:
    """Force and stocks at the start; a front without ground lies low."""
    front = w.front[k]
    front.main = front.fighters
    front.elite = min(front.commandos, front.fighters)
    front.ammo = front.ammunition * front.main
    front.stores = front.food * front.main
    front.drugs = front.medicine * front.main
    front.machines = front.helicopters
    front.will = front.morale
    front.leader = 1.0
    front.command = 1.0
    front.supplied = w.p.front_supplied_start
    front.phase = HOLD if front.holds > 0.0 else LOW
    if front.main < w.p.front_least:
        disband(front)
    if front.holds > 0.0 and not in_valley(w, front):
        front.returned = 1.0
        w.province[int(front.home) - 1].held = 0.0
        front.phase = INSURGENT
