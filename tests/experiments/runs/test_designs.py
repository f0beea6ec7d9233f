"""Designs: what they cover, in which order, and what they refuse."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.kit.errors import UserError
from experiments.runs import designs
from experiments.runs.designs import make_points
from experiments.runs.designs.dimensions import Dimension, cross, from_interval, from_levels, from_prior
from experiments.runs.designs.layouts import salib_problem
from experiments.runs.options import DesignOptions
from sim.parameters import build_schema
from sim.uncertainty import Prior

SCHEMA = build_schema()
BASE = SCHEMA.defaults()
SERVICE, GROWTH = "taliban.service_delivery", "economy.growth"


def dimensions() -> list[Dimension]:
    return [from_interval(SCHEMA, BASE, SERVICE, 0.0, 1.0), from_interval(SCHEMA, BASE, GROWTH, -0.2, 0.1)]


def points(name: str, dims: list[Dimension], seed: int = 1, **more) -> np.ndarray:
    return make_points(SCHEMA, dims, DesignOptions(name=name, **more), seed)[1]


def test_grid_is_every_combination_first_slowest():
    dims = [
        from_levels(SCHEMA, BASE, SERVICE, [0.8, 0.2]),
        from_levels(SCHEMA, BASE, GROWTH, [0.0, -0.1, 0.1]),
    ]
    names, made = make_points(SCHEMA, dims, DesignOptions(), 1)
    assert names == (SERVICE, GROWTH)
    assert made.tolist() == [[0.8, 0.0], [0.8, -0.1], [0.8, 0.1], [0.2, 0.0], [0.2, -0.1], [0.2, 0.1]]


def test_grid_walks_an_interval_from_end_to_end():
    made = points("grid", [from_interval(SCHEMA, BASE, SERVICE, 0.2, 0.6)], n=3)
    assert made[:, 0] == pytest.approx([0.2, 0.4, 0.6])


def test_nothing_swept_is_one_point():
    names, made = make_points(SCHEMA, [], DesignOptions(), 1)
    assert names == ()
    assert made.shape == (1, 0)


def test_one_at_a_time_moves_one_parameter_from_the_base():
    made = points("one_at_a_time", dimensions(), n=3)
    base = [BASE[SCHEMA.index(SERVICE)], BASE[SCHEMA.index(GROWTH)]]
    assert made[0].tolist() == base
    moved = made[1:] != np.array(base)
    assert (moved.sum(axis=1) == 1).all()
    assert moved.any(axis=0).all()


def test_latin_hypercube_has_one_point_in_every_slice():
    made = points("lhs", dimensions(), n=50)
    unit = (made - [0.0, -0.2]) / [1.0, 0.3]
    for column in unit.T:
        assert sorted((column * 50).astype(int)) == list(range(50))


@pytest.mark.parametrize("name", ["lhs", "sobol", "morris"])
def test_a_design_is_its_seed(name):
    first, again, other = (points(name, dimensions(), seed=seed, n=8) for seed in (1, 1, 2))
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()
    assert (first >= [0.0, -0.2]).all()
    assert (first <= [1.0, 0.1]).all()


def test_own_seed_of_a_design_overrules_the_study():
    with_own = make_points(SCHEMA, dimensions(), DesignOptions(name="lhs", n=8, seed=9), 1)[1]
    assert with_own.tobytes() == points("lhs", dimensions(), seed=9, n=8).tobytes()


@pytest.mark.parametrize("second", [False, True])
def test_sobol_has_the_layout_that_salib_reads(second):
    """Rows of a block: A, A with one column of B in turn (then B with one of A), B."""
    d, n = 2, 4
    made = points("sobol", dimensions(), n=n, second_order=second)
    size = 2 * d + 2 if second else d + 2
    assert len(made) == n * size
    for block in made.reshape(n, size, d):
        a, b = block[0], block[-1]
        for k in range(d):
            mixed = a.copy()
            mixed[k] = b[k]
            assert block[1 + k].tolist() == mixed.tolist()
            if second:
                mixed = b.copy()
                mixed[k] = a[k]
                assert block[1 + d + k].tolist() == mixed.tolist()


def test_sobol_indices_of_a_known_function():
    """x + 2 y on the unit square: shares of the variance 1/5 and 4/5 (fixed seed: no false alarm)."""
    from SALib.analyze import sobol

    dims = [Dimension("x", 0.0, 1.0, 0.5), Dimension("y", 0.0, 1.0, 0.5)]
    made = points("sobol", dims, n=512)
    found = sobol.analyze(salib_problem(dims), made[:, 0] + 2 * made[:, 1], calc_second_order=False, seed=1)
    assert found["S1"] == pytest.approx([0.2, 0.8], abs=0.02)


def test_morris_effects_of_a_line_are_its_slopes():
    from SALib.analyze import morris

    dims = [Dimension("x", 0.0, 1.0, 0.5), Dimension("y", 0.0, 1.0, 0.5)]
    made = points("morris", dims, n=10)
    assert len(made) == 10 * 3
    found = morris.analyze(salib_problem(dims), made, 3 * made[:, 0] - made[:, 1], num_levels=4)
    assert np.asarray(found["mu"]) == pytest.approx([3.0, -1.0])
    assert np.asarray(found["sigma"]) == pytest.approx([0.0, 0.0], abs=1e-9)


def test_levels_are_crossed_with_a_drawn_design():
    dims = [from_levels(SCHEMA, BASE, SERVICE, [0.2, 0.8]), from_interval(SCHEMA, BASE, GROWTH, -0.2, 0.1)]
    made = points("lhs", dims, n=6)
    assert made[:, 0].tolist() == [0.2] * 6 + [0.8] * 6
    assert made[:6, 1].tolist() == made[6:, 1].tolist()


def test_a_prior_is_followed():
    """Quantiles of a Latin hypercube are those of the prior, up to the width of a slice."""
    prior = Prior("triangular", (0.0, 0.2, 1.0))
    made = points("lhs", [from_prior(SCHEMA, BASE, SERVICE, prior)], n=1000)[:, 0]
    levels = np.array([0.1, 0.5, 0.9])
    assert np.quantile(made, levels) == pytest.approx(prior.quantile(levels), abs=0.002)


@given(st.integers(0, 20), st.integers(1, 20), st.floats(0, 1))
def test_whole_numbers_stay_whole_and_inside(low, width, u):
    dimension = Dimension("n", low, low + width, low, "int")
    value = float(dimension.values(np.array([u]))[0])
    assert value == int(value)
    assert low <= value <= low + width


def test_whole_numbers_are_equally_likely():
    values = Dimension("n", 1.0, 4.0, 1.0, "int").values((np.arange(400) + 0.5) / 400)
    assert np.unique(values, return_counts=True)[1].tolist() == [100, 100, 100, 100]


@settings(max_examples=30)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_cross_has_every_combination_once(lengths):
    parts = [{f"c{i}": np.arange(length)} for i, length in enumerate(lengths)]
    made = cross(parts)
    rows = list(zip(*(column.tolist() for column in made.values()), strict=True))
    assert rows == sorted(set(rows))
    assert len(rows) == np.prod(lengths)


def test_table_takes_points_in_the_order_of_the_file(tmp_path):
    frame = pd.DataFrame({SERVICE: [0.9, 0.1, 0.5], GROWTH: [0.0, 0.05, -0.1]})
    frame.to_csv(tmp_path / "points.csv", index=False)
    frame.to_parquet(tmp_path / "points.parquet")
    for name in ("points.csv", "points.parquet"):
        made = points("table", [], n=0, path=str(tmp_path / name))
        assert made.tolist() == frame.to_numpy().tolist()
    assert len(points("table", [], n=2, path=str(tmp_path / "points.csv"))) == 2


def test_posterior_keeps_the_weights(tmp_path):
    """Systematic resampling: every row's count is within one of its expectation, whatever the seed."""
    weights = np.array([0.1, 0.2, 0.3, 0.4])
    path = tmp_path / "draws.csv"
    pd.DataFrame({SERVICE: [0.1, 0.2, 0.3, 0.4], "weight": weights}).to_csv(path, index=False)
    for seed in range(20):
        made = points("posterior", [], seed=seed, n=50, path=str(path))
        counts = np.array([(made[:, 0] == value).sum() for value in (0.1, 0.2, 0.3, 0.4)])
        assert (np.abs(counts - 50 * weights) < 1.0 + 1e-9).all()


