"""Many possible worlds and what they tell: configurations, the command line, studies, analysis, figures.

The functions below do what the verbs of the command line do, with the same words, and return objects.
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # of `typing`, which takes its time before a command can answer to Ctrl-C
if TYPE_CHECKING:
    from experiments.config import load_scenario as load_scenario
    from experiments.discovery.discover import discover as discover
    from experiments.forecast.forecast import forecast as forecast
    from experiments.kit.errors import UserError as UserError
    from experiments.mesa_view.model import OutlookModel as OutlookModel
    from experiments.outlook.run import run as run
    from experiments.runs.result import load_study as load_study
    from experiments.sensitivity.sensitivity import sensitivity as sensitivity
    from experiments.studies.compare import compare as compare
    from experiments.studies.sweep import sweep as sweep

_HOMES = {
    "OutlookModel": "experiments.mesa_view.model",
    "UserError": "experiments.kit.errors",
    "compare": "experiments.studies.compare",
    "discover": "experiments.discovery.discover",
    "load_scenario": "experiments.config",
    "load_study": "experiments.runs.result",
    "run": "experiments.outlook.run",
    "sweep": "experiments.studies.sweep",
}

__all__ = [
    "OutlookModel", "UserError", "compare", "discover", "forecast", "load_scenario", "load_study", "run", "sensitivity",
    "sweep",
]  # fmt: skip


def check_neighbours() -> None:
    """Raise ImportError if a package of somebody else's stands before the two that belong to this one."""
    from importlib.util import find_spec
    from pathlib import Path

    here = Path(__file__).resolve().parents[1]
    for name in ("sim", "configs"):
        spec = find_spec(name)
        places = [] if spec is None else [*(spec.submodule_search_locations or [str(spec.origin)])]
        if not any(Path(place).resolve() == here / name for place in places):
            found = places[0] if places else "none"
            raise ImportError(
                f"the package {name} of this program is hidden by another of its name: found {found}; allowed: "
                f"{here / name}; take the other one's folder out of PYTHONPATH, or start somewhere else"
            )


def __getattr__(name: str) -> object:
    # Imported on first use: most parts of this package need no configuration, and Hydra takes its time.
    if name in ("forecast", "sensitivity"):  # also the names of folders, which are called like their verbs
        return importlib.import_module(f"experiments.{name}")
    if name in _HOMES:
        check_neighbours()
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
