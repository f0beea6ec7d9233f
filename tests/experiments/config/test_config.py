"""Composition: what comes from files, what from the command line, and what stays unset and so uncertain."""

from __future__ import annotations

import itertools

import hydra
import numpy as np
import pandas as pd
import pytest
import yaml

from experiments import config, load_scenario
from experiments.config import compose, files
from experiments.config.files import group_choices
from experiments.config.grammar import split_sweep
from experiments.kit.errors import UserError
from experiments.kit.options import Options, ScenarioOptions
from experiments.kit.verb import VERBS, Verb, load
from sim.parameters import build_schema
from sim.scenario import Scenario

SCENARIOS = group_choices("scenario")
BARE = Verb("bare", ScenarioOptions)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_packaged_scenario_composes_validates_and_survives_a_round_trip(name):
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.title
    assert scenario.story.strip()
    assert scenario.days > 0
    again = Scenario.from_mapping(yaml.safe_load(yaml.safe_dump(scenario.to_mapping())), name=name)
    assert again.hash == scenario.hash


def test_the_baseline_is_there_and_is_the_default():
    assert "baseline" in SCENARIOS
    assert load_scenario().hash == load_scenario("baseline").hash


def test_an_override_sets_fixes_and_ends_the_uncertainty_of_a_parameter():
    name = next(iter(load_scenario().space.priors))
    parameter = build_schema()[name]
    scenario = load_scenario("baseline", [f"{name}={parameter.high:g}"])
    assert scenario.value(name) == parameter.high
    assert name in scenario.fixed
    assert name not in scenario.space.names
    others = set(load_scenario().space.names) - {name}
    assert set(scenario.space.names) == others


def test_what_nobody_sets_has_its_default_and_is_not_fixed():
    scenario = load_scenario("baseline", ["taliban.control=0.25"])
    untouched = [n for n in scenario.schema.names if n not in scenario.fixed]
    assert untouched
    for name in untouched:
        assert scenario.value(name) == scenario.schema[name].default


def test_deleting_a_key_takes_back_what_the_scenario_set():
    changed = next(
        (n for n in SCENARIOS if n != "baseline" and load_scenario(n).fixed - load_scenario().fixed), None
    )
    assert changed, "no packaged scenario sets a parameter"
    scenario = load_scenario(changed)
    name = sorted(scenario.fixed - load_scenario().fixed)[0]
    assert name not in load_scenario(changed, [f"~{name}"]).fixed


def test_whole_numbers_switches_and_floats_are_read_as_what_they_are():
    scenario = load_scenario("baseline", ["militias.fatemiyoun.instructed=true", "taliban.control=1"])
    assert scenario.value("militias.fatemiyoun.instructed") == 1.0
    assert scenario.value("taliban.control") == 1.0


def test_a_mapping_sets_several_parameters():
    scenario = load_scenario("baseline", ["taliban={control: 0.2, prudence: 0.9}"])
    assert scenario.value("taliban.control") == 0.2
    assert {"taliban.control", "taliban.prudence"} <= scenario.fixed


def test_the_command_line_adds_a_power_with_a_plus():
    scenario = load_scenario("baseline", ["+powers.india.stance=0.4", "+powers.india.follows=0.1"])
    assert "india" in scenario.entities["powers"]
    assert scenario.value("powers.india.stance") == 0.4
    assert "powers.india.shock" in scenario.schema


def test_a_plus_on_a_known_key_sets_it():
    assert load_scenario("baseline", ["+taliban.control=0.2"]).value("taliban.control") == 0.2


def test_own_file_is_laid_over_the_baseline(tmp_path):
    path = tmp_path / "my world.yaml"
    path.write_text("title: Mine\ntaliban: {control: 0.2}\npowers: {india: {stance: 0.5}}\n")
    scenario = load_scenario(str(path))
    base = load_scenario("baseline")
    assert (scenario.name, scenario.title) == ("my world", "Mine")
    assert (scenario.start, scenario.end) == (base.start, base.end)
    assert scenario.fixed == base.fixed | {"taliban.control", "powers.india.stance"}
    assert [q.id for q in scenario.questions] == [q.id for q in base.questions]


def test_a_prior_of_an_own_file_replaces_the_one_below_it_and_null_takes_one_out(tmp_path):
    path = tmp_path / "box.yaml"
    path.write_text(
        "space:\n  economy.growth: {dist: uniform, low: -0.05, high: 0.0}\n  caches: {abundance: null}\n"
        "  taliban.service_delivery: {dist: triangular, low: 0.15, mode: 0.45, high: 0.8, within: [0.2, 0.5]}\n"
    )
    priors = load_scenario(str(path)).space.priors
    assert priors["economy.growth"].dist == "uniform"
    assert priors["taliban.service_delivery"].support == (0.2, 0.5)
    assert len(priors) == len(load_scenario("baseline").space.priors) - 1


