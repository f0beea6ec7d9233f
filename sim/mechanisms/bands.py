"""Bands of a front: they raid as cover, arms, command and season allow, and are found as the soldiers know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled import compiled
from sim.luck import streams
from sim.luck.portable import exp
from sim.mechanisms.arithmetic import clip, towards
from sim.mechanisms.casualties import BY_FRONT, lose_fighters, lose_soldiers, record_attack, record_deaths
from sim.mechanisms.raids import clash, found, peace, reprisal, return_fire, sheltered, villagers_hit

if TYPE_CHECKING:
    from sim.world.state import Row, World


HOLD, LOW, INSURGENT, GONE = 0.0, 1.0, 2.0, 3.0  # phases of a front
_MOST_RAIDS = 15  # in a day, so that draws have numbers
ARMS_OF_A_SOLDIER = 1.0  # fighter-days of ammunition that come with a weapon taken


@compiled
def in_valley(w: World, front: Row) -> bool:
    """Whether the front's home is the Panjshir Valley."""
    return front.home - 1.0 == w.valley_province


@compiled
def days_of(stock: float, front: Row) -> float:
    """Days that a stock of fighter-days lasts the whole force."""
    return stock / max(1.0, front.main)


@compiled
def readiness(p: Row, front: Row) -> float:
    """Share of the force's fire that its ammunition, medicine and food allow."""
    fire = clip(days_of(front.ammo, front) / p.bands_fire, p.bands_fire_least, 1.0)
    care = towards(1.0, min(1.0, days_of(front.drugs, front) / p.bands_supplies), p.bands_untreated)
    fed = towards(1.0, min(1.0, days_of(front.stores, front) / p.bands_supplies), p.bands_unfed)
    return fire * care * fed


@compiled
def raids(w: World, k: int, t: int) -> None:
    """Raids in and around the home province, as cover, arms, will, command and season allow; few while it lies low."""
    front, p = w.front[k], w.p
    home = int(front.home) - 1
    cover = w.now.valley_cover if in_valley(w, front) else w.community[home].cover
    bold = p.bands_lying_low if front.phase == LOW else 1.0
    cold = 1.0 - w.province[home].ruggedness * (1.0 - w.now.season)
    swing = exp(front.tempo - 0.5 * p.bands_burstiness * p.bands_burstiness)
    able = readiness(p, front) * front.will * front.command * skill(p, front)
    mean = (
        front.raid_rate
        / 7.0
        * front.main
        / 100.0
        * able
        * bold
        * cold
        * swing
        * sheltered(p, cover)
        * peace(w)
    )
    for n in range(min(streams.poisson(w.key, t, k, streams.FRONT, 0, mean), _MOST_RAIDS)):
        raid(w, k, t, n)


@compiled
def raid(w: World, k: int, t: int, n: int) -> None:
    """One raid, in the home province or a neighbour where the ground and the people suit it."""
    front, p = w.front[k], w.p
    home = raided(w, int(front.home) - 1, streams.uniform(w.key, t, k, streams.FRONT, 10 + n))
    raiders = min(p.bands_raid_most, p.bands_raid_least + p.bands_raid_share * front.main)
    aimed = streams.poisson(
        w.key, t, k, streams.FRONT, 30 + n, p.pockets_lethality * skill(p, front) * raiders
    )
    killed = lose_soldiers(w, home, aimed)
    treated = min(1.0, days_of(front.drugs, front) / p.bands_supplies)
    fire = return_fire(w, home) * raiders * (1.0 + p.bands_untreated * (1.0 - treated))
    lost = lose_fighters(front, streams.poisson(w.key, t, k, streams.FRONT, 50 + n, fire))
    front.ammo = max(0.0, front.ammo - raiders + ARMS_OF_A_SOLDIER * p.raids_trophies * killed)
    front.drugs = max(0.0, front.drugs - p.bands_treatment * lost)
    record_deaths(w, home, killed + lost, True, BY_FRONT)
    record_attack(w, home, p.raids_harm_scale)
    w.today.attacks_front += 1.0
    reprisal(w, home, t, k, streams.FRONT, 70 + n)


@compiled
def skill(p: Row, front: Row) -> float:
    """Effect of its raiders: 1 for half seasoned men of the valley, more with former commandos among them."""
    return p.raids_skill + 0.5 + p.raids_commandos * front.elite / max(1.0, front.main)


@compiled
def raided(w: World, home: int, u: float) -> int:
    """The province of a raid at the share ``u``: home or a neighbour, by ground and people."""
    total = w.p.bands_home * suits(w, home)
    for n in range(w.near_ptr[home], w.near_ptr[home + 1]):
        total += suits(w, w.near_idx[n])
    left = u * total - w.p.bands_home * suits(w, home)
    if left < 0.0:
        return home
    for n in range(w.near_ptr[home], w.near_ptr[home + 1]):
        left -= suits(w, w.near_idx[n])
        if left < 0.0:
            return w.near_idx[n]
    return home


@compiled
def suits(w: World, i: int) -> float:
    """How well a province suits raids: its roughest ground, people who stood against the Taliban and give cover."""
    c = w.community[i]
    return w.province[i].refuge * c.alignment * c.alignment * (w.p.bands_suits_floor + c.cover)


@compiled
def pursued(w: World, k: int, t: int) -> None:
    """Bands of the front are found as pockets are, fewer of one that lies low; who holds ground stands behind it."""
    front, p = w.front[k], w.p
    if front.phase == HOLD:
        return
    home = int(front.home) - 1
    hidden = p.pursuit_hidden if front.phase == LOW else 1.0
    mean = front.main / p.bands_size * found(w, home) * hidden
    for n in range(min(streams.poisson(w.key, t, k, streams.PURSUIT, 0, mean), _MOST_RAIDS)):
        if front.main >= 1.0:
            strike(w, k, t, n)


@compiled
def strike(w: World, k: int, t: int, n: int) -> None:
    """A band is struck: men are killed and captured with their arms, will sinks, commanders may be lost."""
    front, p = w.front[k], w.p
    where = raided(w, int(front.home) - 1, streams.uniform(w.key, t, k, streams.PURSUIT, 10 + n))
    band = float(int(min(p.bands_size, front.main)))
    killed, captured, soldiers = clash(w, where, t, k, streams.PURSUIT, 30 + n, 20, band, skill(p, front))
    front.will *= 1.0 - min(1.0, p.pursuit_morale * (killed + captured) / max(1.0, front.main))
    lost = lose_fighters(front, killed + captured)
    front.drugs = max(0.0, front.drugs - p.bands_treatment * killed)
    record_deaths(w, where, soldiers + min(lost, killed), True, BY_FRONT)
    villagers_hit(w, where, t, k, streams.PURSUIT, 90 + n, killed)
    if streams.bernoulli(w.key, t, k, streams.COMMAND, n, p.bands_commander_lost):
        front.command *= 1.0 - p.bands_commander_weight
    if front.leader > 0.0 and streams.bernoulli(w.key, t, k, streams.COMMAND, 20 + n, p.bands_leader_lost):
        lose_leader(p, front)


@compiled
def lose_leader(p: Row, front: Row) -> None:
    """The leader is killed or captured: will and command go with him (Jordan 2009; Johnston 2012)."""
    front.leader = 0.0
    front.will *= 1.0 - p.bands_leader_will
    front.command *= 1.0 - p.bands_leader_will
