"""Events of the whole country: what the scenario sets, Kabul and talks, militias, foreign powers, the corridor."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from experiments.chronicle.film import Film
from experiments.chronicle.happening import DETAIL, NOTABLE, TURNING, Happening, changes, many, named
from experiments.kit.words import words
from sim.outcomes import ending_criteria
from sim.recording import KABUL
from sim.world.geography import load_geography

STRUCK = 25.0
"""Men that a militia loses on a day from which it is told."""


def happenings(film: Film) -> Iterator[Happening]:
    """All events of the country, in no order."""
    yield from _scenario(film)
    yield from _kabul(film)
    yield from _talks(film)
    yield from _militias(film)
    yield from _powers(film)
    yield from _corridor(film)
    ending = film.ending
    text = f"The run ends in {words(ending)}"
    yield Happening(film.days - 1, "ending", TURNING, text, ending_criteria(film.days)[ending])


def _scenario(film: Film) -> Iterator[Happening]:
    """Dated events of the scenario."""
    for event in film.scenario.events:
        day = (event.day - film.scenario.start).days
        text = event.title or "A dated event of the scenario"
        told = [f"{name} = {value:g}" for name, value in event.set.items()]
        told += [f"{path} {change}" for path, change in event.state.items()]
        yield Happening(day, "scenario", TURNING, text, f"the scenario sets {', '.join(told)}")


def _kabul(film: Film) -> Iterator[Happening]:
    """A settlement, and offices given to others."""
    of = {name: film.watched(f"government.{name}")[:, 0] for name in
          ("inclusiveness", "warmth", "hope", "capitals_lost", "settlement")}  # fmt: skip
    recent = film.watched("now.recent_attacks")[:, 0]
    for day in np.flatnonzero(np.diff(of["settlement"])).tolist():
        holds = of["settlement"][day + 1] > 0.0
        text = "A settlement holds" if holds else "The settlement breaks"
        because = (
            f"{100 * of['inclusiveness'][day + 1]:.0f} % of high offices outside the core, "
            f"goodwill {of['warmth'][day + 1]:.2f}"
        )
        yield Happening(day, "kabul", TURNING, text, because, KABUL)
    for day in np.flatnonzero(np.diff(of["inclusiveness"]) > 0.0).tolist():
        because = (
            f"pressure from {many(recent[day], 'recent attack')}, {many(of['capitals_lost'][day], 'capital')} lost, "
            f"hope of recognition {of['hope'][day]:.2f}"
        )
        text = f"Kabul gives offices to others: {100 * of['inclusiveness'][day + 1]:.0f} % outside the core"
        yield Happening(day, "kabul", NOTABLE, text, because)


def _talks(film: Film) -> Iterator[Happening]:
    """Meetings of Kabul and the resistance; the first is notable."""
    warmth = film.watched("government.warmth")[:, 0]
    for n, day in enumerate(np.flatnonzero(film.national("talks") > 0).tolist()):
        text = "Kabul and the resistance meet" + ("" if n else " for the first time")
        yield Happening(
            day, "kabul", DETAIL if n else NOTABLE, text, f"goodwill is now {warmth[day + 1]:.2f}"
        )


def _militias(film: Film) -> Iterator[Happening]:
    """Militias are woken, struck, and sent home."""
    for day, row, _, now in changes(film.watched("militia.active")):
        who = named(film, "militia", row)
        asleep = film.watched("militia.asleep")[day, row]
        if now > 0.0:
            text = f"The {who} militia is called up: {many(asleep, 'man', 'men')} in hibernation"
            because = _patron(film, day, row)
        else:
            men = film.watched("militia.fighters")[day, row]
            text, because = (
                f"The {who} militia goes home",
                f"no orders; {many(men, 'man', 'men')} in the field",
            )
        yield Happening(day, "militia", TURNING, text, because)
    for day, row, before, now in changes(film.watched("militia.fighters")):
        if before - now >= STRUCK and day % 7:
            lost = many(before - now, "man", "men")
            text = f"Bands of the {named(film, 'militia', row)} militia are hunted: {lost} lost"
            yield Happening(day, "militia", DETAIL, text, f"{many(now, 'man', 'men')} are left in the field")


def _patron(film: Film, day: int, row: int) -> str:
    """Who instructs a militia."""
    patron = int(film.watched("militia.patron")[day, row]) - 1
    opposes = film.watched("power.opposes")[day + 1]
    if 0 <= patron < len(opposes) and opposes[patron] > 0.0:
        return f"{named(film, 'power', patron)} backs the opposition"
    return "instructed from the start, or by the scenario"


def _powers(film: Film) -> Iterator[Happening]:
    """Powers back the opposition, recognise Kabul, and cease to."""
    attitude = film.watched("power.attitude")
    told = (
        ("opposes", "oppose_at", "begins to back the opposition", "no longer backs the opposition"),
        ("recognises", "recognise_at", "recognises Kabul", "withdraws its recognition of Kabul"),
    )
    for field, threshold, begins, ends in told:
        level = film.watched(f"power.{threshold}")
        for day, row, _, now in changes(film.watched(f"power.{field}")):
            side = "below" if (field == "opposes") == (now > 0.0) else "above"
            far = "" if now > 0.0 else "well "
            because = (
                f"its attitude to Kabul is {attitude[day + 1, row]:+.2f}, {far}{side} its threshold of "
                f"{level[day, row]:+.2f}"
            )
            text = f"{named(film, 'power', row)} {begins if now > 0.0 else ends}"
            yield Happening(day, "power", TURNING if now > 0.0 else NOTABLE, text, because)
    strikes = film.national("strikes")
    for day in np.flatnonzero(strikes > 0).tolist():
        yield Happening(day, "power", DETAIL, "A foreign power strikes across the border", "")


def _corridor(film: Film) -> Iterator[Happening]:
    """A safe way from the northern border to the valley opens and closes."""
    for day, _, _, now in changes(film.watched("now.corridor_open")):
        text = "A safe way from the northern border to the valley " + ("opens" if now > 0.0 else "closes")
        yield Happening(day, "valley", NOTABLE, text, _on_the_way(film, day + 1),
                        load_geography().panjshir)  # fmt: skip


def _on_the_way(film: Film, day: int) -> str:
    """What the state knows of the way from the north."""
    guarded = film.watched("p.supply_corridor")[day, 0]
    backed = film.watched("power.opposes")[day].sum()
    held = film.watched("place.held")[day][load_geography().places["kind"] == 0].sum()
    told = [f"the corridor is guarded to {100 * guarded:.0f} %"] if guarded else []
    told += [f"{many(backed, 'power backs', 'powers back')} the opposition"] if backed else []
    told += [f"the front holds {many(held, 'district')} of the valley floor"] if held else []
    return ", ".join(told)
