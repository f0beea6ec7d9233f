"""One run as a story: the ensemble's runs as dots, a run made again from its identity, its days, its agents."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from experiments.chronicle.again import reproduce_in
from experiments.chronicle.film import Film, film, film_of, state_of
from experiments.chronicle.happening import KINDS, Happening
from experiments.chronicle.log import log
from experiments.explorer.ask import REPLICATES, Ask
from experiments.explorer.desk import Desk, Kept
from experiments.kit.errors import UserError
from experiments.kit.words import label, unit, words
from experiments.runs.store import open_study
from sim.outcomes import ENDINGS, MEASURES, PLACE_SERIES, SERIES
from sim.parameters import ENTITY_KINDS
from sim.world.fields import Field
from sim.world.geography import load_geography
from sim.world.tables import TABLES

DOTS = 2000
"""Runs shown as dots at most; of more, as many evenly spaced in the order of the plan."""
KEPT_STORIES = 4
"""Runs whose films are at hand."""
AGENTS = {
    "front": "Fronts",
    "pocket": "Pockets",
    "garrison": "Garrisons",
    "community": "Communities",
    "province": "Provinces",
    "place": "Places of the valley",
    "militia": "Militias",
    "power": "Foreign powers",
    "government": "Government",
    "jihadist": "IS-K",
    "cache": "Weapon caches",
    "route": "Supply routes",
}
"""Tables of agents that a day can be asked for, with their names."""


@dataclass(frozen=True)
class Told:
    """A run that was made again.

    Attributes
    ----------
    run_id
        Its identity.
    film
        The run, watched.
    events
        Its log.
    compared
        Numbers that were compared with what is stored or at hand.
    differs
        Of them, what is not equal to the bit.
    """

    run_id: str
    film: Film
    events: list[Happening]
    compared: int
    differs: tuple[str, ...]


class Ensemble(Protocol):
    """Runs that dots stand for."""

    @property
    def key(self) -> str:
        """The same for the same runs."""

    def dots(self, x: str, y: str) -> dict[str, Any]:
        """Identity, ending and two measures of the runs."""

    def run(self, run_id: str) -> Told:
        """A run, made again."""


@dataclass(frozen=True)
class FolderRuns:
    """The runs of a study."""

    path: Path
    shards: str | None

    @property
    def key(self) -> str:
        """The same for the same runs."""
        return f"folder {self.path}"

    def dots(self, x: str, y: str) -> dict[str, Any]:
        """Identity, ending and two measures of the runs; UserError if the table lacks them."""
        table = open_study(self.path, self.shards).shards.read(
            "runs", ["run_id", "ending", *dict.fromkeys((x, y))]
        )
        if table is None or not table.num_rows:
            raise UserError(f"{self.path}: holds no runs yet; allowed: a study with finished runs")
        some = np.unique(np.linspace(0, table.num_rows - 1, min(DOTS, table.num_rows)).round().astype(int))
        chosen = table.take(some)
        return {
            "of": table.num_rows,
            "runs": chosen["run_id"].to_pylist(),
            "endings": [ENDINGS.index(name) for name in chosen["ending"].to_pylist()],
            "x": chosen[x].to_numpy().astype(float),
            "y": chosen[y].to_numpy().astype(float),
        }

    def run(self, run_id: str) -> Told:
        """A run, made again and compared with the table; UserError if it is not there or had failed."""
        again = reproduce_in(open_study(self.path, self.shards), run_id)
        if again.block is None:
            raise UserError(f"{run_id}: it failed when it was run: {again.failure}")
        shot = film_of(again.block)
        differs = again.differs
        if shot.measures.tobytes() != again.block.measures[0].tobytes():
            differs = (*differs, "film")
        return Told(run_id, shot, log(shot), again.compared, differs)


@dataclass(frozen=True)
class LiveRuns:
    """The runs of a live question."""

    desk: Desk
    ask: Ask

    @property
    def key(self) -> str:
        """The same for the same runs."""
        return f"live {self.ask.key}"

    def kept(self) -> Kept:
        """All runs of the question, made as far as they are missing."""
        kept: Kept | None = None
        while kept is None or kept.runs < REPLICATES:
            kept = self.desk.grow(self.ask, REPLICATES, part=64)
        return kept

    def dots(self, x: str, y: str) -> dict[str, Any]:
        """Number, ending and two measures of the replicates."""
        kept = self.kept()
        return {
            "of": kept.runs,
            "runs": [str(number) for number in range(kept.runs)],
            "endings": kept.measure("ending_code").astype(int),
            "x": kept.measure(x),
            "y": kept.measure(y),
        }

    def run(self, run_id: str) -> Told:
        """A replicate, made again and compared with that at hand."""
        if not run_id.isdigit() or int(run_id) >= REPLICATES:
            raise UserError(f"run: found {run_id[:80]!r}; allowed: a replicate from 0 to {REPLICATES - 1}")
        kept, number = self.kept(), int(run_id)
        values = kept.scenario.draw(np.array([number]), self.ask.seed)[0]
        shot = film(kept.scenario, values, self.ask.seed, number)
        at_hand = kept.arrays["measures"][number]
        differs = [
            name
            for name, a, b in zip(MEASURES, shot.measures, at_hand, strict=True)
            if a.tobytes() != b.tobytes()
        ]
        return Told(run_id, shot, log(shot), len(MEASURES), tuple(differs))


class Stories:
    """Runs that were told last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Told] = OrderedDict()
        self._busy = threading.Lock()

    def run(self, runs: Ensemble, run_id: str) -> Told:
        """A run, made again unless it is at hand."""
        key = (runs.key, run_id)
        with self._busy:
            told = self._kept.pop(key, None) or runs.run(run_id)
            self._kept[key] = told
            while len(self._kept) > KEPT_STORIES:
                self._kept.popitem(last=False)
        return told


