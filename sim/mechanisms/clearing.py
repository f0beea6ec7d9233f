"""Side valleys: the maze that shelters a front; posts try to clear it, the front creeps back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled import compiled
from sim.luck import streams
from sim.mechanisms.arithmetic import clip, contest
from sim.mechanisms.bands import GONE
from sim.mechanisms.casualties import BY_FRONT, harm_civilians, lose_column, lose_fighters, record_deaths
from sim.mechanisms.raids import peace
from sim.mechanisms.siege import LUCK, attack_strength, front_strength, unity
from sim.world.stretch import floor_held, sides_held
from sim.world.units import HUNDREDTH, PER_100_000

if TYPE_CHECKING:
    from sim.world.state import World


MOST_OPERATIONS = 9  # a week: the random draws of a front are numbered to this
FEWEST_PEOPLE = 1e4  # a death among fewer is felt as among so many


@compiled
def weekly(w: World, k: int, t: int) -> None:
    """A week in the side valleys: operations as attacks provoke them, and the front's way back into others."""
    front, p = w.front[k], w.p
    if front.phase == GONE:
        return
    if sides_held(w) + floor_held(w) == 0.0:
        hide(w)
    provoked = p.clearing_unprovoked + w.province[w.valley_province].threat / p.clearing_threat
    mean = p.siege_clearing * w.now.season * w.now.season * provoked * peace(w)
    operations = streams.poisson(w.key, t, k, streams.CLEAR, 0, mean)
    for n in range(min(operations, MOST_OPERATIONS)):
        f = pick(w, 1.0, streams.uniform(w.key, t, LUCK * k + n, streams.CLEAR, 1))
        if f >= 0 and w.government.column > p.siege_fewest:
            clear(w, k, t, f, n)
    creep = p.clearing_creep * clip(front.main / p.clearing_creep_force, 0.0, 2.0) * unity(w) * front.will
    if streams.bernoulli(w.key, t, k, streams.CLEAR, 2, creep):
        f = pick(w, 0.0, streams.uniform(w.key, t, k, streams.CLEAR, 3))
        if f >= 0:
            w.place[f].held = 1.0
            w.place[f].lost_days = 0.0


@compiled
def hide(w: World) -> None:
    """Driven out everywhere, the front withdraws to the side valley that shelters best."""
    best = 0
    for f in range(len(w.place)):
        if w.place[f].side > 0.0 and w.place[f].shelter > w.place[best].shelter:
            best = f
    w.place[best].held = 1.0
    w.place[best].lost_days = 0.0


@compiled
def side_people(w: World, f: int) -> int:
    """The row of the community of side valley ``f``; the valley's people if it has none of its own."""
    for i in range(len(w.province), len(w.community)):
        if w.community[i].valley == f:
            return i
    return w.valley_province


@compiled
def pick(w: World, held: float, u: float) -> int:
    """The side valley at the share ``u`` of those with this ``held``; -1 if there is none."""
    number = 0.0
    for f in range(len(w.place)):
        if w.place[f].side > 0.0 and w.place[f].held == held:
            number += 1.0
    left = u * number
    for f in range(len(w.place)):
        if w.place[f].side > 0.0 and w.place[f].held == held:
            left -= 1.0
            if left < 0.0:
                return f
    return -1


@compiled
def clear(w: World, k: int, t: int, f: int, n: int) -> None:
    """One operation: a sheltered side valley favours the few who know it; villages pay."""
    p, front, place = w.p, w.front[k], w.place[f]
    share = 1.0 / max(1.0, sides_held(w))
    people = w.community[side_people(w, f)]
    guided = p.clearing_ignorant + p.clearing_knowledge * people.knowledge
    ours = attack_strength(w, f, p.clearing_column * w.government.column) * guided
    gathered = min(1.0, p.clearing_gathered * share)
    theirs = front_strength(w, k, f) * gathered * (1.0 + p.clearing_shelter * place.shelter)
    width = place.frontage * p.siege_frontage
    luck = LUCK * k + n
    exposed = HUNDREDTH * p.clearing_exposure * p.siege_lethality * width * (1.0 + place.shelter)
    lost = lose_column(w, streams.poisson(w.key, t, luck, streams.CLEAR, 4, exposed))
    hit = HUNDREDTH * p.siege_close_losses * p.siege_lethality * min(front.main * share, width)
    hits = streams.poisson(w.key, t, luck, streams.CLEAR, 5, hit)
    won = streams.bernoulli(w.key, t, luck, streams.CLEAR, 6, contest(ours, theirs, p.siege_sharpness))
    if won:
        place.held = 0.0
        place.lost_days = 0.0
        trapped = int(p.clearing_trapped * front.main * share)
        hits += streams.binomial(w.key, t, luck, streams.CLEAR, 7, trapped, p.clearing_trapped_killed)
    killed = lose_fighters(front, hits)
    front.ammo = max(0.0, front.ammo - min(front.main * share, width))
    record_deaths(w, w.valley_province, lost + killed, True, BY_FRONT)
    hit = p.garrison_collateral * p.taliban_harshness * 2.0 * killed
    villagers = float(streams.poisson(w.key, t, luck, streams.CLEAR, 8, hit))
    harm_civilians(w, w.valley_province, villagers)
    felt = p.community_harm_weight * villagers * PER_100_000 / max(people.people, FEWEST_PEOPLE)
    people.harm += felt * p.clearing_blame
