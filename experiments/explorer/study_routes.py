"""The study's questions and answers."""

from __future__ import annotations

import time
from typing import Any, Literal

import numpy as np
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from experiments.explorer import study_answers
from experiments.explorer.requests import answer, posted, state_of
from experiments.explorer.state import State
from experiments.explorer.study import Filter, StudyTable
from experiments.kit.errors import UserError
from experiments.kit.options import Options
from sim.outcomes import PLACE_SERIES, SERIES


class StudyRequest(Options):
    """Which runs are looked at, and what is shown of them.

    Attributes
    ----------
    wanted
        The filter.
    shown
        Columns whose histograms are shown.
    pair
        Two scenarios to set side by side.
    across, up
        Columns of the dots.
    fans, scenario
        Series whose fans are shown, of one scenario.
    """

    wanted: Filter = Filter()
    shown: tuple[str, ...] = Field((), max_length=40)
    pair: tuple[str, str] | None = None
    across: str | None = None
    up: str | None = None
    fans: tuple[str, ...] = Field((), max_length=12)
    scenario: str | None = None


class GroundRequest(Options):
    """Which runs are shown on the map, and which series."""

    wanted: Filter = Filter()
    place: Literal[PLACE_SERIES] = "deaths"  # type: ignore[valid-type]


def table_of(state: State) -> StudyTable:
    """The study of the server, read once; UserError if there is none, or it cannot be read."""
    if state.folder is None:
        raise UserError(
            "No folder was given: start with outlook explore FOLDER, the folder of a run or a study."
        )
    with state.reading:
        if state.table is None:
            state.table = StudyTable.opened(state.folder, state.shards)
        return state.table


async def study(request: Request) -> Response:
    """What the study holds."""
    return answer(await run_in_threadpool(_summary, state_of(request)))


def _summary(state: State) -> dict[str, Any]:
    """What the study of the server holds, looked up once."""
    table = table_of(state)
    with state.reading:
        return study_answers.summary(table)


def _look(state: State, asked: StudyRequest) -> dict[str, Any]:
    """Everything about the runs that are left, but the map."""
    table = table_of(state)
    begun = time.perf_counter()
    left = table.mask(asked.wanted)
    made = study_answers.filtered(table, left, asked.shown)
    if asked.pair is not None:
        first, second = (_position(table, label) for label in asked.pair)
        made["pair"] = study_answers.pairs(table, left, first, second)
    if asked.across and asked.up:
        made["dots"] = study_answers.dots(table, left, asked.across, asked.up)
    made["took"] = time.perf_counter() - begun
    return made


def _fans(state: State, asked: StudyRequest) -> dict[str, Any]:
    """Paths of the runs that are left, of the scenario that is asked for or that most of them belong to."""
    table = table_of(state)
    left = table.mask(asked.wanted)
    most = int(np.bincount(table.scenario[left], minlength=len(table.labels)).argmax())
    position = _position(table, asked.scenario) if asked.scenario else most
    names = tuple(name for name in asked.fans if name in SERIES)
    return {"scenario": table.labels[position], "fans": study_answers.fans(table, left, position, names)}


def _ground(state: State, asked: GroundRequest) -> dict[str, Any]:
    """The map of some of the runs that are left, made again."""
    table = table_of(state)
    return {"map": study_answers.ground(table, table.mask(asked.wanted), asked.place, state.desk.threads)}


def _position(table: StudyTable, label: str) -> int:
    if label not in table.labels:
        raise UserError(f"scenario: found {label[:80]!r}; allowed: {', '.join(table.labels)}")
    return table.labels.index(label)


ROUTES = [
    Route("/api/study", study),
    posted("/api/study/look", StudyRequest, _look),
    posted("/api/study/fans", StudyRequest, _fans),
    posted("/api/study/map", GroundRequest, _ground),
]
