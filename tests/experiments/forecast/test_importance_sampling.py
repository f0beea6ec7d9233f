"""Iterated importance sampling on a toy world whose posterior is known, with the surrogate that integrates luck out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from experiments.forecast import diagnostics, importance_sampling
from experiments.forecast.importance_sampling import (
    FITTED,
    PRIOR,
    effective_sample_size,
    fitted,
    log_mixture,
    normals,
    resample,
    tempered,
    weighted_quantile,
    weights,
)
from experiments.forecast.likelihood import log_likelihood, scatter, student
from experiments.forecast.surrogate import Surrogate, checked, fit
from experiments.forecast.targets import Target, Targets
from experiments.stats.summaries import Statistic

SLOPES = np.array([[1.0, 0.0], [0.5, -1.0], [0.0, 0.8], [0.0, 0.0]])
LUCK, ERROR = 0.6, 0.5


def philox(key: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=key))


def toy_targets(observed: tuple[float, ...] = (1.2, -0.9)) -> Targets:
    """Two numbers, recorded with error; four parameters, of which the last is silent."""
    window = Statistic("deaths", np.datetime64("2022-01-01"), np.datetime64("2022-02-01"))
    made = tuple(Target(f"t{k}", f"t{k}", window, value, ERROR) for k, value in enumerate(observed))
    return Targets("toy", "toy", made)


def simulate(z: np.ndarray, key: int) -> np.ndarray:
    """Summaries: linear in the parameters, with luck."""
    return z @ SLOPES + LUCK * philox(key).standard_normal((len(z), 2))


def sampled(targets: Targets, rounds: int = 3, size: int = 4096) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points, summaries and log mixture of iterated sampling."""
    columns, proposals, sizes = np.arange(2), [PRIOR], [size]
    z = normals(size, 4, 1)
    x = simulate(z, 1)
    for number in range(1, rounds):
        made = fit(targets, z, x)
        log = made.log_likelihood(targets, made.mean(z), columns)
        weight, power = tempered(log, log_mixture(z, proposals, sizes), FITTED)
        proposals.append(fitted(z, weight, power))
        sizes.append(size)
        more = proposals[-1].points(normals(size, 4, number + 1))
        z, x = np.concatenate([z, more]), np.concatenate([x, simulate(more, number + 1)])
    return z, x, log_mixture(z, proposals, sizes)


def by_quadrature(targets: Targets) -> np.ndarray:
    """Posterior means ``(4,)`` of the toy on a grid; each target is Student's t with luck and error."""
    grid = np.linspace(-5, 5, 81)
    a, b, c = np.meshgrid(grid, grid, grid, indexing="ij")
    z = np.stack([a.ravel(), b.ravel(), c.ravel(), np.zeros(a.size)], axis=1)
    log = stats.norm.logpdf(z[:, :3]).sum(axis=1)
    for k, target in enumerate(targets.targets):
        log += student((target.observed - z @ SLOPES[:, k])[:, None], np.array([[LUCK**2 + ERROR**2]]))
    weight = np.exp(log - log.max())
    return (weight / weight.sum()) @ z


def test_the_posterior_of_the_toy_is_found() -> None:
    """Means within 5 standard errors of quadrature (four means, false-alarm rate below 1e-5)."""
    targets = toy_targets()
    z, x, log_mix = sampled(targets)
    made = fit(targets, z, x)
    found = weights(made.log_likelihood(targets, made.mean(z), np.arange(2)) - log_mix)
    assert found.effective > 0.5 * len(z) * 0.6
    assert found.shape < 0.5
    assert found.largest < 0.01
    assert np.abs(found.weight @ z - by_quadrature(targets)).max() < 5.0 / np.sqrt(found.effective)


def test_ranks_are_uniform_over_worlds_of_the_prior() -> None:
    """Simulation-based calibration: 300 worlds, ranks of four parameters; chi-square p above 1e-4 each.

    A right inference fails with probability below 4e-4; one that is overconfident does not pass (checked)."""
    targets = toy_targets((0.0, 0.0))
    z, x, log_mix = sampled(targets, rounds=1, size=16_384)
    made = fit(targets, z, x)
    mean = made.mean(z)
    rng = philox(7)
    truth = rng.standard_normal((300, 4))
    worlds = scatter(targets, simulate(truth, 8), rng)
    ranks, proud = [], []
    for one, seen in zip(truth, worlds, strict=True):
        world = targets.with_observed(seen)
        w = weights(made.log_likelihood(world, mean, np.arange(2)) - log_mix).weight
        ranks.append(diagnostics.ranks(one, z, w))
        sharp = weights(3.0 * made.log_likelihood(world, mean, np.arange(2)) - log_mix).weight
        proud.append(diagnostics.ranks(one, z, sharp))
    assert min(diagnostics.uniformity(places) for places in np.array(ranks).T) > 1e-4
    assert diagnostics.uniformity(np.array(proud)[:, 0]) < 1e-4


