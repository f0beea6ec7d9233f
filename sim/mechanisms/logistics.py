"""Supply: arms, food and medicine for an encircled front, over the safest open way from friends abroad.

The fourth good, people, comes over the same ways: see ``muster`` of ``sim/agents/front.py``.
"""

from __future__ import annotations

from sim.agents.route import PLACE_NODES
from sim.compiled import compiled
from sim.luck import streams
from sim.mechanisms.arithmetic import clip, towards

ARMS_PER_TONNE = 100.0  # fighter-days of intense fighting: 10 kg of ammunition a fighter and day
FOOD_PER_TONNE = 1000.0  # fighter-days: 1 kg a fighter and day
DRUGS_PER_TONNE = 500.0  # fighter-days: dressings and medicine of 2 kg a fighter and day of intense fighting
CONVOY = 0.5  # tonnes: a string of pack animals
WAYS = 3  # most ways that one source tries in a week


@compiled
def supply(w, k, t):
    """A week of supply: find the ways, fetch from each source, live off friendly villages and old caches."""
    front, p, now = w.front[k], w.p, w.now
    base = base_node(w, front)
    find_ways(w, base)
    border = w.tajikistan_node
    if k == 0:
        now.corridor_open = 1.0 if w.best[border] > 0.6 else 0.0
    offered = p.supply_donors * (0.5 + front.lobby + 2.0 * front.exile) * (0.3 + 0.7 * front.leader)
    came = fetch(w, k, t, base, border, offered, 0)
    for m in range(w.powers):
        if w.power[m].opposes > 0.0:
            came += fetch(w, k, t, base, w.power_node[m], w.power[m].support, m + 1)
    came += fly(w, k, t)
    forage(w, k, t)
    need = 7.0 * front.main / ARMS_PER_TONNE * 0.3 + 7.0 * front.main / FOOD_PER_TONNE
    front.supplied = towards(front.supplied, clip(came / max(0.5, need), 0.0, 1.0), 0.15)


@compiled
def base_node(w, front):
    """Where the front's supplies have to go: its highest held place of the valley, or its home province."""
    home = int(front.home) - 1
    if front.home - 1.0 != w.valley_province:
        return home
    base, rank = len(w.place) - 1, -1.0
    for f in range(len(w.place)):
        place = w.place[f]
        value = place.order - 10.0 * place.side + place.shelter
        if place.held > 0.0 and (rank == -1.0 or value > rank):
            base, rank = f, value
    return PLACE_NODES + base


@compiled
def find_ways(w, base):
    """The safest open way from every node to the base: chance to come through, next link.

    Bellman-Ford on the chance to come through, which multiplies along a way; the links are swept forth and back.
    """
    for n in range(len(w.best)):
        w.best[n] = 0.0
        w.via[n] = -1
    w.best[base] = 1.0
    changed, forth, last = True, True, len(w.route) - 1
    while changed:
        changed = False
        forth = not forth
        for n in range(len(w.route)):
            r = n if forth else last - n
            route = w.route[r]
            if 7.0 * route.capacity * route.open - route.used >= CONVOY:
                a, b = int(route.a), int(route.b)
                changed = relax(w, r, a, b) or changed
                changed = relax(w, r, b, a) or changed


@compiled
def relax(w, r, near, far):
    """Take link ``r`` for the way from ``far`` if it is safer than what was known; True if so."""
    route = w.route[r]
    chance = w.best[near] * route.survive
    if chance > w.best[far] * 1.000001 and chance > 0.001:
        w.best[far] = chance
        w.via[far] = r
        return True
    return False


@compiled
def fetch(w, k, t, base, source, offered, draw):
    """Bring what a source offers: the safest way first, others when it is full. Returns tonnes that came through."""
    came, left = 0.0, offered
    for way in range(WAYS):
        if left < CONVOY or w.best[source] <= 0.0:
            return came
        tonnes = min(left, room_on_way(w, base, source))
        came += send(w, k, t, base, source, tonnes, WAYS * draw + way)
        left -= tonnes
        if left >= CONVOY:
            find_ways(w, base)
    return came


