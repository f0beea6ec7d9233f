"""Questions: statements about a metric, a place and a time that a run answers with yes, no or a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from sim.outcomes import PLACE_FLOWS
from sim.values import ProblemError, cut, is_number, nearest, shown
from sim.world.clock import parse_date

OVER = ("any", "all", "sum", "max", "min", "mean", "last")
COMPARISONS = {">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal}
#: Keys of a question.
KEYS = ("id", "text", "metric", "place", "over", "comparison", "value", "sustained_days", "start", "by",
        "resolution", "weight", "source")  # fmt: skip


@dataclass(frozen=True)
class Question:
    """A forecasting question.

    Attributes
    ----------
    id, text
        Name and wording.
    metric
        Name of a series.
    place
        ``national`` or a province.
    over
        How the days of the window are read: ``any`` or ``all`` of them meet the comparison, or their ``sum``,
        ``max``, ``min``, ``mean`` or ``last`` value does.
    comparison, value
        The test; without a comparison the answer is the number itself.
    sustained_days
        For ``any``, consecutive days that the comparison has to hold. What happens in a province (deaths, attacks,
        protests, risings, refugees) is recorded by weeks: the comparison is with the count of a week, and a duration
        is filled by whole weeks.
    start, by
        Window of dates, ``by`` not included; ``None`` for ``start`` is the scenario's start.
    resolution
        What happened, if known.
    weight
        Of the question in a score.
    source
        Of the resolution.
    """

    id: str
    text: str
    metric: str
    by: date
    place: str = "national"
    over: str = "any"
    comparison: str | None = None
    value: float | None = None
    sustained_days: int = 1
    start: date | None = None
    resolution: float | None = None
    weight: float = 1.0
    source: str = ""

    @property
    def kind(self) -> str:
        """``binary`` or ``numeric``."""
        return "numeric" if self.comparison is None else "binary"

    @property
    def needs_record(self) -> bool:
        """Whether every day of the window has to lie in the record of a province, which ends with a whole week."""
        return self.place != "national" and (self.metric not in PLACE_FLOWS or self.over == "sum")

    def to_mapping(self) -> dict:
        """The form that :func:`read_question` reads."""
        made = {key: getattr(self, key) for key in KEYS}
        made["start"] = self.start.isoformat() if self.start else None
        made["by"] = self.by.isoformat()
        return {key: value for key, value in made.items() if value is not None}


def _read_day(value: object, start: date) -> date:
    """An ISO date, or ``+30d``: days after the scenario's start."""
    text = str(value)
    if re.fullmatch(r"\+[0-9]{1,5}d", text):
        return start + timedelta(days=int(text[1:-1]))
    return parse_date(text)


def read_question(
    spec: object, start: date, series: Mapping, place_series: tuple, provinces: tuple
) -> Question:
    """Check and read one question.

    Parameters
    ----------
    spec
        A mapping with the keys of :class:`Question`; dates are ISO or ``+30d`` after the start.
    start
        Start of the scenario.
    series, place_series, provinces
        The names that are allowed.

    Raises
    ------
    ProblemError
        For the first thing that is wrong.
    """
    if not isinstance(spec, Mapping):
        raise ProblemError("", shown(spec), "a mapping of keys to values")
    _check_words(spec)
    place = spec.get("place", "national")
    allowed = tuple(series) if place == "national" else place_series
    if place != "national":
        _one_of("place", place, provinces, "national or a province")
    _one_of("metric", spec["metric"], allowed, f"a series of {place}")
    over = spec.get("over", "any")
    _one_of("over", over, OVER)
    comparison, value = spec.get("comparison"), spec.get("value")
    tests = f"one of {' '.join(COMPARISONS)}"
    if comparison is None and over in ("any", "all"):
        raise ProblemError("comparison", "none", f"{tests} for over {over!r}")
    if comparison is not None and (comparison not in COMPARISONS or not is_number(value)):
        raise ProblemError(
            "comparison", f"{shown(comparison)} {shown(value)}", f"{tests} and a number as value"
        )
    window = _read_window(spec, start)
    weekly = place != "national" and spec["metric"] in PLACE_FLOWS
    if weekly and over != "sum":
        _check_weeks(window.get("start", start), window["by"], start)
    _check_duration(spec, (window["by"] - window.get("start", start)).days)
    fields: dict[str, Any] = {key: spec[key] for key in KEYS if spec.get(key) is not None} | window
    if comparison is not None and value is not None:
        fields["value"] = float(value)
    return Question(**fields)


def _one_of(key: str, found: object, names: Iterable[str], words: str = "") -> None:
    """Raise ProblemError for a name that is none of those."""
    known = list(names)
    if found not in known:
        raise ProblemError(key, shown(found), words or ", ".join(known), nearest(found, known))


def _check_words(spec: Mapping) -> None:
    """Raise ProblemError for an unknown key, a missing one, or one that is no text or number where it has to be."""
    for key in spec:
        if key not in KEYS:
            raise ProblemError(cut(str(key)), "an unknown key", ", ".join(KEYS), nearest(key, KEYS))
    for key in ("id", "text", "metric", "by"):
        if spec.get(key) in (None, ""):
            raise ProblemError(key, "none", "a date" if key == "by" else "text")
    for key in ("id", "text", "metric", "place", "over", "comparison", "source"):
        if spec.get(key) is not None and not isinstance(spec[key], str):
            raise ProblemError(key, shown(spec[key]), "text (in quotes if it looks like none)")
    for key in ("value", "resolution"):
        if spec.get(key) is not None and not is_number(spec[key]):
            raise ProblemError(key, shown(spec[key]), "a number")
    weight = spec.get("weight", 1.0)
    if not is_number(weight) or not 0 <= weight <= 1:
        raise ProblemError("weight", shown(weight), "a number from 0 to 1")


