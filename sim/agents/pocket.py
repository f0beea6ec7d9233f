"""Pocket: a band of insurgents; it raids, is hunted, grows or melts, merges and splits, dies out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.agents.garrison import lose_capital
from sim.compiled import compiled
from sim.luck import ahead, streams
from sim.mechanisms.arithmetic import above, clip, contest, saturated
from sim.mechanisms.casualties import BY_FRONT, lose_soldiers, record_attack, record_deaths, thin_pockets
from sim.mechanisms.raids import found, hunt, peace, raid, sheltered
from sim.world.fields import fields

if TYPE_CHECKING:
    from sim.world.state import Row, World


FIELDS = fields("""
active        | flag            | the row is in use | fixed
identity      | identity        | for life; a row that is used again gets a new one | fixed
home          | province        | index of the province | fixed
fighters      | fighters        | in the pocket | fixed
arms          | weapons         | in working order | fixed
experience    | share           | of what can be learnt | fixed
known         | code            | 0 nameless, 1 known by a name, 2 a front of its own | fixed
""")

NAMELESS, NAMED, FRONT = 0.0, 1.0, 2.0


@compiled
def form(w: World, province: int, fighters: float, arms: float) -> bool:
    """A new pocket in the first free row; False when the table is full."""
    for k in range(len(w.pocket)):
        pocket = w.pocket[k]
        if pocket.active == 0.0:
            pocket.active = 1.0
            pocket.identity = w.now.next_pocket
            w.now.next_pocket += 1.0
            pocket.home = province
            pocket.fighters = fighters
            pocket.arms = arms
            pocket.experience = w.p.pockets_first_experience
            pocket.known = NAMELESS
            w.bands = max(w.bands, k + 1)
            w.province[province].pockets += 1.0
            w.province[province].pocket_fighters += fighters
            return True
    w.now.turned_away += 1.0
    return False


@compiled
def find_bands(w: World) -> None:
    """Find the last row in use, after state was set from outside: no rule looks at rows beyond it."""
    for k in range(w.bands, len(w.pocket)):
        if w.pocket[k].active > 0.0:
            w.bands = k + 1


@compiled
def dissolve(w: World, k: int) -> None:
    """The pocket is no more; its row is free, and no rule looks at free rows beyond the last in use."""
    pocket = w.pocket[k]
    place = w.province[int(pocket.home)]
    place.pockets = max(0.0, place.pockets - 1.0)
    place.pocket_fighters = max(0.0, place.pocket_fighters - pocket.fighters)
    pocket.active = 0.0
    pocket.fighters = 0.0
    pocket.arms = 0.0
    while w.bands > 0 and w.pocket[w.bands - 1].active == 0.0:
        w.bands -= 1


@compiled
def daily(w: World, k: int, t: int) -> None:
    """A day of a pocket: it may raid, it may be found."""
    pocket, p = w.pocket[k], w.p
    if pocket.active == 0.0:
        return
    home = int(pocket.home)
    u = ahead.of_band(w, t, k)
    if u < p.pockets_raid_rate / 7.0 * boldness(w, pocket) * peace(w):
        raid(w, k, t)
        return
    if u > 1.0 - found(w, home):
        hunt(w, k, t)
    if pocket.fighters < p.pockets_least:
        dissolve(w, k)


@compiled
def boldness(w: World, pocket: Row) -> float:
    """How often a pocket raids, against an armed and seasoned one in a sheltering country in mid-season."""
    p = w.p
    c, place = w.community[int(pocket.home)], w.province[int(pocket.home)]
    cold = 1.0 - place.ruggedness * (1.0 - w.now.season)
    armed = min(1.0, pocket.arms / max(1.0, pocket.fighters))
    seasoned = above(p.pockets_boldness, pocket.experience)
    cowed = 1.0 - p.pockets_cowed * w.government.victory
    emboldened = 1.0 + p.pockets_contagion * saturated(place.threat, p.pockets_embolden)
    targets = above(p.pockets_no_targets, place.held)  # without a garrison there is little to raid
    return cold * armed * seasoned * cowed * emboldened * targets * sheltered(p, c.cover)


@compiled
def weekly(w: World, k: int, t: int) -> None:
    """A week: recruits come, others go home; pockets merge and split; a large one may take the capital."""
    if w.pocket[k].active == 0.0:
        return
    grow(w, k, t)
    if w.pocket[k].fighters < w.p.pockets_least:
        dissolve(w, k)
        return
    u = streams.uniform(w.key, t, int(w.pocket[k].identity), streams.FISSION, 0)
    p = w.p
    front = w.pocket[k].known == FRONT  # others join it; it does not break up into bands
    if u < p.pockets_merge and not front:
        merge(w, k, t)
    elif u > 1.0 - p.pockets_split and not front:
        split(w, k)
    elif u > 1.0 - p.pockets_split - p.pockets_roam and not front:
        roam(w, k, t)
    elif w.pocket[k].fighters > p.pockets_capital_size:
        assault_capital(w, k, t)


@compiled
def grow(w: World, k: int, t: int) -> None:
    """Grievance brings recruits as far as arms go round; hardship and winter send fighters home with their arms."""
    pocket, p = w.pocket[k], w.p
    home = int(pocket.home)
    c, place = w.community[home], w.province[home]
    pocket.experience = min(1.0, pocket.experience + p.pockets_drill)
    pocket.arms *= 1.0 - p.pockets_wear
    armed = min(1.0, pocket.arms / max(1.0, pocket.fighters))
    pull = p.pockets_join_grievance * c.grievance + p.pockets_join_defiance * c.defiance
    joining = p.pockets_recruitment * pocket.fighters * pull * armed * sheltered(p, c.cover) * peace(w)
    room = max(0.0, 1.0 - place.pocket_fighters / (p.pockets_most * c.people + 1.0))
    leaving = p.pockets_desertion * (
        p.pockets_leave_always + (1.0 - w.now.season) + p.pockets_leave_unarmed * (1.0 - armed)
    )
    agent = int(pocket.identity)
    joined = streams.poisson(w.key, t, agent, streams.POCKET_SIZE, 0, joining * room)
    left = streams.binomial(w.key, t, agent, streams.POCKET_SIZE, 1, int(pocket.fighters), min(1.0, leaving))
    pocket.arms -= pocket.arms * left / max(1.0, pocket.fighters)
    pocket.fighters += joined - left
    place.pocket_fighters = max(0.0, place.pocket_fighters + joined - left)
    look_for_cache(w, k, t)
    make_a_name(w, pocket)


@compiled
def look_for_cache(w: World, k: int, t: int) -> None:
    """Fighters without a weapon look for a cache."""
    pocket, p = w.pocket[k], w.p
    cache = w.cache[int(pocket.home)]
    if pocket.arms >= p.pockets_short_of_arms * pocket.fighters or cache.count < 1.0:
        return
    finds = p.pockets_finds * saturated(cache.count, p.pockets_finds_half)
    if streams.bernoulli(w.key, t, int(pocket.identity), streams.POCKET_SIZE, 2, finds):
        cache.count -= 1.0
        pocket.arms += p.caches_arms


@compiled
def make_a_name(w: World, pocket: Row) -> None:
    """A pocket that has grown is known by a name; a large one is a front of its own, which is sent arms."""
    p = w.p
    if pocket.known == NAMELESS and pocket.fighters >= p.pockets_known_size:
        pocket.known = NAMED
        w.now.groups += 1.0
    if pocket.known == NAMED and pocket.fighters >= p.pockets_front_size:
        pocket.known = FRONT
        w.now.new_fronts += 1.0
    if pocket.known == FRONT:
        if pocket.fighters < p.pockets_known_size:
            pocket.known = NAMED
        pocket.arms += p.pockets_front_gifts


@compiled
def merge(w: World, k: int, t: int) -> None:
    """The pocket joins another in its province or next to it, the larger the likelier (Bohorquez et al. 2009)."""
    ours = w.pocket[k]
    home = int(ours.home)
    total = 0.0
    for m in range(w.bands):
        if m != k and w.pocket[m].active > 0.0 and near(w, home, int(w.pocket[m].home)):
            total += w.pocket[m].fighters
    if total <= 0.0:
        return
    left = total * streams.uniform(w.key, t, int(ours.identity), streams.FISSION, 1)
    for m in range(w.bands):
        other = w.pocket[m]
        if m != k and other.active > 0.0 and near(w, home, int(other.home)):
            left -= other.fighters
            if left < 0.0:
                other.experience = max(other.experience, ours.experience)
                other.fighters += ours.fighters
                other.arms += ours.arms
                w.province[int(other.home)].pocket_fighters += ours.fighters
                dissolve(w, k)
                return


@compiled
def near(w: World, i: int, j: int) -> bool:
    """Whether provinces ``i`` and ``j`` are the same or neighbours."""
    if i == j:
        return True
    for n in range(w.near_ptr[i], w.near_ptr[i + 1]):  # noqa: SIM110 (compiled code has no generators)
        if w.near_idx[n] == j:
            return True
    return False


@compiled
def split(w: World, k: int) -> None:
    """The pocket breaks up into bands of the size of a new one (Bohorquez et al. 2009: whole fragmentation)."""
    pocket = w.pocket[k]
    size = max(2.0 * w.p.pockets_least, w.p.pockets_cell)
    while pocket.fighters >= 2.0 * size:
        arms = pocket.arms * size / pocket.fighters
        if not form(w, int(pocket.home), size, arms):
            return
        pocket.fighters -= size
        pocket.arms -= arms
        w.province[int(pocket.home)].pocket_fighters -= size


@compiled
def roam(w: World, k: int, t: int) -> None:
    """The pocket moves to a neighbouring province, the likelier the more rugged and aligned it is."""
    pocket = w.pocket[k]
    home = int(pocket.home)
    total = 0.0
    for n in range(w.near_ptr[home], w.near_ptr[home + 1]):
        total += refuge(w, w.near_idx[n])
    left = total * streams.uniform(w.key, t, int(pocket.identity), streams.FISSION, 3)
    for n in range(w.near_ptr[home], w.near_ptr[home + 1]):
        left -= refuge(w, w.near_idx[n])
        if left < 0.0:
            w.province[home].pockets -= 1.0
            w.province[home].pocket_fighters = max(0.0, w.province[home].pocket_fighters - pocket.fighters)
            pocket.home = w.near_idx[n]
            w.province[int(pocket.home)].pockets += 1.0
            w.province[int(pocket.home)].pocket_fighters += pocket.fighters
            return


@compiled
def refuge(w: World, i: int) -> float:
    """How good a refuge a province is for a pocket."""
    c = w.community[i]
    p = w.p
    return p.bands_ground_floor + w.province[i].refuge * c.alignment * (p.bands_suits_floor + c.grievance)


@compiled
def assault_capital(w: World, k: int, t: int) -> None:
    """A large pocket tries for the capital when it is a match for the garrison."""
    pocket = w.pocket[k]
    home = int(pocket.home)
    g = w.garrison[home]
    if w.province[home].held == 0.0 or home == w.valley_province:
        return
    p = w.p
    ours = pocket.fighters * (p.raids_skill + pocket.experience)
    chance = p.pockets_capital_pace * contest(ours, g.fighters * g.cohesion, p.garrison_sharpness) * peace(w)
    agent = int(pocket.identity)
    if streams.bernoulli(w.key, t, agent, streams.FISSION, 2, clip(chance, 0.0, 1.0)):
        toll = p.pockets_capital_lethality * min(ours, g.fighters)
        soldiers = lose_soldiers(w, home, streams.poisson(w.key, t, agent, streams.FISSION, 4, toll))
        own = thin_pockets(w, home, streams.poisson(w.key, t, agent, streams.FISSION, 5, toll))
        record_deaths(w, home, soldiers + own, True, BY_FRONT)
        record_attack(w, home, p.pockets_capital_threat)
        w.today.attacks_pockets += 1.0
        lose_capital(w, home)


@compiled
def begin(w: World) -> None:
    """Pockets at the start: likeliest in populous provinces aligned against the Taliban."""
    number = int(w.p.pockets_start)
    for n in range(number):
        u = streams.uniform(w.key, 0, n, streams.FORM, 1)
        total = 0.0
        for i in range(len(w.province)):
            total += w.community[i].alignment ** 2 * math.sqrt(w.community[i].people)
        left = u * total
        for i in range(len(w.province)):
            left -= w.community[i].alignment ** 2 * math.sqrt(w.community[i].people)
            if left < 0.0:
                form(w, i, w.p.pockets_cell, w.p.caches_arms)
                break
