"""The siege of the valley: bouts over its floor, the last stand or the retreat, counterattacks.

Narrow ground limits how many can fight abreast. The defender's fire is aimed from shelter; the attacker's is as
good as what informants, guides and own local men tell (Deitchman 1962; Kress and Szechtman 2009). Who carries a
bout is a contest of effective strengths.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.compiled import compiled
from sim.luck import streams
from sim.mechanisms.arithmetic import above, clip, contest, saturated
from sim.mechanisms.bands import HOLD, INSURGENT, LOW
from sim.mechanisms.casualties import BY_FRONT, lose_column, lose_fighters, record_deaths
from sim.mechanisms.raids import peace
from sim.world.route import PASS, STATE_NODES
from sim.world.stretch import floor_held, posted
from sim.world.units import HUNDREDTH

if TYPE_CHECKING:
    from sim.world.state import Row, World


BOUTS = 4  # a day: the unit of time of an assault
LUCK = 16  # numbers of random draws that each front has to itself: at least as many as bouts in a day
FEWEST_AT_POSTS = 10.0  # fighters: no stretch of floor that was taken is without a guard


@compiled
def known(w: World) -> float:
    """What the attacker knows of the valley: own local men and guides, and informants inside."""
    p = w.p
    own = p.siege_knowledge * above(p.siege_stranger_knowledge, p.taliban_ethnic_cards)
    return clip(own + p.siege_told_weight * told(w), 0.0, 1.0)


@compiled
def told(w: World) -> float:
    """Share of what informants of the valley can tell that is told."""
    return saturated(w.now.valley_informants, w.p.siege_informants_half)


@compiled
def unity(w: World) -> float:
    """Unity of the valley behind the fight."""
    return 1.0 - w.now.valley_elders


@compiled
def attack_strength(w: World, f: int, force: float) -> float:
    """Effective strength of ``force`` of the government attacking or holding a place."""
    p, gov, g = w.p, w.government, w.garrison[w.valley_province]
    width = w.place[f].frontage * p.siege_frontage
    engaged = min(force, p.siege_attackers_abreast * width)
    return (
        engaged
        * p.siege_firepower
        * above(p.siege_incohesive_strength, g.cohesion)
        * above(p.siege_blind_fire, known(w))
        * (1.0 + p.siege_victory_weight * gov.victory)
    )


@compiled
def front_strength(w: World, k: int, f: int) -> float:
    """Effective strength of the front at a place, without its shelter."""
    front, p = w.front[k], w.p
    engaged = min(massed(w, front) * front.main, w.place[f].frontage * p.siege_frontage)
    force = max(1.0, front.main)
    skill = 1.0 + p.siege_commando_skill * front.elite / force
    fire = clip(front.ammo / force / p.supply_ammunition_enough, p.supply_fire_without, 1.0)
    fed = above(p.supply_hungry_strength, clip(front.stores / force / p.supply_food_enough, 0.0, 1.0))
    united = above(p.siege_divided_strength, unity(w))
    return engaged * skill * fire * fed * united * above(p.siege_unwilling_strength, front.will)


@compiled
def massed(w: World, front: Row) -> float:
    """Share of the force that it can bring to one place: most while it holds ground; bands in side valleys need
    supplies and unity to gather."""
    if front.phase == HOLD:
        return w.p.siege_massed_holding
    return min(1.0, w.p.siege_massed_bands + w.p.siege_massed_supplied * front.supplied * unity(w))


@compiled
def command(w: World, t: int) -> None:
    """Kabul's decisions on the valley: launch an assault, call it off, stay, go."""
    gov, p = w.government, w.p
    held = floor_held(w)
    gov.column = min(gov.column, gov.forces)
    gov.siege_days += 1.0
    gov.stalled += 1.0
    gov.pause = max(0.0, gov.pause - 1.0)
    ready = gov.pause <= 0.0 and w.now.season > p.siege_season and gov.settlement == 0.0
    if held > 0.0 and gov.siege != 1.0 and ready:
        launch(w)
    elif gov.siege == 1.0 and held == 0.0:
        gov.siege = 2.0
        gov.column_lost = 0.0
        gov.siege_days = 0.0
    elif (
        gov.siege == 1.0
        and (
            gov.column_lost > p.siege_loss_limit * p.siege_column
            or gov.stalled > p.siege_patience
            or gov.settlement > 0.0
        )
    ) or (gov.siege == 2.0 and gov.siege_days > p.siege_stay):
        withdraw(w)
    station(w)


