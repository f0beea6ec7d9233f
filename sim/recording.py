"""What a day and a week are remembered by: the series, read off the state."""

from __future__ import annotations

from sim.agents.place import floor_held, sides_held
from sim.compiled import compiled

KABUL = 0  # row of the province of the capital


@compiled
def record_day(w):
    """Write the national series of the day into ``w.today``."""
    now, gov, row = w.now, w.government, w.today
    row.deaths = now.deaths
    row.deaths_state_based = now.deaths_state
    row.deaths_front = now.deaths_front
    row.deaths_pockets = now.deaths_pockets
    row.deaths_militia = now.deaths_militia
    row.deaths_iskp = now.deaths_iskp
    row.deaths_iskp_civilians = now.deaths_iskp_civilians
    row.deaths_government_civilians = now.deaths_government
    row.deaths_risings = now.deaths_risings
    row.attacks_front = now.attacks_front
    row.attacks_militia = now.attacks_militia
    row.attacks_pockets = now.attacks_pockets
    row.attacks_iskp = now.attacks_iskp
    row.protests = now.protests
    row.largest_protest = now.largest_protest
    row.risings = now.risings
    row.talks = now.talks
    row.strikes = now.strikes
    row.refugees = now.refugees_iran + now.refugees_pakistan + now.refugees_north
    row.refugees_iran = now.refugees_iran
    row.refugees_pakistan = now.refugees_pakistan
    row.refugees_north = now.refugees_north
    row.supply_arms = now.supply_arms
    row.supply_people = now.supply_people
    row.supply_food = now.supply_food
    row.supply_medicine = now.supply_medicine
    record_groups(w, row)
    row.services = gov.services
    row.economy = gov.economy
    row.control = gov.control
    row.grievance = now.grievance
    row.revenue = gov.revenue
    row.aid = gov.aid
    row.forces = gov.forces
    row.intelligence = gov.intelligence
    row.victory = gov.victory
    row.inclusiveness = gov.inclusiveness
    record_powers(w, row)
    row.corridor_open = now.corridor_open
    row.attack_provinces = now.attack_provinces
    row.groups = now.groups
    row.settlement = gov.settlement
    row.new_fronts = now.new_fronts
    row.command = w.front[0].command
    row.leader = w.front[0].leader
    row.campaign = 1.0 if gov.campaign > 0.0 else 0.0
    row.quality = gov.quality
    row.kabul_lost = 1.0 - w.province[KABUL].held
    record_people(w, row)


@compiled
def record_people(w, row):
    """Where people stand, mean over all of them, in the record of a day."""
    people, elders, habit, knowledge = 0.0, 0.0, 0.0, 0.0
    for i in range(len(w.community)):
        c = w.community[i]
        people += c.people
        elders += c.people * c.elders
        habit += c.people * c.habit
        knowledge += c.people * c.knowledge
    row.elders = elders / people
    row.habit = habit / people
    row.knowledge = knowledge / people


@compiled
def record_groups(w, row):
    """The armed groups and the ground that they hold, in the record of a day."""
    fighters, militia, active, returned = 0.0, 0.0, 0.0, 0.0
    for k in range(w.fronts):
        fighters += w.front[k].main
        returned = max(returned, w.front[k].returned)
    for k in range(w.militias):
        militia += w.militia[k].fighters
        active += w.militia[k].active
    row.front_fighters = fighters
    row.front_ammunition = w.front[0].ammo / max(1.0, w.front[0].main)
    pockets, men = 0.0, 0.0
    lost, caches = 0.0, 0.0
    for i in range(len(w.province)):
        pockets += w.province[i].pockets
        men += w.province[i].pocket_fighters
        lost += 1.0 - w.province[i].held
        caches += w.cache[i].count
    row.pockets = pockets
    row.pocket_fighters = men
    row.militia_fighters = militia
    row.militia_active = active
    row.iskp_cells = w.jihadist.fighters
    row.districts_held = floor_held(w)
    row.valleys_held = sides_held(w)
    row.capitals_lost = lost
    row.caches = caches
    row.returned = returned


@compiled
def record_powers(w, row):
    """What foreign powers do, in the record of a day."""
    recognised, opposed, exile = 0.0, 0.0, 0.0
    for k in range(w.powers):
        recognised += w.power[k].recognises
        opposed += w.power[k].opposes
    for k in range(w.fronts):
        exile = max(exile, w.front[k].exile)
    row.recognitions = recognised
    row.opposing = opposed
    row.exile = exile


@compiled
def end_week(w):
    """Write what the week brought to each province into ``w.week`` and start the counts of the next."""
    for i in range(len(w.province)):
        place, row = w.province[i], w.week[i]
        row.deaths = place.week_deaths
        row.attacks = place.week_attacks
        row.protests = place.week_protests
        row.risings = place.week_risings
        row.refugees = place.week_refugees
        row.pockets = place.pockets
        row.control_by_province = place.week_held / 7.0
        row.grievance = w.community[i].grievance
        row.garrison = w.garrison[i].fighters
        row.elders = w.community[i].elders
        row.knowledge = w.community[i].knowledge
        row.presence = place.presence
        place.week_deaths = 0.0
        place.week_attacks = 0.0
        place.week_protests = 0.0
        place.week_risings = 0.0
        place.week_refugees = 0.0
        place.week_held = 0.0
