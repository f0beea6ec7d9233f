"""Small arithmetic: contests, clips, half-lives."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanisms.arithmetic import clip, contest, halved, towards

STRENGTH = st.floats(1e-6, 1e9)
SHARPNESS = st.floats(1.0, 6.0)


@given(STRENGTH, STRENGTH, SHARPNESS)
def test_a_contest_is_symmetric(ours, theirs, sharpness):
    """F1: what one side is likely to win the other is likely to lose."""
    assert contest(ours, theirs, sharpness) + contest(theirs, ours, sharpness) == pytest.approx(1.0)


@given(STRENGTH, STRENGTH, SHARPNESS)
def test_the_chance_follows_the_ratio(ours, theirs, sharpness):
    chance = contest(ours, theirs, sharpness)
    assert 0.0 <= chance <= 1.0
    assert contest(2.0 * ours, theirs, sharpness) >= chance
    exponent = sharpness * (math.log(theirs) - math.log(ours))
    if abs(exponent) < 500:
        assert chance == pytest.approx(1.0 / (1.0 + (theirs / ours) ** sharpness), rel=1e-9, abs=1e-300)


@pytest.mark.parametrize(
    ("ours", "theirs", "chance"),
    [(0.0, 0.0, 0.5), (-3.0, 0.0, 0.5), (0.0, 5.0, 0.0), (5.0, 0.0, 1.0), (7.0, 7.0, 0.5)],
)
def test_contests_of_nobody(ours, theirs, chance):
    assert contest(ours, theirs, 3.0) == chance


@given(st.floats(-1e9, 1e9), st.floats(-10, 0), st.floats(0, 10))
def test_a_clip_stays_inside(value, low, high):
    found = clip(value, low, high)
    assert low <= found <= high
    assert found == value or found in (low, high)


@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), st.floats(0.0, 1.0))
def test_towards_never_overshoots(value, target, share):
    assert min(value, target) - 1e-9 <= towards(value, target, share) <= max(value, target) + 1e-9


@pytest.mark.parametrize(("days", "left"), [(0.0, 8.0), (30.0, 4.0), (60.0, 2.0)])
def test_half_lives(days, left):
    assert halved(8.0, days, 30.0) == pytest.approx(left)
