"""``outlook sweep`` and its companions on the command line, with short runs of the real model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.cli.main import main
from experiments.config.sweep import compose_sweep, lay_out, read_sweep
from experiments.kit.errors import UserError
from experiments.kit.verb import load
from experiments.runs import store
from experiments.runs.options import DesignOptions
from experiments.runs.plan import varied
from experiments.runs.work import draw_values
from experiments.studies import sweep as sweep_verb
from sim import simulate

SHORT = "end=2021-10-04"
SERVICE, GROWTH, CACHES = "taliban.service_delivery", "economy.growth", "caches.abundance"


def planned(*overrides: str):
    """The study that a command line plans."""
    job = compose_sweep(load("sweep"), [*overrides, SHORT])
    return sweep_verb.plan(job.options, job)


def values(study, variant: int = 0) -> dict[str, list[float]]:
    points = study.variants[variant].points
    return {name: points.values[:, i].tolist() for i, name in enumerate(points.names)}


def test_scenarios_are_composed_once_each():
    study = planned("scenario=baseline,caches_cleared", "replicates=5")
    assert [variant.label for variant in study.variants] == ["baseline", "caches_cleared"]
    assert study.replicates == 5
    assert study.points == 2


def test_values_and_ranges_of_parameters_are_a_grid():
    study = planned(f"{SERVICE}=0.2,0.8", f"{GROWTH}=range(-0.1,0.06,0.05)")
    assert values(study) == {SERVICE: [0.2] * 4 + [0.8] * 4, GROWTH: [-0.1, -0.05, 0.0, 0.05] * 2}
    assert study.replicates == 100
    assert study.keep == "quantiles"


def test_a_row_of_a_table_that_stands_twice_counts_twice(tmp_path):
    """Rows may be draws, and those that repeat weigh more in every share."""
    path = tmp_path / "points.csv"
    pd.DataFrame({SERVICE: [0.1, 0.1, 0.5]}).to_csv(path, index=False)
    study = planned("design=table", f"design.path={path}")
    assert values(study) == {SERVICE: [0.1, 0.1, 0.5]}
    assert study.luck == "own"


@pytest.mark.parametrize(
    ("words", "luck"),
    [
        (["design=lhs", "design.n=4"], "own"),
        (["design=morris", "design.n=2"], "block"),  # elementary effects are paired differences
        (["design=sobol", "design.n=4", "luck=common"], "common"),
        (["design=one_at_a_time"], "common"),
    ],
)
def test_points_share_their_luck_where_differences_are_meant(words, luck):
    assert planned(f"{SERVICE}=interval(0,1)", f"{CACHES}=interval(0.2,3)", *words).luck == luck


def test_a_trajectory_shares_its_luck_and_no_other_has_it():
    study = planned(f"{SERVICE}=interval(0,1)", f"{CACHES}=interval(0.2,3)", "design=morris", "design.n=4")
    point, replicate = study.task(0, 0, 0, study.runs).indices
    assert study.variants[0].points.block == 3
    assert replicate.tolist() == np.repeat(np.arange(4), 3).tolist()
    assert (study.number(0, point, replicate) == 0).all()


def test_blocks_of_luck_need_a_design_that_has_them():
    with pytest.raises(UserError, match="no blocks"):
        planned(f"{SERVICE}=interval(0,1)", "design=lhs", "design.n=4", "luck=block")


@pytest.mark.parametrize("uncertainty", ["prior", "posterior"])
def test_worlds_are_draws_of_all_that_is_unknown(uncertainty):
    """Each world is a draw; its replicates differ in luck alone; levels that are named are crossed with worlds."""
    study = planned(
        f"{SERVICE}=0.2,0.8", "design=worlds", "design.n=5", "replicates=2", f"uncertainty={uncertainty}"
    )
    (variant,) = study.variants
    names, points = variant.points.names, variant.points.values
    assert names[0] == SERVICE
    assert len(names) > 40
    assert not variant.scenario.space.names
    assert np.array_equal(points[:5, 1:], points[5:, 1:])
    drawn = draw_values(variant, study.task(0, 0, 0, study.runs), study.seed)
    assert np.array_equal(drawn[0::2], drawn[1::2])
    assert len(np.unique(drawn[:10], axis=0)) == 5
    assert len(np.unique(study.task(0, 0, 0, study.runs).indices[1])) == study.runs
    problem = variant.problem
    bounds = np.array(problem["bounds"])
    assert problem["num_vars"] == len(names) == len(bounds)
    assert ((points >= bounds[:, 0]) & (points <= bounds[:, 1])).all()
    assert ("economy.growth" in problem["priors"]) == (uncertainty == "prior")


def test_draws_of_a_posterior_say_that_they_are_and_have_luck_of_their_own():
    study = planned("design=posterior", "design.n=4")
    assert study.luck == "own"
    assert study.variants[0].problem["basis"].startswith("posterior: calibrated on")


def test_a_dummy_is_a_dimension_and_no_parameter():
    study = planned(f"{SERVICE}=interval(0,1)", "design=sobol", "design.n=2", "design.dummy=true")
    (variant,) = study.variants
    assert variant.points.names == (SERVICE, "dummy")
    assert (len(variant.points), variant.points.block) == (8, 4)
    assert varied(variant)[0] == SERVICE
    assert "dummy" not in varied(variant)
    values = draw_values(variant, study.task(0, 0, 0, 8), 1)
    assert values[0, variant.scenario.schema.index(SERVICE)] == variant.points.values[0, 0]


def test_intervals_are_drawn_by_a_design():
    study = planned(f"{SERVICE}=interval(0,1)", f"{CACHES}=interval(0.2,3)", "design=sobol", "design.n=16")
    assert study.points == 16 * 4
    assert study.replicates == 1
    assert study.luck == "own"  # what is shown as a probability spreads over what is unknown
    assert study.keep == "none"
    drawn = values(study)
    assert min(drawn[CACHES]) >= 0.2
    assert max(drawn[CACHES]) > 1.0
    # What a design moves is no longer drawn replicate by replicate; what it leaves alone still is.
    names = study.variants[0].scenario.space.names
    assert SERVICE not in names
    assert GROWTH in names


def test_a_design_without_intervals_covers_the_space():
    study = planned("space=report", "design=lhs", "design.n=30", "replicates=2")
    variant = study.variants[0]
    base = planned("replicates=2").variants[0].scenario.space
    assert set(variant.points.names) == set(base.names)
    assert variant.scenario.space.names == ()
    assert len(variant.points) == 30


def test_a_glob_selects_scenarios():
    job = compose_sweep(load("sweep"), ["scenario=glob(siege_*)", "replicates=2"])
    study = sweep_verb.plan(job.options, job)
    assert {variant.label for variant in study.variants} == {
        "siege_2021",
        "siege_soviet_1980s",
        "siege_taliban_1996_2001",
    }


def test_choices_of_other_groups_make_scenarios_with_a_name_of_their_own():
    study = planned("uncertainty=prior,none", "replicates=2")
    assert [variant.label for variant in study.variants] == [
        "baseline+uncertainty=prior",
        "baseline+uncertainty=none",
    ]


def test_points_are_the_same_whatever_composes_them():
    """Values on the command line and the same values in a table are one study to the runs."""
    job = compose_sweep(load("sweep"), [f"{SERVICE}=0.2,0.8", SHORT])
    (variant,) = lay_out(read_sweep(job), DesignOptions(), 1)
    assert variant.points.values.tolist() == [[0.2], [0.8]]
    assert variant.scenario.value(SERVICE) == load_base().value(SERVICE)


def load_base():
    from experiments import load_scenario

    return load_scenario("baseline", [SHORT])


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ([f"{SERVICE}=0.2,1.7"], ["1.7", "from 0 to 1"]),
        (["taliban.service_delivry=0.2,0.7"], ["no such parameter", SERVICE]),
        (["seed=1,2"], ["seed: takes one value"]),
        (["scenario=baseline,baseline"], ["named twice"]),
        (["scenario=baseline,corridor_open"], ["corridor_open", "corridor_opens"]),
        (["design=sobol", "design.n=10", f"{SERVICE}=interval(0,1)"], ["power of two"]),
        (["design.levels=3"], ["has no effect with design=grid"]),
        (["executor.address=x"], ["has no effect with executor=threads"]),
        (["replicates=0"], ["replicates", "from 1"]),
        (["replicates=some"], ["replicates", "auto"]),
        (["precision=0.7"], ["precision"]),
        (["measure=deths"], ["measure", "nearest: deaths"]),
        (["design=table"], ["design.path: missing"]),
        (["scenario=glob(x*)"], ["matches nothing"]),
        (["keep=some"], ["keep", "quantiles"]),
    ],
)
def test_bad_input_is_one_message_and_nothing_is_written(refused, overrides, words):
    said = refused(["sweep", *overrides, SHORT])
    for word in words:
        assert word in said


def test_dry_run_says_what_it_costs_and_stops(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["sweep", "-m", f"{SERVICE}=0.2,0.8", "replicates=50", SHORT, "dry_run=true"]) == 0
    text = capsys.readouterr().out
    for word in ("1 scenario, 2 points, 100 runs", "workers", "on disk"):
        assert word in text
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    """A finished study of two scenarios, three points each, twelve replicates."""
    path = tmp_path_factory.mktemp("sweep") / "study"
    overrides = ["scenario=baseline,caches_cleared", f"{SERVICE}=0.2,0.5,0.8", "replicates=24", SHORT]
    assert main(["sweep", *overrides, "seed=3", f"out={path}"]) == 0
    return path


def test_runs_are_those_of_the_simulator(study):
    """A run of a sweep is, to the bit, the run of the same scenario, parameters, seed and replicate by itself."""
    from experiments import load_scenario

    alone = simulate(load_scenario("baseline", [SHORT, f"{SERVICE}=0.5"]), 24, seed=3, threads=1).runs
    swept = store.open_study(study).runs()
    part = swept[(swept["scenario"] == "baseline") & (swept["point"] == 1)].reset_index(drop=True)
    for column in alone.columns:
        if alone[column].dtype.kind == "f":
            assert part[column].to_numpy().tobytes() == alone[column].to_numpy().tobytes(), column
    assert part["run_id"].tolist() == alone["run_id"].tolist()
    assert part["ending"].tolist() == alone["ending"].tolist()


def test_the_folder_holds_what_its_readme_says(study):
    assert (study / "study.json").exists()
    assert len(pd.read_parquet(study / "runs")) == 144
    assert len(pd.read_parquet(study / "points")) == 144
    assert pd.read_parquet(study / "quantiles.parquet")["series"].nunique() > 30
    estimates = pd.read_parquet(study / "estimates.parquet")
    assert estimates.groupby(["scenario", "point"]).ngroups == 6
    figures = {path.stem for path in (study / "figures").glob("*.png")}
    assert {
        "endings-by-scenario",
        "fans-deaths",
        "endings-response-baseline",
        "ridges-deaths-baseline",
    } <= figures


def test_the_same_study_is_not_run_again_and_another_is_refused(study, capsys):
    overrides = [
        "scenario=baseline,caches_cleared",
        f"{SERVICE}=0.2,0.5,0.8",
        SHORT,
        "seed=3",
        f"out={study}",
    ]
    before = {path: path.stat().st_mtime_ns for path in (study / "runs").iterdir()}
    assert main(["sweep", *overrides, "replicates=24", "figures=false"]) == 0
    assert {path: path.stat().st_mtime_ns for path in (study / "runs").iterdir()} == before
    capsys.readouterr()
    assert main(["sweep", *overrides, "replicates=25", "figures=false"]) == 2
    assert "replicates: 24 in the folder, 25 now" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in (study / "runs").iterdir()} == before


def test_status_resume_reproduce(study, capsys):
    assert main(["status", str(study)]) == 0
    text = capsys.readouterr().out
    assert "144 of 144" in text
    assert "finished with 24 replicates" in text
    assert main(["resume", str(study), "figures=false"]) == 0
    capsys.readouterr()
    run_id = store.open_study(study).runs()["run_id"].iloc[100]
    assert main(["reproduce", str(study), run_id]) == 0
    text = capsys.readouterr().out
    assert "equal to what is stored, in every bit" in text
    assert "Ends in:" in text
    assert "2021-09" in text
    assert main(["reproduce", str(study), "baseline/000000000000/0"]) == 2


def test_compare_prints_and_writes(study, tmp_path, capsys):
    out = tmp_path / "comparison"
    assert main(["compare", str(study), "base=caches_cleared", f"out={out}"]) == 0
    text = capsys.readouterr().out
    for word in ("baseline minus caches_cleared", "95 % interval", "P(A>B)", "pairs more"):
        assert word in text
    (data,) = json.loads((out / "compare.json").read_text())
    assert data["b"] == "caches_cleared"
    row = data["outcomes"]["deaths"]
    runs = store.open_study(study).runs()
    means = runs.groupby("scenario", observed=True)["deaths"].mean()
    assert row["difference"] == pytest.approx(means["baseline"] - means["caches_cleared"])
    assert row["low"] <= row["difference"] <= row["high"]
    assert main(["compare", str(study), f"out={out}"]) == 2


def test_a_run_of_outlook_run_is_reproduced(tmp_path, capsys):
    out = tmp_path / "first"
    assert main(["run", SHORT, "replicates=4", "figures=false", "twins=0", f"out={out}"]) == 0
    run_id = pd.read_parquet(out / "runs")["run_id"][2]
    assert main(["reproduce", str(out), run_id, "story=false"]) == 0
    assert "equal to what is stored" in capsys.readouterr().out


def test_auto_replicates_say_their_rule(tmp_path, capsys):
    out = tmp_path / "auto"
    overrides = ["replicates=auto", "precision=0.2", "end=2021-09-20", "figures=false", f"out={out}"]
    assert main(["sweep", *overrides]) == 0
    text = capsys.readouterr().out
    assert "Stopping rule: looks after" in text
    finished = json.loads((out / "finished.json").read_text())
    estimates = pd.read_parquet(out / "estimates.parquet")
    assert ((estimates["high"] - estimates["low"]) / 2 <= 0.2).all()
    assert len(pd.read_parquet(out / "runs")) == finished["replicates"]


def test_two_parameters_make_maps_of_probability(tmp_path):
    from experiments.studies.figures import figures

    out = tmp_path / "plane"
    overrides = [f"{SERVICE}=0.1,0.9", f"{CACHES}=0.2,3.0"]
    assert main(["sweep", *overrides, "replicates=3", SHORT, "figures=false", f"out={out}"]) == 0
    names = [drawn.name for drawn in figures(store.open_study(out), "deaths")]
    assert "ridges-deaths" in names
    assert all(name.startswith(("ridges", "map")) for name in names)


def test_a_stopped_study_says_how_to_resume(tmp_path, capsys, monkeypatch):
    from experiments.runs import carry_out as studies
    from experiments.runs.runner import Ended

    out = tmp_path / "study"
    with monkeypatch.context() as patch:
        patch.setattr(studies, "run_study", lambda *arguments, **more: Ended(False, 6))
        assert main(["sweep", "replicates=6", SHORT, "figures=false", f"out={out}"]) == 130
    assert f"outlook resume {out}" in capsys.readouterr().err
    assert main(["status", str(out)]) == 0
    assert "stopped; go on with" in capsys.readouterr().out
    assert main(["resume", str(out), "figures=false", "executor.workers=1"]) == 0
    assert len(store.open_study(out).runs()) == 6


def test_resume_refuses_other_code(tmp_path, capsys):
    from experiments.runs.plan import Study

    out = tmp_path / "study"
    made = planned("replicates=3")
    old = Study(made.variants, 3, 1, code="another model")
    store.create(old, out, block=3)
    assert main(["resume", str(out)]) == 2
    assert "code of the model: changed" in capsys.readouterr().err


def test_resume_takes_no_option_of_the_study(tmp_path, capsys):
    assert main(["resume", str(tmp_path), "replicates=5"]) == 2
    assert "replicates" in capsys.readouterr().err


def test_the_plan_of_a_bad_variant_is_refused_before_anything_runs():
    with pytest.raises(UserError, match="found 2"):
        planned(f"{SERVICE}=interval(0,2)", "design=lhs")
