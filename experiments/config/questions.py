"""Questions: files of forecasting questions, and those of a scenario, as the model asks them.

The form of a file is explained at the top of ``configs/questions/first_year.yaml``. A file of one's own is given by
path; a packaged one by name. Questions of a scenario that outlast a run are asked of the time that there is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from experiments.config import trees
from experiments.config.files import chosen_file, entries, read_yaml, unknown_keys
from experiments.kit.errors import UserError
from sim.outcomes import PLACE_SERIES, SERIES
from sim.questions import KEYS, Question, end_of_record, read_question
from sim.values import hint, is_number, shown
from sim.world.clock import parse_date
from sim.world.geography import load_geography

#: Keys that only a file of questions knows.
FILE_KEYS = ("group", "hindsight_shaped", "proxy", "cannot")
_HEAD = ("title", "asked", "questions")
SHORTER = "shorter"
"""Key of a question: its text in a run that ends before ``by``, with {days} of the run and {value} in proportion."""
_FEWEST = 30  # days of a window that is asked about


@dataclass(frozen=True)
class Asked:
    """One question of a file, with what the model does not need to know about it.

    Attributes
    ----------
    id, text
        Name and wording.
    question
        The model's question, or None if the model cannot speak to it.
    cannot
        Why it cannot; empty if it can.
    resolution
        1 or 0 for yes and no, the number of a numeric question, NaN if open.
    weight
        Share in headline scores.
    group
        Questions that hang on the same events.
    hindsight_shaped
        Whether its form owes something to the outcome.
    proxy
        How what is counted differs from what was asked.
    source
        Of the resolution.
    """

    id: str
    text: str
    question: Question | None
    cannot: str = ""
    resolution: float = np.nan
    weight: float = 1.0
    group: str = ""
    hindsight_shaped: bool = False
    proxy: str = ""
    source: str = ""

    @property
    def resolved(self) -> bool:
        """Whether the outcome is known."""
        return bool(np.isfinite(self.resolution))


@dataclass(frozen=True)
class QuestionFile:
    """A checked file: title, the day as of which it was asked, its questions in order, and its content."""

    name: str
    title: str
    asked: date
    questions: tuple[Asked, ...]
    data: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def answerable(self) -> tuple[Asked, ...]:
        """The questions that the model can speak to."""
        return tuple(asked for asked in self.questions if asked.question is not None)

    @property
    def asked_of_model(self) -> tuple[Question, ...]:
        """The model's questions, in the order of ``answerable``."""
        return tuple(asked.question for asked in self.questions if asked.question is not None)

    @property
    def last_day(self) -> date:
        """The day by which all that the model can speak to are decided."""
        return max(question.by for question in self.asked_of_model)


def load_questions(path_or_name: str | Path) -> QuestionFile:
    """Read and check a file of questions: a packaged one by name (``first_year``) or one's own by path.

    Raises UserError with one line for each thing that is wrong: file, question, key, what was found, what is allowed.
    """
    name = str(path_or_name)
    return read_questions(read_yaml(chosen_file("questions", name)), name, name)


def read_questions(data: Mapping[str, Any], name: str, source: str) -> QuestionFile:
    """Check a file's content; see :func:`load_questions`. ``source`` stands in messages."""
    problems = unknown_keys(data, _HEAD, source)
    try:
        asked_on = parse_date(str(data.get("asked")))
    except ValueError as error:
        problems.append(f"{source}: asked: {error}")
        asked_on = date(2021, 9, 15)
    questions: list[Asked] = []
    for where, spec in entries(data, "questions", "id", source, problems):
        try:
            asked = _read(spec, asked_on)
            if asked.id in [other.id for other in questions]:
                raise ValueError("the id stands twice")
            questions.append(asked)
        except ValueError as error:
            problems.append(f"{where}: {error}")
    if problems:
        raise UserError("\n".join(problems))
    return QuestionFile(name, str(data.get("title") or name), asked_on, tuple(questions), data)


