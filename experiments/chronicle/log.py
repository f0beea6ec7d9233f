"""The log of a run: its events in order, and the few that make its story."""

from __future__ import annotations

from collections import Counter

from experiments.chronicle import country, provinces, valley
from experiments.chronicle.film import Film
from experiments.chronicle.happening import KINDS, NOTABLE, TURNING, Happening

_NOTABLE_OF_A_KIND = 4
"""Most events of one kind that are notable and no turn in a story."""


def log(film: Film) -> list[Happening]:
    """All events of a run, by day and kind."""
    order = list(KINDS)
    found = [*country.happenings(film), *valley.happenings(film), *provinces.happenings(film)]
    return sorted(found, key=lambda one: (one.tick, order.index(one.kind), one.weight, one.text))


def story(events: list[Happening], most: int = 30) -> list[Happening]:
    """The events that make the story of a run, at most so many, in order of day.

    Turns come first, what is notable after them. Where there are too many, as many of each kind are told, spread
    over the run, so that a quarrelsome valley does not crowd out the rest of the country.

    Parameters
    ----------
    events
        The log of a run.
    most
        How many are told.
    """
    always = [one for one in events if one.kind in ("scenario", "ending")]
    turns = [one for one in events if one.weight == TURNING and one not in always]
    notable = [one for one in events if one.weight == NOTABLE]
    chosen = always + _fair(turns, most - len(always), most)
    chosen += _fair(notable, most - len(chosen), _NOTABLE_OF_A_KIND)
    return sorted(chosen, key=events.index)


def _fair(events: list[Happening], room: int, of_a_kind: int) -> list[Happening]:
    """As many events of each kind as there is room for, spread over time."""
    kinds = {kind: [one for one in events if one.kind == kind] for kind in KINDS}
    each = of_a_kind
    while each > 0 and sum(min(each, len(group)) for group in kinds.values()) > room:
        each -= 1
    return [one for group in kinds.values() for one in _spread(group, each)]


def _spread(events: list[Happening], number: int) -> list[Happening]:
    """So many of the events, evenly spaced, the first and the last among them."""
    if number >= len(events):
        return events
    if number < 2:
        return events[:number]
    return [events[round(n * (len(events) - 1) / (number - 1))] for n in range(number)]


def omitted(events: list[Happening], told: list[Happening]) -> str:
    """What a story leaves out, in words; empty if nothing."""
    counts = Counter(one.kind for one in events)
    counts.subtract(one.kind for one in told)
    left = [f"{number} of {KINDS[kind]}" for kind, number in counts.items() if number > 0]
    return f"Further events: {', '.join(left)}" if left else ""
