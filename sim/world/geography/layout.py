"""What the tables of the geography hold: codes, record layouts and the `Geography` that carries them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

STATES = ("Pakistan", "Iran", "Turkmenistan", "Uzbekistan", "Tajikistan", "China")
"""Neighbour states, in the order of the border columns and of the nodes."""

GROUPS = ("tajik", "hazara", "uzbek", "pashtun", "other")
"""Ethnic-linguistic groups whose shares of a province sum to one (Tajik with Aimaq, Uzbek with Turkmen)."""

CITY_PROVINCES = ("Kabul", "Nangarhar", "Kunduz", "Balkh", "Kandahar", "Herat")
"""Provinces of Kabul, Jalalabad, Kunduz, Mazar-e Sharif, Kandahar and Herat, where `city` is 1."""

LINK_KINDS = {"road": 0, "border": 1, "pass": 2, "gorge": 3, "valley": 4}
SURFACES = {"main": 0, "secondary": 1, "track": 2, "foot": 3}
PLACE_KINDS = {"floor": 0, "side": 1}
PROVINCE, STATE, PLACE = 0, 1, 2
"""Codes of `Geography.node_kind`."""

_BORDERS = tuple(f"border_{state.lower()}_km" for state in STATES)
PROVINCE_FIELDS = (
    "population", "urban_share", "ruggedness", "elevation_m", "elevation_spread_m", "barren_share", *GROUPS,
    "shia", "alignment", "alignment_2019", "taliban_control_2020", "taliban_support",
    "road_density", "poppy_ha", "displaced", *_BORDERS, "city", "lon", "lat", "area_km2",
)  # fmt: skip

PROVINCE_DTYPE = np.dtype([(name, np.float64) for name in PROVINCE_FIELDS])
PLACE_DTYPE = np.dtype(
    [(name, np.int64) for name in ("kind", "district", "attaches", "order", "axis", "name_seen")]
    + [(name, np.float64) for name in ("population", "shelter", "frontage", "elevation_m")]
)
LINK_DTYPE = np.dtype(
    [(name, np.int64) for name in ("a", "b", "kind", "surface", "closes_doy", "opens_doy")]
    + [(name, np.float64) for name in ("elevation_m", "capacity_t_day", "capacity_low_t_day",
                                       "capacity_high_t_day", "days", "winter_share")]
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Geography:
    """Read-only tables of the ground. Every array has `flags.writeable` False.

    Attributes
    ----------
    province_names, province_codes, province_isos, capitals
        34 names, P-codes, ISO codes, chief towns.
    provinces
        [34] `PROVINCE_DTYPE`, all float64. population: people; *_share, ruggedness, groups, shia, alignment*,
        taliban_*: 0..1; elevation_m, elevation_spread_m: m; road_density: relative (Kabul about 2, Panjshir 0.13);
        poppy_ha: ha; displaced: people; border_<state>_km: km; city: 1 with a big city; lon, lat: degrees; area_km2:
        km2.
    indptr, indices, border_km, weights
        Neighbours of province i are `indices[indptr[i]:indptr[i + 1]]` (ascending); border_km the shared border in
        km, weights the same divided by its sum for i.
    district_names
        The 7 districts of Panjshir, from the mouth to the head.
    place_names
        Valley places; the 7 floor places come first and have the index of their district.
    places
        [places] `PLACE_DTYPE`. kind: PLACE_KINDS; district: index; attaches: place it opens into or that lies below
        it (-1 at the mouth); order: 0 at the mouth to 6 at the head (a side valley has that of its floor place);
        axis: 1 on the main road; name_seen: 1 if a source has the name; population: people; shelter: 0..1, how far
        terrain protects defenders; frontage: fighters of one side that can fight abreast; elevation_m: m.
    node_names, node_kind
        All nodes and PROVINCE, STATE or PLACE; node_province: row, -1 for a state.
    link_names
        What each link is called.
    links
        [links] `LINK_DTYPE`. a, b: nodes; kind: LINK_KINDS; surface: SURFACES; closes_doy, opens_doy: first day shut
        by snow and first day open again (day of a 365-day year, 0 and 0 if never shut); elevation_m: highest point;
        capacity*_t_day: t a day when open, best, low and high; days: transit; winter_share: share of the capacity
        left in the shut season.
    """

    province_names: tuple[str, ...]
    province_codes: tuple[str, ...]
    province_isos: tuple[str, ...]
    capitals: tuple[str, ...]
    provinces: np.ndarray
    indptr: np.ndarray
    indices: np.ndarray
    border_km: np.ndarray
    weights: np.ndarray
    district_names: tuple[str, ...]
    place_names: tuple[str, ...]
    places: np.ndarray
    node_names: tuple[str, ...]
    node_kind: np.ndarray
    node_province: np.ndarray
    link_names: tuple[str, ...]
    links: np.ndarray

    def __post_init__(self) -> None:
        """Freeze every array, so that no run can change the ground of another."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    @property
    def state_names(self) -> tuple[str, ...]:
        """The neighbour states, in node order."""
        return STATES

    @property
    def panjshir(self) -> int:
        """Row (and node) of the province of Panjshir."""
        return self.province_names.index("Panjshir")

    @property
    def first_state(self) -> int:
        """Node of the first neighbour state."""
        return len(self.province_names)

    @property
    def first_place(self) -> int:
        """Node of the first valley place: place i is node `first_place + i`."""
        return len(self.province_names) + len(STATES)

    @property
    def panjshir_places(self) -> range:
        """Nodes of the valley places, which stand for Panjshir in the supply network."""
        return range(self.first_place, self.first_place + len(self.place_names))

    def province(self, name: str) -> int:
        """Row of a province. Raises KeyError with the name if there is none."""
        return _index(self.province_names, name)

    def place(self, name: str) -> int:
        """Index of a valley place. Raises KeyError with the name if there is none."""
        return _index(self.place_names, name)

    def node(self, name: str) -> int:
        """Node of a province, neighbour state or valley place. Raises KeyError if there is none."""
        return _index(self.node_names, name)

    def neighbours(self, province: int) -> np.ndarray:
        """Rows of the provinces that share a border with row `province`, ascending."""
        return self.indices[self.indptr[province] : self.indptr[province + 1]]


def _index(names: tuple[str, ...], name: str) -> int:
    try:
        return names.index(name)
    except ValueError:
        raise KeyError(name) from None
