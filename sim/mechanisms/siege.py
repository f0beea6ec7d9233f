"""The siege of the valley: bouts over its floor, the last stand or the retreat, counterattacks.

Narrow ground limits how many can fight abreast. The defender's fire is aimed from shelter; the attacker's is as
good as what informants, guides and own local men tell (Deitchman 1962; Kress and Szechtman 2009). Who carries a
bout is a contest of effective strengths.
"""

from __future__ import annotations

import math

from sim.agents.place import floor_held
from sim.compiled import compiled
from sim.luck import streams
from sim.mechanisms.arithmetic import clip, contest
from sim.mechanisms.casualties import lose_column, lose_fighters, record_deaths

BOUTS = 4  # a day


@compiled
def known(w):
    """What the attacker knows of the valley: own local men and guides, and informants inside."""
    p = w.p
    own = p.siege_knowledge * (0.4 + 0.6 * p.taliban_ethnic_cards)
    told = w.now.valley_informants / (w.now.valley_informants + 0.02)
    return clip(own + 0.6 * told, 0.0, 1.0)


@compiled
def unity(w):
    """Unity of the valley behind the fight."""
    return 1.0 - w.now.valley_elders


@compiled
def attack_strength(w, f, force):
    """Effective strength of ``force`` of the government attacking or holding a place."""
    p, gov, g = w.p, w.government, w.garrison[w.valley_province]
    width = w.place[f].frontage * p.siege_frontage
    engaged = min(force, 1.5 * width)
    return (
        engaged
        * p.siege_firepower
        * (0.4 + 0.6 * g.cohesion)
        * (0.3 + 0.7 * known(w))
        * (1.0 + 0.3 * gov.victory)
    )


@compiled
def front_strength(w, k, f):
    """Effective strength of the front at a place, without its shelter."""
    front, p = w.front[k], w.p
    engaged = min(massed(w, front) * front.main, w.place[f].frontage * p.siege_frontage)
    skill = 1.0 + 0.5 * front.elite / max(1.0, front.main)
    fire = clip(front.ammo / max(1.0, front.main) / 3.0, 0.05, 1.0)
    fed = 0.6 + 0.4 * clip(front.stores / max(1.0, front.main) / 5.0, 0.0, 1.0)
    return engaged * skill * fire * fed * (0.4 + 0.6 * unity(w)) * (0.4 + 0.6 * front.will)


@compiled
def massed(w, front):
    """Share of the force that it can bring to one place: most while it holds ground; bands in side valleys need
    supplies and unity to gather."""
    if front.phase == 0.0:
        return 0.6
    return 0.15 + 0.45 * front.supplied * unity(w)


@compiled
def command(w, t):
    """Kabul's decisions on the valley: launch an assault, call it off, stay, go."""
    gov, p = w.government, w.p
    held = floor_held(w)
    gov.siege_days += 1.0
    gov.stalled += 1.0
    gov.pause = max(0.0, gov.pause - 1.0)
    if held > 0.0 and gov.siege != 1.0 and gov.pause <= 0.0 and w.now.season > 0.4:
        launch(w)
    elif gov.siege == 1.0 and held == 0.0:
        gov.siege = 2.0
        gov.column_lost = 0.0
        gov.siege_days = 0.0
    elif (
        gov.siege == 1.0
        and (gov.column_lost > p.siege_loss_limit * p.siege_column or gov.stalled > p.siege_patience)
    ) or (gov.siege == 2.0 and gov.siege_days > p.siege_stay):
        withdraw(w)
    station(w)


@compiled
def launch(w):
    """An assault column is gathered from the reserve and, for the rest, from the garrisons."""
    gov, p = w.government, w.p
    gov.column = min(p.siege_column, 0.6 * gov.forces)
    gov.siege = 1.0
    gov.siege_days = 0.0
    gov.stalled = 0.0
    gov.least = floor_held(w)
    gov.column_lost = 0.0


@compiled
def withdraw(w):
    """The column goes, posts stay."""
    gov, p = w.government, w.p
    gov.siege = 0.0
    gov.column = p.siege_posts * gov.column
    gov.pause = p.siege_pause
    gov.siege_days = 0.0


@compiled
def station(w):
    """The column's men stand on the floor that the government holds; a tenth of them on each stretch."""
    for f in range(len(w.place)):
        place = w.place[f]
        place.lost_days += 1.0
        place.front_days += place.held
        if place.held > 0.0:
            place.posts = 0.0
        elif place.side == 0.0:
            place.posts = 0.1 * w.government.column
        else:
            place.posts = 0.01 * w.government.column


@compiled
def axes(w):
    """Whether the government can come in at the head too: a pass is open and its far side is held."""
    top = False
    for r in range(len(w.route)):
        route = w.route[r]
        if route.kind == 2.0 and route.open > 0.0:
            for end in (int(route.a), int(route.b)):
                if end < 34 and w.province[end].held > 0.0 and route.capacity > 5.0:
                    top = True
    return top


@compiled
def defend(w, k, t):
    """A day under assault: bouts at the mouth and, where passes are open to the attacker, at the head."""
    from_head = axes(w)
    for bout in range(BOUTS):
        f = threatened(w, from_head and bout % 2 == 1)
        if f < 0:
            return
        fight(w, k, t, f, bout)
        decide(w, k, t)


@compiled
def threatened(w, from_head):
    """The held stretch of floor that the attack reaches first, from the mouth or from the head; -1 if none."""
    found, rank = -1, 0.0
    for f in range(len(w.place)):
        place = w.place[f]
        value = place.order if from_head else -place.order
        if place.side == 0.0 and place.held > 0.0 and (found < 0 or value > rank):
            found, rank = f, value
    return found


