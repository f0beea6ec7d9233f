"""Comparisons of scenarios, studies and points; estimates; reproduction of single runs."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

from experiments.chronicle.again import reproduce
from experiments.kit.errors import UserError
from experiments.runs.stopping import Looks
from experiments.runs.tally import tally
from experiments.stats.intervals import wilson
from experiments.stats.paired import compare
from experiments.studies import pairs as arm_names
from experiments.studies.differences import Comparison, compare_arms, print_comparison, to_data
from experiments.studies.estimates import at_point, marks, print_estimates, write_estimates
from experiments.studies.pairs import Pairs, arms_of, find_arm, outcomes_of, pair
from tests.experiments.runs import toy_engine as toy


@pytest.fixture(scope="module", autouse=True)
def toy_outcomes():
    """The names of the toy's endings and measures instead of the simulator's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arm_names, "ENDINGS", ("peace", "war"))
        patch.setattr(arm_names, "MEASURES", ("ending_code", "deaths", "never"))
        patch.setattr(arm_names, "USUAL", ("deaths",))
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return toy.run(toy.study(replicates=50), tmp_path_factory.mktemp("study") / "s")


def test_scenarios_are_paired_by_point_and_replicate(folder):
    """The unit is the replicate: three points that share its luck are one piece of evidence, not three."""
    arms = arms_of([folder])
    assert [arm.name for arm in arms] == ["toy", "toy2"]
    pairs = pair(arms[0], arms[1], ["deaths"])
    assert pairs.points == 3
    assert pairs.units.tolist() == list(range(50))
    runs = folder.runs()
    means = runs.groupby(["scenario", "replicate"], observed=True)["deaths"].mean()
    assert pairs.a["deaths"] == pytest.approx(means["toy"].to_numpy())
    assert pairs.b["deaths"] == pytest.approx(means["toy2"].to_numpy())


def test_points_of_one_scenario_are_compared_with_their_flips(tmp_path):
    folder = toy.run(toy.study([toy.variant(services=(0.3, 0.6))], 80), tmp_path / "s")
    arms = arms_of([folder])
    assert [arm.name for arm in arms] == ["service_delivery=0.3", "service_delivery=0.6"]
    (found,) = compare_arms(arms, arms[0], ["ending.war", "deaths"])
    u = toy.luck(1, np.arange(80))
    assert found.rows["ending.war"] == compare((u > 0.6).astype(float), (u > 0.3).astype(float))
    flipped = to_data(found)["outcomes"]["ending.war"]["flipped"]
    assert flipped == {"up": [], "down": np.flatnonzero((u > 0.3) & (u <= 0.6)).tolist()}


def test_own_luck_pairs_scenarios_and_not_points(tmp_path):
    made = toy.study(replicates=5, luck="own")
    arms = arms_of([toy.run(made, tmp_path / "s")])
    pairs = pair(arms[0], arms[1], ["deaths"])
    assert (len(pairs.units), pairs.points) == (15, 1)


def test_two_studies_are_compared_and_other_luck_is_not(tmp_path, folder):
    other = toy.run(toy.study(replicates=30), tmp_path / "other")
    arms = arms_of([folder, other])
    assert [arm.name for arm in arms] == ["s:toy", "s:toy2", "other:toy", "other:toy2"]
    pairs = pair(arms[0], arms[2], ["deaths"])
    assert len(pairs.units) == 30
    assert (pairs.a["deaths"] == pairs.b["deaths"]).all()
    strange = toy.run(toy.study(seed=5), tmp_path / "strange")
    with pytest.raises(UserError, match="found seed 5; allowed: 1"):
        pair(arms[0], arms_of([folder, strange])[2], ["deaths"])


ASKED = {"id": "many", "text": "Many?", "metric": "deaths", "over": "sum", "comparison": ">", "value": 40}


