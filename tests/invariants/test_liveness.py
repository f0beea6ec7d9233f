"""Every parameter of the schema moves something: an inert one would be a dial that is connected to nothing.

A screening, one at a time: in a world in which much happens, a parameter goes to either end of its range
while all else, luck included, stays as it is (the same replicates); any bit of any national series or
measure that differs shows that it is alive. What one world does not exercise (a siege is over in days, a
militia may sleep) the next one may.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.ensemble import simulate_points
from sim.parameters import build_schema
from sim.scenario import Scenario

REPLICATES = np.arange(2)
POWERS = ("iran", "pakistan", "russia", "china", "united_states", "tajikistan")
SIEGE = {
    "start": "2021-09-03",
    "end": "2022-11-01",
    "fronts": {
        "nrf": {"holds": 1.0, "side_valleys": 1.0, "fighters": 6000, "ammunition": 6, "commandos": 400}
    },
    "siege": {"stay": 40, "pause": 60, "column": 9000},
}
STALEMATE = {
    "start": "1999-06-01",
    "end": "2000-12-01",
    "taliban": {"ethnic_cards": 0.0, "outreach": 0.0},
    "community": {"unity": 1.0, "informants": 0.0},
    "supply": {"corridor": 0.9, "donors": 20},
    "fronts": {"nrf": {"holds": 1.0, "side_valleys": 1.0, "fighters": 9000, "ammunition": 60, "food": 300}},
    "siege": {"column": 12000, "knowledge": 0.1, "pause": 60, "loss_limit": 0.5},
}
STORM = {
    "start": "2021-09-06",
    "end": "2024-03-06",
    "taliban": {"service_delivery": 0.2, "control": 0.95, "prudence": 0.5, "corruption": 0.4, "talks": 0.8},
    "economy": {"shock": 0.4, "growth": -0.08},
    "caches": {"abundance": 4.0},
    "supply": {"corridor": 0.5},
    "fronts": {"nrf": {"fighters": 4000, "talks_offer": 8}},
    "militias": {"fatemiyoun": {"instructed": True}},
    "powers": {
        "iran": {"stance": -0.7, "strikes": 3},
        "pakistan": {"stance": -0.5, "strikes": 3},
        "russia": {"stance": 0.9, "recognise_at": 0.3},
        "china": {"stance": 0.9, "recognise_at": 0.3},
        "united_states": {"stance": -0.7},
        "tajikistan": {"stance": -0.8},
    },
}
CALM = {
    "start": "2021-09-06",
    "end": "2024-03-06",
    "taliban": {"service_delivery": 0.7, "control": 0.5, "prudence": 0.9, "talks": 0.9, "concession_rate": 2},
    "powers": {name: {"stance": 0.8, "recognise_at": 0.5} for name in POWERS},
}
SHUNNED = {
    "start": "2021-09-06",
    "end": "2022-12-06",
    "diplomacy": {"oppose_rate": 0.5},
    "powers": {name: {"stance": -0.9, "oppose_at": 0.0} for name in POWERS},
}
WORN = {
    "start": "2021-09-03",
    "end": "2022-11-01",
    "supply": {"donors": 30, "corridor": 0.5},
    "siege": {"column": 3000, "pause": 30, "stay": 60},
    "fronts": {
        "nrf": {"holds": 0.4, "side_valleys": 0.3, "fighters": 1000, "ammunition": 0, "last_stand": 1.0},
        "andarab": {"home": 9, "holds": 1.0, "fighters": 3000},
    },
}
TRUCE = {
    "start": "2021-09-06",
    "end": "2022-12-06",
    "talks": {"goodwill_halflife": 90},
    "taliban": {"inclusiveness": 0.25},
    "state": {"government.kabul.warmth": 1.0, "militia.fatemiyoun.fighters": 400},
    "militias": {"fatemiyoun": {"strength": 300}},
}
LOST = {
    "start": "2021-09-06",
    "end": "2022-12-06",
    "economy": {"revenue": 800},
    "pockets": {"start": 60, "raid_rate": 2.0},
    "militias": {"fatemiyoun": {"strength": 150, "instructed": True}},
    "fronts": {"nrf": {"medicine": 0, "fighters": 3000, "regroup": 10}},
    "state": {f"province.{name}.held": 0 for name in ("Baghlan", "Kabul", "Balkh")},
}
WORLDS = {
    "siege": SIEGE,
    "stalemate": STALEMATE,
    "storm": STORM,
    "calm": CALM,
    "shunned": SHUNNED,
    "worn": WORN,
    "truce": TRUCE,
    "lost": LOST,
}


def alive(scenario: Scenario, names: list[str]) -> set[str]:
    """The parameters of ``names`` that change any bit of any series or measure at either end of their
    range."""
    schema, base = scenario.schema, scenario.values
    points, of = [base], [""]
    for name in names:
        parameter = schema[name]
        for value in (parameter.low, parameter.high):
            if value != base[schema.index(name)]:
                moved = base.copy()
                moved[schema.index(name)] = value
                points.append(moved)
                of.append(name)
    found: set[str] = set()
    reference = _record(scenario, [base])[0]
    for first in range(1, len(points), 60):
        part = _record(scenario, points[first : first + 60])
        for name, one in zip(of[first : first + 60], part, strict=True):
            if one != reference:
                found.add(name)
    return found


def _record(scenario: Scenario, points: list[np.ndarray]) -> list[bytes]:
    """All series and measures of the replicates at each point, as bytes."""
    values = np.repeat(np.array(points), len(REPLICATES), axis=0)
    replicates = np.tile(REPLICATES, len(points))
    block = simulate_points(scenario, values, replicates, seed=7)
    whole = np.concatenate([block.series.reshape(len(values), -1), block.measures], axis=1)
    return [rows.tobytes() for rows in np.split(whole, len(points))]


@pytest.fixture(scope="module")
def moved() -> dict[str, str]:
    """Parameter to the first world in which it moved something."""
    found: dict[str, str] = {}
    names = list(build_schema().names)
    for title, mapping in WORLDS.items():
        scenario = Scenario.from_mapping(mapping, name=title)
        left = [name for name in names if name not in found]
        found |= dict.fromkeys(sorted(alive(scenario, left)), title)
    return found


def test_every_parameter_moves_some_outcome(moved):
    inert = [name for name in build_schema().names if name not in moved]
    assert not inert, f"{len(inert)} parameters move nothing: {', '.join(inert)}"


def test_the_screening_can_tell_a_dead_dial():
    """The same point twice is the same bits: a parameter that nothing reads would be found out."""
    scenario = Scenario.from_mapping(SIEGE, name="siege")
    first, second = _record(scenario, [scenario.values, scenario.values.copy()])
    assert first == second
