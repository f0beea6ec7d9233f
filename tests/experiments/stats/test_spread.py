"""The split of variance finds what was planted."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.stats.spread import Spread, spread_table


def twins(share: float, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Pairs whose variance is owed to a common part by `share`."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    common = rng.normal(size=n)
    return tuple(np.sqrt(share) * common + np.sqrt(1 - share) * rng.normal(size=n) for _ in "ab")  # type: ignore


def parameter_share(a, b, seed: int = 0, draws: int = 1000) -> Spread:
    return spread_table({"y": (a, b)}, seed, draws)["y"]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_planted_split_is_found(share):
    """n = 4000: the standard error is below 0.016, so 0.06 off has a chance under 0.1 %."""
    got = parameter_share(*twins(share, 4000, 3), seed=1)
    assert got.share == pytest.approx(share, abs=0.06)
    assert got.low < got.share < got.high
    assert got.luck == pytest.approx(1 - got.share)
    assert got.pairs == 4000


def test_the_interval_covers_the_planted_share():
    """300 studies of 150 pairs: coverage near 94 %; below 89 % has a chance under 0.1 %."""
    hits = sum(
        (s := parameter_share(*twins(0.6, 150, seed), seed=seed, draws=300)).low <= 0.6 <= s.high
        for seed in range(300)
    )
    assert hits / 300 > 0.89


def test_no_luck_and_no_parameters():
    y = np.random.Generator(np.random.Philox(key=4)).normal(size=100)
    assert parameter_share(y, y).share == pytest.approx(1.0)
    apart = parameter_share(y, -y)
    assert (apart.share, apart.low) == (0.0, 0.0)


def test_missing_pairs_are_left_out():
    a, b = twins(0.5, 200, 5)
    full = parameter_share(a[:150], b[:150], seed=2)
    a[150:], b[170:] = np.nan, np.nan
    got = parameter_share(a, b, seed=2)
    assert got.pairs == 150
    assert got.share == pytest.approx(full.share)


def test_an_outcome_that_never_varies_has_no_split():
    got = parameter_share(np.ones(50), np.ones(50))
    assert np.isnan(got.share)
    assert np.isnan(parameter_share([1.0, 2.0], [1.0, 2.0]).share)


def test_scale_and_place_do_not_matter():
    a, b = twins(0.4, 500, 6)
    plain = parameter_share(a, b, seed=7)
    moved = parameter_share(1e6 + 10 * a, 1e6 + 10 * b, seed=7)
    assert moved.share == pytest.approx(plain.share, abs=1e-6)
    assert (moved.low, moved.high) == (
        pytest.approx(plain.low, abs=1e-6),
        pytest.approx(plain.high, abs=1e-6),
    )


def test_a_table_has_every_outcome():
    a, b = twins(0.4, 80, 6)
    got = spread_table({"x": (a, b), "y": (b, a)}, seed=7)
    assert list(got) == ["x", "y"]
    assert got["x"] == parameter_share(a, b, seed=7)
    assert spread_table({}) == {}
