"""One composition by Hydra: packaged files, a user's own and the command line become one tree of data."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from experiments.config import files, trees
from experiments.config import options as option_reader
from experiments.kit.errors import UserError
from experiments.kit.verb import Verb
from sim.reading import SCENARIO_KEYS
from sim.values import cut, hint, shown

if TYPE_CHECKING:
    from hydra.core.override_parser.types import Override

#: Groups that every verb with a scenario has; their defaults stand in ``config.yaml``.
SCENARIO_GROUPS = ("scenario", "space", "questions")


def shadowed(verb: Verb) -> set[str]:
    """Options that bear the name of a scenario key or of a folder of configurations (``posterior=PATH``).

    Hydra would take them for something else, so they are read from the command line directly.
    """
    taken = set(files.folders()) - set(verb.groups)
    if verb.takes_scenario:
        taken |= set(SCENARIO_KEYS)
    return set(verb.options.model_fields) & taken


def groups_of(verb: Verb) -> tuple[str, ...]:
    """The config groups that a verb knows."""
    apart = shadowed(verb)
    groups = [group for group in SCENARIO_GROUPS if group not in apart] if verb.takes_scenario else []
    return (*groups, *verb.groups)


def choices(verb: Verb, parsed: Sequence[Override], scenario: str | None) -> dict[str, str]:
    """Group to choice; refuses a choice that does not exist."""
    chosen = dict(verb.groups)
    if verb.takes_scenario:
        chosen["scenario"] = files.DEFAULT_SCENARIO if scenario is None else scenario
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


class Composer:
    """One composition: lets Hydra put the chosen files together, then sets what the command line sets."""

    def __init__(self, verb: Verb, parsed: Sequence[Override], chosen: Mapping[str, str]) -> None:
        """``parsed``: without the options that are read apart; ``chosen``: group to choice."""
        self.verb, self.chosen = verb, chosen
        groups = {*chosen, *groups_of(verb)}
        self.values = [override for override in parsed if override.key_or_group not in groups]
        self.dropped = [f"~{override.key_or_group}" for override in parsed
                        if override.is_delete() and override.key_or_group in groups]  # fmt: skip
        self.sources = {
            group: files.chain(group, choice, files.DEFAULT_SCENARIO if group == "scenario" else "")
            for group, choice in chosen.items()
            if group == "scenario" or files.is_file_choice(choice)
        }
        if verb.takes_scenario and "~space" not in self.dropped:
            self.sources["space"] = files.chain("space", chosen.get("space", files.DEFAULT_SPACE))
        self.events: list[files.Entry] = []

    def compose(self) -> dict[str, Any]:
        """The composed tree as plain data: every parameter has its key, None where nothing is set."""
        made = self._hydra() if self.verb.takes_scenario or self.chosen else self._options()
        if not self.verb.takes_scenario:
            self._set(made, self.values, trees.paths(made))
            files.refuse_code(made, "command line")
            return made
        apart = [override for override in self.values
                 if override.key_or_group.partition(".")[0] in trees.DOTTED]  # fmt: skip
        entities = trees.entities_in(trees.laid_over(self._added_entities(), made))
        base = trees.unset(trees.schema_of(entities))
        self._refuse_unknown(made, base)
        plain = [override for override in self.values if override not in apart]
        self._set(made, plain, trees.paths(trees.laid_over(base, made)))
        self._refuse_unknown(made, base)
        made = trees.laid_over(base, made)
        self._dotted_sections(made, apart)
        trees.settle(made, files.first_day(self.sources["scenario"]), self._where)
        files.refuse_code(made, "command line")
        return made

    @property
    def origins(self) -> dict[str, tuple[str, str]]:
        """Key of the composed tree to the file of one's own that sets it, and to the key there."""
        own = [source for source in self.sources.get("scenario", ()) if source.own]
        found = {key: (source.name, key) for source in own for key in trees.paths(source.data)}
        return found | {f"events[{n}]": entry.source for n, entry in enumerate(self.events)}

    def _where(self, key: str) -> str:
        """What a message about a key of the scenario names: the command line, a file or the scenario."""
        if any(override.key_or_group == key for override in self.values):
            return "command line"
        return self.origins.get(key, (self.chosen["scenario"], key))[0]

    def _hydra(self) -> dict[str, Any]:
        """The tree of the chosen files, with the events and questions that the scenario adds."""
        from experiments.config import by_hydra  # Hydra takes a tenth of a second to load

        # What is large is laid over Hydra's tree below: through OmegaConf it would take longer than all the rest.
        content: dict[str, dict[str, Any]] = {
            group: {} if group in ("space", "scenario") else files.merged(sources)
            for group, sources in self.sources.items()
        }
        made = by_hydra.composed(self._options(), self._defaults(), self.chosen, content, self.dropped)
        if self.verb.takes_scenario:
            if "space" in self.sources:
                made["space"] = files.merged(self.sources["space"])
            scenario = files.merged(self.sources["scenario"])
            self._refuse_options(scenario)
            questions = scenario.pop("questions", None)
            made = trees.laid_over(made, scenario)
            self.events = files.events(self.sources["scenario"])
            made["events"] = [entry.spec for entry in self.events]
            if questions is not None:
                made["questions"] = trees.with_questions(made.get("questions"), questions)
        return made

    def _options(self) -> dict[str, Any]:
        """The options of the verb with their defaults, but for those that are read apart."""
        apart = shadowed(self.verb)
        given = option_reader.defaults(self.verb.options)
        return {name: value for name, value in given.items() if name not in apart}

    def _defaults(self) -> list[Any]:
        """Hydra's list of what is laid over the options."""
        groups = [{group: choice} for group, choice in self.verb.groups.items()]
        return ["_self_", *(["config"] if self.verb.takes_scenario else []), *groups]

    def _set(self, made: dict[str, Any], overrides: Sequence[Override], known: set[str]) -> None:
        """Set what the command line sets, in its order; on a key that is there ``+key`` means ``key``."""
        for override in overrides:
            typed, key = override.input_line or "", override.key_or_group
            trees.check(typed, key, known)
            if override.is_delete():
                trees.take_out(made, key, override.value(), typed)
            else:
                value = override.value()
                below = trees.value_at(made, key)
                both = isinstance(value, Mapping) and isinstance(below, Mapping)
                trees.put(made, key, trees.laid_over(below, value) if both else value)  # type: ignore[arg-type]
            if key == "events":
                self.events = []  # the command line's take the place of all

    def _refuse_options(self, own: Mapping[str, Any]) -> None:
        """Refuse options of the command line among the keys of a scenario."""
        for key in own:
            if key in self.verb.options.model_fields:
                raise UserError(
                    f"{self.chosen['scenario']}: {key}: is an option of the command line; allowed: keys of a "
                    "scenario"
                )

    def _added_entities(self) -> dict[str, dict[str, Any]]:
        """Members that the command line adds to open lists: ``+powers.india.stance=0.4``."""
        added: dict[str, dict[str, Any]] = {}
        for override in self.values:
            entity = trees.new_entity(override.key_or_group)
            if entity is not None and (override.input_line or "").startswith("+"):
                added.setdefault(entity[0], {})[entity[1]] = {}
        return added

    def _refuse_unknown(self, made: Mapping[str, Any], base: Mapping[str, Any]) -> None:
        """Refuse top-level keys that are neither of the scenario nor of the verb, and groups that hold none."""
        allowed = {*base, *self.verb.options.model_fields, *self.verb.groups}
        for key in made:
            if key not in allowed:
                near = hint(str(key)[:80], allowed)
                raise UserError(f"{self._where(key)}: {cut(str(key))}: unknown key{near}")
        for group, content in base.items():
            own = (*SCENARIO_KEYS, trees.ASSUMES)
            if group not in own and not isinstance(made.get(group, {}), Mapping):
                members = ", ".join(f"{group}.{name}" for name in list(content)[:3])
                raise UserError(
                    f"{self._where(group)}: {group}: found {shown(made[group])}; allowed: a mapping ({members}, ...)"
                )

    def _dotted_sections(self, made: dict[str, Any], overrides: Collection[Override]) -> None:
        """Bring ``space`` and ``state`` to dotted names and apply their overrides."""
        made["space"] = trees.flatten_space(made["space"] or {})
        made["state"] = trees.flatten_numbers(made["state"] or {})
        for override in overrides:
            section, _, rest = override.key_or_group.partition(".")
            typed, value = override.input_line or "", None if override.is_delete() else override.value()
            if not rest:
                made[section] = {} if override.is_delete() else trees.flatten_numbers(value)
            elif isinstance(made[section], Mapping) and override.is_delete():
                made[section] = trees.without_member(section, made[section], rest, typed)
            elif isinstance(made[section], Mapping):
                made[section] = trees.with_member(made[section], rest, value)
