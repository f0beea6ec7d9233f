"""The figure of a conditional outlook: with and without signs, and where every run meets the condition."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.drawing import style
from experiments.given import figures as given
from experiments.given.signs import conditional_endings, early_signs, first_signs


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
