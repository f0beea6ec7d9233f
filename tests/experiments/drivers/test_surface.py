"""Probability surfaces on worlds whose probabilities are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from experiments.drivers.importance import (
    _anova,
    _grid,
    averaged,
    importance,
    plane,
    sensitivity,
    tipping_points,
    who_leads,
)
from experiments.drivers.surface import _recalibrate, calibration, degrees, fit_surface, legendre

NAMES = ("a", "b", "c")
BOUNDS = np.array([[0.0, 1.0], [-2.0, 2.0], [10.0, 20.0]])


def unit(points):
    return 2 * (points - BOUNDS[:, 0]) / (BOUNDS[:, 1] - BOUNDS[:, 0]) - 1


def truth(points):
    """Three outcomes: 'war' by a, 'peace' by a and b together, c does nothing."""
    x = unit(points)
    return special.softmax(
        np.column_stack([0 * x[:, 0], 2 * x[:, 0], -0.5 + 1.5 * x[:, 0] * x[:, 1]]), axis=1
    )


def world(seed: int, points: int = 700, other: float = 0.0):
    """Runs [point, 3]: two with the same unseen parameter, one with another."""
    rng = np.random.default_rng(seed)
    x = BOUNDS[:, 0] + rng.random((points, 3)) * (BOUNDS[:, 1] - BOUNDS[:, 0])
    unseen = rng.normal(size=(points, 2))[:, [0, 0, 1]] * other
    p = truth(x)
    logits = np.log(p)[:, None, :] + np.stack([0 * unseen, unseen, 0 * unseen], axis=2)
    cumulative = special.softmax(logits, axis=2).cumsum(axis=2)
    which = (rng.random((points, 3, 1)) > cumulative).sum(axis=2)
    outcome = np.array(["quiet", "war", "peace"])[which]
    return np.repeat(x, 3, axis=0), outcome.ravel(), np.repeat(np.arange(points), 3)


@pytest.fixture(scope="module")
def fitted():
    x, outcome, groups = world(1)
    return fit_surface(x, outcome, NAMES, BOUNDS, groups, seed=1), outcome, groups


def columns(surface):
    return [["quiet", "war", "peace"].index(name) for name in surface.outcomes]


def test_features_are_orthonormal():
    powers = degrees(2, 3)
    points, weight = _grid(np.array([-1.0, -1.0]), np.array([1.0, 1.0]))
    f = legendre(points, powers)
    assert np.allclose(f.T @ (f * weight[:, None]), np.eye(len(powers)), atol=1e-12)
    assert len(powers) == 10
    assert powers[0].tolist() == [0, 0]


def test_surface_is_near_the_truth(fitted):
    surface = fitted[0]
    points, _ = _grid(BOUNDS[:, 0], BOUNDS[:, 1], nodes=6)
    assert np.abs(surface.probability(points) - truth(points)[:, columns(surface)]).mean() < 0.03
    assert surface.degree >= 2


def test_bands_cover_the_truth():
    """Pointwise 95 % bands over 12 worlds and 216 points; the ridge pulls a little: at least 85 % on
    average."""
    points, _ = _grid(BOUNDS[:, 0], BOUNDS[:, 1], nodes=6)
    covered = []
    for seed in range(12):
        x, outcome, groups = world(seed + 10, points=400)
        surface = fit_surface(x, outcome, NAMES, BOUNDS, groups, seed=seed)
        low, high = surface.band(points)
        p = truth(points)[:, columns(surface)]
        covered.append(((low <= p) & (p <= high)).mean())
    assert np.mean(covered) > 0.85


def test_cross_validated_probabilities_are_calibrated():
    """The 95 % interval of the slope misses 1 in 5 % of cases: 8 or more of 36 has p < 0.001."""
    missed = 0
    for seed in range(12):
        x, outcome, groups = world(seed + 40, points=400)
        surface = fit_surface(x, outcome, NAMES, BOUNDS, groups, seed=seed, draws=10)
        rows = calibration(surface, outcome, groups)
        missed += sum(not row.sound for row in rows)
        assert all(row.skill > 0 for row in rows)
    assert missed < 8


def test_a_surface_of_noise_has_no_skill_and_says_so():
    rng = np.random.default_rng(2)
    x = BOUNDS[:, 0] + rng.random((400, 3)) * (BOUNDS[:, 1] - BOUNDS[:, 0])
    outcome = rng.choice(["war", "peace"], 400)
    surface = fit_surface(x, outcome, NAMES, BOUNDS, np.arange(400))
    assert all(row.skill < 0.02 for row in calibration(surface, outcome, np.arange(400)))
    assert np.ptp(surface.probability(x)[:, 0]) < 0.35


def test_tipping_point_is_where_the_outcomes_cross():
    x, outcome, groups = world(3, points=900)
    surface = fit_surface(x, outcome, NAMES, BOUNDS, groups, seed=3)
    (tip,) = [t for t in tipping_points(surface) if t.name == "a"]
    assert (tip.before, tip.after) == ("quiet", "war")
    assert tip.low < 0.5 < tip.high
    assert tip.high - tip.low < 0.3
    assert tip.seen > 0.9


def test_who_leads(fitted):
    surface = fitted[0]
    shares = who_leads(surface)
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["a"] > shares["b"] > shares["c"]
    assert shares["c"] < 0.05


def test_sensitivity_by_hand(fitted):
    surface = fitted[0]
    at = np.array([[0.5, 0.0, 15.0]])
    ahead = np.array([[0.501, 0.0, 15.0]])
    change = 0.5 * np.abs(surface.probability(ahead) - surface.probability(at)).sum() / 0.001
    assert sensitivity(surface, at)[0, 0] == pytest.approx(change, rel=0.02)


def test_anova_of_a_known_function():
    """f = x + 2 y + 3 x y on [-1, 1]^2: parts 1/3, 4/3, 1, total of x 4/3."""
    points, weight = _grid(np.array([-1.0, -1.0]), np.array([1.0, 1.0]))
    f = points[:, 0] + 2 * points[:, 1] + 3 * points[:, 0] * points[:, 1]
    parts = _anova(f[None], weight, 2)
    assert parts[(0,)][0] == pytest.approx(1 / 3)
    assert parts[(1,)][0] == pytest.approx(4 / 3)
    assert parts[0, 1][0] == pytest.approx(1)
    assert parts["total", 0][0] == pytest.approx(4 / 3)
    assert parts["all"][0] == pytest.approx(8 / 3)


def test_importance_splits_drivers_others_and_luck():
    x, outcome, groups = world(5, points=2000, other=1.5)
    surface = fit_surface(x, outcome, NAMES, BOUNDS, groups, seed=5)
    runs = {name: (outcome == name).reshape(-1, 3) for name in surface.outcomes}
    war = {row.outcome: row for row in importance(surface, runs)}["war"]
    assert war.first["a"][0] > 5 * max(war.first["b"][0], war.first["c"][0])
    assert war.pairs["a", "b"][0] > war.pairs["b", "c"][0]
    assert war.drivers[1] <= war.surface[0] <= war.drivers[2]
    assert war.others > 0.03
    parts = sum(v[0] for v in war.first.values()) + sum(v[0] for v in war.pairs.values())
    assert parts <= war.surface[0] + 1e-9
    assert war.surface[0] + war.others + war.luck == pytest.approx(1)


def test_no_other_parameters_no_share_for_them():
    x, outcome, groups = world(6, points=2000)
    surface = fit_surface(x, outcome, NAMES, BOUNDS, groups, seed=6)
    runs = {name: (outcome == name).reshape(-1, 3) for name in surface.outcomes}
    assert all(row.others < 0.06 for row in importance(surface, runs))


def test_averaged_response_and_plane(fitted):
    surface = fitted[0]
    curve = averaged(surface, 0)
    war = surface.outcomes.index("war")
    assert stats.spearmanr(curve["x"], curve["p"][:, war]).statistic > 0.9
    assert (curve["low"] <= curve["p"] + 1e-9).all()
    grid = plane(surface, 0, 2, steps=5)
    assert grid.shape == (5, 5, 3)
    assert grid[0, -1].tolist() == [1.0, 0.0, 10.0]


def test_refuses_one_outcome():
    x = np.random.default_rng(0).random((50, 3))
    with pytest.raises(ValueError, match="two outcomes"):
        fit_surface(x, np.array(["war"] * 50), NAMES, BOUNDS, np.arange(50))


def test_few_points_and_many_features_can_be_fitted():
    """More weights than points: the covariance has a lower rank, and draws come from that."""
    x, outcome, groups = world(3, points=12)
    surface = fit_surface(x, outcome, NAMES, BOUNDS, groups, seed=1, draws=50)
    assert surface.draws.shape == (50, *surface.weights.shape)
    assert np.isfinite(surface.draws).all()


def test_an_outcome_of_one_run_has_no_slope():
    x, outcome, groups = world(4, points=128)
    outcome[outcome == "peace"] = "quiet"
    outcome[7] = "peace"
    surface = fit_surface(x, outcome, NAMES, BOUNDS, groups, seed=1, draws=20)
    rows = {row.outcome: row for row in calibration(surface, outcome, groups)}
    assert np.isnan(rows["peace"].slope)
    assert rows["peace"].sound  # nothing is known against it
    assert abs(rows["war"].slope) < 10


def test_runs_that_are_told_apart_without_a_mistake_have_no_slope():
    logit = np.repeat([-3.0, 3.0], 30)
    slope, error = _recalibrate(logit, (logit > 0).astype(float), np.arange(60))
    assert np.isnan(slope)
    assert error == np.inf
