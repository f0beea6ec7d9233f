"""Observations: the packaged tables are what their sources say; tables of one's own are checked."""

from __future__ import annotations

import importlib.resources
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import experiments.observed
from experiments.kit.errors import UserError
from experiments.observed import TABLES, load_observations, load_victories


def test_monthly_deaths_add_up_to_the_published_sums() -> None:
    """Sums of UCDP GED 25.1: October 2021 to September 2022, all types 1,598, state-based 886."""
    table = load_observations("ucdp_monthly")
    for series, total in (("deaths", 1598), ("deaths_state_based", 886)):
        year = table.monthly(series)["2021-10":"2022-09"]
        assert len(year) == 12
        assert year.sum() == total
    assert table.monthly("deaths")["2021-09":"2021-09"].item() == 508


def packaged(name: str) -> pd.DataFrame:
    """A table that is packaged for people: dated events, single facts."""
    return pd.read_csv(
        Path(experiments.observed.__file__).with_name(f"{name}.csv"), parse_dates=["start", "end"]
    )


def test_months_follow_each_other_without_gaps() -> None:
    months = load_observations("ucdp_monthly").monthly("deaths").index
    assert months[0] == pd.Period("2015-01")
    assert months[-1] == pd.Period("2023-06")
    assert (months == pd.period_range(months[0], months[-1], freq="M")).all()


def test_nothing_observed_after_june_2023_is_packaged() -> None:
    last = pd.Timestamp("2023-06-30")
    for name in TABLES:
        assert load_observations(name).table["end"].max() <= last
    assert packaged("dated_events")["end"].max() <= last
    assert packaged("facts")["end"].max() <= last
    assert (load_victories()["year"] <= 2015).all()


def test_deaths_of_2022_add_up() -> None:
    """UCDP: 1,525 in the sum of months; 932 state-based and 642 one-sided (453 by groups, 189 by Kabul)."""
    facts = packaged("facts").set_index("id")["value"]
    assert load_observations("ucdp_monthly").monthly("deaths")["2022-01":"2022-12"].sum() == 1525
    assert facts["deaths_2022_one_sided"] == 642
    parts = facts["deaths_2022_one_sided_groups"] + facts["deaths_2022_one_sided_government"]
    assert parts == facts["deaths_2022_one_sided"]
    assert facts["deaths_2022_state_based"] == 932


def test_a_victory_counts_by_all_parts_of_the_rule() -> None:
    table = load_victories().set_index(["country", "year"])
    assert table["counts"].sum() == 10
    assert not table.loc[("Haiti", 2004), "counts"]
    assert table.loc[("Ethiopia", 1991), "counts"]


def test_one_window_is_found_or_refused_with_those_there_are() -> None:
    table = load_observations("state_windows")
    start, by = np.datetime64("2022-03-21"), np.datetime64("2023-03-21")
    assert table.window("revenue", start, by) == 42.2
    with pytest.raises(UserError, match="2021-09-21 to 2021-12-21"):
        table.window("revenue", start, by + 1)


def test_every_window_names_source_and_licence() -> None:
    for name in ("attack_windows", "state_windows"):
        windows = load_observations(name).table
        assert (windows["source"].str.len() > 10).all()
        assert (windows["licence"].str.len() > 5).all()
    front = load_observations("attack_windows").windows("attacks_front")
    assert front["value"].tolist() == [310]


def test_sources_page_names_every_table() -> None:
    folder = Path(str(importlib.resources.files("experiments.observed")))
    page = (folder / "SOURCES.md").read_text(encoding="utf-8")
    for path in folder.glob("*.csv"):
        assert path.name in page


def test_events_are_in_order_and_sourced() -> None:
    events = packaged("dated_events")
    assert events["start"].is_monotonic_increasing
    assert (events["start"] <= events["end"]).all()
    assert (events["source"].str.len() > 3).all()


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_later_table_by_path_needs_no_change_of_code(tmp_path: Path, ending: str) -> None:
    made = pd.DataFrame({"month": ["2022-11", "2022-10"], "deaths": [41, 55], "source": ["x", "x"]})
    path = tmp_path / f"later.{ending}"
    made.to_csv(path, index=False) if ending == "csv" else made.to_parquet(path)
    deaths = load_observations(path).monthly("deaths")
    assert deaths["2022-10":"2022-11"].tolist() == [55.0, 41.0]
    assert load_observations(path).monthly("risings").empty


