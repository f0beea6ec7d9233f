"""Counts with large means, drawn exactly by rejection at a cost that does not grow with the mean.

Transformed rejection with squeeze (Hoermann 1993): a uniform u is mapped by x = (2 a / room + b) u + centre,
where room = 1/2 - |u|, to a proposal k = floor(x). It is accepted when a second uniform v is at most
f(k) (a / room**2 + b) / hat, with f the probability of k. The draw is exact when this bound never exceeds one
and, for room >= 0.07, never falls below the squeeze (which saves most evaluations of f). A test checks both
over the range of use, which is means above 30.
"""

from __future__ import annotations

import math

from sim.compiled import compiled
from sim.luck.distributions import log_binomial, log_poisson
from sim.luck.philox import Key, pair
from sim.luck.portable import log

LARGEST_COUNT = 1e15
"""Largest mean (and number of trials): far beyond it, floats cannot tell neighbouring counts apart."""

# One attempt succeeds with probability above one half: the chance that all of these fail is below 2**-65534.
_ATTEMPTS = 0xFFFF


@compiled
def poisson_hat(mean: float) -> tuple[float, float, float, float]:
    """The constants (a, b, hat, squeeze) of PTRS: Hoermann 1993, Insurance: Math. and Economics 12:39.

    With the published 1.1328 (here 1.21) and 3.6224 (here 3.8) the hat is up to 0.4 % too low, and the
    squeeze as much too high, for means from 30 to about 100.
    """
    b = 0.931 + 2.53 * math.sqrt(mean)
    return -0.059 + 0.02483 * b, b, 1.1239 + 1.21 / (b - 3.4), 0.9277 - 3.8 / (b - 2.0)


@compiled
def poisson_rejection(key: Key, tick: int, agent: int, stream: int, draw: int, mean: float) -> int:
    """Poisson with a mean above 30, by the method PTRS."""
    a, b, hat, squeeze = poisson_hat(mean)
    for attempt in range(_ATTEMPTS):
        u, v = pair(key, tick, agent, stream, draw, attempt)
        u -= 0.5
        room = 0.5 - abs(u)
        x = (2.0 * a / room + b) * u + mean + 0.43
        # Far out in the tails the ratio would overflow an integer; the probability there is zero in any case.
        if x < 0.0 or x > 4.0 * LARGEST_COUNT:
            continue
        k = math.floor(x)
        if room >= 0.07 and v <= squeeze:
            return k
        if log(v * hat / (a / (room * room) + b)) <= log_poisson(k, mean):
            return k
    return int(mean)


@compiled
def binomial_hat(n: int, few: float) -> tuple[float, float, float, float]:
    """The constants (a, b, hat, squeeze) of BTRS: Hoermann 1993, J. Stat. Comput. Simulation 46:101.

    few: probability of the rarer outcome. Here the hat is relative to the probability of the mode.
    """
    deviation = math.sqrt(n * few * (1.0 - few))
    b = 1.15 + 2.53 * deviation
    return -0.0873 + 0.0248 * b + 0.01 * few, b, (2.83 + 5.1 / b) * deviation, 0.92 - 4.2 / b


@compiled
def binomial_rejection(key: Key, tick: int, agent: int, stream: int, draw: int, n: int, p: float) -> int:
    """Binomial with n min(p, 1 - p) above 30, by the method BTRS."""
    few = min(p, 1.0 - p)
    a, b, hat, squeeze = binomial_hat(n, few)
    mode = log_binomial(math.floor((n + 1) * few), n, few)
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
        if accepted or log(v * hat / (a / (room * room) + b)) <= log_binomial(k, n, few) - mode:
            return k if p <= 0.5 else n - k
    return int(n * p)
