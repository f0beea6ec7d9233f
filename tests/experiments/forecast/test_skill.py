"""Skill, its interval, and the calibration tables."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.forecast import skill


def philox(key: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=key))


def test_value_by_hand_and_limits() -> None:
    assert skill.skill([1.0, 1.0], [2.0, 2.0]).value == pytest.approx(0.5)
    assert skill.skill([2.0], [2.0]).value == 0.0
    assert skill.skill([0.0, 0.0], [0.0, 0.0]).value == 0.0
    assert skill.skill([1.0], [0.0]).value == -np.inf


def test_blocks_are_runs_of_rows_that_wrap() -> None:
    picks = skill.block_indices(10, 4, 50, seed=1)
    assert picks.shape == (50, 10)
    steps = np.diff(picks, axis=1) % 10
    inside = [i for i in range(9) if (i + 1) % 4]
    assert (steps[:, inside] == 1).all()
    assert len(np.unique(picks)) == 10


def test_interval_covers_under_dependence() -> None:
    """Rows in blocks of 4 equal values: blocks of 8 cover the truth about 95 % of the time, single rows far
    less.

    300 sets: coverage above 0.86 (false-alarm rate below 1e-4 if the true rate is 0.93), and above that of
    single rows by more than five points."""
    rng = philox(2)
    hits = {1: 0, 8: 0}
    for trial in range(300):
        shared = np.repeat(rng.gamma(4, 1, 50), 4)
        reference = np.repeat(rng.gamma(4, 2, 50), 4)
        for block in hits:
            found = skill.skill(shared, reference, block=block, draws=300, seed=trial)
            hits[block] += found.low <= 0.5 <= found.high
    assert hits[8] / 300 > 0.86
    assert hits[8] - hits[1] > 15


def test_no_skill_is_seldom_claimed() -> None:
    """Two forecasts of the same quality, 200 sets of 60 rows: p_better beyond 97.5 % or 2.5 % in under 11 %
    (nominal 5 %; false-alarm rate below 1e-3)."""
    rng = philox(3)
    claims = 0
    for trial in range(200):
        p = skill.skill(rng.gamma(2, 1, 60), rng.gamma(2, 1, 60), draws=400, seed=trial).p_better
        claims += p > 0.975 or p < 0.025
    assert claims / 200 < 0.11


def test_reliability_table() -> None:
    p = [0.05, 0.15, 0.15, 0.95, 1.0, 0.0]
    o = [0, 1, 0, 1, 1, 0]
    table = skill.reliability(p, o, bins=5)
    assert table["count"].tolist() == [4, 2]
    assert table["forecast"].tolist() == pytest.approx([0.0875, 0.975])
    assert table["observed"].tolist() == pytest.approx([0.25, 1.0])
    assert (table["observed_low"] <= table["observed"]).all()
    assert (table["observed"] <= table["observed_high"]).all()


def test_pit_histogram_band() -> None:
    table = skill.pit_histogram(philox(5).uniform(size=500), bins=5)
    assert table["count"].sum() == 500
    assert (table["band_low"] < 100).all()
    assert (table["band_high"] > 100).all()
