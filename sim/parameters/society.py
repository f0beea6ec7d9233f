"""Parameters of communities: grievance, fear, elders, informants, protests, risings."""

from __future__ import annotations

from sim.parameters.schema import Parameter as P

A = "assumption"

# fmt: off
PARAMETERS: tuple[P, ...] = (
    P("community.grievance_rate", "share a week", 0.005, 0.3, 0.05,
      "Part of the way that grievance moves in a week towards what living conditions call for.",
      "form of Epstein 2002, PNAS 99:7243; value assumed", A, ("F21", "F22")),
    P("community.food_insecure", "share", 0.1, 0.9, 0.4, "People in need of food at the start.",
      "about a third to half of the people (UN appeals of 2021); assumption", A, ("F22",)),
    P("community.hardship_weight", "weight", 0, 2, 0.9, "Weight of hardship without legitimacy in grievance.",
      "form of Epstein 2002; value assumed", A, ("F22", "F21")),
    P("community.control_weight", "weight", 0, 1, 0.3, "Weight of control over public life in grievance.", A, A,
      ("F23",)),
    P("community.exclusion_weight", "weight", 0, 1, 0.25, "Weight of being left out of government in grievance.", A, A,
      ("F9", "F20")),
    P("community.harm_weight", "grievance a death per 100,000", 0, 0.2, 0.02,
      "Grievance that a civilian death per 100,000 people adds.", "form of Bennett 2008, JASSS 11(4)7; value assumed",
      A, ("F17",)),
    P("community.fear_weight", "weight", 0, 2, 0.8, "Weight of perceived risk against acting on a grievance.",
      "form of Epstein 2002; value assumed", A, ("F17", "F25")),
    P("community.fear_halflife", "days", 7, 500, 90, "Time in which the fear left by repression halves.", A, A,
      ("F17",)),
    P("community.unity", "share", 0, 1, 0.5, "Unity of Panjshir's elders behind a fight at the start.",
      "elders divided on the fight and on Saleh (report, press); the size is an assumption", A, ("F11",)),
    P("community.informants", "share of adults", 0, 0.1, 0.02,
      "Adults who inform for the government where elders are evenly split; twice as many where all side with it.",
      "assumption: 0.5 to 5 %", A, ("F10",)),
    P("community.shelter", "weight", 0, 1, 0.6, "How far an aggrieved community hides fighters and keeps silent.", A,
      A, ("F10", "F16")),
    P("protest.rate", "protests a month per million townspeople", 0, 20, 2.0,
      "Peaceful protests at full grievance, without fear.", A, A, ("F17",)),
    P("protest.threshold", "share", 0, 1, 0.25, "Net grievance below which nobody takes to the street.",
      "form of Granovetter 1978; value assumed", A, ("F17",)),
    P("protest.contagion", "weight", 0, 2, 0.4, "How much recent protests elsewhere lower the threshold.",
      "form of Granovetter 1978; value assumed", A, ("F17",)),
    P("protest.size", "people", 10, 5000, 150, "Median size of a protest.", A, A, ("F17",)),
    P("rising.rate", "risings a year per province", 0, 10, 0.6,
      "Armed risings in a small town at full grievance, without fear.", A, A, ("F17",)),
    P("rising.contagion", "weight", 0, 10, 2.0, "How much each rising among the neighbours adds to the rate.",
      "form of Granovetter 1978; value assumed", A, ("F17", "F27")),
    P("rising.size", "people", 20, 3000, 200, "Smallest rising, where arms are at hand as usual.", A, A, ("F17",)),
    P("rising.resolve", "days", 0.5, 15, 2.0, "Time that a rising holds out against an equal garrison.",
      "Andarab districts, August 2021: 1 to 3 days (press)", "estimate", ("F17",)),
    P("rising.arms", "share", 0, 1, 0.5, "How much hidden arms matter to the strength of a rising.", A, A,
      ("F16", "F17")),
    P("rising.defection", "share a week", 0, 0.05, 0.001,
      "Chance a week, at full grievance and no cohesion, that a garrison of local men turns against Kabul.", A, A,
      ("F24", "F27")),
    P("elders.drift", "share a week", 0, 0.1, 0.01, "Speed at which elders follow outreach and grievance.", A, A,
      ("F12", "F11")),
)
# fmt: on
