"""Refugees: what pushes, who lets through, where to; nobody is counted twice."""

from __future__ import annotations

import numpy as np
import pytest

from sim.agents import community
from sim.mechanisms import refuge
from tests.worlds import province
from tests.worlds import world as build

HERAT, KHOST = province("Herat"), province("Khost")


def leaving(at: int = HERAT, change=None, **values) -> dict[str, float]:
    w = build(**values)
    if change is not None:
        change(w)
    refuge.leave(w, at)
    return {to: float(w.now[f"leaving_{to}"]) for to in ("iran", "pakistan", "north")}


def number(*args, **values) -> float:
    return sum(leaving(*args, **values).values())


@pytest.mark.parametrize(
    "push",
    [
        lambda w: w.province["violence"].__setitem__(HERAT, 20.0),
        lambda w: w.community["hardship"].__setitem__(HERAT, 1.0),
        lambda w: w.government.__setattr__("control", 1.0),
    ],
    ids=["violence", "hardship", "control"],
)
def test_what_pushes(push):
    """F26: violence, hardship and control over public life push people over the borders."""

    def calm(w):
        w.community["hardship"][HERAT] = 0.1
        w.government.control = 0.1

    def pushed(w):
        calm(w)
        push(w)

    assert number(change=pushed) > number(change=calm)


def test_closed_borders_let_nobody_through():
    """F26: neighbours decide how many come."""
    assert number(refugees__border_openness=0.0) == 0.0
    assert number(refugees__border_openness=1.0) == pytest.approx(2 * number(refugees__border_openness=0.5))


def test_near_borders_draw_most():
    """F26: most of Herat goes to Iran, most of Khost to Pakistan."""
    west, east = leaving(HERAT), leaving(KHOST)
    assert west["iran"] > west["pakistan"]
    assert east["pakistan"] > east["iran"]
    assert west["north"] < west["iran"]


def test_those_who_leave_are_gone():
    """People are conserved: who crosses a border is taken out of a community, and counted in its province."""
    w = build()
    before = w.community["people"].sum()
    for i in range(len(w.community)):
        refuge.leave(w, i)
    refuge.cross(w, 7)
    crossed = w.today.refugees_iran + w.today.refugees_pakistan + w.today.refugees_north
    assert crossed > 1000.0
    assert before - w.community["people"].sum() == pytest.approx(crossed)
    assert w.province["week_refugees"].sum() == pytest.approx(crossed)


def test_the_last_one_stays():
    w = build(refugees__rate=40.0)
    w.community[HERAT].people = 1.0
    for _ in range(10):
        refuge.leave(w, HERAT)
        refuge.cross(w, 7)
    assert w.community[HERAT].people == 1.0


def test_crossings_are_a_poisson_number_of_those_expected():
    """Mean and variance over 400 runs; false-alarm rate below 1e-4 (4 standard errors each)."""
    w, crossed = build(), []
    for replicate in range(400):
        w.key[1] = replicate
        w.now.leaving_iran, w.now.leaving_pakistan, w.now.leaving_north = 900.0, 0.0, 0.0
        w.now.recent_refugees = 0.0
        refuge.cross(w, 7)
        crossed.append(float(w.today.refugees_iran))
        assert w.now.recent_refugees == crossed[-1]
        assert (w.today.refugees_pakistan, w.today.refugees_north, w.now.leaving_iran) == (0.0, 0.0, 0.0)
    assert np.mean(crossed) == pytest.approx(900.0, abs=4 * 30.0 / 20.0)
    assert np.var(crossed) == pytest.approx(900.0, abs=4 * 900.0 * np.sqrt(2 / 400))


def test_a_week_of_every_community_counts_everyone_once():
    w = build()
    for i in range(len(w.community)):
        community.weekly(w, i, 0)
    assert w.now.leaving_iran > 0.0
    assert (w.community["people"] >= 1.0).all()
