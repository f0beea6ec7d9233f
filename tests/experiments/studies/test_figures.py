"""Figures of sweeps and comparisons draw the numbers they are given."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import QuadMesh
from matplotlib.text import Text

from experiments.drawing import style
from experiments.stats.bands import gather
from experiments.stats.intervals import wilson
from experiments.stats.paired import compare
from experiments.studies import comparisons
from experiments.studies import landscapes as sweeps
from experiments.studies.landscapes import Quantity
from tests.experiments.outlook.synthetic import ENDINGS

X = np.linspace(0.0, 1.0, 5)


def rng():
    return np.random.Generator(np.random.Philox(key=21))


def texts(figure) -> list[str]:
    return [" ".join(t.get_text().split()) for t in figure.findobj(Text) if t.get_text()]


def test_ridges_show_median_and_most_runs():
    groups = [rng().gamma(4.0, 50.0 * (1 + x), 200) for x in X]
    groups[0][:3] = np.nan
    figure = sweeps.ridgelines(groups, [f"p = {x:g}" for x in X], Quantity("Deaths", "people"))
    ax = figure.axes[0]
    dots = [ln.get_xdata()[0] for ln in ax.lines if ln.get_marker() == "o"]
    assert dots == pytest.approx([np.nanmedian(g) for g in groups])
    spans = [ln.get_xdata() for ln in ax.lines if len(ln.get_xdata()) == 2 and ln.get_linewidth() == 1.6]
    assert spans[1] == pytest.approx(np.quantile(groups[1], [0.05, 0.95]))
    assert [t.get_text() for t in ax.get_yticklabels()] == [f"p = {x:g}" for x in X]
    assert ax.get_xlabel() == "Deaths (people)"
    assert any("197 to 200 runs a point" in t for t in texts(figure))


def test_a_density_holds_all_runs():
    edges = np.linspace(0.0, 50.0, 161)
    shape = sweeps.density(rng().exponential(3.0, 5000), edges)
    assert shape.sum() * (edges[1] - edges[0]) == pytest.approx(1.0, abs=1e-3)
    assert shape[0] > shape[40]


def test_a_heavy_tail_is_drawn_by_orders_of_magnitude():
    groups = [np.exp(rng().normal(3.0, 2.0, 300)), np.exp(rng().normal(3.5, 2.0, 300))]
    figure = sweeps.ridgelines(groups, ["a", "b"], Quantity("Deaths"))
    assert any("orders of magnitude" in t for t in texts(figure))
    dots = [ln.get_xdata()[0] for ln in figure.axes[0].lines if ln.get_marker() == "o"]
    assert dots[0] == pytest.approx(np.log10(1 + np.median(groups[0])), abs=1e-2)


def test_the_heat_map_shows_chances_and_their_contours():
    runs = np.full((3, 5), 200)
    chance = np.linspace(0.02, 0.98, 15).reshape(3, 5)
    runs[0, 0] = 0
    successes = np.round(chance * runs)
    figure = sweeps.heat_map(
        X,
        np.array([1.0, 2.0, 4.0]),
        successes,
        runs,
        x_label="services",
        y_label="caches",
        outcome="Resurgence",
    )
    mesh = next(c for c in figure.axes[0].collections if isinstance(c, QuadMesh))
    drawn = mesh.get_array()
    assert drawn.mask.ravel()[0]
    assert np.asarray(drawn).ravel()[1:] == pytest.approx(successes[runs > 0] / 200)
    assert {"25 %", "50 %", "75 %"} <= {t.get_text() for t in figure.axes[0].texts}
    assert figure.axes[0].get_xlabel() == "services"
    assert any("0 to 200 runs a cell" in t for t in texts(figure))


def test_a_flat_or_single_plane_has_no_contours_and_no_error():
    one = sweeps.heat_map(
        np.array([0.5]), X, np.full((5, 1), 10), np.full((5, 1), 20), x_label="a", y_label="b", outcome="c"
    )
    flat = sweeps.heat_map(X, X, np.zeros((5, 5)), np.full((5, 5), 20), x_label="a", y_label="b", outcome="c")
    for figure in (one, flat):
        figure.canvas.draw()
        assert "50 %" not in {t.get_text() for t in figure.axes[0].texts}


def test_the_response_of_a_chance_has_wilsons_band():
    groups = [(rng().random(150) < 0.2 + 0.5 * x).astype(float) for x in X]
    figure = sweeps.response(X, groups, Quantity("Chance of a return"), x_label="services", reference=0.4)
    ax = figure.axes[0]
    share, low, high = wilson([g.sum() for g in groups], 150)
    assert ax.lines[0].get_ydata() == pytest.approx(share)
    band = ax.collections[0].get_paths()[0].vertices
    assert band[:, 1].min() == pytest.approx(low.min())
    assert band[:, 1].max() == pytest.approx(high.max())
    assert "default" in texts(figure)
    assert any(f"from {100 * share[0]:.0f} % to {100 * share[-1]:.0f} %" in t for t in texts(figure))


def test_the_response_of_a_number_has_bands_of_runs():
    groups = [rng().normal(100 * x, 10, 300 + int(10 * x)) for x in X]
    figure = sweeps.response(X, groups, Quantity("Fighters", "people"), x_label="caches")
    line = next(ln for ln in figure.axes[0].lines if ln.get_label() == "_median")
    assert line.get_ydata() == pytest.approx([np.median(g) for g in groups])
    widest = figure.axes[0].collections[0].get_paths()[0].vertices
    assert widest[:, 1].max() == pytest.approx(np.quantile(groups[-1], 0.95))


def test_the_shares_of_all_endings_stack_to_one():
    counts = np.array([[60, 20, 10, 5, 5], [50, 30, 10, 5, 5], [20, 60, 10, 5, 5]])
    figure = sweeps.endings_response(X[:3], counts, ENDINGS, x_label="control")
    ax = figure.axes[0]
    assert max(c.get_paths()[0].vertices[:, 1].max() for c in ax.collections) == pytest.approx(1.0)
    shown = texts(figure)
    assert "Scattered insurgency 60 %" in shown
    assert any(
        t.startswith(("Consolidation goes from 60 %", "Scattered insurgency goes from 20 %")) for t in shown
    )


def test_fans_by_scenario_share_a_scale_and_repeat_the_first_median():
    days = np.datetime64("2021-09-06") + np.arange(400)
    series = {
        n: rng().gamma(3.0, s, (50, 1)) + np.zeros((1, 400))
        for n, s in (("baseline", 10), ("harsh_control", 30))
    }
    paths = {name: gather(values, days, "month", "mean") for name, values in series.items()}
    figure = comparisons.fans_by_scenario(days, paths, Quantity("Fighters", "people"))
    first, second = figure.axes
    assert first.get_ylim() == second.get_ylim()
    repeated = next(ln for ln in second.lines if ln.get_label() == "_first")
    assert repeated.get_ydata() == pytest.approx(np.median(series["baseline"], axis=0)[0])
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["baseline", "harsh control"]
    assert "50 runs" in texts(figure)


def test_endings_by_scenario_stack_and_name_the_mover():
    counts = {"baseline": np.array([50, 30, 10, 5, 5]), "service_collapse": np.array([10, 70, 10, 5, 5])}
    figure = comparisons.endings_by_scenario(counts, ENDINGS)
    ax = figure.axes[0]
    widths = np.array([p.get_width() for p in ax.patches]).reshape(5, 2)
    assert widths.sum(axis=0) == pytest.approx([1.0, 1.0])
    assert widths[0] == pytest.approx([0.5, 0.1])
    assert any("ranges from 10 % to 50 %" in t or "ranges from 30 % to 70 %" in t for t in texts(figure))


def test_paired_differences_show_what_is_settled():
    a = (rng().random(300) < 0.5).astype(float)
    rows = {
        "big": compare(np.where(np.arange(300) < 60, 1.0, a), a * (np.arange(300) >= 60)),
        "none": compare(a, a),
    }
    figure = comparisons.paired_differences(
        rows, Quantity("Chance", share=True), a="corridor opens", b="baseline"
    )
    shown = texts(figure)
    assert any("the sign of 1 of 2 differences is settled" in t for t in shown)
    assert {"settled", "no difference seen", "60 / 0", "0 / 0"} <= set(shown)
    line = figure.axes[0].lines[1]
    assert list(line.get_xdata()) == pytest.approx([rows["big"].low, rows["big"].high])
    assert line.get_color() == style.BLUE
