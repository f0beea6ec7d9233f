"""The state of a run: one block of float64 numbers, seen as tables of agents.

:class:`World` is what every rule gets as ``w``: the tables, the geography, the calendar and the tallies of one
run. :class:`Layout` says where each parameter and each field stands in the block; events write there.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from sim.agents import (
    cache,
    clock,
    community,
    front,
    garrison,
    government,
    jihadist,
    militia,
    place,
    pocket,
    power,
    province,
    route,
)
from sim.agents.table import Field, parameter_fields, row_dtype
from sim.geography import Geography, load_geography
from sim.parameters import ENTITY_KINDS, GLOBAL_PARAMETERS, Schema

POCKET_ROWS = 160  # most pockets at a time; more finds than rows form no new pocket
EVENT_SIZES = 501  # events of 0 to 499 deaths are counted by size, larger ones together


class World(NamedTuple):
    """Everything that the rules of one run see.

    Tables (one row an agent, see the files of ``sim/agents``): ``p`` the parameters, ``now`` the day, and one a
    kind. ``near_ptr``, ``near_idx``: neighbours of a province. ``best``, ``wide``, ``via``: scratch of the
    search for ways. ``day_of_year``, ``winter``: calendar by tick. ``event_*``: what is set on which day.
    ``sizes``: events by number of deaths. ``series`` [day], ``places`` [week, province] (records of float32) and
    ``flows`` [week, route]: what is recorded. ``block``: the state as one array. ``key``: of the luck.
    """

    p: np.ndarray
    now: np.ndarray
    government: np.ndarray
    jihadist: np.ndarray
    province: np.ndarray
    community: np.ndarray
    garrison: np.ndarray
    cache: np.ndarray
    place: np.ndarray
    route: np.ndarray
    front: np.ndarray
    militia: np.ndarray
    power: np.ndarray
    pocket: np.ndarray
    near_ptr: np.ndarray
    near_idx: np.ndarray
    power_node: np.ndarray
    best: np.ndarray
    wide: np.ndarray
    via: np.ndarray
    day_of_year: np.ndarray
    winter: np.ndarray
    event_day: np.ndarray
    event_at: np.ndarray
    event_value: np.ndarray
    sizes: np.ndarray
    series: np.ndarray
    places: np.ndarray
    flows: np.ndarray
    block: np.ndarray
    valley_province: int
    tajikistan_node: int
    key: tuple[int, int]


_PARAMETER_FIELDS = tuple(
    Field(parameter.name.replace(".", "_"), parameter.unit, parameter.meaning) for parameter in GLOBAL_PARAMETERS
)

#: Table name to its fields, in the order in which the tables stand in the block.
TABLES: dict[str, tuple[Field, ...]] = {
    "p": _PARAMETER_FIELDS,
    "now": clock.FIELDS,
    "government": government.FIELDS,
    "jihadist": jihadist.FIELDS,
    "province": province.FIELDS,
    "community": community.FIELDS,
    "garrison": garrison.FIELDS,
    "cache": cache.FIELDS,
    "place": place.FIELDS,
    "route": route.FIELDS,
    "front": front.FIELDS,
    "militia": militia.FIELDS,
    "power": power.FIELDS,
    "pocket": pocket.FIELDS,
}
_DTYPES = {name: row_dtype(columns) for name, columns in TABLES.items()}


@dataclass(frozen=True)
class Layout:
    """Where everything stands in the block of a run.

    Attributes:
        rows: table name to the names of its rows (agents).
        start: table name to the offset of its first number.
        size: numbers in the block.
        template: the block before parameters and initial state are written: float64[size].
        parameter_at: offset of each parameter of the vector: int64[P].
    """

    rows: dict[str, tuple[str, ...]]
    start: dict[str, int]
    size: int
    template: np.ndarray
    parameter_at: np.ndarray

    def tables(self, block: np.ndarray) -> dict[str, np.ndarray]:
        """The tables as views of a block: structured arrays, one row an agent, that share its memory."""
        made = {}
        for name, dtype in _DTYPES.items():
            width = len(TABLES[name])
            first = self.start[name]
            part = block[first : first + width * len(self.rows[name])]
            made[name] = part.view(dtype).view(np.recarray)
        return made

    @cached_property
    def paths(self) -> dict[str, int]:
        """Every piece of state by its path ``table.row.field``, with its offset."""
        found = {}
        for table, columns in TABLES.items():
            if table == "p":
                continue
            for position, row in enumerate(self.rows[table]):
                for column, field in enumerate(columns):
                    found[f"{table}.{row}.{field.name}"] = self.start[table] + position * len(columns) + column
        return found

    def nearest(self, path: str) -> str | None:
        """The valid path most like ``path``."""
        table = path.split(".")[0]
        among = [known for known in self.paths if known.split(".")[0] == table] or list(self.rows)
        found = difflib.get_close_matches(path, among, n=1, cutoff=0.3)
        return found[0] if found else None


def _row_names(schema: Schema, geography: Geography) -> dict[str, tuple[str, ...]]:
    provinces = geography.province_names
    sides = tuple(
        name for name, row in zip(geography.place_names, geography.places, strict=True) if row["kind"] == 1
    )
    entities = {kind: _entities(schema, kind) for kind in ENTITY_KINDS}
    links = geography.links
    routes = tuple(f"{geography.node_names[link['a']]}-{geography.node_names[link['b']]}" for link in links)
    single = ("one",)
    return {
        "p": single,
        "now": single,
        "government": ("kabul",),
        "jihadist": ("iskp",),
        "province": provinces,
        "community": provinces + sides,
        "garrison": provinces,
        "cache": provinces,
        "place": geography.place_names,
        "route": routes,
        "front": entities["fronts"],
        "militia": entities["militias"],
        "power": entities["powers"],
        "pocket": tuple(str(k) for k in range(POCKET_ROWS)),
    }


def _entities(schema: Schema, kind: str) -> tuple[str, ...]:
    found = dict.fromkeys(name.split(".")[1] for name in schema.names if name.startswith(kind + "."))
    return tuple(found)


@lru_cache(maxsize=64)
def layout_of(schema: Schema) -> Layout:
    """The layout of models with this schema."""
    geography = load_geography()
    rows = _row_names(schema, geography)
    start, size = {}, 0
    for name, columns in TABLES.items():
        start[name] = size
        size += len(columns) * len(rows[name])
    at = [start["p"] + position for position in range(len(GLOBAL_PARAMETERS))]
    for kind, table in (("fronts", "front"), ("militias", "militia"), ("powers", "power")):
        for position in range(len(rows[table])):
            first = start[table] + position * len(TABLES[table])
            at.extend(range(first, first + len(parameter_fields(ENTITY_KINDS[kind]))))
    template = np.zeros(size)
    layout = Layout(rows, start, size, template, np.array(at, dtype=np.int64))
    fill_template(layout, geography)
    template.setflags(write=False)
    return layout


def fill_template(layout: Layout, geography: Geography) -> None:
    """Write what is fixed about provinces, communities, places and routes into the template of a layout."""
    tables = layout.tables(layout.template)
    _fill_provinces(tables, geography)
    _fill_communities(tables["community"], geography)
    _fill_valley(tables["place"], geography)
    _fill_routes(tables["route"], geography)


def _fill_provinces(tables: dict[str, np.ndarray], geography: Geography) -> None:
    source, table = geography.provinces, tables["province"]
    table["population"] = source["population"]
    table["ruggedness"] = source["ruggedness"]
    table["elevation"] = source["elevation_m"]
    table["iran_km"] = source["border_iran_km"]
    table["pakistan_km"] = source["border_pakistan_km"]
    north = ("tajikistan", "uzbekistan", "turkmenistan")
    table["north_km"] = sum(source[f"border_{name}_km"] for name in north)
    table["city"] = source["city"]
    table["taliban_support"] = source["taliban_support"]
    # the jihadist rival: its eastern home, the big cities, and the minorities that it targets
    eastern = np.isin(geography.province_names, ("Nangarhar", "Kunar", "Kabul"))
    weight = 0.3 * source["city"] + 1.5 * eastern + 0.5 * source["shia"] + 0.02
    table["iskp_weight"] = weight / weight.sum()
    kin = source["hazara"] * source["population"]
    table["militia_weight"] = kin / kin.sum()
    # garrisons by people and, where the Taliban had little support, more of them
    stationed = np.sqrt(source["population"]) * (1.3 - 0.6 * source["taliban_support"])
    tables["garrison"]["share"] = stationed / stationed.sum()
    # caches by people aligned with the former republic, and where its last army stood
    hidden = source["population"] ** 0.5 * (0.2 + source["alignment"])
    hidden[geography.province_names.index("Panjshir")] *= 4.0
    tables["cache"]["share"] = hidden / hidden.sum()


def _fill_communities(table: np.ndarray, geography: Geography) -> None:
    number = len(geography.province_names)
    source = geography.provinces
    home = np.concatenate([np.arange(number), np.full(len(table) - number, geography.panjshir)])
    table["home"] = home
    table["valley"] = -1.0
    sides = np.flatnonzero(geography.places["kind"] == 1)
    table["valley"][number:] = sides
    table["people"][:number] = source["population"]
    table["people"][number:] = geography.places["population"][sides]
    # the side valleys have communities of their own: they are not counted twice
    table["people"][geography.panjshir] -= geography.places["population"][sides].sum()
    for name in ("tajik", "hazara", "uzbek", "pashtun", "alignment"):
        table[name] = source[name][home]
    table["urban"][:number] = source["urban_share"]
    table["rugged"] = source["ruggedness"][home]


def _fill_valley(table: np.ndarray, geography: Geography) -> None:
    source = geography.places
    table["side"] = source["kind"]
    for name in ("attaches", "order", "shelter", "frontage"):
        table[name] = source[name]


def _fill_routes(table: np.ndarray, geography: Geography) -> None:
    links = geography.links
    for name in ("a", "b", "kind", "winter_share"):
        table[name] = links[name]
    # hidden convoys can use only part of a road
    table["capacity"] = links["capacity_t_day"]
    table["closes"] = links["closes_doy"]
    table["opens"] = links["opens_doy"]
    nodes = ("Tajikistan", "Badakhshan", "Takhar", "Paryan", "Khenj", "Bazarak")
    northern = [geography.node_names.index(name) for name in nodes]
    table["corridor"] = np.isin(links["a"], northern) & np.isin(links["b"], northern)


def power_nodes(schema: Schema, geography: Geography) -> np.ndarray:
    """The node from which each foreign power's goods set out: its own border, or Tajikistan's: int64[powers]."""
    states = {name.lower(): position for position, name in enumerate(geography.state_names)}
    first, by_default = geography.first_state, states["tajikistan"]
    own = ("iran", "pakistan", "tajikistan", "uzbekistan", "turkmenistan", "china")
    names = _entities(schema, "powers")
    return np.array([first + (states[n] if n in own else by_default) for n in names], dtype=np.int64)


