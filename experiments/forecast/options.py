"""Options that the verbs which learn from the record share: light to import, for help and completion."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from experiments.kit.options import Options, Threads


class Round(Options):
    """What the study of a round of a sample makes of its runs: targets, questions, and the runs of all rounds."""

    targets: dict[str, Any]
    questions: dict[str, Any]
    runs: int = Field(ge=1)


class QuestionsAsked(Options):
    """What a study of questions makes of its runs: the content of their file, where it stood, what the runs know."""

    questions: dict[str, Any]
    name: str
    source: str
    outlook: dict[str, str | None]


class Choice(Options):
    """What chose the runs behind the paths of a series.

    ``known``: facts that they were held to; ``runs`` made in all; ``effective`` number of draws, and of kinds of luck a
    draw; ``power`` of the likelihood by which draws were weighted (1: not tempered).
    """

    known: list[str]
    runs: int = Field(ge=1)
    effective: float
    effective_luck: float
    power: float


Month = Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")]


class SeriesAsked(Options):
    """What a study of a series makes of its runs: months, how they were chosen, what they are mixed and scored with."""

    series: str
    place: str
    first: Month
    last: Month
    choice: Choice
    condition: bool
    recording: bool
    pool: bool
    baseline: bool
    targets: dict[str, Any]
    observed: dict[Month, float] | None
    outlook: dict[str, str | None]


class Sampled(Options):
    """What a sample of runs is made of."""

    targets: dict[str, Any] = Field(
        default_factory=dict,
        description="what was observed: a packaged file or the path of one (group targets)",
    )
    resolved: str = Field("first_year", description="file of resolved questions")
    runs: int = Field(32_768, ge=1024, le=10_000_000, description="runs, a quarter of them from the prior")
    seed: int = Field(1, ge=0, lt=2**31, description="seed of the study")
    threads: Threads = None


class Checked(Sampled):
    """How a posterior is made of it and checked."""

    draws: int = Field(1000, ge=50, le=100_000, description="rows of a posterior table")
    check: int = Field(1000, ge=100, le=100_000, description="runs from a posterior to check it with")
    trials: int = Field(
        200, ge=20, le=10_000, description="simulated worlds to recover known parameters from"
    )
    keep: int = Field(
        400, ge=50, le=1_000_000, description="runs of the prior that the second opinion (ABC) accepts"
    )


class Hindcasting(Sampled):
    """How forecasts from past months are made of it and scored."""

    observations: str = Field(
        "ucdp_monthly", description="monthly deaths, with the years before, by name or path"
    )
    points: int = Field(1024, ge=20, le=100_000, description="draws of the parameters that forecasts rest on")
    lucks: int = Field(8, ge=2, le=1000, description="kinds of luck tried for each of them")
    block: int = Field(3, ge=1, le=12, description="neighbouring origins drawn together by the bootstrap")
