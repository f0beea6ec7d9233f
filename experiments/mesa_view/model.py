"""One run as a Mesa model by the name of its scenario, as Mesa's ``batch_run`` and SolaraViz build it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import mesa
import numpy as np

from experiments.config import load_scenario
from experiments.kit.errors import UserError
from sim.model import OutlookModel as AnyModel
from sim.scenario import Scenario
from sim.values import hint


class Named(Scenario):
    """A scenario of ours. Mesa 3.5 asks a model for a scenario of Mesa's own, and is told that there is none."""

    def __bool__(self) -> bool:
        return False


class OutlookModel(AnyModel):
    """One run of a scenario by its name, the same bits as the compiled run.

    Parameters
    ----------
    scenario
        Name of a packaged scenario, path of a YAML file, or a `Scenario`.
    seed, replicate, values, rng, walk
        As of :class:`sim.OutlookModel`.
    **kwargs
        Values of single parameters by name: ``**{"taliban.service_delivery": 0.5}``. Mesa 3.3 knows keywords of any
        name by this word alone.

    Raises
    ------
    UserError
        If there is no such scenario or parameter, or a value is outside its range.
    """

    def __init__(
        self,
        scenario: str | Path | Scenario = "baseline",
        seed: int | None = None,
        replicate: int = 0,
        values: np.ndarray | None = None,
        rng: int | np.random.Generator | None = None,
        walk: bool = False,
        **kwargs: float,
    ) -> None:
        found = scenario if isinstance(scenario, Scenario) else _read(scenario)
        _check(found, kwargs)
        super().__init__(_named(found), seed, replicate, values, rng, walk, **kwargs)

    if int(mesa.__version__.partition(".")[0]) >= 4:  # Mesa 4 counts in ``time`` alone

        @property
        def steps(self) -> int:
            """Days taken."""
            return self.tick

        @steps.setter
        def steps(self, value: int) -> None:
            """The ticks are what counts."""


def _read(scenario: str | Path) -> Scenario:
    return _cached(str(scenario)) if isinstance(scenario, (str, Path)) else load_scenario(scenario)


@lru_cache(maxsize=64)
def _cached(name: str) -> Scenario:
    return load_scenario(name)


def _named(scenario: Scenario) -> Named:
    made = object.__new__(Named)
    made.__dict__.update(scenario.__dict__)
    return made


def _check(scenario: Scenario, parameters: dict[str, float]) -> None:
    names = scenario.schema.names
    for name, value in parameters.items():
        if name not in names:
            raise UserError(f"OutlookModel: no parameter {name!r} in {scenario.name}{hint(name, names)}")
        known = scenario.schema[name]
        if not known.low <= value <= known.high:
            raise UserError(f"OutlookModel: {name}: found {value}; allowed: {known.low:g} to {known.high:g}")
