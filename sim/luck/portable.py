"""exp, log, log1p and cos that give the same bits on every processor.

The libraries behind `math` and `numpy` choose other instructions on other processors and round the last digit
differently there. These functions use only additions, multiplications, divisions and `frexp`, which IEEE 754
fixes to the last bit, so that draws, identities of runs and golden runs are the same everywhere. The
approximations are those of fdlibm (Sun Microsystems 1993): the error stays below one unit in the last place
(two for log1p).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from sim.compiled import compiled

_LN2_HIGH = 6.93147180369123816490e-01  # log(2) in two parts: the first has trailing zeros, so that
_LN2_LOW = 1.90821492927058770002e-10  # whole multiples of it are exact
_PER_LN2 = 1.44269504088896338700e00
_LARGEST = 709.782712893383973096  # exp overflows above
_SMALLEST = -745.13321910194110842  # and is zero below
_HALF_ROOT = 0.70710678118654752440

_EXP = (
    1.66666666666666019037e-01,
    -2.77777777770155933842e-03,
    6.61375632143793436117e-05,
    -1.65339022054652515390e-06,
    4.13813679705723846039e-08,
)
_LOG = (
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
)
#: Coefficients of cos in powers of the squared angle, alternating signs, to the power 18.
_COS = tuple((-1.0) ** k / math.factorial(2 * k) for k in range(10))

_LOWEST_POWER = -1022  # of two, among the normal numbers
_POWERS = np.ldexp(1.0, np.arange(_LOWEST_POWER, 1024))
_STEP = 64  # powers of two by which a result below the normal numbers is scaled in two steps


@compiled
def exp(x: float) -> float:
    """e to the power ``x``; infinity where it overflows, nan for nan."""
    if not x <= _LARGEST:
        return math.nan if x != x else math.inf
    if x < _SMALLEST:
        return 0.0
    k = math.floor(x * _PER_LN2 + 0.5)
    high = x - k * _LN2_HIGH
    low = k * _LN2_LOW
    rest = high - low
    t = rest * rest
    c = rest - t * (_EXP[0] + t * (_EXP[1] + t * (_EXP[2] + t * (_EXP[3] + t * _EXP[4]))))
    y = 1.0 - ((low - (rest * c) / (2.0 - c)) - high)
    if k > 1023:
        return float(y * 2.0 * _POWERS[k - 1 - _LOWEST_POWER])
    if k >= _LOWEST_POWER:
        return float(y * _POWERS[k - _LOWEST_POWER])
    return float(y * _POWERS[k + _STEP - _LOWEST_POWER] * _POWERS[-_STEP - _LOWEST_POWER])


@compiled
def log(x: float) -> float:
    """Natural logarithm of ``x``; minus infinity for 0, nan below 0 and for nan."""
    if not x > 0.0:
        return -math.inf if x == 0.0 else math.nan
    if x == math.inf:
        return math.inf
    m, k = math.frexp(x)
    if m < _HALF_ROOT:
        m *= 2.0
        k -= 1
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    odd = w * (_LOG[1] + w * (_LOG[3] + w * _LOG[5]))
    even = z * (_LOG[0] + w * (_LOG[2] + w * (_LOG[4] + w * _LOG[6])))
    half = 0.5 * f * f
    return k * _LN2_HIGH - ((half - (s * (half + (even + odd)) + k * _LN2_LOW)) - f)


@compiled
def log1p(x: float) -> float:
    """Natural logarithm of ``1 + x``, exact also near ``x = 0`` (Kahan's correction)."""
    u = 1.0 + x
    if u == 1.0:
        return x
    if u == math.inf:
        return math.inf
    return log(u) * (x / (u - 1.0))


@compiled
def cos_turns(turns: float) -> float:
    """Cosine of an angle given in whole turns (1 is a full circle); absolute error below 1e-14."""
    t = turns - math.floor(turns)
    t = min(t, 1.0 - t)
    sign = 1.0
    if t > 0.25:
        t = 0.5 - t
        sign = -1.0
    x = 2.0 * math.pi * t
    square = x * x
    total = 0.0
    for k in range(9, -1, -1):
        total = total * square + _COS[k]
    return sign * total


@compiled
def _exp_into(x: np.ndarray, out: np.ndarray) -> None:
    for i in range(len(x)):
        out[i] = exp(x[i])


def exp_each(x: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """:func:`exp` of every number of an array of any shape."""
    values = np.asarray(x, dtype=np.float64)
    out = np.empty(values.size)
    _exp_into(values.reshape(-1), out)
    return out.reshape(values.shape)
