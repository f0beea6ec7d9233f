"""Screening: the planted parameter is found, what nothing reads has no effect, the design moves one at a time."""

from __future__ import annotations

import json

import numpy as np
import pytest

from experiments.cli.main import main
from experiments.sensitivity import screening
from tests.worlds import scenario

SHORT = "end=2022-01-06"


def test_the_design_moves_one_parameter_at_a_time_within_its_range():
    of = scenario("baseline", SHORT)
    bounds = screening.ranges(of)
    points = screening.design(of, bounds, 6, 3)
    moved = points[:, 1:] != points[:, :1]
    off = ~np.eye(len(of.schema), dtype=bool)
    assert not moved[:, off].any()
    free = bounds[:, 1] > bounds[:, 0]
    assert moved[:, np.eye(len(of.schema), dtype=bool)][:, free].mean() > 0.95
    low = np.array([p.low for p in of.schema.parameters])
    high = np.array([p.high for p in of.schema.parameters])
    assert ((points >= low - 1e-9) & (points <= high + 1e-9)).all()


def test_known_effects():
    """y = 3 a + b, c inert: effects in standard deviations of y over base points."""
    rng = np.random.default_rng(1)
    base = rng.random((200, 3))
    other = rng.random((200, 3))
    y = 3.0 * base[:, 0] + base[:, 1]
    table = np.stack([y, y + 3.0 * (other - base)[:, 0], y + (other - base)[:, 1], y], axis=1)
    found = screening.effects({"y": table}, ("a", "b", "c"), 1).set_index("parameter")
    assert found.loc["c", ["mu_star", "low", "high", "mu"]].tolist() == [0.0, 0.0, 0.0, 0.0]
    assert found.loc["a", "mu_star"] == pytest.approx(3.0 / 3.0 / y.std(ddof=1), rel=0.15)
    assert found.loc["a", "mu_star"] / found.loc["b", "mu_star"] == pytest.approx(3.0, rel=0.25)
    assert (found["low"] <= found["mu_star"]).all()
    assert (found["mu_star"] <= found["high"]).all()


def test_the_attack_rate_of_the_rival_leads_its_attacks():
    found = screening.screen(scenario("baseline", SHORT), 8, 2)
    attacks = found[found["outcome"] == "attacks_iskp"].sort_values("mu_star", ascending=False)
    assert "iskp.attack_rate" in attacks["parameter"].head(8).tolist()
    silent = found[(found["outcome"] == "attacks_iskp") & (found["parameter"] == "fronts.nrf.talks_offer")]
    assert silent["mu_star"].item() < attacks["mu_star"].iloc[0] / 10


def test_the_verb_writes_what_it_prints(tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["sensitivity", SHORT, "bases=4", "top=3", f"out={out}"]) == 0
    shown = capsys.readouterr().out
    result = json.loads((out / "sensitivity.json").read_text(encoding="utf-8"))
    assert result["runs"] == 4 * (1 + result["parameters"])
    assert set(result["outcomes"]) == set(screening.OUTCOMES)
    assert "size of effect" in shown
    assert {path.name for path in out.iterdir()} >= {
        "sensitivity.json",
        "screening.csv",
        "screening.png",
        "study.json",
    }
    assert main(["sensitivity", SHORT, "bases=4", "top=3", f"out={out}"]) == 0
    assert "already there" in capsys.readouterr().out
