"""One composition by Hydra: packaged files, a user's own and the command line become one tree of data."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import yaml
from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from experiments.config import events, files, keys, start
from experiments.config import options as option_reader
from experiments.config.reader import reason as yaml_reason
from experiments.kit.errors import UserError, hint
from experiments.kit.verb import Verb
from sim.values import cut, shown

#: The scenario that a user's own file is laid over unless it names another.
DEFAULT_SCENARIO = "baseline"

_PRIMARY = "_outlook_"
_OWN = "_own_file_"


class Composer:
    """One composition: names the entities, checks the keys, lets Hydra merge."""

    def __init__(
        self,
        verb: Verb,
        parsed: Sequence[Override],
        chosen: Mapping[str, str],
        groups: Sequence[str],
        apart: Collection[str],
    ) -> None:
        """``chosen``: group to choice; ``groups``: all of the verb; ``apart``: options read without Hydra."""
        self.verb, self.chosen, self.apart = verb, chosen, apart
        known = set(chosen) | set(groups)
        self.values = [override for override in parsed if override.key_or_group not in known]
        self.dropped = [f"~{override.key_or_group}" for override in parsed
                        if override.is_delete() and override.key_or_group in known]  # fmt: skip
        self.questions: object = None
        self.events: list[events.Entry] = []
        self.selections = [self._selection(group, choice) for group, choice in chosen.items()]

    def compose(self) -> dict[str, Any]:
        """The composed tree as plain data: every parameter has its key, None where nothing is set."""
        plain = [o for o in self.values if not (self.verb.takes_scenario and _section(o) in keys.DOTTED)]
        tree = self._at_once(plain) or self._in_two_steps(plain)
        if self.verb.takes_scenario:
            typed_keys = {override.key_or_group.partition(".")[0] for override in self.values}
            if self.questions is not None and "questions" not in typed_keys:
                tree["questions"] = keys.with_questions(tree["questions"], self.questions)
            if "events" in typed_keys:
                self.events = []  # the command line's take the place of all
            else:
                tree["events"] = [entry.spec for entry in self.events]
            self._dotted_sections(tree)
            choice = self.chosen["scenario"]
            start.settle(tree, start.day_of(choice, DEFAULT_SCENARIO), choice)
        files.refuse_code(tree, "command line")
        return tree

    def _at_once(self, plain: list[Override]) -> dict[str, Any] | None:
        """One composition, if every key that is set is one of any scenario; None if not, or if something is wrong."""
        if not self.verb.takes_scenario:
            return None
        base = keys.unset(keys.schema_of(keys.entities_in({})))
        known = keys.paths(base)
        if not all(override.key_or_group in known for override in plain):
            return None
        try:
            return self._with(plain, base)
        except UserError:
            return None  # what is wrong is told best after the files alone have been read

    def _in_two_steps(self, plain: list[Override]) -> dict[str, Any]:
        """The files first, which say what keys there are; then once more with what the command line sets."""
        tree = self._whole(self._hydra({}, self.selections))
        if not plain:
            return tree
        known = keys.paths(tree)
        for override in plain:
            keys.check(override.input_line or "", override.key_or_group, known)
        return self._with(plain, tree)

    def _with(self, plain: list[Override], tree: Mapping[str, Any]) -> dict[str, Any]:
        """The composition with the overrides of the command line on keys that ``tree`` has."""
        # Hydra needs to see the keys that are set; the hundreds that are not would only cost time.
        typed: dict[str, Any] = {}
        for override in plain:
            key = override.key_or_group
            keys.put_if_absent(typed, key, {} if isinstance(keys.value_at(tree, key), Mapping) else None)
        return self._whole(self._hydra(typed, [*self.selections, *(_forced(override) for override in plain)]))

    def _whole(self, composed: dict[str, Any]) -> dict[str, Any]:
        """A composed tree laid over all keys that a scenario has; unknown ones are refused."""
        if not self.verb.takes_scenario:
            return composed
        entities = keys.entities_in(keys.laid_over(self._added_entities(), composed))
        base = keys.unset(keys.schema_of(entities))
        self._refuse_unknown(composed, base)
        return keys.laid_over(base, composed)

    def _selection(self, group: str, choice: str) -> str:
        """The override that selects a choice; a user's own file is handed to Hydra through its store."""
        if not files.is_file_choice(choice):
            if group == "scenario":
                self.events = events.events_of(choice, DEFAULT_SCENARIO)
            return f"{group}={choice}"
        own = files.own_file(group, choice, DEFAULT_SCENARIO if group == "scenario" else "")
        for key in own:
            if group == "scenario" and key in self.verb.options.model_fields:
                raise UserError(
                    f"{choice}: {key}: is an option of the command line; allowed: keys of a scenario"
                )
        if group == "scenario":  # Hydra cannot lay a list over a mapping, nor the other way round
            self.questions = own.pop("questions", None)
            self.events = events.events_of(choice, DEFAULT_SCENARIO)
            own.pop("events", None)
        package = "_global_" if group == "scenario" else group
        ConfigStore.instance().store(group=group, name=_OWN, node=own, package=package)
        return f"{group}={_OWN}"

    def _added_entities(self) -> dict[str, dict[str, Any]]:
        """Members that the command line adds to open lists: ``+powers.india.stance=0.4``."""
        added: dict[str, dict[str, Any]] = {}
        for override in self.values:
            entity = keys.new_entity(override.key_or_group)
            if entity is not None and (override.input_line or "").startswith("+"):
                added.setdefault(entity[0], {})[entity[1]] = {}
        return added

    def _refuse_unknown(self, tree: Mapping[str, Any], base: Mapping[str, Any]) -> None:
        """Refuse top-level keys of files that are neither of the scenario nor of the verb."""
        allowed = {*base, *self.verb.options.model_fields, *self.verb.groups}
        for key in tree:
            if key not in allowed:
                near = hint(str(key)[:80], allowed)
                raise UserError(f"{self.chosen['scenario']}: {cut(str(key))}: unknown key{near}")
        for group, content in base.items():
            if group not in (*keys.SCENARIO_KEYS, keys.ASSUMES) and not isinstance(
                tree.get(group, {}), Mapping
            ):
                members = ", ".join(f"{group}.{name}" for name in list(content)[:3])
                raise UserError(
                    f"{self.chosen['scenario']}: {group}: found {shown(tree[group])}; "
                    f"allowed: a mapping ({members}, ...)"
                )

    def _dotted_sections(self, tree: dict[str, Any]) -> None:
        """Bring ``space`` and ``state`` to dotted names and apply their overrides."""
        tree["space"] = keys.flatten_space(tree["space"] or {})
        tree["state"] = keys.flatten_numbers(tree["state"] or {})
        for override in self.values:
            section = _section(override)
            if section in keys.DOTTED and isinstance(tree[section], Mapping):
                rest = override.key_or_group.partition(".")[2]
                value = keys.DELETE if override.is_delete() else override.value()
                if rest:
                    tree[section] = keys.set_dotted(
                        section, tree[section], rest, value, override.input_line or ""
                    )
                else:
                    tree[section] = {} if override.is_delete() else keys.flatten_numbers(value)

    def _in_words(self, error: Exception) -> str:
        """Hydra's reason in one line, with the user's file under its own name."""
        line = (str(error).splitlines() or [type(error).__name__])[0]
        for group, choice in self.chosen.items():
            line = line.replace(f"{group}/{_OWN}", choice)
        return cut(line, 300)

    def _hydra(self, base: Mapping[str, Any], overrides: Sequence[str]) -> dict[str, Any]:
        """Compose by Hydra; its errors in one line."""
        defaults: list[Any] = ["_self_"]
        if self.verb.takes_scenario:
            defaults.append("config")
        defaults += [{group: choice} for group, choice in self.verb.groups.items()]
        options = option_reader.defaults(self.verb.options)
        node = {
            "defaults": defaults,
            **base,
            **{key: options[key] for key in options if key not in self.apart},
        }
        ConfigStore.instance().store(name=_PRIMARY, node=node)
        folder = str(files.config_folder().resolve())
        logging.getLogger("hydra").setLevel(logging.ERROR)
        try:
            with _own_hydra(), initialize_config_dir(folder, job_name="outlook", version_base="1.3"):
                made = hydra_compose(_PRIMARY, [*overrides, *self.dropped])
            tree = OmegaConf.to_container(made, resolve=False)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            raise UserError(f"{mark.name if mark else folder}{yaml_reason(error)}") from None
        except (HydraException, OmegaConfBaseException, ValueError) as error:
            raise UserError(f"command line: {self._in_words(error)}") from None
        assert isinstance(tree, dict)
        return tree  # type: ignore[return-value]


@contextlib.contextmanager
def _own_hydra() -> Iterator[None]:
    """Room for a composition of ours inside a program that has set up Hydra for itself."""
    state = GlobalHydra.instance()
    theirs = state.hydra
    state.hydra = None
    try:
        yield
    finally:
        GlobalHydra.instance().hydra = theirs


def _section(override: Override) -> str:
    return override.key_or_group.partition(".")[0]


def _forced(override: Override) -> str:
    """The override for Hydra: ``+key=value`` on a key that is there means ``key=value``; mappings merge."""
    typed = override.input_line or ""
    merges = not override.is_delete() and isinstance(override.value(), dict)
    return f"++{typed.lstrip('+')}" if merges or typed.startswith("+") else typed
