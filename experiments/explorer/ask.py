"""What the page asks for: a scenario with some values and events, as the command line and a file would say it."""

from __future__ import annotations

import copy
import shlex
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from experiments.config import Job, compose, group_choices
from experiments.config.compose import read_scenario
from experiments.config.files import DROP, is_file_choice
from experiments.config.posteriors import in_words, with_uncertainty
from experiments.config.trees import put
from experiments.kit.errors import UserError
from experiments.kit.options import Options, Uncertainty
from sim.scenario import Scenario
from sim.values import hint

OWN: list[str] = []
"""Scenario files of one's own that the page may ask for."""
REPLICATES = 256
"""Runs of a whole answer."""


class Dated(Options):
    """An event: on its day parameters are set, and fields of the state set, added to or multiplied."""

    date: str
    title: str = ""
    set: dict[str, float] = Field(default_factory=dict)
    state: dict[str, float | dict[str, float]] = Field(default_factory=dict)


class Ask(Options):
    """A scenario as the page states it.

    Attributes
    ----------
    scenario
        Name of a packaged scenario.
    uncertainty, posterior, seed
        As on the command line.
    values
        Parameters that are set, by name.
    events
        Dated events in place of the scenario's own; None: its own.
    """

    scenario: str = "baseline"
    uncertainty: Uncertainty = "prior"
    posterior: str | None = Field(None, pattern=r"^[a-z0-9_]+$")
    seed: int = Field(1, ge=0, le=2**32 - 1)
    values: dict[str, float] = Field(default_factory=dict)
    events: list[Dated] | None = Field(None, max_length=50)

    @property
    def key(self) -> str:
        """The same for the same runs."""
        return self.model_copy(update={"values": dict(sorted(self.values.items()))}).model_dump_json()

    def dated(self) -> list[dict[str, Any]]:
        """Its events as a file has them; one that stands twice counts once, as in a file."""
        found: list[dict[str, Any]] = []
        for event in self.events or ():
            spec = {key: value for key, value in event.model_dump().items() if value}
            found += [spec] if spec not in found else []
        return found

    def built(self) -> Scenario:
        """The scenario, checked as the command line checks it; UserError with one line a problem."""
        job = composed(self.scenario)
        tree = copy.deepcopy(dict(job.tree))
        for name, value in self.values.items():
            put(tree, name, value)
        if self.events is not None:
            tree["events"] = self.dated()
        scenario = read_scenario(tree, job.name, self.scenario, (*self.values, "events"))
        return scenario.with_space(_unknown(self.scenario, self.uncertainty, self.posterior).space)


@lru_cache(maxsize=32)
def composed(name: str) -> Job:
    """A packaged scenario as it is composed; UserError with the nearest name if there is none."""
    known = [*OWN, *group_choices("scenario")]
    if name not in known:
        raise UserError(f"scenario: found {name[:80]!r}; allowed: {', '.join(known)}{hint(name, known)}")
    return compose("run", [], scenario=name)


def offer(path: str) -> None:
    """Let the page ask for a scenario file of one's own, which the person named when the server started."""
    if not is_file_choice(path):
        raise UserError(f"scenario: found {path!r}; allowed: the path of a .yaml file")
    OWN[:] = [path]
    Ask(scenario=path).built()


@lru_cache(maxsize=32)
def _unknown(name: str, uncertainty: str, posterior: str | None) -> Scenario:
    """A scenario as it stands, with its unknowns drawn as asked."""
    job = composed(name)
    scenario = read_scenario(dict(job.tree), job.name, job.source)
    return with_uncertainty(scenario, uncertainty, posterior)


def told_basis(ask: Ask) -> str:
    """What the runs know, and as of when, in words."""
    return in_words(ask.uncertainty, ask.posterior, composed_start(ask.scenario))


@lru_cache(maxsize=32)
def composed_start(name: str) -> date:
    """First day of a packaged scenario."""
    return _unknown(name, "none", None).start


def as_yaml(ask: Ask, title: str) -> str:
    """A file that ``scenario=FILE`` takes and that gives the same runs as what the page shows."""
    base = str(Path(ask.scenario).resolve()) if ask.scenario in OWN else ask.scenario
    made: dict[str, Any] = {"base": base, "title": title}
    schema = ask.built().schema
    for name, value in sorted(ask.values.items()):
        put(made, name, schema[name].plain(value))
    if ask.events is not None:
        before = dict.fromkeys(event.day.isoformat() for event in Ask(scenario=ask.scenario).built().events)
        made["events"] = [*({DROP: day} for day in before), *ask.dated()]
    head = "# What the explorer showed. Runs: " + as_command(ask, "scenario=./THIS_FILE.yaml") + "\n"
    return head + yaml.safe_dump(made, sort_keys=False, allow_unicode=True)


def as_command(ask: Ask, scenario: str | None = None) -> str:
    """The command line that makes the same runs as what the page shows.

    ``scenario``: choice of a file that holds values and events; None: the values stand on the command line.
    """
    words = [scenario or f"scenario={ask.scenario}"]
    if scenario is None:
        schema = ask.built().schema
        for name, value in sorted(ask.values.items()):
            shown = str(bool(value)).lower() if schema[name].kind == "switch" else repr(value)
            words.append(f"{name}={shown.removesuffix('.0')}")
    words.append(f"uncertainty={ask.uncertainty}")
    if ask.posterior is not None:
        words.append(f"posterior={ask.posterior}")
    words += [f"seed={ask.seed}", f"replicates={REPLICATES}"]
    return " ".join(["outlook run", *(shlex.quote(word) for word in words)])
