"""Numbers drawn ahead: of the week's decisions of all provinces and of the day of all pockets, many side by side.

A processor with wide registers draws some blocks of Philox in the time of one. These are the numbers of
:func:`sim.luck.streams.uniform` to the bit, draw 0 of an agent; a rule that is followed by itself, outside a week
or day for which numbers were drawn ahead, draws its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.compiled import compiled
from sim.luck import streams
from sim.luck.distributions import poisson_quantile, stricken_quantile
from sim.luck.philox import many_uniforms, uniforms_of

if TYPE_CHECKING:
    from sim.world.state import World

#: Streams of which every province draws once a week.
WEEKLY = np.array(
    [
        streams.PROTEST,
        streams.RISING,
        streams.SEARCH,
        streams.QUARREL,
        streams.REVENGE,
        streams.DECAY,
        streams.FORM,
    ]
)

VECTOR = 8  # numbers that are drawn side by side


@compiled
def draw_week(w: World, t: int) -> None:
    """Draw the numbers of the week's decisions of all provinces."""
    many_uniforms(w.key, t, WEEKLY, w.ahead)
    w.ahead_of = t + 1


@compiled
def draw_days(w: World, t: int) -> None:
    """Draw the numbers by which each pocket raids or is found on each day of the week that begins."""
    for k in range(w.bands):
        w.band[k] = int(w.pocket[k].identity)
    for day in range(7):
        uniforms_of(w.key, t + day, w.band, in_vectors(w.bands), streams.POCKET, w.band_luck[day])
    w.band_luck_ends = t + 7


@compiled
def in_vectors(number: int) -> int:
    """``number`` filled up to whole vectors."""
    return (number + VECTOR - 1) // VECTOR * VECTOR


@compiled
def of_band(w: World, t: int, k: int) -> float:
    """The number of the day of the pocket in row ``k``."""
    identity, day = int(w.pocket[k].identity), t + 7 - w.band_luck_ends
    if 0 <= day < 7 and w.band[k] == identity:
        return w.band_luck[day, k]
    return streams.uniform(w.key, t, identity, streams.POCKET, 0)


@compiled
def uniform(w: World, t: int, i: int, stream: int) -> float:
    """The number of province ``i`` in a stream of ``WEEKLY``."""
    if w.ahead_of == t + 1:
        return w.ahead[stream, i]
    return streams.uniform(w.key, t, i, stream, 0)


@compiled
def poisson(w: World, t: int, i: int, stream: int, mean: float) -> int:
    """`streams.poisson` of province ``i`` in a stream of ``WEEKLY``."""
    if not mean > 0.0:
        return 0
    if w.ahead_of != t + 1 or mean > streams.INVERSION_LIMIT:
        return streams.poisson(w.key, t, i, stream, 0, mean)
    u = w.ahead[stream, i]
    return 0 if u <= 1.0 - mean else poisson_quantile(u, mean)  # the quantile's own short cut, without a call


@compiled
def stricken(w: World, t: int, i: int, stream: int, n: int, hazard: float) -> int:
    """`streams.stricken` of province ``i`` in a stream of ``WEEKLY``."""
    if w.ahead_of != t + 1 or not 0.0 < n * hazard <= streams.INVERSION_LIMIT:
        return streams.stricken(w.key, t, i, stream, 0, n, hazard)
    u = w.ahead[stream, i]
    return 0 if u <= 1.0 - n * hazard else stricken_quantile(u, n, hazard)