def test_own_file_may_start_from_another_packaged_scenario(tmp_path):
    other = next(name for name in SCENARIOS if name != "baseline" and load_scenario(name).fixed)
    (tmp_path / "mine.yaml").write_text(f"base: {other}\ntitle: Mine\n")
    (tmp_path / "same.yml").write_text(f"defaults: [{other}, _self_]\ntitle: Mine\n")
    scenario = load_scenario(str(tmp_path / "mine.yaml"))
    assert scenario.fixed == load_scenario(other).fixed
    assert load_scenario(str(tmp_path / "same.yml")).hash == scenario.hash
    assert (
        load_scenario(str(tmp_path / "mine.yaml"), ["taliban.control=0.11"]).value("taliban.control") == 0.11
    )


def test_events_may_be_written_nested_or_dotted(tmp_path):
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text("events: [{date: 2021-10-01, title: x, set: {taliban.control: 0.3}}]\n")
    two.write_text("events: [{date: 2021-10-01, title: x, set: {taliban: {control: 0.3}}}]\n")
    assert load_scenario(str(one)).hash == load_scenario(str(two)).hash


def test_uncertainty_none_fixes_everything():
    scenario = load_scenario("baseline", ["uncertainty=none"])
    assert scenario.space.names == ()
    draws = scenario.draw(np.arange(5), 1)
    assert (draws == scenario.values).all()


def test_uncertainty_prior_draws_only_what_is_not_fixed():
    scenario = load_scenario()
    draws = scenario.draw(np.arange(50), 1)
    varies = {name for name, column in zip(scenario.schema.names, draws.T, strict=True) if np.ptp(column) > 0}
    assert varies
    assert varies <= set(scenario.space.names)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_posterior_takes_the_place_of_the_priors(tmp_path, ending):
    path = tmp_path / f"fit.{ending}"
    table = pd.DataFrame({"taliban.control": [0.2, 0.3], "taliban.prudence": [0.4, 0.9]})
    table.to_csv(path, index=False) if ending == "csv" else table.to_parquet(path)
    scenario = load_scenario("baseline", ["uncertainty=posterior", f"posterior={path}"])
    assert {"taliban.control", "taliban.prudence"} <= set(scenario.space.names)
    draws = scenario.draw(np.arange(200), 1)[:, [scenario.schema.index(name) for name in table]]
    assert {tuple(row) for row in draws} == {(0.2, 0.4), (0.3, 0.9)}


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("taliban.contrl\n0.2\n", "nearest: taliban.control"),
        ("taliban.control,weight\n0.2,1\n", "design=posterior takes weights"),
        ("taliban.control\n1.5\n", "row 1: taliban.control: found 1.5;"),
        ("taliban.control\nmuch\n", "allowed: a number from 0 to 1"),
        ("taliban.control\n", "holds no draws"),
    ],
)
def test_a_bad_posterior_is_refused(tmp_path, content, part):
    (tmp_path / "fit.csv").write_text(content)
    with pytest.raises(UserError, match=part):
        load_scenario("baseline", ["uncertainty=posterior", f"posterior={tmp_path / 'fit.csv'}"])


def test_the_space_can_be_changed_on_the_command_line():
    name = next(iter(load_scenario().space.priors))
    assert name not in load_scenario("baseline", [f"~space.{name}"]).space.names
    parameter = build_schema()["taliban.control"]
    made = load_scenario("baseline", ["space.taliban.control={dist: uniform, low: 0.1, high: 0.2}"])
    if "taliban.control" not in load_scenario().fixed:
        assert made.space.priors["taliban.control"].args == (0.1, 0.2)
        assert parameter.low <= 0.1


def test_the_horizon_can_be_changed_on_the_command_line(tmp_path):
    (tmp_path / "plain.yaml").write_text("events: []\n")
    scenario = load_scenario(
        str(tmp_path / "plain.yaml"), ["start=2021-10-01", "end=2021-10-31", "+assumes=little"]
    )
    assert scenario.days == 30


def test_options_and_scenario_come_out_of_one_composition():
    job = compose("run", ["replicates=7", "taliban.control=0.2", "seed=5"])
    assert (job.options.replicates, job.options.seed) == (7, 5)
    assert job.scenario.value("taliban.control") == 0.2
    assert "replicates" not in job.tree


def test_the_printed_configuration_holds_every_parameter_and_option():
    job = compose("run", ["taliban.control=0.2"])
    printed = yaml.safe_load(job.to_yaml())
    assert printed["taliban"]["control"] == 0.2
    assert printed["replicates"] == 500
    for name in job.scenario.schema.names:
        found = printed
        for part in name.split("."):
            found = found[part]
        assert found == job.scenario.value(name)
    assert yaml.safe_load(job.to_yaml("taliban")) == printed["taliban"]


