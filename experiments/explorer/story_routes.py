"""Questions about one run: the dots of the ensemble, a run's story, a series on its map, the agents of a day."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from experiments.explorer import story
from experiments.explorer.ask import Ask
from experiments.explorer.requests import posted
from experiments.explorer.state import State
from experiments.kit.errors import UserError
from experiments.kit.options import Options
from sim.outcomes import MEASURES


class DotsRequest(Options):
    """Which runs are dots, of a live question or (None) the folder, and by which measures they are placed."""

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


def _dots(state: State, asked: DotsRequest) -> dict[str, Any]:
    """The runs of the folder or of a live question."""
    return {**_runs(state, asked.ask).dots(asked.x, asked.y), "measures": story.measures()}


def _runs(state: State, ask: Ask | None) -> story.Ensemble:
    """The runs that are asked for; the model is compiled before any is made."""
    state.ready.wait()
    if ask is not None:
        return story.LiveRuns(state.desk, ask)
    if state.folder is None:
        raise UserError("there is no folder here; allowed: a live question, or outlook explore FOLDER")
    return story.FolderRuns(state.folder, state.shards)


def _told(state: State, asked: RunRequest) -> story.Told:
    """The run that is asked for, made again or at hand."""
    return state.stories.run(_runs(state, asked.ask), asked.run)


def _story(state: State, asked: RunRequest) -> dict[str, Any]:
    """A run as a story."""
    return story.plain_story(_told(state, asked))


def _place(state: State, asked: RunRequest) -> dict[str, Any]:
    """A series of a run by week and province."""
    return story.weekly(_told(state, asked), asked.place)


def _agents(state: State, asked: RunRequest) -> dict[str, Any]:
    """The agents of a day."""
    return story.agents(_told(state, asked), asked.table, asked.day)


ROUTES = [
    posted("/api/story/dots", DotsRequest, _dots),
    posted("/api/story/run", RunRequest, _story),
    posted("/api/story/place", RunRequest, _place),
    posted("/api/story/agents", RunRequest, _agents),
]
