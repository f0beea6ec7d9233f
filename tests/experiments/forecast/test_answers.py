"""Tables of scored forecasts: columns agree with the scores, grouping and pairing are right."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.forecast import answers, scores
from experiments.forecast import skill as forecasts


def philox(key: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=key))


def scored(forecast: str, mean: float, key: int = 1) -> pd.DataFrame:
    """Forecasts of Poisson(50) counts, 10 origins and 4 months, by an ensemble with another mean."""
    origins = [f"2022-{m:02d}" for m in range(1, 11)]
    keys = pd.DataFrame([(o, h) for o in origins for h in (1, 2, 3, 4)], columns=["origin", "horizon"])
    truth = philox(key).poisson(50, len(keys)).astype(float)
    samples = philox(key + 100).poisson(mean, (len(keys), 200))
    return forecasts.score_months(keys, truth, samples, forecast)


def test_columns_are_the_scores() -> None:
    keys = pd.DataFrame({"origin": ["a", "b"], "horizon": [1, 2]})
    truth, samples = np.array([3.0, 9.0]), philox(1).poisson(5, (2, 50)).astype(float)
    table = forecasts.score_months(keys, truth, samples, "model", seed=4)
    assert table["crps"].tolist() == scores.crps_ensemble(truth, samples).tolist()
    assert table["log_score"].tolist() == scores.log_score_counts(truth, samples).tolist()
    assert table["pit"].tolist() == scores.pit(truth, samples, seed=4).tolist()
    assert table["origin"].tolist() == ["a", "b"]


def test_horizons_fall_in_groups() -> None:
    assert [forecasts.horizon_group(h) for h in (1, 3, 4, 6, 12, 13, 22)] == [
        "1-3 months", "1-3 months", "4-6 months", "4-6 months", "7-12 months", "13-21 months", "later",
    ]  # fmt: skip


def test_means_by_hand() -> None:
    table = scored("model", 50)
    made = forecasts.means(table).set_index("horizon")
    assert made.loc["1-3 months", "crps"] == pytest.approx(table[table["horizon"] <= 3]["crps"].mean())
    assert made.loc["all", "forecasts"] == 40
    assert made.loc["4-6 months", "forecasts"] == 10


def test_the_right_mean_has_skill_over_the_wrong_one() -> None:
    both = pd.concat([scored("model", 50), scored("naive", 100)])
    found = forecasts.skills(both, "model", ["naive", "absent"], "crps", 3).set_index("horizon")
    assert (found["skill"] > 0.5).all()
    assert (found["low"] > 0).all()
    assert found["origins"].tolist() == [10] * 3
    back = forecasts.skills(both, "naive", ["model"], "crps", 3)
    assert (back["high"] < 0).all()


def test_the_best_rival_is_chosen_by_row_and_loss() -> None:
    whole = pd.concat([scored("model", 50), scored("good", 55), scored("bad", 100)])
    found = forecasts.against_best(whole, "model", ["good", "bad", "absent"], 3)
    assert set(found["best"]) == {"good"}
    assert found["loss"].tolist() == ["crps", "log_score"] * 3
    by = whole.pivot_table(index="origin", columns="forecast", values="log_score")
    row = found[(found["horizon"] == "all") & (found["loss"] == "log_score")].iloc[0]
    assert row["value"] == pytest.approx((by["good"] - by["model"]).mean())
    assert row["low"] <= row["value"] <= row["high"]


def test_question_scores_by_hand() -> None:
    table = answers.score_questions([0.8, 0.1, 0.5], [1, 0, 1], [1.0, 1.0, 0.0], runs=1000).set_index(
        "forecast"
    )
    assert table.loc["model", "brier"] == pytest.approx((0.04 + 0.01) / 2)
    assert table.loc["nothing_changes", "brier"] == pytest.approx(0.5)
    assert table.loc["base_rate", "brier"] == pytest.approx(0.25)
    assert table.loc["coin", "log_score"] == pytest.approx(np.log(2))
    assert table.loc["model", "questions"] == 2
    part = answers.score_questions([0.8, 0.1], [1, 0], [1.0, 0.0], 100).set_index("forecast")
    assert part.loc["model", "brier"] == pytest.approx(0.04)
    assert answers.score_questions([0.5], [1], [0.0], 10).empty


def test_dependent_questions_share_one_weight() -> None:
    shared = answers.group_weights([1.0, 1.0, 0.5, 1.0, 1.0], ["a", "a", "b", "", ""])
    assert shared.tolist() == [0.5, 0.5, 0.5, 1.0, 1.0]
    assert answers.group_weights([0.0, 0.0], ["a", "a"]).tolist() == [0.0, 0.0]
