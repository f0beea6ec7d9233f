"""Known answers: Ishigami, with and without luck, SALib's own numbers, a null outcome at its stated error rate."""

from __future__ import annotations

import numpy as np
import pytest
from SALib.analyze import sobol as salib
from SALib.test_functions import Ishigami
from scipy.stats import qmc

from experiments.runs.designs.layouts import engine
from experiments.sensitivity import indices

NAMES = ("x1", "x2", "x3", "dummy")
MAIN = np.array([0.3139, 0.4424, 0.0, 0.0])  # of Ishigami's function, a = 7, b = 0.1
TOTAL = np.array([0.5576, 0.4424, 0.2437, 0.0])
VARIANCE = 13.8446


def saltelli(n: int, seed: int = 1) -> np.ndarray:
    """Points of a Saltelli design of Ishigami's three variables and a dummy: ``(n, 6, 4)``."""
    base = engine(qmc.Sobol, 8, seed).random(n)
    a, b = base[:, :4], base[:, 4:]
    mixed = np.where(np.eye(4, dtype=bool)[None], b[:, None], a[:, None])
    return np.concatenate([a[:, None], mixed, b[:, None]], axis=1) * 2 * np.pi - np.pi


def ishigami(x: np.ndarray) -> np.ndarray:
    return Ishigami.evaluate(x[..., :3].reshape(-1, 3)).reshape(x.shape[:-1])


def table(rows: list[dict], key: str = "value") -> np.ndarray:
    return np.array([row[key] for row in rows])


def test_ishigami():
    rows = indices.sobol(NAMES, ishigami(saltelli(2048))[..., None], False, 1)
    assert table(rows) == pytest.approx(TOTAL, abs=0.03)
    assert table(rows, "main") == pytest.approx(MAIN, abs=0.03)
    assert [row["parameter"] for row in rows] == list(NAMES)


def test_they_are_salibs_numbers():
    y = ishigami(saltelli(256))
    found = salib.analyze({"num_vars": 4, "names": list(NAMES), "bounds": [[0, 1]] * 4}, y.ravel(),
                          calc_second_order=False, num_resamples=indices.RESAMPLES, seed=2)  # fmt: skip
    rows = indices.sobol(NAMES, y[..., None], False, 1)
    assert table(rows) == pytest.approx(found["ST"], rel=1e-9)
    assert table(rows, "high") - table(rows) == pytest.approx(found["ST_conf"], rel=1e-9)
    assert table(rows, "main") == pytest.approx(found["S1"], rel=1e-9)


def test_noisy_ishigami_has_its_share_of_luck_and_its_indices_without_it():
    """Noise of the variance of the function: luck is half, and each index half of what it is without."""
    x = saltelli(2048)
    noise = np.random.default_rng(3).normal(0, np.sqrt(VARIANCE), (*x.shape[:2], 3))
    y = ishigami(x)[..., None] + noise
    luck = indices.luck_share(np.concatenate([y[:, 0], y[:, -1]]), 1)
    assert luck is not None
    assert luck.share == pytest.approx(0.5, abs=0.03)
    assert luck.low < 0.5 < luck.high
    rows = indices.sobol(NAMES, y, False, 1)
    assert table(rows) == pytest.approx(TOTAL / 2, abs=0.04)
    assert table(rows, "main") == pytest.approx(MAIN / 2, abs=0.04)


def test_main_effects_of_a_plain_sample_with_and_without_luck():
    rng = np.random.default_rng(4)
    x = rng.uniform(-np.pi, np.pi, (4000, 4))
    clean = ishigami(x)[:, None]
    assert table(indices.given_data(NAMES, x, clean, 1)) == pytest.approx(MAIN, abs=0.03)
    noisy = clean + rng.normal(0, np.sqrt(VARIANCE), (4000, 2))
    assert table(indices.given_data(NAMES, x, noisy, 1)) == pytest.approx(MAIN / 2, abs=0.03)


def test_a_null_outcome_is_clear_of_nothing_more_often_than_stated():
    """Pure luck: an interval of 95 % lies above zero for one parameter in forty, or fewer."""
    rng = np.random.default_rng(5)
    x = rng.random((400, 60))
    y = rng.normal(size=(400, 2))
    names = tuple(f"p{k}" for k in range(60))
    assert np.mean(table(indices.given_data(names, x, y, 1), "low") > 0) <= 0.05
    shaped = rng.normal(size=(128, 62, 2))
    rows = indices.sobol(names, shaped, False, 1)
    assert np.mean(table(rows, "low") > 0) <= 0.08
    luck = indices.luck_share(y, 1)
    assert luck is not None
    assert luck.high > 0.95


def test_elementary_effects_of_a_line():
    """y = 3 a + b, c inert: effects in standard deviations of y over base points; nothing moves c."""
    rng = np.random.default_rng(1)
    base, other = rng.random((200, 3)), rng.random((200, 3))
    y = 3.0 * base[:, 0] + base[:, 1]
    changed = np.stack([y, y + 3.0 * (other - base)[:, 0], y + (other - base)[:, 1], y], axis=1)
    a, b, c = indices.radial(("a", "b", "c"), changed[..., None], 1)
    assert (c["value"], c["low"], c["high"], c["signed"]) == (0.0, 0.0, 0.0, 0.0)
    assert a["value"] == pytest.approx(1.0 / y.std(ddof=1), rel=0.15)
    assert a["value"] / b["value"] == pytest.approx(3.0, rel=0.25)
    assert a["low"] <= a["value"] <= a["high"]


def test_an_outcome_that_never_differs_has_no_indices():
    assert table(indices.sobol(NAMES, np.ones((16, 6, 2)), False, 1)).tolist() == [0.0] * 4
    assert (
        table(
            indices.given_data(NAMES, np.random.default_rng(1).random((100, 4)), np.ones((100, 1)), 1)
        ).sum()
        == 0
    )
    assert indices.luck_share(np.ones((10, 2)), 1) is None


def test_directions_are_rank_correlations():
    x = np.random.default_rng(1).random((50, 2))
    assert indices.directions(x, np.exp(x[:, :1]))[0] == pytest.approx(1.0)
    assert indices.directions(x, -np.exp(x[:, :1]))[0] == pytest.approx(-1.0)
