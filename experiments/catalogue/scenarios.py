"""``outlook scenarios``: the packaged scenarios with their stories."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from experiments.kit.errors import UserError
from experiments.kit.options import Options
from sim.values import hint

if TYPE_CHECKING:
    from experiments.config import Job
    from sim.scenario import Scenario

SUMMARY = "List the scenarios with their story and what each changes"
EXAMPLES = [
    "outlook scenarios",
    "outlook scenarios siege",
    "outlook scenarios corridor_opens",
    "outlook scenarios format=json",
]
ARGUMENTS = ("search?",)
SCENARIO = False


class OPTIONS(Options):
    """Options of ``outlook scenarios``."""

    search: str = Field("", description="only those whose name, title or story contains this word")
    format: Literal["table", "json"] = Field(
        "table", description="a table to read, or JSON for other programs"
    )


def main(options: OPTIONS, job: Job) -> int:
    """Print the scenarios; returns the exit code."""
    from experiments.config import packaged_scenarios
    from experiments.kit import screen

    scenarios = packaged_scenarios()
    word = options.search.lower()
    found = {
        name: scenario
        for name, scenario in scenarios.items()
        if word in f"{name} {scenario.title} {scenario.story}".lower()
    }
    if not found:
        raise UserError(
            f"no scenario holds {options.search!r}; scenarios: {', '.join(scenarios)}{hint(word, scenarios)}"
        )
    if options.format == "json":
        records = [_record(name, scenario) for name, scenario in found.items()]
        screen.raw(json.dumps(records, indent=2, ensure_ascii=False))
        return 0
    _show(found)
    return 0


def _record(name: str, scenario: Scenario) -> dict[str, Any]:
    """A scenario as plain data."""
    return {
        "name": name,
        "title": scenario.title,
        "story": " ".join(scenario.story.split()),
        "start": scenario.start.isoformat(),
        "end": scenario.end.isoformat(),
        "set": {key: scenario.value(key) for key in sorted(scenario.fixed)},
        "events": [{"date": event.day.isoformat(), "title": event.title} for event in scenario.events],
    }


def _show(scenarios: dict[str, Scenario]) -> None:
    """Print scenarios for people to read."""
    from experiments.kit import screen

    for name, scenario in scenarios.items():
        screen.heading(f"{name}  {scenario.title}  ({scenario.start} to {scenario.end})")
        screen.line("    " + " ".join(scenario.story.split()))
        changes = ", ".join(f"{key}={scenario.value(key):g}" for key in sorted(scenario.fixed))
        if changes:
            screen.line(f"    sets {changes}", "dim", hang=5)
        for event in scenario.events:
            screen.line(f"    {event.day}  {event.title}", "dim", hang=12)
        screen.line()
    screen.line("Run one: outlook run scenario=NAME. Write your own: outlook run --cfg scenario > mine.yaml")
