"""``outlook params``: the parameter table, searched."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from experiments.kit.errors import UserError
from experiments.kit.options import Options
from sim.values import hint

if TYPE_CHECKING:
    from experiments.config import Job
    from sim.parameters.schema import Parameter

SUMMARY = "Show the parameters: unit, default, range, meaning, source and confidence"
EXAMPLES = [
    "outlook params",
    "outlook params supply",
    "outlook params F16",
    "outlook params taliban.service_delivery",
    "outlook params confidence=assumption format=json",
]
ARGUMENTS = ("search*",)
SCENARIO = False


class OPTIONS(Options):
    """Options of ``outlook params``."""

    search: list[str] = Field(
        default_factory=list, description="words that name, meaning, unit, source or factors must contain"
    )
    confidence: str | None = Field(None, description="only those that are measured, estimate or assumption")
    format: Literal["table", "json"] = Field(
        "table", description="a table to read, or JSON for other programs"
    )


def main(options: OPTIONS, job: Job) -> int:
    """Print the parameters that match; returns the exit code."""
    from experiments.kit import screen
    from sim.parameters import build_schema
    from sim.parameters.schema import CONFIDENCE

    if options.confidence is not None and options.confidence not in CONFIDENCE:
        near = hint(options.confidence, CONFIDENCE)
        raise UserError(
            f"command line: confidence: found {options.confidence!r}; allowed: {', '.join(CONFIDENCE)}{near}"
        )
    schema = build_schema()
    found = [p for p in schema.parameters if _matches(p, options)]
    if not found:
        word = " ".join(options.search)
        raise UserError(f"no parameter holds {word!r}{hint(word, schema.names)}")
    if options.format == "json":
        screen.raw(json.dumps([_record(p) for p in found], indent=2, ensure_ascii=False))
    elif len(found) == 1:
        _show_one(found[0])
    else:
        _show(found)
    return 0


def _matches(parameter: Parameter, options: OPTIONS) -> bool:
    """Whether a parameter holds every word that was searched for."""
    if options.confidence is not None and parameter.confidence != options.confidence:
        return False
    # A factor is a whole word: F1 is not a part of F16.
    factors = {factor.lower() for factor in parameter.factors}
    text = f"{parameter.name} {parameter.meaning} {parameter.unit} {parameter.source}".lower()
    return all(word.lower() in factors or word.lower() in text for word in options.search)


def _record(parameter: Parameter) -> dict[str, Any]:
    """A parameter as plain data."""
    return {
        "name": parameter.name,
        "unit": parameter.unit,
        "low": parameter.low,
        "high": parameter.high,
        "default": parameter.default,
        "meaning": parameter.meaning,
        "source": parameter.source,
        "confidence": parameter.confidence,
        "factors": list(parameter.factors),
        "kind": parameter.kind,
    }


def _value(parameter: Parameter, value: float) -> str:
    return str(bool(value)).lower() if parameter.kind == "switch" else f"{value:g}"


def _show(parameters: list[Parameter]) -> None:
    """A table, a parameter a row."""
    from experiments.kit import screen
    from experiments.kit.screen import Column

    columns = [Column("parameter"), Column("default", right=True), Column("range"), Column("unit", wraps=True),
               Column("meaning", wraps=True)]  # fmt: skip
    rows = []
    for p in parameters:
        span = "true, false" if p.kind == "switch" else f"{p.low:g} to {p.high:g}"
        rows.append((p.name, _value(p, p.default), span, p.unit, p.meaning))
    screen.table(rows, columns)
    count = f"{len(parameters)} parameters."
    screen.line(f"\n{count} Source and confidence of one: outlook params NAME; of all: format=json")


def _show_one(p: Parameter) -> None:
    """Everything that is known of one parameter."""
    from experiments.kit import screen

    screen.heading(p.name)
    for label, value in (
        ("meaning", p.meaning),
        ("default", f"{_value(p, p.default)} ({p.unit})"),
        ("allowed", p.allowed),
        ("source", p.source),
        ("confidence", p.confidence),
        ("factors", ", ".join(p.factors)),
    ):
        screen.line(f"  {label:11s}{value}", hang=11)
    screen.line(f"  {'set it':11s}outlook run {p.name}={_value(p, p.default)}", copied=True)
