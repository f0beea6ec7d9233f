"""The pool and its statistical members: weights go to who was right, paths are what their names say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.forecast import forecasters, pool

HISTORY = pd.Series(
    [*([400.0] * 80), 500.0, 200.0, 70.0, 30.0, 40.0, 10.0, 40.0, 300.0, 200.0, 150.0, 70.0, 80.0, 330.0],
    index=pd.period_range("2015-01", periods=93, freq="M"),
)
AHEAD = pd.period_range("2022-10", periods=6, freq="M")


def scored(good: str, months: int = 12) -> pd.DataFrame:
    """Log scores of two forecasters, one of them better by two nats."""
    rows = [
        ("deaths", "2022-01-01", f"2022-{m:02d}", m, name, 4.0 if name == good else 6.0)
        for m in range(1, months + 1)
        for name in ("a", "b")
    ]
    return pd.DataFrame(rows, columns=["series", "origin", "month", "horizon", "forecast", "log_score"])


def test_weights_go_to_who_was_right_and_are_drawn_to_equal_ones() -> None:
    few = pool.learn(scored("a", 2), ["a", "b"], pd.Period("2023-01"))
    many = pool.learn(scored("a", 12), ["a", "b"], pd.Period("2023-01"))
    assert 0.5 < few["a"] < many["a"] < 1.0
    assert many["a"] + many["b"] == pytest.approx(1.0)


def test_before_any_score_the_model_has_one_half() -> None:
    assert pool.first_weights(["model", "a", "b"]) == {"model": 0.5, "a": 0.25, "b": 0.25}
    assert pool.first_weights(["a", "b"]) == {"a": 0.5, "b": 0.5}
    assert pool.first_weights(["model"]) == {"model": 1.0}
    table = scored("a").replace({"forecast": {"b": "model"}})
    assert pool.learn(table, ["model", "a"], pd.Period("2022-01"))["model"] == 0.5


def test_only_months_that_were_known_count() -> None:
    table = scored("a")
    assert pool.learn(table, ["a", "b"], pd.Period("2022-01")) == {"a": 0.5, "b": 0.5}
    part = pool.learn(table[table["month"] < "2022-04"], ["a", "b"], pd.Period("2023-01"))
    assert pool.learn(table, ["a", "b"], pd.Period("2022-04")) == part


def test_a_month_counts_once_however_often_it_was_forecast() -> None:
    table = scored("a", 3)
    twice = pd.concat([table, table.assign(origin="2021-12-01")])
    assert pool.learn(twice, ["a", "b"], pd.Period("2023-01")) == pytest.approx(
        pool.learn(table, ["a", "b"], pd.Period("2023-01"))
    )


def test_the_mix_takes_paths_by_weight() -> None:
    paths = {"a": np.zeros((100, 3)), "b": np.ones((100, 3))}
    made = pool.mix(paths, {"a": 0.25, "b": 0.75}, 100, 1)
    assert made.shape == (100, 3)
    assert made[:, 0].sum() == 75
    assert (made == made[:, :1]).all()
    assert np.array_equal(made, pool.mix(paths, {"a": 0.25, "b": 0.75}, 100, 1))


@pytest.mark.parametrize("name", sorted(forecasters.MEMBERS))
def test_members_give_counts_that_repeat(name: str) -> None:
    made = forecasters.forecasts(HISTORY, AHEAD, 200, 3)[name]
    assert made.shape == (200, 6)
    assert (made >= 0).all()
    assert (made == np.round(made)).all()
    assert np.array_equal(made, forecasters.forecasts(HISTORY, AHEAD, 200, 3)[name])
    assert not np.array_equal(made, forecasters.forecasts(HISTORY, AHEAD, 200, 4)[name])


def test_members_stand_where_the_record_is() -> None:
    """Medians of 4,000 paths near the mean of their window; the war before the change does not count."""
    made = forecasters.forecasts(HISTORY, AHEAD, 4000, 3)
    three, twelve = made["recent_3m"][:, 0].mean(), made["recent_12m"][:, 0].mean()
    assert three == pytest.approx(np.mean([70, 80, 330]), rel=0.35)
    assert twelve == pytest.approx(HISTORY.iloc[-12:].mean(), rel=0.35)
    assert set(np.unique(made["since_change"])) <= set(HISTORY[HISTORY.index >= forecasters.CHANGE])
    assert np.median(made["damped_trend"]) < 400


def test_doubt_grows_with_time() -> None:
    made = forecasters.forecasts(HISTORY, pd.period_range("2022-10", periods=24, freq="M"), 4000, 3)[
        "recent_12m"
    ]
    logs = np.log1p(made)
    assert logs[:, 23].std() > logs[:, 0].std()


def test_months_that_nobody_knows_are_passed_over() -> None:
    later = pd.period_range("2023-01", periods=3, freq="M")
    made = forecasters.forecasts(HISTORY, later, 50, 3)["recent_3m"]
    whole = forecasters.forecasts(HISTORY, pd.period_range("2022-10", "2023-03", freq="M"), 50, 3)[
        "recent_3m"
    ]
    assert np.array_equal(made, whole[:, 3:])


def test_one_month_of_history_is_enough() -> None:
    for made in forecasters.forecasts(HISTORY.iloc[:81], AHEAD, 50, 3).values():
        assert np.isfinite(made).all()
