"""The typical run is in the middle of those with the commonest ending, and is told only if it is the stored one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.outlook.results import Results
from experiments.outlook.typical import middle, typical_run
from sim.ensemble import Ensemble
from tests.worlds import runs, small


@pytest.fixture(scope="module")
def results() -> Results:
    scenario = small(120)
    return Results(scenario, 1, "none", Ensemble(runs(scenario, 12)).runs, {})


def test_the_middle_is_in_the_middle_of_every_number():
    numbers = pd.DataFrame(
        {"a": [1.0, 2.0, 3.0, 4.0, 500.0], "b": [9.0, 9.0, 9.0, 9.0, 9.0], "c": [5, 4, 3, 2, 1]}
    )
    assert middle(numbers) == 2


def test_it_ends_as_most_do_and_has_a_story(results):
    found = typical_run(results)
    assert found.ending == results.runs["ending"].mode()[0]
    assert found.alike == int((results.runs["ending"] == found.ending).sum())
    assert found.run_id == results.runs["run_id"][found.row]
    assert found.events[-1].kind == "ending"


def test_a_run_that_is_not_the_stored_one_is_not_told(results):
    changed = results.runs.assign(deaths=np.nextafter(results.runs["deaths"], np.inf))
    assert typical_run(Results(results.scenario, 1, "none", changed, {})) is None
