"""The parameter schema: one typed table that validates files, fills help and documentation, lays out runs."""

from __future__ import annotations

from functools import lru_cache

from sim.parameters import (
    community,
    economy,
    entities,
    front,
    garrison,
    government,
    jihadist,
    militia,
    pocket,
    power,
    refugees,
    risings,
    season,
    supply,
    valley,
)
from sim.parameters.schema import Parameter, Schema, template

__all__ = ["DEFAULT_ENTITIES", "ENTITY_KINDS", "GLOBAL_PARAMETERS", "Parameter", "Schema", "build_schema"]

GLOBAL_PARAMETERS: tuple[Parameter, ...] = (
    government.PARAMETERS
    + economy.PARAMETERS
    + power.PARAMETERS
    + community.PARAMETERS
    + risings.PARAMETERS
    + garrison.PARAMETERS
    + front.PARAMETERS
    + pocket.PARAMETERS
    + militia.PARAMETERS
    + jihadist.PARAMETERS
    + refugees.PARAMETERS
    + season.PARAMETERS
    + supply.PARAMETERS
    + valley.PARAMETERS
)

#: Open lists: kind of entity to its template of parameters.
ENTITY_KINDS = {"fronts": entities.FRONT, "militias": entities.MILITIA, "powers": entities.POWER}

#: Members of the open lists in the baseline.
DEFAULT_ENTITIES = {kind: tuple(entities.KNOWN[kind]) for kind in ENTITY_KINDS}


@lru_cache(maxsize=64)
def build_schema(
    fronts: tuple[str, ...] = DEFAULT_ENTITIES["fronts"],
    militias: tuple[str, ...] = DEFAULT_ENTITIES["militias"],
    powers: tuple[str, ...] = DEFAULT_ENTITIES["powers"],
) -> Schema:
    """The schema of a model with these fronts, militias and foreign powers.

    Global parameters come first, then the entities of each list in the order given, so that the values of one
    entity are contiguous in the vector.
    """
    parameters = list(GLOBAL_PARAMETERS)
    for kind, names in (("fronts", fronts), ("militias", militias), ("powers", powers)):
        for name in names:
            known = entities.KNOWN[kind].get(name, {})
            parameters.extend(template(ENTITY_KINDS[kind], kind, name, known))
    return Schema(tuple(parameters))
