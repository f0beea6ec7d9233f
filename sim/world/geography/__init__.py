"""The ground the model stands on: provinces, the Panjshir valley, and the supply network.

Data files lie beside this module; `SOURCES.md` gives source, licence and date of every column and says which
are assumptions. `load_geography()` reads and checks them once and returns read-only arrays.

Places have one numbering, the nodes: first the 34 provinces in the order of their codes (AF01 to AF34, so a
province's node is its row), then the six neighbour states, then the places of the Panjshir valley. The node
"Panjshir" itself has no links: its valley places stand for it (`Geography.panjshir_places`).
"""

from __future__ import annotations

import functools

import numpy as np

from . import tables
from .layout import (
    CITY_PROVINCES,
    GROUPS,
    LINK_DTYPE,
    LINK_KINDS,
    PLACE,
    PLACE_DTYPE,
    PLACE_KINDS,
    PROVINCE,
    PROVINCE_DTYPE,
    PROVINCE_FIELDS,
    STATE,
    STATES,
    SURFACES,
    Geography,
)
from .tables import GeographyError, Row

__all__ = [
    "CITY_PROVINCES",
    "GROUPS",
    "LINK_DTYPE",
    "LINK_KINDS",
    "PLACE",
    "PLACE_DTYPE",
    "PLACE_KINDS",
    "PROVINCE",
    "PROVINCE_DTYPE",
    "PROVINCE_FIELDS",
    "STATE",
    "STATES",
    "SURFACES",
    "Geography",
    "GeographyError",
    "load_geography",
    "load_outlines",
]

_SHARES = ("urban_share", "ruggedness", "barren_share", *GROUPS, "shia", "alignment", "alignment_2019",
           "taliban_control_2020", "taliban_support", "city")  # fmt: skip
_PROVINCE_COLUMNS = ("pcode", "province", "iso", *PROVINCE_FIELDS[:-4], "capital", *PROVINCE_FIELDS[-4:])
_ADJACENCY_COLUMNS = ("a", "b", "shared_km")
_PLACE_COLUMNS = ("place", "kind", "district", "attaches_to", "order", "axis", "population", "shelter",
                  "frontage", "elevation_m", "name_basis", "district_basis")  # fmt: skip
_LINK_COLUMNS = ("a", "b", "kind", "name", "surface", "elevation_m", "capacity_t_day", "capacity_low_t_day",
                 "capacity_high_t_day", "days", "closes_mmdd", "opens_mmdd", "winter_share")  # fmt: skip


