"""Events add up over all that a scenario starts from, and one can be dropped by its date or its title."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.config import compose, load_scenario
from experiments.kit.errors import UserError

CORRIDOR = ("2022-03-15", "A guarded corridor from Tajikistan opens")
SCHOOLS = ("2022-03-23", "Girls' secondary schools stay shut")
OWN = "events:\n  - {date: 2021-12-01, title: Own, set: {taliban.control: 0.9}}\n"


def events(tmp_path: Path, text: str, *overrides: str) -> list[tuple[str, str]]:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    return [(str(event.day), event.title) for event in load_scenario(str(path), list(overrides)).events]


def test_own_events_leave_those_of_the_base(tmp_path):
    assert events(tmp_path, "base: corridor_opens\n" + OWN) == [("2021-12-01", "Own"), CORRIDOR]


def test_the_events_of_all_bases_come_to_pass(tmp_path):
    bases = "defaults: [service_collapse, harsh_control, corridor_opens]\n"
    assert events(tmp_path, bases) == [CORRIDOR, SCHOOLS]


@pytest.mark.parametrize("name", ["2022-03-15", CORRIDOR[1]])
def test_an_event_of_a_base_is_dropped_by_its_date_or_title(tmp_path, name):
    text = f"base: [harsh_control, corridor_opens]\nevents: [{{drop: {name}}}]\n"
    assert events(tmp_path, text) == [SCHOOLS]


def test_events_come_through_own_bases_and_each_file_counts_once(tmp_path):
    (tmp_path / "first.yaml").write_text("base: corridor_opens\n" + OWN)
    (tmp_path / "second.yaml").write_text("base: first.yaml\ntitle: Second\n")
    found = events(tmp_path, "base: [first.yaml, second.yaml]\n")
    assert found == [("2021-12-01", "Own"), CORRIDOR]


def test_of_several_bases_the_later_one_wins_and_one_below_both_counts_once(tmp_path):
    (tmp_path / "first.yaml").write_text("title: First\ntaliban: {control: 0.2}\n")
    (tmp_path / "mine.yaml").write_text("base: [harsh_control, first.yaml]\n")
    (tmp_path / "other.yaml").write_text("base: [first.yaml, harsh_control]\n")
    mine, other = (load_scenario(str(tmp_path / name)) for name in ("mine.yaml", "other.yaml"))
    assert (mine.title, mine.value("taliban.control")) == ("First", 0.2)
    assert mine.value("taliban.harshness") == load_scenario("harsh_control").value("taliban.harshness")
    assert other.title == load_scenario("harsh_control").title


def test_a_printed_scenario_over_its_base_is_the_same(tmp_path):
    """An event that the base has to the letter is no second event."""
    printed = compose("run", ["scenario=corridor_opens"]).to_yaml("events")
    assert events(tmp_path, "base: corridor_opens\n" + printed) == [CORRIDOR]


def test_the_command_line_takes_the_place_of_all(tmp_path):
    text = "base: corridor_opens\n" + OWN
    assert events(tmp_path, text, "~events") == []
    assert events(tmp_path, text, "events=[{date: 2022-01-01, title: x}]") == [("2022-01-01", "x")]


@pytest.mark.parametrize(
    "entry", ["{drop: 2022-03-16}", "{drop: [a]}", "{drop: Own, title: x}", "{drop: null}"]
)
def test_a_drop_of_nothing_is_told_with_what_is_there(tmp_path, entry):
    with pytest.raises(UserError, match=r"mine\.yaml: events\[0\]: found .*2022-03-15, A guarded corridor"):
        events(tmp_path, f"base: corridor_opens\nevents: [{entry}]\n")


def test_a_mistake_is_placed_in_the_file_that_holds_the_event(tmp_path):
    (tmp_path / "first.yaml").write_text("base: corridor_opens\n" + OWN.replace("control", "contrl"))
    with pytest.raises(
        UserError, match=r"first\.yaml: events\[0\]\.set\.taliban\.contrl: .*nearest: taliban\.control"
    ):
        events(tmp_path, "base: first.yaml\n")
    with pytest.raises(UserError, match=r"mine\.yaml: events: found 3; allowed: a list"):
        events(tmp_path, "events: 3\n")


def test_changes_of_state_are_written_nested_or_dotted(tmp_path):
    one = "events: [{date: 2021-10-01, state: {front: {nrf: {main: {add: 500}}}}}]\n"
    two = "events: [{date: 2021-10-01, state: {front.nrf.main: {add: 500}}}]\n"
    assert events(tmp_path, one) == events(tmp_path, two)
    path = tmp_path / "mine.yaml"
    changed = load_scenario(str(path), ["state.cache.Kabul.count={multiply: 0.5}"])
    assert changed.state["cache.Kabul.count"] == ("multiply", 0.5)
    assert changed.events[0].changes == ["front.nrf.main + 500"]


def test_an_event_that_changes_nothing_is_refused_unless_its_title_marks_its_day(tmp_path):
    for nothing in (
        "{date: 2022-01-01}",
        "{date: 2022-01-01, set: {}, state: {}}",
        "{date: 2022-01-01, title: ''}",
    ):
        with pytest.raises(
            UserError, match=r"events\[0\]: found an event that changes nothing; allowed: set, state"
        ):
            events(tmp_path, f"events: [{nothing}]\n")
    assert events(tmp_path, "events: [{date: 2022-01-01, title: x}]\n")
