"""Ledgers: what a valid one means, what a wrong one says, and how claims share runs."""

from __future__ import annotations

import copy
import itertools
from types import SimpleNamespace

import numpy as np
import pytest
import yaml

from experiments.claims import contrast as claims
from experiments.claims import ledger
from experiments.claims.judge import Rule
from experiments.config import config_folder
from experiments.kit.errors import UserError
from experiments.runs.options import ExecutorOptions
from experiments.runs.runner import run_study
from experiments.runs.work import Engine
from sim.outcomes import ENDINGS, MEASURES
from sim.scenario import Scenario
from tests.experiments.runs.toy_engine import folder_of

BASE = {
    "start": "2021-09-06",
    "end": "2021-12-06",
    "space": {
        "taliban.control": {"dist": "uniform", "low": 0.3, "high": 1.0},
        "economy.growth": {"dist": "uniform", "low": -0.1, "high": 0.1},
    },
    "questions": [
        {"id": "many_dead", "text": "Many?", "metric": "deaths", "over": "sum", "comparison": ">", "value": 9,
         "by": "2021-11-01"},
    ],
}  # fmt: skip
WORLDS = {"baseline": BASE, "other": {**BASE, "caches": {"abundance": 3.0}}}
CLAIM = {
    "id": "one",
    "factors": ["F16"],
    "text": "More caches, more pockets.",
    "condition": {"low": {"caches.abundance": 0.5}, "high": {"caches.abundance": 3}},
    "outcome": {"measure": "max_pockets"},
    "direction": "increases",
}


@pytest.fixture(autouse=True)
def worlds(monkeypatch):
    def load(name, overrides=()):
        if name not in WORLDS:
            raise UserError(f"command line: unknown scenario {name!r}; allowed: {', '.join(WORLDS)}")
        return Scenario.from_mapping(WORLDS[name], name=name)

    monkeypatch.setattr(ledger, "load_scenario", load)


def read(*specs, only=(), **head):
    data = {"drivers": ["taliban.control", "economy.growth"], **head, "claims": list(specs) or [CLAIM]}
    return ledger.read_ledger(copy.deepcopy(data), "toy", "toy.yaml", only=only)


def changed(**changes):
    return {**CLAIM, **changes}


def test_a_claim_is_read():
    (claim,) = read().claims
    assert claim.low == ledger.Side("baseline", (("caches.abundance", 0.5),))
    assert str(claim.high) == "baseline with caches.abundance=3"
    assert claim.outcome == ledger.Outcome("measure", ("max_pockets",))
    assert claim.built_in is False


def test_scenarios_as_a_contrast():
    (claim,) = read(changed(condition={"scenarios": ["baseline", "other"]})).claims
    assert (claim.low, claim.high) == (ledger.Side("baseline"), ledger.Side("other"))


def test_a_side_left_out_is_the_scenario_itself():
    (claim,) = read(changed(condition={"scenario": "other", "high": {"caches.abundance": 1}})).claims
    assert claim.low == ledger.Side("other")


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        (changed(txt="x"), r"toy.yaml: one: txt: unknown key; .*nearest: text"),
        (changed(direction="rises"), r"one: direction: found 'rises'; allowed: increases . decreases . none"),
        (changed(factors=["F31"]), r"one: factors: found 'F31'"),
        (changed(built_in="yes"), r"one: built_in: found 'yes'; allowed: true or false"),
        (changed(text=""), r"one: text: missing"),
        (
            changed(condition={"low": {"caches.abundnce": 1}}),
            r"condition.low.caches.abundnce.*caches.abundance",
        ),
        (
            changed(condition={"high": {"caches.abundance": 99}}),
            r"condition.high.caches.abundance: found 99.*from 0 to",
        ),
        (changed(condition={}), r"condition: (missing|both sides are the same)"),
        (changed(condition={"scenarios": ["baseline"]}), r"two different scenarios"),
        (changed(condition={"scenarios": ["baseline", "nowhere"]}), r"condition: unknown scenario 'nowhere'"),
        (changed(condition={"scenarios": ["baseline", "other"], "low": {}}), r"condition.low: unknown key"),
        (
            changed(outcome={"measure": "max_pocket"}),
            r"outcome.measure: found 'max_pocket'.*nearest: max_pockets",
        ),
        (changed(outcome={"ending": "peace"}), r"outcome.ending: found 'peace'; allowed: consolidation"),
        (
            changed(outcome={"question": "mny_dead"}),
            r"outcome.question: found 'mny_dead'.*nearest: many_dead",
        ),
        (changed(outcome={"measure": "deaths", "ending": "settlement"}), r"one of measure, ending, question"),
        (changed(outcome={"measure": "deaths", "scale": "square"}), r"outcome.scale: found 'square'"),
        (
            changed(outcome={"question": {"metric": "pockets", "over": "mean", "by": "2023-01-01"}}),
            r"window leaves",
        ),
        ("text", r"claims\[0\]: found 'text'"),
    ],
)
def test_a_wrong_claim_says_what_is_wrong(spec, says):
    with pytest.raises(UserError, match=says) as caught:
        read(spec)
    assert len(caught.value.lines) == 1


def test_all_problems_are_told_at_once():
    with pytest.raises(UserError) as caught:
        read(CLAIM, changed(direction="up"), changed(id="three", factors=["X"]), sources="?")
    assert len(caught.value.lines) == 3


def test_an_id_may_not_stand_twice():
    with pytest.raises(UserError, match="id: stands twice"):
        read(CLAIM, CLAIM)


def test_a_driver_has_to_be_a_parameter():
    with pytest.raises(UserError, match=r"drivers: found 'taliban.contrl'.*nearest: taliban.control"):
        read(drivers=["taliban.contrl"])


