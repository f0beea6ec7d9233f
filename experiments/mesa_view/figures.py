"""What the page of SolaraViz shows of a model as it stands: two charts over time and the map.

The page's Play steps the model in a thread of its own while a figure is drawn: whatever has a length is read once.
"""

from __future__ import annotations

import numpy as np
from matplotlib import colormaps
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from experiments.drawing import style
from experiments.kit.words import label
from sim.model import OutlookModel
from sim.world.geography import load_geography, load_outlines

SIZE = (6.0, 3.9)
"""Width and height of each figure in inches: what fits into a slot of the page at its full width."""
MOST_VIOLENT = 5.0
"""Fading deaths per 100,000 people from which a province is drawn in the darkest colour."""


@style.styled
def weekly(model: OutlookModel, names: tuple[str, ...]) -> Figure:
    """Flows of the run so far, summed over weeks."""
    figure = style.page(*SIZE)
    axes = figure.add_axes((0.1, 0.12, 0.87, 0.74))
    series = model.series
    for name in names:
        weeks = len(series[name]) // 7
        sums = series[name][: 7 * weeks].reshape(weeks, 7).sum(axis=1)
        axes.plot(np.arange(1, weeks + 1), sums, label=label(name))
    _finish(axes, model, "attacks in a week")
    return figure


@style.styled
def stocks(model: OutlookModel, names: tuple[str, ...]) -> Figure:
    """Stocks of the run so far, day by day."""
    figure = style.page(*SIZE)
    axes = figure.add_axes((0.1, 0.12, 0.87, 0.74))
    series = model.series
    for name in names:
        axes.plot(np.arange(len(series[name])) / 7.0, series[name], label=label(name))
    _finish(axes, model, "fighters")
    return figure


@style.styled
def provinces(model: OutlookModel) -> Figure:
    """The map: provinces by violence, capitals that are lost outlined, pockets as circles by their fighters."""
    figure = style.page(*SIZE)
    axes = figure.add_axes((0.02, 0.02, 0.96, 0.86))
    geography, outlines = load_geography(), load_outlines()
    table = model.world["province"]
    shades = np.clip(table["violence"] / MOST_VIOLENT, 0.0, 1.0)
    rings = [list(outlines[name]) for name in geography.province_names]
    colours = colormaps["YlOrRd"](shades)
    for i, own in enumerate(rings):
        lost = table["held"][i] == 0.0
        axes.add_collection(
            PolyCollection(own, facecolors=[colours[i]], edgecolors="black" if lost else "white",
                           linewidths=1.8 if lost else 0.6)
        )  # fmt: skip
    pockets = model.world["pocket"]
    active = pockets["active"] > 0.0
    homes, sizes = pockets["home"][active].astype(int), pockets["fighters"][active]
    men = np.bincount(homes, sizes, len(rings))
    some = np.flatnonzero(men)
    at = geography.provinces
    axes.scatter(at["lon"][some], at["lat"][some], s=4.0 + men[some], color=style.INK, alpha=0.6, zorder=3)
    axes.set_aspect(1.0 / np.cos(np.radians(at["lat"].mean())))
    axes.autoscale()
    axes.axis("off")
    axes.set_title(
        "fading deaths per 100,000 people (dark: 5)\ncircles: fighters in pockets; black edge: capital lost",
        fontsize=8, loc="left",
    )  # fmt: skip
    return figure


def _finish(axes, model: OutlookModel, unit: str) -> None:  # type: ignore[no-untyped-def]
    axes.set_xlim(0, max(1.0, model.scenario.days / 7.0))
    axes.set_ylim(0, max(1.0, axes.get_ylim()[1]))
    axes.set_xlabel("week of the run", fontsize=8)
    axes.set_title(unit, loc="left", fontsize=8, pad=22)
    axes.legend(
        loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, fontsize=8, frameon=False, borderaxespad=0.3
    )
