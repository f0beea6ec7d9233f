"""How good would the forecasts have been, and what do observations leave plausible?"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Verb(ModuleType):
    """The folder of the verb, which is called like the verb: ``from experiments import forecast``."""

    def __call__(self, *words: object, **options: Any) -> Any:
        """See `experiments.forecast.forecast.forecast`."""
        from experiments.forecast.forecast import forecast

        return forecast(*words, **options)


sys.modules[__name__].__class__ = _Verb
