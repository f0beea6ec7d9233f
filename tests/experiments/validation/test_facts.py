"""Stylised facts of the model: what is measured is what it says, and verdicts follow from their bounds."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.runs.options import ExecutorOptions
from experiments.runs.plan import Study, Variant
from experiments.runs.runner import run_study
from experiments.runs.tables import Reduction
from experiments.runs.work import Engine
from experiments.validation import facts as validation
from experiments.validation.stylised import Tail
from sim.world.geography import load_geography
from tests.experiments.forecast import worlds
from tests.experiments.runs.toy_engine import folder_of


@pytest.fixture(scope="module")
def measured() -> validation.Measured:
    """30 runs of the small world over three years."""
    return measure(30, seed=2)


def measure(runs: int, seed: int, workers: int = 2) -> validation.Measured:
    """Facts of runs of the small world, in a folder that is let go."""
    world = worlds.scenario()
    study = Study((Variant("small", world),), runs, seed)
    with tempfile.TemporaryDirectory() as home:
        folder = folder_of(study, Path(home) / "study", block=20)
        run_study(folder, Engine(), ExecutorOptions(name="threads", workers=workers),
                  reduction=Reduction(validation.reduce, places=True))  # fmt: skip
        return validation.measured(world, folder.sound().reduced("small"))


def test_neighbours_are_mutual_and_those_of_the_map() -> None:
    near = validation.adjacency()
    names = load_geography().province_names
    assert (near == near.T).all()
    assert not near.diagonal().any()
    around = {names[i] for i in np.flatnonzero(near[names.index("Panjshir")])}
    assert around == {"Baghlan", "Takhar", "Badakhshan", "Nuristan", "Laghman", "Kapisa", "Parwan"}


def test_thinning_keeps_the_shares_of_a_histogram(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = np.array([9999, 600, 300, 0, 100])
    assert np.bincount(validation.thinned(counts), minlength=5).tolist() == [0, 600, 300, 0, 100]
    monkeypatch.setattr(validation, "MOST_EVENTS", 100)
    assert np.bincount(validation.thinned(counts), minlength=5).tolist() == [0, 60, 30, 0, 10]


def test_tails_are_fitted_to_whole_histograms() -> None:
    """30,000 sizes of a power law of exponent 2.5: within 0.1 (more than four standard errors and the cut at
    500).
    """
    sizes = np.random.Generator(np.random.Philox(key=1)).zipf(2.5, 30_000)
    counts = np.bincount(np.minimum(sizes, 500), minlength=501)
    assert validation.fit_events(counts).exponent == pytest.approx(2.5, abs=0.1)
    several = validation.run_tails(np.stack([counts, np.zeros_like(counts), counts]))
    assert several.tolist() == [several[0]] * 2


def test_measured_facts_have_their_shapes_and_ranges(measured: validation.Measured) -> None:
    for values in (measured.season, measured.bursts, measured.memory, measured.variation, measured.share):
        assert values.shape == (30,)
    assert measured.sizes[1:].sum() > 0
    known = measured.share[np.isfinite(measured.share)]
    assert ((known >= 0) & (known <= 1)).all()
    assert measured.even == pytest.approx(8 / 34)
    assert measured.calendar["month"].tolist() == list(range(1, 13))
    assert (measured.calendar["low"] <= measured.calendar["high"]).all()
    assert measured.observed_calendar["first_year"].mean() == pytest.approx(1.0)


def test_measuring_is_the_same_for_any_number_of_threads() -> None:
    one, two = (measure(6, 3, workers) for workers in (1, 2))
    assert np.array_equal(one.sizes, two.sizes)
    assert np.array_equal(one.bursts, two.bursts, equal_nan=True)


def test_observed_values_are_computed_from_the_months() -> None:
    told = validation.observed_facts()
    summer = (345 + 198 + 152 + 68 + 82 + 331) / 6
    winter = (28 + 42 + 10 + 36) / 4
    assert f"{(summer + 1) / (winter + 1):.2f} in the first year" in told["season"]
    assert "1.02 in the first year" in told["variation"]


def test_verdicts_follow_from_the_bounds(measured: validation.Measured) -> None:
    from dataclasses import replace

    steep = Tail(4.0, 0.1, 3, 0.01, 500, 900)
    flat = replace(
        measured, tail=steep, season=np.full(30, 1.0), bursts=np.full(30, 0.4), share=np.full(30, 0.5)
    )
    row = ("siege_2021", "q", "The floor falls", 0.7, 0.6, 0.8, ">= 0.8", False)
    columns = ["scenario", "question", "text", "share", "low", "high", "expected", "holds"]
    table = validation.facts(flat, pd.DataFrame([row], columns=columns)).set_index("fact")
    assert not table.loc["exponent of event sizes", "holds"]
    season = table.loc["summer over winter, deaths a month"]
    assert not season["holds"]
    assert season["expected"] == f"{validation.observed_season():.2f} within 90 % of runs"
    wide = replace(flat, season=np.linspace(1.0, 9.0, 30))
    assert validation.facts(wide, pd.DataFrame([row], columns=columns)).iloc[1]["holds"]
    assert table.loc["burstiness of days with attacks", "holds"]
    assert table.loc["attacks in Panjshir and its neighbours", "holds"]
    assert not table.loc["Siege of 2021: The floor falls", "holds"]


def test_a_fact_that_no_run_shows_does_not_hold(measured: validation.Measured) -> None:
    from dataclasses import replace

    empty = replace(measured, bursts=np.full(30, np.nan))
    columns = ["scenario", "question", "text", "share", "low", "high", "expected", "holds"]
    table = validation.facts(empty, pd.DataFrame([], columns=columns)).set_index("fact")
    assert not table.loc["burstiness of days with attacks", "holds"]
    assert np.isnan(table.loc["burstiness of days with attacks", "value"])
