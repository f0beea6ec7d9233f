"""The state of a run: one record that holds the table of every kind of agent, and what surrounds them.

``WORLD`` is the type of that record, which every rule gets as ``w``. Seen as a block of float64 numbers it is
copied, compared and written by dated events; :class:`Layout` says where each parameter and field stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, cast

import numpy as np

from sim import outcomes
from sim.agents import community, front, garrison, government, jihadist, militia, pocket, power
from sim.luck.streams import STREAMS
from sim.parameters import ENTITY_KINDS, GLOBAL_PARAMETERS, Schema
from sim.values import nearest
from sim.world import cache, province, route, stretch
from sim.world import season as clock
from sim.world.fields import Field, parameter_fields, row_dtype
from sim.world.geography import Geography, load_geography
from sim.world.geography.layout import LINK_KINDS

_PASS = LINK_KINDS["pass"]
EVENT_SIZES = 501  # events of 0 to 499 deaths are counted by size, larger ones together


_PARAMETER_FIELDS = tuple(
    Field(parameter.name.replace(".", "_"), parameter.unit, parameter.meaning)
    for parameter in GLOBAL_PARAMETERS
)

#: Table name to its fields, in the order in which the tables stand in the block.
TABLES: dict[str, tuple[Field, ...]] = {
    "p": _PARAMETER_FIELDS,
    "now": clock.FIELDS,
    "today": outcomes.DAY_FIELDS,
    "week": outcomes.PLACE_FIELDS,
    "government": government.FIELDS,
    "jihadist": jihadist.FIELDS,
    "province": province.FIELDS,
    "community": community.FIELDS,
    "garrison": garrison.FIELDS,
    "cache": cache.FIELDS,
    "place": stretch.FIELDS,
    "route": route.FIELDS,
    "front": front.FIELDS,
    "militia": militia.FIELDS,
    "power": power.FIELDS,
    "pocket": pocket.FIELDS,
}
#: Rows of each table; 1 stands for a single record. Open lists have room for more than the baseline names.
ROWS: dict[str, int] = {"p": 1, "now": 1, "today": 1, "week": 34, "government": 1, "jihadist": 1, "province": 34,
                        "community": 34 + 22, "garrison": 34, "cache": 34, "place": 29, "route": 132, "front": 4,
                        "militia": 4, "power": 12, "pocket": 160}  # fmt: skip
_SINGLE = ("p", "now", "today", "government", "jihadist")
_NODES = 69
_VECTORS = 40  # room for a number a province in whole vectors of eight
_BORDERS = {"iran": 0, "pakistan": 1, "tajikistan": 2, "uzbekistan": 2, "turkmenistan": 2}


def _world_type() -> np.dtype:
    tables = []
    for name, columns in TABLES.items():
        row = row_dtype(columns)
        tables.append((name, row) if name in _SINGLE else (name, row, (ROWS[name],)))
    surroundings = [
        ("sizes", np.float64, (EVENT_SIZES,)),  # events by number of deaths
        ("best", np.float64, (_NODES,)),  # scratch of the search for ways: chance to come through,
        ("via", np.int64, (_NODES,)),  # next link
        ("links", np.int64, (ROWS["route"],)),  # links in use,
        ("ends", np.uint8, (ROWS["route"], 2)),  # the nodes at the ends of each
        ("safe", np.float64, (ROWS["route"],)),  # and the share of convoys that come through
        ("watch", np.float64, (_NODES,)),  # how closely the government watches a node this week
        ("ahead", np.float64, (len(STREAMS) + 1, _VECTORS)),  # numbers drawn ahead for the week's decisions,
        ("ahead_of", np.int64),  # and the day after that for which they were
        ("band", np.int64, (ROWS["pocket"],)),  # pockets for which numbers of seven days were drawn ahead,
        ("band_luck", np.float64, (7, ROWS["pocket"])),  # these numbers,
        ("band_luck_ends", np.int64),  # and the first day for which there are none
        ("bands", np.int64),  # rows of the table of pockets up to the last in use
        ("near_ptr", np.int64, (35,)),  # neighbours of each province, as compressed rows
        ("near_idx", np.int64, (156,)),
        ("power_node", np.int64, (ROWS["power"],)),  # from where a power's goods set out
        ("power_border", np.int64, (ROWS["power"],)),  # of Iran 0, Pakistan 1, the north 2; none 3
        ("fronts", np.int64),  # rows in use
        ("militias", np.int64),
        ("powers", np.int64),
        ("valley_province", np.int64),
        ("tajikistan_node", np.int64),
        ("key", np.dtype([("seed", np.int64), ("replicate", np.int64)])),  # of the luck
    ]
    return np.dtype((np.record, tables + surroundings))


WORLD = _world_type()


def offset(name: str) -> int:
    """Position of a table or surrounding in the block of float64 numbers."""
    return int(cast(Any, WORLD.fields)[name][1]) // 8


def field_offset(path: str) -> int:
    """Position of a field of a table's first row in the block, by ``table.field``.

    Raises
    ------
    ValueError
        If there is no such field.
    """
    table, _, name = path.partition(".")
    names = [field.name for field in TABLES.get(table, ())]
    if name not in names:
        raise ValueError(f"no field {path!r} in the state")
    return offset(table) + names.index(name)


@dataclass(frozen=True)
class Layout:
    """Where everything stands in the state of models with one schema.

    Attributes
    ----------
    rows
        Table name to the names of its rows (agents) in use.
    template
        The state before parameters and the start are written: WORLD[1], read-only.
    parameter_at
        Offset of each parameter of the vector in the block: int64[P].
    """

    rows: dict[str, tuple[str, ...]]
    template: np.ndarray
    parameter_at: np.ndarray

    @cached_property
    def paths(self) -> dict[str, int]:
        """Every piece of state by its path ``table.row.field``, with its offset."""
        found = {}
        for table, columns in TABLES.items():
            if table not in self.rows:
                continue
            for position, row in enumerate(self.rows[table]):
                first = offset(table) + position * len(columns)
                for column, field in enumerate(columns):
                    found[f"{table}.{row}.{field.name}"] = first + column
        return found

    def field(self, path: str) -> Field:
        """The field that a path ends in."""
        table, name = path.split(".")[0], path.split(".")[-1]
        return next(field for field in TABLES[table] if field.name == name)

    def nearest(self, path: str) -> str | None:
        """The path most like ``path`` of what a scenario can change."""
        table = path.split(".")[0]
        among = [known for known in self.paths if known.split(".")[0] == table and not self.field(known).kept]
        among = among or list(self.rows)
        return nearest(path, among) or (among[0] if len(among) < 40 else None)


def _row_names(schema: Schema, geography: Geography) -> dict[str, tuple[str, ...]]:
    provinces = geography.province_names
    sides = tuple(
        name for name, row in zip(geography.place_names, geography.places, strict=True) if row["kind"] == 1
    )
    entities = {kind: _entities(schema, kind) for kind in ENTITY_KINDS}
    links = geography.links
    routes = tuple(f"{geography.node_names[link['a']]}-{geography.node_names[link['b']]}" for link in links)
    return {
        "now": ("day",),
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
        "pocket": tuple(str(k) for k in range(ROWS["pocket"])),
    }


def _entities(schema: Schema, kind: str) -> tuple[str, ...]:
    found = dict.fromkeys(name.split(".")[1] for name in schema.names if name.startswith(kind + "."))
    return tuple(found)


@lru_cache(maxsize=64)
def layout_of(schema: Schema) -> Layout:
    """The layout of models with this schema."""
    geography = load_geography()
    rows = _row_names(schema, geography)
    at = [offset("p") + position for position in range(len(GLOBAL_PARAMETERS))]
    for kind, table in (("fronts", "front"), ("militias", "militia"), ("powers", "power")):
        for position in range(len(rows[table])):
            first = offset(table) + position * len(TABLES[table])
            at.extend(range(first, first + len(parameter_fields(ENTITY_KINDS[kind]))))
    template = np.zeros(1, WORLD)
    _fill_surroundings(template[0], rows, geography)
    _fill_provinces(template[0], geography)
    _fill_communities(template[0].community, geography)
    _fill_valley(template[0].place, geography)
    _fill_routes(template[0].route, geography)
    template.setflags(write=False)
    return Layout(rows, template, np.array(at, dtype=np.int64))


def _fill_surroundings(world: np.record, rows: dict[str, tuple[str, ...]], geography: Geography) -> None:
    world.near_ptr[:] = geography.indptr
    world.near_idx[:] = geography.indices
    world.fronts, world.militias, world.powers = (len(rows[table]) for table in ("front", "militia", "power"))
    world.power_node[: world.powers] = _power_nodes(rows["power"], geography)
    world.power_border[: world.powers] = [_BORDERS.get(name, 3) for name in rows["power"]]
    world.valley_province = geography.panjshir
    world.tajikistan_node = geography.node("Tajikistan")


def _fill_provinces(world: np.record, geography: Geography) -> None:
    source, table = geography.provinces, world.province
    table["population"] = source["population"]
    table["ruggedness"] = source["ruggedness"]
    table["refuge"] = source["ruggedness"]
    beyond = _beyond_passes(geography)
    # settlements lie low: the mountains on the far side of a pass are as rough as the valley's
    table["refuge"][beyond] = np.maximum(
        source["ruggedness"][beyond], source["ruggedness"][geography.panjshir]
    )
    near = geography.indices[geography.indptr[geography.panjshir] : geography.indptr[geography.panjshir + 1]]
    table["beyond_pass"][[geography.panjshir, *near, *beyond]] = 1.0
    table["iran_km"] = source["border_iran_km"]
    table["pakistan_km"] = source["border_pakistan_km"]
    north = ("tajikistan", "uzbekistan", "turkmenistan")
    table["north_km"] = sum(source[f"border_{name}_km"] for name in north)
    table["city"] = source["city"]
    table["taliban_support"] = source["taliban_support"]
    table["shia"] = source["shia"]
    # the jihadist rival is at home in the east; the last army of the former republic stood in Panjshir
    table["iskp_home"] = np.isin(geography.province_names, ("Nangarhar", "Kunar", "Kabul"))
    table["last_army"] = np.isin(geography.province_names, ("Panjshir",))
    kin = source["hazara"] * source["population"]
    table["militia_weight"] = kin / kin.sum()


def _beyond_passes(geography: Geography) -> list[int]:
    """Provinces to which a pass leads out of the Panjshir Valley."""
    ends = [(int(link["a"]), int(link["b"])) for link in geography.links if link["kind"] == _PASS]
    return sorted({end for pair in ends for end in pair if end < ROWS["province"]} - {geography.panjshir})


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
    for name in ("tajik", "hazara", "pashtun", "alignment"):
        table[name] = source[name][home]
    table["urban"][:number] = source["urban_share"]
    table["rugged"] = source["ruggedness"][home]


def _fill_valley(table: np.ndarray, geography: Geography) -> None:
    source = geography.places
    table["side"] = source["kind"]
    for name in ("order", "shelter", "frontage"):
        table[name] = source[name]


def _fill_routes(table: np.ndarray, geography: Geography) -> None:
    links = geography.links
    for name in ("a", "b", "kind", "winter_share"):
        table[name] = links[name]
    table["capacity"] = links["capacity_t_day"]
    table["closes"] = links["closes_doy"]
    table["opens"] = links["opens_doy"]
    nodes = ("Tajikistan", "Badakhshan", "Takhar", "Paryan", "Khenj", "Bazarak")
    northern = [geography.node_names.index(name) for name in nodes]
    table["corridor"] = np.isin(links["a"], northern) & np.isin(links["b"], northern)


def _power_nodes(powers: tuple[str, ...], geography: Geography) -> list[int]:
    """The node from which each foreign power's goods set out: its own border, or Tajikistan's."""
    states = {name.lower(): geography.first_state + n for n, name in enumerate(geography.state_names)}
    own = {"iran", "pakistan", "tajikistan", "uzbekistan", "turkmenistan", "china"}
    return [states[name if name in own else "tajikistan"] for name in powers]
