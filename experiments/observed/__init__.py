"""Observed facts: packaged tables by name, or any table of the same form by path.

A table is CSV or Parquet in one of two forms. Windows: columns ``series, start, end, value`` (dates, ``end`` is the
last day), and optionally ``place, low, high, source, licence, note``. Months: a column ``month`` (``2022-10``) and
one column a series, or ``series`` and ``value``; optionally ``place`` and the same notes. See SOURCES.md."""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.kit.errors import UserError
from experiments.kit.tables import read_table
from sim.outcomes import PLACE_SERIES, SERIES
from sim.values import hint, shown
from sim.world.geography import load_geography

#: Packaged tables by the name that options take.
TABLES = {
    "ucdp_monthly": "ucdp_monthly.csv",
    "attack_windows": "attack_windows.csv",
    "state_windows": "state_windows.csv",
}
EVENTS = "dated_events.csv"
VICTORIES = "rebel_victories.csv"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")

_NOTES = ("low", "high", "source", "licence", "note")
_COLUMNS = ("series", "place", "start", "end", "value", *_NOTES)


@dataclass(frozen=True)
class Observations:
    """Observed values, checked.

    Attributes
    ----------
    name
        File name or name of the packaged table.
    table
        One row a value: series, place, start and end (datetime64, ``end`` is the last day), value, low, high (NaN if
        unknown), source, licence, note.
    """

    name: str
    table: pd.DataFrame

    def window(self, series: str, start: np.datetime64, by: np.datetime64) -> float:
        """The national value of one window, ``by`` not included.

        Raises
        ------
        UserError
            If the table has no such window; the message lists those of the series.
        """
        rows = self.windows(series)
        last = pd.Timestamp(by) - pd.Timedelta(days=1)
        found = rows.loc[(rows["start"] == pd.Timestamp(start)) & (rows["end"] == last), "value"]
        if found.empty:
            held = ", ".join(
                f"{a:%Y-%m-%d} to {b:%Y-%m-%d}" for a, b in zip(rows["start"], rows["end"], strict=True)
            )
            raise UserError(
                f"{self.name}: {series}: no window from {start} to {last:%Y-%m-%d}; allowed: {held or 'none'}"
            )
        return float(found.iloc[0])

    def monthly(self, series: str = "deaths", place: str = "national") -> pd.Series:
        """Values of whole calendar months, indexed by monthly Period in order of time; empty if there are none."""
        rows = self.table[(self.table["series"] == series) & (self.table["place"] == place)]
        month = rows["start"].dt.to_period("M")
        whole = (rows["start"] == month.dt.start_time) & (rows["end"] == month.dt.end_time.dt.normalize())
        values = pd.Series(
            rows["value"].to_numpy()[whole], index=pd.PeriodIndex(month[whole], freq="M"), name=series
        )
        return values.sort_index()

    def windows(self, series: str) -> pd.DataFrame:
        """Rows of one national series in order of time."""
        rows = self.table[(self.table["series"] == series) & (self.table["place"] == "national")]
        return rows.sort_values(["start", "end"]).reset_index(drop=True)


def load_observations(path_or_name: str | Path) -> Observations:
    """A table of observations, packaged (``ucdp_monthly``) or one's own (path of a CSV or Parquet file).

    Raises
    ------
    UserError
        One line a problem: file, row or column, what was found, what is allowed, the nearest name.
    """
    name = str(path_or_name)
    raw = _read(name, TABLES)
    source = TABLES.get(name, name)
    table = _from_months(raw, source) if "month" in raw.columns else _from_windows(raw, source)
    problems = list(_problems(table, source))
    if problems:
        raise UserError("\n".join(problems[:20]))
    return Observations(name, table)


def load_events() -> pd.DataFrame:
    """Dated events: start and end (datetime64), place, kind, event, value, unit, source; in order of time."""
    table = _read(EVENTS, {EVENTS: EVENTS})
    for column in ("start", "end"):
        table[column] = _dates(table[column], column, EVENTS)
    return table.sort_values("start", kind="stable").reset_index(drop=True)


def load_victories() -> pd.DataFrame:
    """Rebel victories since 1990: deaths by year after them, and ``counts`` by the rule in SOURCES.md."""
    table = _read(VICTORIES, {VICTORIES: VICTORIES})
    rule = ["rebels", "forms_government", "no_peace_force"]
    table["counts"] = (table[rule] == "yes").all(axis=1)
    return table


def _read(name: str, packaged: dict[str, str]) -> pd.DataFrame:
    if name in packaged:
        path = Path(str(importlib.resources.files("experiments.observed"))) / packaged[name]
    else:
        path = Path(name)
        if not _is_file(path):
            allowed = ", ".join(sorted(packaged))
            raise UserError(
                f"observations: {name[:200]!r} is no file; allowed: a path, {allowed}{hint(name, packaged)}"
            )
    return read_table(path, {"month": str}, comment=None)


