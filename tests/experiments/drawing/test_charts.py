"""Charts that need no script: axes that hold all values, outlines, words for every value, a policy for one script."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.drawing.charts import (
    HEIGHT,
    LEFT,
    RIGHT,
    WIDTH,
    Chart,
    Layer,
    policy,
    script,
    style_sheet,
    ticks,
)

TIMES = np.arange("2021-09", "2024-09", dtype="datetime64[M]").astype("datetime64[D]")
SAID = [str(time)[:7] for time in TIMES]


def chart(unit: str = "people", times: np.ndarray = TIMES) -> Chart:
    low = np.linspace(0.0, 40.0, len(times))
    layers = [Layer("wide", "90 % of runs", 0, low, 3 * low), Layer.line("median", "median", 0, 2 * low)]
    return Chart("deaths", "Deaths", unit, times, SAID[: len(times)], layers, [(times[3], "schools shut")])


@pytest.mark.parametrize(
    ("most", "top", "count"),
    [(0.0, 1.0, 2), (120.0, 150.0, 4), (0.9, 1.0, 5), (4.0, 4.0, 5), (9999.0, 10000.0, 5)],
)
def test_axes_end_on_round_numbers_that_hold_all_values(most, top, count):
    made = ticks(most)
    assert (made[0], made[-1], len(made)) == (0.0, top, count)


def test_everything_is_inside():
    made = chart()
    assert made.x(TIMES[[0, -1]]).tolist() == [LEFT, WIDTH - RIGHT]
    for layer in made.layers:
        assert 0.0 < made.y(layer.high).min() < made.y(layer.high).max() < HEIGHT
    assert made.path(made.layers[0]).endswith(" Z")
    assert "Z" not in made.path(made.layers[1])


def test_dates_below_are_years_or_months():
    assert [text for _, text in chart().columns()] == ["2022", "2023", "2024"]
    assert [text for _, text in chart(times=TIMES[:8]).columns()][:2] == ["Sep 2021", "Oct 2021"]


def test_values_are_said_for_script_table_and_those_who_cannot_see():
    made = chart()
    assert made.told["wide"][-1] == "40 to 120"
    assert made.at_the_end() == "2024-08: 90 % of runs 40 to 120; median 80"
    assert len(made.data()["xs"]) == len(made.data()["layers"][1]["told"]) == len(TIMES)
    table = made.table()
    assert table.caption == "Deaths (people)"
    assert table.rows[-1] == ["2024-08", "40 to 120", "80"]
    assert chart("%").text(0.255) == "26 %"
    assert made.marked()[0][1] == "schools shut"


def test_one_script_alone_may_run():
    rules = policy(script())
    assert rules.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-inline" not in rules.split("style-src")[0]
    assert "url(" not in style_sheet()
