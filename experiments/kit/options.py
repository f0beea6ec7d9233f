"""Options that several verbs share, as strict types: what is unknown or out of range is refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Uncertainty = Literal["prior", "posterior", "none"]
Seed = Annotated[
    int, Field(ge=0, le=2**32 - 1, description="seed of the study: the same seed gives the same runs")
]
Threads = Annotated[int | None, Field(ge=1, le=1024, description="threads (default: all cores)")]
Shards = Annotated[
    str | None,
    Field(
        description="address of the tables, where they are not in the folder: named by you, as it is known"
    ),
]
OnError = Annotated[
    Literal["record", "stop"], Field(description="a run that fails: record it and go on, or stop the study")
]
Measure = Annotated[str, Field(description="end-of-run measure for ridges and response curves")]
Figures = Annotated[bool, Field(description="draw the figures")]
Among = Annotated[str | None, Field(description="scenario to look at, where a study has several")]


class Options(BaseModel):
    """Base of the options of every verb: unknown keys are refused, nothing is converted (true is not 1).

    What checks them is built at their first use: a program uses the options of one verb.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class ScenarioOptions(Options):
    """How the scenario's unknowns are treated."""

    uncertainty: Uncertainty = Field(
        "prior",
        description="draw what we do not know from its prior, from a calibrated posterior, or not at all",
    )
    posterior: str | None = Field(
        None,
        description="posterior draws for uncertainty=posterior: first_year, second_year or a file (default: "
        "second_year)",
    )


class EnsembleOptions(ScenarioOptions):
    """How many runs, with which luck, on how many threads."""

    replicates: int = Field(
        500, ge=1, le=10_000_000, description="runs, each with its own luck and its own draw"
    )
    seed: Seed = 1
    threads: Threads = None
