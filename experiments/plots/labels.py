"""Names on maps, moved off each other, with a thin line to what they name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from experiments.plots import style

_ANGLES = np.radians([0, 180, 45, -45, 135, -135, 90, -90, 22, -22, 158, -158])
_REACH = (0.0, 14.0, 22.0, 30.0, 40.0, 52.0)


def place(ax: Axes, points: np.ndarray, texts: Sequence[str], size: float = 7.0) -> None:
    """Write `texts` at `points` float[n, 2] (data units): on the point if it is free, else as near as there
    is room.

    The axes must have their limits, aspect and position. Earlier texts have the first choice. A text that had
    to move gets a line to its point.
    """
    ax.apply_aspect()
    scale = 72.0 / ax.figure.dpi
    at = np.asarray(ax.transData.transform(np.asarray(points, float).reshape(-1, 2))) * scale
    taken: list[tuple[float, float, float, float]] = []
    for k, text in enumerate(texts):
        half = np.array([0.31 * size * len(text) + 1.5, 0.62 * size])
        moved = _free(at[k], half, taken, np.delete(at, k, axis=0))
        taken.append((*(moved - half), *(moved + half)))
        where = ax.transData.inverted().transform(moved / scale)
        if np.hypot(*(moved - at[k])) > 1.0:
            ax.plot(*np.stack([points[k], where]).T, color=style.INK, linewidth=0.6, zorder=4.5)
        ax.text(
            where[0],
            where[1],
            text,
            fontsize=size,
            ha="center",
            va="center",
            zorder=5,
            path_effects=style.halo(),
        )


def place_some(ax: Axes, points: np.ndarray, texts: Sequence[str], size: float, colour: str) -> None:
    """Write each text on its point of float[n, 2] (data units), but none outside the panel or over an earlier
    one."""
    ax.apply_aspect()
    scale = 72.0 / ax.figure.dpi
    at = np.asarray(ax.transData.transform(np.asarray(points, float).reshape(-1, 2))) * scale
    inside = np.asarray(ax.bbox.extents) * scale
    taken: list[tuple[float, ...]] = []
    for point, middle, text in zip(points, at, texts, strict=True):
        half = np.array([0.29 * size * len(text) + 1.0, 0.58 * size])
        box = (*(middle - half), *(middle + half))
        within = box[0] > inside[0] and box[1] > inside[1] and box[2] < inside[2] and box[3] < inside[3]
        if within and not any(_meet(box, other) for other in taken):
            taken.append(box)
            ax.text(
                point[0], point[1], text, fontsize=size, color=colour, ha="center", va="center", zorder=4,
                path_effects=style.halo(1.6),
            )  # fmt: skip


def _free(
    point: np.ndarray, half: np.ndarray, taken: list[tuple[float, float, float, float]], others: np.ndarray
) -> np.ndarray:
    """The nearest centre (in points) for a box of that half size that meets no other box or point."""
    for reach in _REACH:
        for angle in _ANGLES[: 1 if reach == 0.0 else None]:
            step = np.array([np.cos(angle), np.sin(angle)])
            centre = point + step * reach + step * half * (reach > 0.0)
            box = (*(centre - half), *(centre + half))
            covers = (np.abs(others - centre) < half).all(axis=1).any() if others.size else False
            if not covers and not any(_meet(box, b) for b in taken):
                return centre
    return point


def _meet(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
