"""Many runs: blocks of runs side by side in threads, the labelled ensemble."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import outcomes
from sim.parameters import Schema
from sim.scenario import Scenario, required
from sim.single import Bench
from sim.values import whole
from sim.world.clock import Calendar
from sim.world.geography import load_geography
from sim.world.tables import EVENT_SIZES, ROWS

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


@dataclass(frozen=True)
class Block:
    """Runs of one scenario as arrays.

    Attributes
    ----------
    scenario
        What was run.
    values
        Its parameter vectors, float64[n, P].
    replicates
        int64[n].
    seed
        Of luck.
    measures
        float64[n, M] in the order of ``sim.outcomes.MEASURES``.
    series
        float32[n, days, S] or None.
    places
        float32[n, weeks, provinces, K] or None.
    routes
        float32[n, weeks, links] or None (tonnes of arms)
    event_sizes
        int64[n, sizes], events by deaths.
    valley
        float32[n, places of the valley], share of days on which the front held each.
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
    valley: np.ndarray

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
    progress: Callable[[int], object] | None = None,
) -> Block:
    """Run a block of points, each with its own parameter vector and replicate.

    Parameters
    ----------
    scenario
        Dates, events and schema.
    values
        Parameter vectors, float64[n, P].
    replicates
        The luck of each run, int64[n].
    seed
        Study seed, 0 to 2**32 - 1.
    threads
        Runs side by side; None: as many as there are cores.
    keep_series, keep_places
        What is kept beside the measures.
    progress
        Called with the number of runs done since the last call, from the calling thread.

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
            block.valley[row] = bench.world[0].place["front_days"] / scenario.days
            if block.series is not None:
                block.series[row] = bench.series
            if block.places is not None and block.routes is not None:
                block.places[row], block.routes[row] = bench.places, bench.flows
        return len(rows)

    workers = min(threads or os.cpu_count() or 1, max(1, len(replicates)))
    for done in _in_threads(work, len(replicates), workers):
        if progress is not None:
            progress(done)
    return block


def _room(scenario: Scenario, n: int, series: bool, places: bool) -> dict[str, Any]:
    weeks = scenario.days // 7
    shape = (n, weeks, ROWS["province"], len(outcomes.PLACE_SERIES))
    return {
        "measures": np.empty((n, len(outcomes.MEASURES))),
        "series": np.empty((n, scenario.days, len(outcomes.SERIES_NAMES)), np.float32) if series else None,
        "places": np.empty(shape, np.float32) if places else None,
        "routes": np.empty((n, weeks, ROWS["route"]), np.float32) if places else None,
        "event_sizes": np.empty((n, EVENT_SIZES), np.int64),
        "valley": np.empty((n, ROWS["place"]), np.float32),
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
    progress: Callable[[int], object] | None = None,
) -> Ensemble:
    """Run replicates of a scenario, each with its own luck and its own draw of what is uncertain.

    Parameters
    ----------
    scenario
        What to run.
    replicates
        Number of runs.
    seed
        Study seed; the same scenario and seed give the same bits.
    threads
        Runs side by side; None: as many as there are cores.
    keep_places
        Keep series by province and link as well.
    progress
        Called with the number of runs done since the last call.

    Raises
    ------
    TypeError
        If ``scenario`` is none, such as the name of one.
    ValueError
        If ``replicates``, ``seed`` or ``threads`` is no whole number of its range.
    """
    scenario = required(scenario)
    replicates, seed = whole("replicates", replicates, 1), whole("seed", seed)
    threads = None if threads is None else whole("threads", threads, 1, 1024)
    numbers = np.arange(replicates, dtype=np.int64)
    values = scenario.draw(numbers, seed)
    block = simulate_points(scenario, values, numbers, seed, threads, True, keep_places, progress)
    return Ensemble(block)


def point_hashes(schema: Schema, values: np.ndarray) -> list[str]:
    """Identity of design points by content: 12 hexadecimal digits of each row of float64[n, P], in under a microsecond.

    Multilinear hashing (Carter and Wegman 1979, J. Comput. Syst. Sci. 18:143): every half of every number's bits
    times a random 64-bit number that belongs to the schema, summed; the upper bits of two such sums. Two
    different vectors have the same hash with probability 2**-48. The sums are linear, so columns in which all
    rows are alike are summed once.
    """
    if len(values) == 0:
        return []
    key = int.from_bytes(hashlib.sha256("\n".join(schema.names).encode()).digest()[:16], "little")
    weights = np.random.Philox(key=key).random_raw(4 * len(schema.names)).reshape(-1, 2)
    bits = np.ascontiguousarray(values, dtype="<f8").view("<u4")
    varying = np.flatnonzero((bits != bits[0]).any(axis=0))
    change = bits[:, varying].astype(np.uint64) - bits[0, varying].astype(np.uint64)  # modulo 2**64
    sums = (bits[0].astype(np.uint64) @ weights + change @ weights[varying]) >> np.uint64(40)
    digits = (sums[:, 0] << np.uint64(24) | sums[:, 1]).astype(">u8").tobytes().hex()
    return [digits[start + 4 : start + 16] for start in range(0, len(digits), 16)]


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

    def __repr__(self) -> str:
        return f"<Ensemble of {len(self.block.replicates)} runs of {self.scenario!r}>"

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
        hashes = point_hashes(scenario.schema, block.values)
        ids = [f"{scenario.name}/{h}/{r}" for h, r in zip(hashes, block.replicates, strict=True)]
        codes = block.measures[:, 0].astype(int)
        head = pd.DataFrame({"run_id": ids, "replicate": block.replicates,
                             "ending": np.array(outcomes.ENDINGS)[codes]})  # fmt: skip
        return pd.concat([head, pd.DataFrame(block.measures, columns=list(outcomes.MEASURES))], axis=1)

    def to_xarray(self) -> xr.Dataset:
        """Everything with labels: measures, national series and, of runs of a week or more, series by province and arms
        by link.

        Attributes follow the conventions of CF for netCDF files: ``units`` are those of UDUNITS, which counts
        people and attacks as 1; the model's own words for them stand in ``comment``. ``to_netcdf`` of the data set
        writes a file.
        """
        import xarray as xr

        data: dict[str, Any] = {
            name: (("run", "day"), self.series[name], _attributes(name)) for name in self.series
        }
        weekly = self.places if len(self.weeks) else ()  # netCDF knows no dimension without a member
        for name in weekly:
            label = name if name.endswith("_by_province") else f"{name}_by_province"
            data[label] = (("run", "week", "province"), self.places[name], _weekly_attributes(name))
        if self.routes is not None and len(self.weeks):
            arms = {"units": "tonne week-1", "long_name": "arms that arrived over the link"}
            data["arms_flow"] = (("run", "week", "link"), self.routes, arms)
        data["measures"] = (("run", "measure"), self.block.measures, {"long_name": "end-of-run measures"})
        about = {"Conventions": "CF-1.11", "title": self.scenario.title, "scenario": self.scenario.name,
                 "seed": self.block.seed, "source": "Panjshir Outlook, simulated runs"}  # fmt: skip
        made = xr.Dataset(data, self._coordinates(), about)
        for name in {"day", "week"} & set(made.coords):
            made[name].encoding = {"units": f"days since {self.scenario.start}", "calendar": "standard"}
        return made

    def _coordinates(self) -> dict[str, Any]:
        """The labels of :meth:`to_xarray`; those of provinces and links where these were kept."""
        coords: dict[str, Any] = {
            "run": ("run", self.block.replicates, {"long_name": "replicate"}),
            "day": ("day", self.dates, _TIME),
            "measure": list(outcomes.MEASURES),
        }
        if not len(self.places) or not len(self.weeks):
            return coords
        geography = load_geography()
        east = {"standard_name": "longitude", "units": "degrees_east"}
        north = {"standard_name": "latitude", "units": "degrees_north"}
        nodes = geography.node_names
        return coords | {
            "week": ("week", self.weeks, _TIME | {"long_name": "first day of the week"}),
            "province": list(self.provinces),
            "link": [f"{nodes[link['a']]}-{nodes[link['b']]}" for link in geography.links],
            "lon": ("province", geography.provinces["lon"], east),
            "lat": ("province", geography.provinces["lat"], north),
        }


_TIME = {"standard_name": "time", "axis": "T"}


def _attributes(name: str) -> dict[str, str]:
    """Attributes of a national series by CF."""
    series = outcomes.SERIES[name]
    return {"units": _udunits(series.unit), "long_name": series.meaning, "comment": series.unit,
            "level": series.level, "kind": series.kind}  # fmt: skip


def _weekly_attributes(name: str) -> dict[str, str]:
    """Attributes of a series by week and province."""
    known = _attributes(name) if name in outcomes.SERIES else {"units": "1", "long_name": name}
    return known | {"units": known["units"].replace("day-1", "week-1")}


def _udunits(unit: str) -> str:
    """A unit of the model in the words of UDUNITS, which knows neither people nor money."""
    what, _, per = unit.partition(" a ")
    plain = {"tonnes": "tonne", "days": "day", "USD million": "1e6"}.get(what, "1")
    rate = f"{per}-1" if per else ""
    return rate if rate and plain == "1" else f"{plain} {rate}".strip()


class _Columns(Mapping[str, np.ndarray]):
    """The last axis of an array by name."""

    def __init__(self, names: tuple[str, ...], array: np.ndarray | None) -> None:
        self._at = {name: position for position, name in enumerate(names)} if array is not None else {}
        self._array = np.empty((0, 0)) if array is None else array

    def __getitem__(self, name: str) -> np.ndarray:
        return self._array[..., self._at[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)