@pytest.mark.parametrize(
    "weights", [["x", "1"], ["50%", "50%"], [1e308, 1e308], [True, False], [0, 0], ["", 1], [-1, 2]]
)
def test_weights_are_numbers_and_not_all_nought(tmp_path, weights):
    path = tmp_path / "draws.csv"
    pd.DataFrame({SERVICE: [0.1, 0.2], "weight": weights}).to_csv(path, index=False)
    with pytest.raises(UserError, match=r"draws\.csv: (row 1: )?weight: found .*; allowed: "):
        points("posterior", [], n=2, path=str(path))
    pd.DataFrame({"weight": [1, 2]}).to_csv(path, index=False)
    with pytest.raises(UserError, match="has no column of a parameter"):
        points("posterior", [], n=2, path=str(path))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: from_levels(SCHEMA, BASE, "taliban.service_delivry", [0.1]), ["no such parameter", SERVICE]),
        (lambda: from_levels(SCHEMA, BASE, SERVICE, [0.1, 1.7]), [SERVICE, "1.7", "from 0 to 1"]),
        (lambda: from_levels(SCHEMA, BASE, SERVICE, ["high"]), [SERVICE, "high", "a number"]),
        (lambda: from_interval(SCHEMA, BASE, SERVICE, 0.5, 0.2), ["low below high"]),
        (lambda: from_interval(SCHEMA, BASE, SERVICE, 0.0, 2.0), ["2", "from 0 to 1"]),
        (lambda: points("sobol", dimensions(), n=1000), ["1000", "power of two", "1024"]),
        (lambda: points("morris", dimensions(), n=4, levels=5), ["5", "even"]),
        (lambda: points("lhs", [], n=4), ["nothing to draw", "interval(low,high)"]),
        (lambda: points("lhs", dimensions(), n=0), ["design.n", "1 or more"]),
        (lambda: points("table", [], n=0), ["design.path: missing"]),
        (lambda: points("table", [], n=0, path="nowhere.csv"), ["nowhere.csv: no such file"]),
        (lambda: points("table", [], n=0, path="points.xlsx"), [".csv or .parquet"]),
        (lambda: points("grid", dimensions(), n=10_000), ["at most"]),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(make, words):
    with pytest.raises(UserError) as error:
        make()
    for word in words:
        assert word in str(error.value)


