"""Every distribution of `sim.luck.streams` against SciPy.

Fixed seeds: the false-alarm rate stated is the chance that a correct generator would have failed the test
when the seed was chosen.
"""

from __future__ import annotations

import math

import numba
import numpy as np
import pytest
from scipy import special, stats

from sim.luck import distributions, rejection, streams

RATE = 1e-4  # false-alarm rate of each single test
N = 20_000
MANY = 1_000_000  # counts are cheap to draw, and classes find little in few


def sample(draw_one, n=N, *, key=(2021, 9), tick=3, stream=4):
    """`draw_one(key, tick, agent, stream, draw)` for n agents, in a compiled loop."""

    @numba.njit(error_model="numpy")
    def loop(seed, replicate, n):
        out = np.empty(n)
        for agent in range(n):
            out[agent] = draw_one((seed, replicate), tick, agent, stream, 0)
        return out

    return loop(key[0], key[1], n)


def chi_square(counts, law):
    """p-value of integer counts under a discrete SciPy law; the far tails are classes of their own."""
    shares = [1e-3, *np.linspace(0.02, 0.98, 33), 1 - 1e-3]
    edges = [edge for edge in np.unique(law.ppf(shares)) if len(counts) * law.sf(edge) >= 10]
    expected = len(counts) * np.diff([0.0, *law.cdf(edges), 1.0])
    observed = np.bincount(np.searchsorted(edges, counts), minlength=len(expected))
    return stats.chisquare(observed, expected).pvalue


def test_uniform_distribution():
    """Kolmogorov-Smirnov of the values and chi-square of their low bits, false-alarm rate 1e-4 each."""
    u = sample(streams.uniform)
    assert stats.kstest(u, "uniform").pvalue > RATE
    low_bits = (u * 2**52).astype(np.int64) & 0xFF
    assert stats.chisquare(np.bincount(low_bits, minlength=256)).pvalue > RATE


def test_normal_distribution():
    """Kolmogorov-Smirnov, false-alarm rate 1e-4."""
    assert stats.kstest(sample(streams.normal), "norm").pvalue > RATE


def test_normal_quantile_agrees_with_scipy_into_the_far_tails():
    u = np.concatenate(
        [np.linspace(1e-6, 1 - 1e-6, 4001), 2.0 ** -np.arange(2, 53), 1 - 2.0 ** -np.arange(2, 53)]
    )
    ours = [distributions.normal_quantile(x) for x in u]
    np.testing.assert_allclose(ours, special.ndtri(u), rtol=1e-13, atol=1e-15)


def test_exponential_distribution():
    """Kolmogorov-Smirnov, false-alarm rate 1e-4."""
    draws = sample(numba.njit(lambda k, t, a, s, d: streams.exponential(k, t, a, s, d, 2.5)))
    assert stats.kstest(draws, stats.expon(scale=2.5).cdf).pvalue > RATE


@pytest.mark.parametrize("cap", [math.inf, 20.0])
def test_pareto_distribution(cap):
    """Kolmogorov-Smirnov, without and with truncation, false-alarm rate 1e-4 each."""
    draws = sample(numba.njit(lambda k, t, a, s, d: streams.pareto(k, t, a, s, d, 2.0, 1.5, cap)))
    law = stats.pareto(1.5, scale=2.0)
    assert stats.kstest(draws, lambda x: np.minimum(law.cdf(x) / law.cdf(cap), 1.0)).pvalue > RATE
    assert draws.min() >= 2.0
    assert draws.max() <= cap


# Both sides of the change from inversion to rejection (30) and far beyond it.
@pytest.mark.parametrize("mean", [0.02, 0.8, 5.0, 29.99, 30.01, 45.0, 300.0, 12345.6, 1e9])
def test_poisson_distribution(mean):
    """Chi-square, false-alarm rate 1e-4 each."""
    counts = sample(numba.njit(lambda k, t, a, s, d: streams.poisson(k, t, a, s, d, mean)), MANY)
    assert chi_square(counts, stats.poisson(mean)) > RATE


@pytest.mark.parametrize(
    ("n", "p"),
    [
        *[(1, 0.3), (12, 0.05), (12, 0.8), (100, 0.29), (100, 0.31), (100, 0.5), (100, 0.69), (100, 0.71)],
        *[(5000, 0.004), (5000, 0.02), (5000, 0.97), (10**6, 1e-6), (10**6, 0.4), (10**9, 0.999)],
    ],
)
def test_binomial_distribution(n, p):
    """Chi-square, false-alarm rate 1e-4 each."""
    counts = sample(numba.njit(lambda k, t, a, s, d: streams.binomial(k, t, a, s, d, n, p)), MANY)
    assert chi_square(counts, stats.binom(n, p)) > RATE


