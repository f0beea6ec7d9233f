"""Foreign-backed militia: it waits in hibernation, wakes on its patron's instruction, fights, trains, goes home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.agents.garrison import lose_capital
from sim.compiled import compiled
from sim.luck import streams
from sim.luck.portable import exp
from sim.mechanisms.arithmetic import contest
from sim.mechanisms.casualties import BY_MILITIA, lose_soldiers, record_attack, record_deaths
from sim.mechanisms.raids import clash, found, peace, reprisal, return_fire, villagers_hit
from sim.parameters.entities import MILITIA
from sim.world.fields import fields, parameter_fields

if TYPE_CHECKING:
    from sim.world.state import Row, World


FIELDS = parameter_fields(MILITIA) + fields("""
active      | flag     | instructed and in the field
days        | days     | since the instruction | derived
asleep      | fighters | in hibernation
fighters    | fighters | in the field
""")

_MOST_RAIDS = 20  # in a day, so that draws have numbers


@compiled
def daily(w: World, k: int, t: int) -> None:
    """A day: the active militia raids in the provinces of its kin, and its bands are hunted there."""
    m, p = w.militia[k], w.p
    if m.active == 0.0 or m.fighters < p.militia_least:
        return
    raiding = m.raid_rate / 7.0 * m.fighters / 100.0 * w.now.season * (1.0 - m.training) * peace(w)
    for n in range(min(streams.poisson(w.key, t, k, streams.MILITIA, 0, raiding), _MOST_RAIDS)):
        attack(w, k, t, n)
    where = place_of(w, streams.uniform(w.key, t, k, streams.PURSUIT, 110))
    hunted = m.fighters / p.bands_size * found(w, where)
    for n in range(min(streams.poisson(w.key, t, k, streams.PURSUIT, 111, hunted), _MOST_RAIDS)):
        strike(w, k, t, n, where)


@compiled
def attack(w: World, k: int, t: int, n: int) -> None:
    """One raid of the militia, as a pocket's: aimed fire at the garrison, losses by return fire."""
    m, p = w.militia[k], w.p
    home = place_of(w, streams.uniform(w.key, t, k, streams.MILITIA, 10 + n))
    raiders = min(p.bands_raid_least + p.militia_raid_share * m.fighters, p.militia_raid_most)
    aimed = p.militia_skill * p.pockets_lethality * raiders
    killed = lose_soldiers(w, home, streams.poisson(w.key, t, k, streams.MILITIA, 40 + n, aimed))
    hit = streams.poisson(w.key, t, k, streams.MILITIA, 70 + n, return_fire(w, home) * raiders)
    lost = min(float(hit), m.fighters)
    m.fighters -= lost
    record_deaths(w, home, killed + lost, True, BY_MILITIA)
    record_attack(w, home, p.raids_harm_scale)
    w.today.attacks_militia += 1.0
    reprisal(w, home, t, k, streams.MILITIA, 100 + n)


@compiled
def strike(w: World, k: int, t: int, n: int, where: int) -> None:
    """A band of the militia has been found."""
    m, p = w.militia[k], w.p
    band = float(int(min(p.bands_size, m.fighters)))
    killed, captured, soldiers = clash(w, where, t, k, streams.PURSUIT, 120 + n, 20, band, p.militia_skill)
    m.fighters = max(0.0, m.fighters - killed - captured)
    record_deaths(w, where, soldiers + killed, True, BY_MILITIA)
    villagers_hit(w, where, t, k, streams.PURSUIT, 180 + n, killed)


@compiled
def place_of(w: World, u: float) -> int:
    """The province at the share ``u`` of the militia's kin."""
    for i in range(len(w.province)):
        u -= w.province[i].militia_weight
        if u < 0.0:
            return i
    return 0


@compiled
def weekly(w: World, k: int, t: int) -> None:
    """A week: listen to the patron, mobilise, train kindred pockets, go home."""
    m = w.militia[k]
    patron = int(m.patron) - 1
    ordered = m.instructed > 0.0
    if 0 <= patron < w.powers:
        ordered = ordered or w.power[patron].opposes > 0.0
    if ordered and m.active == 0.0 and m.asleep >= 1.0:  # a militia of nobody never wakes
        m.active = 1.0
        m.days = 0.0
    if not ordered:
        # without orders it goes back into hibernation
        m.active = 0.0
        m.asleep += w.p.militia_sent_home * m.fighters
        m.fighters *= 1.0 - w.p.militia_sent_home
    elif m.active > 0.0:
        m.days += 7.0
        woken = m.asleep * (1.0 - exp(-7.0 / m.mobilisation * 2.0))
        m.asleep -= woken
        m.fighters += woken
        m.fighters -= streams.binomial(w.key, t, k, streams.MILITIA, 1, int(m.fighters), m.homesick / 52.0)
        train(w, m)
        take_capital(w, k, t)
    share_out(w)


@compiled
def train(w: World, m: Row) -> None:
    """Kindred pockets get experience and the patron's arms, as far as there are trainers."""
    p = w.p
    reach = m.training * min(1.0, m.fighters / p.militia_trainers)
    for n in range(w.bands):
        pocket = w.pocket[n]
        if pocket.active > 0.0 and w.province[int(pocket.home)].militia_weight > p.militia_kin:
            pocket.experience = min(1.0, pocket.experience + p.militia_taught * reach)
            pocket.arms += p.militia_armed * reach * pocket.fighters


@compiled
def take_capital(w: World, k: int, t: int) -> None:
    """Where its men are a match for the garrison of their kin, the militia tries for the capital and holds it."""
    m, p = w.militia[k], w.p
    where = place_of(w, streams.uniform(w.key, t, k, streams.MILITIA, 2))
    g, place = w.garrison[where], w.province[where]
    if place.held == 0.0 or where == w.valley_province or m.fighters < p.pockets_capital_size:
        return
    ours = p.militia_skill * m.fighters * place.militia_weight
    chance = p.militia_capital_pace * contest(ours, g.fighters * g.cohesion, p.garrison_sharpness) * peace(w)
    if streams.bernoulli(w.key, t, k, streams.MILITIA, 3, chance):
        toll = p.pockets_capital_lethality * min(ours, g.fighters)
        soldiers = lose_soldiers(w, where, streams.poisson(w.key, t, k, streams.MILITIA, 4, toll))
        own = min(float(streams.poisson(w.key, t, k, streams.MILITIA, 5, toll)), m.fighters)
        m.fighters -= own
        record_deaths(w, where, soldiers + own, True, BY_MILITIA)
        record_attack(w, where, p.pockets_capital_threat)
        w.today.attacks_militia += 1.0
        lose_capital(w, where)


@compiled
def share_out(w: World) -> None:
    """Rivals of the garrisons in each province: militias among their kin, and fronts outside the valley."""
    for i in range(len(w.province)):
        total = w.province[i].others
        for k in range(w.militias):
            total += w.militia[k].fighters * w.province[i].militia_weight
        for k in range(w.fronts):
            if int(w.front[k].home) - 1 == i:
                total += w.front[k].main
        w.province[i].rivals = total


@compiled
def begin(w: World, k: int) -> None:
    """It hibernates."""
    w.militia[k].asleep = w.militia[k].strength
    share_out(w)
