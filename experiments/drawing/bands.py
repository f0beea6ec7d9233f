"""Bands around a median: the middle of the runs and what holds half, four fifths and nineteen twentieths of them."""

from __future__ import annotations

from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from experiments.drawing import style
from experiments.stats.bands import Bands

BAND_STRENGTH = (0.62, 0.36, 0.17)
"""Strength of the tint of the 50, 80 and 95 % bands."""


def draw_bands(ax: Axes, x: np.ndarray, bands: Bands, colour: str, steps: bool = False) -> None:
    """Widest band first, then the median line; `steps` draws totals of a period over its whole length."""
    how: Literal["post"] | None = "post" if steps else None
    for i in reversed(range(len(bands.levels))):
        ax.fill_between(
            x, bands.low[i], bands.high[i], color=style.tint(colour, BAND_STRENGTH[i]), linewidth=0, step=how,
            zorder=1.5, label=f"_{bands.levels[i]:.0%}",
        )  # fmt: skip
    ax.plot(
        x,
        bands.median,
        color=colour,
        zorder=3,
        drawstyle="steps-post" if steps else "default",
        label="_median",
    )


def band_key(figure: Figure, height: float) -> None:
    """Key to the bands, in grey, at `height` inches from the bottom."""
    handles = [
        *(
            Patch(facecolor=style.tint(style.MUTED, s), label=f"{level} % of runs")
            for s, level in zip(BAND_STRENGTH, (50, 80, 95), strict=True)
        ),
        Line2D([], [], color=style.MUTED, label="median"),
        Patch(facecolor=style.WINTER, edgecolor=style.RULE, linewidth=0.6, label="winter, passes shut"),
    ]
    figure.legend(
        handles=handles, loc="center", ncols=5, bbox_to_anchor=(0.5, height / figure.get_figheight()),
        handlelength=1.6, columnspacing=1.8,
    )  # fmt: skip
