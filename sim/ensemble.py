"""Many runs: the compiled run, blocks of runs side by side in threads, the labelled ensemble."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from sim import outcomes, schedule
from sim.agents.clock import SUMMER
from sim.calendar import Calendar
from sim.compiled import compiled
from sim.geography import load_geography
from sim.parameters import Schema
from sim.scenario import Scenario
from sim.state import EVENT_SIZES, ROWS, offset

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

#: One thing that is set on one day: the tick, the offset in the state's block, the value.
EVENT = np.dtype((np.record, [("day", np.int64), ("at", np.int64), ("value", np.float64)]))
_TODAY, _WEEK = offset("today"), offset("week")


@compiled
def open_day(w, block, t, calendar, events):
    """Before a tick: the date, and the dated events that set parameters and state.

    Args:
        w: the state; block: the same memory as float64 numbers.
        calendar: day of the year and winter of each tick, int64[days, 2].
        events: records of type ``EVENT``.
    """
    w.now.day_of_year = calendar[t, 0]
    w.now.winter = calendar[t, 1]
    for e in range(len(events)):
        if events[e].day == t:
            block[events[e].at] = events[e].value


@compiled
def run(world, block, calendar, events, series, places, flows, measures):
    """One whole run of ``world`` (WORLD[1]; ``block``: the same memory as float64 numbers).

    ``series`` [day, series], ``places`` [week, province, series] and ``flows`` [week, link] are written as far as
    they have room, ``measures`` at the end.
    """
    w = world[0]
    schedule.begin(w)
    for t in range(len(series)):
        open_day(w, block, t, calendar, events)
        schedule.tick(w, t)
        record(w, block, t, series, places, flows)
    outcomes.measure(series, measures)


@compiled
def record(w, block, t, series, places, flows):
    """Copy the day's record, and on the last day of a week that of provinces and links, to their place."""
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

    Args:
        scenario: what to run.
        weekly: whether provinces and routes are recorded by week (whole weeks alone).
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

        Args:
            values: parameter vector, float64[P].
            seed: study seed; replicate: number of the run's luck.
        """
        self.world[:] = self.layout.template
        self.block[self.layout.parameter_at] = values
        self.world[0].key[:] = seed, replicate

    def run(self, values: np.ndarray, seed: int, replicate: int, measures: np.ndarray) -> None:
        """Run once; the record is in ``series``, ``places``, ``flows`` and ``sizes``, measures in ``measures``."""
        self.prepare(values, seed, replicate)
        run(self.world, self.block, self.calendar, self.events, self.series, self.places, self.flows, measures)


def _calendar_array(scenario: Scenario) -> np.ndarray:
    calendar = Calendar(scenario.start, scenario.end)
    years = calendar.dates.astype("datetime64[Y]").astype(np.int64) + 1970 + (calendar.day_of_year >= SUMMER)
    return np.stack([calendar.day_of_year, years], axis=1).astype(np.int64)


def _event_array(scenario: Scenario) -> np.ndarray:
    """Day, offset and value of everything that the start state and the events set."""
    layout, schema = scenario.layout, scenario.schema
    rows = [(0, layout.paths[path], value) for path, value in scenario.state.items()]
    for event in scenario.events:
        day = (event.day - scenario.start).days
        rows += [(day, layout.parameter_at[schema.index(name)], value) for name, value in event.set.items()]
        rows += [(day, layout.paths[path], value) for path, value in event.state.items()]
    return np.array(rows, dtype=EVENT)


@dataclass(frozen=True)
class Block:
    """Runs of one scenario as arrays.

    Attributes:
        scenario: what was run; values: its parameter vectors, float64[n, P]; replicates: int64[n]; seed: of luck.
        measures: float64[n, M] in the order of ``sim.outcomes.MEASURES``.
        series: float32[n, days, S] or None; places: float32[n, weeks, provinces, K] or None;
        routes: float32[n, weeks, links] or None (tonnes of arms); event_sizes: int64[n, sizes], events by deaths.
    """

    scenario: Scenario
    values: np.ndarray
    replicates: np.ndarray
    seed: int
    measures: np.ndarray
    series: np.ndarray | None
    places: np.ndarray | None
    routes: np.ndarray | None
    event_sizes: np.ndarray

    def national(self, name: str) -> np.ndarray:
        """A national series: float32[n, days]."""
        if self.series is None:
            raise ValueError("the series of these runs were not kept")
        return self.series[:, :, outcomes.SERIES_NAMES.index(name)]

    def place(self, name: str, province: str) -> np.ndarray:
        """A series of a province: float32[n, weeks]."""
        if self.places is None:
            raise ValueError("the series by province of these runs were not kept")
        row = load_geography().province_names.index(province)
        return self.places[:, :, row, outcomes.PLACE_SERIES.index(name)]

    def measure(self, name: str) -> np.ndarray:
        """A measure: float64[n]."""
        return self.measures[:, outcomes.MEASURES.index(name)]


def simulate_points(
    scenario: Scenario,
    values: np.ndarray,
    replicates: np.ndarray,
    seed: int,
    threads: int | None = None,
    keep_series: bool = True,
    keep_places: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Block:
    """Run a block of points, each with its own parameter vector and replicate.

    Args:
        scenario: dates, events and schema.
        values: parameter vectors, float64[n, P].
        replicates: the luck of each run, int64[n].
        seed: study seed, 0 to 2**32 - 1.
        threads: runs side by side; None: as many as there are cores.
        keep_series, keep_places: what is kept beside the measures.
        progress: called with the number of runs done since the last call, from the calling thread.

    The result does not depend on ``threads``.
    """
    replicates = np.ascontiguousarray(replicates, dtype=np.int64)
    values = np.ascontiguousarray(values, dtype=np.float64)
    room = _room(scenario, len(replicates), keep_series, keep_places)
    block = Block(scenario, values, replicates, int(seed), **room)

    def work(rows: range) -> int:
        bench = Bench(scenario, keep_places)
        for row in rows:
            bench.run(values[row], seed, replicates[row], block.measures[row])
            block.event_sizes[row] = bench.sizes
            if block.series is not None:
                block.series[row] = bench.series
            if block.places is not None:
                block.places[row], block.routes[row] = bench.places, bench.flows
        return len(rows)

    workers = min(threads or os.cpu_count() or 1, max(1, len(replicates)))
    for done in _in_threads(work, len(replicates), workers):
        if progress is not None:
            progress(done)
    return block


def _room(scenario: Scenario, n: int, series: bool, places: bool) -> dict[str, np.ndarray | None]:
    weeks = scenario.days // 7
    shape = (n, weeks, ROWS["province"], len(outcomes.PLACE_SERIES))
    return {
        "measures": np.empty((n, len(outcomes.MEASURES))),
        "series": np.empty((n, scenario.days, len(outcomes.SERIES_NAMES)), np.float32) if series else None,
        "places": np.empty(shape, np.float32) if places else None,
        "routes": np.empty((n, weeks, ROWS["route"]), np.float32) if places else None,
        "event_sizes": np.empty((n, EVENT_SIZES), np.int64),
    }


def _in_threads(work: Callable[[range], int], n: int, workers: int) -> Iterator[int]:
    """Do rows 0 to n in short spans, spread over threads; yields how many are done as they are."""
    span = max(1, min(25, -(-n // workers)))
    spans = [range(first, min(first + span, n)) for first in range(0, n, span)]
    if workers == 1:
        yield from map(work, spans)
        return
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(work, spans)


def simulate(
    scenario: Scenario,
    replicates: int = 500,
    seed: int = 1,
    threads: int | None = None,
    keep_places: bool = True,
    progress: Callable[[int], None] | None = None,
) -> Ensemble:
    """Run replicates of a scenario, each with its own luck and its own draw of what is uncertain.

    Args:
        scenario: what to run.
        replicates: number of runs.
        seed: study seed; the same scenario and seed give the same bits.
        threads: runs side by side; None: as many as there are cores.
        keep_places: keep series by province and link as well.
        progress: called with the number of runs done since the last call.
    """
    numbers = np.arange(replicates, dtype=np.int64)
    values = scenario.draw(numbers, seed)
    block = simulate_points(scenario, values, numbers, seed, threads, True, keep_places, progress)
    return Ensemble(block)


def point_hash(schema: Schema, values: np.ndarray) -> str:
    """Identity of a design point by its content: 12 hexadecimal digits of its parameter vector."""
    digest = hashlib.sha256(_schema_digest(schema))
    digest.update(np.ascontiguousarray(values, dtype="<f8").tobytes())
    return digest.hexdigest()[:12]


@lru_cache(maxsize=64)
def _schema_digest(schema: Schema) -> bytes:
    return "\n".join(schema.names).encode()


class Ensemble:
    """Runs of one scenario with labels.

    ``series["deaths"]`` is run x day, ``places["deaths"]`` is run x week x province, ``runs`` one row a run.
    """

    def __init__(self, block: Block) -> None:
        self.block = block
        self.scenario = block.scenario
        self.values = block.values
        self.series: Mapping[str, np.ndarray] = _Columns(outcomes.SERIES_NAMES, block.series)
        self.places: Mapping[str, np.ndarray] = _Columns(outcomes.PLACE_SERIES, block.places)
        self.routes = block.routes
        self.provinces = load_geography().province_names

    @cached_property
    def dates(self) -> np.ndarray:
        """Date of each day: datetime64[days]."""
        return Calendar(self.scenario.start, self.scenario.end).dates

    @cached_property
    def weeks(self) -> np.ndarray:
        """First date of each week of the run: datetime64[weeks]."""
        return self.dates[::7][: self.scenario.days // 7]

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row a run: run_id, replicate, ending and every measure."""
        import pandas as pd

        scenario, block = self.scenario, self.block
        hashes = [point_hash(scenario.schema, row) for row in block.values]
        ids = [f"{scenario.name}/{h}/{r}" for h, r in zip(hashes, block.replicates, strict=True)]
        codes = block.measures[:, 0].astype(int)
        head = pd.DataFrame({"run_id": ids, "replicate": block.replicates,
                             "ending": np.array(outcomes.ENDINGS)[codes]})  # fmt: skip
        return pd.concat([head, pd.DataFrame(block.measures, columns=list(outcomes.MEASURES))], axis=1)

    def to_xarray(self) -> xr.Dataset:
        """Everything with labels: measures, national series, series by province, arms flow by link."""
        import xarray as xr

        geography = load_geography()
        links = [f"{geography.node_names[x['a']]}-{geography.node_names[x['b']]}" for x in geography.links]
        data = {name: (("run", "day"), self.series[name], _attributes(name)) for name in self.series}
        data |= {f"{name}_by_province": (("run", "week", "province"), self.places[name]) for name in self.places}
        if self.routes is not None:
            data["arms_flow"] = (("run", "week", "link"), self.routes, {"unit": "tonnes a week"})
        data["measures"] = (("run", "measure"), self.block.measures)
        coords = {"run": self.block.replicates, "day": self.dates, "measure": list(outcomes.MEASURES)}
        if len(self.places):
            coords |= {"week": self.weeks, "province": list(self.provinces), "link": links}
        return xr.Dataset(data, coords, {"scenario": self.scenario.name, "seed": self.block.seed})


def _attributes(name: str) -> dict[str, str]:
    series = outcomes.SERIES[name]
    return {"unit": series.unit, "level": series.level, "kind": series.kind, "long_name": series.meaning}


class _Columns(Mapping[str, np.ndarray]):
    """The last axis of an array by name."""

    def __init__(self, names: tuple[str, ...], array: np.ndarray | None) -> None:
        self._at = {name: position for position, name in enumerate(names)} if array is not None else {}
        self._array = array

    def __getitem__(self, name: str) -> np.ndarray:
        return self._array[..., self._at[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)
