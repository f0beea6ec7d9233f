"""The records of a study folder as strict models: every value is checked before it is used.

A study folder may come from somebody else or be damaged. What is read from it is data of known types and
sizes, or it is refused with the name of the file and the key.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from experiments.kit.errors import UserError
from experiments.kit.reading import read_bytes
from experiments.runs.folders import LARGEST
from experiments.runs.plan import Keep, Luck
from sim.uncertainty import Prior

FORMAT = 2
CURE = "allowed: a folder with runs that a verb of outlook made"

Label = Annotated[str, Field(min_length=1, max_length=2000)]
Line = Annotated[str, Field(max_length=100_000)]
Count = Annotated[int, Field(ge=0, le=2**53)]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Range = Annotated[list[float], Field(min_length=2, max_length=2)]
Model = TypeVar("Model", bound=BaseModel)


class Record(BaseModel):
    """Base of the records: no other keys, nothing converted, no infinite numbers."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class FileRecord(Record):
    """Size in bytes and checksum of a file."""

    size: Count
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


Files = dict[Annotated[str, Field(max_length=300)], FileRecord]


class BlockRecord(Record):
    """What a block wrote: its study, and its files with their sizes and checksums."""

    study: Hash
    files: Files


class RuleRecord(Record):
    """The rule of ``replicates=auto``."""

    precision: float = Field(gt=0.001, lt=0.5)
    level: float = Field(ge=0.5, lt=1.0)
    count: int = Field(ge=1, le=20)


class DesignRecord(Record):
    """How the points were laid out: what is read of it is typed, the rest is for people."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, str | int | float | bool | None]
    name: Label = "grid"
    layout: Label | None = None
    levels: int = Field(4, ge=2, le=100)
    second_order: bool = False
    twins: Count = 0


class ProblemRecord(Record):
    """What a design moves, in SALib's form, with the priors that its names follow; empty if nothing is moved."""

    num_vars: Count = 0
    names: list[Label] = Field(default_factory=list, max_length=10_000)
    bounds: list[Range] = Field(default_factory=list, max_length=10_000)
    priors: dict[Label, dict[str, Any]] = Field(default_factory=dict)
    basis: Line = ""

    @field_validator("priors")
    @classmethod
    def _are_priors(cls, priors: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        for prior in priors.values():
            Prior.from_mapping(prior)
        return priors


class ScenarioRecord(Record):
    """A scenario of a study; ``scenario`` is checked by the reader of scenarios."""

    label: Label
    name: Label
    points: int = Field(ge=1, le=1_000_000_000)
    swept: list[Label] = Field(max_length=10_000)
    uncertain: list[Label] = Field(max_length=10_000)
    posterior: Label | None
    scenario: dict[str, Any]
    block: int = Field(1, ge=1, le=1_000_000)
    problem: ProblemRecord = ProblemRecord()


class Provenance(Record):
    """Which versions and which commit made a study."""

    versions: dict[str, Line] = Field(default_factory=dict)
    commit: Line | None = None


class StudyRecord(Record):
    """``study.json``: all that is needed to run a study again."""

    format: Literal[2]
    kind: Literal["sweep"]
    hash: Hash
    identity: dict[str, Line]
    seed: int = Field(ge=0, le=2**32 - 1)
    replicates: Annotated[int, Field(ge=1, le=10_000_000)] | RuleRecord
    replicates_rule: Line
    keep: Keep
    luck: Luck
    code: Label
    design: DesignRecord
    draws: list[Annotated[int, Field(ge=0, le=100)]] = Field([0], min_length=1, max_length=100)
    asked: dict[Label, Any] = Field(default_factory=dict)
    first: Count = 0
    scenarios: list[ScenarioRecord] = Field(min_length=1, max_length=100_000)
    block: int = Field(ge=1, le=100_000)
    shards: Annotated[str, Field(min_length=1, max_length=2000)] | None
    command: Line
    created: Label
    provenance: Provenance
    files: Files

    @model_validator(mode="after")
    def _labels_differ(self) -> StudyRecord:
        labels = [one.label for one in self.scenarios]
        if len(set(labels)) < len(labels):
            raise ValueError("scenarios: a label stands twice")
        return self


class FinishedRecord(Record):
    """``finished.json``: how a study ended, and the files that were made of all its blocks."""

    replicates: int = Field(ge=1, le=10_000_000)
    runs: Count
    failed: Count
    files: Files


def read(model: type[Model], path: Path, cure: str = CURE) -> Model:
    """A record from its JSON file; UserError in one line: the file, the key, what was found, the cure."""
    return parse(model, read_bytes(path, LARGEST), path, cure)


def parse(
    model: type[Model], content: bytes, path: Path | str, cure: str = CURE, under: tuple[str, ...] = ()
) -> Model:
    """A record from the content of its file, or of what stands ``under`` keys of it; raises UserError as `read`."""
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False)[0]
    key = ".".join(str(part) for part in (*under, *problem["loc"]))
    if problem["type"] == "json_invalid":
        raise UserError(f"{path}: is no JSON ({problem['msg'].rpartition(': ')[2]}); {cure}")
    reason = problem["msg"].removeprefix("Value error, ")
    if problem["type"] in ("missing", "extra_forbidden", "value_error"):
        found = {"missing": "is missing", "extra_forbidden": "unknown key"}.get(problem["type"], reason)
        raise UserError(f"{path}: {key + ': ' if key else ''}{found}; {cure}")
    shown = ascii(problem["input"])
    shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
    raise UserError(f"{path}: {key or 'top'}: found {shown}: {reason[:1].lower()}{reason[1:]}; {cure}")
