"""Intervals against published values, SciPy and brute force."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from experiments.stats import intervals as iv


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_limits(k, n, low, high):
    """Newcombe (1998), Statistics in Medicine 17:857, table I, score method without continuity correction."""
    got = iv.wilson(k, n)
    assert got.estimate == pytest.approx(k / n)
    assert (got.low, got.high) == (pytest.approx(low, abs=6e-5), pytest.approx(high, abs=6e-5))


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_wilson_equals_scipy_for_all_counts(level):
    n = 37
    p, low, high = iv.wilson(np.arange(n + 1), n, level)
    for k in range(n + 1):
        other = stats.binomtest(k, n).proportion_ci(level, method="wilson")
        assert low[k] == pytest.approx(other.low, abs=1e-12)
        assert high[k] == pytest.approx(other.high, abs=1e-12)
    assert p[-1] == 1.0
    assert low[0] == 0.0
    assert high[-1] == 1.0


def test_no_runs_know_nothing():
    p, low, high = iv.wilson(0, 0)
    assert np.isnan(p)
    assert (low, high) == (0.0, 1.0)
    assert iv.half_width(0.5, 0) == np.inf


@pytest.mark.parametrize(("k", "n"), [(5, 4), (-1, 4)])
def test_impossible_counts_are_refused(k, n):
    with pytest.raises(ValueError, match="between 0 and n"):
        iv.wilson(k, n)


@pytest.mark.parametrize(("p", "precision"), [(0.5, 0.02), (0.1, 0.02), (0.03, 0.01), (0.9, 0.05)])
def test_enough_runs_is_exactly_enough(p, precision):
    needed = iv.enough_runs(p, 0, precision)
    assert iv.half_width(p, needed) <= precision < iv.half_width(p, needed - 1)
    assert iv.enough_runs(p, needed - 10, precision) == 10
    assert iv.enough_runs(p, needed + 1, precision) == 0


def test_half_width_is_half_of_wilson():
    _, low, high = iv.wilson(30, 120)
    assert iv.half_width(0.25, 120) == pytest.approx((high - low) / 2)


def test_quantile_interval_takes_the_order_statistics_of_the_textbook():
    """Median of 1 to 20: ranks 6 and 15 hold it with 95.9 %, the narrowest symmetric pair above 95 %."""
    got = iv.quantile_interval(np.arange(1.0, 21.0), 0.5)
    assert got == (10.5, 6.0, 15.0)


def test_quantile_interval_covers_a_skewed_quantile():
    """2000 samples of 80; coverage is at least 95 % by construction: a fall below 93.5 % has a "
    "chance of 0.1 %."""
    rng = iv.generator(11)
    truth = stats.lognorm(1.0).ppf(0.8)
    hits = 0
    for sample in rng.lognormal(0.0, 1.0, (2000, 80)):
        _, low, high = iv.quantile_interval(sample, 0.8)
        hits += low <= truth <= high
    assert hits / 2000 > 0.935


def test_quantile_interval_admits_that_few_runs_bound_nothing():
    got = iv.quantile_interval([1.0, 2.0, 3.0, np.nan], 0.95)
    assert got.high == np.inf
    assert iv.quantile_interval([], 0.5)[1:] == (-np.inf, np.inf)


@pytest.mark.parametrize("level", [0.0, 1.0, 95])
def test_a_level_is_a_probability(level):
    with pytest.raises(ValueError, match="between 0 and 1"):
        iv.wilson(1, 2, level)


def test_quantiles_of_a_binomial_are_those_of_scipy():
    for n in (1, 2, 7, 40, 500, 20_000):
        for p in (0.01, 0.05, 0.5, 0.9, 0.975):
            for share in (1e-6, 0.025, 0.13, 0.51, 0.975, 0.9999):
                assert iv.binomial_quantile(share, n, p) == stats.binom.ppf(share, n, p), (n, p, share)