@compiled
def send(w, k, t, base, source, tonnes, draw):
    """Convoys over the safest way; they are lost one by one. Returns tonnes that came through."""
    number = int(tonnes / CONVOY + streams.uniform(w.key, t, k, streams.SUPPLY, 2 * draw))
    came = CONVOY * streams.binomial(w.key, t, k, streams.SUPPLY, 2 * draw + 1, number, w.best[source])
    arms = came * store(w.front[k], w.now, came)
    node = source
    while node != base and w.via[node] >= 0:
        route = w.route[w.via[node]]
        route.used += CONVOY * number
        route.flow += arms
        node = int(route.b) if int(route.a) == node else int(route.a)
    return came


@compiled
def room_on_way(w, base, source):
    """Tonnes that the way from ``source`` can still carry this week: its narrowest link, less what has gone over it."""
    room, node = 1e9, source
    while node != base and w.via[node] >= 0:
        route = w.route[w.via[node]]
        room = min(room, max(0.0, 7.0 * route.capacity * route.open - route.used))
        node = int(route.b) if int(route.a) == node else int(route.a)
    return room


@compiled
def store(front, now, tonnes):
    """Share out tonnes among arms, food and medicine by what is shortest; the share of arms is returned."""
    if tonnes <= 0.0:
        return 0.0
    force = max(1.0, front.main)
    arms = 2.0 * clip(1.2 - front.ammo / force / 20.0, 0.1, 1.2)
    food = 1.0 * clip(1.2 - front.stores / force / 40.0, 0.1, 1.2)
    drugs = 0.4 * clip(1.2 - front.drugs / force / 20.0, 0.1, 1.2)
    total = arms + food + drugs
    front.ammo += tonnes * arms / total * ARMS_PER_TONNE
    front.stores += tonnes * food / total * FOOD_PER_TONNE
    front.drugs += tonnes * drugs / total * DRUGS_PER_TONNE
    now.supply_arms += tonnes * arms / total
    now.supply_food += tonnes * food / total
    now.supply_medicine += tonnes * drugs / total
    return arms / total


@compiled
def fly(w, k, t):
    """Helicopters bring loads over the passes while they last: fuel and a place to land need held ground."""
    front, now, p = w.front[k], w.now, w.p
    if front.machines < 1.0:
        return 0.0
    landing = 0.0
    for f in range(len(w.place)):
        landing = max(landing, w.place[f].held * (1.0 - 0.7 * w.place[f].side))
    sorties = streams.poisson(w.key, t, k, streams.AIRLIFT, 0, front.machines * 0.7 * landing)
    tonnes = sorties * p.supply_airlift
    store(front, now, tonnes)
    risk = 0.02 + 0.1 * (1.0 - landing)
    front.machines -= streams.binomial(w.key, t, k, streams.AIRLIFT, 1, int(front.machines), risk)
    return tonnes


@compiled
def forage(w, k, t):
    """Friendly villages feed the front; old caches of the home province give ammunition."""
    front, p = w.front[k], w.p
    home = int(front.home) - 1
    c, cache = w.community[home], w.cache[home]
    given = p.supply_local * 7.0 * front.main * clip(0.3 + c.grievance, 0.0, 1.0) * (1.0 - c.elders * 0.5)
    most = 7.0 * 0.02 * c.people  # villages can feed a fiftieth of their own number
    if front.stores < 60.0 * front.main:
        front.stores += min(given, most)
    finds = 0.25 * cache.count / (cache.count + 10.0)
    if cache.count >= 1.0 and streams.bernoulli(w.key, t, k, streams.FORAGE, 0, finds):
        cache.count -= 1.0
        front.ammo += 6.0 * p.caches_arms  # six days' fire with each weapon found
