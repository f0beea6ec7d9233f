"""Conditions on futures: a short sentence in, for every run whether it came true and when that was settled.

Grammar (one condition; several given together must all hold)::

    condition  ::= ["not"] ( event when | quantity comparison number [when] | "ending is" ["not"] name )
    quantity   ::= name | aggregate "(" name ")"
    aggregate  ::= sum | mean | min | max | last | any | all
    comparison ::= > | >= | < | <=
    when       ::= "before" date | "by" date | "after" date | ("at" | "in") date [".." date]
    date       ::= 2022 | 2022-06 | 2022-06-15

``corridor_open before 2022-06`` is an event: the measure ``corridor_open_day`` if runs have one, otherwise
the first day on which the series is above zero. A flow (deaths, protests) is summed over the window. A
stock (services, pockets) is averaged over a window given with ``at`` or ``in``, and needs to meet the
comparison on any one day of one given with ``before``, ``by`` or ``after``. ``before 2022-06`` ends on 31
May, ``by 2022-06`` on 30 June, ``after 2022-06`` starts on 1 July.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from experiments.kit.errors import UserError
from sim.values import hint

AGGREGATES = ("sum", "mean", "min", "max", "last", "any", "all")
COMPARISONS: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    ">=": np.greater_equal,
    "<=": np.less_equal,
    ">": np.greater,
    "<": np.less,
}
EXAMPLES = (
    "corridor_open before 2022-06",
    "services < 0.3 at 2022-09",
    "deaths > 500 in 2022-04..2022-09",
    "max(pockets) >= 10 in 2022",
    "ending is consolidation",
)
_REDUCE: dict[str, Callable[..., np.ndarray]] = {"sum": np.sum, "mean": np.mean, "min": np.min, "max": np.max}
_DATE = r"\d{4}(?:-\d{1,2}(?:-\d{1,2})?)?"
_WHEN = rf"(?P<word>before|by|after|at|in)\s+(?P<first>{_DATE})(?:\s*\.\.\s*(?P<last>{_DATE}))?"
_NAME = r"[A-Za-z_][\w.]*"
_FORMS = {
    "ending": re.compile(rf"ending\s+is\s+(?P<no>not\s+)?(?P<name>{_NAME})"),
    "quantity": re.compile(
        rf"(?:(?P<aggregate>[a-z]+)\s*\(\s*(?P<inner>{_NAME})\s*\)|(?P<name>{_NAME}))\s*"
        rf"(?P<sign>>=|<=|>|<)\s*(?P<value>[-+]?[\d.]+(?:[eE][-+]?\d+)?)(?:\s+{_WHEN})?"
    ),
    "event": re.compile(rf"(?P<name>{_NAME})\s+{_WHEN}"),
}


@dataclass(frozen=True)
class Vocabulary:
    """The names a condition may use. series: name -> 'flow' or 'stock'; numbers: measures and parameters,
    by run."""

    series: Mapping[str, str]
    numbers: tuple[str, ...]
    endings: tuple[str, ...]

    @property
    def events(self) -> tuple[str, ...]:
        """Names that can stand before a date on their own."""
        days = [n.removesuffix("_day") for n in self.numbers if n.endswith("_day")]
        return tuple(dict.fromkeys([*days, *self.series]))


@dataclass(frozen=True)
class Futures:
    """The runs a condition is asked of.

    dates: datetime64[D], one a day. number(name) -> float ``(run,)`` (a measure or a parameter); series(name) ->
    float ``(run, day)``; ending: str ``(run,)``.
    """

    dates: np.ndarray
    ending: np.ndarray
    number: Callable[[str], np.ndarray]
    series: Callable[[str], np.ndarray]


@dataclass(frozen=True)
class Truth:
    """met: bool ``(run,)``. settled: int ``(run,)``, the first day on which the answer may have been decided (days from
    the start): what is seen before it can warn of it, what is seen later can be its consequence."""

    met: np.ndarray
    settled: np.ndarray


@dataclass(frozen=True)
class Condition:
    """One parsed condition. ``kind``: ending, number, event or series; ``text`` as the user wrote it."""

    text: str
    kind: str
    name: str
    negated: bool = False
    sign: str = ">"
    value: float = 0.0
    aggregate: str = ""
    word: str = ""
    first: str = ""
    last: str = ""

    def truth(self, futures: Futures) -> Truth:
        """Whether the condition holds in each run; UserError when its dates lie outside the runs."""
        met, settled = _EVALUATE[self.kind](self, futures)
        return Truth(met ^ self.negated, np.asarray(settled, np.int64))

    def cut(self, dates: np.ndarray) -> str:
        """What is to be said if the runs, datetime64[D] ``(days,)``, hold a part of its window alone; else empty."""
        start, stop = _wanted(self, dates)
        first, end = dates[0], dates[-1] + 1
        if start >= first and stop <= end:
            return ""
        held = f"{max(start, first)} to {min(stop, end) - 1}"
        return f"of the time of {self.text!r} the runs hold {held}: what lies outside is not counted"


def parse(text: str, words: Vocabulary) -> Condition:
    """Read one condition; UserError with the nearest valid name or the grammar by example."""
    body = " ".join(text.split())
    negated = body.startswith("not ")
    body = body.removeprefix("not ")
    for kind, form in _FORMS.items():
        found = form.fullmatch(body)
        if found:
            return _BUILD[kind](text, negated, found.groupdict(), words)
    raise UserError(f"condition {text!r} is not understood; examples: " + "; ".join(map(repr, EXAMPLES)))


def parse_all(texts: Sequence[str], ending: str | None, words: Vocabulary) -> list[Condition]:
    """The conditions of a command; ``ending`` is short for ``ending is NAME``. UserError if there is none."""
    if not texts and ending is None:
        raise UserError("command line: found no condition; allowed: conditions as in --help, or ending=NAME")
    return [parse(text, words) for text in (*texts, *([f"ending is {ending}"] if ending else []))]


def all_true(conditions: list[Condition], futures: Futures) -> Truth:
    """Every condition at once; settled when the last of them is."""
    truths = [c.truth(futures) for c in conditions]
    met = np.logical_and.reduce([t.met for t in truths])
    return Truth(met, np.maximum.reduce([t.settled for t in truths]))


def cut(conditions: Sequence[Condition], futures: Futures) -> tuple[str, ...]:
    """What is to be said of those of whose time the runs hold a part alone."""
    return tuple(filter(None, (one.cut(futures.dates) for one in conditions)))


def _ending(text: str, negated: bool, part: dict[str, str], words: Vocabulary) -> Condition:
    _known(text, part["name"], words.endings, "ending")
    return Condition(text, "ending", part["name"], negated ^ bool(part["no"]))


def _event(text: str, negated: bool, part: dict[str, str], words: Vocabulary) -> Condition:
    _known(text, part["name"], words.events, "event")
    word, first, last = _window(text, part)
    return Condition(text, "event", part["name"], negated, word=word, first=first, last=last)


def _quantity(text: str, negated: bool, part: dict[str, str], words: Vocabulary) -> Condition:
    name, aggregate = part["inner"] or part["name"], part["aggregate"] or ""
    if aggregate:
        _known(text, aggregate, AGGREGATES, "aggregate")
    _known(text, name, tuple(dict.fromkeys((*words.series, *words.numbers))), "quantity")
    try:
        value = float(part["value"])
    except ValueError:
        raise UserError(f"condition {text!r}: {part['value']!r} is not a number") from None
    if not math.isfinite(value):
        raise UserError(f"condition {text!r}: {part['value']!r} is no finite number")
    dated = bool(part["word"] or aggregate)
    if name in words.numbers and not dated:
        return Condition(text, "number", name, negated, part["sign"], value)
    if name not in words.series:
        raise UserError(
            f"condition {text!r}: {name} is one number a run; leave out the date and the aggregate"
        )
    if not dated and words.series[name] != "flow":
        raise UserError(f"condition {text!r}: say when, for instance {f'{text.strip()} at 2022-09'!r}")
    if not aggregate:
        ranged = part["word"] in ("before", "by", "after")
        aggregate = "sum" if words.series[name] == "flow" else "any" if ranged else "mean"
    return Condition(text, "series", name, negated, part["sign"], value, aggregate, *_window(text, part))


def _window(text: str, part: dict[str, str]) -> tuple[str, str, str]:
    """The word of a window and its dates, checked."""
    word, first, last = part["word"] or "", part["first"] or "", part["last"] or ""
    if last and word not in ("at", "in"):
        raise UserError(f"condition {text!r}: a period 'A..B' goes with 'in', not with {word!r}")
    for date in filter(None, (first, last)):
        _day(text, date)
    if last and _day(text, last) < _day(text, first):
        raise UserError(f"condition {text!r}: {last} is before {first}")
    return word, first, last


def _known(text: str, name: str, allowed: tuple[str, ...], what: str) -> None:
    if name in allowed:
        return
    near = hint(name, allowed) or f"; one of {', '.join(sorted(allowed)[:12])}"
    raise UserError(f"condition {text!r}: no {what} {name!r}{near}")


def _day(text: str, date: str) -> np.datetime64:
    """First day of a year, month or day."""
    year, *rest = date.split("-")
    try:
        return np.datetime64("-".join([year, *(p.zfill(2) for p in rest)]), "D")
    except ValueError:
        raise UserError(f"condition {text!r}: {date} is not a date") from None


def _after(text: str, date: str) -> np.datetime64:
    """First day after a year, month or day."""
    unit: Literal["Y", "M", "D"] = "Y" if not date.count("-") else "M" if date.count("-") == 1 else "D"
    return (_day(text, date).astype(f"datetime64[{unit}]") + np.timedelta64(1, unit)).astype("datetime64[D]")


def _wanted(c: Condition, dates: np.ndarray) -> tuple[np.datetime64, np.datetime64]:
    """The window [start, stop) as it was asked for; open ends are those of the runs."""
    first, end = dates[0], dates[-1] + 1
    start, stop = first, end
    if c.word in ("at", "in"):
        start, stop = _day(c.text, c.first), _after(c.text, c.last or c.first)
    elif c.word == "before":
        stop = _day(c.text, c.first)
    elif c.word == "by":
        stop = _after(c.text, c.first)
    elif c.word == "after":
        start = max(_after(c.text, c.first), first)
    return start, stop


def _span(c: Condition, dates: np.ndarray) -> tuple[int, int]:
    """The window as day numbers [start, stop); UserError when no day of the runs lies in it."""
    first, end = dates[0], dates[-1] + 1
    start, stop = _wanted(c, dates)
    start, stop = max(start, first), min(stop, end)
    if stop <= start:
        raise UserError(f"condition {c.text!r}: outside the runs, which go from {first} to {dates[-1]}")
    return int((start - first).astype(int)), int((stop - first).astype(int))


def _is_ending(c: Condition, f: Futures) -> tuple[np.ndarray, np.ndarray]:
    return f.ending == c.name, np.full(len(f.ending), len(f.dates))


def _is_number(c: Condition, f: Futures) -> tuple[np.ndarray, np.ndarray]:
    """A measure is settled at the end of the run, a parameter (dotted name) from its start; nan meets
    nothing."""
    settled = 0 if "." in c.name else len(f.dates)
    return COMPARISONS[c.sign](f.number(c.name), c.value), np.full(len(f.ending), settled)


def _is_event(c: Condition, f: Futures) -> tuple[np.ndarray, np.ndarray]:
    start, stop = _span(c, f.dates)
    try:
        day = np.asarray(f.number(f"{c.name}_day"), float)
    except KeyError:
        day = _first(f.series(c.name) > 0)
    return (day >= start) & (day < stop), np.nan_to_num(np.minimum(day, stop), nan=stop)


def _is_series(c: Condition, f: Futures) -> tuple[np.ndarray, np.ndarray]:
    start, stop = _span(c, f.dates)
    window = f.series(c.name)[:, start:stop]
    compare = COMPARISONS[c.sign]
    if c.aggregate in ("any", "all"):
        holds = compare(window, c.value)
        first = _first(holds if c.aggregate == "any" else ~holds)
        met = ~np.isnan(first) if c.aggregate == "any" else np.isnan(first)
        return met, start + np.nan_to_num(first, nan=stop - start)
    if c.aggregate == "last":
        return compare(window[:, -1], c.value), np.full(len(window), stop - 1)
    value = _REDUCE[c.aggregate](window.astype(float), axis=1)
    return compare(value, c.value), np.full(len(window), start)


def _first(happened: np.ndarray) -> np.ndarray:
    """First true day of each run, nan if none."""
    return np.where(happened.any(axis=1), happened.argmax(axis=1).astype(float), np.nan)


_BUILD = {"ending": _ending, "event": _event, "quantity": _quantity}
_EVALUATE = {"ending": _is_ending, "number": _is_number, "event": _is_event, "series": _is_series}
