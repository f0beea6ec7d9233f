"""Raids and the hunt: aimed fire, fire as good as knowledge, and the books of the dead."""

from __future__ import annotations

import pytest

from sim.agents import pocket
from sim.mechanisms import raids
from tests.worlds import province
from tests.worlds import world as build

KAPISA = province("Kapisa")


def band(fighters: float = 100.0, knowledge: float = 0.5, **values):
    w = build(pockets__start=0.0, **values)
    pocket.form(w, KAPISA, fighters, fighters)
    w.community[KAPISA].knowledge = knowledge
    return w


def total(rule, n: int = 300, **settings) -> dict[str, float]:
    """Losses of both sides and of civilians over ``n`` single fights of the same band."""
    losses = {"band": 0.0, "garrison": 0.0, "civilians": 0.0}
    for tick in range(n):
        w = band(**settings)
        soldiers = w.garrison[KAPISA].fighters
        rule(w, 0, tick)
        losses["band"] += settings.get("fighters", 100.0) - w.pocket[0].fighters
        losses["garrison"] += soldiers - w.garrison[KAPISA].fighters
        losses["civilians"] += w.today.deaths - w.today.deaths_state_based
    return losses


@pytest.mark.parametrize("rule", [raids.raid, raids.hunt])
def test_the_dead_are_those_who_are_missing(rule):
    """State-based deaths are at most the losses of both sides (some of a found pocket are taken, not killed)."""
    w = band(garrison__collateral=2.0, garrison__reprisal=1.0, taliban__harshness=1.0)
    soldiers = w.garrison[KAPISA].fighters
    rule(w, 0, 5)
    missing = 100.0 - w.pocket[0].fighters + soldiers - w.garrison[KAPISA].fighters
    assert 0.0 < w.today.deaths_state_based <= missing
    if rule is raids.raid:
        assert w.today.deaths_state_based == missing
        assert w.today.attacks_pockets == 1.0
    assert w.province[KAPISA].pocket_fighters == w.pocket[0].fighters


def test_raiders_fire_aimed():
    """Deitchman: losses of the garrison grow with the raiders alone, not with its own number."""
    few, many = total(raids.raid, fighters=20.0), total(raids.raid, fighters=100.0)
    assert many["garrison"] > 3 * few["garrison"] > 0


def test_knowledge_hits_fighters_and_spares_villagers():
    """F10: a garrison that knows hits the pocket; one that does not hits villagers."""
    settings = {"garrison__collateral": 1.0, "taliban__harshness": 1.0}
    blind = total(raids.hunt, knowledge=0.0, **settings)
    informed = total(raids.hunt, knowledge=1.0, **settings)
    assert informed["band"] > blind["band"]
    assert informed["civilians"] < blind["civilians"]
    assert informed["civilians"] == 0.0


def test_harshness_kills_villagers():
    """F23: collateral harm comes with harshness."""
    assert total(raids.hunt, n=50, knowledge=0.0, taliban__harshness=0.0)["civilians"] == 0.0
    assert (
        total(raids.hunt, n=50, knowledge=0.0, taliban__harshness=1.0, garrison__collateral=1.0)["civilians"]
        > 0.0
    )


def test_weapons_fall_with_their_bearers():
    w = band()
    raids.lose_fighters(w, 0, 40)
    assert (w.pocket[0].fighters, w.pocket[0].arms) == (60.0, pytest.approx(60.0))
    raids.lose_fighters(w, 0, 400)
    assert (w.pocket[0].fighters, w.pocket[0].arms) == (0.0, pytest.approx(0.0))
    assert w.province[KAPISA].pocket_fighters == 0.0


def test_raids_teach_and_capture_weapons():
    w = band(pockets__lethality=0.5)
    arms, experience = w.pocket[0].arms, w.pocket[0].experience
    w.community[KAPISA].knowledge = 0.0
    raids.raid(w, 0, 1)
    assert w.pocket[0].experience > experience
    assert w.pocket[0].arms != arms