def test_small_quantiles_are_those_of_scipy():
    """The search from zero finds the quantile exactly, in the middle and in the tails."""
    u = np.concatenate([np.linspace(0.0003, 0.9997, 200), [1e-9, 1 - 1e-9]])
    for mean in (0.01, 0.5, 7.3, 30.0):
        assert [distributions.poisson_quantile(x, mean) for x in u] == list(stats.poisson(mean).ppf(u))
    for n, p in ((1, 0.2), (7, 0.5), (40, 0.66), (3000, 0.003), (3000, 0.993)):
        assert [distributions.binomial_quantile(x, n, p) for x in u] == list(stats.binom(n, p).ppf(u))


@pytest.mark.parametrize("n", [1, 2, 37, 1024, 1025, 10**9])
@pytest.mark.parametrize("expected", [0.02, 0.7, 25.0])
def test_nobody_of_many(n, expected):
    p = min(0.5, expected / n)
    assert distributions.none_of(n, p) == pytest.approx(math.exp(n * math.log1p(-p)), rel=1e-12)


def test_log_probabilities_are_those_of_scipy():
    for mean in (0.3, 12.0, 1e3, 1e8):
        for k in {0, 1, 5, 15, 16, 17, int(mean), int(mean + 5 * mean**0.5)}:
            expected = stats.poisson.logpmf(k, mean)
            assert distributions.log_poisson(k, mean) == pytest.approx(expected, rel=1e-9, abs=1e-6)
    for n, p in ((1, 0.3), (30, 0.5), (10**4, 0.01), (10**6, 0.3)):
        for k in {0, 1, int(n * p), n // 2, n - 1, n}:
            expected = stats.binom.logpmf(k, n, p)
            assert distributions.log_binomial(k, n, p) == pytest.approx(expected, rel=1e-9, abs=1e-7)


def test_stirling_error_by_its_definition():
    for k in [*range(1, 60), 100, 1000]:
        exact = math.lgamma(k + 1) - (k + 0.5) * math.log(k) + k - 0.5 * math.log(2 * math.pi)
        assert distributions.stirling_error(k) == pytest.approx(exact, abs=2e-15 * max(1.0, k * math.log(k)))


def acceptance(a, b, hat, centre, probability):
    """For a grid of proposals on both sides: room, and the bound below which the second uniform accepts."""
    room = np.concatenate([np.geomspace(1e-9, 0.07, 5000, endpoint=False), np.linspace(0.07, 0.5, 20_000)])
    room = np.concatenate([room, room])
    u = np.repeat([-1.0, 1.0], room.size // 2) * (0.5 - room)
    x = (2 * a / room + b) * u + centre
    return room, np.where(x >= 0, probability(np.floor(x)), 0.0) * (a / room**2 + b) / hat


# Dense where the methods begin and their bounds are tightest.
@pytest.mark.parametrize("mean", [*np.arange(30, 40, 0.25), 31.95, 34.44, *np.geomspace(40, 1e8, 30)])
def test_poisson_rejection_is_exact(mean):
    """No proposal would have to be accepted with a probability above one, or below that of the squeeze."""
    a, b, hat, squeeze = rejection.poisson_hat(mean)
    room, bound = acceptance(a, b, hat, mean + 0.43, stats.poisson(mean).pmf)
    assert bound.max() <= 1.0
    assert bound[room >= 0.07].min() >= squeeze


@pytest.mark.parametrize("few", [1e-6, 0.001, 0.03, 0.2, 0.4, 0.5])
@pytest.mark.parametrize("mean", [30, 30.4, 32.7, 36, 60, 300, 1e4, 1e6])
def test_binomial_rejection_is_exact(few, mean):
    """As for Poisson."""
    n = math.ceil(mean / few)
    law = stats.binom(n, few)
    a, b, hat, squeeze = rejection.binomial_hat(n, few)
    scale = law.pmf(math.floor((n + 1) * few))
    room, bound = acceptance(a, b, hat, n * few + 0.5, lambda k: law.pmf(k) / scale)
    assert bound.max() <= 1.0
    assert bound[room >= 0.07].min() >= squeeze


def test_bernoulli_frequencies():
    """Binomial test, false-alarm rate 1e-4."""
    hits = sample(numba.njit(lambda k, t, a, s, d: streams.bernoulli(k, t, a, s, d, 0.07)))
    assert stats.binomtest(int(hits.sum()), N, 0.07).pvalue > RATE
