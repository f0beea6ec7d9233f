"""Figures of calibration, scores and validation: they say what their tables say and give the same bytes each
time.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from experiments.drawing import style
from experiments.forecast.diagnostics import coverage, information
from experiments.forecast.figures import calibration, scores
from experiments.forecast.figures import questions as asked
from experiments.forecast.skill import pit_histogram, reliability
from experiments.validation import figures as validation
from experiments.validation.stylised import fit_tail

MONTHS = [f"2021-{m}" for m in (10, 11, 12)] + [f"2022-0{m}" for m in range(1, 10)]
NAMES = ["alpha.one", "beta.two", "gamma.three"]


def philox(key: int = 1) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=key))


def months(shift: float = 0.0) -> pd.DataFrame:
    """Forecasts of a year; ``shift`` moves the observations out of reach."""
    low = np.arange(12.0) + 10
    return pd.DataFrame(
        {
            "month": MONTHS,
            "observed": low + 10 + shift,
            "median": low + 12,
            "low_50": low + 6,
            "high_50": low + 20,
            "low_90": low,
            "high_90": low + 60,
            "covered_50": shift == 0,
            "covered_90": shift == 0,
        }
    )


def draws(rows: int, key: int) -> pd.DataFrame:
    return pd.DataFrame(philox(key).uniform(size=(rows, 3)), columns=NAMES)


def learned() -> pd.DataFrame:
    posterior = draws(400, 2).to_numpy(copy=True)
    posterior[:, 0] = 0.7 + 0.1 * posterior[:, 0]
    return information(draws(2000, 1).to_numpy(), posterior, NAMES, np.ones(400))


def targets() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "target": ["deaths_year", "no_militia"],
            "observed": [7.4, 0.0],
            "error": [0.25, 0.5],
            "weight": [1.0, 0.0],
            "prior_low": [5.0, -1.0],
            "prior_median": [6.0, 0.0],
            "prior_high": [7.0, 1.0],
            "posterior_low": [6.5, -0.8],
            "posterior_median": [7.2, 0.0],
            "posterior_high": [8.0, 0.8],
            "place": [0.6, 0.5],
            "covered": [True, True],
        }
    )


def recovered() -> pd.DataFrame:
    rows = [
        (row, j, t, t, max(0.0, t - 0.4), t, min(1.0, t + 0.4), True)
        for j in range(3)
        for row, t in enumerate(philox(j).uniform(size=40))
    ]
    names = ["row", "parameter", "truth", "rank", "low", "estimate", "high", "covered"]
    return pd.DataFrame(rows, columns=names)


def skills() -> pd.DataFrame:
    rows = [
        (h, r, "crps", 0.3, 0.1, 0.5, 0.99, 12)
        for h in ("1-3 months", "all")
        for r in ("persistence", "poisson_last")
    ]
    return pd.DataFrame(
        rows, columns=["horizon", "reference", "loss", "skill", "low", "high", "p_better", "origins"]
    )


def means(best: str = "pool") -> pd.DataFrame:
    crps = {"pool": 30.0 if best == "pool" else 90.0, "persistence": 60.0}
    return pd.DataFrame([{"forecast": name, "horizon": "all", "crps": value} for name, value in crps.items()])


def forecasts() -> pd.DataFrame:
    parts = []
    for horizon in (1, 3, 6):
        part = months().assign(forecast="model", horizon=horizon, origin=[f"{m}-01" for m in MONTHS])
        parts.append(part.iloc[horizon - 1 :])
    return pd.concat(parts, ignore_index=True)


def questions() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "text": ["Will it rain on the pass before the snow comes? " * 3, "Will it not?", "Open still?"],
            "probability": [0.8, 0.1, 0.4],
            "low": [0.7, 0.05, 0.3],
            "high": [0.9, 0.2, 0.5],
            "resolution": [1.0, 0.0, np.nan],
        }
    )


def numbers() -> pd.DataFrame:
    """Yes-or-no questions, a number that came and one that is open."""
    two = {
        "text": ["How many?", "How many more?"],
        "median": [40.0, 3.0],
        "low": [0.0, 1.0],
        "high": [90.0, 8.0],
    }
    more = pd.DataFrame({**two, "resolution": [310.0, np.nan], "kind": "numeric"})
    return pd.concat([questions().assign(kind="binary"), more], ignore_index=True)


def quantiles() -> pd.DataFrame:
    months = [*MONTHS, "total"]
    levels = {"q050": 5.0, "q250": 20.0, "q500": 40.0, "q750": 80.0, "q950": 300.0}
    return pd.DataFrame({"month": months, "mean": 50.0, **levels})


def histogram() -> np.ndarray:
    return np.bincount(np.minimum(philox(4).zipf(2.5, 5000), 500), minlength=501)


def sieges() -> pd.DataFrame:
    rows = [
        ("siege_2021", "a", "The floor falls", 0.9, 0.85, 0.94, ">= 0.8", True),
        ("siege_soviet_1980s", "b", "The floor is held", 0.4, 0.35, 0.45, "<= 0.2", False),
    ]
    columns = ["scenario", "question", "text", "share", "low", "high", "expected", "holds"]
    return pd.DataFrame(rows, columns=columns)


def calendar() -> tuple[pd.DataFrame, pd.DataFrame]:
    number = np.arange(1, 13)
    model = pd.DataFrame({"month": number, "mean": 10.0 + number, "low": 5.0, "high": 40.0})
    return model, pd.DataFrame({"month": number, "before": 1.0, "first_year": number / 6.0})


def facts() -> pd.DataFrame:
    rows = [
        ("exponent", 2.5, 2.1, 2.9, "2.0 to 3.0", True, "x"),
        ("season", 1.1, 0.9, 1.4, "> 1.3", False, "y"),
    ]
    return pd.DataFrame(rows, columns=["fact", "value", "low", "high", "expected", "holds", "source"])


FIGURES: dict[str, Callable[[], Figure]] = {
    "1 of 3 uncertain": lambda: calibration.parameters(draws(500, 1), draws(200, 2), learned(), "2023-07-01"),
    "2 of 3 parameters": lambda: calibration.information(learned(), "2023-07-01"),
    "2 of 2 targets": lambda: calibration.targets(targets()),
    "recovered": lambda: calibration.recovery(recovered(), coverage(recovered(), NAMES)),
    "twelve months held": lambda: scores.fans_against_observed(
        {"prior": months(), "late": months(500)}, "twelve months held", "x"
    ),
    "one, three and six": lambda: scores.by_origin(forecasts(), "model"),
    "has the smallest error": lambda: scores.skills(skills(), means()),
    "is behind 'last month again'": lambda: scores.skills(skills(), means("persistence")),
    "at their word": lambda: scores.calibration(
        pit_histogram(philox().uniform(size=78)), reliability([0.1, 0.9, 0.8], [0, 1, 1]), 78, 3
    ),
    "asked": lambda: asked.questions(questions(), "asked in September", "x"),
    "numbers too": lambda: asked.questions(numbers(), "numbers too", "x"),
    "Deaths a month (national), 2021-10 to 2022-09": lambda: scores.projection(
        quantiles(), None, "deaths", "national", "pooled", "2023-07-01"
    ),
    "Pockets a month (Kabul)": lambda: scores.projection(
        quantiles(), pd.Series([4.0], index=["2022-01"]), "pockets", "Kabul", "the model alone", None
    ),
    "exponent of": lambda: validation.event_sizes(
        histogram(), fit_tail(np.repeat(np.arange(500), histogram()[:500]))
    ),
    "fighting season": lambda: validation.seasons(*calendar()),
    "1 of 2 outcomes": lambda: validation.sieges(sieges()),
    "1 of 2 stylised facts hold": lambda: validation.facts(facts()),
}


@pytest.mark.parametrize("heading", FIGURES)
def test_every_figure_says_what_its_table_says(heading: str) -> None:
    figure = FIGURES[heading]()
    assert any(heading in text.get_text().replace("\n", " ") for text in figure.texts), [
        t.get_text() for t in figure.texts
    ]
    assert figure.axes


@pytest.mark.parametrize("heading", FIGURES)
def test_the_same_table_gives_the_same_bytes_and_ink_stays_on_the_page(heading: str) -> None:
    pages = []
    for _ in range(2):
        figure = style.finish(FIGURES[heading](), runs=500, scenario="baseline", version="1", seed=1)
        pages.append(style.png(figure, dpi=60))
    assert pages[0] == pages[1]
    figure.draw_without_rendering()
    box = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    assert box.x0 > -0.02
    assert box.y0 > -0.02
    assert box.x1 < width + 0.02
    assert box.y1 < height + 0.02


def test_months_inside_are_counted() -> None:
    figure = FIGURES["twelve months held"]()
    said = [text.get_text() for ax in figure.axes for text in ax.texts]
    assert "12 of 12 months inside the 90 % interval" in said
    assert "0 of 12 months inside the 90 % interval" in said


def test_numeric_questions_are_drawn_with_their_numbers() -> None:
    figure = FIGURES["numbers too"]()
    assert len(figure.axes) == 2
    said = [text.get_text() for text in figure.axes[1].texts]
    assert said == ["40 (0 to 90); came 310", "3 (1 to 8)"]


def test_an_open_question_has_no_diamond() -> None:
    figure = FIGURES["asked"]()
    diamonds = [line for line in figure.axes[0].lines if line.get_marker() == "D"]
    assert [float(x) for line in diamonds for x in line.get_xdata() if np.isfinite(x)] == [1.0, 0.0]
