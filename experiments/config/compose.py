"""What the command line and the files ask for, composed and validated: a `Job`, or a scenario alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.config import files, posteriors, questions, trees
from experiments.config import options as option_reader
from experiments.config.composer import Composer, choices, groups_of, shadowed
from experiments.config.files import DEFAULT_SCENARIO
from experiments.kit.errors import UserError
from experiments.kit.options import Options, ScenarioOptions
from experiments.kit.verb import Verb, load
from sim.reading import SCENARIO_KEYS
from sim.scenario import Problem, Scenario, ScenarioError
from sim.values import hint, shown

if TYPE_CHECKING:
    from hydra.core.override_parser.types import Override

#: Groups whose content stands under their own name in the scenario.
DOTTED_GROUPS = ("space", "questions")


@dataclass(frozen=True)
class Job:
    """A verb with its composed configuration.

    Attributes
    ----------
    verb, options, overrides
        What is to be done, the verb's own options, validated, and all that was typed.
    name, source
        Name of the scenario, and its file for messages.
    tree
        Scenario keys and parameters as composed; None where nothing is set.
    choices
        Group to the chosen name or path.
    origins
        Key (of an event ``events[2]``) to the file of one's own that it comes from and its key there.
    given
        A scenario that a program made, which is taken instead of a composed one.
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
        """The validated scenario; UserError with one line for each thing that is wrong with it."""
        if not self.verb.takes_scenario:
            raise UserError(f"outlook {self.verb.name} takes no scenario")
        scenario = self._composed() if self.given is None else self._as_given(self.given)
        if isinstance(self.options, ScenarioOptions):
            scenario = posteriors.with_uncertainty(scenario, self.options.uncertainty, self.options.posterior)
        return scenario

    def _composed(self) -> Scenario:
        groups = set(groups_of(self.verb))
        typed = {override.key_or_group for override in _parsed(self.overrides)} - groups
        files_of = {
            group: choice
            for group, choice in self.choices.items()
            if group in DOTTED_GROUPS and files.is_file_choice(choice)
        }
        return read_scenario(self.tree, self.name, self.source, typed, files_of, self.origins)

    def _as_given(self, given: Scenario) -> Scenario:
        own = {*self.verb.options.model_fields, *self.verb.groups}
        for override in _parsed(self.overrides):
            key = override.key_or_group
            if key.partition(".")[0] not in own:
                raise UserError(
                    f"{key}: has no effect on {given!r}; allowed: set it where the scenario is loaded"
                )
        return given

    @cached_property
    def basis(self) -> posteriors.Basis:
        """What the verb's outlook rests on, and as of when it is."""
        if isinstance(self.options, ScenarioOptions):
            return posteriors.basis(self.options.uncertainty, self.options.posterior)
        return posteriors.basis("prior", None)

    def to_yaml(self, package: str | None = None) -> str:
        """The composed configuration as YAML, every parameter with the value that it has.

        ``package``: a dotted key to print only that part; UserError if there is none of that name.
        """
        from omegaconf import OmegaConf

        whole: dict[str, Any] = dict(self.options.model_dump())
        if self.verb.takes_scenario:
            whole |= filled(self.tree, self.scenario)
        header = "".join(f"# {group}: {choice}\n" for group, choice in self.choices.items())
        if package is None:
            return header + OmegaConf.to_yaml(OmegaConf.create(whole))
        part: Any = whole
        for key in package.split("."):
            if not isinstance(part, Mapping) or key not in part:
                raise UserError(
                    f"--package: found {package!r}; allowed: a key{hint(package, trees.paths(whole))}"
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

    Parameters
    ----------
    verb
        A verb or its name.
    overrides
        In Hydra's grammar.
    scenario
        Scenario to use instead of the default one, unless an override names another.
    arguments
        Options that were given by position: name to value.

    Raises
    ------
    UserError
        For all that a user can do wrong; the scenario itself is validated by ``job.scenario``.
    """
    verb = load(verb) if isinstance(verb, str) else verb
    parsed = _parsed(overrides)
    _refuse_sweeps(verb, parsed)
    own, parsed = _own_options(verb, parsed)
    chosen = choices(verb, parsed, scenario)
    composer = Composer(verb, parsed, chosen)
    tree = composer.compose()
    fields = set(verb.options.model_fields) - shadowed(verb)
    given = {name: tree.pop(name) for name in fields & set(tree)} | own | dict(arguments or {})
    options = option_reader.read(verb.options, given, "command line")
    source = chosen.get("scenario", "")
    name = Path(source).stem if files.is_file_choice(source) else source
    return Job(verb, options, tuple(overrides), name, source, tree, chosen, composer.origins)


def load_scenario(name_or_path: str | Path = DEFAULT_SCENARIO, overrides: Sequence[str] = ()) -> Scenario:
    """Read a packaged scenario by its name, or one's own YAML file by its path.

    Parameters
    ----------
    name_or_path
        ``"baseline"`` or ``"./mine.yaml"``.
    overrides
        In Hydra's grammar, such as ``["taliban.service_delivery=0.7", "uncertainty=none"]``.

    Raises
    ------
    UserError
        With everything that is wrong, one line each.
    """
    if not isinstance(name_or_path, (str, Path)):
        raise UserError(
            f"scenario: found {shown(name_or_path)}; allowed: the name of one, or the path of a file"
        )
    if isinstance(overrides, str) or not all(isinstance(one, str) for one in _listed(overrides)):
        raise UserError(f"overrides: found {shown(overrides)}; allowed: a list of texts, key=value")
    verb = Verb("scenario", ScenarioOptions)
    return compose(verb, list(overrides), scenario=str(name_or_path)).scenario


def _listed(value: object) -> Sequence[object]:
    """The members of a list; what is no list as one member."""
    return value if isinstance(value, (list, tuple)) else (value,)


def packaged_scenarios() -> dict[str, Scenario]:
    """Every packaged scenario by its name, with its parameters and events, without priors and questions.

    They are read without Hydra, which takes a tenth of a second for each.
    """
    found = {}
    for name in files.group_choices("scenario"):
        sources = files.chain("scenario", name)
        dated = [entry.spec for entry in files.events(sources)]
        tree = {**files.merged(sources), "events": dated, "questions": None, "space": {}}
        tree["state"] = trees.flatten_numbers(tree.get("state") or {})
        found[name] = read_scenario(tree, name, name)
    return found


def _parsed(overrides: Sequence[str]) -> list[Override]:
    """Overrides by Hydra's grammar, which takes a tenth of a second to load and is left where there are none."""
    if not overrides:
        return []
    from experiments.config import grammar

    return grammar.parse(overrides)


def _refuse_sweeps(verb: Verb, parsed: Sequence[Override]) -> None:
    for override in parsed:
        if override.is_sweep_override():
            raise UserError(
                f"command line: {override.input_line!r}: outlook {verb.name} takes one value for each key "
                "(outlook sweep takes several; a text with a comma needs quotes, a list brackets)"
            )


def _own_options(verb: Verb, parsed: Sequence[Override]) -> tuple[dict[str, Any], list[Override]]:
    """Values of shadowing options, taken from the command line directly, and the other overrides."""
    apart = shadowed(verb)
    own = {
        override.key_or_group: override.value()
        for override in parsed
        if override.key_or_group in apart and not override.is_delete()
    }
    return own, [override for override in parsed if override.key_or_group not in apart]


def read_scenario(
    tree: Mapping[str, Any], name: str, source: str, typed: Iterable[str] = (),
    files_of: Mapping[str, str] | None = None, origins: Mapping[str, tuple[str, str]] | None = None,
) -> Scenario:  # fmt: skip
    """Validate a composed tree.

    Parameters
    ----------
    tree
        Scenario keys and parameters; None where nothing is set.
    name, source
        Name of the scenario, and its file or name for messages.
    typed
        Keys that the command line set, so that a message names the right place.
    files_of
        Key (``space``, ``questions``) to the file that the command line chose for it, likewise.
    origins
        Key to the file of one's own that it comes from and its key there, likewise.

    Raises
    ------
    UserError
        One line a problem.
    """
    mapping, chosen = dict(tree), files_of or {}
    mapping["questions"] = questions.asked_of_scenario(
        tree.get("questions"), chosen.get("questions", "questions"), tree.get("start"), tree.get("end")
    )
    mapping["events"] = trees.dotted_events(tree.get("events"))
    try:
        return Scenario.from_mapping(mapping, name=name, source=source)
    except ScenarioError as error:
        lines = [_line(problem, source, typed, chosen, origins or {}) for problem in error.problems]
        raise UserError("\n".join(lines)) from None


def filled(tree: Mapping[str, Any], scenario: Scenario) -> dict[str, Any]:
    """The scenario's whole configuration in a fixed order, every parameter with the value that it has."""
    made: dict[str, Any] = {key: tree.get(key) for key in SCENARIO_KEYS}
    for name in scenario.schema.names:
        trees.put(made, name, scenario.schema[name].plain(scenario.value(name)))
    return made


def _beginnings(key: str) -> list[str]:
    """A key and all that it lies under, the longest first: ``a[0].b``, ``a[0]``, ``a``."""
    return [key, *(key[: found.start()] for found in reversed(list(re.finditer(r"[.\[]", key))))]


def _line(
    problem: Problem,
    source: str,
    typed: Iterable[str],
    files_of: Mapping[str, str],
    origins: Mapping[str, tuple[str, str]],
) -> str:
    """One problem in one line, placed in the file or on the command line."""
    key = problem.key
    source = next((file for group, file in files_of.items() if re.match(rf"{group}(\.|\[|$)", key)), source)
    known = next((one for one in _beginnings(key) if one in origins and one not in files_of), None)
    if known is not None:
        source, there = origins[known]
        problem = replace(problem, key=there + key[len(known) :])
    by_hand = any(
        key == name or key.startswith((f"{name}.", f"{name}[")) or name.startswith(f"{key}.")
        for name in typed
    )
    return " ".join(f"{'command line' if by_hand else source}: {problem}".split())