def test_a_table_names_every_wrong_cell(tmp_path):
    path = tmp_path / "points.csv"
    pd.DataFrame({SERVICE: [0.5, 3.0], "economy.grwth": [0.0, 0.0]}).to_csv(path, index=False)
    with pytest.raises(UserError) as error:
        points("table", [], n=0, path=str(path))
    text = str(error.value)
    assert "row 2" in text
    assert "3.0" in text
    assert GROWTH in text  # the nearest name


def test_true_is_no_number_of_a_table(tmp_path):
    pd.DataFrame({SERVICE: [True, False]}).to_csv(tmp_path / "points.csv", index=False)
    with pytest.raises(UserError, match="found True; allowed: a number"):
        points("table", [], n=0, path=str(tmp_path / "points.csv"))


def test_a_parameter_stands_in_the_table_or_on_the_command_line(tmp_path):
    path = tmp_path / "points.csv"
    pd.DataFrame({SERVICE: [0.5]}).to_csv(path, index=False)
    with pytest.raises(UserError, match="in one of them"):
        points("table", [from_levels(SCHEMA, BASE, SERVICE, [0.1])], n=0, path=str(path))
    with pytest.raises(UserError, match="found an interval"):
        points("table", [from_interval(SCHEMA, BASE, GROWTH, 0.0, 0.1)], n=0, path=str(path))


@pytest.mark.parametrize(
    ("name", "n"), [("lhs", 2**17), ("sobol", 2**15), ("morris", 2**16), ("worlds", 2**9)]
)
def test_a_design_that_fits_in_no_memory_is_refused_before_it_is_laid_out(monkeypatch, name, n):
    monkeypatch.setattr(designs, "memory", lambda: 2**22)
    with pytest.raises(UserError, match=rf"design={name} has .* points of .*allowed: what fits in .* memory"):
        points(name, dimensions(), n=n)
    monkeypatch.setattr(designs, "memory", lambda: 2**40)
    designs._check_size(SCHEMA, dimensions(), DesignOptions(name=name, n=n))
