"""Another first day says what it assumes; a shorter run is asked what it can answer and held to its part of a year."""

from __future__ import annotations

import pytest
import yaml

from experiments.config import load_scenario
from experiments.config.posteriors import in_words
from experiments.config.questions import asked_of_scenario
from experiments.config.trees import observed_state
from experiments.kit.errors import UserError
from sim.outcomes import ENDING_CRITERIA, ending_criteria
from sim.world.clock import parse_date

ASSUMED = ["start=2023-01-01", "end=2023-07-01", "+assumes='The front lies low.'"]


def test_another_start_without_a_word_is_refused(tmp_path):
    with pytest.raises(
        UserError, match=r"command line: start: found 2023-01-01; allowed: 2021-09-06, .*assumes:"
    ):
        load_scenario("baseline", ["start=2023-01-01"])
    (tmp_path / "mine.yaml").write_text("base: siege_soviet_1980s\nstart: 1983-05-10\n")
    with pytest.raises(UserError, match=r"mine\.yaml: start: found 1983-05-10; allowed: 1982-05-10"):
        load_scenario(str(tmp_path / "mine.yaml"))
    with pytest.raises(UserError, match="assumes: found 3; allowed: text"):
        load_scenario("baseline", ["start=2023-01-01", "+assumes=3"])


def test_another_start_tells_what_it_assumes_and_takes_what_was_observed():
    made = load_scenario("baseline", ASSUMED)
    assert "It starts on 2023-01-01. Assumed: The front lies low." in made.story
    assert "What is neither set nor observed is as on 2021-09-06." in made.story
    assert made.state["government.kabul.economy"] == ("set", 0.744)
    assert made.state["government.kabul.forces"] == ("set", 150000.0)
    assert "World Bank" in made.story
    own = load_scenario("baseline", [*ASSUMED, "state.government.kabul.economy=0.7"])
    assert own.state["government.kabul.economy"] == ("set", 0.7)
    assert load_scenario("baseline", ["+assumes=x"]).story == load_scenario().story


def test_only_the_year_before_tells_the_state():
    assert observed_state(parse_date("2021-12-01")) == {}
    assert observed_state(parse_date("2026-01-01")) == {}


def test_priors_know_nothing_of_later_days():
    assert in_words("prior", start=parse_date("2023-01-01")).startswith("prior: as of September 2021")


def test_a_file_with_the_name_of_a_packaged_posterior_is_not_taken_for_it():
    assert in_words("posterior", "first_year").endswith("observed until September 2022")
    assert in_words("posterior", "./mine/first_year.csv") == "posterior: calibrated by first_year"


def test_questions_of_a_shorter_run_are_asked_of_its_days():
    asked = {question.id: question for question in load_scenario("baseline", ["end=2022-03-06"]).questions}
    assert "deaths_above_1000_second_year" not in asked
    assert asked["kabul_lost"].by == parse_date("2022-03-06")
    assert asked["kabul_lost"].text.endswith("within the 181 days of the run")
    assert asked["half_million_leave"].value == 250_000
    assert (
        asked["half_million_leave"].text
        == "More than 250,000 people leave the country within the 181 days of the run"
    )
    whole = {question.id: question for question in load_scenario().questions}
    assert whole["kabul_lost"].text.endswith("within two years")
    assert whole["half_million_leave"].value == 500_000
    assert whole["deaths_above_1000_second_year"].by == parse_date("2023-09-06")


HELD = {
    "id": "held", "text": "two years", "shorter": "over {value} for {days} days", "by": "+730d",
    "metric": "garrison", "place": "Kabul", "comparison": ">", "value": 0.5,
}  # fmt: skip


def test_a_question_of_a_province_ends_with_its_last_whole_week(tmp_path):
    """45 days: the record of a province ends after 42, and says nothing of the other three."""
    (asked,) = asked_of_scenario([HELD], "mine", "2021-09-06", "2021-10-21")
    assert (asked["by"], asked["text"]) == ("2021-10-18", "over 0.5 for 42 days")
    assert asked_of_scenario([HELD | {"sustained_days": 43}], "mine", "2021-09-06", "2021-10-21") == []
    own = {**HELD, "by": "2021-10-10"}
    del own["shorter"]
    with pytest.raises(
        UserError, match=r"by: found 2021-10-10; a province is recorded .* allowed: 2021-10-04 or"
    ):
        _with_question(tmp_path, own, end="2021-10-10")
    with pytest.raises(UserError, match=r"allowed: a later end of the run"):
        _with_question(tmp_path, {**own, "by": "2021-09-09"}, end="2021-09-09")
    assert _with_question(tmp_path, {**own, "metric": "deaths", "over": "max"}, end="2021-10-10").days == 34


def test_a_question_of_days_before_the_run_is_refused(tmp_path):
    own = {
        "id": "a",
        "text": "?",
        "metric": "deaths",
        "over": "sum",
        "start": "2021-09-01",
        "by": "2021-10-01",
    }
    with pytest.raises(
        UserError, match=r"start: found 2021-09-01; allowed: 2021-09-06, the first day of the run"
    ):
        _with_question(tmp_path, own, end="2021-10-10")


def _with_question(folder, question, end):
    (folder / "mine.yaml").write_text(
        yaml.safe_dump({"base": "baseline", "end": end, "questions": [question]})
    )
    return load_scenario(folder / "mine.yaml")


def test_criteria_of_a_shorter_run_are_its_part_of_the_years():
    assert "at least 24 attacks" in ending_criteria(181)["scattered_insurgency"]
    assert "in the 181 days, or 248 deaths" in ending_criteria(181)["scattered_insurgency"]
    assert ending_criteria(1096) == ENDING_CRITERIA
    assert (
        "at least 48 attacks of fronts, pockets and militias in the year"
        in ENDING_CRITERIA["scattered_insurgency"]
    )
