"""The verbs of the command line: one module each, found by name in `VERBS` and imported when used.

A verb's module defines

- ``SUMMARY``: what it does, in one line;
- ``OPTIONS``: its options, a subclass of `experiments.kit.options.Options`, each field with a description;
- ``EXAMPLES``: command lines to show in its help;
- ``main(options, job) -> int``: does it and returns the exit code; ``job`` is an `experiments.config.Job`,
  with ``job.scenario`` as the validated scenario;

- ``conclude(folder, figures=) -> int``, if it makes studies: what comes after the runs, when all of them are there,
  for `outlook resume` and `outlook report` as well; gives the exit code; figures and pages are made if ``figures``;
- ``ASKED``, if its studies record more than their runs: a subclass of `experiments.kit.options.Options`, written to and
  read from the study's record; several if it makes studies of several kinds;
- ``PAGE``, if it writes a page: the name of its file;
- ``drawings(folder)``, if it draws: the name of each figure to what draws it, for Python;
- ``reduction(study)``, if it keeps more of its runs than their outcomes: an `experiments.runs.tables.Reduction`, or
  None;

and, where needed,

- ``ARGUMENTS``: names of options that may be given by position (``("file",)``; a last name ending in ``*``
  takes all that follow as a list; one ending in ``?`` may be left out);
- ``GROUPS``: further config groups and their default choice (``{"design": "grid"}``);
- ``SCENARIO = False`` if it takes no scenario and no model parameters;
- ``SWEEP = True`` if a key may be given several values (``a=1,2,3``): the job is then composed without the
  swept keys, by `experiments.config.sweep`.

Modules of verbs import nothing heavy at their top, so that help and completion stay quick.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from experiments.kit.errors import UserError
from experiments.kit.options import Options
from sim.values import hint

#: What a token of the command line must look like to be an override and not an argument by position.
_OVERRIDE = re.compile(r"^(\+{0,2}[A-Za-z_][\w./@:-]*=|~[A-Za-z_])")

#: Every verb, in the order of the help.
VERBS: dict[str, str] = {
    "run": "experiments.outlook.run",
    "scenarios": "experiments.catalogue.scenarios",
    "params": "experiments.catalogue.params",
    "check": "experiments.catalogue.check",
    "init": "experiments.catalogue.init",
    "schema": "experiments.catalogue.schema",
    "sweep": "experiments.studies.sweep",
    "compare": "experiments.studies.compare",
    "given": "experiments.given.given",
    "drivers": "experiments.drivers.drivers",
    "sensitivity": "experiments.sensitivity.sensitivity",
    "discover": "experiments.discovery.discover",
    "claims": "experiments.claims.claims",
    "forecast": "experiments.forecast.forecast",
    "calibrate": "experiments.forecast.calibrate",
    "hindcast": "experiments.forecast.hindcast",
    "learn": "experiments.forecast.learn",
    "validate": "experiments.validation.validate",
    "status": "experiments.studies.status",
    "resume": "experiments.studies.resume",
    "report": "experiments.studies.report",
    "reproduce": "experiments.studies.reproduce",
    "explore": "experiments.explorer.explore",
    "animate": "experiments.animation.animate",
}


@dataclass(frozen=True)
class Verb:
    """A verb as the command line sees it; see the module's documentation for the meaning of each part."""

    name: str
    options: type[Options]
    summary: str = ""
    examples: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    groups: dict[str, str] = field(default_factory=dict)
    takes_scenario: bool = True
    sweeps: bool = False
    module: Any = None

    @cached_property
    def usage(self) -> str:
        """The synopsis line."""
        shown = []
        for argument in self.arguments:
            name = argument.rstrip("*?").upper()
            shown.append(f"[{name}]" if argument[-1] in "?*" else name)
        tail = "[key=value ...]"
        return " ".join(["outlook", self.name, *shown, tail])


def is_override(token: str) -> bool:
    """Whether a token of the command line is an override (``key=value``, ``+key=value``, ``~key``)."""
    return bool(_OVERRIDE.match(token))


def load(name: str) -> Verb:
    """The verb called ``name``; UserError with the nearest name if there is none."""
    if name not in VERBS:
        raise UserError(f"unknown verb {name!r}; verbs: {', '.join(VERBS)}{hint(name, VERBS)}")
    module = importlib.import_module(VERBS[name])
    return Verb(
        name=name,
        options=module.OPTIONS,
        summary=module.SUMMARY,
        examples=tuple(module.EXAMPLES),
        arguments=tuple(getattr(module, "ARGUMENTS", ())),
        groups=dict(getattr(module, "GROUPS", {})),
        takes_scenario=getattr(module, "SCENARIO", True),
        sweeps=getattr(module, "SWEEP", False),
        module=module,
    )
