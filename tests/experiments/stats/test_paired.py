"""Paired comparisons find planted differences and say when they cannot."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from experiments.stats.paired import compare, flipped


def worlds(effect: float, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Two scenarios with strong common luck and a little of their own."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    common = rng.normal(0.0, 3.0, n)
    return common + effect + rng.normal(0, 0.5, n), common + rng.normal(0, 0.5, n)


def test_a_planted_difference_is_found_with_few_runs():
    a, b = worlds(0.4, 100, 1)
    got = compare(a, b)
    assert got.settled
    assert got.low < 0.4 < got.high
    assert got.more_runs == 0
    assert got.correlation == pytest.approx(0.97, abs=0.02)
    assert got.gain == pytest.approx((a.var(ddof=1) + b.var(ddof=1)) / (a - b).var(ddof=1))
    assert got.flips_up is None
    assert got.difference == pytest.approx(got.mean_a - got.mean_b)


def test_the_interval_is_that_of_the_paired_t_test():
    a, b = worlds(0.1, 40, 2)
    other = stats.ttest_rel(a, b).confidence_interval(0.95)
    got = compare(a, b)
    assert (got.low, got.high) == (pytest.approx(other.low), pytest.approx(other.high))


def test_a_null_is_rarely_called_settled():
    """400 nulls of 60 pairs: about 5 % are called settled; more than 9 % has a chance under 0.1 %."""
    called = sum(compare(*worlds(0.0, 60, seed)).settled for seed in range(400))
    assert called / 400 < 0.09


def test_binary_outcomes_count_their_flips():
    a = np.array([1, 1, 1, 1, 0, 0, 0, 0, 1, 1], float)
    b = np.array([0, 0, 0, 1, 1, 0, 0, 0, 1, 1], float)
    got = compare(a, b)
    assert (got.flips_up, got.flips_down) == (3, 1)
    assert (got.p_greater, got.p_equal) == (0.3, 0.6)
    assert got.difference == pytest.approx(0.2)
    # Agresti and Min by hand: cells 3.5 and 1.5 of 12; centre 1/6, variance (5/12 - 1/36) / 12.
    half = 1.959964 * np.sqrt((5 / 12 - 1 / 36) / 12)
    assert (got.low, got.high) == (pytest.approx(1 / 6 - half), pytest.approx(1 / 6 + half))
    up, down = flipped(a, b, np.arange(100, 110))
    assert list(up) == [100, 101, 102]
    assert list(down) == [104]


def test_binary_interval_keeps_its_coverage_when_few_flip():
    """600 studies of 200 pairs with 3 % and 1 % flips: coverage near 95 %; below 92 % has a chance "
    "under 0.1 %."""
    rng = np.random.Generator(np.random.Philox(key=4))
    hits = 0
    for _ in range(600):
        kind = rng.choice(4, 200, p=(0.03, 0.01, 0.46, 0.5))
        got = compare((kind == 0) | (kind == 2), (kind == 1) | (kind == 2))
        hits += got.low <= 0.02 <= got.high
    assert hits / 600 > 0.92


def test_identical_worlds_settle_nothing():
    got = compare(np.array([0.0, 1.0, 1.0]), np.array([0.0, 1.0, 1.0]))
    assert not got.settled
    assert got.more_runs is None
    assert got.p_equal == 1.0
    assert got.gain == np.inf


def test_more_runs_would_settle_an_open_sign():
    """The number named settles the sign about nine times in ten; 300 trials, below 82 % has a "
    "chance under 0.1 %."""
    a, b = worlds(0.1, 60, 12)
    gap = a - b
    a = a + 0.1 - gap.mean()  # the effect that is seen is exactly the true one
    a = b + (a - b - 0.1) * (0.7 / (a - b).std(ddof=1)) + 0.1
    got = compare(a, b)
    assert not got.settled
    needed = got.more_runs + 60
    assert needed == pytest.approx(((1.96 + 1.2816) * 0.7 / 0.1) ** 2, rel=0.01)
    rng = np.random.Generator(np.random.Philox(key=5))
    settled = sum(compare(rng.normal(0.1, 0.7, needed), np.zeros(needed)).settled for _ in range(300))
    assert 0.82 < settled / 300 < 0.96


def test_missing_pairs_are_left_out():
    a, b = worlds(0.4, 50, 3)
    full = compare(a[5:], b[5:])
    a[:3], b[3:5] = np.nan, np.nan
    assert compare(a, b) == full


@pytest.mark.parametrize(("a", "b"), [([1.0], [2.0]), ([1.0, 2.0], [1.0]), ([1.0, np.nan], [1.0, 2.0])])
def test_what_cannot_be_paired_is_refused(a, b):
    with pytest.raises(ValueError, match=r"two replicates|differ in length"):
        compare(a, b)
