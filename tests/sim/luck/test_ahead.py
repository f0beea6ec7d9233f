"""Numbers drawn ahead are those that a rule would draw itself."""

from __future__ import annotations

import pytest

from sim.agents import pocket
from sim.luck import ahead, streams
from tests.worlds import world as build

DAY = 21


@pytest.fixture(scope="module")
def drawn():
    w = build(seed=5, replicate=9)
    ahead.draw_week(w, DAY)
    return w


@pytest.mark.parametrize("stream", ahead.WEEKLY.tolist())
def test_the_same_bits_as_a_draw_by_itself(drawn, stream):
    """Every province, on the day for which numbers were drawn and on another."""
    for day in (DAY, DAY + 7):
        for i in range(34):
            u = streams.uniform(drawn.key, day, i, stream, 0)
            assert ahead.uniform(drawn, day, i, stream) == u
            assert (drawn.ahead[stream, i] == u) == (day == DAY)


@pytest.mark.parametrize("mean", [-1.0, 0.0, 0.3, 29.0, 31.0, 400.0])
def test_counts_are_those_of_streams(drawn, mean):
    for i in range(34):
        own = streams.poisson(drawn.key, DAY, i, streams.PROTEST, 0, mean)
        assert ahead.poisson(drawn, DAY, i, streams.PROTEST, mean) == own


@pytest.mark.parametrize("hazard", [0.0, 1e-18, 0.002, 0.5, 4.0])
@pytest.mark.parametrize("n", [0, 1, 30, 500])
def test_a_hazard_strikes_as_the_binomial_says(drawn, n, hazard):
    """The short way for rare events gives what the binomial gives."""
    from math import exp

    for i in range(34):
        plain = streams.binomial(drawn.key, DAY, i, streams.DECAY, 0, n, 1.0 - exp(-hazard))
        assert streams.stricken(drawn.key, DAY, i, streams.DECAY, 0, n, hazard) == plain
        assert ahead.stricken(drawn, DAY, i, streams.DECAY, n, hazard) == plain


def test_a_week_of_a_pocket():
    """The numbers of seven days, and its own draw on other days and for a row that another pocket has taken."""
    w = build(seed=5, replicate=9)
    pocket.form(w, 3, 20.0, 10.0)
    k = w.bands - 1
    ahead.draw_days(w, DAY)
    for day in range(DAY - 1, DAY + 9):
        assert ahead.of_band(w, day, k) == streams.uniform(
            w.key, day, w.pocket[k].identity, streams.POCKET, 0
        )
    assert ahead.of_band(w, DAY, k) == w.band_luck[0, k]
    pocket.dissolve(w, k)
    pocket.form(w, 3, 20.0, 10.0)
    assert w.pocket[k].active
    assert ahead.of_band(w, DAY, k) == streams.uniform(w.key, DAY, w.pocket[k].identity, streams.POCKET, 0)
    assert ahead.of_band(w, DAY, k) != w.band_luck[0, k]
