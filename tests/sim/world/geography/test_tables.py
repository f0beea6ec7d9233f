"""The data files of the geography: complete, consistent with each other, and refused when they are not."""

from __future__ import annotations

import matplotlib.path
import networkx as nx
import numpy as np
import pytest

from sim.world.geography import (
    CITY_PROVINCES,
    GROUPS,
    Geography,
    GeographyError,
    load_geography,
    load_outlines,
    tables,
)


@pytest.fixture(scope="module")
def ground() -> Geography:
    return load_geography()


@pytest.fixture
def patched(monkeypatch):
    """Load the geography with one change of text in one file; the kept result is dropped before and after."""
    original = tables.read_text

    def load(file: str, old: str, new: str) -> Geography:
        assert original(file).count(old) >= 1, "the test must change something"

        def read(name: str) -> str:
            return original(name).replace(old, new, 1) if name == file else original(name)

        monkeypatch.setattr(tables, "read_text", read)
        load_geography.cache_clear()
        return load_geography()

    yield load
    monkeypatch.undo()
    load_geography.cache_clear()


# --- provinces ---------------------------------------------------------------------------------------------


def test_there_are_34_provinces_in_code_order(ground):
    assert len(ground.province_names) == len(ground.provinces) == 34
    assert list(ground.province_codes) == sorted(ground.province_codes)
    assert all(iso.startswith("AF-") for iso in ground.province_isos)
    assert len(set(ground.capitals)) == 34
    assert ground.province_names[0] == "Kabul"
    assert ground.province_names[ground.panjshir] == "Panjshir"


def test_group_shares_sum_to_one(ground):
    total = sum(ground.provinces[group] for group in GROUPS)
    np.testing.assert_allclose(total, 1.0, atol=1e-12)


def test_shares_of_the_country_are_near_published_estimates(ground):
    """Ranges of estimates of the country's make-up; a slip in one big province would leave them."""
    weight = ground.provinces["population"] / ground.provinces["population"].sum()
    share = {group: float(weight @ ground.provinces[group]) for group in GROUPS}
    assert 0.38 <= share["pashtun"] <= 0.50
    assert 0.25 <= share["tajik"] <= 0.37
    assert 0.09 <= share["hazara"] <= 0.19
    assert 0.06 <= share["uzbek"] <= 0.12
    assert 0.20 <= weight @ ground.provinces["urban_share"] <= 0.30


def test_derived_columns_follow_their_formulas(ground):
    p = ground.provinces
    rugged = p["barren_share"] / 3 * (
        np.minimum(1, p["elevation_m"] / 2500)
        + np.minimum(1, p["elevation_spread_m"] / 600)
        + 1 - np.minimum(1, p["road_density"])
    )  # fmt: skip
    np.testing.assert_allclose(p["ruggedness"], rugged, atol=5e-4)
    anti = p["alignment"] + p["uzbek"] * (p["alignment_2019"] - p["alignment"])
    np.testing.assert_allclose(
        p["taliban_support"], 0.4 * p["taliban_control_2020"] + 0.6 * (1 - anti), atol=1e-3
    )
    assert np.all(p["shia"] >= 0.95 * p["hazara"] - 5e-4)


def test_panjshir_is_the_least_friendly_and_among_the_most_rugged(ground):
    assert np.argmin(ground.provinces["taliban_support"]) == ground.panjshir
    assert np.argmax(ground.provinces["alignment"]) == ground.panjshir
    assert np.sum(ground.provinces["ruggedness"] > ground.provinces["ruggedness"][ground.panjshir]) <= 3


def test_big_cities(ground):
    found = {ground.province_names[i] for i in np.flatnonzero(ground.provinces["city"])}
    assert found == set(CITY_PROVINCES)


def test_area_and_population_are_those_of_afghanistan(ground):
    assert ground.provinces["area_km2"].sum() == pytest.approx(645_000, rel=0.03)
    assert 33e6 < ground.provinces["population"].sum() < 42e6


# --- neighbours --------------------------------------------------------------------------------------------


def test_adjacency_is_symmetric_and_connected(ground):
    matrix = np.zeros((34, 34))
    for i in range(34):
        row = ground.neighbours(i)
        assert list(row) == sorted(set(row))
        matrix[i, row] = ground.border_km[ground.indptr[i] : ground.indptr[i + 1]]
    np.testing.assert_array_equal(matrix, matrix.T)
    assert not matrix.diagonal().any()
    assert np.count_nonzero(matrix) == 2 * 78 == len(ground.indices)
    assert nx.is_connected(nx.from_numpy_array(matrix))


def test_weights_of_neighbours_sum_to_one(ground):
    np.testing.assert_allclose(np.add.reduceat(ground.weights, ground.indptr[:-1]), 1.0)


def test_panjshir_has_its_seven_neighbours(ground):
    found = {ground.province_names[i] for i in ground.neighbours(ground.panjshir)}
    assert found == {"Baghlan", "Takhar", "Badakhshan", "Nuristan", "Laghman", "Kapisa", "Parwan"}


# --- outlines ----------------------------------------------------------------------------------------------


def test_outlines_hold_their_centroids_and_areas(ground):
    outlines = load_outlines()
    assert tuple(outlines) == ground.province_names
    for i, (name, rings) in enumerate(outlines.items()):
        lon, lat = rings[0].T
        x, y = lon * 111.2 * np.cos(np.radians(lat.mean())), lat * 111.2
        area = 0.5 * abs(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1]))
        assert area == pytest.approx(ground.provinces["area_km2"][i], rel=0.15), name
        assert lon.min() < ground.provinces["lon"][i] < lon.max(), name
        assert lat.min() < ground.provinces["lat"][i] < lat.max(), name


