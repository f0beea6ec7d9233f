"""The agents of the Mesa model: each views its row of the state and follows the compiled rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import mesa

from sim import schedule
from sim.agents import government, jihadist
from sim.mechanisms import siege
from sim.world.tables import TABLES

if TYPE_CHECKING:
    from sim.model import OutlookModel

SINGLE = ("government", "jihadist")
"""Tables of one agent."""


class RowAgent(mesa.Agent):
    """A Mesa agent whose attributes are the fields of one row of a table of the state.

    Attributes
    ----------
    row : int
        Position in the table.
    name : str
        Of the agent (a province, a power, a link ...).
    """

    table = ""

    def __init__(self, model: OutlookModel, row: int, name: str) -> None:
        super().__init__(model)
        table = getattr(model.world, self.table)
        object.__setattr__(self, "record", table if self.table in SINGLE else table[row])
        self.row = row
        self.name = name

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for field in TABLES[cls.table]:
            if field.name not in vars(cls):
                setattr(cls, field.name, _field_property(field.name, f"{field.meaning} ({field.unit})"))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"

    def step(self) -> None:
        """Take this agent's steps of the present day by itself; ``model.step()`` walks the schedule for all."""
        for step in schedule.SCHEDULE:
            if step.agents == self.table and self.model.tick % step.every == 0:
                self.follow(step.rule, self.model.tick)

    def follow(self, rule: Callable[..., None], tick: int) -> None:
        """Follow one rule of the schedule on a day; a subclass may do otherwise (then the model walks)."""
        rule(self.model.world, self.row, tick)


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


class Government(RowAgent):
    """The Taliban government."""

    table = "government"

    def step(self) -> None:
        """Take this agent's steps of the present day."""
        _follow_alone(self.model, ((government.weekly, 7), (siege.command, 1)))


class JihadistRival(RowAgent):
    """The jihadist rival (ISKP)."""

    table = "jihadist"

    def step(self) -> None:
        """Take this agent's steps of the present day."""
        _follow_alone(self.model, ((jihadist.weekly, 7), (jihadist.daily, 1)))


def _follow_alone(model: OutlookModel, rules: tuple[tuple[Callable[..., None], int], ...]) -> None:
    for rule, every in rules:
        if model.tick % every == 0:
            rule(model.world, model.tick)


KINDS: dict[str, type[RowAgent]] = {
    kind.table: kind
    for kind in (Community, Garrison, WeaponCaches, SupplyRoute, ResistanceFront, Militia, ForeignPower, Government,
                 JihadistRival)
}  # fmt: skip