def test_an_option_may_bear_the_name_of_a_scenario_key():
    class Asks(ScenarioOptions):
        questions: str = "first_year"

    verb = Verb("asks", Asks)
    assert compose(verb).options.questions == "first_year"
    job = compose(verb, ["questions=./mine.yaml"])
    assert job.options.questions == "./mine.yaml"
    assert [q.id for q in job.scenario.questions] == [q.id for q in load_scenario().questions]


def test_a_file_of_forecasting_questions_serves_as_the_questions_of_a_run():
    scenario = load_scenario("baseline", ["questions=first_year"])
    ids = [question.id for question in scenario.questions]
    assert len(ids) > 5
    assert len(set(ids)) == len(ids)


def test_a_verb_without_a_scenario_knows_no_parameters():
    verb = Verb("plain", Options, takes_scenario=False)
    with pytest.raises(UserError, match="unknown key"):
        compose(verb, ["taliban.control=0.2"])
    with pytest.raises(UserError, match="takes no scenario"):
        _ = compose(verb).scenario


def test_no_option_of_a_verb_hides_a_parameter_or_a_key_of_the_scenario():
    groups = {name.split(".")[0] for name in build_schema().names}
    for name in VERBS:
        verb = load(name)
        if verb.takes_scenario:
            clash = set(verb.options.model_fields) & (
                groups | set(verb.groups) - set(verb.options.model_fields)
            )
            assert not clash, f"{name}: {clash}"


def test_a_sweep_is_sorted_into_fixed_choices_and_intervals():
    sweep = split_sweep(
        ["a=1", "b=1,2.5,x", "c=range(0,1,0.5)", "d=interval(0,2)", "scenario=glob(s*)", "t='x,y'"],
        {"scenario": ["siege_1", "siege_2", "baseline"]},
    )
    assert sweep.fixed == ("a=1", "t='x,y'")
    assert sweep.choices == {"b": [1, 2.5, "x"], "c": [0.0, 0.5], "scenario": ["siege_1", "siege_2"]}
    assert sweep.intervals == {"d": (0.0, 2.0)}
    with pytest.raises(UserError, match="matches nothing"):
        split_sweep(["scenario=glob(x*)"], {"scenario": ["baseline"]})
    with pytest.raises(UserError, match="no group"):
        split_sweep(["b=glob(x*)"], {})


def test_two_compositions_do_not_mix():
    pairs = itertools.product(["taliban.control=0.2", "taliban.control=0.9"], repeat=2)
    for one, two in pairs:
        first, second = load_scenario("baseline", [one]), load_scenario("baseline", [two])
        assert first.value("taliban.control") == float(one.split("=")[1])
        assert second.value("taliban.control") == float(two.split("=")[1])
    assert "taliban.control" not in load_scenario().fixed or load_scenario().value("taliban.control") not in (
        0.2,
        0.9,
    )


def test_hydra_set_up_by_a_caller_is_left_as_it_was(tmp_path):
    (tmp_path / "theirs.yaml").write_text("a: 1\n")
    with hydra.initialize_config_dir(str(tmp_path), version_base="1.3"):
        load_scenario()
        assert hydra.compose("theirs") == {"a": 1}


def test_what_the_package_says_it_exports_is_there():
    for name in config.__all__:
        assert hasattr(config, name)


def test_own_questions_replace_as_a_list_and_join_as_a_mapping(tmp_path):
    spec = "text: Many, metric: deaths, comparison: '>', value: 9, by: 2022-03-01"
    (tmp_path / "list.yaml").write_text(f"questions: [{{id: mine, {spec}}}]\n")
    (tmp_path / "mapping.yaml").write_text(f"questions: {{mine: {{{spec}}}}}\n")
    assert [q.id for q in load_scenario(str(tmp_path / "list.yaml")).questions] == ["mine"]
    packaged = [q.id for q in load_scenario().questions]
    assert [q.id for q in load_scenario(str(tmp_path / "mapping.yaml")).questions] == [*packaged, "mine"]


def test_the_packaged_posterior_fits_the_parameter_table():
    """A calibration of an older parameter table would be refused, and with it uncertainty=posterior."""
    scenario = load_scenario("baseline", ["uncertainty=posterior"])
    assert scenario.space.posterior is not None
    assert len(scenario.space.posterior) >= 50
    assert set(scenario.space.posterior_names) <= set(scenario.schema.names)


def test_the_defaults_that_are_named_in_code_are_those_of_the_file() -> None:
    defaults = files.read_yaml(files.config_folder() / "config.yaml")["defaults"]
    assert {"space": files.DEFAULT_SPACE} in defaults
    assert {"scenario": files.DEFAULT_SCENARIO} in defaults


@pytest.mark.parametrize("words", [["~space"], ["~space=report"], ["~space.taliban.control"]])
def test_what_is_uncertain_can_be_left_out(words: list[str]) -> None:
    priors = load_scenario("baseline", words).space.priors
    assert "taliban.control" not in priors
    assert (len(priors) > 100) == (words[0] == "~space.taliban.control")
