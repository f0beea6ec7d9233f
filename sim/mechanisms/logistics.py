"""Supply: arms, food and medicine for an encircled front, over the safest open way from friends abroad.

The fourth good, people, comes over the same ways: see ``muster`` of ``sim/agents/front.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled import compiled
from sim.luck import streams
from sim.mechanisms.arithmetic import above, clip, towards
from sim.world.route import PLACE_NODES
from sim.world.units import KG_A_TONNE

if TYPE_CHECKING:
    from sim.world.state import Row, World


WAYS = 3  # most ways that one source tries in a week: random draws are numbered to this
LEAST_NEED = 0.5  # tonnes a week: a handful of men is supplied by this
SAFER = 1.000001  # times the chance: a way is better by more than rounding
HOPELESS = 0.001  # chance to come through below which a way is none
UNLIMITED = 1e9  # tonnes
AFTER_FLOOR = 10.0  # in the order of places: side valleys come after every stretch of the floor


@compiled
def supply(w: World, k: int, t: int) -> None:
    """A week of supply: find the ways, fetch from each source, live off friendly villages and old caches."""
    front, p, now = w.front[k], w.p, w.now
    base = base_node(w, front)
    find_ways(w, base)
    border = w.tajikistan_node
    if k == 0:
        now.corridor_open = 1.0 if w.best[border] > p.supply_corridor_safe else 0.0
    moved = p.supply_donors_unasked + front.lobby + p.supply_donors_exile * front.exile
    offered = p.supply_donors * moved * above(p.diplomacy_leaderless, front.leader)
    came = fetch(w, k, t, base, border, offered, 0)
    for m in range(w.powers):
        if w.power[m].opposes > 0.0:
            came += fetch(w, k, t, base, w.power_node[m], w.power[m].support, m + 1)
    came += fly(w, k, t)
    forage(w, k, t)
    fire = 7.0 * front.main / (KG_A_TONNE / p.supply_ammunition_weight) * p.supply_fire_days
    need = fire + 7.0 * front.main / (KG_A_TONNE / p.supply_food_weight)
    front.supplied = towards(front.supplied, clip(came / max(LEAST_NEED, need), 0.0, 1.0), p.supply_memory)


@compiled
def base_node(w: World, front: Row) -> int:
    """Where the front's supplies have to go: its highest held place of the valley, or its home province."""
    home = int(front.home) - 1
    if front.home - 1.0 != w.valley_province:
        return home
    base, rank = len(w.place) - 1, -1.0
    for f in range(len(w.place)):
        place = w.place[f]
        value = place.order - AFTER_FLOOR * place.side + place.shelter
        if place.held > 0.0 and (rank == -1.0 or value > rank):
            base, rank = f, value
    return PLACE_NODES + base


@compiled
def find_ways(w: World, base: int) -> None:
    """The safest open way from every node to the base: chance to come through, next link.

    Bellman-Ford on the chance to come through, which multiplies along a way; the links are swept forth and back.
    """
    for n in range(len(w.best)):
        w.best[n] = 0.0
        w.via[n] = -1
    w.best[base] = 1.0
    number = open_links(w)
    changed, forth = True, True
    while changed:
        changed = False
        forth = not forth
        for n in range(number):
            m = n if forth else number - 1 - n
            a, b = w.ends[m, 0], w.ends[m, 1]
            if w.best[a] >= w.best[b]:  # a link makes nothing safer: only the less safe end can gain by it
                changed = relax(w, m, a, b) or changed
            else:
                changed = relax(w, m, b, a) or changed


@compiled
def open_links(w: World) -> int:
    """List the links that can carry a convoy more this week, with their ends and safety; returns how many."""
    number = 0
    for r in range(len(w.route)):
        route = w.route[r]
        if 7.0 * route.capacity * route.open - route.used >= w.p.supply_convoy:
            w.links[number] = r
            w.ends[number, 0] = int(route.a)
            w.ends[number, 1] = int(route.b)
            w.safe[number] = route.survive
            number += 1
    return number


@compiled
def relax(w: World, m: int, near: int, far: int) -> bool:
    """Take the open link ``m`` for the way from ``far`` if it is safer than what was known; True if so."""
    chance = w.best[near] * w.safe[m]
    if chance > w.best[far] * SAFER and chance > HOPELESS:
        w.best[far] = chance
        w.via[far] = w.links[m]
        return True
    return False


