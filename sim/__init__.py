"""Panjshir Outlook, the model: one possible world after September 2021, and many of them side by side.

Public names: :class:`Scenario`, :class:`OutlookModel` (one run as a Mesa model), :func:`simulate` (an ensemble),
:class:`Ensemble`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.ensemble import Ensemble, simulate
    from sim.model import OutlookModel
    from sim.scenario import Scenario, ScenarioError

_HOMES = {
    "Ensemble": "sim.ensemble",
    "OutlookModel": "sim.model",
    "Scenario": "sim.scenario",
    "ScenarioError": "sim.scenario",
    "simulate": "sim.ensemble",
}

__all__ = ["Ensemble", "OutlookModel", "Scenario", "ScenarioError", "simulate"]


def __getattr__(name: str) -> object:
    # Imported on first use: Numba and Mesa take their time, and who reads the parameters needs neither
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