def _is_file(path: Path) -> bool:
    """Whether there is such a file; a name that no file can have is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _from_windows(raw: pd.DataFrame, source: str) -> pd.DataFrame:
    missing = [column for column in ("series", "start", "end", "value") if column not in raw.columns]
    if missing:
        raise UserError(
            f"{source}: column {missing[0]!r} is missing; needed: series, start, end, value, or month"
        )
    _only(raw.columns, _COLUMNS, source)
    table = raw.copy()
    for column in ("start", "end"):
        table[column] = _dates(table[column], column, source)
    return _complete(table, source)


def _from_months(raw: pd.DataFrame, source: str) -> pd.DataFrame:
    if "series" not in raw.columns:
        notes = [column for column in raw.columns if column in ("month", "place", *_NOTES)]
        _only(raw.columns, (*notes, *SERIES), source)
        raw = raw.melt(id_vars=notes, var_name="series", value_name="value").dropna(subset="value")
    if "value" not in raw.columns:
        raise UserError(f"{source}: column 'value' is missing; needed: month, series, value")
    _only(raw.columns, ("month", "series", "place", "value", *_NOTES), source)
    for row, text in enumerate(map(str, raw["month"]), start=1):
        if not _MONTH.fullmatch(text):
            raise UserError(
                f"{source}: row {row}: column 'month': found {text!r}: no month; allowed: as 2022-10"
            )
    month = pd.PeriodIndex(raw["month"].astype(str), freq="M")
    table = raw.drop(columns="month").reset_index(drop=True)
    table["start"], table["end"] = month.start_time, month.end_time.normalize()
    return _complete(table, source)


def _only(columns: Iterable[str], allowed: Iterable[str], source: str) -> None:
    for column in columns:
        if column not in set(allowed):
            raise UserError(
                f"{source}: column {column!r} is neither a series nor a note{hint(str(column), allowed)}"
            )


def _dates(values: pd.Series, column: str, source: str) -> pd.Series:
    """Days; a time of day or a zone is refused, since a day in one zone is not the same day in another."""
    try:
        days = [_day(value) for value in values]
    except (ValueError, TypeError):
        raise UserError(
            f"{source}: column {column!r}: a value is no date, or has a time or zone; allowed: as 2022-10-01"
        ) from None
    return pd.Series(pd.DatetimeIndex(days), index=values.index, name=values.name)


def _day(value: object) -> pd.Timestamp:
    """One day: a text such as 2022-10-01, a date, or a midnight without a zone."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        return pd.Timestamp(date.fromisoformat(value))
    if not isinstance(value, (date, np.datetime64)) or pd.isna(value):  # a datetime is a date
        raise ValueError(value)
    day = pd.Timestamp(value)
    if day.tz is not None or day != day.normalize():
        raise ValueError(value)
    return day


def _numbers(values: pd.Series, column: str, source: str) -> pd.Series:
    """Numbers, nan where nothing stands."""
    numbers = pd.to_numeric(values, errors="coerce").astype(float)
    for row, (value, number) in enumerate(zip(values, numbers, strict=True), start=1):
        if isinstance(value, (bool, np.bool_)) or (np.isnan(number) and not pd.isna(value)):
            raise UserError(f"{source}: row {row}: {column}: found {shown(value)}; allowed: a number")
    return numbers


def _complete(table: pd.DataFrame, source: str) -> pd.DataFrame:
    defaults = {"place": "national", "low": np.nan, "high": np.nan, "source": "", "licence": "", "note": ""}
    for column, value in defaults.items():
        if column not in table.columns:
            table[column] = value
    for column in ("value", "low", "high"):
        table[column] = _numbers(table[column], column, source)
    return table[list(_COLUMNS)].reset_index(drop=True)


def _problems(table: pd.DataFrame, source: str) -> Iterable[str]:
    """What is wrong with the rows, one line each."""
    if table.empty:
        yield f"{source}: the table has no rows"
    for row, (series, place) in enumerate(zip(table["series"], table["place"], strict=True), start=1):
        names: Iterable[str] = SERIES if place == "national" else PLACE_SERIES
        if place != "national" and place not in load_geography().province_names:
            known = ("national", *load_geography().province_names)
            near = hint(str(place), known)
            yield f"{source}: row {row}: place {place!r} is not known; allowed: national or a province{near}"
        elif series not in names:
            yield f"{source}: row {row}: series {series!r} is not known at {place}{hint(str(series), names)}"
    checks: tuple[tuple[Callable[[pd.DataFrame], pd.Series], str], ...] = (
        (lambda t: ~np.isfinite(t["value"]), "value: found none, or one without end; allowed: a number"),
        (lambda t: t["value"] < 0, "value is negative"),
        (lambda t: t["end"] < t["start"], "end is before start"),
        (lambda t: (t["low"] > t["value"]) | (t["high"] < t["value"]), "value is outside low and high"),
        (
            lambda t: t.duplicated(["series", "place", "start", "end"]),
            "the same series, place and window stands twice",
        ),
    )
    for wrong, text in checks:
        rows = np.flatnonzero(wrong(table))
        if rows.size:
            yield f"{source}: row {rows[0] + 1}: {text}"
