"""Conditional outlook and early signs on toy runs whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from experiments.given.signs import (
    conditional_endings,
    conditional_measures,
    early_signs,
    first_signs,
    holm,
)

MONTHS = np.arange("2021-09", "2022-09", dtype="datetime64[M]")
LAST = (MONTHS + 1).astype("datetime64[D]") - np.datetime64("2021-09-01")
LAST_DAYS = LAST.astype(int) - 1


def world(seed: int, runs: int = 400, warning_from: int = 4, strength: float = 1.5):
    """A series that warns from a month on, and nine that say nothing; the matter is settled after the last
    month."""
    rng = np.random.default_rng(seed)
    met = rng.random(runs) < 0.4
    signals = {f"idle{i}": rng.normal(size=(runs, len(MONTHS))) for i in range(9)}
    warning = rng.normal(size=(runs, len(MONTHS)))
    warning[:, warning_from:] += strength * met[:, None]
    signals["warning"] = warning
    return signals, met, np.full(runs, 10_000)


def signs(seed: int, **kwargs):
    signals, met, settled = world(seed, **kwargs)
    return early_signs(signals, MONTHS, LAST_DAYS, met, settled)


def test_the_warning_is_found_in_its_month():
    """Alarms before month 4 come at the family-wise 5 % a world: more than 4 in 20 worlds has p < 0.003."""
    early = 0
    for seed in range(20):
        found = first_signs(signs(seed)).set_index("series").loc["warning"]
        early += found["month"] < MONTHS[4]
        assert found["month"] <= MONTHS[4]
        if found["month"] == MONTHS[4]:
            assert found["sign"] == "high"
            assert found["odds_low"] > 1
            assert found["chance"] > found["base"]
    assert early <= 4


def test_idle_series_raise_no_alarm():
    """120 tests a world at a family-wise 5 %: in 100 worlds more than 12 with an alarm has p < 0.002."""
    alarms = sum(not first_signs(signs(seed, strength=0.0)).empty for seed in range(100))
    assert alarms <= 12


def test_joint_intervals_cover():
    """All twelve AUCs of the idle series hold at once in at least 95 % of worlds: fewer than 54 of 60 has p
    < 0.02."""
    held = 0
    for seed in range(60):
        table = signs(seed, strength=0.0)
        held += bool(((table["auc_low"] <= 0.5) & (table["auc_high"] >= 0.5)).all())
    assert held >= 54


def test_a_low_value_can_be_the_sign():
    found = first_signs(signs(1, strength=-1.5))
    assert found["sign"].iloc[0] == "low"
    assert found["auc"].iloc[0] < 0.5
    assert found["odds"].iloc[0] > 1


def test_runs_already_settled_do_not_count():
    signals, met, settled = world(2)
    settled = np.where(np.arange(len(met)) < 200, 100, 10_000)
    table = early_signs(signals, MONTHS, LAST_DAYS, met, settled)
    by_month = table.groupby("month")["runs"].first()
    assert by_month[MONTHS[0]] == 400
    assert by_month[MONTHS[5]] == 200


def test_months_with_few_runs_are_left_out():
    signals, met, _ = world(3)
    assert early_signs(signals, MONTHS, LAST_DAYS, met, np.zeros(len(met))).empty
    assert early_signs(signals, MONTHS, LAST_DAYS, np.zeros_like(met), np.full(len(met), 9999)).empty


def test_auc_matches_counting_pairs():
    rng = np.random.default_rng(4)
    x, met = rng.integers(0, 5, 200).astype(float), rng.random(200) < 0.5
    table = early_signs({"x": x[:, None]}, MONTHS[:1], LAST_DAYS[:1], met, np.full(200, 99))
    a, b = x[met][:, None], x[~met][None, :]
    assert table["auc"].iloc[0] == pytest.approx((a > b).mean() + 0.5 * (a == b).mean())


def test_perfect_separation_keeps_an_open_interval():
    met = np.arange(100) < 50
    table = early_signs({"x": met[:, None].astype(float)}, MONTHS[:1], LAST_DAYS[:1], met, np.full(100, 99))
    row = table.iloc[0]
    assert row["auc"] == 1.0
    assert row["auc_low"] < 1.0
    assert np.isfinite(row["odds_high"])


def test_endings_given_the_condition():
    ending = np.array(["peace"] * 50 + ["war"] * 50)
    met = np.arange(100) < 60
    table = conditional_endings(ending, ("peace", "war", "other"), met).set_index("ending")
    assert table.loc["peace", "p"] == 0.5
    assert table.loc["peace", "given"] == pytest.approx(50 / 60)
    assert table.loc["peace", "otherwise"] == 0
    assert 0 < table.loc["peace", "difference_low"] < 50 / 60 < table.loc["peace", "difference_high"] + 1e-9
    assert table.loc["other", "given"] == 0
    assert table.loc["other", "given_high"] > 0


def test_newcombe_interval_covers():
    """Two shares of 0.3 and 0.5 in 80 runs each: outside 91 to 98.5 % of 500 worlds has p < 0.005."""
    rng = np.random.default_rng(5)
    met, covered = np.arange(160) < 80, 0
    for _ in range(500):
        ending = np.where(rng.random(160) < np.where(met, 0.5, 0.3), "a", "b")
        row = conditional_endings(ending, ("a",), met).iloc[0]
        covered += row["difference_low"] <= 0.2 <= row["difference_high"]
    assert 0.91 <= covered / 500 <= 0.985


def test_measures_given_the_condition():
    met = np.arange(100) < 50
    values = {"deaths": np.arange(100.0), "day": np.where(met, 3.0, np.nan), "flat": np.ones(100)}
    table = conditional_measures(values, met).set_index("measure")
    assert list(table.index) == ["deaths", "day"]
    assert table.loc["deaths", "given_median"] == pytest.approx(24.5)
    assert table.loc["day", "happened"] == 0.5
    assert table.loc["day", "given_happened"] == 1.0


def test_holm_by_hand():
    assert holm(np.array([0.01, 0.04, 0.03])) == pytest.approx([0.03, 0.06, 0.06])


def test_p_value_is_that_of_mann_and_whitney():
    rng = np.random.default_rng(6)
    x, met = rng.integers(0, 4, 300).astype(float), rng.random(300) < 0.3
    table = early_signs({"x": x[:, None]}, MONTHS[:1], LAST_DAYS[:1], met, np.full(300, 99))
    expected = stats.mannwhitneyu(x[met], x[~met], method="asymptotic", use_continuity=False).pvalue
    assert table["p"].iloc[0] == pytest.approx(expected)
