"""Parameters of the jihadist rival, IS-K."""

from __future__ import annotations

from sim.parameters.schema import Parameter as P

A = "assumption"

# fmt: off
PARAMETERS: tuple[P, ...] = (
    P("iskp.active", "switch", 0, 1, 1, "Whether the jihadist rival is part of the world.",
      "the report is silent; UN estimates", "estimate", ("F27",), "switch"),
    P("iskp.fighters", "fighters", 0, 10000, 2000, "Fighters at the start.",
      "1,500 to 2,200 (UN and press, August 2021)", "estimate", ("F27",)),
    P("iskp.attack_rate", "attacks a month", 0, 100, 15, "Attacks of 2,000 fighters in a month without pressure.",
      "82 claims in 2020 (press count of claims); raised by prison breaks, assumption", A, ("F27",)),
    P("iskp.growth", "share a year", -0.9, 2, 0.2, "Growth without pressure.", A, A, ("F27",)),
    P("iskp.suppression", "share a year", 0, 4, 0.8, "Cells that full intelligence breaks in a year.", A, A,
      ("F24", "F27")),
    P("iskp.deaths", "deaths an attack", 0, 10, 0.6, "Mean deaths of an ordinary attack.", A, A, ("F27",)),
    P("iskp.mass_casualty", "share", 0, 0.2, 0.02, "Share of attacks on a crowd.", A, A, ("F27",)),
    P("iskp.crowd_deaths", "deaths", 5, 200, 20, "Fewest deaths of an attack on a crowd that succeeds.", A, A,
      ("F27",)),
    P("iskp.tail", "exponent", 1.1, 4, 1.7, "Tail of the deaths of attacks on crowds (Pareto).",
      "near 1.5 for terror attacks and insurgencies (Bohorquez et al. 2009)", "estimate", ("F27",)),
    P("iskp.burstiness", "log", 0, 3, 0.8, "Swing of its campaigns: standard deviation of the log of the attack rate.",
      A, A, ("F27",)),
    P("iskp.distraction", "weight", 0, 2, 0.5, "How much its attacks draw forces away from the resistance.", A, A,
      ("F24", "F27")),
    P("iskp.home_weight", "weight", 0, 10, 1.5,
      "Share of its attacks that its home in the east draws, and Kabul.", A, A, ("F27",)),
    P("iskp.city_weight", "weight", 0, 10, 0.3,
      "Share of its attacks that big cities draw.", A, A, ("F27",)),
    P("iskp.minority_weight", "weight", 0, 10, 0.5,
      "Share of its attacks that a wholly Shia province draws.", A, A, ("F27",)),
    P("iskp.stray_weight", "weight", 0.001, 1, 0.02,
      "Share of its attacks that any province draws.", A, A, ("F27",)),
    P("iskp.typical", "fighters", 500, 5000, 2000, "Fighters of whom the attack rate speaks.", A, A, ("F27",)),
    P("iskp.winter", "share", 0, 1, 0.6, "Its attacks in mid-winter, against mid-summer.", A, A, ("F27",)),
    P("iskp.on_soldiers", "share", 0, 1, 0.6,
      "Ordinary attacks on soldiers; others on civilians.", A, A, ("F27",)),
    P("iskp.most_deaths", "deaths", 50, 2000, 300, "Most deaths of one attack.", A, A, ("F27",)),
    P("iskp.foiled", "share", 0, 1, 0.5,
      "Attacks foiled where services of full order know all and are present.", A, A, ("F24", "F10")),
    P("iskp.alarm", "attacks", 1, 300, 25,
      "Its recent attacks with which half of the services hunt it.", A, A, ("F24",)),
    P("iskp.alarm_halflife", "days", 7, 400, 90,
      "Time in which the alarm of its attacks halves.", A, A, ("F24",)),
    P("iskp.crackdown", "multiple", 0, 20, 4,
      "Cells broken under full alarm, against none.",
      "raids on cells in 2022 and 2023 (UN and press); value assumed", A, ("F24",)),
    P("iskp.resist", "share", 0, 1, 0.25,
      "Men of broken cells who are killed; others are captured.", A, A, ("F24",)),
    P("iskp.suspects", "share", 0, 1, 0.1,
      "Suspects killed out of hand for each man of a broken cell, at harshness of one half.", A, A, ("F23", "F24")),
    P("iskp.replacement", "share a year", 0, 3, 0.6,
      "New men in a year where all people give cover.", A, A, ("F27", "F21")),
    P("iskp.room", "fighters", 1000, 50000, 6000, "Fighters at which it grows no more.", A, A, ("F27",)),
)
# fmt: on
