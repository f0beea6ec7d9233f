"""How long runs are: a scenario with another end, its days, and months as people write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from experiments.kit.errors import UserError
from sim.scenario import Scenario


def with_horizon(scenario: Scenario, end: date) -> Scenario:
    """The scenario with another end; events from that day on are left out, and so are its own questions."""
    if end <= scenario.start:
        raise UserError(f"the horizon {end} is not after the scenario's start {scenario.start}")
    events = tuple(event for event in scenario.events if event.day < end)
    return replace(scenario, end=end, events=events, questions=())


def days_of(scenario: Scenario) -> NDArray[np.datetime64]:
    """The date of each simulated day."""
    return np.arange(np.datetime64(scenario.start, "D"), np.datetime64(scenario.end, "D"))


def read_month(key: str, text: str) -> np.datetime64:
    """A month such as 2022-10; raises ValueError, which names its key."""
    try:
        if len(text) != 7:
            raise ValueError
        return np.datetime64(text, "M")
    except ValueError:
        raise ValueError(f"{key}: found {text!r}; allowed: a month such as 2022-10") from None
