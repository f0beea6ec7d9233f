"""The story of a run: a spell is a run of days, and each is told for as long as it lasted."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from experiments.studies.story import spells, turns
from sim.outcomes import SERIES


@pytest.mark.parametrize(
    ("holds", "found"),
    [
        ([], []),
        ([0, 0], []),
        ([1, 1, 1], [(0, 3)]),
        ([0, 1, 0, 1, 1, 0, 0, 1], [(1, 2), (3, 5), (7, 8)]),
    ],
)
def test_spells_are_runs_of_days(holds, found):
    assert spells(np.array(holds, bool)) == found


def told(**series: list[int]) -> list[tuple[date, str]]:
    """The turns of a run of 100 days in which series are above zero on these days alone."""
    daily = {name: np.zeros((1, 100), np.float32) for name in SERIES}
    for name, days in series.items():
        daily[name][0, days] = 1.0
    scenario = SimpleNamespace(start=date(2021, 9, 6), end=date(2021, 12, 15), days=100, events=())
    return turns(SimpleNamespace(scenario=scenario, national=daily.__getitem__))


def test_three_single_days_are_three_spells():
    assert told(districts_held=[0, 30, 60]) == [
        (date(2021, 9, 6), "the front holds ground in the valley (from the start, for 1 day)"),
        (date(2021, 10, 6), "the front holds ground in the valley (for 1 day)"),
        (date(2021, 11, 5), "the front holds ground in the valley (for 1 day)"),
    ]


def test_a_spell_that_lasts_is_one():
    (turn,) = told(militia_active=list(range(10, 100)))
    assert turn == (date(2021, 9, 16), "a foreign-backed militia takes the field (to the end)")
    (turn,) = told(militia_active=list(range(10, 20)))
    assert turn[1].endswith("(for 10 days)")


def test_many_spells_are_summed_up():
    found = told(districts_held=[0, 2, 4, 6, 8, 9])
    assert len(found) == 4
    assert found[-1] == (
        date(2021, 9, 12),
        "the front holds ground in the valley: 2 more spells, 3 days in all, the last until 2021-09-15",
    )


def test_a_flow_is_told_once():
    assert told(risings=[5, 50]) == [(date(2021, 9, 11), "the first rising")]
