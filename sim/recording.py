"""What a day and a week are remembered by: the series, read off the state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled import compiled
from sim.world.stretch import floor_held, sides_held

if TYPE_CHECKING:
    from sim.world.state import Row, World


KABUL = 0  # row of the province of the capital


@compiled
def record_day(w: World) -> None:
    """Write into ``w.today`` what no single field of the state holds."""
    row = w.today
    row.refugees = row.refugees_iran + row.refugees_pakistan + row.refugees_north
    record_groups(w, row)
    record_powers(w, row)
    row.campaign = 1.0 if w.government.campaign > 0.0 else 0.0
    row.kabul_lost = 1.0 - w.province[KABUL].held


@compiled
def record_groups(w: World, row: Row) -> None:
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
    row.districts_held = floor_held(w)
    row.valleys_held = sides_held(w)
    row.capitals_lost = lost
    row.caches = caches
    row.returned = returned


@compiled
def record_powers(w: World, row: Row) -> None:
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
def end_week(w: World) -> None:
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
