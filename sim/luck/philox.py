"""Philox4x32-10, the counter-based generator under `sim.luck.streams`, and its uniform numbers.

Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", SC'11. All arithmetic is
on signed 64-bit integers with masks, so that compiled code and ordinary Python agree to the last bit.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import compiled, inlined

Key = tuple[int, int]
"""Study seed and replicate: a plain tuple, or the record ``key`` of the state, which compiled code hands on cheaply."""


def make_key(seed: int, replicate: int) -> Key:
    """The key of one replicate of a study. Raises ValueError unless both are integers from 0 to 2**32 - 1."""
    for label, value in (("seed", seed), ("replicate", replicate)):
        if isinstance(value, (bool, np.bool_)) or int(value) != value or not 0 <= value < 2**32:
            raise ValueError(f"{label} {value!r} is not an integer from 0 to {2**32 - 1}")
    return int(seed), int(replicate)


_MASK = 0xFFFFFFFF
_MULTIPLIER_0 = 0xD2511F53
_MULTIPLIER_1 = 0xCD9E8D57
_WEYL_0 = 0x9E3779B9  # golden ratio
_WEYL_1 = 0xBB67AE85  # square root of 3, less 1
_STEP = 2.0**-52


@inlined
def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Philox4x32-10: four random words (0 to 2**32 - 1) from a counter of four words and a key of two.

    The product of two words may exceed a signed 64-bit integer and wrap; its 64 bits are right all the same,
    and the mask after the shift takes off the sign.
    """
    for _ in range(10):
        low = _MULTIPLIER_0 * c0
        high = _MULTIPLIER_1 * c2
        c0 = ((high >> 32) & _MASK) ^ c1 ^ k0
        c2 = ((low >> 32) & _MASK) ^ c3 ^ k1
        c1 = high & _MASK
        c3 = low & _MASK
        k0 = (k0 + _WEYL_0) & _MASK
        k1 = (k1 + _WEYL_1) & _MASK
    return c0, c1, c2, c3


@inlined
def _word(value: int) -> int:
    """A whole number of any type as a word; by way of int64, as Numba mixes uint64 and int64 into floats."""
    return int(np.int64(value)) & _MASK


@inlined
def _open_unit(high: int, low: int) -> float:
    """The middle of one of 2**52 equal cells of the interval (0, 1), from two words: never 0 and never 1."""
    return (((high << 20) | (low >> 12)) + 0.5) * _STEP


@compiled
def uniform(key: Key, tick: int, agent: int, stream: int, draw: int) -> float:
    """Uniform in the open interval (0, 1), 52 random bits, symmetric about one half."""
    high, low, _, _ = philox(
        _word(tick), _word(agent), _word(stream), _word(draw), _word(key[0]), _word(key[1])
    )
    return _open_unit(high, low)


@compiled
def many_uniforms(key: Key, tick: int, streams: np.ndarray, out: np.ndarray) -> None:
    """`uniform` of many agents in these streams, draw 0, into ``out`` of shape (largest stream, agents).

    The inner loop is one that the compiler turns into vectors; a conversion within it (`_word`) would hinder it.
    """
    t, k0, k1 = _word(tick), _word(key[0]), _word(key[1])
    for stream in streams:
        s = _word(stream)
        for agent in range(out.shape[1]):
            high, low, _, _ = philox(t, agent, s, 0, k0, k1)
            out[stream, agent] = _open_unit(high, low)


@inlined
def uniforms_of(key: Key, tick: int, agents: np.ndarray, number: int, stream: int, out: np.ndarray) -> None:
    """`uniform` of the first ``number`` of these agents, which are words, draw 0, into ``out``; see `many_uniforms`."""
    t, s, k0, k1 = _word(tick), _word(stream), _word(key[0]), _word(key[1])
    for n in range(number):
        high, low, _, _ = philox(t, agents[n], s, 0, k0, k1)
        out[n] = _open_unit(high, low)


@compiled
def pair(key: Key, tick: int, agent: int, stream: int, draw: int, attempt: int) -> tuple[float, float]:
    """Two uniforms of one attempt of a rejection method; the first of attempt 0 is `uniform` itself."""
    word = (_word(stream) | (attempt << 16)) & _MASK
    a, b, c, d = philox(_word(tick), _word(agent), word, _word(draw), _word(key[0]), _word(key[1]))
    return _open_unit(a, b), _open_unit(c, d)
