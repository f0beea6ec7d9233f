"""Parameters of output, revenue, aid and drought."""

from __future__ import annotations

from sim.parameters.schema import Parameter as P

A = "assumption"

# fmt: off
PARAMETERS: tuple[P, ...] = (
    P("economy.shock", "share", 0, 0.6, 0.22,
      "Fall of output in the first year from frozen reserves, lost aid and fear.",
      "Reserves of USD 9.4 billion frozen in August 2021; the size of the fall is an assumption", A, ("F22",)),
    P("economy.growth", "share a year", -0.3, 0.2, 0.0, "Trend growth of output once the shock is over.", A, A,
      ("F22",)),
    P("economy.volatility", "share a year", 0, 0.3, 0.05, "Standard deviation of yearly growth.", A, A, ("F22",)),
    P("economy.aid", "USD million a year", 0, 8000, 2500,
      "Aid that reaches the country if every donor power works with Kabul.", A, A, ("F22", "F14")),
    P("economy.revenue", "USD million a year", 500, 6000, 3400,
      "Domestic revenue and customs at the output of early 2021, before what corruption takes.",
      A, A, ("F22",)),
    P("economy.need", "USD million a year", 1000, 10000, 3200,
      "Spending on services and relief at which they work as well as the administration can make them.", A, A,
      ("F21", "F22")),
    P("economy.drought", "share", 0, 1, 0.4, "Loss of harvests and herds at the start; fades over years.",
      "Drought of 2021; the size is an assumption", A, ("F22",)),
    P("economy.shock_come", "share", 0, 1, 0.25,
      "Part of the shock to output that had come by the start.", A, A, ("F22",)),
    P("economy.shock_time", "days", 20, 600, 120,
      "Time in which most of the rest of the shock comes.", A, A, ("F22",)),
    P("economy.aid_effect", "share a year per USD billion", 0, 0.1, 0.017,
      "Growth that aid adds.", A, A, ("F22",)),
    P("economy.aid_normal", "USD million a year", 0, 4000, 1250,
      "Aid at which output neither gains nor loses by it.", A, A, ("F22",)),
    P("economy.aid_unconditional", "share", 0, 1, 0.1,
      "Share of aid that goes on whatever donors think of Kabul.", A, A, ("F22", "F14")),
    P("economy.capital_lost", "share a year", 0, 0.2, 0.02,
      "Growth that each lost provincial capital costs.", A, A, ("F22", "F27")),
    P("economy.drought_halflife", "days", 60, 2000, 500,
      "Time in which the effect of the drought halves.", A, A, ("F22",)),
)
# fmt: on
