"""Folders that are called like their verb, so that ``from experiments import forecast`` is what one calls."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any


class VerbFolder(ModuleType):
    """A folder that calls the function of its name in the module of its name."""

    def __call__(self, *words: object, **options: Any) -> Any:
        """See the function, such as `experiments.forecast.forecast.forecast`."""
        name = self.__name__.rpartition(".")[2]
        return getattr(importlib.import_module(f"{self.__name__}.{name}"), name)(*words, **options)
