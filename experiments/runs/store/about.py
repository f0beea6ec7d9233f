"""What a study folder says of itself: a README, and ``columns.csv`` with each column of its tables and its unit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from experiments.kit import dictionary
from experiments.kit.dictionary import Described
from experiments.kit.words import label, unit
from experiments.runs.plan import Study, varied
from experiments.runs.series import KEYS
from experiments.runs.stopping import Looks
from experiments.runs.tables import QUESTION
from sim.outcomes import MEASURES, PLACE_SERIES, SERIES

_NAMED = {"runs": ("run_id", "ending"), "points": ("run_id",)}
_MORE = {
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
_ROWS = {
    "paths": "a run and month (day, if runs are short), the first runs of each scenario: sums of flows, means of "
    "stocks",
    "series": "a run and day, a column a national series",
    "provinces": "a run and province: totals of flows, means of stocks, over the whole weeks of the run",
    "valley": "a run and place of the valley: share of the time that the front held it",
    "flows": "a run, month of the year and supply route: tonnes of arms, in weeks whose middle lies in it",
    "places": "a run, week and province, a column a series kept by place",
    "routes": "a run, week and supply route: arms that arrived over it",
}


def write(study: Study, folder: Path, shards: str, command: str) -> None:
    """Write README and dictionary of a study whose shards are in ``shards`` (a folder or an address)."""
    (folder / "README.md").write_text(text(study, shards, command), encoding="utf-8")
    dictionary.write(folder, rows(study))


def text(study: Study, shards: str, command: str) -> str:
    """The README of a study whose shards are in ``shards`` (a folder or an address)."""
    rule = study.replicates
    luck = (
        f"replicates: {rule.describe()}" if isinstance(rule, Looks) else f"{_many(rule, 'replicate')} a point"
    )
    scenarios = ", ".join(variant.label for variant in study.variants)
    runs = f"{shards}/runs"
    return f"""# A study of possible futures

{_many(study.points, "point")} of {_many(len(study.variants), "scenario")} ({scenarios}); {luck}; seed {study.seed}.
Made by `{command}`. Runs are possible worlds of a model, not predictions of events.

| table | a row is |
| --- | --- |
| `plan.parquet` | a row of the design: its scenario, its point, the swept parameters |
| `runs/` | a run: identity (`run_id` is scenario/hash of the point/replicate), ending, outcomes, answers |
| `points/` | a run: identity and every parameter that varies, swept or drawn |
| `reduced/` | a run: what else the verb that made the study keeps of it (the folder is there only if it does) |
| `failures/` | a run that failed, with stage and message (the folder is there only if one did) |
| `blocks/` | (no table) the size and checksum of every file of a block, by which damage is seen |
{_posteriors(study)}{_tables(study)}
Tables join on `scenario, point, replicate`, or on `run_id`. One line reads a table, in the order of the plan:

    pandas.read_parquet("{runs}")
    polars.read_parquet("{runs}/*.parquet")
    duckdb.sql("select scenario, ending, count(*) from '{runs}/*.parquet' group by all")

`outlook status DIR` says how far it is, `outlook resume DIR` goes on where it stopped,
`outlook compare DIR` compares its scenarios, `outlook reproduce DIR RUN_ID` makes one run again.
`columns.csv` says what each column is, with its unit. `study.json` holds all that is needed to make the study again.
"""


def _tables(study: Study) -> str:
    """A line of the README for each table of series that is kept."""
    told = {name: _ROWS[name] for name in _KEPT[study.keep]}
    if study.keep == "monthly":
        told["paths"] = "a run and month: sums of flows, means of stocks"
    lines = [f"| `{name}/` | {row} |\n" for name, row in told.items()]
    if study.summarised:
        lines.insert(
            0, "| `quantiles.parquet` | by scenario, point, week, series: quantiles and mean over runs |\n"
        )
    return "".join(lines)


def _posteriors(study: Study) -> str:
    """A line of the README for posterior draws, if a scenario brings any."""
    if all(variant.scenario.space.posterior is None for variant in study.variants):
        return ""
    return "| `posteriors/` | a posterior draw, which runs take as theirs: a column a parameter; a file a scenario |\n"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def rows(study: Study) -> Iterator[Described]:
    """Every column of a study."""
    for table in ("runs", "points", *_KEPT[study.keep]):
        named = (*KEYS, *_NAMED.get(table, ()))
        yield from (dictionary.described(table, name) for name in named)
        yield from (Described(table, *row) for row in (*_MORE.get(table, ()), *_values(study, table)))


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
