"""Switching a mechanism off leaves the luck of every other as it was: common random numbers by decision."""

from __future__ import annotations

import numpy as np
import pytest

from sim.luck import streams
from sim.outcomes import SERIES_NAMES
from sim.scenario import Scenario
from tests.worlds import certain, province, runs, small
from tests.worlds import world as build

#: The mechanism that is switched off, and series that it cannot reach within days (through grievance, fear and
#: allocation, which act from the next weeks on; pockets take heart from attacks of the jihadist rival at once).
OFF = [
    ({"iskp": {"active": False}}, ("protests", "attacks_front", "risings", "economy", "strikes")),
    ({"protest": {"rate": 0.0}}, ("attacks_iskp", "attacks_front", "attacks_pockets", "economy", "strikes")),
    (
        {"refugees": {"rate": 0.0}},
        ("attacks_iskp", "attacks_front", "attacks_pockets", "protests", "economy"),
    ),
    (
        {"garrison": {"infighting": 0.0}},
        ("attacks_iskp", "attacks_pockets", "protests", "refugees", "economy"),
    ),
    (
        {"caches": {"decay": 0.0}},
        ("attacks_iskp", "attacks_front", "protests", "refugees", "economy", "strikes"),
    ),
    (
        {"fronts": {"nrf": {"talks_offer": 0.0}}},
        ("attacks_iskp", "attacks_front", "attacks_pockets", "protests"),
    ),
    (
        {"powers": {"pakistan": {"strikes": 0.0}}},
        ("attacks_iskp", "attacks_front", "attacks_pockets", "protests"),
    ),
]
LIVELY = {
    "protest": {"rate": 10.0},
    "rising": {"rate": 3.0},
    "pockets": {"start": 60, "raid_rate": 1.0},
    "fronts": {"nrf": {"fighters": 3000, "raid_rate": 1.0, "talks_offer": 12}},
    "iskp": {"attack_rate": 60},
    "powers": {"pakistan": {"strikes": 12}},
}


def merged(base: dict, change: dict) -> dict:
    made = dict(base)
    for key, value in change.items():
        made[key] = merged(base.get(key, {}), value) if isinstance(value, dict) else value
    return made


def lively(change: dict) -> Scenario:
    return small(21, start="2022-06-01", **merged(LIVELY, change))


@pytest.mark.parametrize(("off", "untouched"), OFF, ids=lambda value: str(next(iter(value))))
def test_a_mechanism_off_leaves_the_first_week_of_the_others(off, untouched):
    """Within the first week nothing has been passed on: all other series are the same to the last bit."""
    with_, without = runs(lively({}), 20, seed=4), runs(lively(off), 20, seed=4)
    assert not np.array_equal(with_.series, without.series)
    for name in untouched:
        ours, theirs = with_.national(name)[:, :7], without.national(name)[:, :7]
        np.testing.assert_array_equal(ours, theirs, err_msg=name)
    happened = [name for name in untouched if with_.national(name)[:, :7].sum() > 0]
    assert len(happened) >= 2, "nothing happened that could have been moved"


def test_without_interaction_the_luck_stays_the_same_for_good():
    """The economy meets nothing of the jihadist rival but lost capitals: with garrisons that hold, not even them."""
    calm = {
        "pockets": {"start": 0, "formation": 0},
        "rising": {"rate": 0.0, "defection": 0.0},
        "taliban": {"prudence": 0.0},
    }
    deaf = {name: {"terror_weight": 0.0} for name in certain().entities["powers"]}
    base = merged(calm, {"powers": deaf, "fronts": {"nrf": {"fighters": 0}}})
    with_ = runs(small(400, **base), 8, seed=2)
    without = runs(small(400, **merged(base, {"iskp": {"active": False}})), 8, seed=2)
    assert with_.measure("attacks_iskp").min() > 0
    for name in ("economy", "control", "recognitions", "strikes", "inclusiveness"):
        np.testing.assert_array_equal(with_.national(name), without.national(name), err_msg=name)
    assert len(np.unique(with_.national("economy")[:, -1])) == 8


def test_a_pocket_keeps_its_luck_whatever_row_it_is_in():
    """Draws go by an agent's identity, not its row: the same band raids on the same days in any row."""
    from sim.agents import pocket

    days = []
    for before in (0, 1, 40):
        w = build(pockets__start=0.0, pockets__raid_rate=0.8, garrison__detection=0.0, pockets__lethality=0.0)
        for _ in range(before):
            pocket.form(w, 3, 5.0, 1.0)
        w.now.next_pocket = 77.0
        pocket.form(w, province("Kunar"), 50.0, 50.0)
        assert w.pocket[before].identity == 77.0
        raids = []
        for day in range(200):
            attacks = w.today.attacks_pockets
            pocket.daily(w, before, day)
            w.pocket[before].experience = 0.3
            raids.append(w.today.attacks_pockets - attacks)
        days.append(raids)
    assert sum(days[0]) > 3
    assert days[0] == days[1] == days[2]


def test_no_two_decisions_of_a_year_share_a_number():
    """Numbers of different streams, agents and days are different numbers (2**-32 for a pair by chance)."""
    seen = [
        streams.uniform((1, 0), tick, agent, stream, 0)
        for tick in range(0, 364, 7)
        for agent in range(5)
        for stream in streams.STREAMS.values()
    ]
    assert len(set(seen)) == len(seen)


def test_an_event_leaves_the_past_alone_and_the_luck_too():
    """Two scenarios share all luck until they part, and the weather after."""
    plain = small(200, **LIVELY)
    event = {"date": str(np.datetime64(plain.start) + 100), "set": {"taliban.control": 0.1}}
    changed = small(200, events=[event], **LIVELY)
    ours, theirs = runs(plain, 6, seed=8), runs(changed, 6, seed=8)
    np.testing.assert_array_equal(ours.series[:, :100], theirs.series[:, :100])
    column = SERIES_NAMES.index("control")
    assert not np.array_equal(ours.series[:, 100:, column], theirs.series[:, 100:, column])
    np.testing.assert_array_equal(
        ours.national("strikes")[:, 100:104], theirs.national("strikes")[:, 100:104]
    )