def measures() -> list[dict[str, str]]:
    """What dots can be placed by."""
    return [
        {"name": name, "text": label(name), "unit": unit(name)} for name in MEASURES if name != "ending_code"
    ]


def plain_story(told: Told) -> dict[str, Any]:
    """Everything that the page shows of a run, day by day; flags as changes from the first day on."""
    shot, scenario = told.film, told.film.scenario
    pockets = shot.watched("province.pocket_fighters")
    return {
        "run": told.run_id,
        "title": scenario.title,
        "start": scenario.start.isoformat(),
        "days": shot.days,
        "ending": ENDINGS.index(shot.ending),
        "compared": told.compared,
        "differs": list(told.differs),
        "kinds": [{"name": name, "text": text} for name, text in KINDS.items()],
        "events": [one.plain(scenario.start) for one in told.events],
        "place": track(shot.watched("place.held")),
        "capital": track(shot.watched("province.held")),
        "rising": track((shot.watched("community.rising")[:, : pockets.shape[1]] > 0.0).astype(float)),
        "pockets": np.ceil(pockets[1::7]).astype(int),
        "fronts": [
            {"name": words(name), "home": int(home) - 1, "men": men.astype(int)}
            for name, home, men in zip(
                scenario.layout.rows["front"], shot.watched("front.home")[0], shot.watched("front.main")[1::7].T,
                strict=True,
            )
        ],
        "national": {name: shot.national(name)[::7] for name in ("deaths", "services", "grievance")},
    }  # fmt: skip


def track(flags: np.ndarray) -> dict[str, Any]:
    """Flags ``(days + 1, rows)`` as what holds before the first day, and each change as day, row and new value."""
    days, rows = np.nonzero(flags[1:] != flags[:-1])
    values = flags[days + 1, rows]
    return {"first": flags[0].astype(int), "changes": np.column_stack([days, rows, values]).astype(int)}


def weekly(told: Told, name: str) -> dict[str, Any]:
    """A series by week and province; UserError for one that is not kept so."""
    if name not in PLACE_SERIES:
        raise UserError(f"place: found {name!r}; allowed: {', '.join(PLACE_SERIES)}")
    values = told.film.places[:, :, PLACE_SERIES.index(name)]
    kind = SERIES[name].kind if name in SERIES else "stock"
    return {"name": name, "text": label(name), "unit": unit(name), "kind": kind, "values": values}


def agents(told: Told, table: str, days: int) -> dict[str, Any]:
    """The agents of a kind, one of `AGENTS`, after so many days that are over, each field with its unit and meaning.

    Raises UserError for another table or a day that the run does not reach.
    """
    shot = told.film
    if table not in AGENTS:
        raise UserError(f"table: found {table!r}; allowed: {', '.join(AGENTS)}")
    if not 0 <= days <= shot.days:
        raise UserError(f"day: found {days}; allowed: 0 to {shot.days}")
    world = state_of(shot.scenario, shot.values, shot.seed, shot.replicate, days)
    found = np.atleast_1d(np.array(world[table]))
    given = {parameter.name for parameter in ENTITY_KINDS.get(f"{table}s", ())}
    fields = sorted(TABLES[table], key=lambda field: field.name in given)  # what moves comes first
    rows = [
        {
            "name": _agent(table, name, found[row]),
            "values": [_shown(shot, field, found[row]) for field in fields],
        }
        for row, name in enumerate(shot.scenario.layout.rows[table])
        if table != "pocket" or found["active"][row] > 0.0
    ]
    return {
        "table": table,
        "title": AGENTS[table],
        "fields": [
            {"name": words(field.name), "unit": field.unit, "meaning": field.meaning} for field in fields
        ],
        "rows": rows,
    }


def _shown(shot: Film, field: Field, record: np.void) -> float | str:
    """A field's value; a province or a power by its name."""
    value = float(record[field.name])
    if field.unit == "province":
        return load_geography().province_names[int(value)]
    if field.unit == "province number":
        return load_geography().province_names[int(value) - 1]
    if field.unit == "power number":
        powers = shot.scenario.layout.rows["power"]
        return words(powers[int(value) - 1]) if 0 < value <= len(powers) else "nobody"
    return value


def _agent(table: str, name: str, record: np.void) -> str:
    """What an agent is called: pockets have numbers, and provinces."""
    if table == "pocket":
        province = load_geography().province_names[int(record["home"])]
        return f"pocket {int(record['identity'])}, {province}"
    return name if table in ("community", "garrison", "province", "place", "cache", "route") else words(name)
