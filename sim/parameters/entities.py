"""Templates of the open lists (fronts, militias, foreign powers) and the members that the report names.

The fields of a template stand in the order in which the agent's table starts, so that the values of a member
are copied into its row as one block.
"""

from __future__ import annotations

from sim.parameters.schema import Parameter as P

A = "assumption"

# fmt: off
FRONT: tuple[P, ...] = (
    P("home", "province number", 1, 34, 8, "Home province by its AF number (8: Panjshir, 9: Baghlan).",
      "report", "measured", ("F2",), "int"),
    P("fighters", "fighters", 0, 30000, 0, "Fighters at the start.", A, A, ("F1", "F6")),
    P("commandos", "fighters", 0, 5000, 0, "Former commandos among them.", A, A, ("F5",)),
    P("ammunition", "days", 0, 400, 2, "Days of intense fighting that the ammunition lasts.", A, A, ("F3",)),
    P("food", "days", 0, 400, 20, "Days that the food lasts.", A, A, ("F7",)),
    P("medicine", "days", 0, 400, 15, "Days of intense fighting that the medicine lasts.", A, A, ("F7",)),
    P("helicopters", "machines", 0, 12, 0, "Helicopters that fly.", A, A, ("F5",)),
    P("morale", "share", 0, 1, 0.6, "Will to fight at the start.", A, A, ("F3",)),
    P("holds", "share", 0, 1, 0, "Share of the valley floor (or home province) held at the start, from its head.", A,
      A, ("F1",)),
    P("side_valleys", "share", 0, 1, 0.3, "Share of the side valleys held at the start.", A, A, ("F2",)),
    P("last_stand", "share", 0, 1, 0.1, "Chance that it makes a last stand rather than retreats.", A, A, ("F3",)),
    P("leader_escape", "share", 0, 1, 0.9, "Chance that the leaders reach safer ground when the floor falls.", A, A,
      ("F4",)),
    P("regroup", "days", 10, 800, 180, "Time that it lies low to set up supply links.",
      "pledge to return after a while (report); length assumed", A, ("F6",)),
    P("raid_rate", "raids a week per 100 fighters", 0, 8, 1.0, "Raids in mid-season when supplied.", A, A,
      ("F6", "F7")),
    P("recruitment", "share a month", 0, 0.8, 0.1, "Growth from sympathisers at full grievance.", A, A,
      ("F6", "F7")),
    P("talks_offer", "offers a year", 0, 12, 1.5, "Offers to hold talks.", "offer in the report; rate assumed", A,
      ("F4",)),
    P("lobby", "share", 0, 1, 0.3, "Skill of the political wing abroad.", A, A, ("F13",)),
)

MILITIA: tuple[P, ...] = (
    P("patron", "power number", 1, 12, 1, "Which power of the list of powers instructs it (1: the first).",
      "report", "measured", ("F18",), "int"),
    P("strength", "fighters", 0, 30000, 3000, "Fighters in hibernation.", A, A, ("F18",)),
    P("instructed", "switch", 0, 1, 0, "Instructed from the start, whatever the patron thinks.", A, A, ("F18",),
      "switch"),
    P("mobilisation", "days", 5, 300, 45, "Time from the instruction to full strength.", A, A, ("F18",)),
    P("raid_rate", "raids a week per 100 fighters", 0, 5, 0.15, "Raids when active.", A, A, ("F18",)),
    P("training", "share", 0, 1, 0.2, "Share of its effort that arms and trains pockets of kin.", A, A, ("F18",)),
    P("homesick", "share a year", 0, 2, 0.3, "Active fighters who go home in a year.", A, A, ("F18",)),
)

