"""Calibration on the model: known parameters come back, what is silent stays, the same seed gives the same
bits.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.forecast import diagnostics
from experiments.forecast.answers import headline_scores, score_file
from experiments.forecast.posterior import Learner, infer
from experiments.forecast.sample import FRESH, Sample, SamplePlan, make_sample, predict
from sim.uncertainty import Prior, Space
from tests.experiments.forecast import worlds

RUNS = 4096
LAST = np.datetime64("2023-07-01")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """4,096 runs of the small world."""
    return make_sample(worlds.plan(), Path(tmp_path_factory.mktemp("sample")) / "s", RUNS)


@pytest.fixture(scope="module")
def learner(sample: Sample) -> Learner:
    """The sample with its surrogate."""
    return Learner.of(sample)


def test_whole_numbers_and_switches_are_quantiles_of_their_priors() -> None:
    priors = {"iskp.active": Prior("bernoulli", (0.3,)), "fronts.nrf.home": Prior("uniform", (1.0, 6.0))}
    scenario = worlds.scenario().with_space(Space(priors))
    plan = SamplePlan(scenario, worlds.targets(), worlds.questions(), 1)
    assert plan.names == ("fronts.nrf.home", "iskp.active")
    assert plan.parameters(np.array([[0.35, 0.2], [1.0, 0.5]])).tolist() == [[3.0, 1.0], [6.0, 0.0]]


def test_posterior_stays_in_the_prior_and_repeats(learner: Learner) -> None:
    first, again, other = (infer(learner, LAST, 200, seed) for seed in (1, 1, 2))
    assert first.table.equals(again.table)
    assert not first.table.equals(other.table)
    for name, prior in worlds.scenario().space.priors.items():
        assert first.table[name].min() >= prior.support[0]
        assert first.table[name].max() <= prior.support[1]
    assert first.table.shape == (200, 6)
    assert first.weights.weight.sum() == pytest.approx(1.0)
    assert first.weights.effective > 200
    assert first.weights.largest < 0.05


def test_known_parameters_are_recovered(learner: Learner) -> None:
    """60 simulated worlds, six parameters: pooled coverage of 90 % intervals between 0.82 and 0.96.

    360 intervals, dependent within a world: the standard error is below 0.025, so a correct inference fails
    with probability below 1e-3. The rate of jihadist attacks is told by the data (skill above 0.15)."""
    posterior = infer(learner, LAST, 100)
    table = diagnostics.recover(posterior, 60, seed=5)
    assert 0.82 <= table["covered"].mean() <= 0.96
    skill = diagnostics.coverage(table, learner.sample.plan.names).set_index("parameter")["skill"]
    assert skill["iskp.attack_rate"] > 0.15


def test_the_data_move_what_they_speak_of(sample: Sample, learner: Learner) -> None:
    learned = diagnostics.learned(infer(learner, LAST, 500))
    assert set(learned["parameter"]) == set(sample.plan.names)
    assert learned["ks"].is_monotonic_decreasing
    assert learned.iloc[0]["ks"] > 0.2


def test_the_second_opinion_sees_the_same_direction(sample: Sample, learner: Learner) -> None:
    table = diagnostics.second_opinion(infer(learner, LAST, 500), 150, seed=1).set_index("parameter")
    prior = np.median(sample.first().parameters[:, sample.plan.names.index("iskp.attack_rate")])
    row = table.loc["iskp.attack_rate"]
    assert (row["likelihood_median"] - prior) * (row["abc_median"] - prior) > 0
    assert table["gap"].between(0, 1).all()


def test_what_is_not_known_yet_has_no_say(sample: Sample, learner: Learner) -> None:
    day = np.datetime64("2022-03-01")
    absurd = worlds.targets().observed.copy()
    absurd[[t.known > day for t in worlds.targets().targets]] = 50.0
    changed = Learner(sample, worlds.targets().with_observed(absurd), learner.surrogate, learner.mean)
    assert np.array_equal(infer(changed, day, 100).rows, infer(learner, day, 100).rows)
    assert not np.array_equal(infer(changed, LAST, 100).rows, infer(learner, LAST, 100).rows)


def test_before_anything_is_known_the_posterior_is_the_prior(sample: Sample, learner: Learner) -> None:
    """Weighted means are those of the prior's own runs within 4.5 standard errors (false-alarm rate 1e-5 each)."""
    made = infer(learner, np.datetime64("2021-09-15"), 100)
    first = sample.first().parameters
    error = first.std(axis=0) * np.sqrt(1 / made.weights.effective + 1 / len(first))
    assert (np.abs(made.weights.weight @ sample.parameters - first.mean(axis=0)) < 4.5 * error).all()


def test_checks_of_targets_and_months_by_hand(sample: Sample) -> None:
    targets = worlds.targets()
    table = diagnostics.check_targets(targets, sample.summaries, sample.summaries, seed=1)
    assert table["target"].tolist() == list(targets.names)
    assert (table["posterior_low"] <= table["posterior_high"]).all()
    inside = (table["posterior_low"] <= table["observed"]) & (table["observed"] <= table["posterior_high"])
    assert (table["covered"] == inside).all()
    observed = pd.Series([5.0, 500.0], index=pd.PeriodIndex(["2021-10", "2021-11"], freq="M"))
    totals = np.tile(np.arange(101.0)[:, None], (1, 3))
    months = np.array(["2021-10", "2021-11", "2021-12"], dtype="datetime64[M]")
    found = diagnostics.check_months(observed, totals, months, "prior")
    assert found["month"].tolist() == ["2021-10", "2021-11"]
    assert found["covered_90"].tolist() == [True, False]
    assert found["low_90"].tolist() == [5.0, 5.0]
    assert found["high_80"].tolist() == [90.0, 90.0]


def test_runs_from_a_posterior_use_its_draws_and_fresh_luck(sample: Sample) -> None:
    plan = worlds.plan()
    z, luck = np.repeat(sample.z[:1], 40, axis=0), FRESH + np.arange(40)
    made, again = predict(plan, z, luck), predict(plan, z, luck, threads=1)
    assert np.array_equal(made["totals_deaths"], again["totals_deaths"])
    assert np.unique(made["totals_deaths"].sum(axis=1)).size > 20
    assert not np.array_equal(made["totals_deaths"][0], sample.totals["deaths"][0])


def test_questions_are_answered_and_scored(sample: Sample) -> None:
    table = score_file(worlds.questions(), sample.answers)
    assert len(table) == 34
    assert (table["kind"] == "cannot").sum() == 11
    assert (table.loc[table["kind"] == "cannot", "note"].str.len() > 10).all()
    binary = table[table["kind"] == "binary"]
    assert ((binary["low"] <= binary["probability"]) & (binary["probability"] <= binary["high"])).all()
    assert np.allclose(binary["brier"], (binary["probability"] - binary["resolution"]) ** 2)
    readings = headline_scores(table)
    assert set(readings) == {"all", "without hindsight", "groups as one", "both"}
    assert readings["without hindsight"]["questions"].iloc[0] < readings["all"]["questions"].iloc[0]
