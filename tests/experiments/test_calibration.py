"""Calibration on the model: known parameters come back, what is silent stays, the same seed gives the same
bits.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.forecast import posterior as calibration
from experiments.forecast.posterior import UnitSpace, cumulative, infer
from experiments.forecast.predictive import from_posterior, headline_scores, score_file
from experiments.forecast.recovery import coverage
from experiments.forecast.sample import Sample, make_sample
from sim.uncertainty import Prior
from tests.experiments import calibration_worlds as worlds

RUNS = 1500


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """1,500 runs of the small world."""
    return make_sample(worlds.plan(), Path(tmp_path_factory.mktemp("sample")) / "s", RUNS)


@pytest.fixture(scope="module")
def space() -> UnitSpace:
    """Its parameters on the prior's scale."""
    plan = worlds.plan()
    return UnitSpace.of(plan.names, plan.scenario.space.priors, plan.scenario.schema)


PRIORS = (
    Prior("uniform", (2.0, 9.0)),
    Prior("loguniform", (0.1, 40.0)),
    Prior("triangular", (0.0, 0.2, 1.0)),
    Prior("triangular", (0.0, 0.0, 1.0)),
    Prior("triangular", (0.0, 1.0, 1.0)),
)


@pytest.mark.parametrize("prior", PRIORS)
def test_distribution_function_is_the_inverse_of_the_quantile(prior: Prior) -> None:
    u = np.linspace(0.001, 0.999, 200)
    assert np.allclose(cumulative(prior, prior.quantile(u)), u, atol=1e-9)


def test_switches_and_whole_numbers_keep_their_values() -> None:
    space = UnitSpace(("s", "n"), (Prior("bernoulli", (0.3,)), Prior("uniform", (1.0, 6.0))), (False, True))
    values = np.array([[0.0, 2.0], [1.0, 5.0]])
    assert space.from_unit(space.to_unit(values)).tolist() == values.tolist()
    assert space.continuous.tolist() == [False, True]


def test_posterior_stays_in_the_prior_and_repeats(sample: Sample, space: UnitSpace) -> None:
    first, again, other = (infer(sample, worlds.targets(), space, 150, 200, seed) for seed in (1, 1, 2))
    assert np.array_equal(first.draws, again.draws)
    assert not np.array_equal(first.draws, other.draws)
    for j, prior in enumerate(space.priors):
        assert first.draws[:, j].min() >= prior.support[0]
        assert first.draws[:, j].max() <= prior.support[1]
    assert first.draws.shape == (200, 6)
    assert 20 < first.effective <= 150


def test_known_parameters_are_recovered(sample: Sample, space: UnitSpace) -> None:
    """60 simulated worlds, six parameters: pooled coverage of 90 % intervals between 0.82 and 0.96.

    360 intervals, dependent within a world: the standard error is below 0.025, so a correct inference fails
    with probability below 1e-3. The rate of jihadist attacks is told by the data (skill above 0.15)."""
    table = calibration.recover(sample, worlds.targets(), space, 200, 60, seed=5)
    assert 0.82 <= table["covered"].mean() <= 0.96
    skill = coverage(table, space.names).set_index("parameter")["skill"]
    assert skill["iskp.attack_rate"] > 0.15
    assert skill["iskp.attack_rate"] > skill["community.hardship_weight"]


def test_the_data_move_what_they_speak_of(sample: Sample, space: UnitSpace) -> None:
    posterior = infer(sample, worlds.targets(), space, 150, 500, seed=1)
    learned = calibration.learned(sample, posterior)
    assert set(learned["parameter"]) == set(space.names)
    assert learned["ks"].is_monotonic_decreasing
    assert learned.iloc[0]["ks"] > 0.2


def test_a_target_of_weight_nought_has_no_say(sample: Sample, space: UnitSpace) -> None:
    from dataclasses import replace

    whole = worlds.targets()
    silent = replace(whole.targets[0], weight=0.0, observed=-50.0)
    absurd = replace(whole, targets=(silent, *whole.targets[1:]))
    without = replace(whole, targets=(replace(whole.targets[0], weight=0.0), *whole.targets[1:]))
    assert np.array_equal(infer(sample, absurd, space, 150).draws, infer(sample, without, space, 150).draws)


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


def test_runs_from_a_posterior_use_its_draws_and_fresh_luck(sample: Sample) -> None:
    plan = worlds.plan()
    fixed = np.tile(sample.parameters[:1], (10, 1))
    made = from_posterior(plan, plan.names, fixed, 40, seed=1)
    again = from_posterior(plan, plan.names, fixed, 40, seed=1, threads=1)
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
