"""Resistance front: it holds or retreats, lies low, sets up supply links, returns, raids, offers talks."""

from __future__ import annotations

from sim.agents.government import meet
from sim.agents.place import floor_held
from sim.compiled import compiled
from sim.luck import streams
from sim.mechanisms.arithmetic import clip, towards
from sim.mechanisms.casualties import lose_fighters, lose_soldiers, record_attack, record_deaths
from sim.mechanisms.logistics import supply
from sim.mechanisms.raids import reprisal
from sim.mechanisms.siege import counterattack, defend
from sim.parameters.entities import FRONT
from sim.world.fields import fields, parameter_fields

FIELDS = parameter_fields(FRONT) + fields("""
main          | fighters        | under arms
elite         | fighters        | former commandos among them
ammo          | fighter-days    | of intense fighting that the ammunition lasts
stores        | fighter-days    | that the food lasts
drugs         | fighter-days    | of intense fighting that the medicine lasts
machines      | helicopters     | that fly
will          | share           | to fight
phase         | code            | 0 holds ground, 1 lies low, 2 fights as insurgents, 3 is no more
phase_days    | days            | in this phase
leader        | flag            | the leadership is alive
supplied      | share           | of a week's need that came over the routes, smoothed
exile         | share           | support for a government in exile
returned      | flag            | it has returned to fight
linked        | days            | of setting up links while it lay low, at the pace of its supplies
stood         | flag            | it has decided between a last stand and a retreat
""")

HOLD, LOW, INSURGENT, GONE = 0.0, 1.0, 2.0, 3.0


@compiled
def in_valley(w, front):
    """Whether the front's home is the Panjshir Valley."""
    return front.home - 1.0 == w.valley_province


@compiled
def days_of(stock, front):
    """Days that a stock of fighter-days lasts the whole force."""
    return stock / max(1.0, front.main)


@compiled
def readiness(front):
    """Share of the force's fire that its ammunition, medicine and food allow."""
    fire = clip(days_of(front.ammo, front) / 3.0, 0.05, 1.0)
    care = 0.7 + 0.3 * clip(days_of(front.drugs, front) / 5.0, 0.0, 1.0)
    fed = 0.6 + 0.4 * clip(days_of(front.stores, front) / 5.0, 0.0, 1.0)
    return fire * care * fed


@compiled
def daily(w, k, t):
    """A day of a front: eat, defend or raid, strike back."""
    front = w.front[k]
    if front.phase == GONE:
        return
    front.phase_days += 1.0
    front.stores = max(0.0, front.stores - front.main)
    if in_valley(w, front):
        if floor_held(w) > 0.0 and w.government.siege == 1.0:
            defend(w, k, t)
        counterattack(w, k, t)
    raids(w, k, t)


@compiled
def raids(w, k, t):
    """Raids in and around the home province, as ammunition, will and season allow; few while it lies low."""
    front, now = w.front[k], w.now
    home = int(front.home) - 1
    boldness = 0.12 if front.phase == LOW else 1.0
    cold = 1.0 - w.province[home].ruggedness * (1.0 - now.season)
    mean = front.raid_rate / 7.0 * front.main / 100.0 * readiness(front) * front.will * cold * cold * boldness
    for n in range(min(streams.poisson(w.key, t, k, streams.FRONT, 0, mean), 15)):
        raid(w, k, t, n)


@compiled
def raid(w, k, t, n):
    """One raid, in the home province or a neighbour where the ground and the people suit it."""
    front, p = w.front[k], w.p
    home = raided(w, int(front.home) - 1, streams.uniform(w.key, t, k, streams.FRONT, 10 + n))
    raiders = min(40.0, 5.0 + 0.05 * front.main)
    skill = 0.8 + front.elite / max(1.0, front.main)
    aimed = streams.poisson(w.key, t, k, streams.FRONT, 30 + n, p.pockets_lethality * skill * raiders)
    killed = lose_soldiers(w, home, aimed)
    return_fire = p.pockets_lethality * (0.4 + 0.8 * w.community[home].knowledge) * raiders
    care = 1.3 - 0.3 * clip(days_of(front.drugs, front) / 5.0, 0.0, 1.0)
    hit = streams.poisson(w.key, t, k, streams.FRONT, 50 + n, return_fire * care)
    lost = lose_fighters(front, hit)
    front.ammo = max(0.0, front.ammo - raiders)
    front.drugs = max(0.0, front.drugs - 2.0 * lost)
    record_deaths(w, home, killed + lost, True)
    record_attack(w, home, 1.5)
    w.now.attacks_front += 1.0
    reprisal(w, home, t, k, streams.FRONT, 70 + n)


@compiled
def raided(w, home, u):
    """The province of a raid at the share ``u``: home or a neighbour, by ruggedness and alignment."""
    total = 2.0 * suits(w, home)
    for n in range(w.near_ptr[home], w.near_ptr[home + 1]):
        total += suits(w, w.near_idx[n])
    left = u * total - 2.0 * suits(w, home)
    if left < 0.0:
        return home
    for n in range(w.near_ptr[home], w.near_ptr[home + 1]):
        left -= suits(w, w.near_idx[n])
        if left < 0.0:
            return w.near_idx[n]
    return home


