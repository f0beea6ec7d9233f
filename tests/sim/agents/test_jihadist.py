"""The jihadist rival, the day's tallies, and who holds what of the valley at the start."""

from __future__ import annotations

import numpy as np
import pytest

from sim.agents import jihadist
from sim.outcomes import SERIES
from sim.single import Bench, open_day
from sim.world import season as clock
from sim.world import stretch
from tests.worlds import floor_rows, province, scenario, side_rows
from tests.worlds import world as build

KABUL = province("Kabul")


def test_switched_off_it_is_not_there():
    """F27: a scenario can leave the jihadist rival out of the world."""
    w = build(iskp__active=0.0)
    assert w.jihadist.fighters == 0.0
    before = w.tobytes()
    for day in range(60):
        jihadist.daily(w, day)
        jihadist.weekly(w, day)
    assert w.tobytes() == before


def test_attacks_are_counted_and_draw_forces():
    """F24: its attacks draw forces away: they raise the threat of the province where they happen."""
    w = build(iskp__distraction=1.0)
    for k in range(30):
        jihadist.attack(w, 3, k, jihadist.aimed_at(w, (k + 0.5) / 30.0))
    assert w.today.attacks_iskp == 30.0
    assert w.province["week_attacks"].sum() == 30.0
    assert w.province["threat"].sum() == 30.0
    assert (w.province["iskp_weight"][w.province["threat"] > 0] > 0).all()
    # an attack of the rival is none of the resistance
    assert w.now.attack_provinces == 0.0


def test_crowds_die_with_a_heavy_tail_and_a_cap():
    w = build(iskp__mass_casualty=0.2, iskp__crowd_deaths=20.0)
    w.p.iskp_mass_casualty = 1.0
    for k in range(300):
        jihadist.attack(w, 3, k, KABUL)
    sizes = np.flatnonzero(w.sizes)
    assert sizes.min() >= 20
    assert 60 < sizes.max() <= 300
    assert w.today.deaths_state_based == 0.0


def test_intelligence_breaks_its_cells():
    """F24: intelligence services that work break more cells."""
    left = {}
    for known in (0.0, 1.0):
        w = build(iskp__growth=0.0, iskp__suppression=2.0, iskp__replacement=0.0)
        w.government.intelligence = known
        for week in range(52):
            jihadist.weekly(w, 7 * week)
        left[known] = float(w.jihadist.fighters)
    assert left[0.0] == 2000.0
    assert 0.0 <= left[1.0] < 1000.0


def test_the_day_starts_with_flows_at_zero():
    bench = Bench(scenario("baseline"))
    bench.prepare(scenario("baseline").values, 1, 0)
    w = bench.world[0]
    flows = [name for name, series in SERIES.items() if series.kind == "flow"]
    for name in flows:
        w.today[name] = 7.0
    w.now.recent_attacks = 7.0
    open_day(w, bench.block, 5, bench.calendar, bench.events)
    assert all(w.today[name] == 0.0 for name in flows)
    assert w.now.recent_attacks == 7.0


@pytest.mark.parametrize("winter", [0.0, 0.3, 1.0])
def test_the_fighting_season(winter):
    """F2: fighting is heaviest at mid-summer and least at mid-winter, by as much as the scenario says."""
    w = build(season__winter_activity=winter)
    seen = []
    for day in range(1, 366):
        w.now.day_of_year = day
        clock.start_day(w, 500)
        seen.append(float(w.now.season))
    assert max(seen) == pytest.approx(1.0, abs=1e-4)
    assert min(seen) == pytest.approx(winter, abs=1e-4)
    if winter < 1.0:
        assert 180 < int(np.argmax(seen)) + 1 < 215
        assert int(np.argmin(seen)) + 1 < 31


def test_each_winter_has_its_own_snow():
    """F7: passes shut early in one winter and late in another; a run keeps its date through the winter."""
    w = build(season__pass_shift=12.0)
    shifts = []
    for year in (2021, 2022, 2023):
        w.now.winter, w.now.day_of_year = year, clock.SUMMER
        clock.start_day(w, 300)
        shifts.append(float(w.now.snow_shift))
        w.now.day_of_year = 10
        clock.start_day(w, 400)
        assert w.now.snow_shift == shifts[-1]
    assert len(set(shifts)) == 3
    w.p.season_pass_shift = 0.0
    w.now.day_of_year = clock.SUMMER
    clock.start_day(w, 500)
    assert w.now.snow_shift == 0.0


def test_memories_fade_and_grievance_is_the_mean_over_people():
    w = build()
    w.now.recent_attacks = 9.0
    clock.weekly(w)
    assert w.now.recent_attacks == pytest.approx(6.0)
    people, felt = w.community["people"], w.community["grievance"]
    assert w.now.grievance == pytest.approx((people * felt).sum() / people.sum())


@pytest.mark.parametrize(("share", "districts"), [(0.0, 0), (1.0, 7), (0.43, 3)])
def test_ground_at_the_start_is_held_from_the_head(share, districts):
    """F1: a scenario says how much of the floor the front holds; it holds the upper stretches."""
    w = build(fronts__nrf__holds=share)
    assert stretch.floor_held(w) == districts
    held = [row for row in floor_rows() if w.place[row].held > 0]
    assert held == floor_rows()[len(floor_rows()) - districts :]
    assert all((w.place[row].posts == 0.0) == (w.place[row].held > 0) for row in floor_rows() if share == 0.0)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_best_sheltered_side_valleys_are_kept(share):
    """F2: the maze of side valleys: the front keeps those that shelter best."""
    w = build(fronts__nrf__side_valleys=share)
    sides = side_rows()
    kept = [row for row in sides if w.place[row].held > 0]
    assert stretch.sides_held(w) == len(kept) == round(share * len(sides))
    lost = [w.place[row].shelter for row in sides if row not in kept]
    if kept and lost:
        assert min(w.place[row].shelter for row in kept) >= max(lost)


def test_weights_of_provinces_add_up():
    w = build()
    for name in ("iskp_weight", "militia_weight"):
        assert w.province[name].sum() == pytest.approx(1.0)
    assert w.garrison["share"].sum() == pytest.approx(1.0)
    assert w.cache["share"].sum() == pytest.approx(1.0)
    assert w.province[province("Nangarhar")].iskp_weight > w.province[province("Nimroz")].iskp_weight
