"""One run through Mesa against the compiled run, and an idiomatic Mesa model of a small part of the same rules."""

from __future__ import annotations

import time
from collections.abc import Callable

import mesa
import numpy as np

from experiments.config import load_scenario
from sim.model import OutlookModel
from sim.outcomes import MEASURES
from sim.single import Bench

SERIES = ("deaths", "attacks_front", "pockets", "services", "grievance")


class Quarter(mesa.Agent):
    """A community as a Mesa tutorial writes it: attributes, a step, a draw of NumPy."""

    def __init__(self, model: mesa.Model) -> None:
        super().__init__(model)
        self.grievance, self.harm, self.fear, self.elders = 0.4, 0.0, 0.0, 0.5
        self.defiance = self.cover = 0.0

    def step(self) -> None:
        """Grievance moves, harm and fear fade, elders lean, people hide or protest: five of some forty lines."""
        called_for = min(1.0, max(0.0, 0.9 * 0.5 * (1 - 0.4) + 0.3 * 0.8 + self.harm))
        self.grievance += 0.1 * (called_for - self.grievance)
        self.harm *= 0.92
        self.fear *= 0.9
        self.elders += 0.02 * (min(1.0, max(0.0, 0.6 - 0.5 * self.grievance)) - self.elders)
        self.defiance = min(1.0, max(0.0, self.grievance - 0.8 * self.fear))
        self.cover = min(1.0, max(0.0, (1 - self.elders) * 0.5 + 0.5 * self.grievance))
        if self.model.rng.poisson(0.3 * self.defiance):
            self.fear = min(1.0, self.fear + 0.05)


class Idiomatic(mesa.Model):
    """Communities that step once a week."""

    def __init__(self, communities: int = 56) -> None:
        super().__init__(rng=1)
        Quarter.create_agents(self, communities)

    def step(self) -> None:
        """A week."""
        self.agents.do("step")


def _seconds(work: Callable[[], object], turns: int) -> float:
    best = np.inf
    for _ in range(turns):
        begun = time.thread_time()
        work()
        best = min(best, time.thread_time() - begun)
    return float(best)


def measure(overrides: tuple[str, ...] = (), turns: int = 5) -> dict[str, float]:
    """Ratios to the compiled run, microseconds of an observed step, and of an agent-step each way."""
    scenario = load_scenario("baseline", list(overrides))
    values = scenario.draw(np.array([0]), 1)[0]
    bench, out = Bench(scenario), np.empty(len(MEASURES))
    compiled = _seconds(lambda: bench.run(values, 1, 0, out), 4 * turns)
    models = [OutlookModel(scenario, seed=1) for _ in range(turns)]
    through = min(_seconds(model.run, 1) for model in models)
    observed, watched = OutlookModel(scenario, seed=1), 20
    collector = mesa.DataCollector(model_reporters={name: _last(name) for name in SERIES})

    def step() -> None:
        observed.step()
        collector.collect(observed)

    each = min(_seconds(step, 1) for _ in range(min(watched, scenario.days)))
    walker, days = OutlookModel(scenario, seed=1, walk=True), min(28, scenario.days)
    begun = time.thread_time()
    for _ in range(days):
        walker.step()
    walked = (time.thread_time() - begun) / days * scenario.days
    plain = Idiomatic()
    week = _seconds(plain.step, 20)
    agents = sum(len(scenario.layout.rows.get(table, (table,))) for table in OutlookModel.kinds)
    return {
        "OutlookModel.run() over the compiled run": through / compiled,
        "us a step with a DataCollector of five series": each * 1e6,
        "walked over the compiled run": walked / compiled,
        "us an agent-step, idiomatic Mesa of five lines": week / len(plain.agents) * 1e6,
        "us an agent-step, compiled, all rules": compiled / scenario.days / agents * 1e6,
    }


def _last(name: str) -> Callable[[OutlookModel], float]:
    return lambda model: float(model.series[name][-1])
