"""Randomness with names: every decision of the model has its own random numbers.

The generator is counter based (Philox4x32-10; Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers:
as easy as 1, 2, 3", SC'11). It has no state: the numbers are a function of a key (study seed, replicate) and
of a counter (tick, agent, stream, draw). So nothing depends on the order of agents or on threads, a new
mechanism disturbs no other, and two scenarios share the luck of every decision that both make.

    key     pair of integers made by `make_key`: study seed and replicate
    tick    day of the run                      agent   identity of the agent for life (never its row)
    stream  which decision: a constant below    draw    0, 1, 2 ... where one decision needs several numbers

All of them are taken modulo 2**32. A distribution that needs more than one block of random bits (only the
rejection methods for large means) counts its attempts in the upper half of the stream word, which no stream
number reaches: it never touches a number of another decision. Where it can, a distribution is the inverse of
its cumulative function at ONE uniform number, so that a changed parameter moves the outcome as little as
possible between two scenarios.

Everything here is the same, bit for bit, in compiled code and in ordinary Python (``NUMBA_DISABLE_JIT=1``):
only signed 64-bit integers that Python cannot overflow after masking, and functions of `math`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from sim.compiled import compiled
from sim.luck.distributions import (
    binomial_quantile,
    normal_quantile,
    poisson_quantile,
    stricken_quantile,
)
from sim.luck.philox import Key as Key
from sim.luck.philox import make_key as make_key
from sim.luck.philox import philox as philox
from sim.luck.philox import uniform as uniform
from sim.luck.portable import exp, log
from sim.luck.rejection import LARGEST_COUNT, binomial_rejection, poisson_rejection

# The names of all streams, declared here and nowhere else, each with its number for ever: a new name takes
# the next free number, and the number of a removed name is not given again, so that no change moves the luck
# of the others.
_DECLARED: tuple[tuple[str, int], ...] = (
    ("PRIOR", 1),  # draws of uncertain parameters (agent: hash of the parameter's name)
    ("WEATHER", 2),  # opening and closing of the passes
    ("POSTERIOR", 3),  # row of a posterior table
    ("ECONOMY", 4),  # luck of output
    ("CONCEDE", 5),  # steps to an inclusive government
    ("POWER", 6),  # decisions of a foreign power
    ("STRIKE", 7),  # its strikes across the border
    ("MILITIA", 8),  # raids of a militia, its men going home
    ("ISKP", 9),  # attacks and losses of the jihadist rival
    ("PROTEST", 10),  # protests of townspeople
    ("RISING", 11),  # risings of small towns and their end
    ("REFUGE", 12),  # people leaving the country
    ("RETAKE", 13),  # taking back a lost capital
    ("SEARCH", 14),  # patrols finding caches
    ("QUARREL", 15),  # clashes among government forces
    ("DECAY", 16),  # caches rusting
    ("FORM", 17),  # pockets forming
    ("POCKET", 18),  # what a pocket does in a day
    ("POCKET_SIZE", 19),  # its recruits, deserters and finds
    ("FISSION", 20),  # its merging, splitting, roaming
    ("RAID", 21),  # losses in its raids
    ("HUNT", 22),  # losses when it is hunted
    ("FRONT", 23),  # raids of a front
    ("MUSTER", 24),  # its recruits and deserters
    ("TALKS", 25),  # offers and meetings
    ("SUPPLY", 26),  # convoys
    ("AIRLIFT", 27),  # helicopters
    ("FORAGE", 28),  # old caches that a front finds
    ("SIEGE", 29),  # bouts of an assault
    ("STAND", 30),  # last stand, retreat and escape
    ("COUNTER", 31),  # counterattacks
    ("CLEAR", 32),  # operations in side valleys
    ("CAMPAIGN", 33),  # campaigns of the government and of fronts
    ("REVENGE", 34),  # killings of former soldiers and officials
    ("PURSUIT", 35),  # bands of fronts and militias that are found
    ("COMMAND", 36),  # commanders lost
    ("CRACKDOWN", 37),  # raids on the jihadist rival
)

_MAX_STREAM = 0xFFFF


def registry(declared: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Streams by name. Raises ValueError for a name or number given twice, or one that cannot be used."""
    streams: dict[str, int] = {}
    holders: dict[int, str] = {}
    for name, number in declared:
        if not (name.isidentifier() and name.isupper() and not name.startswith("_")):
            raise ValueError(f"stream {name!r}: a name is a Python identifier in capital letters")
        if name in streams:
            raise ValueError(f"stream {name}: declared twice ({streams[name]} and {number})")
        if type(number) is not int or not 1 <= number <= _MAX_STREAM:
            raise ValueError(
                f"stream {name}: the number {number!r} is not an integer from 1 to {_MAX_STREAM}"
            )
        if number in holders:
            raise ValueError(f"stream {name}: the number {number} belongs to {holders[number]}")
        streams[name] = number
        holders[number] = name
    return streams


STREAMS: dict[str, int] = registry(_DECLARED)
globals().update(STREAMS)  # streams.WEATHER and so on: constants that compiled code takes in as such


