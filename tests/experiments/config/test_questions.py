"""Files of questions: the packaged one is whole, one's own are checked with one clear line a problem."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml

from experiments.config import config_folder
from experiments.config.questions import load_questions, read_questions
from experiments.kit.errors import UserError
from sim.outcomes import PLACE_SERIES, SERIES

GOOD = {
    "id": "q",
    "text": "Will it happen?",
    "metric": "deaths",
    "over": "sum",
    "comparison": ">=",
    "value": 10,
    "by": "2022-01-01",
    "resolution": True,
}


def file_with(**changes) -> dict:
    question = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    return {"title": "t", "asked": "2021-09-15", "questions": [question]}


def test_the_first_year_is_whole() -> None:
    file = load_questions("first_year")
    assert len(file.questions) == 34
    assert file.asked == date(2021, 9, 15)
    assert len({asked.id for asked in file.questions}) == 34
    assert all(asked.resolved and asked.source and asked.group for asked in file.questions)
    assert len(file.answerable) == 23
    assert file.last_day == date(2022, 10, 1)


def test_each_question_has_a_metric_or_says_why_not() -> None:
    for asked in load_questions("first_year").questions:
        assert (asked.question is None) == bool(asked.cannot)
        if asked.question is not None:
            names = SERIES if asked.question.place == "national" else PLACE_SERIES
            assert asked.question.metric in names
            assert asked.question.by <= date(2022, 10, 1)


def test_resolutions_are_known_facts() -> None:
    file = {asked.id: asked for asked in load_questions("first_year").questions}
    assert file["q20_ucdp_all_12m"].resolution == 1598
    assert file["q59_ucdp_sb_12m"].resolution == 886
    assert file["q29_irn_front_mar22"].resolution == 0
    assert file["q33_pak_strike"].resolution == 1
    assert file["q22_capital_72h"].weight == 0
    hindsight = {name for name, asked in file.items() if asked.hindsight_shaped}
    assert {"q08_taliban_admit_2022", "q11_groups_sep22", "q45_talks_mar22"} <= hindsight


def test_answers_agree_with_the_observed_months() -> None:
    """The numeric resolutions on deaths are the sums of the packaged months."""
    from experiments.observed import load_observations

    for asked in load_questions("first_year").answerable:
        question = asked.question
        if question.kind == "numeric" and question.metric.startswith("deaths"):
            months = load_observations("ucdp_monthly").monthly(question.metric)
            assert months["2021-10":"2022-09"].sum() == asked.resolution


def test_a_file_of_one_s_own_by_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(file_with(resolution=None)))
    file = load_questions(path)
    assert file.answerable[0].id == "q"
    assert np.isnan(file.answerable[0].resolution)
    assert not file.answerable[0].resolved


BAD = {
    "metric: found 'deats'; allowed: a series of national; nearest: deaths": {"metric": "deats"},
    "place: found 'Panshir'; allowed: national or a province; nearest: Panjshir": {"place": "Panshir"},
    "by: found '2022-02-30'; allowed: a day of the calendar": {"by": "2022-02-30"},
    "comparison: found '=='": {"comparison": "=="},
    "unknown key": {"metrics": "deaths"},
    "resolution: found 4; allowed: yes, no": {"resolution": 4},
    "weight: found 2; allowed: a number from 0 to 1": {"weight": 2},
    "weight: found nan; allowed": {"weight": float("nan")},
    "resolution: found inf; allowed": {"resolution": float("inf")},
    "either a metric or": {"cannot": "because"},
    "hindsight_shaped: found 'maybe'": {"hindsight_shaped": "maybe"},
    "text: missing": {"text": None},
}


@pytest.mark.parametrize("message", BAD)
def test_bad_questions_are_refused_in_one_line(message: str) -> None:
    with pytest.raises(UserError) as caught:
        read_questions(file_with(**BAD[message]), "mine", "mine.yaml")
    assert message in str(caught.value)
    assert str(caught.value).startswith("mine.yaml: ")
    assert len(caught.value.lines) == 1


def test_all_problems_are_told_at_once() -> None:
    data = file_with(metric="deats")
    data["questions"] += [{**GOOD, "id": "other", "by": "never"}, GOOD, GOOD]
    with pytest.raises(UserError) as caught:
        read_questions({**data, "titel": "x"}, "mine", "mine.yaml")
    assert len(caught.value.lines) == 4
    assert "titel: unknown key" in str(caught.value)
    assert "q: the id stands twice" in str(caught.value)


def test_unknown_file_names_the_nearest() -> None:
    with pytest.raises(UserError, match="nearest: first_year"):
        load_questions("first_yer")
    with pytest.raises(UserError, match="questions: missing"):
        read_questions({"title": "t", "asked": "2021-09-15"}, "mine", "mine.yaml")


def test_no_sentence_of_the_file_is_very_long() -> None:
    text = (config_folder() / "questions" / "first_year.yaml").read_text(encoding="utf-8")
    assert max(len(line) for line in text.splitlines()) <= 130