def _unique(file: str, what: str, names: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise GeographyError(f"{file}: {what} given more than once: {', '.join(twice)}")
    return names


def _read_provinces() -> tuple[list[Row], np.ndarray]:
    file = "provinces.csv"
    rows = tables.read_table(file, _PROVINCE_COLUMNS)
    codes = [row["pcode"] for row in rows]
    if codes != [f"AF{i:02d}" for i in range(1, 35)]:
        raise GeographyError(f"{file}: 34 provinces expected in the order AF01 to AF34")
    table = np.zeros(len(rows), PROVINCE_DTYPE)
    for i, row in enumerate(rows):
        for column in PROVINCE_FIELDS:
            high = 1.0 if column in _SHARES else float("inf")
            table[column][i] = tables.number(file, i + 2, row, column, high=high)
        total = sum(table[group][i] for group in GROUPS)
        if abs(total - 1.0) > 1e-9:
            raise GeographyError(f"{file}, line {i + 2}: shares of the groups sum to {total:g}, not 1")
    return rows, table


def _read_adjacency(names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Neighbours as compressed rows: indptr [35], indices [2 x pairs], shared km, share of the row's km."""
    file = "adjacency.csv"
    order = {name: i for i, name in enumerate(names)}
    km = np.zeros((len(names), len(names)))
    for line, row in enumerate(tables.read_table(file, _ADJACENCY_COLUMNS), start=2):
        a, b = (tables.choice(file, line, row, column, order) for column in "ab")
        if a == b or km[a, b] > 0.0:
            raise GeographyError(f"{file}, line {line}: {names[a]} - {names[b]} comes twice or joins itself")
        km[a, b] = km[b, a] = tables.number(file, line, row, "shared_km", low=0.1)
    row_of, indices = np.nonzero(km)
    indptr = np.searchsorted(row_of, np.arange(len(names) + 1)).astype(np.int64)
    alone = [name for name, count in zip(names, np.diff(indptr), strict=True) if count == 0]
    if alone:
        raise GeographyError(f"{file}: no neighbour is given for {', '.join(alone)}")
    shared = km[row_of, indices]
    return indptr, indices.astype(np.int64), shared, shared / km.sum(axis=1)[row_of]


def _read_places() -> tuple[tuple[str, ...], tuple[str, ...], np.ndarray]:
    """District names, place names and the table of valley places."""
    file = "valley.csv"
    rows = tables.read_table(file, _PLACE_COLUMNS)
    names = _unique(file, "places", tuple(row["place"] for row in rows))
    districts = tuple(row["place"] for row in rows if row["kind"] == "floor")
    if names[: len(districts)] != districts:
        raise GeographyError(f"{file}: floor places must come before side valleys")
    district_code = {name: k for k, name in enumerate(districts)}
    table = np.zeros(len(rows), PLACE_DTYPE)
    for i, row in enumerate(rows):
        line, record = i + 2, table[i]
        record["kind"] = tables.choice(file, line, row, "kind", PLACE_KINDS)
        record["district"] = tables.choice(file, line, row, "district", district_code)
        # Only places already read may be named: this keeps the valley a tree that is rooted at the mouth.
        above = {name: k for k, name in enumerate(names[:i])} or {"": -1}
        record["attaches"] = tables.choice(file, line, row, "attaches_to", above)
        record["name_seen"] = tables.choice(file, line, row, "name_basis", {"unverified": 0, "seen": 1})
        for column in ("order", "axis", "population", "shelter", "frontage", "elevation_m"):
            high = 1.0 if column in ("axis", "shelter") else float("inf")
            record[column] = tables.number(file, line, row, column, high=high)
    if list(table["order"][: len(districts)]) != list(range(len(districts))):
        raise GeographyError(f"{file}: floor places must be in order from the mouth (0) to the head")
    return districts, names, table


def _read_links(nodes: dict[str, int]) -> tuple[tuple[str, ...], np.ndarray]:
    file = "links.csv"
    rows = tables.read_table(file, _LINK_COLUMNS)
    pairs = tuple(f"{row['a']} - {row['b']}" for row in rows)
    _unique(file, "links", pairs)
    table = np.zeros(len(rows), LINK_DTYPE)
    for i, row in enumerate(rows):
        line, record = i + 2, table[i]
        record["a"] = tables.choice(file, line, row, "a", nodes)
        record["b"] = tables.choice(file, line, row, "b", nodes)
        record["kind"] = tables.choice(file, line, row, "kind", LINK_KINDS)
        record["surface"] = tables.choice(file, line, row, "surface", SURFACES)
        record["closes_doy"] = tables.day_of_year(file, line, row, "closes_mmdd")
        record["opens_doy"] = tables.day_of_year(file, line, row, "opens_mmdd")
        for column in ("elevation_m", "capacity_t_day", "capacity_low_t_day", "capacity_high_t_day"):
            record[column] = tables.number(file, line, row, column)
        record["days"] = tables.number(file, line, row, "days", low=0.1)
        record["winter_share"] = tables.number(file, line, row, "winter_share", high=1.0)
        if (record["closes_doy"] == 0) != (record["opens_doy"] == 0):
            raise GeographyError(f"{file}, line {line}: give both closes_mmdd and opens_mmdd or none")
        low, best, high = (record[f"capacity{part}_t_day"] for part in ("_low", "", "_high"))
        if not 0.0 < low <= best <= high:
            raise GeographyError(f"{file}, line {line}: capacities must satisfy 0 < low <= best <= high")
    return tuple(row["name"] for row in rows), table


@functools.lru_cache(maxsize=1)
def load_geography() -> Geography:
    """Read and check all tables; the result is kept, so later calls cost nothing.

    Raises GeographyError (a ValueError) that names file, line and column if a table is wrong.
    """
    rows, provinces = _read_provinces()
    names = _unique("provinces.csv", "provinces", tuple(row["province"] for row in rows))
    indptr, indices, border_km, weights = _read_adjacency(names)
    districts, place_names, places = _read_places()
    node_names = _unique("valley.csv", "names of nodes", (*names, *STATES, *place_names))
    link_names, links = _read_links({name: i for i, name in enumerate(node_names)})
    kinds = np.repeat([PROVINCE, STATE, PLACE], [len(names), len(STATES), len(place_names)])
    home = np.repeat([-1, names.index("Panjshir")], [len(STATES), len(place_names)])
    return Geography(
        province_names=names,
        province_codes=tuple(row["pcode"] for row in rows),
        province_isos=tuple(row["iso"] for row in rows),
        capitals=tuple(row["capital"] for row in rows),
        provinces=provinces,
        indptr=indptr,
        indices=indices,
        border_km=border_km,
        weights=weights,
        district_names=districts,
        place_names=place_names,
        places=places,
        node_names=node_names,
        node_kind=kinds.astype(np.int64),
        node_province=np.concatenate([np.arange(len(names)), home]).astype(np.int64),
        link_names=link_names,
        links=links,
    )


def load_outlines() -> dict[str, tuple[np.ndarray, ...]]:
    """Outline of each province, keyed by its name: rings of [points, 2] longitude and latitude in degrees.

    The first ring is the outer one and each ring is closed. Tolerance 5 km; neighbours share edges exactly.
    """
    file, names = "outlines.geojson", load_geography().province_names
    content = tables.read_json(file)
    features = content.get("features", []) if isinstance(content, dict) else []
    provinces = [one for one in features if one["properties"]["kind"] == "province"]
    if tuple(one["properties"]["name"] for one in provinces) != names:
        raise GeographyError(f"{file}: one outline a province expected, in the order AF01 to AF34")
    outlines = {
        name: tuple(np.array(ring, float) for ring in one["geometry"]["coordinates"])
        for name, one in zip(names, provinces, strict=True)
    }
    for name, rings in outlines.items():
        for ring in rings:
            if ring.ndim != 2 or ring.shape[1] != 2 or len(ring) < 4 or not np.array_equal(ring[0], ring[-1]):
                raise GeographyError(f"{file}, {name}: closed rings of lon, lat expected")
            ring.setflags(write=False)
    return outlines
