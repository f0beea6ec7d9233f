"""``outlook init FILE``: a commented scenario to begin with, which editors complete and check while one types."""

from __future__ import annotations

import json
import shlex
from datetime import timedelta
from shlex import quote
from typing import TYPE_CHECKING

from pydantic import Field

from experiments.kit.errors import UserError
from experiments.kit.options import Options
from sim.values import hint

if TYPE_CHECKING:
    from pathlib import Path

    from experiments.config import Job
    from sim.scenario import Scenario

SUMMARY = "Write a commented scenario to begin with, and the schema by which editors complete and check it"
EXAMPLES = ["outlook init my_scenario.yaml", "outlook init my_scenario.yaml base=corridor_opens"]
ARGUMENTS = ("file",)
SCENARIO = False

_HEAD = """\
# yaml-language-server: $schema={schema}
# A scenario is what differs from the one that it starts from: take the # from what you want to set.
# Is it right?  outlook check {path}
# Run it:       outlook run scenario={path}
base: {base}
title: My scenario
story: >-
  What happens in this world, in two or three sentences.
# start: {start}
# end: {end}

# Parameters: what is set here is known, what is not keeps the value of the base or is drawn from its prior. These are
# the ones that shipped scenarios set; `outlook params` explains all {count}, the editor completes them.
"""
_TAIL = """
# What is uncertain beyond the priors of `outlook params`, or narrower than they are:
# space:
#   caches.abundance: {dist: uniform, low: 0.5, high: 1.5}

# Questions of your own, asked of every run:
# questions:
#   many_deaths:
#     text: More than 500 people die in the first year
#     metric: deaths
#     over: sum
#     comparison: ">"
#     value: 500
#     by: "+365d"
"""


class OPTIONS(Options):
    """Options of ``outlook init``."""

    file: str = Field(description="the new file, which ends in .yaml")
    base: str = Field("baseline", description="packaged scenario that it starts from")


def main(options: OPTIONS, job: Job) -> int:
    """Write the scenario, and the schema beside it; returns the exit code."""
    from pathlib import Path

    from experiments.catalogue import schema
    from experiments.config import group_choices, load_scenario
    from experiments.kit import files, screen

    path, bases = Path(options.file), group_choices("scenario")
    if path.suffix not in (".yaml", ".yml"):
        raise UserError(f"{path}: allowed: a new file that ends in .yaml")
    if options.base not in bases:
        near = hint(options.base, bases)
        raise UserError(f"command line: base: found {options.base!r}; allowed: {', '.join(bases)}{near}")
    if path.exists():
        raise UserError(f"{path}: is there already and is not overwritten; allowed: a new file")
    files.check_writable(path, "file")
    beside = path.with_name(schema.FILE)
    files.write(files.check_writable(beside, "file"), schema.text())
    files.write(path, text(options.base, load_scenario(options.base), path))
    screen.line(f"{path}: a scenario that starts from {options.base}; {beside}: its schema, for editors")
    screen.line(f"outlook check {quote(str(path))}", copied=True)
    return 0


def text(base: str, scenario: Scenario, path: Path) -> str:
    """The commented scenario: YAML that sets nothing but title and story.

    The values of the ``scenario`` named ``base`` stand in its comments, commands with its ``path``.
    """
    from experiments.catalogue.schema import FILE

    where = shlex.quote(str(path) if path.is_absolute() else f"./{path}")
    head = _HEAD.format(schema=FILE, path=where, base=base, start=scenario.start, end=scenario.end,
                        count=len(scenario.schema))  # fmt: skip
    return head + "\n".join([*_parameters(scenario), *_events(scenario)]) + _TAIL


def _parameters(scenario: Scenario) -> list[str]:
    """Parameters that shipped scenarios set, group by group, with the value in this one, unit, range and meaning."""
    wanted = _shipped()
    lines: list[str] = []
    at: list[str] = []
    for p in scenario.schema.parameters:
        if p.name in wanted:
            *groups, name = p.name.split(".")
            if groups != at:
                fresh = range(next((k for k, g in enumerate(groups) if at[k : k + 1] != [g]), 0), len(groups))
                lines += [f"# {'  ' * k}{groups[k]}:" for k in fresh]
                at = groups
            value = scenario.value(p.name)
            typed = str(bool(value)).lower() if p.kind == "switch" else f"{value:g}"
            span = "true or false" if p.kind == "switch" else f"{p.low:g} to {p.high:g} {p.unit}"
            lines.append(f"# {'  ' * len(groups)}{name}: {typed}  # {span}: {p.meaning}")
    return lines


def _shipped() -> set[str]:
    """Parameters that the packaged scenarios set, from the start or by an event."""
    from experiments.config import config_folder, read_yaml
    from experiments.config.trees import flatten_numbers

    found: set[str] = set()
    for path in (config_folder() / "scenario").glob("*.yaml"):
        content = read_yaml(path)
        for part in (content, *(event.get("set") for event in content.get("events", ()))):
            flat = flatten_numbers(part)
            found |= set(flat) if isinstance(flat, dict) else set()
    return found


def _events(scenario: Scenario) -> list[str]:
    """An example of an event, and how one of the base is taken out."""
    day = scenario.start + timedelta(days=90)
    lines = ["", "# Dated events, added to those of the base; `drop` takes one of them out, by title:", "# events:",
             f"#   - date: {day}", "#     title: A corridor opens", "#     set: {supply.corridor: 0.8}",
             "#     state: {front.nrf.ammo: {add: 5}}"]  # fmt: skip
    lines += [f"#   - drop: {json.dumps(event.title, ensure_ascii=False)}" for event in scenario.events]
    return [*lines, ""]