def test_long_months_and_windows_by_province(tmp_path: Path) -> None:
    long = tmp_path / "long.csv"
    long.write_text("month,series,place,value\n2022-10,deaths,Panjshir,7\n2022-10,deaths,national,9\n")
    assert load_observations(long).monthly("deaths", "Panjshir").tolist() == [7.0]
    window = tmp_path / "window.csv"
    window.write_text("series,start,end,value\nattacks_front,2022-10-05,2022-11-20,12\n")
    table = load_observations(window)
    assert table.monthly("attacks_front").empty
    assert table.windows("attacks_front")["value"].tolist() == [12]


BAD = {
    "no such file": ("month,deaths\n", "is no file"),
    "month,deats\n2022-10,4\n": ("", "'deats' is neither a series nor a note; nearest: deaths"),
    "month,deaths\n2022-13,4\n": ("", "no month"),
    "month,deaths\n2023,4\n": ("", "row 1: column 'month': found '2023': no month; allowed: as 2022-10"),
    "month,deaths\n2022-10,4\n,5\n": ("", "row 2: column 'month': found 'nan': no month"),
    "month,series,place\n2022-10,deaths,national\n": ("", "column 'value' is missing"),
    "month,deaths\n2022Q4,4\n": ("", "found '2022Q4': no month"),
    "month,deaths\n2022-10-15,4\n": ("", "found '2022-10-15': no month"),
    "month,deaths\n2022-10,4\n2022-1,4\n": ("", "row 2: column 'month': found '2022-1': no month"),
    "series,start,end,value\ndeaths,2022-01-01T00:00+04:30,2022-10-01,4\n": ("", "has a time or zone"),
    "series,start,end,value\ndeaths,2022-01-01,2022-10-01T12:00,4\n": ("", "has a time or zone"),
    "series,start,end,value\ndeaths,2022-01-01T00:00Z,2022-10-01,4\n": ("", "has a time or zone"),
    "series,start,end,value\ndeaths,,2022-10-01,4\n": ("", "no date"),
    "series,start,end,value\ndeaths,20220101,2022-10-01,4\n": ("", "no date"),
    "month,deaths\n2022-10,-4\n": ("", "row 1: value is negative"),
    "month,deaths\n2022-10,x\n": ("", "row 1: value: found 'x'; allowed: a number"),
    "month,deaths\n2022-10,True\n": ("", "row 1: value: found True; allowed: a number"),
    "month,deaths\n2022-10,1e999\n": ("", "row 1: value: found none, or one without end"),
    "series,start,end,value,low\ndeaths,2022-10-01,2022-10-31,4,about 3\n": ("", "low: found 'about 3'"),
    "month,deaths\n2022-10,4\n2022-10,5\n": ("", "row 2: the same series, place and window stands twice"),
    "series,start,end,value\ndeath,2022-10-01,2022-10-31,4\n": (
        "",
        "series 'death' is not known at national",
    ),
    "series,place,start,end,value\ndeaths,Panshir,2022-10-01,2022-10-31,4\n": ("", "nearest: Panjshir"),
    "series,start,end,value\ndeaths,2022-10-31,2022-10-01,4\n": ("", "end is before start"),
    "series,start,end,value\ndeaths,soon,2022-10-01,4\n": ("", "no date"),
    "series,start,value\ndeaths,2022-10-01,4\n": ("", "column 'end' is missing"),
    "series,start,end,value,low,high\ndeaths,2022-10-01,2022-10-31,4,5,9\n": ("", "outside low and high"),
    "month,deaths\n": ("", "no rows"),
}


@pytest.mark.parametrize("content", BAD)
def test_bad_tables_are_refused_in_one_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "bad.csv"
    if content != "no such file":
        path.write_text(content)
    with pytest.raises(UserError, match=r"bad\.csv") as caught:
        load_observations(path)
    assert BAD[content][1] in str(caught.value)
    assert len(caught.value.lines) == 1


def test_unknown_name_gives_the_nearest() -> None:
    with pytest.raises(UserError, match="nearest: ucdp_monthly"):
        load_observations("ucdp_montly")
