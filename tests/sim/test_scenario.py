"""Scenarios: what is read, what is refused and with which words, identity by content, events on their day."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from sim.scenario import Scenario, ScenarioError
from sim.single import Bench, open_day
from tests.worlds import certain, province, runs, scenario, small

GOOD = {"start": "2021-09-06", "end": "2022-09-06"}
QUESTION = {"id": "q", "text": "?", "metric": "deaths", "over": "sum", "by": "+30d"}
OF_KABUL = QUESTION | {"place": "Kabul"}


def problems(**changes):
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_mapping({**GOOD, **changes}, name="mine", source="mine.yaml")
    assert str(caught.value).startswith("mine.yaml: ")
    return caught.value.problems


@pytest.mark.parametrize(
    ("changes", "key", "nearest"),
    [
        ({"taliban": {"controle": 0.5}}, "taliban.controle", "taliban.control"),
        ({"talibann": {"control": 0.5}}, "talibann.control", "taliban.control"),
        ({"sttart": 3}, "sttart", "start"),
        ({"taliban": {"control": 1.5}}, "taliban.control", None),
        ({"taliban": {"control": "high"}}, "taliban.control", None),
        ({"taliban": {"control": True}}, "taliban.control", None),
        ({"taliban": 3}, "taliban", None),
        ({"iskp": {"active": 0.5}}, "iskp.active", None),
        ({"fronts": {"nrf": {"home": 8.5}}}, "fronts.nrf.home", None),
        ({"fronts": 3}, "fronts", None),
        ({"end": "2021-09-06"}, "end", None),
        ({"end": "2061-09-06"}, "end", None),
        ({"start": "soon"}, "start", None),
        ({"state": {"province.Balk.held": 0}}, "state.province.Balk.held", "province.Balkh.held"),
        ({"state": {"province.Balkh.held": -1}}, "state.province.Balkh.held", None),
        ({"state": {"province.Balkh.held": float("nan")}}, "state.province.Balkh.held", None),
        ({"state": 3}, "state", None),
        ({"events": 3}, "events", None),
        ({"events": [3]}, "events[0]", None),
        ({"events": [{"date": "2022-01-01", "sett": {}}]}, "events[0]", "set"),
        ({"events": [{"date": "2022-02-30"}]}, "events[0].date", None),
        ({"events": [{"date": "2022-09-06"}]}, "events[0].date", None),
        ({"events": [{"date": "2021-09-05"}]}, "events[0].date", None),
        ({"events": [{"date": "2022-01-01", "set": 3}]}, "events[0].set", None),
        ({"events": [{"date": "2022-01-01", "set": {"taliban.control": 2}}]}, "events[0].set.taliban.control", None),
        ({"questions": [QUESTION | {"metric": "deths"}]}, "questions[0].metric", "deaths"),
        ({"questions": [3]}, "questions[0]", None),
        ({"space": {"taliban.contro": {"dist": "uniform", "low": 0, "high": 1}}}, "space.taliban.contro",
         "taliban.control"),
        ({"space": {"taliban.control": {"dist": "uniform", "low": 0, "high": 2}}}, "space.taliban.control", None),
        ({"title": True}, "title", None),
        ({"story": 2021}, "story", None),
        ({"space": "report"}, "space", None),
        ({"space": {"taliban.control": {"dist": ["uniform"], "low": 0, "high": 1}}}, "space.taliban.control", None),
        ({"space": {"taliban.control": {"dist": "uniform", "low": float("nan"), "high": 1}}}, "space.taliban.control",
         None),
        ({"space": {"taliban.control": {"dist": "uniform", "low": 0, "high": float("inf")}}}, "space.taliban.control",
         None),
        ({"space": {"taliban.control": {"dist": "uniform", "low": 0, "high": 10**400}}}, "space.taliban.control", None),
        ({"taliban": {"control": 10**400}}, "taliban.control", None),
        ({"iskp": {"active": 10**400}}, "iskp.active", None),
        ({"state": {"province.Balkh.held": 10**400}}, "state.province.Balkh.held", None),
        ({"questions": "key"}, "questions", None),
        ({"questions": [QUESTION, QUESTION]}, "questions", None),
        ({"end": "2021-12-01", "questions": [OF_KABUL | {"by": "2021-11-30"}]}, "questions[0].by", None),
        ({"fronts": {"a.b": {}}}, "fronts.a.b", None),
        ({"powers": {1: {}}}, "powers.1", None),
        ({"start": 10**5000}, "start", None),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_key_and_nearest_name(changes, key, nearest):
    found = problems(**changes)
    assert {problem.key for problem in found} == {key}
    problem = found[0]
    assert problem.allowed
    if nearest:
        assert problem.nearest == nearest


def test_all_mistakes_are_told_at_once():
    found = problems(taliban={"control": 2, "contro": 1}, economy={"aid": -1})
    assert {problem.key for problem in found} == {"taliban.control", "taliban.contro", "economy.aid"}


@pytest.mark.parametrize("name", ["baseline", "corridor_opens", "siege_2021", "siege_taliban_1996_2001"])
def test_a_scenario_is_written_and_read_alike(name):
    given = scenario(name)
    again = Scenario.from_mapping(given.to_mapping(), name=name)
    assert again.to_mapping() == given.to_mapping()
    assert again.hash == given.hash
    np.testing.assert_array_equal(again.values, given.values)
    assert again.questions == given.questions
    assert again.events == given.events


def test_identity_is_by_content():
    base = scenario()
    assert base.with_values({"taliban.control": 0.6}).hash != base.hash
    assert base.with_values({"taliban.control": 0.6}).hash == base.with_values({"taliban.control": 0.6}).hash
    # fixed at its default is not the same as drawn from a prior
    assert base.with_values({"taliban.control": base.value("taliban.control")}).hash != base.hash
    assert scenario("harsh_control").hash != base.hash


def test_words_do_not_change_the_identity():
    mapping = scenario().to_mapping()
    mapping["story"] = "Another story."
    assert Scenario.from_mapping(mapping, name="other").hash == scenario().hash


def test_with_values_refuses_what_is_not_allowed():
    with pytest.raises(ScenarioError, match=r"taliban\.control"):
        scenario().with_values({"taliban.contrl": 0.5})
    with pytest.raises(ScenarioError, match="from 0 to 1"):
        scenario().with_values({"taliban.control": 3})


def test_values_cannot_be_changed_in_place():
    with pytest.raises(ValueError, match="read-only"):
        scenario().values[0] = 1.0


def test_a_new_power_joins_with_the_template():
    joined = small(powers={"india": {"stance": -0.2}}, fronts={"andarab": {}})
    assert joined.value("powers.india.stance") == -0.2
    assert joined.entities["powers"][-1] == "india"
    assert "fronts.andarab.fighters" in joined.schema
    assert Scenario.from_mapping(joined.to_mapping(), name="again").schema.names == joined.schema.names


def test_an_event_sets_parameters_and_state_before_the_tick_of_its_day():
    """A dated event: nothing of it the day before, all of it on its day, and it stays."""
    day = date(2021, 9, 16)
    event = {"date": day.isoformat(), "set": {"taliban.control": 0.1}, "state": {"province.Balkh.held": 0}}
    bench = Bench(small(30, events=[event]))
    bench.prepare(bench.scenario.values, 1, 0)
    w, at = bench.world[0], (day - bench.scenario.start).days
    assert at == 10
    w.province[province("Balkh")].held = 1.0
    before = w.p.taliban_control
    for tick in range(at):
        open_day(w, bench.block, tick, bench.calendar, bench.events)
        assert w.p.taliban_control == before
        assert w.province[province("Balkh")].held == 1.0
    open_day(w, bench.block, at, bench.calendar, bench.events)
    assert w.p.taliban_control == 0.1
    assert w.province[province("Balkh")].held == 0.0
    open_day(w, bench.block, at + 1, bench.calendar, bench.events)
    assert w.p.taliban_control == 0.1


def test_the_last_day_can_have_an_event_and_an_event_leaves_the_past_as_it_was():
    plain = small(60)
    changed = small(60, events=[{"date": str(plain.start + timedelta(days=30)), "set": {"protest.rate": 20}}])
    before, after = runs(plain, 3), runs(changed, 3)
    np.testing.assert_array_equal(before.series[:, :30], after.series[:, :30])
    assert not np.array_equal(before.series[:, 30:], after.series[:, 30:])
    small(60, events=[{"date": str(plain.end - timedelta(days=1)), "title": "x"}])


def test_start_state_is_set_on_the_first_day():
    state = {"province.Balkh.held": 0, "province.Balkh.others": 90000}
    lost = runs(small(7, state=state), 1, keep_places=True)
    held = lost.place("control_by_province", "Balkh")[0, 0]
    assert held < 1.0
    assert lost.place("control_by_province", "Kabul")[0, 0] == 1.0


def test_days_run_from_the_start_to_the_day_before_the_end():
    base = certain()
    assert base.days == (base.end - base.start).days == 1096
    dates = Bench(base).calendar
    assert len(dates) == base.days
    assert dates[0].tolist() == [249, 2022]
