"""Questions: how each form is read and answered, on series small enough to answer by hand."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from sim.outcomes import PLACE_SERIES, SERIES
from sim.questions import Question, answer, read_question, resolve
from tests.worlds import GEOGRAPHY, small

START = date(2021, 9, 6)
DAYS = np.array([[0, 2, 2, 0, 3], [1, 1, 0, 1, 1]], dtype=np.float32)


def read(**changes) -> Question:
    spec = {"id": "q", "text": "?", "metric": "deaths", "by": "+10d", "over": "sum"} | changes
    return read_question(spec, START, SERIES, PLACE_SERIES, GEOGRAPHY.province_names)


def ask(over: str, comparison=None, value=None, days: int = 1) -> list[float]:
    question = Question("q", "?", "deaths", date(2021, 9, 11), over=over, comparison=comparison, value=value,
                        sustained_days=days)  # fmt: skip
    return answer(question, DAYS).tolist()


@pytest.mark.parametrize(
    ("over", "answers"),
    [("sum", [7, 4]), ("max", [3, 1]), ("min", [0, 0]), ("mean", [1.4, 0.8]), ("last", [3, 1])],
)
def test_a_number_is_answered_with_itself(over, answers):
    assert ask(over) == pytest.approx(answers)


@pytest.mark.parametrize(
    ("over", "comparison", "value", "days", "answers"),
    [
        ("any", ">", 2, 1, [1, 0]),
        ("any", ">=", 1, 2, [1, 1]),
        ("any", ">=", 2, 3, [0, 0]),
        ("any", ">=", 1, 3, [0, 0]),
        ("all", ">=", 0, 1, [1, 1]),
        ("all", ">", 0, 1, [0, 0]),
        ("sum", ">", 4, 1, [1, 0]),
        ("sum", "<=", 4, 1, [0, 1]),
        ("last", "<", 3, 1, [0, 1]),
    ],
)
def test_yes_and_no(over, comparison, value, days, answers):
    assert ask(over, comparison, value, days) == answers


def test_kind_follows_from_the_comparison():
    assert read().kind == "numeric"
    assert read(comparison=">", value=3).kind == "binary"


def test_days_after_the_start_and_dates():
    question = read(start="+5d", by="2021-10-01")
    assert question.start == date(2021, 9, 11)
    assert question.by == date(2021, 10, 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": ""}, "id: found none; allowed: text"),
        ({"by": None}, "by: found none; allowed: a date"),
        ({"metric": "death"}, "nearest: deaths"),
        ({"metric": "economy", "place": "Kabul"}, "found 'economy'; allowed: a series of Kabul"),
        ({"place": "Kabl"}, "nearest: Kabul"),
        ({"place": "kabul"}, "nearest: Kabul"),
        ({"over": "median"}, "over: found 'median'; allowed: any, all"),
        ({"over": "any"}, "comparison: found none; allowed: one of >"),
        ({"comparison": "=", "value": 1}, "comparison: found '='"),
        ({"comparison": ">", "value": "1"}, "value: found '1'"),
        ({"comparison": ">", "value": True}, "value: found True"),
        ({"comparison": ">", "value": float("nan")}, "value: found nan"),
        ({"comparison": ">", "value": 10**400}, "value: found 1000"),
        ({"comparison": ">"}, "comparison: found '>' None"),
        ({"metric": ["deaths"]}, r"metric: found \['deaths'\]; allowed: text"),
        ({"text": ["a"]}, "text: found"),
        ({"id": 5}, "id: found 5"),
        ({"place": {}}, "place: found"),
        ({"weight": float("inf")}, "weight: found inf"),
        ({"resolution": float("nan")}, "resolution: found nan"),
        ({"sustained_days": 10**400}, "sustained_days"),
        ({"by": "+99999999d"}, "by: "),
        ({"sustained_days": 0}, "sustained_days"),
        ({"sustained_days": 11}, "sustained_days: found 11; allowed: a whole number of days from 1 to 10"),
        ({"sustained_days": 2.0}, "sustained_days"),
        ({"by": "next year"}, "by: "),
        ({"start": "+10d"}, "a day after the start of the window"),
        ({"colour": "red"}, "colour: found an unknown key"),
    ],
)
def test_a_wrong_question_says_what_is_wrong(changes, message):
    with pytest.raises(ValueError, match=message):
        read(**changes)


def test_a_question_is_read_and_written_alike():
    question = read(comparison=">", value=3, sustained_days=2, over="any", place="Kabul", source="a count")
    assert (
        read_question(question.to_mapping(), START, SERIES, PLACE_SERIES, GEOGRAPHY.province_names)
        == question
    )


@pytest.fixture
def block():
    """Two runs of 21 days: deaths of day d are d in the first run, none in the second; Kabul has one a week."""
    scenario = small(21)
    series = np.stack([np.arange(21.0), np.zeros(21)])
    weeks = np.array([[1.0, 2.0, 4.0], [0.0, 0.0, 0.0]])
    return SimpleNamespace(
        scenario=scenario,
        replicates=np.arange(2),
        national=lambda name: {"deaths": series}[name],
        place=lambda name, province: {("deaths", "Kabul"): weeks}[name, province],
    )


@pytest.mark.parametrize(
    ("changes", "answers"),
    [
        ({"by": "+21d"}, [210.0, 0.0]),
        ({"by": "+5d"}, [10.0, 0.0]),
        ({"start": "+5d", "by": "+7d"}, [11.0, 0.0]),
        ({"by": "+14d", "place": "Kabul"}, [3.0, 0.0]),
        ({"start": "+7d", "by": "+14d", "place": "Kabul"}, [2.0, 0.0]),
        ({"start": "+15d", "by": "+16d", "place": "Kabul"}, [4.0 / 7.0, 0.0]),
    ],
)
def test_a_window_takes_its_first_day_and_leaves_its_last(block, changes, answers):
    assert resolve(read(**changes), block).tolist() == pytest.approx(answers)


def of_kabul(metric: str, weeks: list[float], **changes: object) -> float:
    """The answer of one run of five weeks to a question of Kabul."""
    kept = np.array([weeks])
    block = SimpleNamespace(scenario=small(37), replicates=np.arange(1), place=lambda name, province: kept)
    asked = {
        "comparison": ">",
        "value": 0,
        "place": "Kabul",
        "metric": metric,
        "over": "any",
        "by": "+35d",
        **changes,
    }
    return float(resolve(read(**asked), block)[0])


def test_days_of_a_province_are_days():
    """A stock stands for each day of its week; a duration of 30 days is no 30 weeks."""
    assert of_kabul("garrison", [1.0] * 5, sustained_days=30) == 1.0
    assert of_kabul("garrison", [1.0, 1.0, 0.0, 1.0, 1.0], sustained_days=30) == 0.0
    assert of_kabul("garrison", [1.0, 1.0, 0.0, 1.0, 1.0], sustained_days=14) == 1.0
    assert of_kabul("garrison", [0.0, 0.0, 1.0, 0.0, 0.0], start="+14d", by="+15d") == 1.0
    assert of_kabul("garrison", [0.0, 0.0, 1.0, 0.0, 0.0], start="+15d", by="+22d", over="all") == 0.0


def test_what_happens_in_a_province_is_counted_by_whole_weeks():
    weeks = [0.0, 7.0, 7.0, 0.0, 7.0]
    assert of_kabul("deaths", weeks, sustained_days=14) == 1.0
    assert of_kabul("deaths", weeks, sustained_days=15) == 0.0
    assert of_kabul("deaths", weeks, start="+8d", by="+27d", comparison=None, value=None, over="max") == 7.0
    assert of_kabul("deaths", weeks, start="+20d", by="+29d") == 0.0
    assert np.isnan(of_kabul("deaths", weeks, start="+35d", by="+37d", over="sum"))
    with pytest.raises(
        ValueError, match="a window with a whole week in it, such as from 2021-09-13 to 2021-09-20"
    ):
        of_kabul("deaths", weeks, start="+6d", by="+13d")


def test_a_stock_of_a_province_has_no_answer_beyond_its_record():
    """Five weeks are recorded of 37 days: 36 days in a row cannot be told from 35."""
    assert of_kabul("garrison", [1.0] * 5, sustained_days=35) == 1.0
    assert np.isnan(of_kabul("garrison", [1.0] * 5, by="+36d", sustained_days=36))
    assert np.isnan(of_kabul("garrison", [1.0] * 5, by="+37d", over="last"))
    assert of_kabul("deaths", [1.0] * 5, by="+37d", sustained_days=35) == 1.0


def test_a_window_beyond_the_run_has_no_answer(block):
    assert np.isnan(resolve(read(by="+22d"), block)).all()
    early = Question("q", "?", "deaths", date(2021, 9, 20), over="sum", start=date(2021, 9, 1))
    assert np.isnan(resolve(early, block)).all()


def test_an_ensemble_is_asked_like_its_block(block):
    np.testing.assert_array_equal(resolve(read(), SimpleNamespace(block=block)), resolve(read(), block))
