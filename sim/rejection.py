"""Counts with large means, drawn exactly by rejection at a cost that does not grow with the mean.

The bounds of the methods hold from a mean of 10; `sim.streams` uses them above 30.
"""

from __future__ import annotations

import math

from sim.compiled import compiled
from sim.distributions import log_binomial, log_poisson
from sim.philox import Key, pair

LARGEST_COUNT = 1e15
"""Largest mean (and number of trials): far beyond it, floats cannot tell neighbouring counts apart."""

# One attempt succeeds with probability above one half: the chance that all of these fail is below 2**-65534.
_ATTEMPTS = 0xFFFF


@compiled
def poisson_rejection(key: Key, tick: int, agent: int, stream: int, draw: int, mean: float) -> int:
    """Transformed rejection with squeeze (PTRS): Hoermann 1993, Insurance: Math. and Economics 12:39."""
    b = 0.931 + 2.53 * math.sqrt(mean)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    squeeze = 0.9277 - 3.6224 / (b - 2.0)
    for attempt in range(_ATTEMPTS):
        u, v = pair(key, tick, agent, stream, draw, attempt)
        u -= 0.5
        room = 0.5 - abs(u)
        x = (2.0 * a / room + b) * u + mean + 0.43
        # Far out in the tails the ratio would overflow an integer; the probability there is zero in any case.
        if x < 0.0 or x > 4.0 * LARGEST_COUNT or (room < 0.013 and v > room):
            continue
        k = math.floor(x)
        if room >= 0.07 and v <= squeeze:
            return k
        if math.log(v * inverse_alpha / (a / (room * room) + b)) <= log_poisson(k, mean):
            return k
    return int(mean)


@compiled
def binomial_rejection(key: Key, tick: int, agent: int, stream: int, draw: int, n: int, p: float) -> int:
    """Transformed rejection with squeeze (BTRS): Hoermann 1993, J. Stat. Comput. Simulation 46:101."""
    few = min(p, 1.0 - p)
    deviation = math.sqrt(n * few * (1.0 - few))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * few
    squeeze = 0.92 - 4.2 / b
    alpha = (2.83 + 5.1 / b) * deviation
    top = log_binomial(math.floor((n + 1) * few), n, few)
    for attempt in range(_ATTEMPTS):
        u, v = pair(key, tick, agent, stream, draw, attempt)
        # Mirrored for p above one half, so that the outcome rises with u for every p.
        u = u - 0.5 if p <= 0.5 else 0.5 - u
        room = 0.5 - abs(u)
        x = (2.0 * a / room + b) * u + n * few + 0.5
        if x < 0.0 or x >= n + 1.0:
            continue
        k = math.floor(x)
        accepted = room >= 0.07 and v <= squeeze
        if accepted or math.log(v * alpha / (a / (room * room) + b)) <= log_binomial(k, n, few) - top:
            return k if p <= 0.5 else n - k
    return int(n * p)