def test_weights_of_single_runs_agree_with_luck_integrated_out() -> None:
    """The likelihood of runs, averaged over luck by the runs themselves, moves the parameters as the surrogate does."""
    targets = toy_targets()
    z, x, log_mix = sampled(targets)
    by_run = weights(log_likelihood(targets, x) - log_mix)
    made = fit(targets, z, x)
    by_surrogate = weights(made.log_likelihood(targets, made.mean(z), np.arange(2)) - log_mix)
    error = np.sqrt(1 / by_run.effective + 1 / by_surrogate.effective)
    # Student's t of the sum is not the sum of t and normal luck: a tenth is allowed for that.
    assert np.abs(by_run.weight @ z - by_surrogate.weight @ z).max() < 0.1 + 4.5 * error


def test_a_mixture_with_the_prior_bounds_the_weights() -> None:
    z = normals(500, 3, 1)
    narrow = importance_sampling.Proposal(np.array([1]), np.array([2.0]), np.array([[0.1]]))
    log = log_mixture(z, [PRIOR, narrow], [100, 300])
    assert (log >= np.log(0.25) - 1e-12).all()
    by_hand = 0.25 + 0.75 * stats.norm.pdf(z[:, 1], 2.0, 0.1) / stats.norm.pdf(z[:, 1])
    assert np.allclose(log, np.log(by_hand))


def test_points_of_a_proposal_have_its_mean_and_spread() -> None:
    proposal = importance_sampling.Proposal(
        np.array([0, 2]), np.array([1.0, -1.0]), np.array([[0.5, 0.0], [0.3, 0.4]])
    )
    z = proposal.points(normals(4096, 3, 2))
    assert np.allclose(z.mean(axis=0), [1.0, 0.0, -1.0], atol=0.01)
    assert np.allclose(np.cov(z[:, [0, 2]].T), proposal.root @ proposal.root.T, atol=0.01)


def test_tempering_keeps_the_runs_asked_for() -> None:
    log = -50.0 * np.arange(1000.0)
    weight, power = tempered(log, np.zeros(1000), 100.0)
    assert 0 < power < 1
    assert 1 / (weight**2).sum() == pytest.approx(100.0, rel=0.01)
    assert tempered(np.zeros(1000), np.zeros(1000), 100.0)[1] == 1.0


def test_the_tail_of_weights_is_measured() -> None:
    """Weights 1/u^k have Pareto shape k: 0.3 is found to 0.15, and 1.2 is seen to be too heavy."""
    u = (np.arange(20_000) + 0.5) / 20_000
    assert weights(-0.3 * np.log(u)).shape == pytest.approx(0.3, abs=0.15)
    assert weights(-1.2 * np.log(u)).shape > 0.7
    with pytest.raises(ValueError, match="no run has a weight"):
        weights(np.full(5, -np.inf))


def test_the_surrogate_is_checked_against_new_runs() -> None:
    targets = toy_targets()
    z = normals(4096, 4, 3)
    made = fit(targets, z, simulate(z, 3))
    new = normals(2048, 4, 4)
    table = checked(made, targets, new, simulate(new, 4))
    assert table["gap"].abs().max() < 0.1
    assert table["spread"].between(0.9, 1.1).all()
    assert isinstance(made, Surrogate)


def test_chances_of_yes_are_learned() -> None:
    """Logistic regression: chances within 0.05 of the truth on average over 8,192 points."""
    window = Statistic("deaths", np.datetime64("2022-01-01"), np.datetime64("2022-02-01"), "max", "identity")
    target = Target("yes", "yes", window, 0.0, 0.02, 0.05, at_least=1.0)
    z = normals(8192, 4, 5)
    chance = special.expit(-1.0 + 1.5 * z[:, 0])
    seen = (philox(6).uniform(size=8192) < chance).astype(float)[:, None]
    made = fit(Targets("t", "t", (target,)), z, seen)
    assert np.abs(made.mean(z)[:, 0] - chance).mean() < 0.05
    log = made.log_likelihood(Targets("t", "t", (target,)), made.mean(z), np.arange(1))
    assert log[np.argmax(chance)] < log[np.argmin(chance)]


def test_effective_sample_size() -> None:
    assert effective_sample_size([1.0, 1.0, 1.0]) == pytest.approx(3.0)
    assert effective_sample_size([1.0, 0.0]) == pytest.approx(1.0)


def test_systematic_resampling_keeps_shares() -> None:
    rows = resample([0.5, 0.0, 0.25, 0.25], 400, seed=1)
    counts = np.bincount(rows, minlength=4)
    assert counts[1] == 0
    assert np.abs(counts - [200, 0, 100, 100]).max() <= 1
    assert (rows == resample([0.5, 0.0, 0.25, 0.25], 400, seed=1)).all()


def test_weighted_quantiles_meet_repetition() -> None:
    x = philox(7).normal(size=(4_000, 2))
    w = philox(8).integers(1, 5, 4_000)
    repeated = np.repeat(x, w, axis=0)
    levels = [0.05, 0.5, 0.95]
    ours = weighted_quantile(x, w, levels)
    assert np.allclose(ours, np.quantile(repeated, levels, axis=0), atol=0.01)
