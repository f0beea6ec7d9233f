"""Priors and spaces: quantiles, supports, and draws that do not depend on what else is drawn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.uncertainty import Prior, Space
from tests.worlds import scenario

U = np.linspace(0.001, 0.999, 333)
NUMBERS = np.arange(400)


@pytest.mark.parametrize(
    ("prior", "law"),
    [
        (Prior("uniform", (2.0, 5.0)), stats.uniform(2, 3)),
        (Prior("loguniform", (0.1, 8.0)), stats.loguniform(0.1, 8)),
        (Prior("triangular", (1.0, 2.0, 6.0)), stats.triang(0.2, 1, 5)),
        (Prior("triangular", (1.0, 1.0, 6.0)), stats.triang(0.0, 1, 5)),
        (Prior("triangular", (1.0, 6.0, 6.0)), stats.triang(1.0, 1, 5)),
    ],
)
def test_quantiles_are_those_of_the_law(prior, law):
    np.testing.assert_allclose(prior.quantile(U), law.ppf(U), rtol=1e-12)
    assert prior.support == pytest.approx(law.support())


@pytest.mark.parametrize(
    "prior",
    [
        Prior("uniform", (2.0, 5.0)),
        Prior("loguniform", (0.5, 8.0)),
        Prior("triangular", (1.0, 2.0, 6.0)),
        Prior("triangular", (1.0, 6.0, 6.0)),
    ],
)
def test_a_prior_between_two_ends_is_its_part_there(prior):
    """Draws between the ends are those of the whole that lie there; the form that is written reads back."""
    part = prior.between([2.5, 4.0])
    whole = prior.quantile(np.linspace(0, 1, 200_001))
    inside = np.sort(whole[(whole >= 2.5) & (whole <= 4.0)])
    u = np.linspace(0.01, 0.99, 50)
    assert part.quantile(u) == pytest.approx(np.quantile(inside, u), abs=2e-3)
    assert part.support == (2.5, 4.0)
    assert Prior.from_mapping(part.to_mapping()) == part


@pytest.mark.parametrize("within", [[4, 2], [0, 3], "ab", [3], [2.5, 9.0]])
def test_ends_that_a_prior_does_not_reach_are_refused(within):
    with pytest.raises(ValueError, match="within"):
        Prior.from_mapping({"dist": "uniform", "low": 2, "high": 5, "within": within})


def test_bernoulli_is_one_for_the_share_p_of_numbers():
    drawn = Prior("bernoulli", (0.3,)).quantile(U)
    assert set(drawn) == {0.0, 1.0}
    assert drawn.mean() == pytest.approx(0.3, abs=0.01)


@given(st.floats(0.01, 50), st.floats(0.01, 50), st.sampled_from(["uniform", "loguniform"]), st.floats(0, 1))
def test_no_draw_leaves_the_support(a, width, dist, u):
    prior = Prior(dist, (a, a + width))
    assert a <= float(prior.quantile(np.array([u]))[0]) <= a + width


@pytest.mark.parametrize(
    "spec",
    [
        3,
        {"dist": "cauchy", "low": 0, "high": 1},
        {"dist": "uniform", "low": 0},
        {"dist": "uniform", "low": 0, "high": 1, "mode": 0.5},
        {"dist": "uniform", "low": "0", "high": 1},
        {"dist": "uniform", "low": True, "high": 2},
        {"dist": "uniform", "low": 1, "high": 0},
        {"dist": "uniform", "low": 1, "high": 1},
        {"dist": "triangular", "low": 0, "mode": 2, "high": 1},
        {"dist": "loguniform", "low": 0, "high": 1},
        {"dist": "bernoulli", "p": 1.2},
        {"dist": "bernoulli", "p": float("nan")},
        {"dist": "uniform", "low": float("nan"), "high": 1},
        {"dist": "uniform", "low": 0, "high": float("inf")},
        {"dist": "uniform", "low": 0, "high": 10**400},
        {"dist": ["uniform"], "low": 0, "high": 1},
        {"dist": {"uniform": 1}, "low": 0, "high": 1},
    ],
)
def test_a_wrong_prior_is_refused(spec):
    with pytest.raises(ValueError, match=r".+"):
        Prior.from_mapping(spec)


@pytest.mark.parametrize("spec", [
    {"dist": "uniform", "low": 0.0, "high": 1.0},
    {"dist": "triangular", "low": 0.0, "mode": 0.2, "high": 1.0},
    {"dist": "bernoulli", "p": 0.5},
])  # fmt: skip
def test_a_prior_is_read_and_written_alike(spec):
    assert Prior.from_mapping(spec).to_mapping() == spec


def test_draws_of_a_parameter_do_not_depend_on_the_rest_of_the_space():
    base = scenario()
    alone = Space({"taliban.control": base.space.priors["taliban.control"]})
    column = base.schema.index("taliban.control")
    whole = base.draw(NUMBERS, seed=3)[:, column]
    np.testing.assert_array_equal(base.with_space(alone).draw(NUMBERS, seed=3)[:, column], whole)
    assert np.unique(whole).size == len(NUMBERS)


def test_a_replicate_has_the_same_draws_in_every_scenario_and_order():
    base, other = scenario(), scenario("corridor_opens")
    ours, theirs = base.draw(NUMBERS, 3), other.draw(NUMBERS[::-1], 3)[::-1]
    shared = [base.schema.index(n) for n in base.space.names if n in other.space.names]
    assert len(shared) > 40
    np.testing.assert_array_equal(ours[:, shared], theirs[:, shared])
    assert not np.array_equal(ours, base.draw(NUMBERS, 4))


def test_draws_stay_in_the_range_of_their_parameter():
    base = scenario()
    low = np.array([p.low for p in base.schema.parameters])
    high = np.array([p.high for p in base.schema.parameters])
    drawn = base.draw(NUMBERS, 5)
    assert (drawn >= low).all()
    assert (drawn <= high).all()
    certain = [i for i, name in enumerate(base.schema.names) if name not in base.space.names]
    assert (drawn[:, certain] == base.values[certain]).all()


def test_draws_of_different_parameters_are_independent():
    """Correlations of 400 draws of 60 parameters; false-alarm rate below 1e-3 (5 standard errors, Bonferroni)."""
    base = scenario()
    drawn = base.draw(NUMBERS, 6)[:, [base.schema.index(name) for name in base.space.names]]
    ranks = stats.rankdata(drawn, axis=0)
    off = np.corrcoef(ranks.T) - np.eye(drawn.shape[1])
    assert np.abs(off).max() < 5.0 / np.sqrt(len(NUMBERS))


def test_a_known_parameter_drops_out():
    fixed = scenario().with_values({"taliban.control": 0.6})
    assert "taliban.control" not in fixed.space.names
    assert (fixed.draw(NUMBERS, 1)[:, fixed.schema.index("taliban.control")] == 0.6).all()


def test_whole_numbers_are_drawn_whole():
    base = scenario()
    space = Space({"fronts.nrf.home": Prior("uniform", (1.0, 34.0))})
    drawn = base.with_space(space).draw(NUMBERS, 1)[:, base.schema.index("fronts.nrf.home")]
    assert (drawn == np.rint(drawn)).all()
    assert np.unique(drawn).size > 20


def test_a_posterior_gives_whole_rows():
    """Joint draws keep what belongs together together; a fixed parameter's column drops out."""
    table = np.stack([np.linspace(0.1, 0.9, 50), np.linspace(0.9, 0.1, 50)], axis=1)
    names = ("taliban.control", "taliban.outreach")
    drawing = scenario().with_space(Space({}, names, table))
    drawn = drawing.draw(NUMBERS, 2)[:, [drawing.schema.index(name) for name in names]]
    np.testing.assert_allclose(drawn.sum(axis=1), 1.0)
    assert np.unique(drawn[:, 0]).size > 40
    left = drawing.with_values({"taliban.control": 0.5}).space
    assert left.names == ("taliban.outreach",)
    assert left.posterior.shape == (50, 1)
