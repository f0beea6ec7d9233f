"""Bands around a median: the middle of the runs and what holds half and nine tenths of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from experiments.drawing import style
from experiments.stats.bands import Bands

BAND_STRENGTH = (0.58, 0.24)
"""Strength of the tint of the bands of 50 and 90 % of runs."""


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


def band_key(figure: Figure, height: float, more: Sequence[Line2D] = (), columns: int = 6) -> None:
    """Key to the bands, in grey, at `height` inches from the bottom; `more`: further lines."""
    handles = [
        *(
            Patch(facecolor=style.tint(style.MUTED, s), label=f"{level} % of runs")
            for s, level in zip(BAND_STRENGTH, (50, 90), strict=True)
        ),
        Line2D([], [], color=style.MUTED, label="median"),
        Patch(facecolor=style.WINTER, edgecolor=style.RULE, linewidth=0.6, label="winter, passes shut"),
        *more,
    ]
    figure.legend(
        handles=handles, loc="center", ncols=columns, bbox_to_anchor=(0.5, height / figure.get_figheight()),
        handlelength=1.6, columnspacing=1.8,
    )  # fmt: skip
