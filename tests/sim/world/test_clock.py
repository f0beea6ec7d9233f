"""Dates and ticks, checked against Python's own calendar on many random dates; snow."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.world.clock import Calendar, day_of_year, parse_date

DAY = datetime.timedelta(days=1)
dates = st.dates(datetime.date(1975, 1, 1), datetime.date(2060, 12, 31))
days = st.integers(1, 365)


@st.composite
def calendars(draw) -> Calendar:
    start = draw(dates)
    return Calendar(start, start + draw(st.integers(1, 1500)) * DAY)


def test_default_horizon_is_three_years():
    calendar = Calendar(datetime.date(2021, 9, 6), datetime.date(2024, 9, 6))
    assert calendar.days == 1096
    assert calendar.dates[0] == np.datetime64("2021-09-06")
    assert calendar.dates[-1] == np.datetime64("2024-09-05"), "the end day itself is not simulated"
    assert calendar.weeks == 157
    assert calendar.month[-1] == 36


@given(calendars())
def test_ticks_and_dates_are_inverse(calendar):
    assert len(calendar.dates) == calendar.days == (calendar.end - calendar.start).days
    for tick in {0, calendar.days // 2, calendar.days - 1}:
        day = calendar.date(tick)
        assert calendar.dates[tick] == np.datetime64(day)
        assert calendar.tick(day) == tick
    assert calendar.date(calendar.days) == calendar.end


@given(calendars())
def test_weeks_are_blocks_of_seven_days_from_the_start(calendar):
    assert calendar.week[0] == 0
    assert calendar.week[-1] == calendar.weeks - 1
    counts = np.bincount(calendar.week)
    assert np.all(counts[:-1] == 7)
    assert 1 <= counts[-1] <= 7
    assert np.all(np.diff(calendar.week) >= 0)


@given(calendars())
def test_months_count_from_the_month_of_the_start(calendar):
    months = [
        (d.year - calendar.start.year) * 12 + d.month - calendar.start.month for d in calendar.dates.tolist()
    ]
    assert calendar.month.tolist() == months


@given(calendars())
def test_arrays_are_read_only(calendar):
    for name in ("dates", "day_of_year", "week", "month"):
        assert not getattr(calendar, name).flags.writeable, name


@given(dates)
def test_day_of_year_is_that_of_a_common_year(day):
    found = int(day_of_year(np.array([np.datetime64(day)]))[0])
    common = datetime.date(2021, 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=2021)
    assert found == common.timetuple().tm_yday


def test_a_leap_day_counts_as_the_first_of_march():
    calendar = Calendar(datetime.date(2024, 2, 28), datetime.date(2024, 3, 3))
    assert calendar.day_of_year.tolist() == [59, 60, 60, 61]
    assert Calendar(datetime.date(2024, 12, 31), datetime.date(2025, 1, 2)).day_of_year.tolist() == [365, 1]


@pytest.mark.parametrize("end", ["2021-09-06", "2021-09-05"])
def test_the_end_must_come_after_the_start(end):
    with pytest.raises(ValueError, match="must be after start"):
        Calendar(datetime.date(2021, 9, 6), parse_date(end))


@pytest.mark.parametrize("value", ["2021-09-06", None, datetime.datetime(2021, 9, 6, 12)])
def test_only_dates_without_hours_make_a_calendar(value):
    with pytest.raises(TypeError, match="must be a date without hours"):
        Calendar(value, datetime.date(2024, 9, 6))


@pytest.mark.parametrize("day", ["2021-09-05", "2022-09-06"])
def test_a_day_outside_the_run_has_no_tick(day):
    calendar = Calendar(datetime.date(2021, 9, 6), datetime.date(2022, 9, 6))
    with pytest.raises(ValueError, match="outside the run"):
        calendar.tick(parse_date(day))


@pytest.mark.parametrize("tick", [-1, 366])
def test_a_tick_outside_the_run_has_no_date(tick):
    with pytest.raises(ValueError, match="outside"):
        Calendar(datetime.date(2021, 9, 6), datetime.date(2022, 9, 6)).date(tick)


@given(dates)
def test_parse_date_reads_what_dates_write(day):
    assert parse_date(day.isoformat()) == day


@pytest.mark.parametrize(
    "text",
    [
        *("", "2021", "20210906", "2021-9-6", "2021-W36-1", "06-09-2021", " 2021-09-06", "2021-09-06\n"),
        *("2021-09-06T00:00", "٢٠٢١-٠٩-٠٦", None),
    ],
)
def test_other_forms_of_a_date_are_refused(text):
    with pytest.raises(ValueError, match="write it as YYYY-MM-DD"):
        parse_date(text)


@pytest.mark.parametrize("text", ["2021-02-29", "2021-13-01", "2021-00-10", "2021-04-31", "0000-01-01"])
def test_days_that_do_not_exist_are_refused(text):
    with pytest.raises(ValueError, match=f"'{text}' is not a day of the calendar"):
        parse_date(text)
