"""Numbers drawn ahead: those of the weekly decisions of all provinces, many side by side.

A processor with wide registers draws some blocks of Philox in the time of one. These are the numbers of
:func:`sim.luck.streams.uniform` to the bit, draw 0 of an agent; a rule that is followed by itself, outside a week
for which numbers were drawn ahead, draws its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.compiled import compiled
from sim.luck import streams
from sim.luck.distributions import poisson_quantile, stricken_quantile
from sim.luck.philox import many_uniforms

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


@compiled
def draw_week(w: World, t: int) -> None:
    """Draw the numbers of the week's decisions of all provinces."""
    many_uniforms(w.key, t, WEEKLY, w.ahead)
    w.ahead_of = t + 1


@compiled
def uniform(w: World, t: int, i: int, stream: int) -> float:
    """The number of province ``i`` in a stream of ``WEEKLY``."""
    if w.ahead_of == t + 1:
        return w.ahead[stream, i]
    return streams.uniform(w.key, t, i, stream, 0)


@compiled
def poisson(w: World, t: int, i: int, stream: int, mean: float) -> int:
    """`streams.poisson` of province ``i`` in a stream of ``WEEKLY``."""
    if w.ahead_of == t + 1 and 0.0 < mean <= streams.INVERSION_LIMIT:
        return poisson_quantile(w.ahead[stream, i], mean)
    return streams.poisson(w.key, t, i, stream, 0, mean)


@compiled
def stricken(w: World, t: int, i: int, stream: int, n: int, hazard: float) -> int:
    """`streams.stricken` of province ``i`` in a stream of ``WEEKLY``."""
    if w.ahead_of == t + 1 and 0.0 < n * hazard <= streams.INVERSION_LIMIT:
        return stricken_quantile(w.ahead[stream, i], n, hazard)
    return streams.stricken(w.key, t, i, stream, 0, n, hazard)
