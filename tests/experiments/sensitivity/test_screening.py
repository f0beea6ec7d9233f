"""Screening: the planted parameter is found, what nothing reads has no effect, the design moves one at a time."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from SALib.analyze import sobol as salib

from experiments.cli.main import main
from experiments.drawing import sheets
from experiments.runs.plan import Points, Study, Variant
from experiments.sensitivity import indices, outcomes, sample, screening
from experiments.sensitivity.outcomes import HEADLINE
from tests.worlds import scenario

SHORT = "end=2021-10-08"


def test_the_design_moves_one_parameter_at_a_time_within_its_range():
    of = scenario("baseline", SHORT)
    bounds = screening.ranges(of)
    points = screening.design(of, bounds, 6, 3)
    moved = points[:, 1:] != points[:, :1]
    off = ~np.eye(len(of.schema), dtype=bool)
    assert not moved[:, off].any()
    free = bounds[:, 1] > bounds[:, 0]
    assert moved[:, np.eye(len(of.schema), dtype=bool)][:, free].mean() > 0.95
    low = np.array([p.low for p in of.schema.parameters])
    high = np.array([p.high for p in of.schema.parameters])
    assert ((points >= low - 1e-9) & (points <= high + 1e-9)).all()


@pytest.fixture
def undrawn(monkeypatch):
    """No figures, which others look at."""
    monkeypatch.setattr(sheets, "write", lambda figures, folder: None)


def ran(folder, *words) -> dict:
    """``sensitivity.json`` of a run of the verb."""
    assert main(["sensitivity", *words, f"out={folder}"]) == 0
    return json.loads((folder / "sensitivity.json").read_text(encoding="utf-8"))


def test_the_screening_finds_what_drives_the_rival_and_writes_what_it_prints(tmp_path, capsys, monkeypatch):
    """Parameters of the rival, the front and the valley alone: the whole design is laid out by the test above."""
    whole = screening.ranges

    def some(of):
        bounds = whole(of)
        other = [not name.startswith(("iskp.", "fronts.nrf.", "siege.")) for name in of.schema.names]
        bounds[other] = of.values[other, None]
        return bounds

    monkeypatch.setattr(screening, "ranges", some)
    result = ran(tmp_path / "out", SHORT, "n=8", "top=3")
    shown = capsys.readouterr().out
    assert "size of effect" in shown
    assert result["method"] == "radial"
    assert result["runs"] == 8 * (1 + result["parameters"])
    told = {one["outcome"]: one["indices"] for one in result["outcomes"]}
    assert set(told) == set(HEADLINE)
    assert "iskp.attack_rate" in [row["parameter"] for row in told["attacks_iskp"][:8]]
    effects = {row["parameter"]: row["value"] for row in told["attacks_iskp"]}
    assert effects["fronts.nrf.talks_offer"] < told["attacks_iskp"][0]["value"] / 10
    assert {row["quarter"] for row in result["over_time"]} == {"2021-09-06", "2021-10-01"}
    assert result["problem"]["num_vars"] == result["parameters"]
    there = {path.name for path in (tmp_path / "out").iterdir()}
    assert there >= {
        "sensitivity.json",
        "sensitivity.csv",
        "ranking.png",
        "over_time.png",
        "study.json",
        "runs",
    }


def test_sobol_with_luck_apart_a_dummy_as_floor_and_a_province_of_its_folder(tmp_path, capsys, undrawn):
    """The rival's attack rate owns its attacks, the front's ammunition does not, and SALib says the same."""
    words = ["iskp.attack_rate=interval(1,8)", "fronts.nrf.ammunition=interval(1,20)", "uncertainty=none"]
    result = ran(tmp_path / "out", SHORT, *words, "method=sobol", "n=64", "outcomes=[attacks_iskp]")
    (one,) = result["outcomes"]
    assert [row["parameter"] for row in one["indices"]] == ["iskp.attack_rate", "fronts.nrf.ammunition"]
    assert one["indices"][0]["clear"]
    assert not one["indices"][1]["clear"]
    assert 0 < one["luck"]["share"] < 0.9
    assert one["floor"] is not None
    runs = pd.read_parquet(tmp_path / "out" / "runs").sort_values(["point", "replicate"])
    y = np.log1p(runs["attacks_iskp"].to_numpy()).reshape(-1, 2).mean(axis=1)
    problem = {key: result["problem"][key] for key in ("num_vars", "names", "bounds")}
    found = salib.analyze(problem, y, calc_second_order=False)
    var = np.r_[y[::5], y[4::5]].var()
    within = np.log1p(runs["attacks_iskp"].to_numpy()).reshape(-1, 5, 2).var(axis=2, ddof=1).mean(axis=0) / 2
    own = var - (within[0] + within[4]) / 2
    expected = found["S1"][0] * var / (own + within[0] + within[4])
    assert one["indices"][0]["main"] == pytest.approx(expected, rel=1e-6)
    words = [str(tmp_path / "out"), "place=Panjshir", "outcomes=[deaths]"]
    local = ran(tmp_path / "local", *words)
    assert "in Panjshir" in local["outcomes"][0]["label"]
    assert any("nothing is followed over time" in note for note in local["notes"])
    assert ran(tmp_path / "local", *words) == local
    assert "already there" in capsys.readouterr().out


def test_worlds_tell_luck_from_all_that_is_unknown(tmp_path, undrawn, monkeypatch):
    monkeypatch.setattr(indices, "FEWER", 5)
    words = ["method=given", "n=80", "over_time=false", "outcomes=[attacks_front]"]
    result = ran(tmp_path / "worlds", SHORT, *words)
    (one,) = result["outcomes"]
    assert result["method"] == "given"
    assert one["luck"]["low"] <= one["luck"]["share"] <= one["luck"]["high"]


def test_a_province_over_time_in_a_design_made_for_it_and_in_a_folder_that_keeps_all(tmp_path):
    """Both roads to the quarters of a province tell the same: what is kept of it, and weeks of all provinces."""
    intervals = ["iskp.attack_rate=interval(1,40)", "uncertainty=none", "end=2021-10-16"]
    local = ["place=Kabul", "outcomes=[deaths,grievance]"]
    own = ran(tmp_path / "own", *intervals, *local, "method=sobol", "n=8", "replicates=1")
    design = ["design=sobol", "design.n=8", "design.dummy=true", "keep=all", "figures=false", "replicates=1"]
    assert main(["sweep", *intervals, *design, "seed=1", f"out={tmp_path / 'all'}"]) == 0
    kept = ran(tmp_path / "told", str(tmp_path / "all"), *local)
    assert kept["over_time"] == own["over_time"]
    assert {row["quarter"] for row in own["over_time"]} == {"2021-09-06", "2021-10-04"}
    assert {row["outcome"] for row in own["over_time"]} == {"deaths", "grievance"}
    assert (tmp_path / "own" / "over_time.png").is_file()


def test_quarters_add_up():
    dates = np.array(["2021-09-09", "2021-09-30", "2021-10-01", "2022-01-01"], "datetime64[D]")
    values = np.array([[1.0, 3.0, 5.0, 7.0]])
    first, flow = outcomes.by_quarter(dates, values, True)
    assert first.tolist() == dates[[0, 2, 3]].tolist()
    assert flow.tolist() == [[4.0, 5.0, 7.0]]
    assert outcomes.by_quarter(dates, values, False)[1].tolist() == [[2.0, 5.0, 7.0]]


def test_failed_runs_are_left_out_with_their_whole_block():
    points = Points.of(("taliban.control",), np.linspace(0, 1, 12)[:, None], 3)
    study = Study((Variant("v", scenario("baseline", SHORT), points),), 2, 1, "none", "own", code="x")
    point, replicate = study.task(0, 0, 0, 24).indices
    runs = pd.DataFrame({"point": point, "replicate": replicate}).drop(index=[7])  # a run of the second block
    folder = SimpleNamespace(study=study, finished=None)
    rows, kept = sample._whole_blocks(SimpleNamespace(folder=folder, variant=study.variants[0], runs=runs))
    assert kept.tolist() == [0, 1, 2, *range(6, 12)]
    assert runs["point"].to_numpy()[rows[3]].tolist() == [6, 6]


@pytest.mark.parametrize(("words", "said"), [
    (["method=sobol", "uncertainty=posterior"], "method=given or screen"),
    (["taliban.control=interval(0,1)"], "allowed for method=screen"),
    (["taliban.control=0.1,0.2", "method=sobol"], "intervals of parameters"),
    (["nowhere"], "no such folder"),
    (["place=Panjsher"], "allowed: a province; nearest: Panjshir"),
    (["outcomes=[death]"], "allowed: an ending or a measure; nearest: deaths"),
    (["place=Kabul", "outcomes=[refugee]"], "nearest: refugees"),
])  # fmt: skip
def test_what_cannot_be_analysed_is_said_in_one_line(words, said, capsys):
    assert main(["sensitivity", *words]) == 2
    assert said in capsys.readouterr().err


def test_a_folder_takes_no_parameters(tmp_path, capsys):
    assert main(["sensitivity", str(tmp_path), "taliban.control=0.2"]) == 2
    assert "no effect on the runs of a folder" in capsys.readouterr().err


def test_a_province_of_runs_under_a_week_is_refused_before_them(tmp_path, capsys):
    words = ["sensitivity", "end=2021-09-09", "n=8", "place=Kabul", f"out={tmp_path / 's'}"]
    assert main(words) == 2
    assert "found runs of 3 days, and provinces are recorded by whole weeks" in capsys.readouterr().err
    assert not (tmp_path / "s").exists()
