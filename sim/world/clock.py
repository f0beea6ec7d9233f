"""Dates and ticks, snow on the passes, and the fighting season.

One tick is one day. Tick 0 is the start day and tick t is the day start + t; the end day is the horizon and
is not simulated, so a calendar has `(end - start).days` ticks.

Seasons live on a year of 365 days, in which 1 March is day 60 and 31 December day 365 in every year. The day
29 February counts as day 60 as well. A leap year therefore never moves a season by a day.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np

DAYS_PER_WEEK = 7
YEAR_DAYS = 365

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_date(text: str) -> datetime.date:
    """The date written in `text` as YYYY-MM-DD.

    Raises ValueError, in one line, for any other form and for a day that does not exist.
    """
    if not isinstance(text, str) or not _ISO.fullmatch(text) or not text.isascii():
        raise ValueError(f"'{text}' is not a date; write it as YYYY-MM-DD, for example 2021-09-06")
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"'{text}' is not a day of the calendar ({error})") from None


def day_of_year(dates: np.ndarray) -> np.ndarray:
    """Day of a 365-day year (int64, 1..365) of each datetime64[D]; 29 February counts as 1 March (day 60)."""
    years = dates.astype("datetime64[Y]")
    day = (dates - years.astype("datetime64[D]")).astype(np.int64) + 1
    # A year is a leap year if its 1 March is its 61st day; from there on every day is counted one lower.
    march = (years.astype("datetime64[M]") + np.timedelta64(2, "M")).astype("datetime64[D]")
    leap = (march - years.astype("datetime64[D]")).astype(np.int64) == 60
    return np.where(leap & (day > 60), day - 1, day)


@dataclass(frozen=True)
class Calendar:
    """The days of a run. `start` is tick 0; `end`, the horizon, comes after the last tick.

    Raises TypeError for values that are not dates and ValueError if `end` is not after `start`.
    """

    start: datetime.date
    end: datetime.date

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            value = getattr(self, name)
            # A datetime is a date to Python, but its hours would be dropped in silence.
            if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
                raise TypeError(f"{name} must be a date without hours, found {value!r}")
        if self.end <= self.start:
            raise ValueError(f"end ({self.end}) must be after start ({self.start})")

    @property
    def days(self) -> int:
        """Number of ticks."""
        return (self.end - self.start).days

    @property
    def weeks(self) -> int:
        """Number of weeks, counted from the start day; the last one may have fewer than seven days."""
        return -(-self.days // DAYS_PER_WEEK)

    @cached_property
    def dates(self) -> np.ndarray:
        """[days] datetime64[D], the date of each tick."""
        return _frozen(np.datetime64(self.start, "D") + np.arange(self.days))

    @cached_property
    def day_of_year(self) -> np.ndarray:
        """[days] int64, 1..365: the day of a 365-day year (29 February counts as 1 March)."""
        return _frozen(day_of_year(self.dates))

    @cached_property
    def week(self) -> np.ndarray:
        """[days] int64, the week of each tick: 0 for the first seven days, and so on."""
        return _frozen(np.arange(self.days, dtype=np.int64) // DAYS_PER_WEEK)

    @cached_property
    def month(self) -> np.ndarray:
        """[days] int64, calendar months since the month of the start day (0 in that month)."""
        months = self.dates.astype("datetime64[M]").astype(np.int64)
        return _frozen(months - months[0])

    def tick(self, day: datetime.date) -> int:
        """Tick of `day`. Raises ValueError if the day is before the start or not before the end."""
        tick = (day - self.start).days
        if not 0 <= tick < self.days:
            raise ValueError(f"{day} is outside the run: {self.start} to the day before {self.end}")
        return tick

    def date(self, tick: int) -> datetime.date:
        """Date of `tick`. Raises ValueError outside 0..days; `days` itself gives the horizon `end`."""
        if not 0 <= tick <= self.days:
            raise ValueError(f"tick {tick} is outside 0..{self.days}")
        return self.start + datetime.timedelta(days=int(tick))


def _frozen(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
