"""What users of Mesa and of notebooks call: built, stepped, repeated by Mesa's own tools, on the oldest and newest."""

from __future__ import annotations

import copy
import inspect
import pickle
from typing import ClassVar

import mesa
import numpy as np
import pytest

from sim.ensemble import simulate
from sim.mesa_agents import ResistanceFront
from sim.model import OutlookModel
from sim.outcomes import SERIES
from tests.worlds import scenario

SHORT = "end=2021-09-20"


@pytest.mark.skipif(not hasattr(mesa, "batch_run"), reason="Mesa 4 has no batch_run")
def test_repetitions_of_batch_run_differ_and_can_be_run_again():
    newer = "rng" in inspect.signature(mesa.batch_run).parameters
    times = {"rng": [None] * 3} if newer else {"iterations": 3}
    rows = mesa.batch_run(
        OutlookModel,
        parameters={"scenario": scenario("baseline", SHORT), "taliban.service_delivery": [0.2, 0.8]},
        number_processes=1,
        max_steps=3,
        display_progress=False,
        **times,
    )
    assert len({row["RunId"] for row in rows}) == 6


def test_a_model_without_a_seed_takes_a_new_one_and_keeps_it():
    short = scenario("baseline", SHORT)
    first, second = OutlookModel(short), OutlookModel(short)
    assert first.seed != second.seed
    again = OutlookModel(short, seed=first.seed)
    for model in (first, again):
        model.step()
    assert first.bench.block.tobytes() == again.bench.block.tobytes()


def test_seed_and_rng_are_two_names_for_one_thing():
    short = scenario("baseline", SHORT)
    assert OutlookModel(short, rng=7).seed == OutlookModel(short, seed=7).seed == 7
    drawn = int(np.random.default_rng(1).integers(2**32))
    assert OutlookModel(short, rng=np.random.default_rng(1)).seed == drawn
    with pytest.raises(ValueError, match="either seed or rng"):
        OutlookModel(short, seed=1, rng=1)


def test_parameters_by_name():
    short = scenario("baseline", SHORT)
    model = OutlookModel(short, seed=1, **{"taliban.service_delivery": 0.25})
    assert model.world.p.taliban_service_delivery == 0.25
    with pytest.raises(ValueError, match=r"no parameter 'taliban\.servis'"):
        OutlookModel(short, seed=1, **{"taliban.servis": 0.25})


def test_a_model_keeps_its_scenario():
    short = scenario("baseline", SHORT)
    model = OutlookModel(short, seed=1)
    assert model.scenario is short
    with pytest.raises(AttributeError, match="keeps its scenario"):
        model.scenario = scenario("siege_2021")


@pytest.mark.skipif(not hasattr(mesa.Model, "run_for"), reason="Mesa before 3.5 has no run_for")
def test_mesa_runs_it_for_some_days():
    short = scenario("baseline", SHORT)
    model, stepped = OutlookModel(short, seed=1), OutlookModel(short, seed=1)
    model.run_for(5)
    for _ in range(5):
        stepped.step()
    assert model.tick == 5
    assert model.bench.block.tobytes() == stepped.bench.block.tobytes()
    model.run_for(30)
    assert (model.tick, model.running) == (14, False)


def test_steps_end_at_the_horizon():
    model = OutlookModel(scenario("baseline", SHORT), seed=1).run()
    assert model.tick == 14
    assert not model.running
    model.step()
    assert model.tick == 14


def test_short_representations():
    short = scenario("baseline", SHORT)
    assert len(repr(short)) < 200
    assert repr(OutlookModel(short, seed=3)) == "<OutlookModel 'baseline' seed=3 replicate=0, 2021-09-06>"


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_goes_on_as_the_original_would(copied):
    model = OutlookModel(scenario("baseline", "end=2021-12-06"), seed=4)
    for _ in range(30):
        model.step()
    twin = copied(model)
    before = model.bench.block.copy()
    twin.step()
    # one step, and no catching up with a clock; Mesa 4 counts no steps
    assert (twin.tick, getattr(twin, "steps", 31)) == (31, 31)
    twin.run()
    assert model.bench.block.tobytes() == before.tobytes()
    model.run()
    assert twin.bench.block.tobytes() == model.bench.block.tobytes()
    assert twin.bench.series.tobytes() == model.bench.series.tobytes()
    assert {a.name for a in twin.agents} == {a.name for a in model.agents}


def test_the_compiled_step_and_the_walk_are_the_same_bits():
    short = scenario("everything_against_kabul", "end=2021-10-20")
    fast, slow = OutlookModel(short, seed=2), OutlookModel(short, seed=2, walk=True)
    for _ in range(44):
        fast.step()
        slow.step()
    assert fast.bench.block.tobytes() == slow.bench.block.tobytes()
    assert fast.bench.series.tobytes() == slow.bench.series.tobytes()
    assert sorted(a.name for a in fast.agents) == sorted(a.name for a in slow.agents)


def test_the_collector_has_every_series_by_day():
    model = OutlookModel(scenario("baseline", SHORT), seed=2).run()
    table = model.datacollector.get_model_vars_dataframe()
    assert list(table.columns) == list(SERIES)
    np.testing.assert_array_equal(table["deaths"], model.series["deaths"])


def test_an_agent_that_does_otherwise_makes_the_model_walk():
    class Idle(ResistanceFront):
        def follow(self, rule, tick):
            """It does nothing."""

    class Quiet(OutlookModel):
        kinds: ClassVar = {**OutlookModel.kinds, "front": Idle}

    quiet = Quiet(scenario("baseline", "end=2022-03-06"), seed=2).run()
    assert quiet.walk
    assert quiet.world.front[0].phase_days == 0.0


def test_an_ensemble_says_what_it_takes():
    with pytest.raises(TypeError, match=r"scenario: found 'baseline'; allowed: a Scenario"):
        simulate("baseline")  # type: ignore[arg-type]
    for wrong in (0, -1, 2.5, True, "3", None):
        with pytest.raises(ValueError, match=r"replicates: found .*; allowed: a whole number from 1 to"):
            simulate(scenario("baseline", SHORT), replicates=wrong)
        with pytest.raises(ValueError, match=r"threads: found .*; allowed: a whole number from 1 to 1024"):
            simulate(scenario("baseline", SHORT), 2, threads=wrong if wrong is not None else "all")
    for wrong in (-1, 1.5, "a", None, 2**32):
        with pytest.raises(ValueError, match=r"seed: found .*; allowed: a whole number from 0 to 4294967295"):
            simulate(scenario("baseline", SHORT), 2, seed=wrong)


def test_a_model_says_what_it_takes():
    """A replicate of 1.5 would have the parameters of the first and the luck of none."""
    with pytest.raises(TypeError, match=r"scenario: found 'baseline'; allowed: a Scenario"):
        OutlookModel("baseline")  # type: ignore[arg-type]
    of = scenario("baseline", SHORT)
    for wrong in (1.5, -1, "a", None, True):
        with pytest.raises(ValueError, match=r"replicate: found .*; allowed: a whole number from 0"):
            OutlookModel(of, 1, wrong)
    for wrong in (1.5, -1, "a"):
        with pytest.raises(ValueError, match=r"seed: found .*; allowed: a whole number from 0"):
            OutlookModel(of, wrong)
