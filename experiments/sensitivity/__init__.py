"""Which parameters matter: elementary effects of all of them, paired with common luck."""

import sys

from experiments.kit.folder import VerbFolder

sys.modules[__name__].__class__ = VerbFolder
