"""Read the data files of the geography and say clearly which file, line and column is wrong."""

from __future__ import annotations

import csv
import datetime
import json
from importlib import resources
from typing import Any

Row = dict[str, str]


class GeographyError(ValueError):
    """A data file of the geography is missing, incomplete or contradicts itself."""


def read_text(name: str) -> str:
    """Text of the data file `name` beside this module. Raises GeographyError if it is missing."""
    try:
        return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise GeographyError(f"{name}: the data file is missing from the installation") from error


def read_table(name: str, columns: tuple[str, ...]) -> list[Row]:
    """Rows of the CSV file `name`, which must have exactly `columns` in this order.

    Raises GeographyError for other columns, for a row of the wrong length, and for an empty table.
    """
    reader = csv.DictReader(read_text(name).splitlines())
    found = tuple(reader.fieldnames or ())
    if found != columns:
        raise GeographyError(f"{name}: columns are {', '.join(found)}; expected {', '.join(columns)}")
    rows = list(reader)
    for line, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise GeographyError(f"{name}, line {line}: {len(columns)} values expected")
    if not rows:
        raise GeographyError(f"{name}: the table is empty")
    return rows


def read_json(name: str) -> Any:
    """Content of the JSON file `name`. Raises GeographyError if it is missing or not JSON."""
    try:
        return json.loads(read_text(name))
    except json.JSONDecodeError as error:
        raise GeographyError(f"{name}: not valid JSON ({error})") from error


def number(
    name: str, line: int, row: Row, column: str, low: float = 0.0, high: float = float("inf")
) -> float:
    """`row[column]` as a number in [low, high]; GeographyError names file, line and column otherwise."""
    text = row[column]
    try:
        value = float(text)
    except ValueError:
        raise GeographyError(f"{name}, line {line}, {column}: '{text}' is not a number") from None
    if not low <= value <= high:
        raise GeographyError(f"{name}, line {line}, {column}: {text} is not in [{low:g}, {high:g}]")
    return value


def choice(name: str, line: int, row: Row, column: str, allowed: dict[str, int]) -> int:
    """Code of the word in `row[column]`; GeographyError lists the allowed words if there is no such word."""
    text = row[column]
    if text not in allowed:
        known = ", ".join(repr(word) for word in allowed)
        raise GeographyError(f"{name}, line {line}, {column}: '{text}' is not known; allowed: {known}")
    return allowed[text]


def day_of_year(name: str, line: int, row: Row, column: str) -> int:
    """Day of a 365-day year (1 = 1 January) of `row[column]`, written MM-DD; 0 if it is empty.

    29 February is refused: seasons are kept on a year of 365 days (see sim.world.clock).
    """
    text = row[column]
    if not text:
        return 0
    try:
        return datetime.datetime.strptime(f"2021-{text}", "%Y-%m-%d").timetuple().tm_yday
    except ValueError:
        raise GeographyError(f"{name}, line {line}, {column}: '{text}' is not a date MM-DD") from None
