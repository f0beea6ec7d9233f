"""Boxes of real, short runs: found, said, written as scenarios that give the density claimed."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from experiments.cli.main import main
from experiments.config import load_scenario
from experiments.discovery.boxes import BoxRule, find_boxes, held_out, rounded, shared
from experiments.discovery.prim import Limits, whole_box
from tests.experiments.discovery.test_prim import planted

SHORT = "end=2021-11-06"
MANY = "attacks_iskp > 30"


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A sweep over intervals of two parameters; all else is drawn for each run."""
    path = tmp_path_factory.mktemp("sweep") / "lhs"
    words = [
        "iskp.attack_rate=interval(1,40)",
        "fronts.nrf.ammunition=interval(1,20)",
        "design=lhs",
        "design.n=1200",
    ]
    assert main(["sweep", SHORT, *words, f"out={path}", "figures=false"]) == 0
    return path


def test_the_box_of_the_rivals_attacks_is_its_attack_rate_and_its_scenario_gives_its_density(
    swept, tmp_path, capsys
):
    out = tmp_path / "boxes"
    words = ["discover", str(swept), MANY, "boxes=1", "most=2", "check=150", "resamples=8", f"out={out}"]
    assert main(words) == 0
    shown = capsys.readouterr().out
    result = json.loads((out / "boxes.json").read_text(encoding="utf-8"))
    (box,) = result["boxes"]
    limits = {one["parameter"]: one for one in box["limits"]}
    assert limits["iskp.attack_rate"]["low"] > 5
    assert limits["iskp.attack_rate"]["comes_back"] == 1.0
    assert box["density"]["estimate"] > 1.5 * result["share"]
    assert box["sentence"] in shown
    assert box["found"]["low"] <= box["density"]["high"]
    assert box["found"]["high"] >= box["density"]["low"]
    made = load_scenario(out / "box_1.yaml")
    assert made.space.priors["iskp.attack_rate"].support == (limits["iskp.attack_rate"]["low"], 40.0)
    assert made.space.priors["fronts.nrf.ammunition"].support[1] <= 20.0
    assert len(made.space.priors) > 40
    assert main(words) == 0
    assert "already there" in capsys.readouterr().out


def test_ema_workbench_used_directly_on_the_runs_gives_the_same_trajectory(swept, tmp_path):
    theirs = pytest.importorskip("ema_workbench.analysis.prim")
    out = tmp_path / "boxes"
    assert main(["discover", str(swept), MANY, "boxes=1", "most=3", "resamples=8", f"out={out}"]) == 0
    (box,) = json.loads((out / "boxes.json").read_text(encoding="utf-8"))["boxes"]
    points = (
        pd.read_parquet(swept / "points")
        .sort_values("point")
        .drop(columns=["run_id", "scenario", "point", "replicate"])
    )
    met = (pd.read_parquet(swept / "runs").sort_values("point")["attacks_iskp"] > 30).to_numpy()
    groups = np.unique(points.to_numpy(), axis=0, return_inverse=True)[1].ravel()
    kept = ~held_out(groups, 1)
    x = points.loc[kept, box["leading"]].reset_index(drop=True)
    prim = theirs.Prim(x, met[kept], threshold=0.1)
    ends = points[box["leading"]]
    prim.box_init.loc[0], prim.box_init.loc[1] = ends.min(), ends.max()
    path = prim.find_box().peeling_trajectory
    assert path["coverage"].tolist() == pytest.approx([step["coverage"] for step in box["trajectory"]])
    assert path["density"].tolist() == pytest.approx([step["density"] for step in box["trajectory"]])


