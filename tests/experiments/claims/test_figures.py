"""Figures of claims: they draw what the tables hold, for odd tables too."""

from __future__ import annotations

import pytest

from experiments.claims import figures as claims
from experiments.drawing import style

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