def _read(spec: Mapping[str, Any], asked_on: date) -> Asked:
    """One question; ValueError says what is wrong with it."""
    allowed = (*KEYS, *FILE_KEYS)
    for key in spec:
        if key not in allowed:
            raise ValueError(f"{key}: unknown key; allowed: {', '.join(allowed)}{hint(str(key), allowed)}")
    for key in ("id", "text"):
        if not isinstance(spec.get(key), str) or not spec[key]:
            raise ValueError(f"{key}: missing; allowed: text")
    if not isinstance(spec.get("hindsight_shaped", False), bool):
        raise ValueError(f"hindsight_shaped: found {spec['hindsight_shaped']!r}; allowed: true or false")
    weight = spec.get("weight", 1.0)
    if not is_number(weight) or not 0 <= weight <= 1:
        raise ValueError(f"weight: found {shown(weight)}; allowed: a number from 0 to 1")
    if ("metric" in spec) == ("cannot" in spec):
        raise ValueError("metric: give either a metric or, under cannot, why the model cannot speak to it")
    question = None if "cannot" in spec else _question(spec, asked_on)
    resolution = _resolution(spec.get("resolution"), question)
    notes = {key: " ".join(str(spec.get(key, "")).split()) for key in ("cannot", "group", "proxy", "source")}
    return Asked(spec["id"], spec["text"], question, resolution=resolution, weight=float(weight),
                 hindsight_shaped=spec.get("hindsight_shaped", False), **notes)  # fmt: skip


def _question(spec: Mapping[str, Any], asked_on: date) -> Question:
    own = {key: spec[key] for key in KEYS if key in spec}
    resolution = own.get("resolution")
    if isinstance(resolution, bool):
        own["resolution"] = float(resolution)
    own["text"] = " ".join(own["text"].split())
    return read_question(own, asked_on, SERIES, PLACE_SERIES, tuple(load_geography().province_names))


def _resolution(value: object, question: Question | None) -> float:
    """1, 0, a number, or NaN if the question is open; ValueError if it does not fit the question's kind."""
    if value is None:
        return float("nan")
    if question is not None and question.kind == "numeric":
        if not is_number(value):
            raise ValueError(
                f"resolution: found {shown(value)}; allowed: a number, or nothing while it is open"
            )
        return float(value)  # type: ignore[arg-type]
    if isinstance(value, bool) or (question is None and is_number(value)):
        return float(value)  # type: ignore[arg-type]
    raise ValueError(f"resolution: found {shown(value)}; allowed: yes, no, or nothing while it is open")


def asked_of_scenario(given: object, source: str, start: object, end: object) -> object:
    """Questions of a scenario as a list of the model's own form, as a run from ``start`` to ``end`` can answer them.

    Parameters
    ----------
    given
        As composed: a list; a mapping of ids to questions (which merges where a list replaces); or a file of
        forecasting questions with ``asked`` and ``questions``, of which those are left out that the model cannot
        speak to. What is none of these is left as it is.
    source
        Where they come from, for messages.
    start, end
        Of the scenario.

    Returns
    -------
    object
        The list without the key ``shorter``. A question with it that reaches past the end is asked by the end, the
        value of a sum in proportion to the days, and left out if fewer than 30 days of its window are within, or
        than it has to last. The record of a province ends with the last whole week.
    """
    if isinstance(given, Mapping) and isinstance(given.get("questions"), list):
        asked = read_questions(given, source, source).asked_of_model
        return [question.to_mapping() for question in asked]
    listed = trees.listed(given) if isinstance(given, Mapping) else given
    if not isinstance(listed, list):
        return listed
    try:
        first, last = parse_date(str(start)[:40]), parse_date(str(end)[:40])
    except ValueError:
        return listed  # the scenario's own check tells it
    made: list[object] = []
    for spec in listed:
        if isinstance(spec, Mapping) and SHORTER in spec:
            shorter = _fitted(dict(spec), first, last)
            made += [] if shorter is None else [shorter]
        else:
            made.append(spec)
    return made


def _fitted(spec: dict[str, Any], first: date, last: date) -> dict[str, Any] | None:
    """One question with a wording for shorter runs; None if too little of its window is within the run."""
    text = spec.pop(SHORTER)
    if spec.get("place", "national") != "national":
        last = end_of_record(first, last)
    opens, by = _day(spec.get("start", "+0d"), first), _day(spec.get("by"), first)
    if opens is None or by is None or by <= last or not isinstance(text, str):
        return spec
    lasting = spec.get("sustained_days")
    if (last - opens).days < max(_FEWEST, lasting if isinstance(lasting, int) else 0):
        return None
    value = spec.get("value")
    if spec.get("over") == "sum" and is_number(value):
        value = float(f"{value * (last - opens).days / (by - opens).days:.2g}")  # type: ignore[operator]
    said = f"{value:,.10g}" if is_number(value) else str(value)
    told = text.replace("{days}", f"{(last - first).days:,}").replace("{value}", said)
    return {**spec, "text": told, "value": value, "by": last.isoformat()}


def _day(value: object, first: date) -> date | None:
    """A date or ``+30d``; None if it is neither."""
    text = str(value)
    if re.fullmatch(r"\+[0-9]{1,5}d", text):
        return first + timedelta(days=int(text[1:-1]))
    try:
        return parse_date(text[:40])
    except ValueError:
        return None
