"""Supply: the best way on a small network, convoys that arrive or are lost, flights, villages, old caches."""

from __future__ import annotations

import math

import networkx as nx
import pytest

from sim.mechanisms import logistics
from sim.world import route
from sim.world.route import PLACE_NODES
from tests.worlds import PANJSHIR, floor_rows, province, side_rows
from tests.worlds import world as build


def network(*links: tuple[int, int, float, float]):
    """A country whose only open links are these: (a, b, chance to come through, tonnes a day)."""
    w = build()
    w.route["open"] = 0.0
    for r, (a, b, survive, capacity) in enumerate(links):
        link = w.route[r]
        link.a, link.b, link.survive, link.capacity, link.open = a, b, survive, capacity, 1.0
        link.flow = link.used = 0.0
    return w


BASE, SOURCE = 0, 5
CONVOY = build().p.supply_convoy


@pytest.fixture
def diamond():
    """From 5 to 0: by 1 it is 0.9 x 0.9 and wide, by 2 0.99 x 0.5, by 3, 4 and back to 1 0.9 x 0.98 x 0.98 x 0.9."""
    return network((0, 1, 0.9, 8.0), (1, 5, 0.9, 3.0), (2, 0, 0.99, 50.0), (5, 2, 0.5, 50.0), (1, 3, 0.98, 9.0),
                   (4, 3, 0.98, 9.0), (4, 5, 0.9, 9.0))  # fmt: skip


def way(w, node: int, base: int = BASE) -> list[int]:
    nodes = [node]
    while nodes[-1] != base:
        link = w.route[w.via[nodes[-1]]]
        nodes.append(int(link.b) if int(link.a) == nodes[-1] else int(link.a))
    return nodes


def test_the_safest_way_is_found(diamond):
    """F7: convoys take the way on which they are likeliest to come through; its narrowest link limits them."""
    logistics.find_ways(diamond, BASE)
    assert diamond.best[SOURCE] == pytest.approx(0.81)
    assert logistics.room_on_way(diamond, BASE, SOURCE) == 7 * 3.0
    assert way(diamond, SOURCE) == [5, 1, 0]
    assert diamond.best[BASE] == 1.0
    assert diamond.best[2] == pytest.approx(0.99)
    assert diamond.best[3] == pytest.approx(0.9 * 0.98)
    assert diamond.best[7] == 0.0


def test_a_shut_link_is_gone_round(diamond):
    """F7: snow on one pass sends convoys by another."""
    diamond.route[1].open = 0.0
    logistics.find_ways(diamond, BASE)
    assert way(diamond, SOURCE) == [5, 4, 3, 1, 0]
    assert diamond.best[SOURCE] == pytest.approx(0.9 * 0.98 * 0.98 * 0.9)
    diamond.route[0].open = 0.0
    logistics.find_ways(diamond, BASE)
    assert way(diamond, SOURCE) == [5, 2, 0]
    assert logistics.room_on_way(diamond, BASE, SOURCE) == 7 * 50.0
    diamond.route[3].open = 0.0
    logistics.find_ways(diamond, BASE)
    assert diamond.best[SOURCE] == 0.0


def test_ways_agree_with_a_graph_search():
    """On the real network: the chance is that of Dijkstra's shortest way by the logarithm of the chances."""
    w = build()
    route.watch_nodes(w, 0)
    for r in range(len(w.route)):
        route.weekly(w, r, 0)
    graph = nx.Graph()
    for link in w.route:
        if link.open > 0.0 and link.survive > 0.0:
            graph.add_edge(int(link.a), int(link.b), weight=-math.log(link.survive))
    base = int(logistics.base_node(w, w.front[0]))
    logistics.find_ways(w, base)
    lengths = nx.single_source_dijkstra_path_length(graph, base)
    for node in range(len(w.best)):
        expected = math.exp(-lengths[node]) if node in lengths else 0.0
        assert w.best[node] == pytest.approx(expected if expected > 0.001 else 0.0, abs=1e-5)


