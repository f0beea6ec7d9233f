"""Parameters of the government in Kabul, the economy and the legacy of earlier governments."""

from __future__ import annotations

from sim.parameters.schema import Parameter as P

UN = "UN monitoring team range, June 2021"
A = "assumption"

# fmt: off
PARAMETERS: tuple[P, ...] = (
    P("taliban.service_delivery", "share", 0, 1, 0.45,
      "Quality of public services that the administration would reach if it were fully funded.", A, A, ("F21",)),
    P("taliban.control", "share", 0, 1, 0.75,
      "Degree of control over public life that the leadership aims at (1: the harshest).", A, A, ("F23",)),
    P("taliban.prudence", "share", 0, 1, 0.35,
      "How far leaders soften control and concede while wider recognition seems within reach.", A, A, ("F20",)),
    P("taliban.inclusiveness", "share", 0, 1, 0.09,
      "Share of high offices held outside the movement's core at the start.",
      "First cabinet, 7 September 2021: 3 of 33 not Pashtun (press count)", "measured", ("F20", "F9")),
    P("taliban.concession_rate", "steps a year", 0, 4, 0.3,
      "Steps towards an inclusive government in a year under full pressure and prudence of one half.", A, A,
      ("F20",)),
    P("taliban.outreach", "share", 0, 1, 0.4,
      "Effort to win over elders of every group, Panjshir included.", A, A, ("F12", "F11")),
    P("taliban.ethnic_cards", "share", 0, 1, 0.6,
      "How far commanders match the people they face (1: always a local or kindred commander).",
      "Lead commander a Tajik of Badakhshan, flanked by Uzbek and Pashtun men (report and press, September 2021); "
      "the size is an assumption", A, ("F9",)),
    P("taliban.corruption", "share", 0, 0.8, 0.25, "Share of revenue lost before it is spent.", A, A, ("F15",)),
    P("taliban.harshness", "share", 0, 1, 0.5,
      "Readiness to shoot at protesters, risings and villages near fighters.", A, A, ("F17", "F23")),
    P("taliban.victory", "share", 0, 1, 0.6,
      "Psychological victory at the start: confidence of the winners and resignation of the others.", A, A, ("F25",)),
    P("taliban.victory_halflife", "days", 30, 2000, 365, "Time in which the effect of the victory halves.", A, A,
      ("F25",)),
    P("taliban.security_share", "share", 0.2, 0.8, 0.45, "Share of spending that goes to security.", A, A,
      ("F24", "F21")),
    P("taliban.force_start", "fighters", 20000, 150000, 75000, "Fighters at the start.", UN + ": 58,000 to 100,000",
      "estimate", ("F24",)),
    P("taliban.force_target", "fighters", 20000, 400000, 120000,
      "Size of army and police that the leadership wants.",
      "Regular army announced 15 September 2021 without a size; assumption", A, ("F24",)),
    P("taliban.force_growth", "fighters a month", 0, 20000, 4000, "Most fighters that can be added in a month.", A, A,
      ("F24",)),
    P("taliban.intelligence_start", "share", 0, 1, 0.25,
      "Working order of the intelligence services at the start.", A, A, ("F24", "F10")),
    P("taliban.intelligence_growth", "share a year", 0, 1, 0.2,
      "Part of what is missing that is rebuilt in a year at full funding.", A, A, ("F24",)),
    P("taliban.reserve_share", "share", 0, 0.5, 0.15, "Share of the force kept as mobile reserve.", A, A, ("F24",)),
    P("taliban.talks", "share", 0, 1, 0.3, "Readiness to meet the resistance when talks are offered.", A, A, ("F4",)),
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
    P("legacy.corruption", "share", 0, 1, 0.6,
      "How much the corruption and incompetence of earlier governments weigh on their heirs abroad and on offices.",
      A, A, ("F15",)),
    P("legacy.services", "share", 0, 1, 0.45, "Quality of public services at the start.", A, A, ("F15", "F21")),
)
# fmt: on