def __getattr__(name: str) -> int:
    raise AttributeError(
        f"no stream (or other public name) {name!r} in sim.luck.streams; streams: {', '.join(STREAMS)}"
    )


@compiled
def _fill(
    out: np.ndarray, seed: int, replicates: np.ndarray, agent: int, stream: int, draw: int, tick: int
) -> None:
    for i in range(len(replicates)):
        out[i] = uniform((seed, int(replicates[i])), tick, agent, stream, draw)


def uniforms(
    seed: int, replicates: npt.ArrayLike, agent: int, stream: int, draw: int = 0, tick: int = 0
) -> npt.NDArray[np.float64]:
    """`uniform` for many replicates at once: float64[n] for replicates int64[n].

    Raises ValueError when `seed` or a replicate is not an integer from 0 to 2**32 - 1.
    """
    rows = np.atleast_1d(np.asarray(replicates))
    if rows.ndim != 1 or (rows.size and not np.issubdtype(rows.dtype, np.integer)):
        raise ValueError(f"replicates: a list of integers is needed, not {rows.dtype} of shape {rows.shape}")
    for extreme in (rows.min(), rows.max()) if rows.size else (0,):
        make_key(seed, extreme)
    out = np.empty(rows.size, dtype=np.float64)
    _fill(out, int(seed), rows.astype(np.int64), int(agent), int(stream), int(draw), int(tick))
    return out


# --- continuous distributions ---


@compiled
def exponential(key: Key, tick: int, agent: int, stream: int, draw: int, mean: float) -> float:
    """Exponential with the given mean; 0 when the mean is not positive."""
    if not mean > 0.0:
        return 0.0
    return -mean * log(uniform(key, tick, agent, stream, draw))


@compiled
def pareto(
    key: Key,
    tick: int,
    agent: int,
    stream: int,
    draw: int,
    minimum: float,
    alpha: float,
    cap: float = math.inf,
) -> float:
    """Pareto above `minimum`: P(X > x) = (minimum / x)**alpha.

    A finite `cap` truncates (X given that X <= cap), so that no lump of outcomes piles up at the cap.
    0 when the minimum is not positive, nan when alpha is not, the minimum when the cap is not above it.
    """
    if not minimum > 0.0:
        return 0.0
    if not alpha > 0.0:
        return math.nan
    if not cap > minimum:
        return float(minimum)
    beyond = exp(-alpha * log(cap / minimum))
    survival = beyond + (1.0 - beyond) * uniform(key, tick, agent, stream, draw)
    # math.exp of Python raises above 709.78, where compiled code would give inf.
    return min(minimum * exp(min(-log(survival) / alpha, 709.0)), cap)


@compiled
def normal(key: Key, tick: int, agent: int, stream: int, draw: int) -> float:
    """Standard normal, by inversion."""
    return normal_quantile(uniform(key, tick, agent, stream, draw))


@compiled
def bernoulli(key: Key, tick: int, agent: int, stream: int, draw: int, p: float) -> bool:
    """True with probability p: never when p <= 0, always when p >= 1."""
    return uniform(key, tick, agent, stream, draw) < p


# --- counts and choices ---

# Up to this mean counts are drawn by inversion (a search from zero), above it by rejection at a cost that
# does not grow.
INVERSION_LIMIT = 30.0


@compiled
def poisson(key: Key, tick: int, agent: int, stream: int, draw: int, mean: float) -> int:
    """Poisson with the given mean; 0 when the mean is not positive. Means above 1e15 are taken as 1e15."""
    if not mean > 0.0:
        return 0
    if mean <= INVERSION_LIMIT:
        return poisson_quantile(uniform(key, tick, agent, stream, draw), float(mean))
    return poisson_rejection(key, tick, agent, stream, draw, min(float(mean), LARGEST_COUNT))


@compiled
def binomial(key: Key, tick: int, agent: int, stream: int, draw: int, n: int, p: float) -> int:
    """Successes among n trials of probability p; p is clipped to [0, 1], n <= 0 gives 0, n <= 1e15."""
    n = int(n)
    p = float(p)
    if n <= 0 or not p > 0.0:
        return 0
    if p >= 1.0:
        return n
    if n * min(p, 1.0 - p) <= INVERSION_LIMIT:
        return binomial_quantile(uniform(key, tick, agent, stream, draw), n, p)
    return binomial_rejection(key, tick, agent, stream, draw, n, p)


@compiled
def stricken(key: Key, tick: int, agent: int, stream: int, draw: int, n: int, hazard: float) -> int:
    """How many of n a hazard strikes, each for itself: binomial of probability 1 - exp(-hazard).

    The same number as by `binomial`; mostly nobody is stricken, and then it needs no exponential.
    """
    if not 0.0 < n * hazard <= INVERSION_LIMIT:
        return binomial(key, tick, agent, stream, draw, n, 1.0 - exp(-hazard))
    return stricken_quantile(uniform(key, tick, agent, stream, draw), int(n), float(hazard))
