"""Conditions: what they mean, when they are settled, and what a wrong one says."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.kit.errors import UserError
from experiments.runs.conditions import Futures, Vocabulary, all_true, parse

DATES = np.arange("2021-09-06", "2022-09-06", dtype="datetime64[D]")
WORDS = Vocabulary(
    series={"deaths": "flow", "services": "stock", "pockets": "stock", "settlement": "stock"},
    numbers=("first_rising_day", "max_pockets", "deaths", "taliban.control"),
    endings=("consolidation", "settlement"),
)


def day(text: str) -> int:
    return int((np.datetime64(text) - DATES[0]).astype(int))


def futures(**series) -> Futures:
    """Three runs; series default to zero and can be given as functions of the day number and the run."""
    days = np.arange(DATES.size)
    table = {n: np.zeros((3, DATES.size)) for n in WORDS.series}
    for name, rule in series.items():
        table[name] = np.array([[float(rule(d, r)) for d in days] for r in range(3)])
    numbers = {
        "first_rising_day": np.array([10.0, 200.0, np.nan]),
        "max_pockets": np.array([1.0, 5.0, 9.0]),
        "deaths": table["deaths"].sum(axis=1),
        "taliban.control": np.array([0.2, 0.5, 0.9]),
    }
    ending = np.array(["consolidation", "settlement", "consolidation"])
    return Futures(DATES, ending, numbers.__getitem__, table.__getitem__)


def truth(text: str, **series):
    return parse(text, WORDS).truth(futures(**series))


def met(text: str, **series) -> list[bool]:
    return truth(text, **series).met.tolist()


def test_ending():
    assert met("ending is consolidation") == [True, False, True]
    assert met("ending is not consolidation") == met("not ending is consolidation") == [False, True, False]
    assert truth("ending is settlement").settled.tolist() == [DATES.size] * 3


def test_event_by_its_measure():
    assert met("first_rising before 2022-01") == [True, False, False]
    assert met("first_rising after 2022-01") == [False, True, False]
    assert met("not first_rising before 2022-01") == [False, True, True]
    first = truth("first_rising before 2022-01")
    assert first.settled.tolist() == [10, day("2022-01-01"), day("2022-01-01")]


def test_event_by_its_series():
    def settles(d, run):
        return run > 0 and d >= 100 * run

    assert met("settlement before 2022-02", settlement=settles) == [False, True, False]
    assert truth("settlement in 2021..2022", settlement=settles).settled.tolist() == [365, 100, 200]


def test_before_by_after_on_the_edge():
    edge = day("2022-05-31")

    def on(d, run):
        return d == edge + run  # 31 May, 1 June, 2 June

    assert met("settlement before 2022-06", settlement=on) == [True, False, False]
    assert met("settlement before 2022-06-02", settlement=on) == [True, True, False]
    assert met("settlement by 2022-06-01", settlement=on) == [True, True, False]
    assert met("settlement by 2022-06", settlement=on) == [True, True, True]
    assert met("settlement after 2022-05", settlement=on) == [False, True, True]


def test_stock_at_a_month_is_its_mean():
    def half(d, run):
        return 0.2 * run + (0.1 if d % 2 else -0.1)

    assert met("services < 0.3 at 2022-03", services=half) == [True, True, False]
    assert met("services < 0.1 before 2022-03", services=half) == [True, False, False]
    assert met("any(services) < 0.15 at 2022-03", services=half) == [True, True, False]
    assert met("max(services) < 0.2 in 2022-03..2022-04", services=half) == [True, False, False]
    assert met("all(services) >= 0 in 2022", services=half) == [False, True, True]
    assert met("last(services) > 0.2 in 2022-03", services=half) == met(
        "services > 0.2 at 2022-03-31", services=half
    )


def test_flow_is_summed():
    def one_a_day(d, run):
        return run

    assert met("deaths > 31 in 2022-04..2022-05", deaths=one_a_day) == [False, True, True]
    assert met("deaths > 61 in 2022-04..2022-05", deaths=one_a_day) == [False, False, True]
    assert met("deaths >= 365", deaths=one_a_day) == [False, True, True]
    assert truth("deaths > 31 in 2022-04").settled.tolist() == [day("2022-04-01")] * 3


def test_numbers_and_parameters():
    assert met("max_pockets >= 5") == [False, True, True]
    assert met("taliban.control < 0.5") == [True, False, False]
    assert truth("taliban.control < 0.5").settled.tolist() == [0, 0, 0]
    assert met("first_rising_day < 300") == [True, True, False]


def test_all_must_hold_and_the_last_settles():
    conditions = [parse(t, WORDS) for t in ("first_rising before 2022-06", "ending is settlement")]
    both = all_true(conditions, futures())
    assert both.met.tolist() == [False, True, False]
    assert both.settled.tolist() == [DATES.size] * 3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("deaths > 1e999", "no finite number"),
        ("servces < 0.3 at 2022-09", "nearest: services"),
        ("ending is consolidaton", "nearest: consolidation"),
        ("first_risng before 2022", "nearest: first_rising"),
        ("services below 0.3", "examples"),
        ("services < 0.3", "say when"),
        ("services < 0.3.1 at 2022", "not a number"),
        ("services < 0.3 at 2022-13", "not a date"),
        ("services < 0.3 before 2022-01..2022-02", "goes with 'in'"),
        ("services < 0.3 in 2022-03..2022-01", "is before"),
        ("max_pockets > 3 in 2022", "leave out the date"),
        ("median(pockets) > 3 in 2022", "no aggregate"),
        ("", "examples"),
    ],
)
def test_wrong_conditions_say_what_is_wrong(text, says):
    with pytest.raises(UserError, match=says) as caught:
        parse(text, WORDS)
    assert repr(text) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_dates_outside_the_runs():
    with pytest.raises(UserError, match="2021-09-06 to 2022-09-05"):
        truth("services < 0.3 at 2026-01")


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("deaths > 5 in 2022", "2022-01-01 to 2022-09-05"),
        ("services < 0.3 at 2021", "2021-09-06 to 2021-12-31"),
        ("first_rising before 2030", "2021-09-06 to 2022-09-05"),
        ("first_rising by 2022-09-05", ""),
        ("first_rising after 2020", ""),
        ("deaths > 5 in 2021-10..2022-08", ""),
        ("ending is consolidation", ""),
    ],
)
def test_a_time_that_the_runs_hold_in_part_is_said(text, held):
    """A year of which the runs see eight months has no yearly total."""
    said = parse(text, WORDS).cut(DATES)
    assert (f"the runs hold {held}:" in said) if held else said == ""
