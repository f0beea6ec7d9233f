"""The Panjshir valley and the supply network: one tree inside, ways out in season, snow by height."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from sim.world.geography import (
    LINK_KINDS,
    PLACE,
    PLACE_KINDS,
    PROVINCE,
    STATE,
    STATES,
    Geography,
    load_geography,
)
from tests.snow import snow_closed


@pytest.fixture(scope="module")
def ground() -> Geography:
    return load_geography()


def link_graph(ground: Geography, keep: np.ndarray | None = None) -> nx.Graph:
    links = ground.links if keep is None else ground.links[keep]
    return nx.Graph((ground.node_names[link["a"]], ground.node_names[link["b"]]) for link in links)


def link_named(ground: Geography, name: str) -> np.void:
    return ground.links[ground.link_names.index(name)]


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
