"""Parameters of foreign powers: recognition, opposition, lobbying."""

from __future__ import annotations

from sim.parameters.schema import Parameter as P

A = "assumption"

# fmt: off
PARAMETERS: tuple[P, ...] = (
    P("diplomacy.shock_halflife", "days", 14, 1000, 180,
      "Time in which the shock of Panjshir's fall halves.", A, A, ("F19",)),
    P("diplomacy.drift_kept", "share a week", 0.9, 1, 0.995,
      "What is left after a week of a power's own change of mind.", A, A, ("F14",)),
    P("diplomacy.control_weight", "weight", 0, 2, 0.5,
      "What full freedom of public life adds to moderate rule.", A, A, ("F20", "F23")),
    P("diplomacy.inclusive_enough", "share", 0.05, 1, 0.5,
      "Share of offices outside the core beyond which more adds nothing abroad.", A, A, ("F20",)),
    P("diplomacy.moderate_norm", "scale", 0, 1.5, 0.3,
      "Moderate and inclusive rule that powers neither reward nor punish.", A, A, ("F20", "F14")),
    P("diplomacy.attacks_half", "attacks", 5, 2000, 100,
      "Recent attacks at which their weight is half of the most.", A, A, ("F14", "F26")),
    P("diplomacy.refugees_half", "people", 5000, 2000000, 150000,
      "Recent refugees at which their weight is half of the most.", A, A, ("F26", "F14")),
    P("diplomacy.lobby_weight", "scale", 0, 2, 0.3,
      "What a perfect political wing abroad of good name takes from attitudes to Kabul.",
      A, A, ("F13", "F15")),
    P("diplomacy.leaderless", "share", 0, 1, 0.3,
      "How much a front's word counts abroad after its leaders are lost.", A, A, ("F4", "F13")),
    P("diplomacy.full_work", "scale", -0.5, 3, 0.6,
      "Attitude at which a power works with Kabul in full.", A, A, ("F14",)),
    P("diplomacy.recognise_rate", "share a week", 0, 1, 0.04,
      "Chance that a power which would recognise Kabul does so.", A, A, ("F14", "F20")),
    P("diplomacy.recognise_back", "scale", 0, 2, 0.4,
      "Fall of its attitude below the threshold at which it takes recognition back.", A, A, ("F14",)),
    P("diplomacy.oppose_rate", "share a week", 0, 1, 0.01,
      "Chance that a power which would back the opposition does so.", A, A, ("F14", "F18")),
    P("diplomacy.oppose_back", "scale", 0, 2, 0.3,
      "Rise of its attitude above the threshold at which it drops the opposition.", A, A, ("F14", "F18")),
    P("diplomacy.settlement", "scale", 0, 2, 0.4,
      "What a settlement in Kabul adds to attitudes.", A, A, ("F14", "F20")),
    P("diplomacy.strike_deaths", "deaths", 0, 100, 8,
      "Mean deaths of a strike across the border.", A, A, ("F19", "F14")),
)
# fmt: on
