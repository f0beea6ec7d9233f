"""A small uncertain scenario, targets and questions that the tests of calibration share."""

from __future__ import annotations

from functools import cache

from experiments.config.files import chosen_file, read_yaml
from experiments.config.questions import QuestionFile, load_questions
from experiments.forecast.sample import SamplePlan, plan_sample
from experiments.forecast.targets import Targets, read_targets
from sim.parameters import build_schema
from sim.scenario import Scenario

UNCERTAIN = (
    "iskp.attack_rate",
    "iskp.deaths",
    "pockets.formation",
    "pockets.raid_rate",
    "season.winter_activity",
    "community.hardship_weight",
)


@cache
def scenario() -> Scenario:
    """The default world with six uncertain parameters, each known to a factor of two or so."""
    schema = build_schema()
    space = {}
    for name in UNCERTAIN:
        one = schema[name]
        low, high = max(one.low, 0.4 * one.default), min(one.high, 2.0 * one.default)
        space[name] = {"dist": "uniform", "low": low, "high": high}
    mapping = {"start": "2021-09-06", "end": "2024-09-06", "space": space}
    return Scenario.from_mapping(mapping, name="small")


@cache
def targets() -> Targets:
    """The packaged targets."""
    return read_targets(read_yaml(chosen_file("targets", "second_year")), "second_year", "second_year")


@cache
def questions() -> QuestionFile:
    """The packaged questions."""
    return load_questions("first_year")


def plan(seed: int = 3) -> SamplePlan:
    """The plan of a sample of that world."""
    return plan_sample(scenario(), targets(), questions(), seed)
