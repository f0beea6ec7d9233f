"""The compiled run: room for one run of a scenario, and the loop over its days."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from sim import outcomes, schedule
from sim.agents.pocket import find_bands
from sim.changes import VERBS, Change
from sim.compiled import compiled
from sim.scenario import Scenario
from sim.world.clock import Calendar
from sim.world.season import SUMMER
from sim.world.tables import ROWS, Layout, field_offset, offset

if TYPE_CHECKING:
    from sim.world.state import World

Array: TypeAlias = np.ndarray

#: One thing that changes on one day: the tick, the offset in the state's block, how (0 set, 1 add, 2 multiply), the
#: value, and what the field may be: least, most, and whether it is a whole number.
EVENT = np.dtype((np.record, [("day", np.int64), ("at", np.int64), ("verb", np.int64), ("value", np.float64),
                              ("low", np.float64), ("high", np.float64), ("counted", np.int64)]))  # fmt: skip
_TODAY, _WEEK = offset("today"), offset("week")
#: Columns of the flows, which rules add to over a day, and of series that copy a field, with that field's offset.
_FLOWS = np.array([s for s, series in enumerate(outcomes.SERIES.values()) if series.kind == "flow"])
_COPIES = np.array(
    [(s, field_offset(series.source)) for s, series in enumerate(outcomes.SERIES.values()) if series.source]
)


@compiled
def open_day(w: World, block: Array, t: int, calendar: Array, events: Any) -> None:
    """Before a tick: flows at zero, the date, and the dated events that set parameters and state.

    Parameters
    ----------
    w
        The state.
    block
        The same memory as float64 numbers.
    calendar
        Day of the year and winter of each tick, int64[days, 2].
    events
        Records of type ``EVENT``.
    """
    for s in _FLOWS:
        block[_TODAY + s] = 0.0
    w.now.day_of_year = calendar[t, 0]
    w.now.winter = calendar[t, 1]
    for e in range(len(events)):
        if events[e].day == t:
            change(block, events[e])
            find_bands(w)


@compiled
def change(block: Array, event: Any) -> None:
    """One change of a dated event; what is added to or multiplied stays within what the field may be."""
    value = event.value
    if event.verb > 0:
        now = block[event.at]
        value = min(event.high, max(event.low, now + value if event.verb == 1 else now * value))
        if event.counted > 0:
            value = math.floor(value + 0.5)
    block[event.at] = value


@compiled
def run(
    world: Any,
    block: Array,
    calendar: Array,
    events: Any,
    series: Array,
    places: Array,
    flows: Array,
    measures: Array,
) -> None:
    """One whole run of ``world`` (WORLD[1]; ``block``: the same memory as float64 numbers).

    ``series`` [day, series], ``places`` [week, province, series] and ``flows`` [week, link] are written as far as
    they have room, ``measures`` at the end.
    """
    schedule.begin(world[0])
    go(world, block, calendar, events, series, places, flows, 0, len(series))
    outcomes.measure(series, measures)


@compiled
def go(
    world: Any, block: Array, calendar: Array, events: Any, series: Array, places: Array, flows: Array,
    first: int, end: int,
) -> None:  # fmt: skip
    """The days ``first`` to ``end - 1`` of a run; arrays as of :func:`run`."""
    w = world[0]
    for t in range(first, end):
        open_day(w, block, t, calendar, events)
        schedule.tick(w, t)
        record(w, block, t, series, places, flows)


@compiled
def record(w: World, block: Array, t: int, series: Array, places: Array, flows: Array) -> None:
    """Copy the day's record, and on the last day of a week that of provinces and links, to their place."""
    for n in range(len(_COPIES)):
        block[_TODAY + _COPIES[n, 0]] = block[_COPIES[n, 1]]
    for s in range(series.shape[1]):
        series[t, s] = block[_TODAY + s]
    week = t // 7
    if t % 7 == 6 and week < len(places):
        width = places.shape[2]
        for i in range(places.shape[1]):
            for s in range(width):
                places[week, i, s] = block[_WEEK + i * width + s]
        for r in range(flows.shape[1]):
            flows[week, r] = w.route[r].flow


class Bench:
    """Room for one run at a time of one scenario: its memory is used again for the next run.

    Parameters
    ----------
    scenario
        What to run.
    weekly
        Whether provinces and routes are recorded by week (whole weeks alone).
    """

    def __init__(self, scenario: Scenario, weekly: bool = True) -> None:
        self.scenario, self.layout = scenario, scenario.layout
        self.world = self.layout.template.copy()
        self.block = self.world.view(np.float64)
        self.calendar = _calendar_array(scenario)
        self.events = _event_array(scenario)
        weeks = scenario.days // 7 if weekly else 0
        self.series = np.zeros((scenario.days, len(outcomes.SERIES_NAMES)), np.float32)
        self.places = np.zeros((weeks, ROWS["province"], len(outcomes.PLACE_SERIES)), np.float32)
        self.flows = np.zeros((weeks, ROWS["route"]), np.float32)

    @property
    def sizes(self) -> np.ndarray:
        """Events of the run by number of deaths: float64[EVENT_SIZES]."""
        return self.world[0].sizes

    def prepare(self, values: np.ndarray, seed: int, replicate: int) -> None:
        """Write the state of a run before its start: the template, the parameters, the key of its luck.

        Parameters
        ----------
        values
            Parameter vector, float64[P].
        seed
            Study seed.
        replicate
            Number of the run's luck.
        """
        self.world[:] = self.layout.template
        self.block[self.layout.parameter_at] = values
        self.world["key"] = seed, replicate

    def go(self, first: int, end: int) -> None:
        """Run the days ``first`` to ``end - 1`` of the run that was prepared and begun."""
        go(
            self.world,
            self.block,
            self.calendar,
            self.events,
            self.series,
            self.places,
            self.flows,
            first,
            end,
        )

    def run(self, values: np.ndarray, seed: int, replicate: int, measures: np.ndarray) -> None:
        """Run once; the record is in ``series``, ``places``, ``flows`` and ``sizes``, measures in ``measures``."""
        self.prepare(values, seed, replicate)
        run(
            self.world, self.block, self.calendar, self.events, self.series, self.places, self.flows, measures
        )


def _calendar_array(scenario: Scenario) -> np.ndarray:
    calendar = Calendar(scenario.start, scenario.end)
    years = calendar.dates.astype("datetime64[Y]").astype(np.int64) + 1970 + (calendar.day_of_year >= SUMMER)
    return np.stack([calendar.day_of_year, years], axis=1).astype(np.int64)


def _event_array(scenario: Scenario) -> np.ndarray:
    """Everything that the start state and the events change, as records of type ``EVENT``."""
    layout, schema = scenario.layout, scenario.schema
    rows: list[tuple] = [_row(layout, 0, path, change) for path, change in scenario.state.items()]
    for event in scenario.events:
        day = (event.day - scenario.start).days
        for name, value in event.set.items():
            rows.append((day, layout.parameter_at[schema.index(name)], 0, value, value, value, 0))
        rows += [_row(layout, day, path, change) for path, change in event.state.items()]
    return np.array(rows, dtype=EVENT)


def _row(layout: Layout, day: int, path: str, change: Change) -> tuple:
    field = layout.field(path)
    return (day, layout.paths[path], VERBS.index(change.verb), change.value, *field.bounds, field.counted)
