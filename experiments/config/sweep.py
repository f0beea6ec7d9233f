"""A sweep's command line taken apart: which scenarios to compose, which parameters to lay a design over.

The grammar is Hydra's, read by `experiments.config`. A choice of scenario, space, questions or uncertainty is
composed once for each of its values; values and intervals of parameters are left to the design, so that a
hundred thousand points cost no further composition.
"""

from __future__ import annotations

import itertools
import math
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from experiments import config
from experiments.config.files import is_file_choice
from experiments.config.grammar import Sweep, split_sweep
from experiments.config.posteriors import basis_of, in_words, table_path
from experiments.kit.errors import UserError
from experiments.kit.options import ScenarioOptions
from experiments.kit.verb import Verb
from experiments.runs.designs import TABLES, block_of, make_points
from experiments.runs.designs.dimensions import (
    DUMMY,
    Dimension,
    from_interval,
    from_levels,
    from_prior,
    known,
)
from experiments.runs.options import DesignOptions
from experiments.runs.plan import Points, Variant
from sim.scenario import Scenario
from sim.uncertainty import Prior

COMPOSED = ("scenario", "space", "questions", "uncertainty", "posterior", "start", "end")
"""Keys whose values in turn make scenarios of their own."""


_RANGE = re.compile(r"=.*\brange\(")


@dataclass(frozen=True)
class Swept:
    """What a command line varies: label to scenario, parameter to its values in turn, or to low and high."""

    scenarios: Mapping[str, Scenario]
    levels: Mapping[str, Sequence[object]]
    intervals: Mapping[str, tuple[float, float]]


def compose_sweep(
    verb: Verb, overrides: Sequence[str], arguments: Mapping[str, Any] | None = None
) -> config.Job:
    """Compose a verb's configuration without the keys that are swept; the job keeps all overrides as typed."""
    split = _split(verb, overrides)
    first = [f"{key}={values[0]}" for key, values in split.choices.items() if key in COMPOSED]
    return replace(
        config.compose(verb, [*split.fixed, *first], arguments=arguments), overrides=tuple(overrides)
    )


def read_sweep(job: config.Job) -> Swept:
    """Compose each discrete choice once and collect what a design is laid over.

    Raises
    ------
    UserError
        For a key that cannot be swept, or for all that is wrong with a scenario.
    """
    split = _split(job.verb, job.overrides)
    _refuse_idle(job, split)
    composed = {key: values for key, values in split.choices.items() if key in COMPOSED}
    levels = {key: values for key, values in split.choices.items() if key not in COMPOSED}
    ranges = {text.lstrip("+").partition("=")[0] for text in job.overrides if _RANGE.search(text)}
    levels |= {key: _decimal(levels[key]) for key in ranges if key in levels}
    for key in [*levels, *split.intervals]:
        if key in job.verb.options.model_fields or key.split(".")[0] in job.verb.groups:
            raise UserError(
                f"command line: {key}: takes one value; allowed: several for parameters and scenarios"
            )
        known(job.scenario.schema, key)
    for key in split.intervals:
        if key in COMPOSED:
            raise UserError(f"command line: {key}: found an interval; allowed: names")
    scenarios: dict[str, Scenario] = {}
    names = _names(composed.get("scenario", ()))
    for values in itertools.product(*composed.values()):
        chosen = [f"{key}={value}" for key, value in zip(composed, values, strict=True)]
        scenario = config.compose(job.verb, [*split.fixed, *chosen]).scenario
        more = [text for text in chosen if not text.startswith("scenario=")]
        name = names.get(dict(zip(composed, values, strict=True)).get("scenario"), scenario.name)
        label = "+".join([name, *more])
        if label in scenarios:
            raise UserError(f"command line: scenario {label!r} is named twice; allowed: once")
        scenarios[label] = scenario
    return Swept(scenarios, levels, dict(split.intervals))


def own_keys_only(job: config.Job) -> None:
    """Refuse, for a verb that was given a folder, keys of scenarios and parameters: they have no effect on its runs."""
    split = _split(job.verb, job.overrides)
    keys = [*(text.lstrip("+").partition("=")[0] for text in split.fixed), *split.choices, *split.intervals]
    idle = [
        key for key in keys if key not in job.verb.options.model_fields or key in ScenarioOptions.model_fields
    ]
    if idle:
        raise UserError(
            f"command line: {idle[0]}: has no effect on the runs of a folder; allowed: options of the verb"
        )


def _names(choices: Sequence[object]) -> dict[object, str]:
    """Names for files of the same name in several folders: their paths, without what they share."""
    paths = {choice: Path(str(choice)).with_suffix("") for choice in choices if is_file_choice(choice)}
    names = [path.name for path in paths.values()]
    alike = {choice: path.absolute() for choice, path in paths.items() if names.count(path.name) > 1}
    if len(set(alike.values())) < 2:
        return {}
    shared = os.path.commonpath([path.parent for path in alike.values()])
    return {choice: path.relative_to(shared).as_posix() for choice, path in alike.items()}