def test_drivers_are_a_list():
    with pytest.raises(UserError, match="drivers: found 5; allowed: a list of parameters"):
        read(drivers=5)


def test_only_keeps_the_family():
    some = read(CLAIM, changed(id="two", factors=["F3"]), only=["F3"])
    assert [claim.id for claim in some.claims] == ["two"]
    assert some.family == 2
    with pytest.raises(UserError, match="nearest: two"):
        read(CLAIM, changed(id="two"), only=["twoo"])


def test_the_shipped_ledger_speaks_of_every_factor_once_or_more():
    data = yaml.safe_load((config_folder() / "claims" / "report.yaml").read_text(encoding="utf-8"))
    assert {factor for claim in data["claims"] for factor in claim["factors"]} == set(ledger.FACTORS)
    assert len({claim["id"] for claim in data["claims"]}) == len(data["claims"])


class Toy:
    """Pockets follow caches and, the harsher the control, the more so; half of each run's noise is shared
    luck."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int, bool]] = []

    def __call__(self, scenario, values, replicates, seed, threads=None, keep_series=True, keep_places=False):
        self.calls.append((scenario.name, len(replicates), keep_series))
        at = scenario.schema.index
        noise = np.random.default_rng(5).normal(size=10_000)[replicates]
        measures = np.zeros((len(replicates), len(MEASURES)))
        caches, control = values[:, at("caches.abundance")], values[:, at("taliban.control")]
        measures[:, MEASURES.index("max_pockets")] = 10 + caches * control + 0.5 * noise
        measures[:, MEASURES.index("deaths")] = 100 + noise
        measures[:, MEASURES.index("first_rising_day")] = np.where(caches > 1, 10.0, np.nan)
        measures[:, MEASURES.index("ending_code")] = np.where(caches > 1, 1.0, 0.0)
        return SimpleNamespace(measures=measures)


@pytest.fixture
def run(tmp_path):
    """Judge claims by runs of the toy, or of the model; the toy remembers what it was asked to run."""
    numbers = itertools.count()

    def judged(*specs, replicates=200, only=(), model=None, workers=1):
        book = read(*specs, only=only)
        folder = folder_of(
            claims.study_of(book, replicates, 1, {}), tmp_path / str(next(numbers)), block=1000
        )
        judged.toy = Toy()
        run_study(folder, model or Engine(judged.toy), ExecutorOptions(name="threads", workers=workers))
        return claims.judge_runs(book, folder, Rule(family=book.family))

    return judged


def test_claims_share_their_sides(run):
    contrast = {"condition": {"scenarios": ["baseline", "other"]}}
    specs = [CLAIM, changed(id="two", outcome={"measure": "deaths"}), changed(id="three", **contrast),
             changed(id="four", outcome={"ending": "consolidation"}, **contrast)]  # fmt: skip
    judged = run(*specs)
    calls = run.toy.calls
    assert [count for _, count, _ in calls] == [200] * 4  # two pairs of sides for four claims
    assert [one.claim.id for one in judged] == ["one", "two", "three", "four"]
    assert not any(keep for _, _, keep in calls)


def test_verdicts_on_the_toy(run):
    judged = run(
        CLAIM,
        changed(id="less", direction="decreases"),
        changed(id="dead", outcome={"measure": "deaths"}),
        changed(id="still", outcome={"measure": "deaths"}, direction="none"),
    )
    assert [one.finding.verdict for one in judged] == ["supported", "contradicted", "no effect", "supported"]
    effect = judged[0].finding.estimate
    assert effect.low < 2.5 * 0.65 < effect.high
    depends = {d.driver: d for d in judged[0].finding.dependence}
    assert depends["taliban.control"].clear
    assert not depends["economy.growth"].clear


def test_a_driver_that_the_condition_sets_is_left_out(run):
    spec = changed(condition={"low": {"taliban.control": 0.3}, "high": {"taliban.control": 0.9}})
    (one,) = run(spec)
    assert [d.driver for d in one.finding.dependence] == ["economy.growth"]


def test_what_did_not_happen_counts_to_the_horizon(run):
    (one,) = run(changed(outcome={"measure": "first_rising_day"}, direction="decreases"))
    assert one.finding.estimate.mean == 10 - 91
    assert one.unit == "days"


def test_log_effects_are_ratios(run):
    (one,) = run(changed(outcome={"measure": "max_pockets", "scale": "log"}))
    row = claims.record(one)
    assert 1.1 < row["low"] < row["effect"] < row["high"] < 1.2
    assert row["unit"] == "ratio"


def test_only_does_not_change_a_verdict(run):
    both = run(CLAIM, changed(id="two", outcome={"measure": "deaths"}))
    (alone,) = run(CLAIM, changed(id="two", outcome={"measure": "deaths"}), only=["two"])
    assert alone.finding == both[1].finding


def test_real_runs_of_a_short_world(run):
    """The model itself: the same claim twice gives the same bits, with any number of threads, question and
    ending included."""
    specs = [
        changed(outcome={"question": "many_dead"}),
        changed(id="two", outcome={"ending": list(ENDINGS[:2])}, direction="none"),
        changed(
            id="three",
            outcome={"question": {"metric": "pockets", "place": "Kabul", "over": "mean", "by": "+60d"}},
        ),
    ]
    first, again = (run(*specs, replicates=24, model=Engine(), workers=workers) for workers in (1, 2))
    assert [one.finding for one in first] == [one.finding for one in again]
    assert first[1].finding.verdict == "supported"
    assert first[2].finding.estimate.spread > 0
