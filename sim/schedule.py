"""The order of a tick. In a political model the order of events is theory, so it stands in one place.

``SCHEDULE`` is the order as data: the Mesa model walks it, the documentation prints it. :func:`tick` is the same
order in compiled code; a test compares the two, and the runs that they give, to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from sim import recording
from sim.agents import community, front, garrison, government, jihadist, militia, pocket, power
from sim.compiled import compiled
from sim.luck import ahead
from sim.mechanisms import bands, clearing, refuge, siege
from sim.world import cache, province, route, stretch
from sim.world import season as clock

if TYPE_CHECKING:
    from sim.world.state import World


class Step(NamedTuple):
    """One step of a tick.

    Attributes
    ----------
    agents
        Table whose agents take it one after the other; empty if the country takes it as a whole.
    rule
        The rule; of agents ``rule(w, row, tick)``, of the country ``rule(w, tick)``.
    every
        Days between two of it.
    meaning
        What happens.
    """

    agents: str
    rule: Callable
    every: int
    meaning: str


@compiled
def sum_up_valley(w: World, t: int) -> None:
    """What the people of the valley think, taken together."""
    community.gather_valley(w)


@compiled
def fade_memory(w: World, t: int) -> None:
    """A week has passed: memories of it fade."""
    clock.weekly(w)


@compiled
def close_day(w: World, t: int) -> None:
    """The books of the day are closed, and of the week on its last day."""
    recording.record_day(w)
    if t % 7 == 6:
        recording.end_week(w)


@compiled
def clear_valleys(w: World, k: int, t: int) -> None:
    """Operations in the side valleys concern the front of the valley alone."""
    if bands.in_valley(w, w.front[k]):
        clearing.weekly(w, k, t)


SCHEDULE: tuple[Step, ...] = (
    Step("", clock.start_day, 1, "a new day: tallies at zero, season, snow"),
    Step("power", power.weekly, 7, "foreign powers weigh, decide and may strike"),
    Step("", government.weekly, 7, "the government raises, spends, rebuilds, rules, concedes"),
    Step("", ahead.draw_week, 7, "luck is drawn for the week's decisions of all provinces"),
    Step("community", community.weekly, 7, "communities feel, lean, inform, protest or rise, leave"),
    Step("", sum_up_valley, 7, "what the people of the Panjshir Valley think, taken together"),
    Step("", refuge.cross, 7, "refugees cross the borders"),
    Step("garrison", garrison.weekly, 7, "garrisons follow the allocation, search caches, quarrel"),
    Step("cache", cache.weekly, 7, "caches rust, are found, form pockets"),
    Step("", route.watch_nodes, 7, "patrols take their posts"),
    Step("route", route.weekly, 7, "links open or shut, as snow and patrols will have it"),
    Step("militia", militia.weekly, 7, "militias listen to their patron, mobilise, train, go home"),
    Step("front", front.weekly, 7, "fronts are supplied, recruit, choose a phase, lobby, offer talks"),
    Step("front", clear_valleys, 7, "operations in the side valleys, and the way back into them"),
    Step("pocket", pocket.weekly, 7, "pockets grow or melt, merge, split, roam, try for a capital"),
    Step("", jihadist.weekly, 7, "the jihadist rival grows and is broken"),
    Step("", ahead.draw_days, 7, "luck is drawn for the days of all pockets"),
    Step("", siege.command, 1, "Kabul decides on the valley: assault, stay, go"),
    Step("front", front.daily, 1, "fronts eat, defend, strike back, raid"),
    Step("militia", militia.daily, 1, "militias raid"),
    Step("pocket", pocket.daily, 1, "pockets raid or are found"),
    Step("", jihadist.daily, 1, "the jihadist rival attacks"),
    Step("garrison", garrison.daily, 1, "garrisons put down risings, take capitals back"),
    Step("", fade_memory, 7, "memories of protests, attacks and refugees fade"),
    Step("", close_day, 1, "series are written"),
)


@compiled
def begin(w: World) -> None:
    """State at the start of a run, from its parameters."""
    province.begin(w)
    government.begin(w)
    for i in range(len(w.community)):
        community.begin(w, i)
    community.gather_valley(w)
    for i in range(len(w.cache)):
        cache.begin(w, i)
    for k in range(w.powers):
        power.begin(w, k)
    for k in range(w.militias):
        militia.begin(w, k)
    for k in range(w.fronts):
        front.begin(w, k)
    stretch.begin(w)
    pocket.begin(w)
    jihadist.begin(w)


@compiled
def tick(w: World, t: int) -> None:
    """One day of the world: ``SCHEDULE`` in compiled code."""
    clock.start_day(w, t)
    if t % 7 == 0:
        week(w, t)
    siege.command(w, t)
    for k in range(w.fronts):
        front.daily(w, k, t)
    for k in range(w.militias):
        militia.daily(w, k, t)
    for k in range(w.bands):
        pocket.daily(w, k, t)
    jihadist.daily(w, t)
    for i in range(len(w.garrison)):
        garrison.daily(w, i, t)
    if t % 7 == 0:
        fade_memory(w, t)
    close_day(w, t)


@compiled
def week(w: World, t: int) -> None:
    """The steps of a tick that come once a week."""
    for k in range(w.powers):
        power.weekly(w, k, t)
    government.weekly(w, t)
    ahead.draw_week(w, t)
    for i in range(len(w.community)):
        community.weekly(w, i, t)
    sum_up_valley(w, t)
    refuge.cross(w, t)
    for i in range(len(w.garrison)):
        garrison.weekly(w, i, t)
    for i in range(len(w.cache)):
        cache.weekly(w, i, t)
    route.watch_nodes(w, t)
    for r in range(len(w.route)):
        route.weekly(w, r, t)
    for k in range(w.militias):
        militia.weekly(w, k, t)
    for k in range(w.fronts):
        front.weekly(w, k, t)
    for k in range(w.fronts):
        clear_valleys(w, k, t)
    for k in range(len(w.pocket)):
        if k < w.bands:  # which rises while pockets split
            pocket.weekly(w, k, t)
    jihadist.weekly(w, t)
    ahead.draw_days(w, t)
