"""Questions about one run: the dots of the ensemble, a run's story, a series on its map, the agents of a day."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from experiments.explorer import story
from experiments.explorer.ask import Ask
from experiments.explorer.requests import answer, body_of, state_of
from experiments.explorer.state import State
from experiments.kit.errors import UserError
from experiments.kit.options import Options
from sim.outcomes import MEASURES


class DotsRequest(Options):
    """Which runs are dots, and by which measures they are placed.

    Attributes
    ----------
    ask
        A live question; None: the folder.
    x, y
        Measures.
    """

    ask: Ask | None = None
    x: Literal[MEASURES] = "deaths"  # type: ignore[valid-type]
    y: Literal[MEASURES] = "refugees"  # type: ignore[valid-type]


class RunRequest(Options):
    """Which run, and what of it.

    Attributes
    ----------
    ask
        A live question; None: the folder.
    run
        Identity in the table of runs, or number of the replicate.
    place
        A series by province.
    table, day
        Kind of agents, and how many days are over.
    """

    ask: Ask | None = None
    run: str = Field(max_length=300)
    place: str = Field("deaths", max_length=60)
    table: str = Field("front", max_length=60)
    day: int = 0


async def dots(request: Request) -> Response:
    """The runs of the folder or of a live question."""
    asked = await body_of(request, DotsRequest)
    state = state_of(request)

    def found() -> dict[str, Any]:
        runs = _runs(state, asked.ask)
        return {**runs.dots(asked.x, asked.y), "measures": story.measures()}

    return answer(await run_in_threadpool(found))


async def run(request: Request) -> Response:
    """A run as a story."""
    return await _about(request, lambda told, asked: story.plain_story(told))


async def place(request: Request) -> Response:
    """A series of a run by week and province."""
    return await _about(request, lambda told, asked: story.weekly(told, asked.place))


async def agents(request: Request) -> Response:
    """The agents of a day."""
    return await _about(request, lambda told, asked: story.agents(told, asked.table, asked.day))


async def _about(request: Request, what: Any) -> Response:
    """An answer about a run that is made again, or at hand."""
    asked = await body_of(request, RunRequest)
    state = state_of(request)

    def found() -> dict[str, Any]:
        made: dict[str, Any] = what(state.stories.run(_runs(state, asked.ask), asked.run), asked)
        return made

    return answer(await run_in_threadpool(found))


def _runs(state: State, ask: Ask | None) -> story.Ensemble:
    """The runs that are asked for; the model is compiled before any is made."""
    state.ready.wait()
    if ask is not None:
        return story.LiveRuns(state.desk, ask)
    if state.folder is None:
        raise UserError("there is no folder here; allowed: a live question, or outlook explore FOLDER")
    return story.FolderRuns(state.folder, state.shards)


ROUTES = [
    Route("/api/story/dots", dots, methods=["POST"]),
    Route("/api/story/run", run, methods=["POST"]),
    Route("/api/story/place", place, methods=["POST"]),
    Route("/api/story/agents", agents, methods=["POST"]),
]
