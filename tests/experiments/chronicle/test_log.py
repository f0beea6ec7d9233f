"""The log of a run: a film is the run to the bit, and each event is told with place and reason where it happens."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.chronicle.film import film, film_of, state_of
from experiments.chronicle.happening import DETAIL, KINDS, NOTABLE, TURNING, Happening, many
from experiments.chronicle.log import log, omitted, story
from sim.outcomes import PLACE_SERIES
from tests.worlds import PANJSHIR, certain, province, runs, same_bits, small


def filmed(days: int = 60, replicate: int = 0, **mapping):
    """A short run of a scenario of one's own, watched."""
    scenario = small(days, **mapping)
    return film(scenario, scenario.values, 1, replicate)


@pytest.fixture(scope="module")
def stormy():
    """A run in which everything goes against Kabul, watched for a year."""
    scenario = certain("everything_against_kabul", "end=2022-09-06")
    return film(scenario, scenario.values, 1, 0)


def test_a_film_is_the_run_to_the_bit():
    block = runs(small(200), 3, keep_places=True)
    for row in range(3):
        shot = film(block.scenario, block.values[row], block.seed, int(block.replicates[row]))
        assert same_bits(shot.series, block.series[row])
        assert same_bits(shot.places, block.places[row])
        assert same_bits(shot.measures, block.measures[row])
    assert same_bits(film_of(block).series, block.series[0])


def test_a_film_of_a_run_with_changes_of_stocks_is_the_run_to_the_bit():
    state = {"front.nrf.main": {"add": 500}, "cache.Panjshir.count": {"multiply": 0.5}}
    events = [
        {"date": "2021-09-06", "state": state},
        {"date": "2021-09-20", "title": "Caches", "state": state},
    ]
    block = runs(small(40, events=events), 1)
    shot = film_of(block)
    assert same_bits(shot.series, block.series[0])
    (told,) = [one for one in log(shot) if one.text == "Caches"]
    assert told.because == "the scenario sets front.nrf.main + 500, cache.Panjshir.count x 0.5"


def test_counts_of_a_day_add_up_to_those_of_the_week(stormy):
    weeks = stormy.days // 7
    for name in ("deaths", "attacks", "protests"):
        daily = stormy.counted(name)
        assert daily.min() >= 0.0
        weekly = daily[: 7 * weeks].reshape(weeks, 7, -1).sum(axis=1)
        assert np.allclose(weekly, stormy.places[:, :, PLACE_SERIES.index(name)])
    assert np.allclose(stormy.counted("deaths").sum(axis=1), stormy.national("deaths"))


def test_the_state_of_a_day_is_that_of_the_film(stormy):
    w = state_of(stormy.scenario, stormy.values, stormy.seed, stormy.replicate, 100)
    assert same_bits(w.front["main"][:1].copy(), stormy.watched("front.main")[100])
    assert same_bits(np.array(w.province["held"]), stormy.watched("province.held")[100])


def test_every_capital_that_falls_and_is_taken_back_is_told(stormy):
    told = [one for one in log(stormy) if one.kind == "capital"]
    held = stormy.watched("province.held")
    assert len(told) == int(np.abs(np.diff(held, axis=0)).sum()) > 0
    for one in told:
        falls = held[one.tick + 1, one.province] == 0.0
        assert ("falls" in one.text) == falls
        assert one.because
        assert one.where in one.text or one.where == "Kabul"


def test_risings_are_told_once_each(stormy):
    began = [
        one
        for one in log(stormy)
        if one.kind == "rising" and ("breaks out" in one.text or "within the day" in one.text)
    ]
    assert len(began) == int(stormy.national("risings").sum()) > 0
    ended = [one for one in log(stormy) if " is put down after " in one.text]
    assert ended
    assert not any("-" in one.text.split("after")[1] for one in ended)


def test_pockets_come_and_go(stormy):
    told = [one for one in log(stormy) if one.kind == "pocket"]
    text = " ".join(one.text for one in told)
    for sign in (
        " forms in ",
        " breaks up",
        " joins another",
        " melts away",
        " is destroyed",
        "front of its own",
    ):
        assert sign in text