@compiled
def suits(w, i):
    """How well a province suits raids."""
    c = w.community[i]
    return w.province[i].ruggedness * c.alignment * c.alignment * (0.3 + c.grievance)


@compiled
def weekly(w, k, t):
    """A week: supply, recruits and deserters, will, the choice of phase, talks, the wing abroad."""
    front = w.front[k]
    if front.phase == GONE:
        return
    supply(w, k, t)
    muster(w, k, t)
    resolve_phase(w, k, t)
    lobby(w, front)
    offer_talks(w, k, t)


@compiled
def muster(w, k, t):
    """Sympathisers join as far as they can be armed and brought in; the unpaid and unfed go home."""
    front, c, gov = w.front[k], w.community[int(w.front[k].home) - 1], w.government
    elders, defiance = c.elders, c.defiance
    if in_valley(w, front):
        elders, defiance = w.now.valley_elders, w.now.valley_pull
    armed = clip(days_of(front.ammo, front) / 4.0, 0.0, 1.0)
    pull = (0.2 * c.grievance + 1.5 * defiance + 0.5 * (1.0 - elders) * front.leader) * armed
    room = clip(1.0 - front.main / (0.05 * c.people + 1.0), 0.0, 1.0)
    mean = front.recruitment / 4.3 * front.main * pull * room
    # half of those who would join live near; the others have to come over the routes
    near = streams.poisson(w.key, t, k, streams.MUSTER, 0, 0.5 * mean)
    far = streams.poisson(w.key, t, k, streams.MUSTER, 2, 0.5 * mean * way_in(w, int(front.home) - 1))
    w.now.supply_people += far
    hungry = 1.0 - clip(days_of(front.stores, front) / 5.0, 0.0, 1.0)
    leaving = 0.008 * (0.4 + hungry + 0.6 * (1.0 - w.now.season) + elders * gov.victory)
    left = streams.binomial(w.key, t, k, streams.MUSTER, 1, int(front.main), leaving)
    front.main += near + far
    lose_fighters(front, left)
    called_for = 0.3 + 0.3 * front.supplied + 0.2 * front.leader + 0.3 * defiance - 0.2 * gov.victory
    if front.phase == HOLD:
        called_for += 0.2
    front.will = towards(front.will, clip(called_for, 0.05, 1.0), 0.04)


@compiled
def way_in(w, home):
    """Chance that a recruit from the provinces around comes through to the front's base."""
    total, number = 0.0, 0.0
    for n in range(w.near_ptr[home], w.near_ptr[home + 1]):
        total += w.best[w.near_idx[n]]
        number += 1.0
    return total / number


@compiled
def resolve_phase(w, k, t):
    """It lies low to set up supply links, sooner done with supplies, then returns armed and in season; it ends when
    too few are left."""
    front = w.front[k]
    if front.main < 30.0:
        front.phase = GONE
        front.main = 0.0
        return
    if in_valley(w, front) and floor_held(w) > 0.0:
        front.phase = HOLD
        return
    if front.phase == HOLD and in_valley(w, front):
        front.phase = LOW
        front.phase_days = 0.0
    if front.phase == LOW:
        u = streams.uniform(w.key, 0, k, streams.FRONT, 1)
        front.linked += 7.0 * (0.7 + front.supplied)
        ready = front.linked > front.regroup * (0.7 + 0.6 * u)
        armed = days_of(front.ammo, front) > 2.0
        if ready and armed and w.now.season > 0.45:
            front.phase = INSURGENT
            front.phase_days = 0.0
            front.linked = 0.0
            front.returned = 1.0


@compiled
def lobby(w, front):
    """The wing abroad finds support for a government in exile where powers oppose Kabul and its own name is good."""
    opposed = 0.0
    for k in range(w.powers):
        opposed += w.power[k].opposes
    standing = front.lobby * (1.0 - w.p.legacy_corruption) * (0.3 + 0.7 * front.leader)
    front.exile = towards(front.exile, clip(standing * (0.1 + opposed), 0.0, 1.0), 0.02)


@compiled
def offer_talks(w, k, t):
    """From safer ground the leaders offer talks, the more so the harder pressed."""
    front = w.front[k]
    pressed = 1.5 - front.supplied
    if streams.bernoulli(w.key, t, k, streams.TALKS, 0, front.talks_offer / 52.0 * pressed * front.leader):
        meet(w, t, k)


@compiled
def begin(w, k):
    """Force and stocks at the start; a front without ground lies low."""
    front = w.front[k]
    front.main = front.fighters
    front.elite = min(front.commandos, front.fighters)
    front.ammo = front.ammunition * front.main
    front.stores = front.food * front.main
    front.drugs = front.medicine * front.main
    front.machines = front.helicopters
    front.will = front.morale
    front.leader = 1.0
    front.supplied = 0.3
    front.phase = HOLD if front.holds > 0.0 else LOW
    if front.main < 30.0:
        front.phase = GONE
        front.main = 0.0
    if front.holds > 0.0 and not in_valley(w, front):
        w.province[int(front.home) - 1].held = 0.0
        front.phase = INSURGENT
