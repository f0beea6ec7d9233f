"""The Mesa model: one run, day by day, whose agents are views of the rows of the state."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar, cast

import mesa
import numpy as np

from sim import outcomes, schedule
from sim.mesa_agents import KINDS, SINGLE, Pocket, RowAgent
from sim.scenario import Scenario, required
from sim.single import Bench, open_day, record
from sim.values import whole

_CLOCKS = ("time", "steps")  # Mesa counts steps in one, or both, of these by its release


class SeriesCollector(mesa.DataCollector):
    """A Mesa collector of every national series, which the run has recorded anyway: it costs nothing a step."""

    def __init__(self, model: OutlookModel) -> None:
        self._model = model
        super().__init__()
        self.model_reporters = {name: _reporter(name) for name in outcomes.SERIES_NAMES}

    @property
    def model_vars(self) -> dict[str, np.ndarray]:
        """Each series so far: float64 of shape (days,)."""
        model = self._model
        return {
            name: model.bench.series[: model.tick, s].astype(float)
            for s, name in enumerate(outcomes.SERIES_NAMES)
        }

    @model_vars.setter
    def model_vars(self, values: dict[str, list[float]]) -> None:
        """Mesa sets an empty mapping here; the run's record is what counts."""

    def collect(self, model: mesa.Model) -> None:
        """Note that a step was taken."""
        if hasattr(self, "_collection_steps"):
            self._collection_steps.append(next(getattr(model, c) for c in _CLOCKS if hasattr(model, c)))


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
    walk : bool
        Walk the schedule agent by agent in Python rather than compiled: the same bits, far slower, for debuggers
        and for agents that do otherwise.
    **kwargs : float
        Values of single parameters by name, such as ``**{"taliban.service_delivery": 0.5}``. Mesa 3.3 knows keywords
        of any name by this word alone.

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
    datacollector : SeriesCollector
        Every national series as model variables.
    kinds : dict of str to type
        Class attribute: the class of the agents of each table. A subclass of the model may name others; if their
        ``follow`` does otherwise, the model walks.

    Raises
    ------
    TypeError
        If ``scenario`` is none, such as the name of one.
    ValueError
        For a seed or replicate outside its range, both ``seed`` and ``rng``, or a parameter that the scenario lacks.
    """

    kinds: ClassVar[dict[str, type[RowAgent]]] = KINDS

    def __init__(
        self,
        scenario: Scenario,
        seed: int | None = None,
        replicate: int = 0,
        values: np.ndarray | None = None,
        rng: int | np.random.Generator | None = None,
        walk: bool = False,
        **kwargs: float,
    ) -> None:
        self._own_scenario = scenario = required(scenario)
        replicate = whole("replicate", replicate)
        self.seed = _study_seed(seed, rng)
        super().__init__(rng=self.seed)
        if values is None:
            values = scenario.draw(np.array([replicate]), self.seed)[0]
        values = np.array(values, dtype=float)
        for name, value in kwargs.items():
            values[_position(scenario, name)] = value
        self.replicate = replicate
        self.bench = Bench(scenario)
        self.bench.prepare(values, self.seed, replicate)
        self.world = self.bench.world[0]
        self.tick = 0
        self.running = True
        others: list[type[RowAgent]] = list(self.kinds.values())
        self.walk = walk or any(kind.follow is not RowAgent.follow for kind in others)
        self._values = values
        self._pockets: dict[int, Pocket] = {}
        self._known = np.zeros(0)
        schedule.begin(self.world)
        self._rows: dict[str, list[RowAgent]] = {}
        for table, kind in self.kinds.items():
            self._rows[table] = [kind(self, row, name) for row, name in enumerate(_names(scenario, table))]
        self._update_pockets()
        self.datacollector = SeriesCollector(self)

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

    def __reduce__(self) -> tuple:
        """A copy goes on as the original would: the same scenario, state, record and generators of Mesa."""
        bench = self.bench
        arrays = [a.copy() for a in (bench.block, bench.series, bench.places, bench.flows)]
        clocks = {clock: getattr(self, clock) for clock in _CLOCKS if hasattr(self, clock)}
        kept = (self.tick, clocks, self.random.getstate(), self.rng, arrays)
        return _restored, (
            type(self),
            self.scenario,
            self.seed,
            self.replicate,
            self._values,
            self.walk,
            kept,
        )

    def step(self) -> None:
        """One day: the compiled tick, or agent by agent if the model walks; nothing after the horizon."""
        if self.tick >= self.scenario.days:
            self.running = False
            return
        if self.walk:
            self._walk()
        else:
            self.bench.go(self.tick, self.tick + 1)
        self.tick += 1
        self._update_pockets()
        self.datacollector.collect(self)
        self.running = self.tick < self.scenario.days

    def run(self) -> OutlookModel:
        """Run to the horizon; returns the model."""
        if self.walk or type(self).step is not OutlookModel.step:
            while self.running:
                self.step()
            return self
        left = self.scenario.days - self.tick
        self.bench.go(self.tick, self.scenario.days)
        self.tick += left
        for clock in _CLOCKS:
            if hasattr(self, clock):
                setattr(self, clock, getattr(self, clock) + left)
        self._update_pockets()
        self.running = False
        return self

    def _walk(self) -> None:
        """One day, agent by agent in the order of the schedule."""
        world, tick, bench = self.world, self.tick, self.bench
        alive = world.pocket["active"]
        open_day(world, bench.block, tick, bench.calendar, bench.events)
        for step in schedule.SCHEDULE:
            if tick % step.every:
                continue
            if not step.agents:
                step.rule(world, tick)
            elif step.agents == "pocket":
                for row in range(len(alive)):
                    if alive[row]:  # a row without a pocket has nothing to do
                        step.rule(world, row, tick)
            else:
                for agent in self._rows[step.agents]:
                    agent.follow(step.rule, tick)
        record(world, bench.block, tick, bench.series, bench.places, bench.flows)

    def _update_pockets(self) -> None:
        """New pockets are new agents, dead ones leave; a row that is used again is another agent."""
        table = self.world.pocket
        known = table["identity"] * table["active"] + table["active"]
        if np.array_equal(known, self._known):
            return
        self._known = known
        alive = {int(table["identity"][row]): int(row) for row in np.flatnonzero(table["active"])}
        for identity in [gone for gone in self._pockets if gone not in alive]:
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


def _names(scenario: Scenario, table: str) -> tuple[str, ...]:
    return (table,) if table in SINGLE else scenario.layout.rows[table]


def _restored(
    kind: type[OutlookModel],
    scenario: Scenario,
    seed: int,
    replicate: int,
    values: np.ndarray,
    walk: bool,
    kept: tuple,
) -> OutlookModel:
    """The model that :meth:`OutlookModel.__reduce__` took apart."""
    tick, clocks, state, rng, arrays = kept
    model = kind(scenario, seed=seed, replicate=replicate, values=values, walk=walk)
    bench = model.bench
    for ours, theirs in zip((bench.block, bench.series, bench.places, bench.flows), arrays, strict=True):
        np.copyto(cast(np.ndarray, ours), theirs)
    model.tick, model.rng = tick, rng
    for clock, value in clocks.items():
        if clock == "steps" or not hasattr(model, "_default_schedule"):  # a schedule would catch up by steps
            setattr(model, clock, value)
    model.random.setstate(state)
    model.running = tick < scenario.days
    model._update_pockets()
    return model


def _study_seed(seed: int | None, rng: int | np.random.Generator | None) -> int:
    if seed is not None and rng is not None:
        raise ValueError("pass either seed or rng, not both")
    given = seed if seed is not None else rng
    if given is None:
        return int.from_bytes(os.urandom(4), "little")
    if isinstance(given, np.random.Generator):
        return int(given.integers(2**32))
    return whole("seed", given)


def _position(scenario: Scenario, name: str) -> int:
    if name not in scenario.schema.names:
        raise ValueError(f"scenario {scenario.name!r} has no parameter {name!r}")
    return scenario.schema.index(name)


def _reporter(name: str) -> Callable[[OutlookModel], float]:
    column = outcomes.SERIES_NAMES.index(name)
    return lambda model: float(model.bench.series[model.tick - 1, column])
