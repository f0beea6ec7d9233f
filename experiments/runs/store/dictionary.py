"""``columns.csv`` of a study folder: what each column of its tables is, and its unit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from experiments.kit import dictionary
from experiments.kit.dictionary import Described
from experiments.kit.words import label, unit
from experiments.runs.plan import Study, varied
from experiments.runs.tables import QUESTION
from sim.outcomes import MEASURES, PLACE_SERIES, SERIES

_KEYS = (
    ("scenario", "", "name of the scenario"),
    ("point", "", "number of the point in the plan"),
    ("replicate", "", "number of the replicate; the same luck for the same number"),
)
_ID = ("run_id", "", "scenario / hash of the point / replicate")
_MORE = {
    "runs": (_ID, ("ending", "", "how the run ends")),
    "points": (_ID,),
    "valley": (
        ("place", "", "place of the valley"),
        ("held", "0 to 1", "share of the days on which the front held it"),
    ),
    "flows": (
        ("month", "", "month of the year, 1 to 12"),
        ("route", "", "what the route joins"),
        ("arms", "tonnes", "arms that came over it in the weeks whose middle lies in that month, all years"),
    ),
    "routes": (
        ("date", "", "first day of the week"),
        ("route", "", "what the route joins"),
        ("arms", "tonnes", "arms that came over it"),
    ),
}
_DATED = {
    "series": "the day",
    "paths": "first day of the month, or the day",
    "places": "first day of the week",
}
_KEPT = {
    "none": (),
    "quantiles": ("paths",),
    "monthly": ("paths", "provinces"),
    "national": ("paths", "series", "provinces", "valley", "flows"),
}
_KEPT["all"] = (*_KEPT["national"], "places", "routes")


def rows(study: Study) -> Iterator[tuple[str, str, str, str]]:
    """Table, column, unit and meaning of every column of a study."""
    for table in ("runs", "points", *_KEPT[study.keep]):
        for column, of, meaning in (*_KEYS, *_MORE.get(table, ())):
            yield table, column, of, meaning
        yield from ((table, *row) for row in _values(study, table))


def _values(study: Study, table: str) -> Iterator[tuple[str, str, str]]:
    """Column, unit and meaning of what a table holds beside its keys."""
    if table == "runs":
        yield from ((name, unit(name), label(name)) for name in MEASURES)
        asked = {
            question.id: question for variant in study.variants for question in variant.scenario.questions
        }
        for name, question in asked.items():
            of = "0 or 1" if question.kind == "binary" else unit(question.metric)
            yield QUESTION + name, of, " ".join(question.text.split())
    elif table == "points":
        for variant in study.variants[:1]:
            named = {one.name: one for one in variant.scenario.schema.parameters}
            yield from (
                (name, named[name].unit, named[name].meaning) for name in varied(variant) if name in named
            )
    elif table in ("paths", "series"):
        yield "date", "", _DATED[table]
        for series in SERIES.values():
            of = series.unit.removesuffix(" a day") if table == "paths" else series.unit
            yield series.name, of, series.meaning
    elif table in ("provinces", "places"):
        if table == "places":
            yield "date", "", _DATED[table]
        yield "province", "", "name of the province"
        yield from ((name, unit(name), label(name)) for name in PLACE_SERIES)


def write(study: Study, folder: Path) -> None:
    """Write the dictionary of a study into its folder."""
    dictionary.write(folder, (Described(*row) for row in rows(study)))