@compiled
def fetch(w: World, k: int, t: int, base: int, source: int, offered: float, draw: int) -> float:
    """Bring what a source offers: the safest way first, others when it is full. Returns tonnes that came through."""
    came, left, convoy = 0.0, offered, w.p.supply_convoy
    for way in range(WAYS):
        if left < convoy or w.best[source] <= 0.0:
            return came
        tonnes = min(left, room_on_way(w, base, source))
        came += send(w, k, t, base, source, tonnes, WAYS * draw + way)
        left -= tonnes
        if left >= convoy:
            find_ways(w, base)
    return came


@compiled
def send(w: World, k: int, t: int, base: int, source: int, tonnes: float, draw: int) -> float:
    """Convoys over the safest way; they are lost one by one. Returns tonnes that came through."""
    convoy = w.p.supply_convoy
    number = int(tonnes / convoy + streams.uniform(w.key, t, k, streams.SUPPLY, 2 * draw))
    came = convoy * streams.binomial(w.key, t, k, streams.SUPPLY, 2 * draw + 1, number, w.best[source])
    arms = came * store(w, w.front[k], came)
    node = source
    while node != base and w.via[node] >= 0:
        route = w.route[w.via[node]]
        route.used += convoy * number
        route.flow += arms
        node = int(route.b) if int(route.a) == node else int(route.a)
    return came


@compiled
def room_on_way(w: World, base: int, source: int) -> float:
    """Tonnes that the way from ``source`` can still carry this week: its narrowest link, less what has gone over it."""
    room, node = UNLIMITED, source
    while node != base and w.via[node] >= 0:
        route = w.route[w.via[node]]
        room = min(room, max(0.0, 7.0 * route.capacity * route.open - route.used))
        node = int(route.b) if int(route.a) == node else int(route.a)
    return room


@compiled
def store(w: World, front: Row, tonnes: float) -> float:
    """Share out tonnes among arms, food and medicine by what is shortest; the share of arms is returned."""
    if tonnes <= 0.0:
        return 0.0
    p, _now, force = w.p, w.now, max(1.0, front.main)
    arms = p.supply_ammunition_priority * claim(p, front.ammo / force, p.supply_ammunition_stock)
    food = claim(p, front.stores / force, p.supply_food_stock)
    drugs = p.supply_medicine_priority * claim(p, front.drugs / force, p.supply_medicine_stock)
    total = arms + food + drugs
    front.ammo += tonnes * arms / total * (KG_A_TONNE / p.supply_ammunition_weight)
    front.stores += tonnes * food / total * (KG_A_TONNE / p.supply_food_weight)
    front.drugs += tonnes * drugs / total * (KG_A_TONNE / p.supply_medicine_weight)
    w.today.supply_arms += tonnes * arms / total
    w.today.supply_food += tonnes * food / total
    w.today.supply_medicine += tonnes * drugs / total
    return arms / total


@compiled
def claim(p: Row, days: float, stock: float) -> float:
    """How urgently a good is wanted of which there is enough for ``days``, with a full store at ``stock``."""
    return max(p.supply_priority_full, p.supply_priority_empty - days / stock)


@compiled
def fly(w: World, k: int, t: int) -> float:
    """Helicopters bring loads over the passes while they last: fuel and a place to land need held ground."""
    front, p = w.front[k], w.p
    if front.machines < 1.0:
        return 0.0
    landing = 0.0
    for f in range(len(w.place)):
        landing = max(landing, w.place[f].held * (1.0 - p.supply_side_landing * w.place[f].side))
    sorties = streams.poisson(w.key, t, k, streams.AIRLIFT, 0, front.machines * p.supply_sorties * landing)
    tonnes = sorties * p.supply_airlift
    store(w, front, tonnes)
    risk = p.supply_machine_risk + p.supply_machine_risk_unsafe * (1.0 - landing)
    front.machines -= streams.binomial(w.key, t, k, streams.AIRLIFT, 1, int(front.machines), risk)
    return tonnes


@compiled
def forage(w: World, k: int, t: int) -> None:
    """Friendly villages feed the front; old caches of the home province give ammunition."""
    front, p = w.front[k], w.p
    home = int(front.home) - 1
    c, cache = w.community[home], w.cache[home]
    willing = clip(p.supply_villages_calm + c.grievance, 0.0, 1.0)
    given = p.supply_local * 7.0 * front.main * willing * (1.0 - c.elders * p.supply_elders_withhold)
    if front.stores < p.supply_villages_stock * front.main:
        front.stores += min(given, 7.0 * p.supply_villages_most * c.people)
    finds = p.supply_cache_finds * cache.count / (cache.count + p.supply_cache_half)
    if cache.count >= 1.0 and streams.bernoulli(w.key, t, k, streams.FORAGE, 0, finds):
        cache.count -= 1.0
        front.ammo += p.supply_cache_days * p.caches_arms
