"""The Mesa model: every agent is a Mesa agent that views its row of the state and follows the compiled rules."""

from __future__ import annotations

import os
from datetime import timedelta

import mesa
import numpy as np

from sim import outcomes, schedule
from sim.scenario import Scenario
from sim.single import Bench, open_day, record
from sim.world.tables import TABLES


class RowAgent(mesa.Agent):
    """A Mesa agent whose attributes are the fields of one row of a table of the state.

    Attributes:
        row: position in the table; name: of the agent (a province, a power, a link ...).
    """

    table = ""

    def __init__(self, model: OutlookModel, row: int, name: str) -> None:
        super().__init__(model)
        object.__setattr__(self, "record", getattr(model.world, self.table)[row])
        self.row = row
        self.name = name

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for field in TABLES[cls.table]:
            setattr(cls, field.name, _field_property(field.name, f"{field.meaning} ({field.unit})"))

    def step(self) -> None:
        """Take this agent's steps of the present day by itself; ``model.step()`` walks the schedule for all."""
        model = self.model
        for step in schedule.SCHEDULE:
            if step.agents == self.table and model.tick % step.every == 0:
                step.rule(model.world, self.row, model.tick)


def _field_property(name: str, text: str) -> property:
    def read(self: RowAgent) -> float:
        return float(self.record[name])

    def write(self: RowAgent, value: float) -> None:
        self.record[name] = value

    return property(read, write, doc=text)


class Community(RowAgent):
    """People of a province or of a side valley of Panjshir."""

    table = "community"


class Garrison(RowAgent):
    """The government's fighters in a province."""

    table = "garrison"


class WeaponCaches(RowAgent):
    """Hidden caches of the former army in a province."""

    table = "cache"


class SupplyRoute(RowAgent):
    """A link of the supply network."""

    table = "route"


class ResistanceFront(RowAgent):
    """A resistance front, such as the NRF."""

    table = "front"


class Pocket(RowAgent):
    """A band of insurgents; it appears and disappears."""

    table = "pocket"


class Militia(RowAgent):
    """A foreign-backed militia."""

    table = "militia"


class ForeignPower(RowAgent):
    """A foreign power."""

    table = "power"


class _Single(RowAgent):
    """An agent of which there is one."""

    table = "government"

    def step(self) -> None:
        """Take this agent's steps of the present day."""
        model = self.model
        for rule, every in self.rules:
            if model.tick % every == 0:
                rule(model.world, model.tick)


class Government(_Single):
    """The Taliban government."""

    table = "government"
    rules = ((schedule.government.weekly, 7), (schedule.siege.command, 1))


class JihadistRival(_Single):
    """The jihadist rival (ISKP)."""

    table = "jihadist"
    rules = ((schedule.jihadist.weekly, 7), (schedule.jihadist.daily, 1))


KINDS: dict[str, type[RowAgent]] = {
    kind.table: kind
    for kind in (Community, Garrison, WeaponCaches, SupplyRoute, ResistanceFront, Militia, ForeignPower, Government,
                 JihadistRival)
}  # fmt: skip


