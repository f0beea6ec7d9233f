"""Deaths: counted once, where they happen, by kind; civilians' deaths feed grievance and fear."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.compiled import compiled

if TYPE_CHECKING:
    from sim.world.state import Row, World


#: Whose fight a death belongs to: the group that fought, or the government that killed civilians.
BY_FRONT, BY_POCKETS, BY_MILITIA, BY_ISKP, BY_GOVERNMENT, BY_RISINGS, BY_OTHERS = range(7)
LEAST_FORCE = 1000.0  # fighters: a government that stands has some


@compiled
def record_deaths(w: World, province: int, number: float, state_based: bool, actor: int) -> None:
    """Count ``number`` deaths in ``province``; civilians are taken out of its people.

    ``state_based``: in a fight of the government with a group; others are civilians or fights among one side.
    ``actor``: whose fight it is, one of ``BY_FRONT`` to ``BY_OTHERS``.
    """
    if number <= 0.0:
        return
    _now, place = w.now, w.province[province]
    w.sizes[min(int(number), len(w.sizes) - 1)] += 1.0
    w.today.deaths += number
    if state_based:
        w.today.deaths_state_based += number
    else:
        community = w.community[province]
        community.people = max(1.0, community.people - number)
        if actor == BY_ISKP:
            w.today.deaths_iskp_civilians += number
    place.week_deaths += number
    place.violence += number * 1e5 / place.population
    if actor == BY_FRONT:
        w.today.deaths_front += number
    elif actor == BY_POCKETS:
        w.today.deaths_pockets += number
    elif actor == BY_MILITIA:
        w.today.deaths_militia += number
    elif actor == BY_ISKP:
        w.today.deaths_iskp += number
    elif actor == BY_GOVERNMENT:
        w.today.deaths_government_civilians += number
    elif actor == BY_RISINGS:
        w.today.deaths_risings += number


@compiled
def harm_civilians(w: World, province: int, number: float) -> None:
    """Civilians killed by government forces: grievance of their community and fear (Bennett 2008), and a broken
    habit of living with the government (Kalyvas 2006)."""
    if number <= 0.0:
        return
    record_deaths(w, province, number, False, BY_GOVERNMENT)
    community, p = w.community[province], w.p
    rate = number * 1e5 / max(community.people, 1e5)
    community.harm += p.community_harm_weight * rate
    community.habit *= max(0.0, 1.0 - p.habit_harm * rate)
    community.fear = min(1.0, community.fear + p.community_fear_of_death * number)


@compiled
def record_attack(w: World, province: int, weight: float) -> None:
    """Count an attack by a front, pocket or militia: it marks the province and draws forces."""
    now, place = w.now, w.province[province]
    now.recent_attacks += 1.0
    place.week_attacks += 1.0
    place.threat += weight
    if place.attacked == 0.0:
        place.attacked = 1.0
        now.attack_provinces += 1.0


@compiled
def lose_fighters(front: Row, number: float, taken: float = 1.0) -> float:
    """Take ``number`` fighters, as far as there are so many, out of a front; returns how many.

    The share ``taken`` of their part of arms and ammunition goes with them.
    """
    lost = min(float(number), math.floor(front.main))
    part = lost / max(1.0, front.main)
    front.elite -= front.elite * part
    front.ammo -= front.ammo * part * taken
    front.main -= lost
    return lost


@compiled
def lose_soldiers(w: World, province: int, number: float) -> float:
    """Take ``number`` soldiers, as far as there are so many, out of a garrison and of the force; returns how many."""
    g = w.garrison[province]
    lost = min(float(number), math.floor(g.fighters))
    g.fighters -= lost
    w.government.forces = max(LEAST_FORCE, w.government.forces - lost)
    return lost


@compiled
def lose_column(w: World, number: float) -> float:
    """Take ``number`` soldiers, as far as there are so many, out of the column in the valley and of the force."""
    gov = w.government
    lost = min(float(number), math.floor(gov.column))
    gov.column -= lost
    gov.forces = max(LEAST_FORCE, gov.forces - lost)
    return lost


@compiled
def thin_pockets(w: World, province: int, number: float) -> float:
    """Take up to ``number`` fighters and their weapons out of the pockets of a province, the first ones first; returns
    how many."""
    left = float(number)
    for k in range(w.bands):
        pocket = w.pocket[k]
        if left > 0.0 and pocket.active > 0.0 and pocket.home == province:
            lost = min(left, math.floor(pocket.fighters))
            pocket.arms -= pocket.arms * lost / max(1.0, pocket.fighters)
            pocket.fighters -= lost
            left -= lost
    place = w.province[province]
    place.pocket_fighters = max(0.0, place.pocket_fighters - (float(number) - left))
    return float(number) - left
