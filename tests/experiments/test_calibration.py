"""Calibration on the model: known parameters come back, what is silent stays, the same seed gives the same
bits.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.forecast import posterior as calibration
from experiments.forecast.posterior import Learner, UnitSpace, infer
from experiments.forecast.predictive import from_posterior, headline_scores, score_file
from experiments.forecast.recovery import coverage
from experiments.forecast.sample import Sample, make_sample, values_of
from sim.uncertainty import Prior
from tests.experiments import calibration_worlds as worlds

RUNS = 4096
LAST = np.datetime64("2023-07-01")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """4,096 runs of the small world."""
    return make_sample(worlds.plan(), Path(tmp_path_factory.mktemp("sample")) / "s", RUNS)


@pytest.fixture(scope="module")
def learner(sample: Sample) -> Learner:
    """The sample with its surrogate."""
    return Learner.of(sample, worlds.targets())


@pytest.fixture(scope="module")
def space() -> UnitSpace:
    """Its parameters on the prior's scale."""
    plan = worlds.plan()
    return UnitSpace.of(plan.names, plan.scenario.space.priors, plan.scenario.schema)


def test_whole_numbers_and_switches_of_unit_values() -> None:
    space = UnitSpace(("s", "n"), (Prior("bernoulli", (0.3,)), Prior("uniform", (1.0, 6.0))), (False, True))
    assert space.from_unit(np.array([[0.2, 0.3], [0.5, 1.0]])).tolist() == [[1.0, 2.0], [0.0, 6.0]]
    assert space.continuous.tolist() == [False, True]


def test_posterior_stays_in_the_prior_and_repeats(learner: Learner, space: UnitSpace) -> None:
    first, again, other = (infer(learner, LAST, 200, seed) for seed in (1, 1, 2))
    assert np.array_equal(first.draws, again.draws)
    assert not np.array_equal(first.draws, other.draws)
    for j, prior in enumerate(space.priors):
        assert first.draws[:, j].min() >= prior.support[0]
        assert first.draws[:, j].max() <= prior.support[1]
    assert first.draws.shape == (200, 6)
    assert first.weight.sum() == pytest.approx(1.0)
    assert first.effective > 200
    assert first.largest < 0.05


def test_known_parameters_are_recovered(sample: Sample, learner: Learner) -> None:
    """60 simulated worlds, six parameters: pooled coverage of 90 % intervals between 0.82 and 0.96.

    360 intervals, dependent within a world: the standard error is below 0.025, so a correct inference fails
    with probability below 1e-3. The rate of jihadist attacks is told by the data (skill above 0.15)."""
    posterior = infer(learner, LAST, 100)
    table = calibration.recover(sample, posterior, worlds.targets(), 60, seed=5)
    assert 0.82 <= table["covered"].mean() <= 0.96
    skill = coverage(table, sample.names).set_index("parameter")["skill"]
    assert skill["iskp.attack_rate"] > 0.15


def test_the_data_move_what_they_speak_of(sample: Sample, learner: Learner) -> None:
    learned = calibration.learned(sample, infer(learner, LAST, 500))
    assert set(learned["parameter"]) == set(sample.names)
    assert learned["ks"].is_monotonic_decreasing
    assert learned.iloc[0]["ks"] > 0.2


def test_the_second_opinion_sees_the_same_direction(
    sample: Sample, learner: Learner, space: UnitSpace
) -> None:
    posterior = infer(learner, LAST, 500)
    opinion = calibration.second_opinion(sample, worlds.targets(), LAST, space, 150)
    table = calibration.side_by_side(sample, posterior, opinion).set_index("parameter")
    prior = np.median(sample.first().parameters[:, sample.names.index("iskp.attack_rate")])
    row = table.loc["iskp.attack_rate"]
    assert (row["likelihood_median"] - prior) * (row["abc_median"] - prior) > 0
    assert table["gap"].between(0, 1).all()


def test_what_is_not_known_yet_has_no_say(sample: Sample, learner: Learner) -> None:
    day = np.datetime64("2022-03-01")
    absurd = worlds.targets().observed.copy()
    absurd[[t.known > day for t in worlds.targets().targets]] = 50.0
    changed = Learner(sample, worlds.targets().with_observed(absurd), learner.surrogate, learner.mean)
    assert np.array_equal(infer(changed, day, 100).draws, infer(learner, day, 100).draws)
    assert not np.array_equal(infer(changed, LAST, 100).draws, infer(learner, LAST, 100).draws)


def test_before_anything_is_known_the_posterior_is_the_prior(sample: Sample, learner: Learner) -> None:
    """Weighted means are those of the prior's own runs within 4.5 standard errors (false-alarm rate 1e-5 each)."""
    made = infer(learner, np.datetime64("2021-09-15"), 100)
    first = sample.first().parameters
    error = first.std(axis=0) * np.sqrt(1 / made.effective + 1 / len(first))
    assert (np.abs(made.weight @ sample.parameters - first.mean(axis=0)) < 4.5 * error).all()


def test_checks_of_targets_and_months_by_hand(sample: Sample) -> None:
    targets = worlds.targets()
    table = calibration.check_targets(targets, sample.summaries, sample.summaries, seed=1)
    assert table["target"].tolist() == list(targets.names)
    assert (table["posterior_low"] <= table["posterior_high"]).all()
    inside = (table["posterior_low"] <= table["observed"]) & (table["observed"] <= table["posterior_high"])
    assert (table["covered"] == inside).all()
    observed = pd.Series([5.0, 500.0], index=pd.PeriodIndex(["2021-10", "2021-11"], freq="M"))
    totals = np.tile(np.arange(101.0)[:, None], (1, 3))
    months = np.array(["2021-10", "2021-11", "2021-12"], dtype="datetime64[M]")
    found = calibration.check_months(observed, totals, months, "prior")
    assert found["month"].tolist() == ["2021-10", "2021-11"]
    assert found["covered_90"].tolist() == [True, False]
    assert found["low_90"].tolist() == [5.0, 5.0]
    assert found["high_80"].tolist() == [90.0, 90.0]


def test_runs_from_a_posterior_use_its_draws_and_fresh_luck(sample: Sample) -> None:
    plan = worlds.plan()
    values = values_of(plan.scenario, plan.names, np.repeat(sample.z[:1], 40, axis=0))
    made = from_posterior(plan, values, seed=1)
    again = from_posterior(plan, values, seed=1, threads=1)
    assert np.array_equal(made.totals["deaths"], again.totals["deaths"])
    assert np.unique(made.totals["deaths"].sum(axis=1)).size > 20
    assert not np.array_equal(made.totals["deaths"][0], sample.totals["deaths"][0])


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