class OutlookModel(mesa.Model):
    """One run of a scenario, agent by agent; equal to the compiled run to the last bit.

    Parameters
    ----------
    scenario : Scenario
        What to run.
    seed : int or None
        Study seed, 0 to 2**32 - 1. None takes a new one from the operating system, kept in ``seed``, so that
        repetitions of Mesa's ``batch_run`` differ and each can be run again.
    replicate : int
        Number of the run's luck and of its draw of what is uncertain.
    values : numpy.ndarray or None
        Parameter vector, shape (parameters,). None: drawn as :func:`sim.simulate` draws it for the replicate.
    rng : int, numpy.random.Generator or None
        Another name for ``seed``, which newer releases of Mesa pass; not both.
    **parameters : float
        Values of single parameters by name, such as ``**{"taliban.service_delivery": 0.5}``.

    Attributes
    ----------
    seed : int
        The study seed in use.
    tick : int
        Days since the start.
    world : World
        The state.
    series : dict of str to numpy.ndarray
        National series so far, each of shape (days,).
    datacollector : mesa.DataCollector
        A collector with every national series as a model reporter.

    Raises
    ------
    ValueError
        For a seed outside its range, both ``seed`` and ``rng``, or a parameter that the scenario lacks.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int | None = None,
        replicate: int = 0,
        values: np.ndarray | None = None,
        rng: int | np.random.Generator | None = None,
        **parameters: float,
    ) -> None:
        self._own_scenario = scenario
        self.seed = _study_seed(seed, rng)
        super().__init__(rng=self.seed)
        if values is None:
            values = scenario.draw(np.array([replicate]), self.seed)[0]
        values = np.array(values, dtype=float)
        for name, value in parameters.items():
            values[_position(scenario, name)] = value
        self.replicate = replicate
        self.bench = Bench(scenario)
        self.bench.prepare(values, self.seed, replicate)
        self.world = self.bench.world[0]
        self.tick = 0
        self.running = True
        self._pockets: dict[int, Pocket] = {}
        schedule.begin(self.world)
        for table, kind in KINDS.items():
            if table in ("government", "jihadist"):
                self._single(kind)
                continue
            for row, name in enumerate(scenario.layout.rows[table]):
                kind(self, row, name)
        self._update_pockets()
        reporters = {name: _reporter(name) for name in outcomes.SERIES_NAMES}
        self.datacollector = mesa.DataCollector(model_reporters=reporters)

    @property
    def scenario(self) -> Scenario:
        """What the model runs; another scenario is another model."""
        return self._own_scenario

    @scenario.setter
    def scenario(self, scenario: object) -> None:
        # Mesa 3.5 and newer put a scenario of their own here while they build a model.
        if self.__dict__.get("bench") is not None:
            raise AttributeError("a model keeps its scenario; build another model for another scenario")

    def __repr__(self) -> str:
        date = self.scenario.start + timedelta(days=self.tick)
        return f"<OutlookModel {self.scenario.name!r} seed={self.seed} replicate={self.replicate}, {date}>"

    def _single(self, kind: type[RowAgent]) -> None:
        agent = kind.__new__(kind)
        mesa.Agent.__init__(agent, self)
        object.__setattr__(agent, "record", getattr(self.world, kind.table))
        agent.row, agent.name = 0, kind.table

    def step(self) -> None:
        """One day: the schedule, agent by agent."""
        if self.tick >= self.scenario.days:
            self.running = False
            return
        world, tick, bench = self.world, self.tick, self.bench
        alive = world.pocket["active"]
        open_day(world, bench.block, tick, bench.calendar, bench.events)
        for step in schedule.SCHEDULE:
            if tick % step.every:
                continue
            if not step.agents:
                step.rule(world, tick)
                continue
            for row in range(len(self.scenario.layout.rows[step.agents])):
                if step.agents != "pocket" or alive[row]:  # a row without a pocket has nothing to do
                    step.rule(world, row, tick)
        record(world, bench.block, tick, bench.series, bench.places, bench.flows)
        self._update_pockets()
        self.tick += 1
        self.datacollector.collect(self)
        self.running = self.tick < self.scenario.days

    def run(self) -> OutlookModel:
        """Run to the horizon; returns the model."""
        while self.tick < self.scenario.days:
            self.step()
        return self

    def _update_pockets(self) -> None:
        """New pockets are new agents, dead ones leave; a row that is used again is another agent."""
        table = self.world.pocket
        alive = {int(table["identity"][row]): int(row) for row in np.flatnonzero(table["active"])}
        for identity in [known for known in self._pockets if known not in alive]:
            self._pockets.pop(identity).remove()
        for identity, row in alive.items():
            if identity not in self._pockets:
                self._pockets[identity] = Pocket(self, row, f"pocket {identity}")

    @property
    def series(self) -> dict[str, np.ndarray]:
        """National series of the days so far: name to float32[day]."""
        return {name: self.bench.series[: self.tick, s] for s, name in enumerate(outcomes.SERIES_NAMES)}

    @property
    def measures(self) -> dict[str, float]:
        """End-of-run measures of the days so far."""
        out = np.empty(len(outcomes.MEASURES))
        outcomes.measure(self.bench.series[: self.tick], out)
        return dict(zip(outcomes.MEASURES, out.tolist(), strict=True))

    @property
    def ending(self) -> str:
        """The ending of the days so far."""
        return outcomes.ENDINGS[int(self.measures["ending_code"])]


def _study_seed(seed: int | None, rng: int | np.random.Generator | None) -> int:
    if seed is not None and rng is not None:
        raise ValueError("pass either seed or rng, not both")
    given = seed if seed is not None else rng
    if given is None:
        return int.from_bytes(os.urandom(4), "little")
    if isinstance(given, np.random.Generator):
        return int(given.integers(2**32))
    return int(given)


def _position(scenario: Scenario, name: str) -> int:
    if name not in scenario.schema.names:
        raise ValueError(f"scenario {scenario.name!r} has no parameter {name!r}")
    return scenario.schema.index(name)


def _reporter(name: str):
    column = outcomes.SERIES_NAMES.index(name)
    return lambda model: float(model.bench.series[model.tick - 1, column])
