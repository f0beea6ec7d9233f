"""Runs in memory: the same numbers whatever the batch, and no more in memory than was allowed."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.runs import road
from tests import worlds


@pytest.fixture
def scenario():
    return worlds.scenario()


def reduced(scenario, luck, **more):
    return road.collect(
        road.run_blocks(scenario, luck, 3, **more),
        lambda block: {"measures": block.measures, "values": block.values, "luck": block.replicates},
    )


@pytest.mark.parametrize(
    ("held", "memory"), [("measures", 20_000), ("series", 800_000), ("places", 1_500_000)]
)
def test_a_batch_changes_no_number(scenario, held, memory, monkeypatch):
    luck = np.arange(7) * 3
    whole = reduced(scenario, luck, held=held)
    monkeypatch.setattr(road, "MEMORY", memory)
    assert 1 < road.batch_size(scenario, held) < 7
    parts = reduced(scenario, luck, held=held)
    for name, value in whole.items():
        np.testing.assert_array_equal(parts[name], value)
    np.testing.assert_array_equal(whole["luck"], luck)


def test_blocks_hold_what_was_asked_for(scenario):
    luck = np.arange(2)
    held = {
        one: next(road.run_blocks(scenario, luck, 3, held=one)) for one in ("measures", "series", "places")
    }
    assert [block.series is not None for block in held.values()] == [False, True, True]
    assert [block.places is not None for block in held.values()] == [False, False, True]


def test_points_are_drawn_given_or_made(scenario, monkeypatch):
    luck = np.arange(6)
    drawn = scenario.draw(luck, 3)
    monkeypatch.setattr(road, "batch_size", lambda scenario, held: 4)
    for values in (None, drawn, lambda some: drawn[some]):
        np.testing.assert_array_equal(reduced(scenario, luck, values=values)["values"], drawn)


def test_progress_counts_every_run_once(scenario, monkeypatch):
    monkeypatch.setattr(road, "batch_size", lambda scenario, held: 4)
    told: list[int] = []
    reduced(scenario, np.arange(10), held="measures", progress=told.append)
    assert sum(told) == 10


def test_a_batch_fits_in_the_memory(scenario):
    for held in ("series", "places"):
        size = road.batch_size(scenario, held)
        block = next(road.run_blocks(scenario, np.arange(2), 1, held=held))
        arrays = [block.values, block.measures, block.series, block.places, block.routes, block.event_sizes]
        each = sum(array.nbytes for array in arrays if array is not None) / 2
        assert size * each <= road.MEMORY < (size + 1) * each * 1.01 or size == road.LARGEST
