"""Resistance front: it holds or retreats, lies low, sets up supply links, returns, raids, offers talks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.agents.government import meet
from sim.compiled import compiled
from sim.luck import streams
from sim.mechanisms.arithmetic import clip, halved, towards
from sim.mechanisms.bands import GONE, HOLD, INSURGENT, LOW, days_of, in_valley, pursued, raids
from sim.mechanisms.casualties import lose_fighters
from sim.mechanisms.logistics import supply
from sim.mechanisms.raids import peace
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
