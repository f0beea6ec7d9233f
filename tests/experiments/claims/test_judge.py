"""Verdicts on toy worlds whose truth is known, over many seeds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from experiments.claims.judge import Rule, _draws_needed, estimate_effect, judge

DRAWS, LUCK = 150, 2
RULE = Rule(family=20, resamples=200)


def toy(seed: int, effect, shared: float = 0.7, draws: int = DRAWS, binary: bool = False):
    """Two arms ``[draw, luck]``: an outcome moved by a driver, by luck common to both arms, and by luck of
    its own.

    ``effect`` is a function of the driver in [-1, 1] in units of the outcome's spread (about 1).
    """
    rng = np.random.default_rng(seed)
    driver = rng.uniform(-1, 1, draws)
    common = rng.normal(size=(draws, LUCK))
    arms = []
    for on in (0.0, 1.0):
        own = rng.normal(size=(draws, LUCK))
        noise = np.sqrt(shared) * common + np.sqrt(1 - shared) * own
        arms.append(noise + on * effect(driver)[:, None])
    if binary:
        arms = [(a > 0.5).astype(float) for a in arms]
    return arms[0], arms[1], {"driver": driver, "idle": rng.uniform(size=draws)}


def verdicts(effect, direction: str, seeds: int = 120, **kwargs) -> dict[str, float]:
    found: dict[str, float] = {}
    for seed in range(seeds):
        low, high, drivers = toy(seed, effect, **kwargs)
        verdict = judge(low, high, drivers, direction, RULE, seed).verdict
        found[verdict] = found.get(verdict, 0) + 1 / seeds
    return found


def nothing(x):
    return 0 * x


@pytest.mark.parametrize("binary", [False, True])
def test_planted_null_is_called_no_effect(binary):
    """At the stated rate: supported or contradicted at 0.05/20 a claim, so of 120 two or more happen with p
    < 0.04; no effect in at least 80 % (95 % power less the 5 % that the test of varied effects may
    cost)."""
    found = verdicts(nothing, "increases", binary=binary)
    assert found.get("supported", 0) + found.get("contradicted", 0) <= 1 / 120 + 1e-9
    assert found["no effect"] >= 0.8


@pytest.mark.parametrize("binary", [False, True])
def test_planted_effect_is_found_in_its_direction(binary):
    """An effect of 0.6 spreads at 150 draws is some eight standard errors: a miss in 120 has p < 1e-6."""
    assert verdicts(lambda x: 0.6 + nothing(x), "increases", binary=binary)["supported"] >= 0.97
    assert verdicts(lambda x: 0.6 + nothing(x), "decreases", binary=binary)["contradicted"] >= 0.97
    assert verdicts(lambda x: 0.6 + nothing(x), "none", binary=binary)["contradicted"] >= 0.5


def test_effect_at_the_margin_is_seldom_called_none():
    """Two one-sided tests at 5 %: the worst case is an effect of exactly the margin; 12 of 120 has p <
    0.02."""
    found = verdicts(lambda x: RULE.margin + nothing(x), "increases")
    assert found.get("no effect", 0) <= 0.1


def test_a_sign_that_turns_with_a_driver_is_mixed_not_none():
    assert verdicts(lambda x: 1.5 * x, "increases", seeds=60)["mixed"] >= 0.95


def test_a_claim_of_no_effect_is_supported_by_a_null():
    found = verdicts(nothing, "none")
    assert found["supported"] >= 0.8
    assert found.get("contradicted", 0) <= 1 / 120 + 1e-9


def test_interval_covers_the_truth():
    """95 % intervals over 400 seeds: fewer than 92 % or more than 98.5 % has p < 0.01."""
    covered = 0
    for seed in range(400):
        low, high, _ = toy(seed, lambda x: 0.3 + 0.5 * x)
        e = estimate_effect(low, high, Rule(resamples=10), seed)
        covered += e.low <= 0.3 <= e.high
    assert 0.92 <= covered / 400 <= 0.985


def test_probability_of_direction_is_about_draws_not_about_luck():
    """The effect 0.3 + x is above zero at 65 % of the draws, however loud the luck (the mean of 40 has an
    error of 0.01, and the method a bias of up to 0.05 where effects are spread evenly)."""
    shares = [
        estimate_effect(*toy(s, lambda x: 0.3 + x, draws=400)[:2], RULE, s).positive[0] for s in range(40)
    ]
    assert abs(np.mean(shares) - 0.65) < 0.06
    always = [
        estimate_effect(*toy(s, lambda x: 0.4 + nothing(x))[:2], RULE, s).positive[0] for s in range(40)
    ]
    assert np.mean(always) > 0.93


def test_dependence_finds_the_driver_that_matters():
    low, high, drivers = toy(3, lambda x: 0.5 + 0.8 * x)
    by_name = {d.driver: d for d in judge(low, high, drivers, "increases", RULE).dependence}
    assert by_name["driver"].clear
    assert not by_name["idle"].clear
    assert by_name["driver"].low < 1.6 < by_name["driver"].high
    thirds = by_name["driver"].thirds
    assert thirds[0][0] < thirds[1][0] < thirds[2][0]


def test_dependence_false_alarms():
    """At 0.05 / (2 x 20) a slope, one alarm in 300 idle slopes has p = 0.31; three or more p < 0.01."""
    alarms = 0
    for seed in range(300):
        low, high, drivers = toy(seed, nothing, draws=60)
        alarms += {d.driver: d for d in judge(low, high, drivers, "increases", RULE).dependence}["idle"].clear
    assert alarms <= 2


def test_interval_stays_open_when_no_run_flips():
    same = np.zeros((50, 2))
    same[:5] = 1.0
    e = estimate_effect(same, same, RULE)
    assert e.mean == 0
    assert e.low < 0 < e.high


def test_an_outcome_that_never_varies():
    flat = np.ones((20, 2))
    finding = judge(flat, flat, {}, "increases", RULE)
    assert finding.verdict == "no effect"
    assert finding.estimate.low == finding.estimate.high == 0
    assert finding.p_direction[0] == 0.5


def test_sides_that_never_overlap_are_not_taken_for_none():
    """0 in every run of one side and 1 in every run of the other: the spread is that between the sides."""
    finding = judge(np.zeros((30, 2)), np.ones((30, 2)), {}, "increases", RULE)
    assert finding.verdict == "supported"
    assert finding.estimate.spread == 0.5
    assert finding.p_direction[0] == 1.0


def test_draws_that_would_settle_it_do():
    """At the number of draws that a small study names, nine in ten settle: under 32 of 40 has p < 0.02."""
    settled = 0
    for seed in range(40):
        e = estimate_effect(*toy(seed, lambda x: 0.35 + nothing(x), draws=20)[:2], RULE, seed)
        guess = replace(e, mean=0.35, error=float(np.sqrt(0.3 / 20)), spread=1.0, draws=20)
        low, high, drivers = toy(1000 + seed, lambda x: 0.35 + nothing(x), draws=_draws_needed(guess, RULE))
        settled += judge(low, high, drivers, "increases", RULE, seed).verdict == "supported"
    assert settled >= 32


def test_too_few_runs_say_so():
    """Twelve draws settle nothing; the test of varied effects speaks up by mistake in about 5 %."""
    findings = [judge(*toy(s, nothing, draws=12), "increases", RULE, s) for s in range(60)]
    assert np.mean([f.verdict == "mixed" and "too few runs" in f.why for f in findings]) >= 0.85


@pytest.mark.parametrize("shape", [(9, 2), (20, 1), (20,)])
def test_refuses_what_cannot_be_weighed(shape):
    with pytest.raises(ValueError, match="draw"):
        judge(np.zeros(shape), np.zeros(shape), {}, "increases", RULE)


def test_refuses_missing_outcomes():
    low = np.zeros((20, 2))
    high = np.full((20, 2), np.nan)
    with pytest.raises(ValueError, match="finite"):
        judge(low, high, {}, "increases", RULE)


def test_same_seed_same_finding():
    low, high, drivers = toy(5, lambda x: 0.2 * x)
    assert judge(low, high, drivers, "none", RULE, 4) == judge(low, high, drivers, "none", RULE, 4)
