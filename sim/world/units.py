"""Units that rules convert between."""

from __future__ import annotations

HUNDREDTH = 0.01  # of a number given in a hundred
PER_THOUSAND = 1000.0  # people of a rate in a thousand
PER_100_000 = 1e5  # people of a rate in a hundred thousand
KG_A_TONNE = 1000.0