POWER: tuple[P, ...] = (
    P("stance", "scale", -1, 1, 0, "Disposition towards Kabul (-1: against, 1: ally).", A, A, ("F14",)),
    P("shock", "scale", -1, 1, 0, "Shift of the stance by the fall of Panjshir; halves in half a year.", A, A,
      ("F19",)),
    P("inclusion_weight", "weight", 0, 2, 0.5, "Weight of inclusive and moderate rule in its decisions.", A, A,
      ("F20", "F14")),
    P("terror_weight", "weight", 0, 2, 0.3, "Weight of attacks and refugees that spill over.", A, A, ("F26", "F14")),
    P("follows", "weight", 0, 2, 0.5, "Weight of what the other powers did.", A, A, ("F14",)),
    P("recognise_at", "scale", -1, 3, 1.2, "Attitude at which it recognises Kabul.", A, A, ("F14", "F20")),
    P("oppose_at", "scale", -3, 0.5, -0.7, "Attitude at which it backs the opposition.", A, A, ("F14", "F18")),
    P("drift", "scale a year", 0, 1, 0.2, "Standard deviation of yearly changes of stance for its own reasons.", A,
      A, ("F14",)),
    P("aid_share", "share", 0, 1, 0.05, "Share of all aid that hangs on it.", A, A, ("F22", "F14")),
    P("support", "tonnes a week", 0, 100, 5, "Supplies to the opposition when it backs it.", A, A, ("F13", "F7")),
    P("suspicion", "weight", 0, 1, 0, "Weight against Kabul of another power's closeness to it.", A, A, ("F19",)),
    P("strikes", "strikes a year", 0, 12, 0, "Strikes across the border when relations are bad.", A, A,
      ("F19", "F14")),
)

# fmt: on
_CITED = "press, September 2021"
KNOWN: dict[str, dict[str, dict[str, tuple[float, str, str]]]] = {
    "fronts": {
        "nrf": {
            "fighters": (1500, "assumption: 2,000 to 10,000 before the assault (press), fewer after it", A),
            "commandos": (300, "assumption: 200 to 2,500 went to Panjshir", A),
            "helicopters": (3, "about half a dozen came, three remained (report)", "estimate"),
        },
    },
    "militias": {
        "fatemiyoun": {
            "strength": (
                3000,
                "thousands returned to Afghanistan before 2021 (press, USIP 2019); number judged",
                A,
            ),
        },
    },
    "powers": {
        "iran": {
            "stance": (0.2, f"works with Kabul ({_CITED}); size assumed", A),
            "suspicion": (0.2, f"looks into the role of Pakistan ({_CITED}); size assumed", A),
            "shock": (-0.3, f"strong condemnation of the assault ({_CITED}); size assumed", A),
            "terror_weight": (0.5, A, A),
            "support": (8, "armed the Northern Alliance 1996-2001; amount assumed", A),
        },
        "pakistan": {
            "stance": (0.5, f"seen as patron ({_CITED}); size assumed", A),
            "terror_weight": (0.9, A, A),
            "strikes": (1.5, A, A),
            "support": (15, "supplied Panjshir in the 1980s; amount assumed", A),
            "inclusion_weight": (0.2, A, A),
        },
        "russia": {
            "stance": (0.2, f"works with Kabul ({_CITED}); size assumed", A),
            "support": (8, "armed the Northern Alliance 1996-2001; amount assumed", A),
        },
        "china": {
            "stance": (0.3, f"works with Kabul ({_CITED}); size assumed", A),
            "inclusion_weight": (0.3, A, A),
            "aid_share": (0.1, A, A),
        },
        "united_states": {
            "stance": (-0.1, f"works with Kabul without recognition ({_CITED}); size assumed", A),
            "inclusion_weight": (1.0, A, A),
            "aid_share": (0.65, A, A),
            "recognise_at": (1.6, A, A),
        },
        "tajikistan": {
            "stance": (-0.4, f"shelters the leaders of the resistance ({_CITED}); size assumed", A),
            "shock": (-0.2, A, A),
            "inclusion_weight": (0.8, A, A),
            "recognise_at": (1.6, A, A),
            "support": (10, "supply base of the Northern Alliance 1996-2001; amount assumed", A),
        },
    },
}