@compiled
def fight(w, k, t, f, bout):
    """One bout for a stretch of floor: losses, and who holds it after; informants may open it without a fight."""
    p, gov, front, place = w.p, w.government, w.front[k], w.place[f]
    ours = attack_strength(w, f, gov.column)
    theirs = front_strength(w, k, f) * (1.0 + 2.0 * place.shelter)
    width = place.frontage * p.siege_frontage
    exposed = min(gov.column, 1.5 * width) * (1.0 + place.shelter) * min(1.0, theirs / (0.5 * width))
    hit = min(0.6 * front.main, width) * (0.3 + 0.7 * known(w)) * math.sqrt(p.siege_firepower)
    luck = 16 * k + bout  # each front has its own luck in each bout
    lost = lose_column(
        w, streams.poisson(w.key, t, luck, streams.SIEGE, 0, 0.01 * p.siege_lethality * exposed)
    )
    killed = lose_fighters(
        front, streams.poisson(w.key, t, luck, streams.SIEGE, 1, 0.01 * p.siege_lethality * hit)
    )
    gov.column_lost += lost
    spent = (
        0.4 * min(0.6 * front.main, 2.0 * width) * (2.0 if axes(w) else 1.0)
    )  # two ways in: twice the fire
    front.ammo = max(0.0, front.ammo - spent)
    front.drugs = max(0.0, front.drugs - 2.0 * killed)
    record_deaths(w, w.valley_province, lost + killed, True)
    told = w.now.valley_informants
    opened = 0.3 * p.siege_subversion * told / (told + 0.02) * (1.0 - unity(w))
    carried = opened + (1.0 - opened) * contest(ours, theirs, p.siege_sharpness)
    if streams.bernoulli(w.key, t, luck, streams.SIEGE, 2, carried):
        place.held = 0.0
        place.lost_days = 0.0
        if floor_held(w) < gov.least:
            gov.least = floor_held(w)
            gov.stalled = 0.0


@compiled
def decide(w, k, t):
    """Ammunition at an end or most of the floor gone: a last stand, or higher ground to fight on later."""
    front = w.front[k]
    floors = 0.0
    for f in range(len(w.place)):
        floors += 1.0 - w.place[f].side
    held = floor_held(w)
    spent = front.ammo / max(1.0, front.main) < 1.0
    if held == 0.0:
        retreat(w, k, t)
    elif front.stood == 0.0 and held < floors and (spent or held < 0.4 * floors):
        front.stood = 1.0
        if streams.bernoulli(w.key, t, k, streams.STAND, 0, front.last_stand):
            front.will = 1.0
        else:
            retreat(w, k, t)


@compiled
def retreat(w, k, t):
    """The floor is given up: some go home, some are caught, leaders and machines reach safer ground or do not."""
    front = w.front[k]
    for f in range(len(w.place)):
        place = w.place[f]
        if place.side == 0.0 and place.held > 0.0:
            place.held = 0.0
            place.lost_days = 0.0
    caught = streams.binomial(w.key, t, k, streams.STAND, 1, int(front.main), 0.03 + 0.05 * front.stood)
    record_deaths(w, w.valley_province, lose_fighters(front, caught), True)
    home = streams.binomial(
        w.key, t, k, streams.STAND, 2, int(front.main), clip(0.9 - 0.8 * unity(w), 0.0, 1.0)
    )
    lose_fighters(front, home)
    front.machines -= streams.binomial(w.key, t, k, streams.STAND, 3, int(front.machines), 0.5)
    if not streams.bernoulli(w.key, t, k, streams.STAND, 4, front.leader_escape):
        front.leader = 0.0
        front.will *= 0.6
    front.phase = 1.0
    front.phase_days = 0.0
    front.stood = 0.0


@compiled
def counterattack(w, k, t):
    """The front tries to take a stretch of floor back from its posts, on its own ground, in season."""
    front, p, gov = w.front[k], w.p, w.government
    if front.phase == 1.0 or front.main < 100.0:
        return
    pace = 1.0 if gov.siege == 1.0 else p.siege_counterattack * w.now.season
    u = streams.uniform(w.key, t, k, streams.COUNTER, 0)
    if u >= pace:
        return
    f = weakest(w)
    if f < 0:
        return
    place = w.place[f]
    ours = front_strength(w, k, f)
    theirs = attack_strength(w, f, max(10.0, place.posts))
    if ours < 0.6 * theirs:
        return  # no commander attacks without a chance
    width = place.frontage * p.siege_frontage
    exposed = 0.01 * p.siege_lethality * min(massed(w, front) * front.main, width)
    lost = lose_fighters(front, streams.poisson(w.key, t, k, streams.COUNTER, 1, exposed * 0.5))
    hit = 0.015 * p.siege_lethality * min(place.posts, width)
    killed = lose_column(w, streams.poisson(w.key, t, k, streams.COUNTER, 2, hit))
    front.ammo = max(0.0, front.ammo - min(0.3 * front.main, width))
    record_deaths(w, w.valley_province, lost + killed, True)
    if streams.bernoulli(w.key, t, k, streams.COUNTER, 3, contest(ours, theirs, p.siege_sharpness)):
        place.held = 1.0
        place.lost_days = 0.0
        place.posts = 0.0
        gov.victory *= 0.9


@compiled
def weakest(w):
    """The stretch of floor held by the government that was taken last; -1 if none."""
    found, days = -1, 0.0
    for f in range(len(w.place)):
        place = w.place[f]
        if place.side == 0.0 and place.held == 0.0 and (found < 0 or place.lost_days < days):
            found, days = f, place.lost_days
    return found
