"""Parameters of flight abroad: what pushes people, where they go."""

from __future__ import annotations

from sim.parameters.schema import Parameter as P

A = "assumption"

# fmt: off
PARAMETERS: tuple[P, ...] = (
    P("refugees.rate", "people per 1,000 a month", 0, 40, 6.0,
      "People who leave the country at full push with open borders.", A, A, ("F26",)),
    P("refugees.violence_weight", "weight", 0, 2.5, 0.5, "Weight of violence in the push to leave.", A, A, ("F26",)),
    P("refugees.border_openness", "share", 0, 1, 0.4, "How open the neighbours keep their borders to people.", A, A,
      ("F26",)),
    P("refugees.hardship_weight", "weight", 0, 2, 0.5,
      "Weight of hardship, squared, in the push to leave.", A, A, ("F26", "F22")),
    P("refugees.control_weight", "weight", 0, 2, 0.25,
      "Weight of control over public life among those who are not Pashtun.", A, A, ("F26", "F23")),
    P("refugees.victory_weight", "weight", 0, 2, 0.2,
      "Weight of the winners' confidence: fear of reprisal.", A, A, ("F26", "F25")),
    P("refugees.violence_half", "deaths per 100,000", 0.1, 100, 5,
      "Recent deaths at which violence pushes half as much as it can.", A, A, ("F26",)),
    P("refugees.border_reach", "km", 5, 1000, 100,
      "Length of a province's border that adds one to the draw of the neighbour behind it.", A, A, ("F26",)),
    P("refugees.iran_draw", "weight", 0.01, 4, 0.4,
      "Draw of Iran from anywhere in the country.", A, A, ("F26",)),
    P("refugees.iran_kin", "weight", 0, 4, 0.5,
      "What kinship adds to the draw of Iran where all are Hazara or Tajik.", A, A, ("F26",)),
    P("refugees.pakistan_draw", "weight", 0.01, 4, 0.3,
      "Draw of Pakistan from anywhere in the country.", A, A, ("F26",)),
    P("refugees.pakistan_kin", "weight", 0, 4, 0.3,
      "What kinship adds to the draw of Pakistan where all are Pashtun.", A, A, ("F26",)),
    P("refugees.north_draw", "weight", 0.001, 2, 0.01,
      "Draw of the northern neighbours, whose borders are shut to most, from anywhere.", A, A, ("F26",)),
    P("refugees.north_reach", "km", 50, 50000, 5000,
      "Length of the northern border that adds one to their draw.", A, A, ("F26",)),
)
# fmt: on
