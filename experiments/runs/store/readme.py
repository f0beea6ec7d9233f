"""The README of a study folder: what is in it and how to read it in one line."""

from __future__ import annotations

from pathlib import Path

from experiments.runs.plan import Study
from experiments.runs.stopping import Looks

_TABLES = {
    "none": "",
    "quantiles": "| `quantiles.parquet` | by scenario, point, week, series: quantiles and mean over runs |\n"
    "| `paths/` | a run and month (day, if runs are short), the first runs of each scenario: sums of flows, "
    "means of stocks |\n",
}
_PROVINCES = "| `provinces/` | a run and province: totals of flows, means of stocks |\n"
_TABLES["monthly"] = "| `paths/` | a run and month: sums of flows, means of stocks |\n" + _PROVINCES
_TABLES["national"] = (
    _TABLES["quantiles"]
    + "| `series/` | a run and day, a column a national series |\n"
    + _PROVINCES
    + "| `valley/` | a run and place of the valley: share of the time that the front held it |\n"
    "| `flows/` | a run, month of the year and supply route: tonnes of arms, in weeks whose middle lies in it |\n"
)
_TABLES["all"] = _TABLES["national"] + (
    "| `places/` | a run, week and province, a column a series kept by place |\n"
    "| `routes/` | a run, week and supply route: arms that arrived over it |\n"
)


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
{_TABLES[study.keep]}
Tables join on `scenario, point, replicate`, or on `run_id`. One line reads a table, in the order of the plan:

    pandas.read_parquet("{runs}")
    polars.read_parquet("{runs}/*.parquet")
    duckdb.sql("select scenario, ending, count(*) from '{runs}/*.parquet' group by all")

`outlook status DIR` says how far it is, `outlook resume DIR` goes on where it stopped,
`outlook compare DIR` compares its scenarios, `outlook reproduce DIR RUN_ID` makes one run again.
`columns.csv` says what each column is, with its unit. `study.json` holds all that is needed to make the study again.
"""


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def write(study: Study, folder: Path, shards: str, command: str) -> None:
    """Write the README into a folder."""
    (folder / "README.md").write_text(text(study, shards, command), encoding="utf-8")