def test_what_two_scenarios_differ_in_besides_is_said(tmp_path):
    """Sums over 25 days and over 30, and two questions of one name, are no difference between scenarios."""
    longer = toy.variant("longer", end="2021-10-06", questions=[ASKED | {"by": "2021-10-06"}], space=None)
    shorter = toy.variant("shorter", end="2021-10-01", questions=[ASKED | {"by": "2021-10-01"}])
    arms = arms_of([toy.run(toy.study([longer, shorter], 5), tmp_path / "s")])
    assert outcomes_of(arms, None) == ["ending.peace", "ending.war", "deaths"]
    (found,) = compare_arms(arms, arms[0], ["deaths"])
    assert len(found.notes) == 3
    assert "runs of shorter last 25 days, those of longer 30" in found.notes[0]
    assert found.notes[1].endswith("left out: many")
    assert "shorter rests on its prior: as of September 2021; longer on its one value" in found.notes[2]
    assert to_data(found)["notes"] == list(found.notes)


def test_the_same_question_of_another_year_is_asked_alike(tmp_path):
    later = toy.variant(
        "later", start="2022-09-06", end="2022-10-06", questions=[ASKED | {"by": "2022-10-01"}]
    )
    arms = arms_of([toy.run(toy.study([toy.variant(), later], 5), tmp_path / "s")])
    assert "question.many" in outcomes_of(arms, None)
    assert not [note for note in compare_arms(arms, arms[0], ["deaths"])[0].notes if "asked" in note]


def test_a_count_of_noughts_and_ones_is_no_chance(capsys):
    """Neither is the pairs' number hidden where an event came in some alone."""
    sides = np.array([0.0, 1.0, 1.0, np.nan]), np.array([0.0, 0.0, 1.0, 1.0])
    pairs = Pairs({"ending.settlement": sides[0]}, {"ending.settlement": sides[1]}, np.arange(4), 1)
    row = compare(*sides)
    print_comparison(Comparison("a", "b", pairs, {"attacks_front": row, "ending.settlement": row}))
    said = capsys.readouterr().out
    assert re.search(r"attacks by the front, 3 pairs +0\.67 +0\.33", said)
    assert re.search(r"settlement, 3 pairs +67 % +33 %", said)


def test_a_folder_is_compared_once(folder):
    with pytest.raises(UserError, match="found twice"):
        arms_of([folder, folder])


def test_names_are_checked(folder, tmp_path):
    arms = arms_of([folder])
    assert outcomes_of(arms, None) == ["ending.peace", "ending.war", "question.many", "deaths"]
    with pytest.raises(UserError, match="nearest: deaths"):
        outcomes_of(arms, ["deths"])
    with pytest.raises(UserError, match="nearest: toy"):
        find_arm(arms, "toy3")
    alone = toy.run(toy.study([toy.variant(services=None)], 3), tmp_path / "s")
    with pytest.raises(UserError, match="one scenario with 1 point"):
        arms_of([alone])


def test_a_comparison_is_json(folder):
    arms = arms_of([folder])
    (found,) = compare_arms(arms, arms[0], ["deaths", "question.many"])
    assert isinstance(found, Comparison)
    data = json.loads(json.dumps(to_data(found), allow_nan=False))
    assert data["a"] == "toy2"
    assert data["outcomes"]["deaths"]["runs"] == 50


def test_counts_are_those_of_the_table(folder):
    runs = folder.runs()
    counts = tally(folder, 1, (10, 50))
    assert counts.outcomes == ("peace", "war", "question.many")
    for point in range(3):
        part = runs[(runs["scenario"] == "toy2") & (runs["point"] == point)]
        for m, size in enumerate((10, 50)):
            first = part[part["replicate"] < size]
            expected = [
                (first["ending"] == "peace").sum(),
                (first["ending"] == "war").sum(),
                first["question.many"].sum(),
            ]
            assert counts.yes[point, m].tolist() == expected
            assert counts.runs[point, m].tolist() == [size] * 3
    pooled = tally(folder, 1, (50,), by_point=False)
    assert pooled.yes[0, -1].tolist() == counts.yes[:, -1].sum(axis=0).tolist()


def test_estimates_have_wilson_intervals_and_a_convergence_line(folder):
    counts = tally(folder, 0, marks(50))
    one = next(iter(at_point(counts, 0, 50)))
    p, low, high = wilson(counts.yes[0, -1, 0], 50)
    assert (one.p, one.low, one.high) == pytest.approx((p, low, high))
    assert [runs for runs, _ in one.path] == [12, 25, 50]
    assert one.path[-1][1] == pytest.approx((high - low) / 2, abs=1e-9)
    assert one.convergence.endswith("at 50 runs (points)")
    write_estimates(folder)
    table = pd.read_parquet(folder.path / "estimates.parquet")
    assert len(table) == 6 * 3
    assert table["p"].between(table["low"], table["high"]).all()


