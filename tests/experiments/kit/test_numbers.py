"""One form for each kind of number."""

from __future__ import annotations

import math

import pytest

from experiments.kit.numbers import chance, counted, interval, likelihood, number, percent, points, span


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.001, "<1 %"), (0.015, "2 %"), (0.345, "35 %"), (0.999, ">99 %"), (1.0, "100 %"),
     (math.nan, "–")],
)  # fmt: skip
def test_shares(share, text):
    assert percent(share) == text


def test_probabilities_show_their_interval_in_the_same_unit():
    assert chance(0.345, 0.304, 0.388) == "35 % [30, 39]"
    assert chance(0.986, 0.977, 0.994) == "98.6 % [97.7, 99.4]"
    assert chance(None, None, None) == "–"
    assert points(0.12, 0.04, 0.2) == "+12 [+4, +20] points"
    assert interval(0.42, 0.371, 0.47) == "0.42 [0.37, 0.47]"


def test_the_terminal_rounds_as_the_report_does():
    """A half goes up on both: never 1 % here and 2 % there."""
    assert percent(0.015) == "2 %"
    assert percent(0.025) == "3 %"
    assert chance(0.015, 0.005, 0.045) == "2 % [1, 5]"


def test_numbers():
    assert number(9.999) == "10"
    assert number(math.inf) == "–"
    assert span(337_747, 4_355_453) == "337,747 to 4,355,453"


@pytest.mark.parametrize(
    ("ends", "text"),
    [((0.42, 0.37, 0.47), "42 % [37, 47]"), ((0.003, 0.001, 0.019), "0.3 % [0.1, 1.9]"),
     ((1.0, 0.987, 1.0), "100 % [98.7, 100]"), ((0.0, 0.0, 0.007), "0 % [0, 0.7]")],
)  # fmt: skip
def test_shares_are_written_with_the_digits_that_they_deserve(ends, text):
    assert chance(*ends) == text


@pytest.mark.parametrize(
    ("p", "word"), [(0.0, "almost impossible"), (0.1, "unlikely"), (0.5, "about even"), (1.0, "almost certain"),
                    (None, "")],
)  # fmt: skip
def test_probabilities_in_words(p, word):
    assert likelihood(p) == word


def test_one_takes_no_s() -> None:
    assert [counted(n, "run") for n in (0, 1, 1.2, 12340)] == ["0 runs", "1 run", "1 run", "12,340 runs"]
