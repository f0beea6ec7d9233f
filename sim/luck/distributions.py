"""The mathematics under the random draws: quantiles and log probabilities, without any randomness.

Compiled code and ordinary Python give the same bits: functions of `math`, arithmetic in a fixed order.
"""

from __future__ import annotations

import math

from sim.compiled import compiled, plain
from sim.luck.portable import exp, log, log1p

# Wichura (1988), algorithm AS 241, routine PPND16: rational approximations (numerator, denominator; highest
# power first) of the normal quantile in the centre, the tails and the far tails. Relative error about 1e-16.
_CENTRE = (
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
     1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
     5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0),
)  # fmt: skip
_TAIL = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
     1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0,
     4.63033784615654529590e0, 1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
     1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0,
     2.05319162663775882187e0, 1.0),
)  # fmt: skip
_FAR_TAIL = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
     2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0,
     5.46378491116411436990e0, 6.65790464350110377720e0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
     7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
     5.99832206555887937690e-1, 1.0),
)  # fmt: skip


@compiled
def _ratio(x: float, numerator: tuple[float, ...], denominator: tuple[float, ...]) -> float:
    above = below = 0.0
    for i in range(8):
        above = above * x + numerator[i]
        below = below * x + denominator[i]
    return above / below


@compiled
def normal_quantile(u: float) -> float:
    """The standard normal value below which lies the share u, 0 < u < 1 (Wichura 1988, AS 241)."""
    centred = u - 0.5
    if abs(centred) <= 0.425:
        return centred * _ratio(0.180625 - centred * centred, _CENTRE[0], _CENTRE[1])
    r = math.sqrt(-log(min(u, 1.0 - u)))
    size = _ratio(r - 1.6, _TAIL[0], _TAIL[1]) if r <= 5.0 else _ratio(r - 5.0, _FAR_TAIL[0], _FAR_TAIL[1])
    return -size if centred < 0.0 else size


# Below this a probability can no longer move a sum near one; a search for a quantile ends there.
_NEGLIGIBLE = 1e-17


@compiled
def poisson_quantile(u: float, mean: float) -> int:
    """The smallest k with P(K <= k) >= u for a Poisson K, 0 < mean < 700, by search from zero."""
    if u <= 1.0 - mean:  # exp(-mean) is never below this line: most draws of rare events need no exponential
        return 0
    k = 0
    probability = exp(-mean)
    below = probability
    while u > below and not (probability < _NEGLIGIBLE and k > mean):
        k += 1
        probability *= mean / k
        below += probability
    return k


_MOST_MULTIPLIED = 1024
"""Trials up to which a power is made by multiplication: rounding errors grow with them, to 1e-13 here."""


@compiled
def none_of(n: int, p: float) -> float:
    """(1 - p)**n for n >= 1 and 0 < p < 1: nobody of n."""
    if n > _MOST_MULTIPLIED:
        return exp(n * log1p(-p))
    power, square = 1.0, 1.0 - p
    while n > 0:
        power *= square if n & 1 else 1.0
        square *= square
        n >>= 1
    return power


@compiled
def binomial_quantile(u: float, n: int, p: float) -> int:
    """The smallest k with P(K <= k) >= u for a binomial K, n >= 1, 0 < p < 1, n min(p, 1 - p) < 300.

    For p above one half the failures are counted at 1 - u: the same quantile (up to ties), in fewer steps.
    """
    few = min(p, 1.0 - p)
    if p > 0.5:
        u = 1.0 - u
    k = 0
    if u > 1.0 - n * few:  # Bernoulli's inequality: (1 - few)**n is never below this line
        odds = few / (1.0 - few)
        probability = none_of(n, few)
        below = probability
        while u > below and k < n and not (probability < _NEGLIGIBLE and k > n * few):
            k += 1
            probability *= (n - k + 1) / k * odds
            below += probability
    return k if p <= 0.5 else n - k


@compiled
def stricken_quantile(u: float, n: int, hazard: float) -> int:
    """`binomial_quantile` of probability 1 - exp(-hazard), 0 < n hazard < 300."""
    if u <= 1.0 - n * hazard:  # neither 1 - exp(-hazard) nor the chance of any success is above this line
        return 0
    return binomial_quantile(u, n, 1.0 - exp(-hazard))


_HALF_LOG_TWO_PI = 0.5 * plain(log)(2.0 * math.pi)


def _stirling_error_by_definition(k: int) -> float:
    return plain(log)(math.factorial(k)) - (k + 0.5) * plain(log)(k) + k - _HALF_LOG_TWO_PI


_STIRLING_ERRORS = (0.0, *(_stirling_error_by_definition(k) for k in range(1, 16)))


@compiled
def stirling_error(k: int) -> float:
    """log(k!) less Stirling's formula (k + 1/2) log(k) - k + log(2 pi) / 2, for k >= 1; error below 1e-13."""
    if k < 16:
        return _STIRLING_ERRORS[k]
    square = float(k) * k
    return (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - 1.0 / 1680.0 / square) / square) / square) / k


@compiled
def _deviance(k: float, mean: float) -> float:
    """k log(k / mean) + mean - k for k > 0, without the loss of digits near k = mean."""
    d = (mean - k) / k
    return k * (d - log1p(d))


@compiled
def log_poisson(k: int, mean: float) -> float:
    """Log probability of k under a Poisson law (saddle-point form, Loader 2000); k >= 0, mean > 0."""
    if k == 0:
        return -mean
    return -stirling_error(k) - _deviance(float(k), mean) - _HALF_LOG_TWO_PI - 0.5 * log(float(k))


@compiled
def log_binomial(k: int, n: int, p: float) -> float:
    """Log probability of k among n (saddle-point form, Loader 2000); 0 <= k <= n, 0 < p < 1."""
    if k == 0:
        return n * log1p(-p)
    if k == n:
        return n * log(p)
    rest = float(n - k)
    series = stirling_error(n) - stirling_error(k) - stirling_error(n - k)
    deviances = _deviance(float(k), n * p) + _deviance(rest, n * (1.0 - p))
    return series - deviances - _HALF_LOG_TWO_PI - 0.5 * log(k * (rest / n))
