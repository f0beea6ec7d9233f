"""A study before it runs: points, blocks, identity."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.kit.errors import UserError
from experiments.runs.plan import Points, gaps, varied
from experiments.runs.stopping import Looks
from experiments.runs.work import draw_values
from sim.ensemble import point_hashes
from tests.experiments.runs.toy_engine import GROWTH, SERVICE, study, variant


def test_a_point_that_is_visited_twice_runs_once():
    design = np.array([[0.5, 1.0], [0.2, 1.0], [0.5, 1.0], [0.9, 0.0]])
    made = Points.of(("a", "b"), design)
    assert made.values.tolist() == [[0.5, 1.0], [0.2, 1.0], [0.9, 0.0]]
    assert made.values[made.rows].tolist() == design.tolist()


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 8)), max_size=6), st.integers(0, 40))
def test_gaps_are_what_is_not_done(starts, size):
    done = [(start, min(start + length, size)) for start, length in starts if start < size]
    covered = {run for start, stop in done for run in range(start, stop)}
    missing = [run for start, stop in gaps(done, size) for run in range(start, stop)]
    assert missing == [run for run in range(size) if run not in covered]


@given(st.integers(1, 50), st.integers(1, 30), st.integers(1, 6))
def test_blocks_cover_every_run_once_in_plan_order(block, replicates, points):
    made = study([variant(services=np.linspace(0, 1, points))], replicates)
    seen = []
    for task in made.tasks(0, {}, block):
        assert len(task) <= block
        point, replicate = task.indices
        first = task.start // task.count
        assert task.points[point - first, 0].tolist() == np.linspace(0, 1, points)[point].tolist()
        seen += list(zip(point.tolist(), replicate.tolist(), strict=True))
    assert seen == [(p, r) for p in range(points) for r in range(replicates)]


@given(st.integers(1, 20), st.integers(0, 57), st.integers(1, 58))
def test_blocks_have_one_shape_whatever_was_done_before(block, start, length):
    """A block that is done again after a kill covers the runs that it would have covered without one."""
    made = study([variant()], 20)
    whole = {(task.start, task.stop) for task in made.tasks(0, {}, block)}
    cells = [span for span in whole if not (start <= span[0] < start + length)]
    again = {(task.start, task.stop) for task in made.tasks(0, {0: cells}, block)}
    assert again == whole - set(cells)


def test_halves_are_the_task():
    task = study([variant()], 20).task(0, 0, 13, 47)
    halves = task.halves()
    for whole, parts in zip(task.indices, zip(*(half.indices for half in halves), strict=True), strict=True):
        assert whole.tolist() == np.concatenate(parts).tolist()
    assert [half.points[0, 0] for half in halves] == [0.2, 0.5]


def test_replicates_have_the_same_draw_at_every_point_and_in_every_scenario():
    made = study(replicates=10)
    columns = {}
    for position, one in enumerate(made.variants):
        values = draw_values(one, made.task(0, position, 0, 30), made.seed)
        schema = one.scenario.schema
        assert values[:, schema.index(SERVICE)].reshape(3, 10).T[0].tolist() == [0.2, 0.5, 0.8]
        columns[position] = values[:, schema.index(GROWTH)].reshape(3, 10)
    assert (columns[0] == columns[0][0]).all()
    assert len(np.unique(columns[0][0])) == 10
    assert (columns[1] == 0.05).all()  # the scenario sets it: it is not uncertain there


def test_own_luck_gives_each_point_replicates_of_its_own():
    made = study([variant()], 10, luck="own")
    point, replicate = made.task(0, 0, 0, 30).indices
    assert len(set(replicate.tolist())) == 30
    assert (replicate // 10 == point).all()


def chosen(numbers: list[int]):
    """A scenario whose three points have luck that was chosen."""
    one = variant()
    return replace(one, points=replace(one.points, luck=np.array(numbers, dtype=np.int64)))


def test_luck_that_was_chosen_is_that_of_its_point_in_every_block_and_part():
    made = study([chosen([7, 7, 2])], 1, luck="own")
    assert made.task(0, 0, 0, 3).indices[1].tolist() == [7, 7, 2]
    assert made.task(0, 0, 1, 3).part(2, 3).indices[1].tolist() == [2]
    assert made.number(0, np.arange(3), np.array([7, 7, 2])).tolist() == [0, 0, 0]
    other = study([chosen([7, 7, 3])], 1, luck="own")
    assert other.changed(made.identity) == ["points of toy"]


def test_rounds_of_a_rule_follow_each_other():
    rule = Looks(0.1)
    made = study([variant()], rule)
    assert made.rounds[0][0] == 0
    assert [stop for _, stop in made.rounds] == list(rule.sizes)
    assert made.runs == 3 * rule.sizes[-1]


def test_hashes_of_points_do_not_depend_on_their_neighbours():
    one = variant().scenario
    values = one.draw(np.arange(5), 1)
    values[3] = one.schema.defaults()
    values[4, 7] = -0.0
    hashes = point_hashes(one.schema, values)
    assert hashes == [point_hashes(one.schema, row[None])[0] for row in values]
    assert len(set(hashes)) == 5


def test_every_part_of_a_study_is_in_its_identity():
    """Each change is named by its key, and by no other."""
    base = study()
    assert study().hash == base.hash
    changes = {
        "seed": study(seed=2),
        "luck": study(luck="own"),
        "replicates": study(replicates=21),
        "keep": study(keep="national"),
        "points of toy": study([variant("toy", (0.2, 0.5, 0.81)), base.variants[1]]),
        "scenario toy": study([variant("toy", space=None), base.variants[1]]),
    }
    for key, other in changes.items():
        assert other.changed(base.identity) == [key]
        assert other.hash != base.hash
    gone = study([base.variants[0]])
    assert gone.changed(base.identity) == ["scenario", "scenario toy2", "points of toy2"]


def test_words_are_no_part_of_the_identity():
    assert study([variant("toy", title="Another title")]).hash == study([variant("toy")]).hash


def test_a_question_is_part_of_the_identity():
    asked = {
        "id": "few",
        "text": "?",
        "metric": "deaths",
        "over": "sum",
        "comparison": "<",
        "value": 4,
        "by": "2021-10-01",
    }
    assert study([variant("toy", questions=[asked])]).changed(study([variant("toy")]).identity) == [
        "scenario toy"
    ]


def test_two_scenarios_of_one_name_are_refused():
    with pytest.raises(UserError, match="named twice"):
        study([variant("toy"), variant("toy")])


def test_swept_and_uncertain_parameters_vary():
    assert varied(variant()) == (SERVICE, GROWTH)
