"""What the command line and the files ask for, composed and validated: a `Job`, or a scenario alone."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.core.override_parser.types import Override
from omegaconf import OmegaConf

from experiments.config import build, events, files, grammar, keys
from experiments.config import options as option_reader
from experiments.config.composer import DEFAULT_SCENARIO, Composer
from experiments.kit.errors import UserError, hint
from experiments.kit.options import Options, ScenarioOptions
from experiments.kit.verb import Verb, load
from sim.scenario import Scenario

if TYPE_CHECKING:
    from experiments.config.posteriors import Basis

#: Groups that every verb with a scenario has; their defaults stand in ``config.yaml``.
SCENARIO_GROUPS = ("scenario", "space", "questions")

#: Those of them whose content stands under their own name in the scenario.
DOTTED_GROUPS = ("space", "questions")

#: Hydra keeps its state in singletons: one composition at a time.
_LOCK = threading.RLock()


@dataclass(frozen=True)
class Job:
    """A verb with its composed configuration.

    Attributes:
        verb: what is to be done.
        options: the verb's own options, validated.
        overrides: as typed.
        name: name of the scenario; source: its file, for messages.
        tree: scenario keys and parameters as composed; None where nothing is set.
        choices: group to the chosen name or path.
        origins: key of an event (``events[2]``) to the file that it comes from and its key there.
        given: a scenario that a program made, which is taken instead of a composed one.
    """

    verb: Verb
    options: Options
    overrides: tuple[str, ...]
    name: str
    source: str
    tree: Mapping[str, Any]
    choices: Mapping[str, str]
    origins: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    given: Scenario | None = None

    @cached_property
    def scenario(self) -> Scenario:
        """The validated scenario.

        Raises:
            UserError: one line for each thing that is wrong with it.
        """
        if not self.verb.takes_scenario:
            raise UserError(f"outlook {self.verb.name} takes no scenario")
        scenario = self._composed() if self.given is None else self._as_given(self.given)
        if isinstance(self.options, ScenarioOptions):
            scenario = build.with_uncertainty(scenario, self.options.uncertainty, self.options.posterior)
        return scenario

    def _composed(self) -> Scenario:
        groups = set(groups_of(self.verb))
        typed = {override.key_or_group for override in grammar.parse(self.overrides)} - groups
        files_of = {
            group: choice
            for group, choice in self.choices.items()
            if group in DOTTED_GROUPS and files.is_file_choice(choice)
        }
        return build.read_scenario(self.tree, self.name, self.source, typed, files_of, self.origins)

    def _as_given(self, given: Scenario) -> Scenario:
        own = {*self.verb.options.model_fields, *self.verb.groups}
        for override in grammar.parse(self.overrides):
            key = override.key_or_group
            if key.partition(".")[0] not in own:
                raise UserError(
                    f"{key}: has no effect on {given!r}; allowed: set it where the scenario is loaded"
                )
        return given

    @cached_property
    def basis(self) -> Basis:
        """What the verb's outlook rests on, and as of when it is."""
        from experiments.config.posteriors import basis

        if isinstance(self.options, ScenarioOptions):
            return basis(self.options.uncertainty, self.options.posterior)
        return basis("prior", None)

    def to_yaml(self, package: str | None = None) -> str:
        """The composed configuration as YAML, every parameter with the value that it has.

        Args:
            package: a dotted key to print only that part.

        Raises:
            UserError: if there is no such part.
        """
        whole: dict[str, Any] = dict(self.options.model_dump())
        if self.verb.takes_scenario:
            whole |= build.filled(self.tree, self.scenario)
        header = "".join(f"# {group}: {choice}\n" for group, choice in self.choices.items())
        if package is None:
            return header + OmegaConf.to_yaml(OmegaConf.create(whole))
        part: Any = whole
        for key in package.split("."):
            if not isinstance(part, Mapping) or key not in part:
                raise UserError(
                    f"--package: found {package!r}; allowed: a key{hint(package, keys.paths(whole))}"
                )
            part = part[key]
        # Only a mapping can be printed alone: a single value is put under its own key.
        shown = part if isinstance(part, Mapping) else {package.rpartition(".")[2]: part}
        return f"# @package {package}\n" + OmegaConf.to_yaml(OmegaConf.create(dict(shown)))


