"""Small arithmetic that many rules share."""

from __future__ import annotations

from sim.compiled import compiled, plain
from sim.luck.portable import exp, log

_LOG_TWO = plain(log)(2.0)


@compiled
def clip(value: float, low: float, high: float) -> float:
    """``value`` held between ``low`` and ``high``."""
    return min(max(value, low), high)


@compiled
def above(floor: float, share: float) -> float:
    """``floor`` where ``share`` is 0, rising to 1 where it is 1."""
    return floor + (1.0 - floor) * share


@compiled
def saturated(value: float, half: float) -> float:
    """``value`` as a share that is one half at ``half`` and nears 1: the more there is, the less more adds."""
    return value / (value + half)


@compiled
def towards(value: float, target: float, share: float) -> float:
    """``value`` moved by ``share`` of its way to ``target``."""
    return value + share * (target - value)


@compiled
def halved(value: float, days: float, halflife: float) -> float:
    """What is left of ``value`` after ``days`` when it halves every ``halflife`` days."""
    return value * exp(-_LOG_TWO * days / halflife)


@compiled
def contest(ours: float, theirs: float, sharpness: float) -> float:
    """Chance that the side of strength ``ours`` prevails: the ratio form of contests (Tullock 1980).

    Half when both are nothing; strengths at or below zero count as nothing.
    """
    if ours <= 0.0:
        return 0.5 if theirs <= 0.0 else 0.0
    if theirs <= 0.0:
        return 1.0
    return 1.0 / (1.0 + exp(sharpness * (log(theirs) - log(ours))))