def _read_window(spec: Mapping, start: date) -> dict[str, date]:
    """The dates of a question: ``by``, and ``start`` if it is given."""
    window = {}
    for key in ("start", "by"):
        if spec.get(key) is not None:
            try:
                window[key] = _read_day(spec[key], start)
            except ValueError:
                raise ProblemError(
                    key, shown(spec[key]), f"a day of the calendar as {start}, or +30d: days after it"
                ) from None
    first = window.get("start", start)
    if window["by"] <= first:
        raise ProblemError("by", str(window["by"]), f"a day after the start of the window, {first}")
    return window


def _check_duration(spec: Mapping, window: int) -> None:
    """Raise ProblemError for a duration that is no number of days, or longer than the window."""
    days = spec.get("sustained_days", 1)
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= window:
        allowed = f"a whole number of days from 1 to {window}, the length of the window"
        raise ProblemError("sustained_days", shown(days), allowed)


def _check_weeks(first: date, by: date, start: date) -> None:
    """Raise ProblemError if no whole week of the record lies in a window."""
    begins = -(-(first - start).days // 7)
    if (by - start).days // 7 <= begins:
        week = start + timedelta(days=7 * begins)
        raise ProblemError(
            "by",
            f"{by}; what happens in a province is recorded by weeks",
            f"a window with a whole week in it, such as from {week} to {week + timedelta(days=7)}, or over: sum",
        )


def end_of_record(start: date, end: date) -> date:
    """The day on which the record of provinces ends in a run from ``start`` to ``end``: it has whole weeks alone."""
    return start + timedelta(days=(end - start).days // 7 * 7)


def _longest_run(met: np.ndarray) -> np.ndarray:
    """Longest run of consecutive true values along the last axis: int[n]."""
    longest = np.zeros(met.shape[0], dtype=int)
    current = np.zeros(met.shape[0], dtype=int)
    for day in range(met.shape[1]):
        current = (current + 1) * met[:, day]
        np.maximum(longest, current, out=longest)
    return longest


def answer(question: Question, values: np.ndarray) -> np.ndarray:
    """Answers of runs to a question: float64[n].

    Parameters
    ----------
    question
        The question.
    values
        Its metric on the days of its window: float[n, days].
    """
    compare, bound = COMPARISONS.get(question.comparison or ""), question.value or 0.0
    if compare is not None and question.over in ("any", "all"):
        met = compare(values, bound)
        if question.over == "all":
            return met.all(axis=1).astype(float)
        if question.sustained_days == 1:
            return met.any(axis=1).astype(float)
        return (_longest_run(met) >= question.sustained_days).astype(float)
    reduce: dict[str, Callable[..., np.ndarray]] = {
        "sum": np.sum, "max": np.max, "min": np.min, "mean": np.mean, "last": lambda v, axis: v[:, -1],
    }  # fmt: skip
    numbers = reduce[question.over](values.astype(np.float64), axis=1)
    return numbers if compare is None else compare(numbers, bound).astype(float)


def resolve(question: Question, block: Any) -> np.ndarray:
    """Answers of the runs of a block or ensemble to a question: float64[n].

    1 for yes, 0 for no, the number itself for a numeric question, nan if the window reaches past what is recorded.

    Parameters
    ----------
    question
        The question.
    block
        A :class:`sim.ensemble.Block` or :class:`sim.ensemble.Ensemble` that kept the series it needs.
    """
    block = getattr(block, "block", block)
    scenario = block.scenario
    first = ((question.start or scenario.start) - scenario.start).days
    last = (question.by - scenario.start).days
    if first < 0 or last > scenario.days:
        return np.full(len(block.replicates), np.nan)
    if question.place == "national":
        return answer(question, block.national(question.metric)[:, first:last])
    return _answer_of_place(question, block.place(question.metric, question.place), first, last)


def _answer_of_place(question: Question, weeks: np.ndarray, first: int, last: int) -> np.ndarray:
    """Answers by the record of a province, whose weeks end with the last whole one; nan where it holds too little.

    A stock stands for each day of its week, a sum is spread over the days of its weeks, and other counts are those of
    the whole weeks within the window.

    Parameters
    ----------
    weeks
        The series, float32[n, weeks].
    first, last
        Days of the window, ``last`` not included.
    """
    if question.needs_record and last > 7 * weeks.shape[1]:
        return np.full(len(weeks), np.nan)
    if question.metric not in PLACE_FLOWS:
        return answer(question, np.repeat(weeks, 7, axis=1)[:, first:last])
    if question.over == "sum":
        return answer(question, np.repeat(weeks.astype(np.float64) / 7.0, 7, axis=1)[:, first:last])
    whole = weeks[:, -(-first // 7) : last // 7]
    if not whole.shape[1]:
        return np.full(len(weeks), np.nan)
    if question.over == "any":
        whole = np.repeat(whole, 7, axis=1)  # so that a duration is in days
    return answer(question, whole)
