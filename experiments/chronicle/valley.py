"""Events of the Panjshir valley and of the fronts: ground lost and taken, assaults, campaigns, leaders, returns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from experiments.chronicle.film import Film
from experiments.chronicle.happening import DETAIL, NOTABLE, TURNING, Happening, changes, listed, many, named
from experiments.kit.numbers import count
from experiments.kit.words import capital
from sim.mechanisms.bands import GONE, HOLD, INSURGENT, LOW
from sim.world.geography import load_geography

_ASSAULT, _OCCUPATION = 1.0, 2.0


def happenings(film: Film) -> Iterator[Happening]:
    """All events of the valley and of the fronts, in no order."""
    yield from _ground(film)
    yield from _assaults(film)
    yield from _campaigns(film)
    yield from _fronts(film)


def _valley_front(film: Film) -> int:
    """Row of the front whose home is the valley; -1 if there is none."""
    homes = film.watched("front.home")[-1] - 1
    here = np.flatnonzero(homes == load_geography().panjshir)
    return int(here[0]) if len(here) else -1


def _force(film: Film, row: int, day: int) -> str:
    """The front at the beginning of a day: men, and for how long its ammunition lasts."""
    men = film.watched("front.main")[day, row]
    days = film.watched("front.ammo")[day, row] / max(1.0, men)
    return f"{count(men)} fighters with ammunition for {many(days, 'day')}"


def _ground(film: Film) -> Iterator[Happening]:
    """Stretches of the floor and side valleys lost and taken, those of a day together."""
    places = load_geography().places
    floor = places["kind"] == 0
    held = film.watched("place.held")
    by_day: dict[tuple[int, bool, bool], list[int]] = defaultdict(list)
    for day, row, _, now in changes(held):
        by_day[day, bool(floor[row]), now > 0.0].append(row)
    for (day, on_floor, taken), rows in by_day.items():
        before, after = (int(held[at][floor].sum()) for at in (day, day + 1))
        told = _floor(film, day, rows, taken, before, after) if on_floor else _side(film, day, rows, taken)
        yield told


def _floor(film: Film, day: int, rows: list[int], taken: bool, before: int, after: int) -> Happening:
    """The front takes or loses stretches of the floor; the first and the last of them are turns."""
    names, front = [load_geography().place_names[row] for row in rows], _valley_front(film)
    force = _force(film, front, day) if front >= 0 else ""
    if taken:
        text = f"The front takes {listed(names)} on the valley floor"
        posts = film.watched("place.posts")[day, rows].sum()
        because = f"{force} against {many(posts, 'man', 'men')} at the posts"
        weight = TURNING if before == 0 else NOTABLE
    else:
        text = f"The front loses {listed(names)} on the valley floor"
        column = film.watched("government.column")[day + 1, 0]
        given_up = front >= 0 and film.watched("front.phase")[day + 1, front] != HOLD and after == 0
        because = f"an assault by {many(column, 'man', 'men')} against {force}"
        if given_up and film.watched("front.phase")[day, front] == HOLD:
            because += "; it retreats to higher ground"
        weight = TURNING if after == 0 else NOTABLE
    if taken or after:
        text += f" and holds {many(after, 'district')}"
    else:
        text += ", the last that it held"
    return Happening(day, "valley", weight, text, because, load_geography().panjshir)


def _side(film: Film, day: int, rows: list[int], taken: bool) -> Happening:
    """The front comes back into side valleys, or is driven out of them."""
    names, front = [load_geography().place_names[row] for row in rows], _valley_front(film)
    valleys = f"the side valley {names[0]}" if len(names) == 1 else f"the side valleys {listed(names)}"
    force = f"{count(film.watched('front.main')[day, front])} fighters" if front >= 0 else ""
    if taken:
        text, because = f"The front comes back into {valleys}", force
    else:
        threat = film.watched("province.threat")[day, load_geography().panjshir]
        text = f"The government clears {valleys}"
        because = f"attacks in the valley provoke operations (fading count {threat:.1f}) against {force}"
    return Happening(day, "valley", DETAIL, text, because, load_geography().panjshir)


def _assaults(film: Film) -> Iterator[Happening]:
    """The column comes, stays and goes."""
    panjshir = load_geography().panjshir
    floor = load_geography().places["kind"] == 0
    for day, _, before, now in changes(film.watched("government.siege")):
        men = film.watched("government.column")[day + 1, 0]
        if now == _ASSAULT:
            held = film.watched("place.held")[day][floor].sum()
            text = f"Kabul sends {many(men, 'man', 'men')} against the valley"
            because = f"the front holds {many(held, 'district')} of its floor"
        elif now == _OCCUPATION:
            text, because = f"{capital(many(men, 'man', 'men'))} of the column occupy the valley floor", ""
        else:
            text = "The column leaves the valley, posts stay behind"
            because = _why_withdrawn(film, day, before)
        yield Happening(day, "valley", TURNING if now == _ASSAULT else NOTABLE, text, because, panjshir)


def _why_withdrawn(film: Film, day: int, phase: float) -> str:
    lost = film.watched("government.column_lost")[day, 0]
    if phase == _OCCUPATION:
        return f"after {many(film.watched('government.siege_days')[day, 0], 'day')} of occupation"
    if film.watched("government.settlement")[day, 0] > 0.0:
        return "a settlement holds"
    return f"{count(lost)} of its men were killed and the assault gains no more ground"


def _campaigns(film: Film) -> Iterator[Happening]:
    """Campaigns of some weeks against the front."""
    panjshir = load_geography().panjshir
    began = 0
    for day, _, before, now in changes(film.watched("government.campaign")):
        if before == 0.0:
            began = day
            threat = film.watched("province.threat")[day, panjshir]
            lent = many(film.watched("government.lent")[day + 1, 0], "more man", "more men")
            text = f"Kabul begins a campaign around the valley with {lent}"
            because = f"attacks in the valley (fading count {threat:.1f})"
            yield Happening(day, "valley", NOTABLE, text, because, panjshir)
        elif now == 0.0:
            text = f"The campaign around the valley ends after {many(day - began, 'day')}"
            yield Happening(day, "valley", DETAIL, text, "", panjshir)


def _fronts(film: Film) -> Iterator[Happening]:
    """Fronts return to fight, lie low, lose their leaders and are no more."""
    phase = film.watched("front.phase")
    for day, row, before, now in changes(phase):
        told = _phase(film, day, row, before, now)
        if told:
            home = int(film.watched("front.home")[day, row]) - 1
            yield Happening(day, "front", *told, home)
    for day, row, _, now in changes(film.watched("front.leader")):
        home = int(film.watched("front.home")[day, row]) - 1
        who = named(film, "front", row)
        if now == 0.0:
            text = f"{capital(who)} loses its leader"
            retreats = film.watched("front.phase")[day, row] == HOLD
            how = "he is caught on the retreat" if retreats else "its bands are hunted"
            because = f"{how}; its will to fight is {film.watched('front.will')[day + 1, row]:.2f}"
        else:
            text, because = f"{capital(who)} has a new leader", ""
        yield Happening(day, "front", TURNING if now == 0.0 else NOTABLE, text, because, home)


def _phase(film: Film, day: int, row: int, before: float, now: float) -> tuple[int, str, str] | None:
    """Weight, text and reason of a front's new phase; None where the events of the valley tell it."""
    who = capital(named(film, "front", row))
    if now == GONE:
        least = film.watched("p.front_least")[day, 0]
        return TURNING, f"{who} is no more", f"fewer than {count(least)} fighters are left"
    if now == INSURGENT and before == LOW:
        days = film.watched("front.phase_days")[day, row]
        supplied = film.watched("front.supplied")[day + 1, row]
        because = (
            f"supply links set up in {many(days, 'day')} of lying low; {_force(film, row, day + 1)}, "
            f"{100 * supplied:.0f} % of its needs come over the routes"
        )
        return TURNING, f"{who} returns to fight", because
    if now == LOW:
        return NOTABLE, f"{who} lies low", f"{_force(film, row, day + 1)} are left"
    return None
