"""A small tree of decisions (CART): the splits of parameters that tell cases of interest from others best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.discovery.prim import BoolArray, FloatArray, Limits

LEAST = 0.05
"""Smallest share of all points in a leaf."""


@dataclass(frozen=True)
class Leaf:
    """An end of the tree: its limits, its points and how many of them are of interest."""

    limits: Limits
    points: int
    found: int

    @property
    def density(self) -> float:
        """Share of its points that are of interest."""
        return self.found / self.points


def grow(x: FloatArray, y: BoolArray, whole: Limits, depth: int = 3) -> list[Leaf]:
    """Split by the largest fall of Gini's impurity (Breiman et al. 1984); the densest leaf comes first.

    Parameters
    ----------
    x, y
        Points ``(points, parameters)`` and the cases of interest among them ``(points,)``.
    whole
        The box that is split.
    depth
        Splits one below the other at most.
    """
    fewest = max(1, int(LEAST * len(x)))

    def split(at: BoolArray, limits: Limits, left: int) -> list[Leaf]:
        cut = best_split(x[at], y[at], fewest) if left else None
        if cut is None:
            return [Leaf(limits, int(at.sum()), int(y[at].sum()))]
        which, value = cut
        below = at & (x[:, which] <= value)
        return [
            *split(below, limits.with_limit(which, high=value), left - 1),
            *split(at & ~below, limits.with_limit(which, low=value), left - 1),
        ]

    leaves = split(np.ones(len(x), dtype=bool), whole, depth)
    return sorted(leaves, key=lambda leaf: -leaf.density)


def best_split(x: FloatArray, y: BoolArray, fewest: int) -> tuple[int, float] | None:
    """Parameter and value of the best split that leaves so many points on either side, None if there is none."""
    n, found = len(x), float(y.sum())
    if n < 2 * fewest or found in (0.0, float(n)):
        return None
    order = np.argsort(x, axis=0, kind="stable")
    ordered = np.take_along_axis(x, order, axis=0)
    below = y[order].cumsum(axis=0)[:-1].astype(float)
    count = np.arange(1, n)[:, None]
    left, right = below / count, (found - below) / (n - count)
    impurity = (count * left * (1 - left) + (n - count) * right * (1 - right)) / n
    allowed = (ordered[1:] > ordered[:-1]) & (count >= fewest) & (n - count >= fewest)
    impurity = np.where(allowed, impurity, np.inf)
    row, which = np.unravel_index(int(np.argmin(impurity)), impurity.shape)
    share = found / n
    if not impurity[row, which] < share * (1 - share) - 1e-12:
        return None
    return int(which), float((ordered[row, which] + ordered[row + 1, which]) / 2.0)
