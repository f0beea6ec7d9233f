"""``columns.csv`` of a folder: what each column of its tables is, and its unit."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from experiments.kit import files
from experiments.kit.tables import harmless
from experiments.kit.words import label, unit
from sim.outcomes import ENDINGS, MEASURES, PLACE_SERIES, SERIES
from sim.parameters import build_schema

FILE = "columns.csv"


class Described(NamedTuple):
    """A column of a table."""

    table: str
    column: str
    unit: str
    meaning: str


def _read(text: str) -> dict[str, tuple[str, str]]:
    rows = [[part.strip() for part in line.split("|")] for line in text.strip().splitlines()]
    return {name: (of, meaning) for name, of, meaning in rows}


#: Columns of the tables of verbs: name, unit, meaning. Series, measures and parameters tell their own.
COLUMNS = _read("""
a | | scenario, study or point that is compared
b | | what it is compared with
absolute_error | unit of the series | distance of the median from what was observed
after | | day of a forecast's origin
asked | | how the question was read
before | 1: the mean month | months before the scenario's start
best | | forecast with the lowest score
better | 0 to 1 | chance that the first is the better forecast
brier | 0 to 1 | Brier score: squared distance of the probability from what came; lower is better
brier_high | 0 to 1 | upper end of its 95 % interval
brier_low | 0 to 1 | lower end of its 95 % interval
came | | what came
clear | true or false | whether the interval lies above the floor of noise
correlation | -1 to 1 | of the two over replicates
covered_50 | 0 to 1 | share of months inside the 50 % interval
covered_90 | 0 to 1 | share of months inside the 90 % interval
crps | unit of the series | continuous ranked probability score; lower is better
difference | unit of the outcome | mean of a minus b over the pairs
dist | | distribution
ending | | how the run ends
expected | unit of the fact | published value or range
fact | | stylised fact
first_year | 1: the mean month | months of the scenario's first year
flips_down | pairs | yes in b, no in a
flips_up | pairs | no in b, yes in a
forecast | | who forecasts
gain | times | fewer replicates that pairing needs for the same precision
group | | subject of the question
high | unit of the value | upper end of the interval
hindsight_shaped | true or false | whether the question was asked knowing what came
holds | true or false | whether the model's value agrees with the published one
horizon | months | from the origin of the forecast
id | | name of the question
index | | which index: first order, total, or size of an elementary effect
inside_50 | true or false | observed inside the 50 % interval
inside_90 | true or false | observed inside the 90 % interval
kind | | binary, numeric, or cannot: the model does not speak to it
level | 0 to 1 | of the interval
log_score | nats | negative logarithm of the probability of what came; lower is better
loss | | which score
low | unit of the value | lower end of the interval
mean | unit of the value | mean
mean_a | unit of the outcome | mean in a
mean_b | unit of the outcome | mean in b
median | unit of the value | middle of the predictive distribution
month | | calendar month
months | months | that were scored
more_runs | pairs | until the interval is expected to leave zero out
mu | standard deviations | mean change with sign
mu_star | standard deviations | mean size of the change when one parameter moves over its range
name | | what it is
note | | why the model cannot answer, or what stands for the question
observed | unit of the series | what was observed
origin | | first day after what the forecast knew
outcome | | ending, question, measure or series
p | 0 to 1 | share of the runs
p_equal | 0 to 1 | share of pairs without a difference
p_greater | 0 to 1 | share of pairs in which a is above b
p_value | 0 to 1 | of the difference
parameter | | dotted name of a parameter
path | | number of the path
pit | 0 to 1 | where what came lies in the predictive distribution
place | | national or a province
point | | number of the point in the plan
probability | 0 to 1 | of yes
quarter | | first day of the quarter
questions | questions | that were scored
ratio | | score over that of the other forecast
reading | | which questions: all, without hindsight, or on the record
replicate | | number of the replicate; the same luck for the same number
resolution | 0 or 1, or the number | what came; empty if open
run | | number of the run
run_id | | scenario / hash of the point / replicate
runs | runs | behind the value
scenario | | name of the scenario
sd | unit of the value | standard deviation
series | | name of a series
settled | true or false | whether the interval leaves zero out
siege | | which of the three sieges
skill | | 1 minus the score over that of a naive forecast
source | | where it is published
spread | unit of the value | width of the distribution
start | | first day
text | | wording
value | unit of the fact | the model's value
verdict | | in a word
weight | | of the question in the mean
""")
_QUANTILE = re.compile(r"q(\d{3})")


def note(folder: Path, tables: Mapping[str, Iterable[str]]) -> None:
    """Write what columns of some tables are into the dictionary of a folder; the other tables in it stay.

    Parameters
    ----------
    folder
        The folder.
    tables
        Names of tables to the names of their columns.
    """
    kept = [row for row in read(folder) if row.table not in tables]
    write(folder, [*kept, *(described(table, name) for table, names in tables.items() for name in names)])


def read(folder: Path) -> list[Described]:
    """The rows of a folder's dictionary; none if it has none."""
    path = folder / FILE
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Described(*map(_plain, line))
            for line in list(csv.reader(file))[1:]
            if len(line) == len(Described._fields)
        ]


def _plain(text: str) -> str:
    """A text as it was before it was made harmless."""
    return text[1:] if text.startswith("'") and harmless(text[1:]) == text else text


def write(folder: Path, rows: Iterable[Described]) -> None:
    """Write the dictionary of a folder."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([Described._fields, *([harmless(text) for text in row] for row in rows)])
    files.write(folder / FILE, text.getvalue())


def described(table: str, name: str) -> Described:
    """What a column is; a name that nobody explained is told in words."""
    found = next(_known(str(name)), ("", label(str(name))))
    return Described(table, str(name), *found)


def _known(name: str) -> Iterator[tuple[str, str]]:
    """Unit and meaning of a column from what is known of it."""
    if name in COLUMNS:
        yield COLUMNS[name]
    if found := _QUANTILE.fullmatch(name):
        yield "unit of the series", f"quantile {int(found[1]) / 10:g} %"
    if name in SERIES or name in MEASURES or name in PLACE_SERIES or name in ENDINGS:
        yield unit(name), label(name)
    if name in build_schema():
        parameter = build_schema()[name]
        yield parameter.unit, parameter.meaning
    if re.fullmatch(r"\d{4}-\d{2}", name):
        yield "unit of the series", "in this month"
