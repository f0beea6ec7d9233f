"""From Python: the same road as the command line, and objects that show themselves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.figure import Figure

import experiments
import experiments.forecast.forecast  # a folder of the name of a function
from experiments import (
    UserError,
    compare,
    discover,
    forecast,
    load_scenario,
    load_study,
    run,
    sensitivity,
    sweep,
)
from experiments.cli.main import main
from experiments.config.call import written
from experiments.config.grammar import parse
from sim.outcomes import ENDINGS

SHORT = {"end": "2021-12-06", "replicates": 12, "seed": 3}
WORDS = ["end=2021-12-06", "replicates=12", "seed=3"]


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    out = tmp_path_factory.mktemp("python") / "run"
    return run("baseline", "taliban.control=0.9", taliban={"service_delivery": 0.7}, twins=5, out=out, figures=False,
               **SHORT)  # fmt: skip


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    out = tmp_path_factory.mktemp("python") / "sweep"
    return sweep(scenario=["baseline", "caches_abundant"], out=out, figures=False, **SHORT)


@pytest.mark.parametrize(
    "value",
    [0.7, 12, True, None, "2021-12-06", "results/first", "a b, c", "it's", r"back\slash", ["deaths", 1, "x y"],
     {"dist": "uniform", "low": 0}, [{"date": "2021-12-01", "set": {"supply.corridor": 0.8}}]],
)  # fmt: skip
def test_values_reach_hydra_as_they_are(value):
    (override,) = parse([f"key={written(value)}"])
    assert override.value() == value
    assert not override.is_sweep_override()


@pytest.mark.parametrize("place", [None, 3, b"results", [], "", object()])
def test_what_is_no_folder_is_refused_with_what_is(place):
    for call in (load_study, compare, discover):
        with pytest.raises(UserError, match=r"^folder: found .*; allowed: a path as text, or what run"):
            call(place)
    with pytest.raises(UserError):
        load_scenario(place)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"out": "a\0b"}, "out: found .* allowed: text without the character NUL"),
        ({"out": b"x"}, "out: found b'x'; allowed: text, a number, a date, a list or a mapping"),
        ({"out": {}}, "out: found {}; allowed: text"),
        ({"out": ""}, "out: found ''; allowed: text"),
        ({"taliban": {"control": {0.1, 0.2}}}, r"taliban\.control: found {.*}; allowed: text, a number"),
    ],
)
def test_what_no_option_can_be_is_refused_by_its_name(options, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=says):
        run("baseline", **options, **SHORT)
    assert not list(tmp_path.iterdir())


def test_overrides_are_a_list_of_texts():
    for wrong in (None, 3, "end=2022-01-01", [3], b""):
        with pytest.raises(UserError, match=r"^overrides: found .*; allowed: a list of texts"):
            load_scenario("baseline", wrong)


def test_lists_are_taken_in_turn_by_a_sweep_and_functions_are_hydras():
    assert parse([f"key={written([0.2, 0.5], True)}"])[0].is_choice_sweep()
    assert parse([f"key={written('interval(0,1)')}"])[0].is_interval_sweep()


def test_the_command_line_finds_what_python_made(result, capsys):
    words = ["taliban.control=0.9", "taliban.service_delivery=0.7", "twins=5", "figures=false", *WORDS]
    assert main(["run", *words, f"out={result.path}"]) == 0
    assert "already there" in capsys.readouterr().out
    command = json.loads((result.path / "study.json").read_text())["command"]
    assert command.startswith(
        "outlook run scenario=baseline taliban.control=0.9 taliban.service_delivery=0.7 twins=5"
    )


def test_python_prints_nothing(tmp_path, capsys):
    run(out=tmp_path / "run", figures=False, twins=0, **SHORT)
    assert capsys.readouterr().out == ""


def test_a_result_holds_the_tables_of_its_folder(result):
    assert len(result.runs) == len(result.parameters) == len(result.series) // 91 == 12
    assert "taliban.service_delivery" not in result.parameters
    assert {"scenario", "point", "replicate", "date", "deaths"} <= set(result.series)
    assert list(result.plan["point"]) == [0]
    assert result.endings.to_numpy().sum() == pytest.approx(1)
    with pytest.raises(UserError, match="holds no places; allowed: runs with keep=all"):
        _ = result.places


def test_drawn_parameters_are_stored_with_the_runs_of_every_study(result, swept):
    """Each run keeps the value of each parameter that varies, so that any run can be made again or explained."""
    uncertain = load_scenario("baseline", ["taliban.control=0.9", "taliban.service_delivery=0.7"]).space.names
    assert set(uncertain) <= set(result.parameters)
    assert (result.parameters["run_id"] == result.runs["run_id"]).all()
    assert result.parameters[list(uncertain)].notna().all(axis=None)
    assert result.parameters["caches.abundance"].nunique() == 12
    assert set(load_scenario("baseline").space.names) <= set(swept.parameters)


def test_reprs_are_short_and_name_no_path_but_the_given_one(result, swept):
    assert repr(result) == f"<Result of outlook run: 12 runs of baseline, in {result.path}>"
    assert repr(swept) == f"<Result of outlook sweep: 24 runs of baseline, caches_abundant, in {swept.path}>"
    shown = swept._repr_html_()
    assert "caches_abundant" in shown
    assert all(
        name.replace("_", " ").replace("multi front", "multi-front").capitalize() in shown for name in ENDINGS
    )


def test_every_figure_of_the_command_line_is_drawn(result, swept):
    assert set(result.figures) >= {"endings", "fans", "provinces", "valley", "spread"}
    assert isinstance(result.plot("endings"), Figure)
    with pytest.raises(UserError, match=r"no figure 'ending'; .*nearest: endings"):
        result.plot("ending")
    assert isinstance(swept.plot("endings-by-scenario"), Figure)
    with pytest.raises(UserError, match="measure: found 'death'"):
        swept.plot("endings-by-scenario", measure="death")


def test_a_sweep_knows_its_problem_as_salib_asks_for_it(tmp_path):
    made = sweep("caches.abundance=interval(0.5,2)", design="lhs", out=tmp_path / "s", figures=False,
                 end="2021-11-06", **{"caches.search": "interval(0,1)", "design.n": 8})  # fmt: skip
    assert (made.problem["num_vars"], made.problem["names"]) == (2, ["caches.abundance", "caches.search"])
    assert made.problem["bounds"] == [[0.5, 2.0], [0.0, 1.0]]
    assert len(made.plan) == 8


def test_a_scenario_that_a_program_made_runs_as_it_is(tmp_path):
    scenario = load_scenario("baseline", ["end=2021-11-06", "taliban.control=0.9"])
    made = run(scenario, replicates=4, out=tmp_path / "run", figures=False, twins=0)
    assert made.folder.study.variants[0].scenario.hash == scenario.hash
    with pytest.raises(UserError, match=r"taliban\.control: has no effect on <Scenario 'baseline'"):
        run(scenario, "taliban.control=0.5", out=tmp_path / "other")
    with pytest.raises(
        UserError, match=r"found <Scenario 'baseline'.* allowed: a scenario in the first place of run"
    ):
        sweep(scenario, "taliban.control=0.5,0.6")


def test_differences_have_a_table_and_a_figure(swept):
    made = compare(swept, outcomes=["consolidation", "deaths"])
    assert repr(made) == "<Answer 'caches_abundant minus baseline, 12 pairs': differences>"
    assert list(made.table["outcome"]) == ["consolidation", "deaths"]
    assert {"difference", "low", "high"} <= set(made.table)
    assert isinstance(made.plot(), Figure)
    assert "caches_abundant" in made._repr_html_()
    with pytest.raises(
        UserError, match="no figure 'difference-0'; allowed: differences-0; nearest: differences-0"
    ):
        made.plot("difference-0")


def test_a_forecast_holds_questions_scores_and_a_figure(tmp_path):
    assert experiments.forecast is forecast
    made = forecast(questions="first_year", replicates=20, out=tmp_path / "f")
    assert {"probability", "low", "high", "resolution"} <= set(made.questions)
    assert {"brier", "reading"} <= set(made.scores)
    assert made.figures == ("questions",)
    assert isinstance(made.plot(), Figure)
    with pytest.raises(UserError, match="holds no paths; allowed: questions, scores"):
        _ = made.paths
    assert {path.name for path in (tmp_path / "f").iterdir()} >= {
        "questions.csv",
        "scores.csv",
        "questions.png",
    }


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    """Many attack rates of the rival over one month."""
    out = tmp_path_factory.mktemp("python") / "worlds"
    return sweep("iskp.attack_rate=interval(1,40)", "caches.search=interval(0,1)", design="lhs", uncertainty="none",
                 end="2021-10-08", seed=3, keep="monthly", figures=False, out=out, **{"design.n": 120})  # fmt: skip


def test_what_matters_is_told_with_tables_and_figures(worlds, tmp_path):
    told = sensitivity(worlds, outcomes=["deaths", "attacks_iskp"])
    assert repr(told).endswith(
        f"what matters': sensitivity, luck, over_time, in {worlds.path / 'sensitivity'}>"
    )
    assert set(told.table["outcome"]) == {"deaths", "attacks_iskp"}
    assert {"outcome", "floor"} <= set(told.tables["luck"].columns)
    assert told.figures == ("ranking", "over_time")
    assert isinstance(told.plot("ranking"), Figure)
    assert "2 parameters, 120 runs" in told._repr_html_()
    own = sensitivity("end=2021-10-08", "iskp.attack_rate=interval(1,8)", method="sobol", n=8, uncertainty="none",
                      outcomes=["deaths"], out=tmp_path / "own")  # fmt: skip
    again = load_study(own.path)
    assert (again.verb, again.figures) == ("sensitivity", own.figures)


def test_conditions_are_told_with_tables_a_figure_and_scenario_files(worlds, tmp_path):
    half = worlds.runs["attacks_iskp"].median()
    made = discover(worlds, f"attacks_iskp > {half:g}", boxes=1, resamples=2, out=tmp_path / "boxes")
    assert {"box", "sentence", "density", "coverage_low"} <= set(made.table)
    assert {"box", "parameter", "low", "high", "quasi_p"} <= set(made.tables["limits"])
    assert "density [95 % interval]" in made._repr_html_()
    assert isinstance(made.plot(), Figure)
    assert load_scenario(made.path / made.data["boxes"][0]["scenario"]).title.endswith("box 1")
    kept = load_study(made.path)
    assert kept.figures == ("boxes",)
    assert isinstance(kept.plot("boxes"), Figure)
    with pytest.raises(UserError, match="found no condition"):
        discover(worlds)


def test_a_folder_without_runs_shows_what_was_written(swept, tmp_path):
    compare(swept, outcomes=["consolidation", "deaths"], out=tmp_path / "c")
    made = load_study(tmp_path / "c")
    assert repr(made) == f"<Answer 'Comparison': differences, in {tmp_path / 'c'}>"
    assert list(made.table["outcome"]) == ["consolidation", "deaths"]
    assert isinstance(made.plot("differences-0"), Figure)
    with pytest.raises(
        UserError, match="no figure 'differences'; allowed: differences-0; nearest: differences-0"
    ):
        made.plot("differences")


def test_any_folder_of_runs_opens_and_nothing_else(result, tmp_path):
    again = load_study(result.path)
    assert again.runs.equals(result.runs)
    with pytest.raises(UserError, match="no such folder"):
        load_study(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: run("baselin"), ["run", "scenario=baselin"]),
        (lambda: run(replicates="many"), ["run", "replicates=many"]),
        (lambda: run(taliban={"service_delivry": 1}), ["run", "taliban.service_delivry=1"]),
        (lambda: run("taliban.control=2"), ["run", "taliban.control=2"]),
        (lambda: sweep(design="lsh"), ["sweep", "design=lsh"]),
        (lambda: compare("nowhere"), ["compare", "nowhere"]),
        (lambda: forecast(series="death", from_="2022-10", to="2022-12"),
         ["forecast", "series=death", "from=2022-10", "to=2022-12"]),
    ],
)  # fmt: skip
def test_errors_are_those_of_the_command_line(call, words, capsys):
    assert main(words) == 2
    said = capsys.readouterr().err.strip()
    with pytest.raises(UserError) as error:
        call()
    assert said == "\n".join(f"outlook: {line}" for line in error.value.lines)


def test_importing_the_package_is_light():
    code = "import experiments, sys; print({'numpy', 'hydra', 'pandas', 'matplotlib', 'numba'} & set(sys.modules))"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "set()"
