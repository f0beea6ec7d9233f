"""``outlook check FILE``: validates a scenario file of one's own without running it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from experiments.kit.errors import UserError
from experiments.kit.options import Options
from sim.values import nearest

if TYPE_CHECKING:
    from experiments.config import Job
    from sim.scenario import Scenario

SUMMARY = "Check a scenario file without running it"
EXAMPLES = ["outlook check ./my_scenario.yaml", "outlook check corridor_opens"]
ARGUMENTS = ("file",)
SCENARIO = False


class OPTIONS(Options):
    """Options of ``outlook check``."""

    file: str = Field(description="path of a scenario file, or the name of a packaged scenario")


def main(options: OPTIONS, job: Job) -> int:
    """Say what the scenario sets if it is valid; UserError with all that is wrong if not."""
    from experiments.config import group_choices, load_scenario
    from experiments.kit import screen

    name = options.file
    if name not in group_choices("scenario") and not name.endswith((".yaml", ".yml")):
        raise UserError(f"{name}: found neither a packaged scenario nor a file that ends in .yaml")
    scenario = load_scenario(name)
    screen.line(
        f"{name} is valid: {scenario.title} ({scenario.start} to {scenario.end}, {scenario.days} days)"
    )
    if scenario.story:
        screen.line(f"  story  {' '.join(scenario.story.split())}", hang=9)
    for key in sorted(scenario.fixed):
        parameter, value = scenario.schema[key], scenario.value(key)
        same = " (the default)" if value == parameter.default else f" (default {parameter.default:g})"
        screen.line(f"  sets   {key} = {value:g} {parameter.unit}{same}", hang=7)
    for path, change in scenario.state.items():
        screen.line(f"  state  {path} {change}", hang=7)
    for event in scenario.events:
        changes = ", ".join(event.changes) or "changes nothing, marks its day in figures"
        screen.line(f"  event  {event.day} {event.title}: {changes}", hang=7)
    for note in _notes(scenario):
        screen.line(f"  note   {note}", hang=7)
    screen.line(f"  {len(scenario.questions)} questions, {len(scenario.space.names)} uncertain parameters")
    return 0


def _notes(scenario: Scenario) -> list[str]:
    """What is allowed but may be a slip: members that the file adds to an open list."""
    from sim.parameters import DEFAULT_ENTITIES

    notes = []
    for kind, names in scenario.entities.items():
        for name in names:
            if name not in DEFAULT_ENTITIES[kind]:
                like = nearest(name, DEFAULT_ENTITIES[kind])
                notes.append(f"adds {name!r} to the {kind}" + (f"; did you mean {like}?" if like else ""))
    return notes
