"""Units that rules convert between."""

from __future__ import annotations

YEARS_A_WEEK = 1.0 / 52.0  # to multiply by, where many agents convert: a division takes several times as long
MONTHS_A_WEEK = 7.0 / 30.0
A_MILLIONTH = 1e-6  # of people, for a rate in a million
HUNDREDTH = 0.01  # of a number given in a hundred
A_THOUSANDTH = 0.001  # of people, for a rate in a thousand
PER_100_000 = 1e5  # people of a rate in a hundred thousand
KG_A_TONNE = 1000.0
