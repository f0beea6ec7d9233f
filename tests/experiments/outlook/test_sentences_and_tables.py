"""Sentences say what the data say; tables refuse what does not fit."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from experiments.outlook import sentences
from experiments.stats.spread import Spread
from tests.experiments.outlook.synthetic import make_tables


@pytest.fixture(scope="module")
def tables():
    return make_tables(runs=60, days=800)


def with_endings(tables, *names):
    return dataclasses.replace(tables, endings=np.array(names))


def test_a_clear_leader_is_named_with_its_interval(tables):
    ended = with_endings(tables, *["settlement"] * 50, *["consolidation"] * 10)
    assert sentences.endings(ended) == "Settlement is the likeliest ending: 83 % [72, 91] of runs"


def test_a_close_race_has_no_leader(tables):
    ended = with_endings(tables, *["multi_front_civil_war"] * 31, *["consolidation"] * 29)
    told = sentences.endings(ended)
    assert told.startswith("No single ending leads: multi-front civil war in 52 %")


def test_fighters_and_deaths_are_those_of_the_end(tables):
    flat = {"front_fighters": np.full((60, 800), 700.0), "pocket_fighters": np.full((60, 800), 300.0)}
    told = sentences.fans(dataclasses.replace(tables, series={**flat, "deaths": np.ones((60, 800))}))
    assert "At the end 1,000 fighters" in told
    assert "deaths run at 30 a month" in told


def test_chances_of_first_events_count_the_runs_without(tables):
    days = np.where(np.arange(60) < 15, 10.0, np.nan)
    told = sentences.events(dataclasses.replace(tables, measures={"first_militia_day": days}))
    assert told == "Happened by the end: first militia activation 25 % [16, 38]"


def test_the_deadliest_provinces_are_named(tables):
    deaths = np.zeros_like(tables.places["deaths"])
    deaths[:, 7], deaths[:, 0], deaths[:, 3], deaths[:, 9] = 5, 3, 1, 1
    told = sentences.provinces(dataclasses.replace(tables, places={"deaths": deaths}))
    assert told == "Panjshir, Province 00 and Province 03 carry 90 % of all expected deaths"
    none = dataclasses.replace(tables, places={"deaths": np.zeros_like(deaths)})
    assert "No deaths" in sentences.provinces(none)


def test_summer_is_set_against_winter(tables):
    warm = np.isin(np.arange(1, 13), (4, 5, 6, 7, 8, 9))
    routes = np.zeros_like(tables.routes)
    routes[warm, 4], routes[~warm, 4] = 6.0, 2.0
    told = sentences.flows(dataclasses.replace(tables, routes=routes))
    assert told == "3.0 times as many arms cross the borders in summer as in winter; River ferry carries most"
    routes[warm, 2], routes[:, 1] = 0.5, 9.0 * ~warm  # a long way round in winter must not count
    routes[~warm, 3] = 1.0
    told = sentences.flows(dataclasses.replace(tables, routes=routes))
    assert told.startswith("2.0 times as many arms reach or leave Panjshir in winter as in summer; High road")
    assert "No arms" in sentences.flows(dataclasses.replace(tables, routes=np.zeros_like(routes)))


def test_the_best_held_places_are_named(tables):
    held = np.zeros_like(tables.valley_held)
    held[:, 6], held[:, 2] = 0.4, 0.1
    told = sentences.valley(dataclasses.replace(tables, valley_held=held))
    assert told == "The front holds the side valley Side C 40 % of the time, the floor of Spur 10 %"


def test_parameters_against_luck_name_both_ends():
    split = {"deaths": Spread(0.2, 0.1, 0.3, 50), "final_services": Spread(0.9, 0.8, 0.95, 50)}
    told = sentences.spread(split)
    assert "90 % of the spread of public services at the end, 20 % for deaths in organised violence" in told
    assert sentences.spread({}) == "Nothing varies between runs"


def test_tables_know_their_size(tables):
    assert (tables.runs, tables.days) == (60, 800)
    assert tables.ending_counts().sum() == 60
