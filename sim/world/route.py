"""Supply route: a link of the network of roads, passes and borders; snow, patrols and corridors decide on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled import compiled
from sim.mechanisms.arithmetic import above, clip, saturated
from sim.world.fields import fields

if TYPE_CHECKING:
    from sim.world.state import Row, World


FIELDS = fields("""
a             | node            | one end (fixed) | fixed
b             | node            | other end (fixed) | fixed
kind          | code            | 0 road, 1 border, 2 pass, 3 gorge, 4 valley (fixed) | fixed
capacity      | tonnes a day    | of hidden convoys in the open season (fixed)
closes        | day of year     | when snow shuts it, 0: never (fixed)
opens         | day of year     | when it opens again (fixed)
winter_share  | share           | of capacity left when it is shut (fixed)
corridor      | flag            | part of the northern corridor (fixed)
open          | share           | of capacity that the season leaves | derived
survive       | share           | of convoys that come through | derived
used          | tonnes          | carried this week | derived
flow          | tonnes          | of arms among them | derived
""")

STATE_NODES = 34  # the first node that is a neighbour state; provinces come before
PLACE_NODES = 40  # the first node that is a place of the valley
PASS = 2.0  # kind of a link


@compiled
def watch_nodes(w: World, t: int) -> None:
    """The week's patrols take their posts: how closely each node is watched."""
    for node in range(len(w.watch)):
        w.watch[node] = patrol(w, node)


@compiled
def weekly(w: World, r: int, t: int) -> None:
    """A week of a link: is it open, and how likely is a convoy to come through?"""
    route, p = w.route[r], w.p
    shut = snowed_in(route, p, w.now.snow_shift, w.now.day_of_year)
    route.open = route.winter_share if shut else 1.0
    watched = 0.5 * (w.watch[int(route.a)] + w.watch[int(route.b)])
    risk = p.supply_interdiction * watched
    if route.corridor > 0.0:
        risk *= 1.0 - p.supply_corridor
    route.survive = clip(1.0 - risk, 0.0, 1.0)
    route.used = 0.0
    route.flow = 0.0


@compiled
def snowed_in(route: Row, p: Row, shift: float, day: int) -> bool:
    """Whether snow shuts the link on a day of the year (1 to 365); the closed season wraps the new year."""
    if route.closes == 0.0:
        return False
    length = in_year(route.opens - route.closes)
    since = in_year(day - route.closes - shift + 0.5 * (p.season_pass_closed - 1.0) * length)
    return since < min(length * p.season_pass_closed, 365.0)


@compiled
def in_year(day: float) -> float:
    """``day`` as a day of one year, 0 to 365: the division, which is slow, for those that are years off."""
    if 0.0 <= day < 365.0:
        return day
    return day + 365.0 if -365.0 <= day < 0.0 else day % 365.0


@compiled
def patrol(w: World, node: int) -> float:
    """How closely the government watches a node, 0 to 1."""
    p = w.p
    if node >= PLACE_NODES:
        place = w.place[node - PLACE_NODES]
        return 0.0 if place.held > 0.0 else saturated(place.posts, p.supply_patrol_posts)
    if node >= STATE_NODES:
        return border_guard(w, node) * (1.0 - p.supply_corridor)
    g, c = w.garrison[node], w.community[node]
    if w.province[node].held == 0.0:
        return p.supply_patrol_lost
    strength = saturated(g.fighters * g.cohesion, p.supply_patrol_force * c.people)
    return min(1.0, strength * above(p.supply_patrol_blind, c.knowledge) * p.supply_patrol_reach)


@compiled
def border_guard(w: World, node: int) -> float:
    """How closely a neighbour watches its side of the border: hardly if it backs the opposition."""
    for k in range(w.powers):
        if w.power_node[k] == node and w.power[k].opposes > 0.0:
            return w.p.supply_border_friend
    return w.p.supply_border_guard