def compose(
    verb: str | Verb,
    overrides: Sequence[str] = (),
    *,
    scenario: str | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> Job:
    """Compose the configuration of a verb.

    Args:
        verb: a verb or its name.
        overrides: in Hydra's grammar.
        scenario: scenario to use instead of the default one, unless an override names another.
        arguments: options that were given by position: name to value.

    Raises:
        UserError: for all that a user can do wrong; the scenario itself is validated by ``job.scenario``.
    """
    verb = load(verb) if isinstance(verb, str) else verb
    parsed = grammar.parse(overrides)
    _refuse_sweeps(verb, parsed)
    own, parsed = _own_options(verb, parsed)
    chosen = _choices(verb, parsed, scenario)
    with _LOCK:
        composer = Composer(verb, parsed, chosen, groups_of(verb), _shadowed(verb))
        tree = composer.compose()
    fields = [name for name in verb.options.model_fields if name not in _shadowed(verb)]
    given = {name: tree.pop(name) for name in fields if name in tree} | own | dict(arguments or {})
    options = option_reader.read(verb.options, given, "command line")
    source = chosen.get("scenario", "")
    name = Path(source).stem if files.is_file_choice(source) else source
    origins = {f"events[{n}]": entry.source for n, entry in enumerate(composer.events)}
    return Job(verb, options, tuple(overrides), name, source, tree, chosen, origins)


def load_scenario(name_or_path: str | Path = DEFAULT_SCENARIO, overrides: Sequence[str] = ()) -> Scenario:
    """Read a packaged scenario by its name, or one's own YAML file by its path.

    Args:
        name_or_path: ``"baseline"`` or ``"./mine.yaml"``.
        overrides: in Hydra's grammar, such as ``["taliban.service_delivery=0.7", "uncertainty=none"]``.

    Raises:
        UserError: with everything that is wrong, one line each.
    """
    verb = Verb("scenario", ScenarioOptions)
    return compose(verb, list(overrides), scenario=str(name_or_path)).scenario


def packaged_scenarios() -> dict[str, Scenario]:
    """Every packaged scenario by its name, with its parameters and events, without priors and questions.

    They are read without Hydra, which takes a tenth of a second for each.
    """
    found = {}
    for name in files.group_choices("scenario"):
        dated = [entry.spec for entry in events.events_of(name, DEFAULT_SCENARIO)]
        tree = {**files.packaged_scenario(name), "events": dated, "questions": None, "space": {}}
        tree["state"] = keys.flatten_numbers(tree.get("state") or {})
        found[name] = build.read_scenario(tree, name, name)
    return found


def _refuse_sweeps(verb: Verb, parsed: Sequence[Override]) -> None:
    for override in parsed:
        if override.is_sweep_override():
            raise UserError(
                f"command line: {override.input_line!r}: outlook {verb.name} takes one value for each key "
                "(outlook sweep takes several; a text with a comma needs quotes, a list brackets)"
            )


def _shadowed(verb: Verb) -> set[str]:
    """Options that bear the name of a scenario key or of a folder of configurations (``posterior=PATH``).

    Hydra would take them for something else, so they are read from the command line directly.
    """
    taken = set(files.folders()) - set(verb.groups)
    if verb.takes_scenario:
        taken |= set(keys.SCENARIO_KEYS)
    return set(verb.options.model_fields) & taken


def _own_options(verb: Verb, parsed: Sequence[Override]) -> tuple[dict[str, Any], list[Override]]:
    """Values of shadowing options, taken from the command line directly, and the other overrides."""
    shadowed = _shadowed(verb)
    own = {
        override.key_or_group: override.value()
        for override in parsed
        if override.key_or_group in shadowed and not override.is_delete()
    }
    return own, [override for override in parsed if override.key_or_group not in shadowed]


def groups_of(verb: Verb) -> tuple[str, ...]:
    """The config groups that a verb knows."""
    groups = (
        [group for group in SCENARIO_GROUPS if group not in _shadowed(verb)] if verb.takes_scenario else []
    )
    return (*groups, *verb.groups)


def _choices(verb: Verb, parsed: Sequence[Override], scenario: str | None) -> dict[str, str]:
    """Group to choice; refuses a choice that does not exist."""
    chosen = dict(verb.groups)
    if verb.takes_scenario:
        chosen["scenario"] = scenario or DEFAULT_SCENARIO
    known = groups_of(verb)
    for override in parsed:
        group = override.key_or_group
        if group not in known:
            continue
        if override.is_delete():
            if group == "scenario" or group in verb.groups:
                raise UserError(f"command line: {override.input_line!r}: {group} cannot be left out")
            chosen.pop(group, None)
        elif isinstance(choice := override.value(), str):
            chosen[group] = choice
        else:
            raise UserError(
                f"command line: {override.input_line!r}; allowed: one of "
                f"{', '.join(files.group_choices(group))}"
            )
    for group, choice in chosen.items():
        offered = files.group_choices(group)
        if choice not in offered and not files.is_file_choice(choice):
            what = f"unknown {group} {choice!r}"
            raise UserError(
                f"command line: {what}{hint(choice, offered)}; allowed: {', '.join(offered)}, "
                "or the path of a .yaml file"
            )
    return chosen
