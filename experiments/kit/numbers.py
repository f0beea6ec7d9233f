"""How numbers are written, on the terminal, in pages and in figures: one form for each kind of number."""

from __future__ import annotations

import math

SPAN = "90 % of runs"
"""Name of a range of runs: between which values so much of them lies."""


def count(value: float) -> str:
    """A whole number: ``12,340``."""
    return f"{_half_up(value):,.0f}"


def counted(value: float, noun: str) -> str:
    """A whole number of what a noun names, which takes an s: ``1 run``, ``12,340 runs``."""
    said = count(value)
    return f"{said} {noun}" if said == "1" else f"{said} {noun}s"


def number(value: float) -> str:
    """A number of any size, short: ``12,340``, ``12``, ``0.42``; two digits below ten, a dash for what is none."""
    if not math.isfinite(value):
        return "–"
    if abs(value) >= 9.995 or value == int(value):
        return f"{_half_up(value):,.0f}"
    return f"{value:.2f}"


def short(value: float) -> str:
    """A number for a sentence or a figure: thousands separated, three figures at most below a hundred."""
    if not math.isfinite(value):
        return "–" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    if abs(value) >= 99.5:
        return f"{value:,.0f}"
    if abs(value) >= 9.95 or value == round(value):
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 0.995 else f"{value:.2f}"


UNCOUNTED = ("0 to 1", "early 2021 = 1", "share", "index", "USD million a week", "tonnes", "")
"""Units of what is measured, not counted: their values have digits after the point."""


def amount(value: float | None, unit: str) -> str:
    """A number with the digits that its unit deserves, people and attacks whole; None shows as a dash."""
    if value is None or not math.isfinite(value):
        return "–"
    return number(value) if unit in UNCOUNTED else count(value)


def span(low: float, high: float) -> str:
    """A range of numbers: ``120 to 1,340``."""
    return f"{number(low)} to {number(high)}"


def percent(share: float, digits: int = 0) -> str:
    """A share as per cent: ``35 %``; what is possible never shows as 0 % or 100 %: ``<1 %``, ``>99 %``.

    What is no number shows as a dash.
    """
    if not math.isfinite(share):
        return "–"
    step = 10.0**-digits
    shown = _half_up(100.0 * share, digits)
    if shown < step and share > 0.0:
        return f"<{step:.{digits}f} %"
    if shown > 100.0 - step and share < 1.0:
        return f">{100.0 - step:.{digits}f} %"
    return f"{shown:.{digits}f} %"


def chance(p: float | None, low: float | None, high: float | None) -> str:
    """A probability with its interval: ``35 % [31, 39]``; one digit more where the interval is that narrow.

    From 0 to 1 each; a dash if it is not known.
    """
    if p is None or low is None or high is None or not math.isfinite(p):
        return "–"
    digits = 1 if high - low < 0.02 or high < 0.02 or low > 0.98 or 0.0 < p < 0.01 or 0.99 < p < 1.0 else 0
    shown = [_plain(100.0 * one, digits) for one in (p, low, high)]
    return f"{shown[0]} % [{shown[1]}, {shown[2]}]"


LIKELIHOODS = (
    (0.01, "almost impossible"),
    (0.10, "very unlikely"),
    (0.33, "unlikely"),
    (0.66, "about even"),
    (0.90, "likely"),
    (0.99, "very likely"),
    (1.01, "almost certain"),
)
"""Words for probabilities, each up to the given one (the scale of the IPCC, in plainer words)."""
SCALE = (
    "Words for probabilities: almost impossible below 1 %, very unlikely below 10 %, unlikely below 33 %, about "
    "even to 66 %, likely to 90 %, very likely to 99 %, almost certain above."
)


def likelihood(p: float | None) -> str:
    """A probability in a word of `LIKELIHOODS`; nothing if it is not known."""
    if p is None or not math.isfinite(p):
        return ""
    return next(word for most, word in LIKELIHOODS if p < most)


def sticky(text: str) -> str:
    """The text with spaces that must not break a line: within a share and its interval."""
    return text.replace(" %", "\u00a0%").replace("% [", "%\u00a0[").replace("] of", "]\u00a0of")


def points(value: float | None, low: float | None, high: float | None) -> str:
    """A difference of two probabilities with its interval, in points: ``+12 [+4, +20] points``."""
    if value is None or low is None or high is None or not math.isfinite(value):
        return "–"
    digits = 0 if high - low >= 0.02 else 1
    shown = [f"{_half_up(100.0 * one, digits):+.{digits}f}" for one in (value, low, high)]
    shown = [text[1:] if not float(text) else text for text in shown]
    return f"{shown[0]} [{shown[1]}, {shown[2]}] points"


def interval(value: float | None, low: float | None, high: float | None) -> str:
    """An estimate that is no probability, with its interval: ``0.42 [0.37, 0.47]``; a dash if not known."""
    if value is None or low is None or high is None or not math.isfinite(value):
        return "–"
    return f"{value:.2f} [{low:.2f}, {high:.2f}]"


def duration(seconds: float) -> str:
    """Seconds in words: ``about 45 s``, ``about 12 min``, ``about 3.5 h``."""
    if seconds < 1:
        return "under 1 s"
    if seconds < 120:
        return f"about {seconds:.0f} s"
    return f"about {seconds / 60:.0f} min" if seconds < 7200 else f"about {seconds / 3600:.1f} h"


def size(count: float) -> str:
    """Bytes in words: ``850 kB``, ``1.2 GB``."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit != "MB" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def _plain(value: float, digits: int) -> str:
    """A number with so many digits, nothing and all without any: ``98.6``, ``0``, ``100``."""
    shown = _half_up(value, digits)
    return f"{shown:.0f}" if value in (0.0, 100.0) else f"{shown:.{digits}f}"


def _half_up(value: float, digits: int = 0) -> float:
    """Rounded as people do: a half goes up, away from zero, as the decimal form of the number says it."""
    scaled = round(abs(value) * 10**digits, 9)
    return math.copysign(math.floor(scaled + 0.5) / 10**digits, value)