def fetched(w, offered: float = 20.0, tick: int = 0) -> float:
    """Tonnes that come of what is offered, over ways on which nothing has gone yet this week."""
    w.route["used"] = 0.0
    logistics.find_ways(w, BASE)
    return logistics.fetch(w, 0, tick, BASE, SOURCE, offered, 0)


def test_what_was_sent_arrived_or_was_lost(diamond):
    """F7: convoys are conserved: whole convoys arrive, never more than were sent, all of them on a safe way."""
    arrived = [fetched(diamond, 20.0, tick) for tick in range(100)]
    assert all(0.0 <= came <= 20.0 + CONVOY for came in arrived)
    assert all(came % CONVOY == 0.0 for came in arrived)
    assert sum(arrived) / 2000.0 == pytest.approx(0.81, abs=0.04)
    diamond.route["survive"] = 1.0
    assert fetched(diamond, 20.0) == 20.0


def test_what_arrives_is_in_the_stocks(diamond):
    """F7: weapons, food and medicine that come are those in the front's stocks, tonne by tonne."""
    f = diamond.front[0]
    before = f.ammo, f.stores, f.drugs
    came = fetched(diamond)
    gained = (
        (f.ammo - before[0]) / (1000.0 / diamond.p.supply_ammunition_weight),
        (f.stores - before[1]) / (1000.0 / diamond.p.supply_food_weight),
        (f.drugs - before[2]) / (1000.0 / diamond.p.supply_medicine_weight),
    )
    today = diamond.today
    assert gained == pytest.approx((today.supply_arms, today.supply_food, today.supply_medicine))
    assert sum(gained) == pytest.approx(came)
    assert min(gained) > 0.0


def test_arms_are_seen_on_every_link_of_the_way(diamond):
    fetched(diamond)
    flows = diamond.route["flow"][:7]
    assert flows[:2] == pytest.approx([diamond.today.supply_arms] * 2)
    assert (flows[2:] == 0.0).all()


def test_a_narrow_way_carries_no_more_than_it_can_and_the_rest_goes_round(diamond):
    """F7: the capacity of a way is used up by what goes over it; the next safest takes what is left."""
    fetched(diamond, 1000.0)
    used, room = diamond.route["used"][:7], 7.0 * diamond.route["capacity"][:7]
    assert (used <= room + CONVOY).all()
    assert used[1] == pytest.approx(21.0, abs=CONVOY)  # the way by 1 is full,
    assert used[6] == used[5] == used[4] > 0.0  # that by 4 and 3 as far as their last link has room,
    assert used[0] == used[1] + used[4]
    assert used[2] == used[3] > 0.0  # and the rest goes by 2


def test_two_sources_share_a_way(diamond):
    """F7: what one source has filled is not there for another in the same week."""
    diamond.route["survive"] = 1.0
    diamond.route["open"][[2, 6]] = 0.0
    assert fetched(diamond, 15.0) == 15.0
    second = logistics.fetch(diamond, 0, 0, BASE, SOURCE, 15.0, 1)
    assert second == pytest.approx(6.0, abs=CONVOY)


def test_nothing_offered_or_no_way_nothing_comes(diamond):
    assert fetched(diamond, 0.0) == 0.0
    diamond.route["open"] = 0.0
    assert fetched(diamond, 20.0) == 0.0


def test_the_shortest_good_comes_first():
    """F7: a front without food and with ammunition is sent food."""
    w = build()
    f = w.front[0]
    f.ammo, f.stores, f.drugs = 100.0 * f.main, 0.0, 100.0 * f.main
    hungry = logistics.store(w, f, 1.0)
    f.ammo, f.stores = 0.0, 200.0 * f.main
    assert logistics.store(w, f, 1.0) > hungry


def supplied(weeks: int = 30, change=None, **values):
    w = build(**values)
    if change is not None:
        change(w)
    for week in range(weeks):
        route.watch_nodes(w, 7 * week)
        for r in range(len(w.route)):
            route.weekly(w, r, 7 * week)
        logistics.supply(w, 0, 7 * week)
    return w