def test_auto_reports_the_interval_that_it_looked_at(tmp_path):
    rule = Looks(0.15, count=3)
    folder = toy.run(toy.study([toy.variant(services=(0.5,))], rule), tmp_path / "s")
    size = folder.finished.replicates
    for one in at_point(tally(folder, 0, (size,)), 0, rule):
        assert one.high - one.low <= 2 * rule.precision
        _, low, high = wilson(round(one.p * size), size)
        assert one.high - one.low > high - low  # the price of looking more than once


@pytest.mark.parametrize(("points", "replicates", "luck", "words"), [
    (3, 4, "common", ["0.25", "half-width", "± "]),
    (20, 20, "common", ["service_delivery=", "war"]),
    (20, 4, "common", ["20 points x 4 replicates", "luck=own"]),
    (80, 4, "common", ["80 points x 4 replicates", "luck=own", "share of all runs"]),
    (80, 1, "common", ["80 points x 1 replicate", "share of points, all else at one draw"]),
    (80, 4, "own", ["80 points x 4 replicates", "share of all runs", "["]),
])  # fmt: skip
def test_estimates_are_told_in_as_much_detail_as_there_is_room(
    tmp_path, capsys, points, replicates, luck, words
):
    services = np.linspace(0.25, 0.75, points)
    made = toy.study([toy.variant(services=services)], replicates, luck=luck)
    print_estimates(toy.run(made, tmp_path / "s", block=1000))
    text = capsys.readouterr().out
    for word in words:
        assert word in text
    # one shared draw is no probability: it has no interval, and a word says so
    assert ("[" not in text) == (luck == "common" and replicates == 1)
    assert ("no probabilities" in text) == (luck == "common" and replicates == 1)


def test_many_scenarios_begin_with_an_overview(tmp_path, capsys):
    variants = [toy.variant(f"toy{number}", services=None) for number in range(15)]
    print_estimates(toy.run(toy.study(variants, 30), tmp_path / "s", block=1000))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Prior: as of September 2021")
    assert lines[1] == "Endings of 15 scenarios [95 % interval]"
    assert [line.split()[0] for line in lines[3:18]] == [f"toy{number}" for number in range(15)]
    assert len(lines) < 25


def test_a_run_is_reproduced_to_the_bit(folder):
    row = folder.runs().iloc[77]
    again = reproduce(folder.path, row["run_id"], toy.engine())
    assert again.differs == ()
    assert again.compared == len(folder.runs().columns)
    assert again.ending == row["ending"]
    assert again.block.series is not None


def test_a_run_that_differs_is_told_by_its_columns(folder):
    def other(*arguments, **more):
        block = toy.simulate(*arguments, **more)
        block.measures[:, 1] = np.nextafter(block.measures[:, 1], np.inf)
        return block

    assert reproduce(folder.path, folder.runs()["run_id"][3], toy.engine(other)).differs == ("deaths",)


def test_a_failed_run_fails_again(tmp_path):
    folder = toy.run(toy.study(), tmp_path / "s", function=toy.failing)
    name = folder.table("failures")["run_id"][0]
    assert (
        reproduce(folder.path, name, toy.engine(toy.failing)).failure
        == "simulate: ValueError: a negative stock of bread"
    )
    assert reproduce(folder.path, name, toy.engine()).differs == ("failure",)


def test_own_luck_and_rounds_are_reproduced(tmp_path):
    made = toy.study([toy.variant()], Looks(0.2, count=2), luck="own")
    folder = toy.run(made, tmp_path / "s")
    for name in folder.runs()["run_id"].iloc[[0, 30, -1]]:
        assert reproduce(folder.path, name, toy.engine()).differs == ()


def test_an_unknown_run_is_refused(folder):
    with pytest.raises(UserError, match="no such run"):
        reproduce(folder.path, "toy/000000000000/1", toy.engine())
