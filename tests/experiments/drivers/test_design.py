"""The design of the drivers' map: ranges, the three runs of a point, the summary."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest

from experiments.drivers import design as drivers
from experiments.drivers.importance import importance
from experiments.drivers.screen import print_drivers, titles
from experiments.drivers.surface import fit_surface
from experiments.kit.errors import UserError
from experiments.runs.options import ExecutorOptions
from experiments.runs.runner import run_study
from experiments.runs.work import Engine, draw_values
from sim.outcomes import MEASURES
from sim.scenario import Scenario
from tests.experiments.runs.toy_engine import folder_of

NAMES = ("taliban.control", "economy.growth")


@pytest.fixture
def scenario():
    space = {
        "taliban.control": {"dist": "uniform", "low": 0.3, "high": 1.0},
        "caches.abundance": {"dist": "uniform", "low": 0.5, "high": 3.0},
    }
    return Scenario.from_mapping({"start": "2021-09-06", "end": "2021-11-06", "space": space}, name="toy")


def test_ranges_come_from_the_user_the_table_or_the_prior(scenario):
    assert drivers.ranges(scenario, NAMES, {}).tolist() == [[0.0, 1.0], [-0.3, 0.2]]
    assert drivers.ranges(scenario, NAMES, {}, "prior").tolist() == [[0.3, 1.0], [-0.3, 0.2]]
    assert drivers.ranges(scenario, NAMES, {"economy.growth": (-0.1, 0.1)})[1].tolist() == [-0.1, 0.1]


def test_variables_as_they_are_typed():
    names, given = drivers.variables(["taliban.control:0.3..1", "economy.growth"])
    assert names == NAMES
    assert given == {"taliban.control": (0.3, 1.0)}


@pytest.mark.parametrize(
    ("over", "says"),
    [
        (["taliban.contrl"], "nearest: taliban.control"),
        (["economy.growth:0.1..0.1"], r"economy.growth: found 0.1..0.1"),
        (["economy.growth:0.1..7"], r"a number from -0.3 to 0.2"),
        (["economy.growth:0.1"], "NAME:LOW..HIGH"),
        (["economy.growth:a..b"], "NAME:LOW..HIGH"),
        (["economy.growth", "economy.growth"], "different parameters"),
        ([], "one to 8"),
        (["iskp.active"], "continuous"),
    ],
)
def test_wrong_variables_and_ranges(scenario, over, says):
    with pytest.raises(UserError, match=says):
        drivers.ranges(scenario, *drivers.variables(over))


@pytest.fixture
def driven(scenario, tmp_path):
    """War where control is high, a little more so with many caches; half of the rest is luck."""

    def simulate(scenario, values, replicates, seed, threads=None, keep_series=True, keep_places=False):
        at = scenario.schema.index
        chance = values[:, at("taliban.control")] + 0.2 * (values[:, at("caches.abundance")] > 1.75) - 0.35
        luck = np.random.default_rng(3).random(10_000)[replicates]
        measures = np.zeros((len(replicates), len(MEASURES)))
        measures[:, 0] = np.where(luck < chance, 3, 0)
        return SimpleNamespace(measures=measures)

    bounds = drivers.ranges(scenario, NAMES, {}, "prior")
    study = drivers.study_of(scenario, NAMES, bounds, 512, 1, {})
    folder = folder_of(study, tmp_path / "map", block=2000)
    run_study(folder, Engine(simulate), ExecutorOptions(name="threads", workers=1))
    return drivers.read_design(folder, bounds), folder.study


def test_two_runs_share_all_parameters_and_the_third_only_the_variables(scenario, driven):
    made, study = driven
    task = study.task(0, 0, 0, 3 * 512)
    values = draw_values(study.variants[0], task, study.seed).reshape(512, 3, -1)
    at = scenario.schema.index
    assert np.array_equal(values[:, 0], values[:, 1])
    assert np.array_equal(values[:, 0, at(NAMES[0])], values[:, 2, at(NAMES[0])])
    assert (values[:, 0, at("caches.abundance")] != values[:, 2, at("caches.abundance")]).all()
    assert np.unique(task.indices[1]).size == 3 * 512
    assert ((made.points >= made.bounds[:, 0]) & (made.points <= made.bounds[:, 1])).all()
    thirds = np.histogram(made.points[::3, 0], bins=8, range=tuple(made.bounds[0]))[0]
    assert (thirds == 64).all()  # a Sobol' sequence fills evenly


def test_summary_is_json_and_finds_what_was_planted(driven, capsys):
    made, _ = driven
    surface = fit_surface(made.points, made.ending, NAMES, made.bounds, made.point, 1)
    split = importance(surface, {name: made.happened(name) for name in surface.outcomes}, 1)
    result = drivers.summarise(made, surface, split)
    result = json.loads(json.dumps(result, allow_nan=False))
    assert result["leads"]["taliban.control"] > 0.9
    war = {row["outcome"]: row for row in result["importance"]}["multi_front_civil_war"]
    assert war["first"]["taliban.control"][0] > 0.1
    assert war["luck"] > 0.5
    assert any(tip["name"] == "taliban.control" for tip in result["tipping"])
    whole = {**result, "title": "A toy"}
    assert "control" in titles(whole)["leaders"].lower()
    print_drivers(whole, "a_folder")
    shown = capsys.readouterr().out
    assert "1,536 runs at 512 points in a_folder" in shown
    assert "never seen" in shown
