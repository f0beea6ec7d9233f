"""The state of a run as rules see it, for type checkers: what ``w`` holds in every rule.

In compiled code ``w`` is a record of NumPy (:data:`sim.world.tables.WORLD`), whose tables are arrays of rows and
whose rows have the fields that the agents' files declare. Type checkers cannot follow that; this protocol names the
tables.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

#: A row of a table, or a table of one row: its fields are numbers.
Row: TypeAlias = Any
#: A table of many rows.
Table: TypeAlias = Any


class World(Protocol):
    """The tables of a run and what surrounds them."""

    p: Row
    now: Row
    today: Row
    week: Table
    government: Row
    jihadist: Row
    province: Table
    community: Table
    garrison: Table
    cache: Table
    place: Table
    route: Table
    front: Table
    militia: Table
    power: Table
    pocket: Table
    sizes: Any
    best: Any
    via: Any
    links: Any
    ends: Any
    safe: Any
    watch: Any
    ahead: Any
    ahead_of: int
    band: Any
    band_luck: Any
    band_luck_ends: int
    bands: int
    near_ptr: Any
    near_idx: Any
    power_node: Any
    power_border: Any
    fronts: int
    militias: int
    powers: int
    valley_province: int
    tajikistan_node: int
    key: Any
