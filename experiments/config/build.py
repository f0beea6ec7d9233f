"""From a composed tree to a validated scenario, with every problem in the words of the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from experiments.config import files, horizon, keys
from experiments.kit.basis import basis
from experiments.kit.errors import UserError
from experiments.runs.plan import Variant
from sim.scenario import Problem, Scenario, ScenarioError
from sim.uncertainty import Space

if TYPE_CHECKING:
    import numpy as np


def read_scenario(
    tree: Mapping[str, Any],
    name: str,
    source: str,
    typed: Iterable[str] = (),
    files_of: Mapping[str, str] | None = None,
    origins: Mapping[str, tuple[str, str]] | None = None,
) -> Scenario:
    """Validate a composed tree.

    Args:
        tree: scenario keys and parameters; None where nothing is set.
        name: name of the scenario.
        source: its file or name, for messages.
        typed: keys that the command line set, so that a message names the right place.
        files_of: key (``space``, ``questions``) to the file that the command line chose for it, likewise.
        origins: key of an event to the file that it comes from and its key there, likewise.

    Raises:
        UserError: one line a problem.
    """
    mapping = dict(tree)
    asked = _questions(mapping.get("questions"), (files_of or {}).get("questions", "questions"))
    mapping["questions"] = horizon.fitted(asked, mapping.get("start"), mapping.get("end"))
    mapping["events"] = _events(mapping.get("events"))
    try:
        return Scenario.from_mapping(mapping, name=name, source=source)
    except ScenarioError as error:
        raise UserError(
            "\n".join(
                _line(problem, source, typed, files_of or {}, origins or {}) for problem in error.problems
            )
        ) from None


def with_uncertainty(scenario: Scenario, uncertainty: str, posterior: str | None) -> Scenario:
    """The scenario with its unknowns drawn from the prior, from a posterior table, or fixed (``none``)."""
    if uncertainty == "none":
        return scenario.with_space(Space())
    if uncertainty == "prior":
        if posterior is not None:
            raise UserError(
                f"command line: posterior={posterior}: has no effect without uncertainty=posterior"
            )
        return scenario
    names, draws = read_posterior(posterior, scenario)
    priors = {name: prior for name, prior in scenario.space.priors.items() if name not in names}
    return scenario.with_space(Space(priors, names, draws))


def basis_of(scenario: Scenario) -> str:
    """What the runs of a scenario know, prior or posterior and as of when, in the words of `basis`.

    Parameters
    ----------
    scenario
        With its unknowns as they are drawn.

    Returns
    -------
    str
        A posterior is told by the packaged one that holds the same draws.
    """
    import numpy as np
    import pandas as pd

    space = scenario.space
    if not space.names:
        return basis("none")
    if space.posterior is None:
        return basis("prior", start=scenario.start)
    names = list(space.posterior_names)
    for path in sorted((files.config_folder() / "posterior").glob("*.csv")):
        table = pd.read_csv(path, comment="#")
        fits = set(names) <= set(table.columns) and len(table) == len(space.posterior)
        if fits and np.array_equal(table[names].to_numpy(float), space.posterior):
            return basis("posterior", path.stem)
    return basis("posterior", "a posterior of one's own")


def variant_basis(variant: Variant) -> str:
    """What the runs of a scenario of a study know, as `basis_of`, before its design took over what is unknown."""
    return str(variant.problem.get("basis") or basis_of(variant.scenario))


def read_posterior(name_or_path: str | None, scenario: Scenario) -> tuple[tuple[str, ...], np.ndarray]:
    """Joint draws of a calibration: ``(names, float64[draws, names])``.

    Args:
        name_or_path: name of a packaged posterior, path of a CSV or Parquet table (a column a parameter, a
            row a draw), or None for the packaged one.
        scenario: whose parameters they are.

    Raises:
        UserError: if there is no such table or it holds what is no value of a parameter.
    """
    import numpy as np

    from experiments.kit.tables import read_table
    from experiments.runs.designs.tables import parameter_columns

    path = files.table_path("posterior", name_or_path)
    table = read_table(path)
    if not len(table) or not len(table.columns):
        raise UserError(f"{path}: holds no draws")
    columns = parameter_columns(table, scenario.schema, str(path))
    return tuple(columns), np.ascontiguousarray(np.column_stack(list(columns.values())))


def filled(tree: Mapping[str, Any], scenario: Scenario) -> dict[str, Any]:
    """The scenario's whole configuration in a fixed order, every parameter with the value that it has."""
    made: dict[str, Any] = {key: tree.get(key) for key in keys.SCENARIO_KEYS}
    for name in scenario.schema.names:
        parameter, value = scenario.schema[name], scenario.value(name)
        keys.put(
            made,
            name,
            bool(value) if parameter.kind == "switch" else int(value) if parameter.kind == "int" else value,
        )
    return made


def _questions(given: object, source: str) -> object:
    """Questions as a list of the model's own form.

    Three forms are read: a list; a mapping of ids to questions (which merges where a list replaces); and a
    file of forecasting questions with ``asked`` and ``questions``, of which those that the model cannot speak
    to are left out.
    """
    if not isinstance(given, Mapping):
        return given
    if isinstance(given.get("questions"), list):
        from experiments.config.questions import read_questions

        asked = read_questions(given, source, source).answerable
        return [question.question.to_mapping() for question in asked if question.question is not None]
    return [
        {"id": key, **spec} if isinstance(spec, Mapping) else spec
        for key, spec in given.items()
        if spec is not None
    ]


def _events(given: object) -> object:
    """Events whose changes are written nested or with dotted names alike."""
    if not isinstance(given, list):
        return given
    made = []
    for event in given:
        if isinstance(event, Mapping):
            event = {
                key: keys.flatten_numbers(value) if key in ("set", "state") else value
                for key, value in event.items()
            }
        made.append(event)
    return made


def _line(
    problem: Problem,
    source: str,
    typed: Iterable[str],
    files_of: Mapping[str, str],
    origins: Mapping[str, tuple[str, str]],
) -> str:
    """One problem in one line, placed in the file or on the command line."""
    key = problem.key
    event = re.match(r"events\[\d+\]", key)
    if event and event[0] in origins:
        source, there = origins[event[0]]
        problem = replace(problem, key=there + key[event.end() :])
    source = next((file for group, file in files_of.items() if re.match(rf"{group}(\.|\[|$)", key)), source)
    by_hand = any(
        key == name or key.startswith((f"{name}.", f"{name}[")) or name.startswith(f"{key}.")
        for name in typed
    )
    return " ".join(f"{'command line' if by_hand else source}: {problem}".split())
