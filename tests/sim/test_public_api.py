"""What users of Mesa and of notebooks call: built, stepped, repeated by Mesa's own tools, on the oldest and newest."""

from __future__ import annotations

import inspect

import mesa
import numpy as np
import pytest

from sim.model import OutlookModel
from tests.worlds import scenario

SHORT = "end=2021-09-20"


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
