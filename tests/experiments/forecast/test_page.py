"""The page on skill: every verdict follows from an interval, every number from a table."""

from __future__ import annotations

import pandas as pd
import pytest

from experiments.forecast.answers import score_questions
from experiments.forecast.page import page, verdict


@pytest.mark.parametrize(
    ("low", "high", "word"), [(0.1, 0.5, "skill"), (-0.2, 0.3, "none shown"), (-0.9, -0.1, "worse")]
)
def test_verdicts(low: float, high: float, word: str) -> None:
    assert verdict(low, high) == word


def series(covered: float) -> dict:
    names = ["forecast", "horizon", "loss", "best", "value", "low", "high", "origins"]
    best = pd.DataFrame(
        [
            ("pool", "1-3 months", "crps", "persistence", 0.4, 0.2, 0.6, 21),
            ("pool", "1-3 months", "log_score", "climatology_3m", -0.1, -0.4, 0.2, 21),
        ],
        columns=names,
    )
    columns = ["forecast", "horizon", "crps", "log_score", "covered_90", "forecasts"]
    means = pd.DataFrame(
        [("pool", "all", 41.0, 5.5, covered, 78), ("model", "all", 42.0, 5.6, 0.9, 78)], columns=columns
    )
    pit = pd.DataFrame(
        {"low": [0, 0.25, 0.5, 0.75], "high": [0.25, 0.5, 0.75, 1.0], "count": [30, 20, 20, 8]}
    )
    return {"best": best, "means": means, "pit": {"pool": pit, "model": pit}}


def tables(covered: float) -> dict:
    questions = pd.DataFrame(
        {
            "kind": ["binary", "binary", "numeric", "cannot"],
            "text": ["Badly missed?", "Well seen?", "How many?", "Silent?"],
            "probability": [0.1, 0.9, None, None],
            "brier": [0.81, 0.01, None, None],
            "resolution": [1, 1, 310.0, 0],
            "low": [0, 0.8, 1, None],
            "high": [0.2, 1, 45, None],
            "covered_90": [None, None, False, None],
            "weight": [1.0, 1.0, 0.5, 1.0],
        }
    )
    return {
        "series": {name: series(covered) for name in ("deaths", "deaths_state_based")},
        "forecasts": pd.DataFrame({"origin": ["2021-10-01", "2023-06-01"], "month": ["2021-10", "2023-06"]}),
        "weights": pd.DataFrame([{"series": "deaths", "model": 0.25, "recent_3m": 0.75}]),
        "questions": questions,
        "question_scores": {"all": score_questions([0.1, 0.9], [1, 1], [1.0, 1.0], 500)},
    }


def told(covered: float) -> str:
    return page(tables(covered), "2021-09-15", "2023-07-01", "outlook hindcast")


def test_the_page_says_what_the_tables_say() -> None:
    text = told(0.70)
    assert (
        "| Pool | 1-3 months | skill: 0.40 [0.20, 0.60] | Last month again | none shown: -0.10 [-0.40, 0.20] |"
        in text
    )
    assert "from 2021-10 to 2023-06" in text
    assert "The pool's 90 % intervals hold 70% of the months: they are too narrow" in text
    assert "30 months fell into the lowest quarter" in text
    assert "| deaths | 25% | 75% |" in text
    assert "Badly missed? The model gave 0.10; it came out yes." in text
    assert "Well seen?" not in text
    assert "1 to 45; it was 310" in text
    assert "cannot speak to 1 of the 4 questions" in text
    assert "| all | 2 | 0.410 |" in text


@pytest.mark.parametrize(("covered", "word"), [(0.9, "about right"), (0.99, "too wide")])
def test_width_of_intervals(covered: float, word: str) -> None:
    assert word in told(covered)
