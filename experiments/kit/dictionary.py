"""``columns.csv`` of a folder: what each column of its tables is, and its unit."""

from __future__ import annotations

import csv
import functools
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from experiments.kit import files
from experiments.kit.tables import harmless, to_csv
from experiments.kit.words import label, unit
from sim.outcomes import ENDINGS, MEASURES, PLACE_SERIES, SERIES
from sim.parameters import build_schema

if TYPE_CHECKING:
    import pandas as pd

FILE = "columns.csv"


class Described(NamedTuple):
    """A column of a table."""

    table: str
    column: str
    unit: str
    meaning: str


@functools.cache
def columns() -> dict[str, tuple[str, str]]:
    """Columns of the tables of verbs: name to unit and meaning. Series, measures and parameters tell their own."""
    with Path(__file__).with_name(FILE).open(encoding="utf-8", newline="") as file:
        return {name: (of, meaning) for name, of, meaning in list(csv.reader(file))[1:]}


_QUANTILE = re.compile(r"q(\d{3})")


def note(folder: Path, tables: Mapping[str, Iterable[str]]) -> None:
    """Write what columns of some tables, by name, are into the dictionary of a folder; the other tables in it stay."""
    kept = [row for row in read(folder) if row.table not in tables]
    write(folder, [*kept, *(described(table, name) for table, names in tables.items() for name in names)])


def write_csv(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write tables as ``NAME.csv`` into a folder, each whole, and what their columns are; see `to_csv`."""
    for name, table in tables.items():
        files.write(folder / f"{name}.csv", to_csv(table))
    note(folder, {name: list(table.columns) for name, table in tables.items()})


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
    if name in columns():
        yield columns()[name]
    if found := _QUANTILE.fullmatch(name):
        yield "unit of the series", f"quantile {int(found[1]) / 10:g} %"
    if name in SERIES or name in MEASURES or name in PLACE_SERIES or name in ENDINGS:
        yield unit(name), label(name)
    if name in build_schema():
        parameter = build_schema()[name]
        yield parameter.unit, parameter.meaning
    if re.fullmatch(r"\d{4}-\d{2}", name):
        yield "unit of the series", "in this month"
