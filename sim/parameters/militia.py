"""Parameters of militias that wait for a patron."""

from __future__ import annotations

from sim.parameters.schema import Parameter as P

A = "assumption"

# fmt: off
PARAMETERS: tuple[P, ...] = (
    P("militia.least", "fighters", 0, 200, 10, "Fighters below which a militia does nothing.", A, A, ("F18",)),
    P("militia.raid_share", "share", 0.01, 1, 0.1, "Part of a militia that joins a raid.", A, A, ("F18",)),
    P("militia.raid_most", "fighters", 5, 500, 60, "Most fighters of a raid of a militia.", A, A, ("F18",)),
    P("militia.skill", "multiple", 0.2, 4, 1.3,
      "Effect of its raiders, against experienced men of a pocket.",
      "veterans of Syria (press); value assumed", A, ("F18",)),
    P("militia.sent_home", "share a week", 0, 1, 0.2,
      "Fighters who go back into hibernation in a week without orders.", A, A, ("F18",)),
    P("militia.trainers", "fighters", 50, 10000, 1000,
      "Fighters of a militia with which its trainers are enough.", A, A, ("F18",)),
    P("militia.taught", "share a week", 0, 0.5, 0.05, "Experience that they teach in a week.", A, A, ("F18",)),
    P("militia.armed", "weapons a week", 0, 2, 0.1,
      "Weapons that they bring for each fighter of a pocket.", A, A, ("F18",)),
    P("militia.kin", "share", 0, 1, 0.02,
      "Share of its kin from which a province's pockets are taught.", A, A, ("F18",)),
    P("militia.capital_pace", "share a week", 0, 1, 0.1,
      "Chance in a week that a militia of crushing strength takes a capital of its kin.", A, A, ("F18", "F27")),
)
# fmt: on
