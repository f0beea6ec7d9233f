"""One run with Mesa's own tools: by the name of a scenario, repeated, and on a page of SolaraViz."""

from __future__ import annotations

import copy
import inspect
import pickle

import mesa
import numpy as np
import pytest

from experiments import OutlookModel
from experiments.kit.errors import UserError
from experiments.mesa_view import figures
from tests.worlds import runs, scenario


@pytest.fixture(scope="module")
def model():
    made = OutlookModel("baseline", seed=3)
    for _ in range(70):
        made.step()
    return made


def test_a_model_by_name_is_the_run_of_that_scenario(model):
    compiled = runs(scenario("baseline"), 1, seed=3)
    np.testing.assert_array_equal(model.bench.series[:70], compiled.series[0, :70])


def test_copies_go_on_as_the_original(model):
    copies = [copy.deepcopy(model), pickle.loads(pickle.dumps(model)), copy.deepcopy(model)]
    for one in copies:
        for _ in range(7):
            one.step()
    assert len({one.bench.series.tobytes() for one in copies}) == 1
    assert copies[0].tick == 77


@pytest.mark.skipif(not hasattr(mesa, "batch_run"), reason="Mesa 4.0.0a0 has no batch_run")
def test_batch_run_by_the_name_of_a_scenario():
    """Three iterations of each point are three runs with luck of their own."""
    newer = "rng" in inspect.signature(mesa.batch_run).parameters
    times = {"rng": [None] * 3} if newer else {"iterations": 3}
    rows = mesa.batch_run(
        OutlookModel,
        parameters={"scenario": "baseline", "taliban.service_delivery": [0.2, 0.8]},
        number_processes=1,
        max_steps=60,
        display_progress=False,
        **times,
    )
    last = [row for row in rows if row["Step"] == max(each["Step"] for each in rows)]
    assert len({(row["RunId"], row["services"]) for row in last}) == 6
    assert (
        len({(row["taliban.service_delivery"], row["refugees"], row["front_fighters"]) for row in last}) == 6
    )


def test_mistakes_are_told_in_one_line():
    with pytest.raises(UserError, match=r"taliban\.servis.*nearest: taliban\.service"):
        OutlookModel("baseline", **{"taliban.servis_delivery": 0.5})
    with pytest.raises(UserError, match="found 7; allowed: 0 to 1"):
        OutlookModel("baseline", **{"taliban.service_delivery": 7})


def test_charts_and_map_are_drawn_from_the_model_as_it_stands(model):
    chart = figures.weekly(model, ("attacks_front", "attacks_iskp")).axes[0]
    assert len(chart.lines) == 2
    assert sum(chart.lines[1].get_ydata()) == model.series["attacks_iskp"].sum()
    stock = figures.stocks(model, ("front_fighters",)).axes[0]
    assert stock.lines[0].get_ydata()[-1] == model.series["front_fighters"][-1]
    country = figures.provinces(model).axes[0]
    assert len(country.collections) == 34 + 1


def test_the_page_of_solaraviz_has_its_sliders():
    """Built without a server; it is skipped where the extra ``solara`` is not installed."""
    pytest.importorskip("solara")
    pytest.importorskip("altair")
    from mesa.visualization.solara_viz import _check_model_params

    from experiments.mesa_view import app

    asked = app.inputs()
    assert set(app.SLIDERS) <= set(asked)
    assert all(asked[name]["min"] <= asked[name]["value"] <= asked[name]["max"] for name in app.SLIDERS)
    chosen = {name: one["value"] for name, one in asked.items()}
    made = OutlookModel(**chosen)  # as the button Reset builds it
    _check_model_params(made.__class__.__init__ if mesa.__version__ < "3.5" else made, asked)
    made.step()
    assert made.tick == 1
    assert app.page is not None
