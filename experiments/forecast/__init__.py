"""How good would the forecasts have been, and what do observations leave plausible?"""

import sys

from experiments.kit.folder import VerbFolder

sys.modules[__name__].__class__ = VerbFolder
