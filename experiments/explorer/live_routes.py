"""The live outlook's questions and answers: the same replicates again at every move of a slider."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any, Literal

import numpy as np
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from experiments.explorer import answers
from experiments.explorer.ask import REPLICATES, Ask, as_command, as_yaml, told_basis
from experiments.explorer.desk import Kept, frames
from experiments.explorer.requests import body_of, encoded, posted, state_of
from experiments.explorer.state import State
from experiments.explorer.valley import held
from experiments.kit.errors import UserError, one_line
from experiments.kit.options import Options
from sim.outcomes import PLACE_SERIES

STAGES = (16, 64, REPLICATES)
"""Runs after which an answer is sent."""
VALLEY = 32
"""Runs whose valley is looked at period by period."""


class LiveRequest(Options):
    """A live question.

    Attributes
    ----------
    ask, pinned
        What is asked; what it is compared with.
    fans, place
        Series that are shown as fans, and on the map.
    page, number
        Which page asks, and the number of its question: a later one makes this one stale.
    """

    ask: Ask
    pinned: Ask | None = None
    fans: tuple[str, ...] = Field((), max_length=12)
    place: Literal[PLACE_SERIES] | None = None  # type: ignore[valid-type]
    page: str = Field("", max_length=40)
    number: int = 0


class ValleyRequest(Options):
    """Whose valley is looked at."""

    ask: Ask


class SaveRequest(Options):
    """What is to be saved, under which title."""

    ask: Ask
    title: str = Field("", max_length=200)


async def live(request: Request) -> Response:
    """Answers after 16, 64 and 256 runs, a line of JSON each."""
    asked = await body_of(request, LiveRequest)
    state = state_of(request)
    asked.ask.built()  # says what is wrong before anything runs
    if asked.pinned is not None:
        asked.pinned.built()
    state.latest[asked.page] = max(asked.number, state.latest.get(asked.page, 0))
    return StreamingResponse(_answers(state, asked), media_type="application/x-ndjson")


async def _answers(state: State, asked: LiveRequest) -> AsyncIterator[str]:
    begun = time.perf_counter()
    if not state.ready.is_set():
        yield (
            encoded({"wait": "The model is compiled for the first time on this machine: about a minute."})
            + "\n"
        )
        await run_in_threadpool(state.ready.wait)

    def wanted() -> bool:
        return state.latest.get(asked.page, 0) == asked.number

    stages = [runs for runs in STAGES if runs == REPLICATES or runs > _at_hand(state, asked)]
    try:
        for stage in stages:
            both: list[Kept] = []
            for ask in (asked.ask, asked.pinned):
                if ask is None:
                    continue
                kept = None
                while kept is None or kept.runs < stage:
                    kept = await run_in_threadpool(state.desk.grow, ask, stage, wanted=wanted)
                    if kept is None:
                        return
                both.append(kept.first(stage))
            told = await run_in_threadpool(_told, asked, both, begun)
            yield told + "\n"
    except UserError as error:
        yield encoded({"error": list(error.lines)}) + "\n"
    except Exception as error:  # the page says it; the server goes on
        yield encoded({"error": [f"the runs failed: {one_line(error)}"]}) + "\n"


def _at_hand(state: State, asked: LiveRequest) -> int:
    counts = [state.desk.at_hand(ask) for ask in (asked.ask, asked.pinned) if ask is not None]
    return min(counts)


def _told(asked: LiveRequest, both: list[Kept], begun: float) -> str:
    """One answer as a line."""
    kept, pinned = both[0], both[1] if len(both) > 1 else None
    started = time.perf_counter()
    made: dict[str, Any] = answers.outlook(kept, pinned, asked.fans)
    if asked.place is not None:
        made["map"] = answers.ground(kept, pinned, asked.place)
    made["basis"] = told_basis(asked.ask)
    made["number"] = asked.number
    made["whole"] = kept.runs >= REPLICATES
    now = time.perf_counter()
    made["answered"], made["passed"] = now - started, now - begun
    return encoded(made)


def _valley(state: State, asked: ValleyRequest) -> dict[str, Any]:
    """The valley period by period, mean over the first replicates."""
    scenario = asked.ask.built()
    first, shown = frames(scenario)
    shares = held(scenario, np.arange(VALLEY), asked.ask.seed, first, state.desk.threads)
    return {"valley": shares[:, shown].mean(axis=0), "runs": VALLEY}


def _save(state: State, asked: SaveRequest) -> dict[str, Any]:
    """The scenario as a file, and the command lines that make the same runs."""
    title = " ".join(asked.title.split()) or f"{asked.ask.scenario}, as explored"
    plain = asked.ask.events is None
    return {
        "yaml": as_yaml(asked.ask, title),
        "command": as_command(asked.ask) if plain else as_command(asked.ask, "scenario=./explored.yaml"),
        "file": "explored.yaml",
        "needs_file": not plain,
    }


ROUTES = [
    Route("/api/live", live, methods=["POST"]),
    posted("/api/valley", ValleyRequest, _valley),
    posted("/api/save", SaveRequest, _save),
]