def test_neighbours_share_points_of_their_outlines(ground):
    points = {name: {tuple(p) for ring in rings for p in ring} for name, rings in load_outlines().items()}
    for i, name in enumerate(ground.province_names):
        for j in ground.neighbours(i):
            assert len(points[name] & points[ground.province_names[j]]) >= 2, (name, ground.province_names[j])


# --- read-only, kept, and refused when wrong ---------------------------------------------------------------


def test_arrays_are_read_only_and_kept(ground):
    assert load_geography() is load_geography()
    for name, value in vars(ground).items():
        if isinstance(value, np.ndarray):
            assert not value.flags.writeable, name
    with pytest.raises(ValueError, match="read-only"):
        ground.provinces["population"][0] = 0
    assert not load_outlines()["Kabul"][0].flags.writeable


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("provinces.csv", "pcode,", "code,", r"provinces\.csv: columns are code"),
        ("provinces.csv", ",0.45,0.25,", ",0.45,0.35,", r"line 2: shares of the groups sum to 1\.1"),
        ("provinces.csv", "AF02,", "AF03,", "order AF01 to AF34"),
        ("provinces.csv", ",6700516,", ",many,", r"line 2, population: 'many' is not a number"),
        ("provinces.csv", ",6700516,", ",-1,", r"line 2, population: -1 is not in \[0, inf\]"),
        ("provinces.csv", ",6700516,", ",nan,", r"line 2, population: nan is not in"),
        ("provinces.csv", "AF01,Kabul,AF-KAB,", "AF01,AF-KAB,", r"line 2: \d+ values expected"),
        ("adjacency.csv", "Kabul,Kapisa,", "Kabul,Kapissa,", r"line 2, b: 'Kapissa' is not known"),
        ("adjacency.csv", "Kabul,Kapisa,", "Kapisa,Kapisa,", r"line 2: .* joins itself"),
        ("adjacency.csv", "Kabul,Parwan,", "Kapisa,Kabul,", r"line 3: .* comes twice"),
        ("valley.csv", "Arzu,side,", "Arzu,gorge,", r"'gorge' is not known; allowed: 'floor', 'side'"),
        ("valley.csv", "Dara,floor,", "Dara,side,", "floor places must come before side valleys"),
        ("valley.csv", "Anaba,floor,Anaba,,0", "Anaba,floor,Anaba,Paryan,0", r"attaches_to: 'Paryan'"),
        ("valley.csv", "Arzu,side", "Kabul,side", "names of nodes given more than once: Kabul"),
        ("links.csv", "Kabul,Kapisa,", "Kabul,Atlantis,", r"links\.csv, line 2, b: 'Atlantis' is not known"),
        ("links.csv", ",11-15,05-15,", ",11-31,05-15,", r"closes_mmdd: '11-31' is not a date MM-DD"),
        ("links.csv", ",11-15,05-15,", ",11-15,,", "give both closes_mmdd and opens_mmdd or none"),
        ("links.csv", ",40,15,80,", ",40,50,80,", "0 < low <= best <= high"),
    ],
)
def test_a_wrong_table_is_refused_with_file_and_place(patched, file, old, new, message):
    with pytest.raises(GeographyError, match=message):
        patched(file, old, new)


def test_outlines_must_be_closed_rings_of_all_provinces(patched, monkeypatch):
    patched("outlines.geojson", '"Kabul"', '"Cabul"')
    with pytest.raises(GeographyError, match="one outline a province"):
        load_outlines()
    features = [
        {"properties": {"kind": "province", "name": name}, "geometry": {"coordinates": [[[1, 2]]]}}
        for name in load_geography().province_names
    ]
    monkeypatch.setattr(tables, "read_json", lambda _: {"features": features})
    with pytest.raises(GeographyError, match="Kabul: closed rings"):
        load_outlines()


def test_outlines_are_geojson_with_the_provinces_and_the_districts_of_the_valley(ground):
    """RFC 7946: longitude before latitude, closed outer rings against the clock, identifiers of their own."""
    content = tables.read_json("outlines.geojson")
    assert content["type"] == "FeatureCollection"
    features = content["features"]
    assert all(
        one["type"] == "Feature" and set(one) == {"type", "id", "properties", "geometry"} for one in features
    )
    assert len({one["id"] for one in features}) == len(features) == 34 + 7
    polygons = [one["geometry"] for one in features if one["properties"]["kind"] == "province"]
    assert [one["type"] for one in polygons] == ["Polygon"] * 34
    for polygon in polygons:
        for ring in map(np.array, polygon["coordinates"]):
            x, y = ring.T
            assert (x[:-1] * y[1:] - x[1:] * y[:-1]).sum() > 0
            assert x.min() > 60
            assert y.max() < 39
    points = [one for one in features if one["properties"]["kind"] == "valley"]
    assert tuple(one["properties"]["name"] for one in points) == ground.district_names
    outline = load_outlines()["Panjshir"][0]
    inside = matplotlib.path.Path(outline).contains_points([one["geometry"]["coordinates"] for one in points])
    assert inside.sum() >= 6  # the outline is simplified to 5 km


def test_a_missing_file_is_named():
    with pytest.raises(GeographyError, match=r"nowhere\.csv: the data file is missing"):
        tables.read_text("nowhere.csv")
