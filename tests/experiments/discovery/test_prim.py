"""PRIM and CART: step by step as EMA Workbench and scikit-learn, and a planted box is found."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.discovery import prim, tree


def planted(n: int = 1500, d: int = 6, noise: float = 0.0, seed: int = 1):
    """Points of the unit cube; inside x0 > 0.6 and x2 < 0.5 cases are of interest, elsewhere a share ``noise``."""
    rng = np.random.default_rng(seed)
    x = rng.random((n, d))
    y = (x[:, 0] > 0.6) & (x[:, 2] < 0.5)
    return x, np.where(y, rng.random(n) >= noise, rng.random(n) < noise)


def whole_numbers(n: int = 800, seed: int = 2):
    """A switch and a whole number beside numbers: many ties."""
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.integers(0, 2, n), rng.integers(1, 6, n), rng.random(n)]).astype(float)
    return x, (x[:, 0] == 1) & (x[:, 1] >= 3) & (rng.random(n) < 0.9)


@pytest.mark.parametrize("points", [planted(), planted(noise=0.15, seed=3), whole_numbers()])
def test_every_step_is_that_of_ema_workbench(points):
    theirs = pytest.importorskip("ema_workbench.analysis.prim")
    x, y = points
    box = theirs.Prim(pd.DataFrame(x), y, threshold=0.1).find_box()
    ours = prim.trajectory(x, y, prim.whole_box(x), 0.05)
    assert len(ours) == len(box.box_lims)
    whole = prim.whole_box(x)
    for step, (limits, other) in enumerate(zip(ours, box.box_lims, strict=True)):
        assert np.array_equal(np.stack([limits.low, limits.high]), other.to_numpy(float))
        inside = limits.holds(x)
        assert y[inside].mean() == pytest.approx(box.peeling_trajectory["density"][step])
        assert y[inside].sum() / y.sum() == pytest.approx(box.peeling_trajectory["coverage"][step])
    both = {which: max(values) for which, values in box.qp[-1].items()}
    made = prim.quasi_p(x, y, ours[-1], whole)
    assert set(made) == set(both)
    single = [which for which, values in box.qp[-1].items() if min(values) == -1]
    for which in single:  # limited on one side: the limit is the parameter's
        assert made[which] == pytest.approx(both[which], rel=1e-9)


def test_a_planted_box_is_found():
    x, y = planted(4000)
    boxes = prim.trajectory(x, y, prim.whole_box(x), 0.05)
    whole = prim.whole_box(x)
    best = max(boxes, key=lambda box: y[box.holds(x)].mean() * y[box.holds(x)].sum())
    assert best.restricted(whole).tolist() == [0, 2]
    assert best.low[0] == pytest.approx(0.6, abs=0.03)
    assert best.high[2] == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("points", [planted(), planted(noise=0.15, seed=3)])
def test_the_tree_is_that_of_scikit_learn(points):
    sklearn = pytest.importorskip("sklearn.tree")
    x, y = points
    theirs = sklearn.DecisionTreeClassifier(max_depth=3, min_samples_leaf=int(0.05 * len(x))).fit(x, y)
    numbers = theirs.apply(x)
    leaves = {(int((numbers == k).sum()), int(y[numbers == k].sum())) for k in np.unique(numbers)}
    ours = tree.grow(x, y, prim.whole_box(x))
    assert sum(leaf.found for leaf in ours) == y.sum()
    densest = max(found / points for points, found in leaves)
    assert ours[0].density == pytest.approx(densest, abs=0.01)


def test_leaves_share_the_points_and_the_first_is_the_densest():
    x, y = planted(noise=0.1)
    leaves = tree.grow(x, y, prim.whole_box(x))
    assert sum(leaf.points for leaf in leaves) == len(x)
    assert [leaf.density for leaf in leaves] == sorted((leaf.density for leaf in leaves), reverse=True)
    assert tree.grow(x, y, prim.whole_box(x), depth=2)[0].limits.restricted(prim.whole_box(x)).tolist() == [
        0,
        2,
    ]