def lay_out(swept: Swept, design: DesignOptions, seed: int) -> tuple[Variant, ...]:
    """The scenarios with the points of their designs; UserError if a design cannot be made.

    A design that draws (Latin hypercube, Sobol', Morris) covers the intervals that are named or, if there are
    none, every uncertain parameter of the scenario. A parameter of a design is no longer uncertain.
    """
    return tuple(
        _variant(label, scenario, swept, design, seed) for label, scenario in swept.scenarios.items()
    )


def _variant(label: str, scenario: Scenario, swept: Swept, design: DesignOptions, seed: int) -> Variant:
    if design.name == "posterior" and design.path is None:
        design = design.model_copy(update={"path": str(table_path("posterior", None))})
    dimensions = _dimensions(scenario, swept, design)

    def worlds(numbers: np.ndarray, seed: int) -> dict[str, np.ndarray]:
        """Draws of all that is unknown and not swept."""
        draws = scenario.draw(numbers, seed)
        left = [name for name in scenario.space.names if name not in swept.levels]
        return {name: draws[:, scenario.schema.index(name)] for name in left}

    names, values = make_points(scenario.schema, dimensions, design, seed, worlds)
    block = block_of(design, sum(one.continuous for one in dimensions) + design.dummy)
    fixed = scenario.fixed | (frozenset(names) - {DUMMY})
    taken = replace(scenario, fixed=fixed, space=scenario.space.without(fixed))
    points = Points.of(names, values, block, draws=design.name in ("worlds", "posterior", "table"))
    problem = problem_of(scenario, names, values, dimensions)
    known = in_words("posterior", design.path) if design.name == "posterior" else basis_of(scenario)
    return Variant(label, taken, points, {**problem, "basis": known} if problem else {})


def problem_of(
    scenario: Scenario, names: Sequence[str], values: np.ndarray, dimensions: Sequence[Dimension]
) -> dict[str, Any]:
    """SALib's description of a design, with the priors that its names follow.

    Parameters
    ----------
    scenario
        Before the design took its names out of what is uncertain.
    names, values
        Of the points: float64 ``(points, names)``.
    dimensions
        What the design was laid over.

    Returns
    -------
    dict
        ``num_vars, names, bounds`` and ``priors``, name to prior; empty without names. A name without a prior has
        levels of its own or comes from a table.
    """
    if not names:
        return {}
    laid = {one.name: one for one in dimensions}
    bounds: list[list[float]] = []
    priors: dict[str, Any] = {}
    for position, name in enumerate(names):
        one, prior = laid.get(name), scenario.space.priors.get(name)
        low, high = float(values[:, position].min()), float(values[:, position].max())
        if one is not None and one.continuous and one.quantile is None:
            prior = Prior("uniform", (one.low, one.high))
        elif one is not None and not one.continuous:
            prior = None
        bounds.append([low, high] if prior is None else list(prior.support))
        priors |= {} if prior is None else {name: prior.to_mapping()}
    return {"num_vars": len(names), "names": list(names), "bounds": bounds, "priors": priors}


def _dimensions(scenario: Scenario, swept: Swept, design: DesignOptions) -> list[Dimension]:
    schema, base = scenario.schema, scenario.values
    made = [from_levels(schema, base, name, values) for name, values in swept.levels.items()]
    made += [from_interval(schema, base, name, *ends) for name, ends in swept.intervals.items()]
    whole_space = not swept.intervals and design.name not in (*TABLES, "worlds", "grid")
    if design.name == "one_at_a_time" and swept.levels:
        whole_space = False
    if whole_space:
        if scenario.space.posterior is not None:
            raise UserError(
                f"command line: design={design.name}: cannot be laid over a posterior; allowed: "
                "design=worlds, or intervals of parameters"
            )
        priors = {name: prior for name, prior in scenario.space.priors.items() if name not in swept.levels}
        made += [from_prior(schema, base, name, prior) for name, prior in priors.items()]
    return made


def _decimal(values: Sequence[object]) -> list[object]:
    """The values of a range as a person would write them: its steps add up to 0.05 and 0, not to 2.3e-29."""
    numbers = [float(value) for value in values if isinstance(value, (int, float))]
    finest = 12 - math.ceil(math.log10(max((abs(number) for number in numbers), default=1.0) or 1.0))
    return [round(value, finest) + 0.0 if isinstance(value, float) else value for value in values]


def _refuse_idle(job: config.Job, split: Sweep) -> None:
    """Refuse options of a design or executor that mean nothing for the one that is chosen."""
    keys = [text.lstrip("+").partition("=")[0] for text in split.fixed]
    for group in job.verb.groups:
        choice = job.choices.get(group, job.verb.groups[group])
        if choice in config.group_choices(group):
            useful = config.read_yaml(config.config_folder() / group / f"{choice}.yaml")
            for key in keys:
                name = key.removeprefix(f"{group}.")
                if key.startswith(f"{group}.") and name not in useful:
                    allowed = ", ".join(f"{group}.{option}" for option in useful if option != "name")
                    raise UserError(
                        f"command line: {key}: has no effect with {group}={choice}; allowed: {allowed}"
                    )


def _split(verb: Verb, overrides: Sequence[str]) -> Sweep:
    return split_sweep(overrides, {group: config.group_choices(group) for group in config.groups_of(verb)})
