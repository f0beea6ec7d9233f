"""Side valleys: operations, shelter, the way back."""

from __future__ import annotations

import numpy as np
import pytest

from sim.mechanisms import clearing
from sim.world import stretch
from tests.worlds import side_rows
from tests.worlds import world as build


def cleared(n: int = 60, **state) -> int:
    """Side valleys taken in ``n`` single operations against a valley with these properties."""
    won = 0
    for tick in range(n):
        w = build(fronts__nrf__side_valleys=1.0, fronts__nrf__fighters=1500.0)
        row = side_rows()[0]
        w.front[0].ammo, w.front[0].stores, w.front[0].main = 1e5, 1e5, state.get("main", 1500.0)
        w.place[row].shelter = state.get("shelter", 0.5)
        w.government.column = state.get("column", 7000.0)
        w.p.siege_knowledge = state.get("knowledge", 0.35)
        clearing.clear(w, 0, tick, row, 0)
        won += w.place[row].held == 0.0
    return won


def test_shelter_protects_the_few_who_know_the_ground():
    """F2: the maze of side valleys shelters defenders: the better the shelter, the fewer operations succeed."""
    assert cleared(shelter=1.0) < cleared(shelter=0.0)


def test_a_stronger_column_and_knowledge_help_it():
    assert cleared(column=30000.0) >= cleared(column=7000.0) > cleared(column=300.0)
    assert cleared(knowledge=1.0) > cleared(knowledge=0.0)


def test_the_books_of_an_operation():
    """Deaths in a fight are what both sides lost; civilians come on top."""
    w = build(
        fronts__nrf__side_valleys=1.0,
        fronts__nrf__fighters=3000.0,
        siege__lethality=5.0,
        garrison__collateral=2.0,
    )
    main, column, forces = w.front[0].main, w.government.column, w.government.forces
    clearing.clear(w, 0, 3, side_rows()[0], 0)
    lost = column - w.government.column
    assert w.today.deaths_state_based == pytest.approx(main - w.front[0].main + lost)
    assert forces - w.government.forces == lost
    assert w.today.deaths >= w.today.deaths_state_based > 0.0


def test_pick_reaches_every_side_valley_and_no_floor():
    w = build(fronts__nrf__side_valleys=1.0, fronts__nrf__holds=1.0)
    found = {int(clearing.pick(w, 1.0, u / 500.0)) for u in range(500)}
    assert found == set(side_rows())
    assert clearing.pick(w, 0.0, 0.5) == -1


def test_a_front_driven_out_everywhere_hides_in_the_best_shelter():
    """F2: the maze is never searched to the end: a front without ground keeps the side valley that shelters best."""
    w = build()
    w.place["held"] = 0.0
    clearing.hide(w)
    (row,) = np.flatnonzero(w.place["held"])
    assert row in side_rows()
    assert w.place[row].shelter == max(w.place[side].shelter for side in side_rows())


def weeks(n: int = 52, **values):
    w = build(**values)
    w.front[0].main = 3000.0
    for week in range(n):
        w.front[0].ammo = w.front[0].stores = 1e5
        clearing.weekly(w, 0, 7 * week)
    return w


def test_without_operations_the_front_creeps_back():
    """F2: without operations the front finds its way back into the side valleys."""
    w = build(siege__clearing=0.0, fronts__nrf__side_valleys=0.3)
    before = stretch.sides_held(w)
    assert stretch.sides_held(weeks(siege__clearing=0.0, fronts__nrf__side_valleys=0.3)) > before


def test_operations_clear_side_valleys():
    kept = {
        rate: stretch.sides_held(weeks(siege__clearing=rate, fronts__nrf__side_valleys=1.0))
        for rate in (0.0, 3.0)
    }
    assert kept[3.0] < kept[0.0] == len(side_rows())


def test_a_front_that_is_no_more_has_nothing_to_clear():
    w = build(siege__clearing=3.0)
    w.front[0].phase = 3.0
    before = w.tobytes()
    clearing.weekly(w, 0, 0)
    assert w.tobytes() == before


def test_no_column_no_operation():
    w = build(siege__clearing=3.0, fronts__nrf__side_valleys=1.0)
    w.government.column = 0.0
    for week in range(52):
        clearing.weekly(w, 0, 7 * week)
    assert stretch.sides_held(w) == len(side_rows())
    assert w.today.deaths == 0.0
