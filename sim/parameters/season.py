"""Parameters of the season."""

from __future__ import annotations

from sim.parameters.schema import Parameter as P

A = "assumption"

# fmt: off
PARAMETERS: tuple[P, ...] = (
    P("season.winter_activity", "share", 0, 1, 0.25, "Fighting in mid-winter, as a share of that in mid-summer.", A,
      A, ("F7", "F2")),
    P("season.pass_shift", "days", 0, 40, 12,
      "Standard deviation of the dates on which snow shuts and opens the passes.",
      "first snow of early November 2001 on Anjuman (press); spread assumed", A, ("F7",)),
    P("season.pass_closed", "multiple", 0, 2, 1.0, "Length of the closed season of the passes against the usual one.",
      "Anjuman about 6 months, Khawak about 4.5 (range 3 to 8)", "estimate", ("F7",)),
    P("season.peak", "day of the year", 90, 290, 197,
      "Day on which fighting is at its highest; it is lowest half a year later.",
      "mid-summer, when passes are open and no field is tilled; spread assumed", A, ("F7", "F2")),
)
# fmt: on
