"""The conditional outlook of folders of runs: of an engine whose truth is known."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest

from experiments.given.outlook import condition_on, monthly, record
from experiments.given.signs import FEW_MET
from experiments.kit.errors import UserError
from experiments.runs import store
from experiments.runs.conditions import parse
from experiments.runs.futures import open_futures
from experiments.runs.options import ExecutorOptions
from experiments.runs.plan import Study, Variant
from experiments.runs.runner import run_study
from experiments.runs.work import Engine
from sim.outcomes import MEASURES, PLACE_SERIES, SERIES
from sim.scenario import Scenario
from sim.world.tables import ROWS

DATES = np.arange("2021-09-06", "2022-09-06", dtype="datetime64[D]")
RUNS = 240


def series(seed: int = 3) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """All series of noise; in the runs of the second half caches fall from December and pockets rise from
    May."""
    rng = np.random.default_rng(seed)
    made = {name: rng.random((RUNS, DATES.size)).astype(np.float32) for name in SERIES}
    doomed = np.arange(RUNS) >= RUNS // 2
    made["pockets"][:, :] = 0
    made["pockets"][np.ix_(doomed, np.datetime64("2022-05-01") <= DATES)] = 20
    made["caches"][np.ix_(doomed, np.datetime64("2021-12-01") <= DATES)] -= 0.8
    return made, doomed


def simulate(scenario, values, replicates, seed, threads=None, keep_series=True, keep_places=False):
    """An engine that gives what `series` made."""
    made, doomed = series()
    n = len(replicates)
    measures = np.tile(np.asarray(replicates, float)[:, None], (1, len(MEASURES)))
    measures[:, MEASURES.index("ending_code")] = doomed[replicates]
    measures[:, MEASURES.index("first_rising_day")] = np.where(doomed, 200.0, np.nan)[replicates]
    daily = np.stack([one[replicates] for one in made.values()], axis=2)
    places = np.zeros((n, scenario.days // 7, 34, len(PLACE_SERIES)), np.float32)
    routes, valley = np.zeros((n, scenario.days // 7, ROWS["route"])), np.zeros((n, ROWS["place"]))
    return SimpleNamespace(
        scenario=scenario, measures=measures, series=daily, places=places, routes=routes, valley=valley
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "toy"
    scenario = Scenario.from_mapping(
        {"title": "A toy", "start": str(DATES[0]), "end": str(DATES[-1] + 1)}, name="toy"
    )
    study = Study((Variant("toy", scenario),), RUNS, 1, "national")
    made = store.create(study, path, block=100)
    run_study(made, Engine(simulate), ExecutorOptions(name="threads", workers=1))
    return path


def test_series_come_back_run_by_run(folder):
    opened = open_futures(folder)
    assert opened.futures.dates[0] == DATES[0]
    assert len(opened.futures.dates) == DATES.size
    assert np.array_equal(opened.futures.series("caches"), series()[0]["caches"])
    assert opened.runs["run_id"].iloc[-1].endswith(f"/{RUNS - 1}")


def test_outlook_given_pockets(folder):
    opened = open_futures(folder)
    given = condition_on(opened, [parse("pockets > 10 before 2022-07", opened.words)])
    assert given.met == RUNS // 2
    endings = given.endings.set_index("ending")
    assert endings.loc["scattered_insurgency", "given"] == 1.0
    assert endings.loc["consolidation", "given"] == 0.0
    assert given.notes == ()


def test_the_warning_is_caches_in_december_and_nothing_else(folder):
    opened = open_futures(folder)
    given = condition_on(opened, [parse("pockets > 10 before 2022-07", opened.words)])
    top = given.first.iloc[0]
    assert top["series"] == "caches"
    assert str(top["month"])[:7] == "2021-12"
    assert top["sign"] == "low"
    assert (
        len(given.first) <= 2
    )  # one false alarm among fifty series in a family at 5 % may happen, two hardly
    assert given.signs["month"].max() < np.datetime64("2022-05")  # settled on 1 May, when the pockets rise
    assert "pockets" not in set(given.signs["series"])


def test_conditions_together(folder):
    opened = open_futures(folder)
    texts = ("pockets > 10 before 2022-07", "deaths > 1000000 in 2022")
    given = condition_on(opened, [parse(text, opened.words) for text in texts])
    assert given.each == (RUNS // 2, 0)
    assert given.met == 0
    assert "the runs hold 2022-01-01 to" in given.notes[0]
    assert "none of 240 runs" in given.notes[1]
    assert given.first.empty


def test_few_runs_are_said(folder):
    opened = open_futures(folder)
    given = condition_on(opened, [parse("deaths_last_year < 12", opened.words)])
    assert given.met == 12
    assert any("only 12 of 240" in note for note in given.notes)
    assert any(str(FEW_MET) in note for note in given.notes)


def test_the_record_is_json(folder):
    opened = open_futures(folder)
    given = condition_on(opened, [parse("first_rising before 2022-06", opened.words)])
    data = json.loads(json.dumps(record(given), allow_nan=False))
    assert data["met"] == RUNS // 2
    assert data["early_signs"][0]["series"] in ("caches", "pockets")
    assert data["early_signs"][0]["month"].count("-") == 1


def test_months_stop_before_the_answer(folder):
    opened = open_futures(folder)
    truth = parse("deaths > 0 in 2022-03", opened.words).truth(opened.futures)
    months, last, signals = monthly(opened, ("deaths", "services"), truth)
    assert months[-1] == np.datetime64("2022-02")
    assert last[-1] == int((np.datetime64("2022-02-28") - DATES[0]).astype(int))
    first = opened.futures.series("services")[:, :25]  # 6 to 30 September
    assert np.allclose(signals["services"][:, 0], first.mean(axis=1), rtol=1e-5)


def test_a_folder_that_holds_nothing(tmp_path):
    with pytest.raises(UserError, match="holds no study"):
        open_futures(tmp_path)
    with pytest.raises(UserError, match="no such folder"):
        open_futures(tmp_path / "absent")


def test_a_scenario_that_is_not_there(folder):
    with pytest.raises(UserError, match="nearest: toy"):
        open_futures(folder, among="tyo")
