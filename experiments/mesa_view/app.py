"""A page of SolaraViz: sliders, two charts and the map of one run, day by day.

    pip install ".[solara]" solara-assets
    solara run experiments.mesa_view.app

Sliders take effect with Reset. What is seen here is one possible run, not a forecast: that takes hundreds.
"""

from __future__ import annotations

from typing import Any

import solara
from mesa.visualization import SolaraViz
from mesa.visualization.utils import update_counter

from experiments.config import group_choices
from experiments.mesa_view import figures
from experiments.mesa_view.model import OutlookModel
from experiments.runs.carry_out import say_if_cold
from sim.parameters import build_schema

SLIDERS = ("taliban.service_delivery", "taliban.control", "economy.growth", "pockets.raid_rate")
STEPS = 20


def inputs() -> dict[str, Any]:
    """The scenario, the luck, and a slider over the range of each of ``SLIDERS``."""
    schema = build_schema()
    made: dict[str, Any] = {
        "scenario": {
            "type": "Select",
            "value": "baseline",
            "values": group_choices("scenario"),
            "label": "scenario",
        },
        "seed": {"type": "SliderInt", "value": 1, "min": 0, "max": 100, "step": 1, "label": "seed"},
    }
    for name in SLIDERS:
        known = schema[name]
        made[name] = {
            "type": "SliderFloat",
            "value": known.default,
            "min": known.low,
            "max": known.high,
            "step": (known.high - known.low) / STEPS,
            "label": name,
        }
    return made


@solara.component
def attacks(model: OutlookModel) -> None:
    """Attacks a week by who makes them."""
    update_counter.get()
    solara.FigureMatplotlib(figures.weekly(model, ("attacks_front", "attacks_pockets", "attacks_iskp")))


@solara.component
def fighters(model: OutlookModel) -> None:
    """Fighters of the armed groups."""
    update_counter.get()
    solara.FigureMatplotlib(figures.stocks(model, ("front_fighters", "pocket_fighters", "iskp_cells")))


@solara.component
def provinces(model: OutlookModel) -> None:
    """The map."""
    update_counter.get()
    solara.FigureMatplotlib(figures.provinces(model))


say_if_cold()
OutlookModel(
    "baseline", seed=1
).step()  # the model is compiled before the page opens, not at its first button

page = SolaraViz(
    OutlookModel("baseline", seed=1),
    components=[(provinces, 0), (attacks, 0), (fighters, 0)],
    model_params=inputs(),
    name="Panjshir Outlook: one run",
    play_interval=1,
    render_interval=7,
)
