"""Names on maps, moved off each other, with a thin line to what they name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from experiments.drawing import style

_ANGLES = np.radians([0, 180, 45, -45, 135, -135, 90, -90, 22, -22, 158, -158])
_SIZE = 7.0
_REACH = (0.0, 20.0, 28.0, 36.0, 46.0, 58.0)


def place(ax: Axes, points: np.ndarray, texts: Sequence[str], extents: np.ndarray | None = None) -> None:
    """Write `texts` at `points` float ``(n, 2)`` (data units): on the point if it is free, else as near as there
    is room.

    The axes must have their limits, aspect and position. Earlier texts have the first choice. `extents`
    float ``(n, 2)``: width and height of what is named (data units); a text wider than that stands beside it, so
    as not to hide it. A text that had to move gets a line to its point.
    """
    ax.apply_aspect()
    scale = 72.0 / ax.figure.dpi
    at = np.asarray(ax.transData.transform(np.asarray(points, float).reshape(-1, 2))) * scale
    unit = float(ax.transData.transform((1.0, 0.0))[0] - ax.transData.transform((0.0, 0.0))[0]) * scale
    middle = np.asarray(ax.transAxes.transform((0.5, 0.5))) * scale
    taken: list[tuple[float, float, float, float]] = []
    for k, text in enumerate(texts):
        half = np.array([0.31 * _SIZE * len(text) + 1.5, 0.62 * _SIZE])
        small = extents is not None and extents[k, 0] * unit < 1.6 * half[0]
        moved = _free(at[k], half, taken, np.delete(at, k, axis=0), _REACH[1 if small else 0 :], middle)
        taken.append((*(moved - half), *(moved + half)))
        where = ax.transData.inverted().transform(moved / scale)
        if np.hypot(*(moved - at[k])) > 1.0:
            ax.plot(*np.stack([points[k], where]).T, color=style.INK, linewidth=0.6, zorder=4.5)
        ax.text(
            where[0], where[1], text, fontsize=_SIZE, ha="center", va="center", zorder=5,
            path_effects=style.halo(),
        )  # fmt: skip


def place_some(ax: Axes, points: np.ndarray, texts: Sequence[str], size: float, colour: str) -> None:
    """Write each text on its point of float ``(n, 2)`` (data units), but none outside the panel or over an earlier
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
    point: np.ndarray, half: np.ndarray, taken: list[tuple[float, float, float, float]], others: np.ndarray,
    reaches: tuple[float, ...], middle: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """The nearest centre (in points) for a box of that half size that meets no other box or point."""
    away = np.arctan2(*(point - middle)[::-1])  # outwards first: leaders then do not cross the map
    angles = sorted(_ANGLES, key=lambda angle: round(1.0 - float(np.cos(angle - away)), 6))
    for reach in reaches:
        for angle in angles[: 1 if reach == 0.0 else None]:
            step = np.array([np.cos(angle), np.sin(angle)])
            centre = point + step * reach + step * half * (reach > 0.0)
            box = (*(centre - half), *(centre + half))
            covers = (np.abs(others - centre) < half).all(axis=1).any() if others.size else False
            if not covers and not any(_meet(box, b) for b in taken):
                return centre
    return point


def _meet(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
