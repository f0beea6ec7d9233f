"""Series and measures have one name in words, and their unit."""

from __future__ import annotations

import pytest

from experiments.config.posteriors import in_words
from experiments.kit.words import fighting, label, labelled, spoken, unit
from sim.outcomes import MEASURES, SERIES


@pytest.mark.parametrize(
    ("name", "text"),
    [("final_iskp_cells", "fighters of IS-K at the end"), ("attacks_front", "attacks by the front"),
     ("refugees", "refugees (people)"), ("final_services", "public services at the end (0 to 1)"),
     ("max_pockets", "most pockets at a time"), ("first_rising_day", "first rising (days after the start)"),
     ("multi_front_civil_war", "multi-front civil war"), ("deaths_last_year", "deaths in the last year (people)")],
)  # fmt: skip
def test_names(name, text):
    assert labelled(name) == text


@pytest.mark.parametrize("name", [*SERIES, *MEASURES])
def test_no_raw_name_is_shown(name):
    assert "_" not in labelled(name)


def test_units_of_stocks_are_those_of_the_table():
    assert unit("revenue") == "USD million a week"
    assert unit("supply_arms") == "tonnes"
    assert label("something_else") == "something else"


def test_who_fights_and_who_dies():
    assert fighting("attacks")[0] == "attacks_front"
    assert "attacks_iskp" in fighting("attacks")
    assert "deaths_state_based" not in fighting("deaths")


def test_as_of_when():
    assert "September 2021" in in_words("prior")
    assert "until June 2023" in in_words("posterior", "second_year")
    assert in_words("posterior", "results/mine.csv") == "posterior: calibrated by mine"
    assert "luck alone" in in_words("none")


def test_conditions_are_spoken():
    assert spoken("attacks_iskp > 200 in 2022-01..2022-12") == "attacks by IS-K > 200 in 2022-01 to 2022-12"
