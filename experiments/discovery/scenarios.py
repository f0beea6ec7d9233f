"""A box as a sentence, and as a scenario file of one's own that `outlook run` takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import yaml

from experiments.config import load_scenario, trees
from experiments.config.files import DEFAULT_SCENARIO, group_choices
from experiments.discovery.prim import FloatArray, Limits
from experiments.kit.numbers import number
from experiments.runs.futures import Opened
from sim.parameters import Parameter
from sim.uncertainty import Prior


@dataclass(frozen=True)
class BoxFile:
    """What is written for a box: a scenario, and draws to go with it where parameters were drawn together."""

    scenario: str
    names: tuple[str, ...]
    draws: FloatArray | None


def ends_of(
    parameter: Parameter, limits: Limits, whole: Limits, which: int
) -> tuple[float | None, float | None]:
    """Low and high of a parameter in a box as a person says them, None where it is not limited.

    Limits of whole numbers lie between two of them and become the numbers inside.
    """
    low = None if limits.low[which] == whole.low[which] else float(limits.low[which])
    high = None if limits.high[which] == whole.high[which] else float(limits.high[which])
    if parameter.kind != "float":
        low = None if low is None else float(np.ceil(low))
        high = None if high is None else float(np.floor(high))
    return low, high


def limit_in_words(parameter: Parameter, low: float | None, high: float | None) -> str:
    """``taliban.service_delivery above 0.52 (share)``."""
    unit = f" ({parameter.unit})" if parameter.unit and parameter.kind != "switch" else ""
    if parameter.kind == "switch":
        return f"{parameter.name} is {'on' if low is not None else 'off'}"
    if low is not None and high is not None:
        said = f"is {number(low)}" if low == high else f"from {number(low)} to {number(high)}"
    else:
        said = f"below {number(high)}" if high is not None else f"above {number(low or 0.0)}"
    return f"{parameter.name} {said}{unit}"


def box_file(
    opened: Opened, names: Sequence[str], limits: Limits, whole: Limits, title: str, head: str, name: str
) -> BoxFile:
    """The scenario of a box: limits as priors between two ends, all else as in the study.

    Parameters
    ----------
    opened
        The runs that the box was found in.
    names, limits, whole
        Parameters, the box, and the box of all runs.
    title, head, name
        Of the scenario; what is said at the top of its file; name of the file without its ending.
    """
    scenario = opened.variant.scenario
    fixed, priors = _limited(opened, names, limits, whole)
    free = [name for name in names if name not in priors and name not in fixed]
    table = opened.parameters[free].to_numpy(float) if free else None
    if scenario.space.posterior is not None:
        free, table = list(scenario.space.posterior_names), scenario.space.posterior
    draws = None if table is None else _inside(table, free, names, limits)
    more = f" uncertainty=posterior posterior={name}.csv" if draws is not None else ""
    head = f"{head}\nRun it: outlook run scenario=./{name}.yaml{more}"
    text = _text(opened, fixed, {**priors, **dict.fromkeys(free)}, title, head)
    return BoxFile(text, tuple(free), draws)


def _limited(
    opened: Opened, names: Sequence[str], limits: Limits, whole: Limits
) -> tuple[dict[str, float], dict[str, Prior]]:
    """What is fixed in a box, and the priors of what is not, as far as they are known."""
    scenario, problem = opened.variant.scenario, opened.variant.problem
    schema = scenario.schema
    moved = {name for name in opened.variant.points.names if name in schema}
    priors = {name: Prior.from_mapping(prior) for name, prior in problem.get("priors", {}).items()}
    priors |= scenario.space.priors
    fixed = {name: scenario.value(name) for name in scenario.fixed - moved}
    for which in limits.restricted(whole):
        name = names[which]
        if name in priors and schema[name].kind == "switch":
            fixed[name] = 1.0 if limits.low[which] > 0 else 0.0
            del priors[name]
        elif name in priors:
            low, high = priors[name].support
            low = low if limits.low[which] == whole.low[which] else float(limits.low[which])
            high = high if limits.high[which] == whole.high[which] else float(limits.high[which])
            priors[name] = between(priors[name], low, high)
    return fixed, priors


def between(prior: Prior, low: float, high: float) -> Prior:
    """A prior between two ends: another of its kind where that is the same, else with ``within``."""
    first, last = prior.support
    low, high = max(first, float(low)), min(last, float(high))
    if prior.dist in ("uniform", "loguniform"):
        return Prior(prior.dist, (low, high))
    return Prior(prior.dist, prior.args).between([low, high])


def _inside(table: FloatArray, free: Sequence[str], names: Sequence[str], limits: Limits) -> FloatArray:
    """The joint draws that lie in a box, each as often as it was drawn."""
    at = [list(names).index(name) for name in free]
    inside = ((table >= limits.low[at]) & (table <= limits.high[at])).all(axis=1)
    return table[inside]


def _text(
    opened: Opened, fixed: Mapping[str, float], priors: Mapping[str, Prior | None], title: str, head: str
) -> str:
    """The scenario as YAML: what differs from the packaged one that it is based on."""
    scenario = opened.variant.scenario
    base_name = scenario.name if scenario.name in group_choices("scenario") else DEFAULT_SCENARIO
    base, mapping = load_scenario(base_name), scenario.to_mapping()
    made: dict[str, Any] = {"base": base_name, "title": title, "story": scenario.story}
    below = base.to_mapping()
    made |= {
        key: mapping[key]
        for key in ("start", "end", "state", "events", "questions")
        if mapping[key] != below[key]
    }
    for name in sorted(base.fixed - set(fixed)):
        trees.put(made, name, None)
    for name, value in sorted(fixed.items()):
        if name not in base.fixed or base.value(name) != value:
            trees.put(made, name, scenario.schema[name].plain(value))
    space: dict[str, Any] = {
        name: prior.to_mapping()
        for name, prior in sorted(priors.items())
        if prior is not None and base.space.priors.get(name) != prior
    }
    space |= {name: None for name in sorted(base.space.priors) if name not in priors and name not in fixed}
    made |= {"space": space} if space else {}
    comment = "".join(f"# {line}\n" for line in head.splitlines())
    return comment + yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=110)
