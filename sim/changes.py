"""Changes of state that a scenario asks for: a field is set, added to or multiplied, within what it may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sim.values import is_number, shown

VERBS = ("set", "add", "multiply")
"""In the order of their codes in the run's table of changes."""
_MOST_TIMES = 1000.0


class Change(NamedTuple):
    """What happens to a field of the state.

    Attributes
    ----------
    verb : str
        One of ``VERBS``.
    value : float
        The new value, what is added (less than 0: taken away), or the factor.
    """

    verb: str
    value: float

    def __str__(self) -> str:
        sign = {"set": "=", "add": "+" if self.value >= 0.0 else "-", "multiply": "x"}[self.verb]
        return f"{sign} {abs(self.value):g}"

    def to_plain(self) -> float | dict[str, float]:
        """The change as a file has it."""
        return self.value if self.verb == "set" else {self.verb: self.value}


def read_change(given: object, low: float, high: float, whole: bool) -> Change:
    """Read a change as a file has it: a number, or one of set, add and multiply with a number.

    Parameters
    ----------
    given : object
        What the file says.
    low, high : float
        Least and most that the field may be.
    whole : bool
        Whether it is a flag, 0 or 1.

    Raises
    ------
    ValueError
        With what is allowed.
    """
    within = "0 or 1" if whole else f"a number from {low:g} to {high:g}"
    verb, value = "set", given
    if isinstance(given, Mapping):
        if len(given) != 1 or next(iter(given)) not in VERBS:
            raise ValueError(f"{within}, or one of {{set: ...}}, {{add: ...}}, {{multiply: ...}}")
        verb, value = next(iter(given.items()))
    number = float(value) if is_number(value) else None  # type: ignore[arg-type]
    if verb == "set" and (
        number is None or not low <= number <= high or (whole and number not in (0.0, 1.0))
    ):
        raise ValueError(f"{within}, or {{add: ...}} or {{multiply: ...}}")
    most = max(high, high - low)
    if verb == "add" and (number is None or abs(number) > most):
        raise ValueError(f"a number from {-most:g} to {most:g} to add")
    if verb == "multiply" and (number is None or not 0.0 <= number <= _MOST_TIMES):
        raise ValueError(f"a factor from 0 to {_MOST_TIMES:g}")
    assert number is not None, f"{shown(value)} is a number by now"
    return Change(str(verb), number)
