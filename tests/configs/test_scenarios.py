"""Every shipped scenario composes, validates, runs, tells its story and holds only what differs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import yaml

from sim.parameters import build_schema
from sim.questions import answer, resolve
from tests.worlds import runs, scenario

FOLDER = Path(__file__).resolve().parents[2] / "configs" / "scenario"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
PROMISED = {
    "baseline", "service_delivery_improves", "service_collapse", "economy_recovers", "prudent_inclusive_government",
    "harsh_control", "corridor_opens", "caches_abundant", "caches_cleared", "iran_activates_militia",
    "pakistan_backs_kabul", "powers_turn_against_kabul", "force_rebuilt_fast", "everything_against_kabul",
    "consolidation_path", "siege_2021", "siege_taliban_1996_2001", "siege_soviet_1980s",
}  # fmt: skip
SIEGES = {name for name in NAMES if name.startswith("siege_")}
#: Keys that do not set parameters.
WORDS = {"defaults", "title", "story", "start", "end", "state", "events", "questions", "space"}


def content(name: str) -> dict:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def leaves(branch: dict, prefix: str = "") -> dict[str, float]:
    found = {}
    for key, value in branch.items():
        if isinstance(value, dict):
            found |= leaves(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = float(value)
    return found


def test_all_promised_scenarios_are_there():
    assert set(NAMES) >= PROMISED


@pytest.mark.parametrize("name", NAMES)
def test_it_composes_and_tells_its_story(name):
    loaded = scenario(name)
    assert loaded.name == name
    assert 5 < len(loaded.title) < 100
    assert len(loaded.story) > 40
    assert loaded.story.endswith(".")
    assert loaded.days > 300


@pytest.mark.parametrize("name", NAMES)
def test_it_holds_only_what_differs_from_the_defaults(name):
    """A value that is the default anyway would hide what a scenario is about (and would fix what is uncertain)."""
    schema = build_schema()
    set_ = leaves({key: value for key, value in content(name).items() if key not in WORDS})
    known = {key: value for key, value in set_.items() if key in schema}
    assert set(set_) == set(known)
    repeated = [key for key, value in known.items() if value == schema[key].default and key not in REPEATED]
    if name not in SIEGES:  # a siege says all of its conditions
        assert not repeated
    assert scenario(name).fixed == set(set_)


#: Values that stand at their default and are fixed on purpose.
REPEATED: set[str] = set()


@pytest.mark.parametrize("name", [name for name in NAMES if name != "baseline" and name not in SIEGES])
def test_a_conditional_starts_from_the_baseline(name):
    assert content(name)["defaults"] == ["baseline", "_self_"]
    given, base = scenario(name), scenario()
    assert (given.start, given.end) == (base.start, base.end)
    assert given.hash != base.hash


def test_no_two_scenarios_are_the_same():
    assert len({scenario(name).hash for name in NAMES}) == len(NAMES)
    assert len({scenario(name).title for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_events_and_questions_are_within_the_run(name):
    loaded = scenario(name)
    for event in loaded.events:
        assert event.title
        assert event.set or event.state
        assert loaded.start <= event.day < loaded.end
    own = set(content(name).get("questions") or ())
    assert loaded.questions
    for question in loaded.questions:
        assert question.text
        # a question that is asked of all scenarios may reach past the end of a short one: it has no answer there
        assert question.by <= loaded.end or question.id not in own


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_for_a_month(name):
    loaded = scenario(name)
    end = loaded.start + timedelta(days=30)
    later = [event for event in loaded.events if event.day >= end]
    mapping = loaded.to_mapping()
    mapping |= {
        "end": end.isoformat(),
        "questions": [],
        "events": mapping["events"][: len(loaded.events) - len(later)],
    }
    block = runs(type(loaded).from_mapping(mapping, name=name), 2, seed=1)
    assert np.isfinite(block.series).all()
    assert block.series.shape[:2] == (2, 30)


def test_what_a_scenario_leaves_open_stays_uncertain():
    """A scenario fixes what it is about and leaves the rest of the space as it is."""
    for name in NAMES:
        loaded = scenario(name)
        assert not set(loaded.space.names) & loaded.fixed
        assert set(loaded.space.names) == set(scenario().space.names) - loaded.fixed


def test_questions_of_a_scenario_have_answers():
    name = "siege_2021"
    block = runs(scenario(name), 2, seed=1)
    for question in scenario(name).questions:
        answers = resolve(question, block)
        within = question.by <= scenario(name).end
        assert np.isfinite(answers).all() == within, question.id


@pytest.mark.parametrize(("days", "lost"), [(6, 0.0), (7, 1.0)])
def test_kabul_is_lost_when_it_is_out_of_government_hands_for_a_week(days, lost):
    asked = {question.id: question for question in scenario().questions}["kabul_lost"]
    held = np.zeros((1, 730))
    held[0, 100 : 100 + days] = 1.0
    assert asked.metric == "kabul_lost"
    assert answer(asked, held).tolist() == [lost]


def test_civilians_killed_by_the_rival_are_asked_for_apart_from_its_fights():
    asked = {question.id: question for question in scenario().questions}["iskp_kills_500_civilians"]
    assert asked.metric == "deaths_iskp_civilians"
    assert answer(asked, np.full((1, 365), 2.0)).tolist() == [1.0]
    assert answer(asked, np.full((1, 365), 1.0)).tolist() == [0.0]