def test_a_corridor_lets_supplies_through():
    """F7: with a guarded corridor more comes; F6: the supply link to the north is open then and shut without."""
    open_, shut = supplied(supply__corridor=0.95, supply__donors=20.0), supplied(supply__donors=20.0)
    assert open_.today.supply_arms > shut.today.supply_arms
    assert (open_.now.corridor_open, shut.now.corridor_open) == (1.0, 0.0)
    assert open_.front[0].supplied > shut.front[0].supplied


def test_donors_and_the_wing_abroad_pay():
    """F13: private donors give to a wing abroad that knows how to ask, while the leader lives."""
    asked = supplied(fronts__nrf__lobby=1.0, supply__donors=20.0, supply__corridor=0.95)
    silent = supplied(fronts__nrf__lobby=0.0, supply__donors=20.0, supply__corridor=0.95)
    assert asked.today.supply_arms > silent.today.supply_arms


def test_a_power_that_opposes_sends_its_support():
    """F14: a power that turned against Kabul supplies the front."""

    def opposed(w):
        w.power[0].opposes = 1.0
        w.power[0].support = 50.0

    assert supplied(change=opposed).today.supply_arms > supplied().today.supply_arms


def test_helicopters_fly_while_they_last():
    """F5: helicopters carry loads where there is ground to land on, and are lost over time; none, no loads."""
    w = build(fronts__nrf__helicopters=6.0, fronts__nrf__holds=1.0)
    came, machines = 0.0, [float(w.front[0].machines)]
    for week in range(60):
        came += logistics.fly(w, 0, 7 * week)
        machines.append(float(w.front[0].machines))
    assert came > 0.0
    assert machines == sorted(machines, reverse=True)
    assert machines[-1] < 6.0
    w.front[0].machines = 0.0
    assert logistics.fly(w, 0, 1000) == 0.0


def test_without_ground_nothing_lands():
    """F5: six came, three left: without a place to land they bring nothing and are lost sooner."""
    w = build(fronts__nrf__helicopters=12.0)
    w.place["held"] = 0.0
    assert sum(logistics.fly(w, 0, 7 * week) for week in range(30)) == 0.0
    assert w.front[0].machines < 6.0


def test_villages_feed_the_front_as_far_as_they_can():
    """F7: sympathetic villages give food, no more than a share of what they have."""
    w = build(supply__local=1.0)
    f, c = w.front[0], w.community[PANJSHIR]
    c.grievance, c.elders = 1.0, 0.0
    f.stores = 0.0
    logistics.forage(w, 0, 0)
    assert 0.0 < f.stores <= 7.0 * 0.02 * c.people
    w.p.supply_local = 0.0
    before = f.stores
    logistics.forage(w, 0, 7)
    assert f.stores == before


def test_old_caches_give_ammunition_one_by_one():
    """F16: hidden arms of its home province feed the front; each find is a cache less."""
    w = build(caches__abundance=8.0)
    f, cache = w.front[0], w.cache[PANJSHIR]
    ammo, count, finds = f.ammo, cache.count, 0
    for week in range(40):
        logistics.forage(w, 0, 7 * week)
    finds = count - cache.count
    assert 0 < finds < 40
    assert f.ammo - ammo == pytest.approx(finds * 6.0 * w.p.caches_arms)


def test_goods_go_to_the_highest_ground_held():
    """F2: supplies go to the highest stretch of floor held, else to the best sheltered side valley."""
    w = build(fronts__nrf__holds=1.0, fronts__nrf__side_valleys=1.0)
    assert logistics.base_node(w, w.front[0]) == PLACE_NODES + floor_rows()[-1]
    for row in floor_rows():
        w.place[row].held = 0.0
    base = int(logistics.base_node(w, w.front[0])) - PLACE_NODES
    assert base in side_rows()
    w.front[0].home = province("Baghlan") + 1
    assert logistics.base_node(w, w.front[0]) == province("Baghlan")
