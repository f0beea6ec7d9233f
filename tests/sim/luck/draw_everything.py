"""Print the bits of many draws of every distribution, to compare compiled code with ordinary Python."""

from __future__ import annotations

import itertools
import math

import numpy as np

from sim.luck import distributions, streams

MEANS = (-1.0, 0.0, 1e-12, 0.03, 0.7, 4.0, 29.9, 30.0, 30.1, 77.7, 1234.5, 2.5e7, 1e15, math.inf, math.nan)
TRIALS = (-3, 0, 1, 2, 9, 100, 4321, 10**7)
CHANCES = (-0.1, 0.0, 1e-9, 0.01, 0.3, 0.5, 0.51, 0.97, 1.0, 1.5, math.nan)
PLACES = ((0, 0), (1, 7), (365, 2**31 + 5), (-1, -2), (2**32 - 1, 2**40 + 3))


def _text(value: float) -> str:
    return float(value).hex()


def _draws(key: tuple[int, int], tick: int, agent: int) -> list[str]:
    where = (key, tick, agent, 5)
    found = [streams.uniform(*where, draw) for draw in range(20)]
    found += [streams.normal(*where, draw) for draw in range(60)]
    found += [streams.exponential(*where, draw, 3.7) for draw in range(40)]
    found += [streams.bernoulli(*where, draw, 0.4) for draw in range(20)]
    for draw, cap, alpha in itertools.product(range(10), (math.inf, 50.0), (1e-3, 1.5)):
        found.append(streams.pareto(*where, draw, 2.0, alpha, cap))
    for draw, mean in itertools.product(range(20), MEANS):
        found.append(streams.poisson(*where, draw, mean))
    for draw, n, p in itertools.product(range(4), TRIALS, CHANCES):
        found.append(streams.binomial(*where, draw, n, p))
    return [_text(value) for value in found]


def main() -> None:
    for tick, agent in PLACES:
        for key in ((0, 0), (2**32 - 1, 17)):
            print(*_draws(key, tick, agent), sep="\n")
    # Integers and floats of NumPy, as rules take them out of tables.
    types = (np.int64, np.int32, np.uint32, np.uint8, np.uint64, np.float64)
    for kind, column in itertools.product(types, range(4)):
        values = [3, 4, 5, 6]
        values[column] = kind(values[column])
        print(_text(streams.uniform((1, 2), *values)))
    print(_text(streams.uniform((np.int64(2**32 - 1), np.uint32(2**32 - 1)), 3, 4, 5, 6)))
    print(*map(_text, streams.uniforms(9, np.arange(50), agent=4, stream=1, draw=2, tick=3)), sep="\n")
    for k in (0, 1, 9, 15, 16, 40, 10**9):
        print(_text(distributions.log_poisson(k, 41.0)), _text(distributions.log_binomial(k, 10**9, 0.3)))


if __name__ == "__main__":
    main()