def test_the_front_of_2021_loses_the_floor():
    shot = film_of(runs(certain("siege_2021", "end=2021-10-01"), 1))
    lost = [one for one in log(shot) if "loses" in one.text and "valley floor" in one.text]
    assert lost[-1].weight == TURNING
    assert lost[-1].text.endswith("the last that it held")
    assert "an assault by" in lost[-1].because
    assert lost[-1].province == PANJSHIR
    assert any(one.text.startswith("Kabul sends") for one in log(shot))


def test_what_the_scenario_sets_is_told_as_such():
    event = {"date": "2021-09-20", "title": "Balkh changes hands", "state": {"province.Balkh.held": 0}}
    told = [one for one in log(filmed(30, events=[event])) if one.tick == 14]
    assert told[0].kind == "scenario"
    assert told[0].because == "the scenario sets province.Balkh.held = 0"
    assert any(one.kind == "capital" and one.because == "the scenario sets it" for one in told)
    assert told[0].day(small().start).isoformat() == "2021-09-20"


def test_where_a_run_starts_is_no_event():
    shot = filmed(10, state={"province.Balkh.held": 0})
    fallen = [one for one in log(shot) if one.kind == "capital" and "falls" in one.text]
    assert not [one for one in fallen if one.province == province("Balkh")]


def test_a_militia_is_called_up_and_powers_turn():
    scenario = certain(
        "baseline",
        "militias.fatemiyoun.instructed=true",
        "powers.tajikistan.stance=-1",
        "powers.tajikistan.oppose_at=0",
        "diplomacy.oppose_rate=0.2",
        "end=2022-09-06",
    )
    told = [one.sentence for one in log(film_of(runs(scenario, 1)))]
    assert any(one.startswith("The Fatemiyoun militia is called up") for one in told)
    assert any(one.startswith("Tajikistan begins to back the opposition: its attitude") for one in told)


def test_a_quiet_run_has_an_ending_alone_to_tell():
    told = log(filmed(7, iskp={"active": 0}, caches={"abundance": 0}, fronts={"nrf": {"fighters": 0}}))
    assert [one.kind for one in told if one.weight == TURNING] == ["ending"]


def test_the_log_is_in_order_and_plain(stormy):
    events = log(stormy)
    assert [one.tick for one in events] == sorted(one.tick for one in events)
    for one in events:
        assert one.kind in KINDS
        assert one.text[0].isupper() or one.text[0].isdigit()
        assert not one.sentence.endswith(".")
    plain = events[0].plain(stormy.scenario.start)
    assert list(plain) == ["day", "date", "kind", "weight", "text", "because", "where", "province"]


def test_a_story_is_short_and_fair(stormy):
    events = log(stormy)
    told = story(events, 20)
    assert len(told) <= 20
    assert told[-1].kind == "ending"
    assert {one.kind for one in told} >= {"front", "capital", "pocket", "rising"}
    assert told == sorted(told, key=events.index)
    assert "of pockets" in omitted(events, told)
    assert omitted(events, events) == ""


def test_what_is_notable_gives_way_to_turns():
    turns = [Happening(day, "capital", TURNING, f"A {day}") for day in range(30)]
    notes = [Happening(day, "iskp", NOTABLE, f"B {day}") for day in range(30)]
    rest = [Happening(day, "pocket", DETAIL, f"C {day}") for day in range(30)]
    told = story([*turns, *notes, *rest], 12)
    assert {one.kind for one in told} == {"capital"}
    assert (told[0].tick, told[-1].tick) == (0, 29)
    assert [one.tick for one in story(notes, 12)] == [0, 10, 19, 29]


def test_numbers_agree_with_their_nouns():
    assert (many(1, "day"), many(3, "day"), many(1.4, "man", "men"), many(2, "man", "men")) == (
        "1 day",
        "3 days",
        "1 man",
        "2 men",
    )
