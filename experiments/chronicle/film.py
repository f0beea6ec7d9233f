"""One run, watched day by day: what of its state is looked at, before the first day and after each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim import outcomes, schedule
from sim.ensemble import Block
from sim.scenario import Scenario
from sim.single import Bench, open_day
from sim.world.tables import ROWS, TABLES, offset

#: Fields of the state that are watched, by table.
WATCHED: dict[str, tuple[str, ...]] = {
    "p": ("front_least", "pockets_least", "supply_corridor"),
    "now": ("season", "corridor_open", "recent_attacks"),
    "government": ("services", "economy", "control", "inclusiveness", "warmth", "hope", "settlement", "siege",
                   "siege_days", "column", "column_lost", "campaign", "lent", "capitals_lost", "pay"),
    "jihadist": ("fighters",),
    "province": ("held", "threat", "pockets", "pocket_fighters", "presence", "week_deaths", "week_attacks",
                 "week_risings", "week_protests"),
    "community": ("rising", "grievance", "defiance", "fear", "cover"),
    "garrison": ("fighters", "cohesion"),
    "place": ("held", "posts"),
    "front": ("home", "main", "ammo", "will", "phase", "phase_days", "leader", "supplied", "command"),
    "militia": ("active", "fighters", "asleep", "patron", "instructed"),
    "power": ("attitude", "recognises", "opposes", "recognise_at", "oppose_at"),
    "pocket": ("active", "identity", "home", "fighters", "known"),
    "week": ("deaths", "attacks", "protests"),
}  # fmt: skip


def _columns() -> tuple[np.ndarray, dict[tuple[str, str], slice]]:
    """Offsets in the state's block of all that is watched, and where each field stands among them."""
    at: list[int] = []
    where: dict[tuple[str, str], slice] = {}
    for table, wanted in WATCHED.items():
        names = [field.name for field in TABLES[table]]
        for name in wanted:
            first, width = offset(table) + names.index(name), len(names)
            where[table, name] = slice(len(at), len(at) + ROWS[table])
            at += [first + row * width for row in range(ROWS[table])]
    return np.array(at), where


_AT, _WHERE = _columns()


@dataclass(frozen=True)
class Film:
    """A run that was watched.

    Attributes
    ----------
    scenario, values, seed, replicate
        The run's identity: what was run, its parameter vector, the study's seed, the number of its luck.
    frames
        What was watched, float64 ``(days + 1, watched)``: before the first day, then after each.
    series, places
        The run's record: float32 ``(days, series)`` and ``(weeks, provinces, series)``.
    """

    scenario: Scenario
    values: np.ndarray
    seed: int
    replicate: int
    frames: np.ndarray
    series: np.ndarray
    places: np.ndarray

    @cached_property
    def _rows(self) -> dict[str, int]:
        """Rows in use of the tables whose rows have names."""
        return {table: len(names) for table, names in self.scenario.layout.rows.items()}

    @property
    def days(self) -> int:
        """Days of the run."""
        return len(self.series)

    @property
    def measures(self) -> np.ndarray:
        """End-of-run measures in the order of `sim.outcomes.MEASURES`: float64 ``(measures,)``."""
        out = np.empty(len(outcomes.MEASURES))
        outcomes.measure(self.series, out)
        return out

    @property
    def ending(self) -> str:
        """How the run ends."""
        return outcomes.ENDINGS[int(self.measures[0])]

    def watched(self, path: str) -> np.ndarray:
        """A watched field, as ``front.main``: float64 ``(days + 1, rows)``; the first row is before the first day."""
        table, _, name = path.partition(".")
        return self.frames[:, _WHERE[table, name]][:, : self._rows.get(table, ROWS[table])]

    def national(self, name: str) -> np.ndarray:
        """A national series: float32 ``(days,)``."""
        return self.series[:, outcomes.SERIES_NAMES.index(name)]

    def counted(self, name: str) -> np.ndarray:
        """Deaths, attacks or protests of each day by province: float64 ``(days, provinces)``.

        The state counts them over a week and starts again on its last day, when the week is written.
        """
        so_far = self.watched(f"province.week_{name}").copy()
        last = np.arange(7, self.days + 1, 7)
        so_far[last] = self.watched(f"week.{name}")[last]
        made = np.diff(so_far, axis=0)
        first = np.arange(0, self.days, 7)
        made[first] = so_far[first + 1]
        return made


def film(scenario: Scenario, values: np.ndarray, seed: int, replicate: int) -> Film:
    """Run once more and watch; the model and its luck are untouched, so the run is the same to the bit.

    Parameters
    ----------
    scenario
        What is run.
    values
        The run's parameter vector, float64 ``(parameters,)``.
    seed, replicate
        Of its luck.
    """
    bench = _begun(scenario, values, seed, replicate)
    frames = np.empty((scenario.days + 1, len(_AT)))
    frames[0] = _opened(bench)[_AT]
    for day in range(scenario.days):
        bench.go(day, day + 1)
        frames[day + 1] = bench.block[_AT]
    return Film(scenario, values, seed, replicate, frames, bench.series, bench.places)


def film_of(block: Block) -> Film:
    """Film the first run of a block."""
    return film(block.scenario, block.values[0], block.seed, int(block.replicates[0]))


def state_of(scenario: Scenario, values: np.ndarray, seed: int, replicate: int, days: int) -> np.record:
    """The whole state of a run after so many days, as rules see it."""
    bench = _begun(scenario, values, seed, replicate)
    bench.go(0, days)
    return bench.world[0]


def _begun(scenario: Scenario, values: np.ndarray, seed: int, replicate: int) -> Bench:
    """A run before its first day."""
    bench = Bench(scenario)
    bench.prepare(np.asarray(values, dtype=float), seed, replicate)
    schedule.begin(bench.world[0])
    return bench


def _opened(bench: Bench) -> np.ndarray:
    """The state before the first day with what the scenario sets on it, so that where a run starts is no event.

    It is made on a copy: the run itself opens its first day but once.
    """
    world = bench.world.copy()
    block = world.view(np.float64)
    open_day(world[0], block, 0, bench.calendar, bench.events)
    return block
