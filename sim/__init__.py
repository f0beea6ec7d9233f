"""Panjshir Outlook, the model: one possible world after September 2021, and many of them side by side.

Public names: :class:`Scenario`, :class:`OutlookModel` (one run as a Mesa model), :func:`simulate` (an ensemble),
:class:`Ensemble`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.ensemble import Ensemble, simulate
from sim.scenario import Scenario, ScenarioError

if TYPE_CHECKING:
    from sim.model import OutlookModel

__all__ = ["Ensemble", "OutlookModel", "Scenario", "ScenarioError", "simulate"]


def __getattr__(name: str) -> object:
    # Mesa takes a second to import, and ensembles do without it
    if name == "OutlookModel":
        from sim.model import OutlookModel

        return OutlookModel
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