@compiled
def launch(w: World) -> None:
    """An assault column is gathered from the reserve and, for the rest, from the garrisons."""
    gov, p = w.government, w.p
    gov.column = min(p.siege_column, p.siege_most_of_force * gov.forces)
    gov.siege = 1.0
    gov.siege_days = 0.0
    gov.stalled = 0.0
    gov.least = floor_held(w)
    gov.column_lost = 0.0


@compiled
def withdraw(w: World) -> None:
    """The column goes, posts stay."""
    gov, p = w.government, w.p
    gov.siege = 0.0
    gov.column = p.siege_posts * gov.column
    gov.pause = p.siege_pause
    gov.siege_days = 0.0


@compiled
def station(w: World) -> None:
    """The column's men stand on the floor that the government holds."""
    for f in range(len(w.place)):
        place = w.place[f]
        place.lost_days += 1.0
        place.front_days += place.held
        place.posts = posted(w, place)


@compiled
def axes(w: World) -> bool:
    """Whether the government can come in at the head too: a pass is open and its far side is held."""
    top = False
    for r in range(len(w.route)):
        route = w.route[r]
        if route.kind == PASS and route.open > 0.0:
            for end in (int(route.a), int(route.b)):
                wide = route.capacity > w.p.siege_pass_capacity
                if end < STATE_NODES and w.province[end].held > 0.0 and wide:
                    top = True
    return top


@compiled
def defend(w: World, k: int, t: int) -> None:
    """A day under assault: bouts at the mouth and, where passes are open to the attacker, at the head."""
    from_head = axes(w)
    for bout in range(BOUTS):
        f = threatened(w, from_head and bout % 2 == 1)
        if f < 0:
            return
        fight(w, k, t, f, bout)
        decide(w, k, t)


@compiled
def threatened(w: World, from_head: bool) -> int:
    """The held stretch of floor that the attack reaches first, from the mouth or from the head; -1 if none."""
    found, rank = -1, 0.0
    for f in range(len(w.place)):
        place = w.place[f]
        value = place.order if from_head else -place.order
        if place.side == 0.0 and place.held > 0.0 and (found < 0 or value > rank):
            found, rank = f, value
    return found


@compiled
def fight(w: World, k: int, t: int, f: int, bout: int) -> None:
    """One bout for a stretch of floor: losses, and who holds it after; informants may open it without a fight."""
    p, gov, front, place = w.p, w.government, w.front[k], w.place[f]
    ours = attack_strength(w, f, gov.column)
    theirs = front_strength(w, k, f) * (1.0 + p.siege_shelter * place.shelter)
    width = place.frontage * p.siege_frontage
    fire = min(1.0, theirs / (p.siege_full_fire * width))
    exposed = min(gov.column, p.siege_attackers_abreast * width) * (1.0 + place.shelter) * fire
    aimed = above(p.siege_blind_fire, known(w)) * math.sqrt(p.siege_firepower)
    hit = min(p.siege_massed_holding * front.main, width) * aimed
    deadly = HUNDREDTH * p.siege_lethality
    luck = LUCK * k + bout  # each front has its own luck in each bout
    lost = lose_column(w, streams.poisson(w.key, t, luck, streams.SIEGE, 0, deadly * exposed))
    killed = lose_fighters(front, streams.poisson(w.key, t, luck, streams.SIEGE, 1, deadly * hit))
    gov.column_lost += lost
    ways = 2.0 if axes(w) else 1.0  # two ways in: twice the fire
    firing = min(p.siege_massed_holding * front.main, 2.0 * width)
    front.ammo = max(0.0, front.ammo - p.siege_bout_ammunition * firing * ways)
    front.drugs = max(0.0, front.drugs - 2.0 * killed)
    record_deaths(w, w.valley_province, lost + killed, True, BY_FRONT)
    opened = opened_up(w)
    carried = opened + (1.0 - opened) * contest(ours, theirs, p.siege_sharpness)
    if streams.bernoulli(w.key, t, luck, streams.SIEGE, 2, carried):
        place.held = 0.0
        place.lost_days = 0.0
        if floor_held(w) < gov.least:
            gov.least = floor_held(w)
            gov.stalled = 0.0


@compiled
def opened_up(w: World) -> float:
    """Chance in a bout that informants open a stretch of floor to the attacker without a fight."""
    return w.p.siege_betrayal * w.p.siege_subversion * told(w) * (1.0 - unity(w))


