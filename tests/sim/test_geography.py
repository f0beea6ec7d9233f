"""The data files of the geography: complete, consistent with each other, and refused when they are not."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from sim.calendar import snow_closed
from sim.geography import (
    CITY_PROVINCES,
    GROUPS,
    LINK_KINDS,
    PLACE,
    PLACE_KINDS,
    PROVINCE,
    STATE,
    STATES,
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


def link_graph(ground: Geography, keep: np.ndarray | None = None) -> nx.Graph:
    links = ground.links if keep is None else ground.links[keep]
    return nx.Graph((ground.node_names[link["a"]], ground.node_names[link["b"]]) for link in links)


def link_named(ground: Geography, name: str) -> np.void:
    return ground.links[ground.link_names.index(name)]


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


# --- the valley --------------------------------------------------------------------------------------------


def test_seven_districts_from_mouth_to_head(ground):
    assert ground.district_names == ("Anaba", "Shutul", "Rukha", "Dara", "Bazarak", "Khenj", "Paryan")
    assert ground.place_names[:7] == ground.district_names
    floor = ground.places[:7]
    assert list(floor["order"]) == list(range(7))
    assert list(floor["district"]) == list(range(7))
    axis = [ground.place_names[i] for i in np.flatnonzero(ground.places["axis"])]
    assert axis == ["Anaba", "Rukha", "Bazarak", "Khenj", "Paryan"]
    heights = ground.places["elevation_m"][[ground.place(name) for name in axis]]
    assert np.all(np.diff(heights) > 0), "the river runs down to the mouth"


def test_the_valley_is_one_tree_rooted_at_the_mouth(ground):
    attaches = ground.places["attaches"]
    assert np.flatnonzero(attaches < 0).tolist() == [ground.place("Anaba")]
    tree = nx.DiGraph((int(down), i) for i, down in enumerate(attaches) if down >= 0)
    assert nx.is_arborescence(tree)
    assert tree.number_of_nodes() == len(ground.place_names)


def test_side_valleys(ground):
    side = ground.places[ground.places["kind"] == PLACE_KINDS["side"]]
    floor = ground.places[ground.places["kind"] == PLACE_KINDS["floor"]]
    assert len(side) >= 21
    assert set(side["district"]) == set(range(7)), "every district has a side valley"
    assert np.all(ground.places["kind"][side["attaches"]] == PLACE_KINDS["floor"])
    np.testing.assert_array_equal(side["order"], ground.places["order"][side["attaches"]])
    assert side["shelter"].min() > floor["shelter"].max()
    assert side["frontage"].max() < floor["frontage"].min()
    unseen = {ground.place_names[i] for i in np.flatnonzero(ground.places["name_seen"] == 0)}
    assert unseen == {"Parandeh", "Mukeni", "Safed Chihr"}


def test_people_of_the_valley(ground):
    """The scaled counts of c. 2005 meet the 172,895 people given for 2021."""
    assert ground.places["population"].sum() == pytest.approx(172_895, rel=0.01)
    floor_share = ground.places["population"][:7].sum() / ground.places["population"].sum()
    assert floor_share == pytest.approx(0.6, abs=0.01)


# --- nodes and links ---------------------------------------------------------------------------------------


def test_nodes_are_provinces_then_states_then_places(ground):
    kinds = ground.node_kind
    assert list(np.flatnonzero(kinds == PROVINCE)) == list(range(34))
    assert ground.node_names[ground.first_state : ground.first_place] == STATES == ground.state_names
    assert list(np.flatnonzero(kinds == STATE)) == list(range(ground.first_state, ground.first_place))
    assert list(np.flatnonzero(kinds == PLACE)) == list(ground.panjshir_places)
    assert set(ground.node_province[list(ground.panjshir_places)]) == {ground.panjshir}
    assert ground.node("Khawak") == ground.first_place + ground.place("Khawak")
    with pytest.raises(KeyError, match="Atlantis"):
        ground.node("Atlantis")


def test_links_join_the_right_kinds_of_node(ground):
    kind = {name: ground.links["kind"] == code for name, code in LINK_KINDS.items()}
    a, b = ground.node_kind[ground.links["a"]], ground.node_kind[ground.links["b"]]
    assert np.all((a == PROVINCE) & (b == PROVINCE) | ~kind["road"])
    assert np.all((a == PROVINCE) & (b == STATE) | ~kind["border"])
    for name in ("pass", "gorge"):
        assert np.all((a + b == PROVINCE + PLACE) | ~kind[name])
    assert np.all((a == PLACE) & (b == PLACE) | ~kind["valley"])


def test_roads_and_borders_are_those_of_the_other_tables(ground):
    roads = ground.links[ground.links["kind"] == LINK_KINDS["road"]]
    expected = {
        frozenset((i, int(j)))
        for i in range(34)
        for j in ground.neighbours(i)
        if ground.panjshir not in (i, j)
    }
    assert {frozenset((int(link["a"]), int(link["b"]))) for link in roads} == expected
    borders = ground.links[ground.links["kind"] == LINK_KINDS["border"]]
    crossings = {(int(link["a"]), int(link["b"]) - ground.first_state) for link in borders}
    for k, state in enumerate(STATES):
        column = ground.provinces[f"border_{state.lower()}_km"]
        assert {i for i, s in crossings if s == k} == set(np.flatnonzero(column > 0))


def test_ways_into_panjshir(ground):
    """Each neighbour has its way in: the gorge in the south-west, passes and footpaths elsewhere."""
    ways = np.isin(ground.links["kind"], (LINK_KINDS["pass"], LINK_KINDS["gorge"]))
    ends = {
        frozenset((ground.node_names[link["a"]], ground.node_names[link["b"]])) for link in ground.links[ways]
    }
    inner = set(ground.place_names)
    assert {name for pair in ends for name in pair - inner} == {
        ground.province_names[i] for i in ground.neighbours(ground.panjshir)
    }
    assert {frozenset(("Baghlan", "Paryan")), frozenset(("Badakhshan", "Paryan"))} <= ends
    assert {frozenset(("Anaba", "Parwan")), frozenset(("Anaba", "Kapisa"))} <= ends
    assert link_named(ground, "Anjuman pass")["elevation_m"] == 4500
    assert link_named(ground, "Khawak pass")["elevation_m"] == 3848


def test_network_is_connected_from_the_mouth_to_the_passes(ground):
    inside = link_graph(ground, ground.links["kind"] == LINK_KINDS["valley"])
    assert set(inside.nodes) == set(ground.place_names)
    assert nx.is_tree(inside)
    assert nx.has_path(inside, "Anaba", "Paryan")
    whole = link_graph(ground)
    assert nx.is_connected(whole)
    assert set(ground.node_names) - set(whole.nodes) == {"Panjshir"}, "its valley places stand for it"


def test_way_from_tajikistan_takes_as_long_as_reported(ground):
    """Three to five days by the road over Anjuman, as reporters timed it in 2001."""
    graph = nx.Graph()
    for link in ground.links:
        graph.add_edge(ground.node_names[link["a"]], ground.node_names[link["b"]], days=link["days"])
    days = nx.path_weight(graph, ["Tajikistan", "Badakhshan", "Paryan"], "days")
    assert 3.0 <= days <= 5.0


def test_capacities_fall_with_the_surface(ground):
    roads = ground.links[ground.links["kind"] == LINK_KINDS["road"]]
    best = [roads["capacity_t_day"][roads["surface"] == code].max() for code in range(4)]
    assert np.all(np.diff(best) < 0)
    assert np.all(ground.links["capacity_low_t_day"] <= ground.links["capacity_t_day"])
    assert np.all(ground.links["capacity_t_day"] <= ground.links["capacity_high_t_day"])


# --- seasons -----------------------------------------------------------------------------------------------


def test_pass_seasons_wrap_the_new_year(ground):
    shut = ground.links[ground.links["closes_doy"] > 0]
    assert np.all(shut["closes_doy"] > shut["opens_doy"]), "shut from autumn over the new year into spring"
    year = np.arange(1, 366)[:, None]
    closed = snow_closed(ground.links["closes_doy"], ground.links["opens_doy"], 0, year)
    assert closed.shape == (365, len(ground.links))
    days = dict(zip(ground.link_names, closed.sum(axis=0), strict=True))
    assert 5 * 30 <= days["Anjuman pass"] <= 8 * 30.5
    assert 3 * 30 <= days["Khawak pass"] <= 6 * 30.5
    assert not closed[:, ground.links["closes_doy"] == 0].any()
    winter, summer = closed[[0, 364]], closed[195]
    assert winter[:, ground.links["closes_doy"] > 0].all()
    assert not summer.any()


def test_higher_links_are_shut_longer(ground):
    shut = np.sort(ground.links[ground.links["closes_doy"] > 0], order="elevation_m")
    length = np.mod(shut["opens_doy"] - shut["closes_doy"], 365)
    assert np.all(np.diff(length) >= 0)


def test_only_high_links_close_and_open_ones_lose_nothing(ground):
    closes = ground.links["closes_doy"] > 0
    assert ground.links["elevation_m"][closes].min() >= 2900
    assert np.all(ground.links["winter_share"][~closes] == 1.0)
    passes = ground.links["kind"] == LINK_KINDS["pass"]
    assert closes[passes].all()
    assert not ground.links["winter_share"][passes].any()


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
    patched("outlines.json", '"Kabul"', '"Cabul"')
    with pytest.raises(GeographyError, match="one outline a province"):
        load_outlines()
    monkeypatch.setattr(
        tables, "read_json", lambda _: {name: [[[1, 2]]] for name in load_geography().province_names}
    )
    with pytest.raises(GeographyError, match="Kabul: closed rings"):
        load_outlines()


def test_a_missing_file_is_named():
    with pytest.raises(GeographyError, match=r"nowhere\.csv: the data file is missing"):
        tables.read_text("nowhere.csv")
