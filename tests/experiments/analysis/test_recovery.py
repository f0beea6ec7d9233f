"""Recovery of known parameters: right inference is found right, wrong inference is found out."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.forecast import recovery


def philox(key: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=key))


def test_overconfident_draws_are_found_out() -> None:
    """Draws half as wide as the posterior: uniformity is rejected (p below 1e-6) and so is a shift."""
    rng = philox(3)
    truth = rng.normal(size=(400, 1))
    centre = 0.5 * (truth + rng.normal(size=truth.shape))
    right = np.array(
        [
            recovery.ranks(t, c + np.sqrt(0.5) * rng.normal(size=(300, 1)))
            for t, c in zip(truth, centre, strict=True)
        ]
    )
    narrow = np.array(
        [recovery.ranks(t, c + 0.35 * rng.normal(size=(300, 1))) for t, c in zip(truth, centre, strict=True)]
    )
    shifted = np.array(
        [
            recovery.ranks(t, 0.4 + c + np.sqrt(0.5) * rng.normal(size=(300, 1)))
            for t, c in zip(truth, centre, strict=True)
        ]
    )
    assert recovery.uniformity(right)[0] > 1e-3
    assert recovery.uniformity(narrow)[0] < 1e-6
    assert recovery.uniformity(shifted)[0] < 1e-6


def test_ranks_by_hand() -> None:
    draws = np.array([[1.0], [2.0], [2.0], [3.0]])
    assert recovery.ranks([2.0], draws).tolist() == [0.5]
    assert recovery.ranks([9.0], draws).tolist() == [1.0]
    assert recovery.ranks([2.5], draws, [1.0, 1.0, 1.0, 5.0]).tolist() == pytest.approx([3 / 8])


def test_information_tells_what_the_data_moved() -> None:
    """A parameter left alone is called uninformed (false-alarm rate 1e-3), a shifted or narrowed one
    informed.
    """
    rng = philox(4)
    prior = rng.uniform(size=(20_000, 3))
    after = np.column_stack(
        [rng.uniform(size=1500), 0.4 + 0.2 * rng.uniform(size=1500), 0.15 + 0.85 * rng.uniform(size=1500)]
    )
    table = recovery.information(prior, after, ["same", "narrow", "moved"])
    assert table["informed"].tolist() == [False, True, True]
    assert table["contraction"][1] == pytest.approx(1 - 0.04, abs=0.02)
    assert table["kl"][1] == pytest.approx(np.log(5), abs=0.15)
    assert table["kl"][0] < 0.02
    assert table["ks"][0] < table["ks"][2] < table["ks"][1]


def test_information_knows_weights() -> None:
    rng = philox(5)
    prior = rng.uniform(size=(20_000, 1))
    table = recovery.information(prior, prior[:4000], ["x"], weights=prior[:4000, 0])
    assert table["posterior_median"][0] == pytest.approx(np.sqrt(0.5), abs=0.02)
    assert table["informed"][0]
