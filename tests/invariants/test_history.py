"""Three sieges, one model; and the extremes end as they must.

Runs are independent, so the number of them with an outcome is binomial. Each test asks of 150 runs what is claimed of
the model: the share itself must reach its threshold. Seeds are fixed, so a pass stays a pass until a rule changes.
With a true share of 0.9 where 0.8 is asked, a new seed would fail with a probability below 1e-3 (with 0.85: 0.04).
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.outcomes import ENDINGS
from sim.questions import resolve
from tests.worlds import runs, scenario

RUNS = 150


@pytest.fixture(scope="module")
def share():
    kept = {}

    def asked(name: str, question: str) -> float:
        if name not in kept:
            kept[name] = runs(scenario(name), RUNS, seed=31)
        of = next(q for q in scenario(name).questions if q.id == question)
        return float(resolve(of, kept[name]).mean())

    return asked


def test_in_2021_the_floor_falls_within_72_hours(share):
    """F1: the valley falls within 72 hours in at least 80 % of runs."""
    assert share("siege_2021", "valley_floor_taken_72h") >= 0.8


def test_the_taliban_of_the_nineties_do_not_take_the_valley(share):
    """F8: with open supply, united elders and no informants it holds for three years in at least 80 % of runs."""
    assert share("siege_taliban_1996_2001", "valley_taken_3y") <= 0.2


def test_the_soviet_army_enters_and_does_not_keep_the_valley(share):
    """F8: the floor is entered in at least 80 % of runs and held through the winter in at most 20 %."""
    assert share("siege_soviet_1980s", "valley_floor_entered") >= 0.8
    assert share("siege_soviet_1980s", "valley_floor_held_through_winter") <= 0.2


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("consolidation_path", ("consolidation", "settlement")),
        ("everything_against_kabul", ("multi_front_civil_war",)),
    ],
)
def test_extremes_end_as_they_must(name, allowed):
    """F27: nothing to fight with gives consolidation, everything against Kabul civil war, in at least 90 % of 100
    runs; with a true share of 0.98 a new seed would fail with a probability below 1e-3."""
    codes = runs(scenario(name), 100, seed=32, keep_series=False).measure("ending_code").astype(int)
    counts = dict(zip(*np.unique(np.array(ENDINGS)[codes], return_counts=True), strict=True))
    assert sum(counts.get(ending, 0) for ending in allowed) >= 90, counts


def test_the_sieges_differ_only_in_what_history_says():
    """One model: no siege scenario switches a rule of the siege itself; what it sets are conditions."""
    of_rules = {"siege.frontage", "siege.sharpness", "siege.lethality", "siege.subversion", "siege.clearing"}
    for name in ("siege_2021", "siege_taliban_1996_2001", "siege_soviet_1980s"):
        assert not of_rules & scenario(name).fixed, name
