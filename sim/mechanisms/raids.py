"""Raids and the hunt: Deitchman's guerrilla law (1962) with the intelligence form of Kress and Szechtman (2009).

The guerrilla chooses time and place and fires aimed: the losses of the regular side grow with the raiders alone.
The regular side fires as well as it is informed: with knowledge it hits fighters, without it hits villagers.
"""

from __future__ import annotations

from sim.compiled import compiled
from sim.luck import streams
from sim.mechanisms.casualties import harm_civilians, lose_soldiers, record_attack, record_deaths


@compiled
def raid(w, k, t):
    """A pocket raids: soldiers die by aimed fire, raiders by return fire, villagers by reprisal."""
    pocket, p = w.pocket[k], w.p
    home = int(pocket.home)
    agent = int(pocket.identity)
    raiders = max(1.0, 0.6 * pocket.fighters)
    skill = 0.5 + pocket.experience
    aimed = streams.poisson(w.key, t, agent, streams.RAID, 0, p.pockets_lethality * skill * raiders)
    killed = lose_soldiers(w, home, aimed)
    knowledge = w.community[home].knowledge
    return_fire = p.pockets_lethality * (0.4 + 0.8 * knowledge)
    lost = streams.binomial(w.key, t, agent, streams.RAID, 1, int(pocket.fighters), return_fire)
    lose_fighters(w, k, lost)
    record_deaths(w, home, killed + lost, True)
    record_attack(w, home, 1.0)
    w.now.attacks_pockets += 1.0
    pocket.experience = min(1.0, pocket.experience + 0.02)
    pocket.arms += 0.3 * killed
    reprisal(w, home, t, agent, streams.RAID, 2)


@compiled
def hunt(w, k, t):
    """A garrison has found a pocket: it strikes with what it knows, and harms villagers where it knows little."""
    pocket, p = w.pocket[k], w.p
    home = int(pocket.home)
    agent = int(pocket.identity)
    knowledge = w.community[home].knowledge
    share = p.garrison_strike * (0.5 + knowledge)
    lost = streams.binomial(w.key, t, agent, streams.HUNT, 0, int(pocket.fighters), share)
    taken = streams.binomial(w.key, t, agent, streams.HUNT, 1, int(pocket.fighters) - lost, 0.5 * share)
    lose_fighters(w, k, lost + taken)
    back = streams.poisson(w.key, t, agent, streams.HUNT, 2, 0.3 * p.pockets_lethality * pocket.fighters)
    killed = lose_soldiers(w, home, back)
    record_deaths(w, home, lost + killed, True)
    hit = p.garrison_collateral * p.taliban_harshness * 2.0 * (1.0 - knowledge) * lost
    harm_civilians(w, home, float(streams.poisson(w.key, t, agent, streams.HUNT, 3, hit)))


@compiled
def lose_fighters(w, k, number):
    """Take ``number`` fighters and their weapons out of a pocket and of its province's count."""
    pocket = w.pocket[k]
    lost = min(float(number), pocket.fighters)
    pocket.arms -= pocket.arms * lost / max(1.0, pocket.fighters)
    pocket.fighters -= lost
    place = w.province[int(pocket.home)]
    place.pocket_fighters = max(0.0, place.pocket_fighters - lost)


@compiled
def reprisal(w, province, t, agent, stream, draw):
    """After an attack, soldiers take it out on civilians: the more so without discipline."""
    p = w.p
    undisciplined = 1.0 - 0.7 * w.garrison[province].cohesion
    mean = p.garrison_reprisal * 2.0 * p.taliban_harshness * undisciplined
    harm_civilians(w, province, float(streams.poisson(w.key, t, agent, stream, draw, mean)))
