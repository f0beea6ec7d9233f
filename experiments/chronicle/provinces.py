"""Events of the provinces: capitals, risings, protests, pockets, large attacks of IS-K."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from experiments.chronicle.film import Film
from experiments.chronicle.happening import (
    DETAIL,
    NOTABLE,
    TURNING,
    Happening,
    changes,
    many,
    province,
    set_today,
)
from experiments.kit.numbers import count
from sim.agents.pocket import FRONT, NAMED
from sim.recording import KABUL
from sim.world.geography import load_geography

LARGE_RISING, NOTABLE_RISING = 1000.0, 200.0
"""People in arms from which a rising is a turn, and from which it is notable."""
LARGE_PROTEST = 10_000.0
"""People in the street from which a protest is told."""
LARGE_ATTACK = 20.0
"""Deaths of a day by IS-K and in fights with it that make an attack large."""
BLOODY_ATTACK = 80.0
"""Deaths from which such a day is a turn."""


def happenings(film: Film) -> Iterator[Happening]:
    """All events of the provinces, in no order."""
    yield from _capitals(film)
    yield from _risings(film)
    yield from _protests(film)
    yield from _pockets(film)
    yield from _names(film)
    yield from _iskp(film)


def _mood(film: Film, day: int, row: int) -> str:
    """What people of a province feel, and what the government delivers."""
    grievance, defiance = (
        film.watched(f"community.{name}")[day + 1, row] for name in ("grievance", "defiance")
    )
    services = film.watched("government.services")[day + 1, 0]
    return f"grievance {grievance:.2f}, net of fear {defiance:.2f}; services at {services:.2f}"


def _capitals(film: Film) -> Iterator[Happening]:
    """Provincial capitals fall and are taken back."""
    for day, row, _, now in changes(film.watched("province.held")):
        name = province(row)
        what = "Kabul" if row == KABUL else f"The capital of {name}"
        text = f"{what} falls" if now == 0.0 else f"Kabul's forces take the capital of {name} back"
        if row == KABUL and now > 0.0:
            text = "The government takes Kabul back"
        if set_today(film, day, f"province.{name}.held"):
            because = "the scenario sets it"
        else:
            because = _who_took(film, day, row) if now == 0.0 else _who_retook(film, day, row)
        yield Happening(day, "capital", TURNING, text, because, row)


def _who_took(film: Film, day: int, row: int) -> str:
    """Whose force was a match for the garrison."""
    men, cohesion = (film.watched(f"garrison.{name}")[day, row] for name in ("fighters", "cohesion"))
    against = f"against {many(men, 'soldier')} (cohesion {cohesion:.2f})"
    rising = film.watched("community.rising")[day : day + 2, row].max()
    if rising > 0.0:
        return f"a rising of {many(rising, 'person', 'people')} {against}"
    here = (film.watched("pocket.home")[day] == row) & (film.watched("pocket.active")[day] > 0.0)
    if film.national("attacks_militia")[day] > 0.0 and not here.any():
        return f"a militia of {many(film.watched('militia.fighters')[day].sum(), 'man', 'men')} {against}"
    largest = film.watched("pocket.fighters")[day][here].max(initial=0.0)
    return f"a pocket of {many(largest, 'fighter')} {against}" if largest else against


def _who_retook(film: Film, day: int, row: int) -> str:
    if film.watched("community.rising")[day, row] > 0.0:
        return "the rising that held it is put down"
    held = _spell_before(film.watched("province.held")[:, row] == 0.0, day)
    return f"after {many(held, 'day')}, with the mobile reserve"


def _spell_before(holds: np.ndarray, day: int) -> int:
    """Days in a row, up to and with ``day``, on which something held at the beginning of the day."""
    earlier = np.flatnonzero(~holds[: day + 1])
    return int(day - earlier[-1]) if len(earlier) else day + 1


def _risings(film: Film) -> Iterator[Happening]:
    """Risings break out and are put down, often within a day."""
    rising = film.watched("community.rising")[:, : len(film.watched("province.held")[0])]
    began = film.watched("province.week_risings")
    starts: dict[int, list[int]] = defaultdict(list)
    for day in np.arange(0, film.days, 7).tolist():
        for row in np.flatnonzero(began[day + 1] > 0.0).tolist():
            size = rising[day + 1, row]
            starts[row].append(day)
            if size > 0.0:
                text = f"A rising breaks out in {province(row)}: {many(size, 'person', 'people')} in arms"
            else:
                text = f"A rising in {province(row)} is put down within the day"
            yield Happening(day, "rising", _weight(size), text, _mood(film, day, row), row)
    for day, row, before, now in changes(rising):
        if now == 0.0 and before > 0.0:
            since = [start for start in starts[row] if start <= day]
            lasted = f" after {many(day - since[-1], 'day')}" if since else ""
            soldiers = film.watched("garrison.fighters")[day, row]
            because = f"{many(soldiers, 'soldier')} against {many(before, 'person', 'people')}"
            text = f"The rising in {province(row)} is put down{lasted}"
            yield Happening(day, "rising", max(NOTABLE, _weight(before)), text, because, row)


def _weight(size: float) -> int:
    return TURNING if size >= LARGE_RISING else NOTABLE if size >= NOTABLE_RISING else DETAIL


def _protests(film: Film) -> Iterator[Happening]:
    """Days of large protests; the province with most protests of the day is named."""
    largest, by_province = film.national("largest_protest"), film.counted("protests")
    for day in np.flatnonzero(largest >= LARGE_PROTEST).tolist():
        row = int(np.argmax(by_province[day]))
        text = f"A protest of {many(float(largest[day]), 'person', 'people')}"
        if np.count_nonzero(by_province[day]) == 1:
            yield Happening(day, "rising", NOTABLE, f"{text} in {province(row)}", _mood(film, day, row),
                            row)  # fmt: skip
        else:
            number = film.national("protests")[day]
            yield Happening(
                day, "rising", NOTABLE, text, f"one of {many(float(number), 'protest')} of the day"
            )


def _pockets(film: Film) -> Iterator[Happening]:
    """Pockets form, break up, join others, melt away or are destroyed; those of a day and province together."""
    active, identity = (film.watched(f"pocket.{name}") for name in ("active", "identity"))
    home, men = film.watched("pocket.home"), film.watched("pocket.fighters")
    new_row = (active[1:] > 0) & ((active[:-1] == 0) | (identity[1:] != identity[:-1]))
    gone_row = (active[:-1] > 0) & ((active[1:] == 0) | (identity[1:] != identity[:-1]))
    for day in np.flatnonzero(new_row.any(axis=1) | gone_row.any(axis=1)).tolist():
        new, gone = np.flatnonzero(new_row[day]), np.flatnonzero(gone_row[day])
        stays = (active[day] > 0) & ~gone_row[day]
        grown = np.where(stays, men[day + 1] - men[day], 0.0)
        for row in np.unique(home[day + 1, new]).astype(int).tolist():
            here = new[home[day + 1, new] == row]
            broken = bool((grown[stays & (home[day] == row)] <= -men[day + 1, here].min()).any())
            yield _formed(film, day, row, len(here), float(men[day + 1, here].sum()), broken)
        for row in np.unique(home[day, gone]).astype(int).tolist():
            here = gone[home[day, gone] == row]
            near = np.isin(home[day], [row, *load_geography().neighbours(row)])
            yield _ended(film, day, row, men[day, here], float(grown[near].max(initial=0.0)))


def _formed(film: Film, day: int, row: int, number: int, men: float, broken: bool) -> Happening:
    what = "A pocket" if number == 1 else f"{number} pockets"
    verb = "forms" if number == 1 else "form"
    if broken:
        text, because = (
            f"A pocket in {province(row)} breaks up",
            f"{many(number, 'new band')} of {count(men / number)}",
        )
    else:
        cover = film.watched("community.cover")[day + 1, row]
        text = f"{what} {verb} in {province(row)}"
        because = f"{many(men, 'fighter')} with arms from a cache; {_mood(film, day, row)}, cover {cover:.2f}"
    return Happening(day, "pocket", DETAIL, text, because, row)


def _ended(film: Film, day: int, row: int, men: np.ndarray, grown: float) -> Happening:
    """Pockets that are no more: a neighbour has grown by their size, few were left, or they were found."""
    number, size = len(men), float(men.sum())
    what = f"A pocket in {province(row)}" if number == 1 else f"{number} pockets in {province(row)}"
    fighters = many(size, "fighter")
    least = film.watched("p.pockets_least")[day, 0]
    if day % 7:
        text = f"{what} {'is' if number == 1 else 'are'} destroyed"
        because = f"found and struck with {fighters}"
    elif grown >= 0.9 * men.max() and men.max() > least + 2.0:
        text, because = f"{what} {'joins another' if number == 1 else 'join others'}", fighters
    else:
        text, because = f"{what} {'melts' if number == 1 else 'melt'} away", f"{fighters} were left"
    return Happening(day, "pocket", DETAIL, text, because, row)


def _names(film: Film) -> Iterator[Happening]:
    """Pockets become known by a name, and fronts of their own."""
    identity, home, men = (film.watched(f"pocket.{name}") for name in ("identity", "home", "fighters"))
    for day, row, _, now in changes(film.watched("pocket.known")):
        if identity[day, row] != identity[day + 1, row] or men[day + 1, row] == 0.0:
            continue
        where = int(home[day + 1, row])
        fighters = many(men[day + 1, row], "fighter")
        if now == FRONT:
            yield Happening(day, "pocket", TURNING, f"A pocket in {province(where)} becomes a front of its own",
                            f"{fighters}; it is sent arms", where)  # fmt: skip
        elif now == NAMED and film.watched("pocket.known")[day, row] == FRONT:
            yield Happening(day, "pocket", NOTABLE, f"The new front in {province(where)} is a band again",
                            f"{fighters} are left", where)  # fmt: skip
        elif now == NAMED:
            yield Happening(day, "pocket", DETAIL, f"A pocket in {province(where)} is known by a name",
                            fighters, where)  # fmt: skip


def _iskp(film: Film) -> Iterator[Happening]:
    """Days on which many die by IS-K and in fights with it, with the province where most of the day's deaths fall."""
    deaths, by_province = film.national("deaths_iskp"), film.counted("deaths")
    attacks = film.national("attacks_iskp")
    for day in np.flatnonzero(deaths >= LARGE_ATTACK).tolist():
        row, killed = int(np.argmax(by_province[day])), float(deaths[day])
        weight = TURNING if killed >= BLOODY_ATTACK else NOTABLE
        because = f"{many(film.watched('jihadist.fighters')[day, 0], 'fighter')} in its cells"
        what = "IS-K strikes" if attacks[day] > 0 else "IS-K is hunted"
        if by_province[day, row] < 0.5 * by_province[day].sum():
            text = f"{what} in several provinces: {many(killed, 'death')} on the day"
            yield Happening(day, "iskp", weight, text, because)
        else:
            text = f"{what} in {province(row)}: {many(killed, 'death')} on the day"
            yield Happening(day, "iskp", weight, text, because, row)
