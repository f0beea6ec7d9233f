"""Many possible worlds and what they tell: configurations, the command line, studies, analysis, figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.config import load_scenario as load_scenario

__all__ = ["load_scenario"]


def __getattr__(name: str) -> object:
    # Imported on first use: most parts of this package need no configuration, and Hydra takes its time.
    if name == "load_scenario":
        from experiments.config import load_scenario

        return load_scenario
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