@compiled
def decide(w: World, k: int, t: int) -> None:
    """Ammunition at an end or most of the floor gone: a last stand, or higher ground to fight on later."""
    front, p = w.front[k], w.p
    floors = 0.0
    for f in range(len(w.place)):
        floors += 1.0 - w.place[f].side
    held = floor_held(w)
    spent = front.ammo / max(1.0, front.main) < p.siege_stand_ammunition
    if held == 0.0:
        retreat(w, k, t)
    elif front.stood == 0.0 and held < floors and (spent or held < p.siege_stand_floor * floors):
        front.stood = 1.0
        if streams.bernoulli(w.key, t, k, streams.STAND, 0, front.last_stand):
            front.will = 1.0
        else:
            retreat(w, k, t)


@compiled
def retreat(w: World, k: int, t: int) -> None:
    """The floor is given up: some go home, some are caught, leaders and machines reach safer ground or do not."""
    front, p = w.front[k], w.p
    for f in range(len(w.place)):
        place = w.place[f]
        if place.side == 0.0 and place.held > 0.0:
            place.held = 0.0
            place.lost_days = 0.0
    risk = p.siege_caught + p.siege_caught_stand * front.stood
    caught = streams.binomial(w.key, t, k, streams.STAND, 1, int(front.main), risk)
    record_deaths(w, w.valley_province, lose_fighters(front, caught), True, BY_FRONT)
    going = clip(p.siege_home - p.siege_home_unity * unity(w), 0.0, 1.0)
    lose_fighters(front, streams.binomial(w.key, t, k, streams.STAND, 2, int(front.main), going))
    machines = int(front.machines)
    front.machines -= streams.binomial(w.key, t, k, streams.STAND, 3, machines, p.siege_machines_lost)
    if not streams.bernoulli(w.key, t, k, streams.STAND, 4, front.leader_escape):
        front.leader = 0.0
        front.will *= p.siege_leaderless_will
    front.phase = (
        INSURGENT if front.returned > 0.0 else LOW
    )  # who has returned once fights on from higher ground
    front.phase_days = 0.0
    front.stood = 0.0


@compiled
def counterattack(w: World, k: int, t: int) -> None:
    """The front tries to take a stretch of floor back from its posts, on its own ground, in season."""
    front, p, gov = w.front[k], w.p, w.government
    driven_off = front.phase == INSURGENT and front.phase_days < p.siege_recover
    if front.phase == LOW or driven_off or front.main < p.siege_fewest:
        return
    pace = 1.0 if gov.siege == 1.0 else p.siege_counterattack * w.now.season * peace(w)
    u = streams.uniform(w.key, t, k, streams.COUNTER, 0)
    if u >= pace:
        return
    f = weakest(w)
    if f < 0:
        return
    place = w.place[f]
    ours = front_strength(w, k, f)
    theirs = attack_strength(w, f, max(FEWEST_AT_POSTS, place.posts))
    if ours < p.siege_caution * theirs:
        return  # no commander attacks without a chance
    width = place.frontage * p.siege_frontage
    exposed = HUNDREDTH * p.siege_lethality * min(massed(w, front) * front.main, width)
    lost = lose_fighters(front, streams.poisson(w.key, t, k, streams.COUNTER, 1, exposed * p.siege_surprise))
    hit = HUNDREDTH * p.siege_close_losses * p.siege_lethality * min(place.posts, width)
    killed = lose_column(w, streams.poisson(w.key, t, k, streams.COUNTER, 2, hit))
    front.ammo = max(0.0, front.ammo - min(p.siege_counterattack_ammunition * front.main, width))
    record_deaths(w, w.valley_province, lost + killed, True, BY_FRONT)
    if streams.bernoulli(w.key, t, k, streams.COUNTER, 3, contest(ours, theirs, p.siege_sharpness)):
        place.held = 1.0
        place.lost_days = 0.0
        place.posts = 0.0
        gov.victory *= p.siege_setback


@compiled
def weakest(w: World) -> int:
    """The stretch of floor held by the government that was taken last; -1 if none."""
    found, days = -1, 0.0
    for f in range(len(w.place)):
        place = w.place[f]
        if place.side == 0.0 and place.held == 0.0 and (found < 0 or place.lost_days < days):
            found, days = f, place.lost_days
    return found
