"""Recovery of known parameters: right inference is found right, wrong inference is found out."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.forecast import diagnostics


def philox(key: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=key))


def test_overconfident_draws_are_found_out() -> None:
    """Draws half as wide as the posterior: uniformity is rejected (p below 1e-6) and so is a shift."""
    rng = philox(3)
    truth = rng.normal(size=(400, 1))
    centre = 0.5 * (truth + rng.normal(size=truth.shape))

    def places(shift: float, width: float) -> list[float]:
        drawn = (
            (t, shift + c + width * rng.normal(size=(300, 1))) for t, c in zip(truth, centre, strict=True)
        )
        return [float(diagnostics.ranks(t, draws, np.ones(300))[0]) for t, draws in drawn]

    assert diagnostics.uniformity(places(0.0, np.sqrt(0.5))) > 1e-3
    assert diagnostics.uniformity(places(0.0, 0.35)) < 1e-6
    assert diagnostics.uniformity(places(0.4, np.sqrt(0.5))) < 1e-6


def test_ranks_by_hand() -> None:
    draws = np.array([[1.0], [2.0], [2.0], [3.0]])
    even = np.ones(4)
    assert diagnostics.ranks(np.array([2.0]), draws, even).tolist() == [0.5]
    assert diagnostics.ranks(np.array([9.0]), draws, even).tolist() == [1.0]
    assert diagnostics.ranks(
        np.array([2.5]), draws, np.array([1.0, 1.0, 1.0, 5.0])
    ).tolist() == pytest.approx([3 / 8])


def test_information_tells_what_the_data_moved() -> None:
    """A parameter left alone is called uninformed (false-alarm rate 1e-3), a shifted or narrowed one
    informed.
    """
    rng = philox(4)
    prior = rng.uniform(size=(20_000, 3))
    after = np.column_stack(
        [rng.uniform(size=1500), 0.4 + 0.2 * rng.uniform(size=1500), 0.15 + 0.85 * rng.uniform(size=1500)]
    )
    table = diagnostics.information(prior, after, ["same", "narrow", "moved"], np.ones(1500))
    assert table["informed"].tolist() == [False, True, True]
    assert table["contraction"][1] == pytest.approx(1 - 0.04, abs=0.02)
    assert table["kl"][1] == pytest.approx(np.log(5), abs=0.15)
    assert table["kl"][0] < 0.02
    assert table["ks"][0] < table["ks"][2] < table["ks"][1]


def test_information_knows_weights() -> None:
    rng = philox(5)
    prior = rng.uniform(size=(20_000, 1))
    table = diagnostics.information(prior, prior[:4000], ["x"], prior[:4000, 0])
    assert table["posterior_median"][0] == pytest.approx(np.sqrt(0.5), abs=0.02)
    assert table["informed"][0]
