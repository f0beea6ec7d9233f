"""Figures of claims, drivers and conditional outlooks: they draw what the tables hold, for odd tables too."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.claims import figures as claims
from experiments.drawing import style
from experiments.drivers import figures as drivers
from experiments.drivers.importance import importance, who_leads
from experiments.drivers.surface import fit_surface
from experiments.given import figures as given
from experiments.given.signs import conditional_endings, early_signs, first_signs

THIRDS = [[0.1, 0.0, 0.2], [0.2, 0.1, 0.3], [float("nan")] * 3]


def row(verdict: str, unit: str = "", **changes):
    """A row of claims.json."""
    part = {"change": 0.1, "low": 0.0, "high": 0.2, "clear": True, "thirds": THIRDS}
    made = {
        "id": f"claim-{verdict}", "factors": ["F1"], "unit": unit, "outcome": "chance of settlement",
        "direction": "increases", "built_in": False, "effect": 1.2, "low": 1.1, "high": 1.3, "spread": 0.5,
        "standardised": [0.4, 0.2, 0.6], "verdict": verdict, "depends_on": {"taliban.control": part},
    }  # fmt: skip
    return made | changes


def test_forest_has_a_row_a_claim_turned_to_the_claimed_side():
    rows = [row(v) for v in claims.VERDICT_COLOURS]
    rows.append(row("supported", direction="decreases", standardised=[-9.0, -10.0, -8.0], built_in=True))
    figure = claims.forest(rows, 0.2)
    ax = figure.axes[0]
    assert len(ax.get_yticklabels()) == 5
    dots = [line for line in ax.lines if line.get_marker() not in ("", "None", None)]
    beyond = dots[-1]
    assert beyond.get_marker() == ">"
    assert beyond.get_xdata()[0] == ax.get_xlim()[1]
    assert style.png(figure)[:4] == b"\x89PNG"


@pytest.mark.parametrize("unit", ["", "ratio", "days"])
def test_small_figure_of_a_claim(unit):
    figure = claims.small(row("mixed", unit), 0.2)
    assert next(t.get_text() for t in figure.axes[0].get_yticklabels()) == "all draws"
    assert style.png(figure) == style.png(claims.small(row("mixed", unit), 0.2))


def test_small_figure_without_drivers():
    figure = claims.small(row("supported", depends_on={}), 0.2)
    assert len(figure.axes[0].get_yticklabels()) == 1


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


def test_conditional_outlook_with_and_without_signs():
    rng = np.random.default_rng(1)
    met = np.arange(200) < 80
    ending = np.where(met, "settlement", "consolidation")
    table = conditional_endings(ending, ("consolidation", "settlement"), met)
    months = np.arange("2021-09", "2022-01", dtype="datetime64[M]")
    signals = {"caches": rng.normal(size=(200, 4)) + 2 * met[:, None]}
    signs = early_signs(signals, months, np.array([29, 60, 90, 121]), met, np.full(200, 999))
    figure = given.conditional_outlook(table, signs, first_signs(signs), "pockets > 3 at 2022", 80)
    assert len(figure.axes) == 2
    assert len(given.conditional_outlook(table, pd.DataFrame(), pd.DataFrame(), "x", 80).axes) == 1
    always = table.assign(
        **{name: float("nan") for name in table if name.startswith(("otherwise", "difference"))}
    )
    figure = given.conditional_outlook(always, pd.DataFrame(), pd.DataFrame(), "x", 80)
    texts = " ".join(text.get_text() for text in figure.texts)
    assert "x: in every run" in texts
    assert "nan" not in texts
    assert style.png(figure)[:4] == b"\x89PNG"
