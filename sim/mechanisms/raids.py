"""Raids and the hunt: Deitchman's guerrilla law (1962) with the intelligence form of Kress and Szechtman (2009).

The guerrilla chooses time and place and fires aimed: the losses of the regular side grow with the raiders alone.
The regular side fires as well as it is informed: with knowledge it hits fighters, without it hits villagers. How
often raids come depends on the cover that people give, how often bands are found on knowledge and presence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.agents.government import effort
from sim.compiled import compiled
from sim.luck import streams
from sim.mechanisms.arithmetic import above, towards
from sim.mechanisms.casualties import (
    BY_FRONT,
    BY_POCKETS,
    harm_civilians,
    lose_soldiers,
    record_attack,
    record_deaths,
)
from sim.mechanisms.presence import watched

if TYPE_CHECKING:
    from sim.world.state import Row, World


@compiled
def sheltered(p: Row, cover: float) -> float:
    """How often raids come under ``cover`` by the people, against the usual cover."""
    return towards(1.0, cover / p.cover_usual, p.cover_weight)


@compiled
def peace(w: World) -> float:
    """Share of fighting that goes on: all of it, or under a settlement that of spoilers."""
    return 1.0 - w.p.settlement_peace * w.government.settlement


@compiled
def return_fire(w: World, province: int) -> float:
    """Raiders killed per raider: soldiers hit back as well as they are informed."""
    p = w.p
    return p.pockets_lethality * (p.raids_return_fire + p.raids_informed_fire * known_here(w, province))


@compiled
def raid(w: World, k: int, t: int) -> None:
    """A pocket raids: soldiers die by aimed fire, raiders by return fire, villagers by reprisal."""
    pocket, p = w.pocket[k], w.p
    home = int(pocket.home)
    agent = int(pocket.identity)
    raiders = max(1.0, p.pockets_raid_share * pocket.fighters)
    skill = p.raids_skill + pocket.experience
    aimed = streams.poisson(w.key, t, agent, streams.RAID, 0, p.pockets_lethality * skill * raiders)
    killed = lose_soldiers(w, home, aimed)
    hit = streams.binomial(w.key, t, agent, streams.RAID, 1, int(raiders), return_fire(w, home))
    lost = lose_fighters(w, k, hit)
    record_attack(w, home, 1.0)
    if pocket.known == 2.0:
        record_deaths(w, home, killed + lost, True, BY_FRONT)
        w.today.attacks_front += 1.0
    else:
        record_deaths(w, home, killed + lost, True, BY_POCKETS)
        w.today.attacks_pockets += 1.0
    pocket.experience = min(1.0, pocket.experience + p.pockets_learning)
    pocket.arms += p.raids_trophies * killed
    reprisal(w, home, t, agent, streams.RAID, 2)


@compiled
def known_here(w: World, i: int) -> float:
    """What the government learns in a province of the doings of fighters; in the valley, its floor and side valleys."""
    return w.now.valley_knowledge if i == w.valley_province else w.community[i].knowledge


@compiled
def found(w: World, i: int) -> float:
    """Chance in a day that a band in province ``i`` is found: soldiers who know and are present find it, in season
    and on open ground."""
    p, place = w.p, w.province[i]
    cold = 1.0 - place.ruggedness * (1.0 - w.now.season)
    open_ground = 1.0 - p.pursuit_ground * place.ruggedness
    chance = p.garrison_detection / 7.0 * known_here(w, i) * watched(w, i) * cold * open_ground
    return chance * effort(w, i) * peace(w)


@compiled
def struck(w: World, i: int) -> float:
    """Share of a band that is killed when it is found: knowledge and trained soldiers tell."""
    p = w.p
    informed = above(p.pursuit_knowledge, known_here(w, i))
    trained = towards(1.0, w.government.quality, p.pursuit_quality)
    return p.garrison_strike * informed * trained


@compiled
def clash(
    w: World, i: int, t: int, agent: int, stream: int, draw: int, step: int, band: float, skill: float
) -> tuple[int, int, float]:
    """Soldiers strike a band of ``band`` fighters of this skill in province ``i``: killed, captured, soldiers killed.

    Takes the numbers ``draw``, ``draw + step`` and ``draw + 2 step`` of the stream.
    """
    p = w.p
    share = struck(w, i)
    killed = streams.binomial(w.key, t, agent, stream, draw, int(band), share)
    taken = min(1.0, p.pursuit_capture * share)
    captured = streams.binomial(w.key, t, agent, stream, draw + step, int(band) - killed, taken)
    back = p.pursuit_soldiers_killed * p.pockets_lethality * skill * band
    soldiers = lose_soldiers(w, i, streams.poisson(w.key, t, agent, stream, draw + 2 * step, back))
    return killed, captured, soldiers


@compiled
def hunt(w: World, k: int, t: int) -> None:
    """A garrison has found a pocket: it strikes with what it knows, and harms villagers where it knows little."""
    pocket = w.pocket[k]
    home = int(pocket.home)
    agent = int(pocket.identity)
    killed, captured, soldiers = clash(w, home, t, agent, streams.HUNT, 0, 1, pocket.fighters, 1.0)
    lose_fighters(w, k, killed + captured)
    record_deaths(w, home, killed + soldiers, True, BY_FRONT if pocket.known == 2.0 else BY_POCKETS)
    villagers_hit(w, home, t, agent, streams.HUNT, 3, killed)


@compiled
def villagers_hit(w: World, i: int, t: int, agent: int, stream: int, draw: int, fighters: float) -> None:
    """Villagers killed with ``fighters`` in a strike: the more, the less the soldiers know."""
    p = w.p
    blind = 1.0 - known_here(w, i)
    mean = p.garrison_collateral * p.taliban_harshness * 2.0 * blind * fighters
    harm_civilians(w, i, float(streams.poisson(w.key, t, agent, stream, draw, mean)))


@compiled
def lose_fighters(w: World, k: int, number: float) -> float:
    """Take ``number`` fighters, as far as there are so many, and their weapons out of a pocket and of its province's
    count; returns how many."""
    pocket = w.pocket[k]
    lost = min(float(number), pocket.fighters)
    pocket.arms -= pocket.arms * lost / max(1.0, pocket.fighters)
    pocket.fighters -= lost
    place = w.province[int(pocket.home)]
    place.pocket_fighters = max(0.0, place.pocket_fighters - lost)
    return lost


@compiled
def reprisal(w: World, province: int, t: int, agent: int, stream: int, draw: int) -> None:
    """After an attack, soldiers take it out on civilians: the more so without discipline."""
    p = w.p
    undisciplined = 1.0 - p.garrison_discipline * w.garrison[province].cohesion
    mean = p.garrison_reprisal * 2.0 * p.taliban_harshness * undisciplined
    harm_civilians(w, province, float(streams.poisson(w.key, t, agent, stream, draw, mean)))
