"""Figures of drivers: as many panels as there are variables."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.drivers import figures as drivers
from experiments.drivers.importance import importance, who_leads
from experiments.drivers.surface import fit_surface


def surface(d: int):
    rng = np.random.default_rng(d)
    points = rng.random((450, d))
    chance = 1 / (1 + np.exp(-4 * (points[:, 0] - 0.5)))
    ending = np.where(rng.random(450) < chance, "settlement", "consolidation")
    names = ["taliban.control", "economy.growth", "caches.abundance", "supply.corridor"][:d]
    groups = np.repeat(np.arange(150), 3)
    return fit_surface(points, ending, names, np.array([[0.0, 1.0]] * d), groups, draws=30), ending


@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_driver_figures_for_any_number_of_variables(d):
    fitted, ending = surface(d)
    happened = {name: (ending == name).astype(float).reshape(-1, 3) for name in fitted.outcomes}
    assert len(drivers.responses(fitted, "title").axes) == d
    bars = drivers.importance_bars(importance(fitted, happened), "title")
    assert bars.axes[0].get_xlim() == (0, 1)
    if d > 1:
        panels = 3 if d > 2 else 1
        assert len(drivers.slices(fitted, "title").axes) == panels
        assert len(drivers.leaders(fitted, who_leads(fitted), "title").axes) == panels
        assert len(drivers.contours(fitted, "settlement", "title").axes) == d * (d - 1) // 2
