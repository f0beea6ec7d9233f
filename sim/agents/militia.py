"""Foreign-backed militia: it waits in hibernation, wakes on its patron's instruction, fights, trains, goes home."""

from __future__ import annotations

from sim.compiled import compiled
from sim.luck import streams
from sim.luck.portable import exp
from sim.mechanisms.casualties import lose_soldiers, record_attack, record_deaths
from sim.mechanisms.raids import reprisal
from sim.parameters.entities import MILITIA
from sim.world.fields import fields, parameter_fields

FIELDS = parameter_fields(MILITIA) + fields("""
active      | flag     | instructed and in the field
days        | days     | since the instruction
asleep      | fighters | in hibernation
fighters    | fighters | in the field
""")


@compiled
def daily(w, k, t):
    """A day: the active militia raids in the provinces of its kin."""
    m = w.militia[k]
    if m.active == 0.0 or m.fighters < 10.0:
        return
    mean = m.raid_rate / 7.0 * m.fighters / 100.0 * w.now.season * (1.0 - m.training)
    for n in range(min(streams.poisson(w.key, t, k, streams.MILITIA, 0, mean), 20)):
        attack(w, k, t, n)


@compiled
def attack(w, k, t, n):
    """One raid of the militia, as a pocket's: aimed fire at the garrison, losses by return fire."""
    m, p = w.militia[k], w.p
    home = place_of(w, streams.uniform(w.key, t, k, streams.MILITIA, 10 + n))
    raiders = min(60.0, 0.1 * m.fighters + 5.0)
    aimed = streams.poisson(w.key, t, k, streams.MILITIA, 40 + n, 1.3 * p.pockets_lethality * raiders)
    killed = lose_soldiers(w, home, aimed)
    return_fire = p.pockets_lethality * (0.4 + 0.8 * w.community[home].knowledge) * raiders
    lost = min(float(streams.poisson(w.key, t, k, streams.MILITIA, 70 + n, return_fire)), m.fighters)
    m.fighters -= lost
    record_deaths(w, home, killed + lost, True)
    record_attack(w, home, 1.5)
    w.now.attacks_pockets += 1.0
    reprisal(w, home, t, k, streams.MILITIA, 100 + n)


@compiled
def place_of(w, u):
    """The province at the share ``u`` of the militia's kin."""
    for i in range(len(w.province)):
        u -= w.province[i].militia_weight
        if u < 0.0:
            return i
    return 0


@compiled
def weekly(w, k, t):
    """A week: listen to the patron, mobilise, train kindred pockets, go home."""
    m = w.militia[k]
    patron = int(m.patron) - 1
    ordered = m.instructed > 0.0
    if 0 <= patron < w.powers:
        ordered = ordered or w.power[patron].opposes > 0.0
    if ordered and m.active == 0.0:
        m.active = 1.0
        m.days = 0.0
    if not ordered:
        # without orders it goes back into hibernation
        m.active = 0.0
        m.asleep += 0.2 * m.fighters
        m.fighters *= 0.8
    else:
        m.days += 7.0
        woken = m.asleep * (1.0 - exp(-7.0 / m.mobilisation * 2.0))
        m.asleep -= woken
        m.fighters += woken
        m.fighters -= streams.binomial(w.key, t, k, streams.MILITIA, 1, int(m.fighters), m.homesick / 52.0)
        train(w, m)
    share_out(w)


@compiled
def train(w, m):
    """Kindred pockets get experience and the patron's arms, as far as there are trainers."""
    reach = m.training * min(1.0, m.fighters / 1000.0)
    for n in range(len(w.pocket)):
        pocket = w.pocket[n]
        if pocket.active > 0.0 and w.province[int(pocket.home)].militia_weight > 0.02:
            pocket.experience = min(1.0, pocket.experience + 0.05 * reach)
            pocket.arms += 0.1 * reach * pocket.fighters


@compiled
def share_out(w):
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
def begin(w, k):
    """It hibernates."""
    w.militia[k].asleep = w.militia[k].strength
    share_out(w)