def test_boxes_of_a_posterior_bring_the_draws_that_lie_in_them(tmp_path):
    path, out = tmp_path / "worlds", tmp_path / "boxes"
    words = ["uncertainty=posterior", "design=worlds", "design.n=800", f"out={path}", "figures=false"]
    assert main(["sweep", SHORT, *words]) == 0
    condition = ["attacks_front > 5", "boxes=1", "most=1", "resamples=8", "smallest=0.2"]
    assert main(["discover", str(path), *condition, f"out={out}"]) == 0
    (box,) = json.loads((out / "boxes.json").read_text(encoding="utf-8"))["boxes"]
    (limit,) = box["limits"]
    made = load_scenario(out / box["scenario"], ["uncertainty=posterior", f"posterior={out / box['draws']}"])
    drawn = made.space.posterior[:, made.space.posterior_names.index(limit["parameter"])]
    assert limit["low"] is None or drawn.min() >= limit["low"]
    assert limit["high"] is None or drawn.max() <= limit["high"]
    assert len(drawn) < 800


def test_with_nothing_to_find_a_box_is_found_no_more_often_than_stated():
    """Pure luck: one family of first tests in twenty names a parameter, and a box needs more than that."""
    rng = np.random.default_rng(3)
    rule = BoxRule(boxes=1, resamples=2)
    found = [
        find_boxes(rng.random((400, 20)), rng.random(400) < 0.3, np.arange(400), rule, k) for k in range(40)
    ]
    assert sum(len(boxes) for boxes in found) <= 4


def test_density_is_told_of_runs_that_no_box_was_chosen_by():
    """A weak effect among noise: the interval of the density holds what other runs of the box have."""
    rng = np.random.default_rng(4)

    def world(n: int):
        x = rng.random((n, 20))
        return x, rng.random(n) < np.where(x[:, 3] > 0.5, 0.45, 0.2)

    held = []
    for seed in range(10):
        x, y = world(900)
        for box in find_boxes(x, y, np.arange(900), BoxRule(boxes=1, resamples=2), seed):
            fresh, came = world(4000)
            true = came[box.limits.holds(fresh)].mean()
            held.append(box.density.low <= true <= box.density.high)
    assert len(held) >= 8
    assert np.mean(held) >= 0.8


def test_a_planted_box_comes_back_in_halves():
    x, y = planted(2000, noise=0.1)
    (box, *_) = find_boxes(x, y, np.arange(2000), BoxRule(resamples=6), 1)
    assert box.limits.restricted(whole_box(x)).tolist() == [0, 2]
    assert box.density.estimate == pytest.approx(0.9, abs=0.06)
    assert box.coverage.estimate > 0.5
    assert all(value < 1e-6 for value in box.quasi_p.values())
    assert min(box.comes_back.values()) >= 0.8


def test_replicates_of_a_point_are_held_out_together():
    groups = np.repeat(np.arange(30), 4)
    aside = held_out(groups, 1).reshape(30, 4)
    assert (aside.all(axis=1) | ~aside.any(axis=1)).all()
    assert aside.all(axis=1).sum() == 10


def test_limits_are_rounded_to_what_a_person_says():
    whole = Limits(np.array([0.0, 0.0]), np.array([1.0, 5000.0]))
    made = rounded(Limits(np.array([0.123456, 0.0]), np.array([1.0, 3217.9])), whole)
    assert made.low.tolist() == [0.12, 0.0]
    assert made.high.tolist() == [1.0, 3220.0]


@pytest.mark.parametrize(("words", "said"), [
    ([], "no condition"),
    (["deaths > 1e9"], "came true in no run"),
    (["endig is consolidation"], "not understood"),
    (["ending=consolidatoin"], "nearest: consolidation"),
    ([MANY, "check=10"], "with out=FOLDER"),
])  # fmt: skip
def test_what_cannot_be_asked_is_said_in_one_line(swept, words, said, capsys):
    assert main(["discover", str(swept), *words]) == 2
    assert said in capsys.readouterr().err


def test_replicates_of_a_point_widen_the_interval():
    """Four replicates that always agree are worth one run; four that do not are worth four."""
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(100), 4)
    alone, together = rng.random(400) < 0.4, np.repeat(rng.random(100) < 0.4, 4)
    width = {name: np.diff(shared(met, groups)[1:])[0] for name, met in (("own", alone), ("same", together))}
    assert width["same"] == pytest.approx(2 * width["own"], rel=0.2)
