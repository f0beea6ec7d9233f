"""Files of targets: the packaged one is whole and computed from the observations; one's own are checked."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.forecast.targets import read_targets
from experiments.kit.errors import UserError
from tests.experiments.forecast import worlds

GOOD = {
    "name": "a",
    "series": "deaths",
    "start": "2021-12-01",
    "by": "2022-03-01",
    "observed": 80,
    "error": 0.3,
}
DAY = np.datetime64


def file_with(**changes) -> dict:
    target = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    return {"title": "t", "targets": [target]}


def test_the_packaged_file_is_whole() -> None:
    targets = worlds.targets()
    assert len(set(targets.names)) == len(targets.names) >= 60
    assert all(target.why for target in targets.targets)
    assert (targets.spread > 0).all()
    assert str(targets.last) == "2023-07-01"
    by_name = dict(zip(targets.names, targets.observed, strict=True))
    assert by_name["deaths_2021-12"] == pytest.approx(np.log1p(28))
    assert by_name["deaths_2023-06"] == pytest.approx(np.log1p(31))
    assert by_name["state_based_2022-09"] == pytest.approx(np.log1p(216))
    assert by_name["iskp_attacks_2021_10"] == pytest.approx(np.log1p(48))
    assert by_name["revenue_1401"] == pytest.approx(np.log1p(42.2))
    assert by_name["backer_2"] == 0.0


def test_nothing_is_known_before_its_window_has_ended() -> None:
    targets = worlds.targets()
    assert targets.columns_until(DAY("2021-09-15")).size == 0
    early = [targets.names[j] for j in targets.columns_until(DAY("2022-01-01"))]
    assert {"deaths_2021-12", "iskp_attacks_2021", "revenue_2021"} <= set(early)
    assert "deaths_2022-01" not in early
    assert "backer_1" not in early
    assert targets.columns_until(DAY("2023-07-01")).size == len(targets.names)
    late = targets.columns_until(DAY("2023-07-01"), since=DAY("2023-06-01"))
    assert {targets.names[j] for j in late} >= {"deaths_2023-06", "backer_2"}
    assert "deaths_2023-05" not in {targets.names[j] for j in late}


def test_summaries_of_runs_line_up_with_the_observed_values() -> None:
    """Runs that repeat the observed months day by day have the observed summaries."""
    from experiments.observed import load_observations

    targets = worlds.targets()
    dates = np.arange(DAY("2021-09-06"), DAY("2023-07-01"))
    months = dates.astype("datetime64[M]")
    series = {name: np.zeros((1, dates.size)) for name in targets.series}
    for name in ("deaths", "deaths_state_based"):
        for month, value in load_observations("ucdp_monthly").monthly(name)["2021-10":"2023-06"].items():
            inside = months == np.datetime64(str(month))
            series[name][0, inside] = value / inside.sum()
    found = dict(zip(targets.names, targets.summaries(series, dates)[0], strict=True))
    for target in targets.targets:
        if target.group in ("deaths", "state_based"):
            assert found[target.name] == pytest.approx(target.observed), target.name
    assert found["backer_1"] == found["ground_held_2"] == 0.0


def test_a_difference_of_series_and_a_yes_or_no_target() -> None:
    dates = np.arange(DAY("2021-12-01"), DAY("2022-03-01"))
    series = {"deaths": np.full((1, 90), 3.0), "deaths_state_based": np.full((1, 90), 1.0)}
    one = read_targets(file_with(minus="deaths_state_based", transform="identity"), "m", "m.yaml").targets[0]
    assert one.of_runs(series, dates)[0] == 180.0
    asked = {"statistic": "max", "at_least": 3, "observed": True, "error": 0.1}
    two = read_targets(file_with(**asked), "m", "m.yaml").targets[0]
    assert two.of_runs(series, dates).tolist() == [1.0]
    assert two.of_runs({"deaths": np.full((1, 90), 2.9)}, dates).tolist() == [0.0]


BAD = {
    "series: found 'deats'; allowed:": {"series": "deats"},
    "minus: found 'deats'; allowed:": {"minus": "deats"},
    "statistic: found 'median'; allowed: sum": {"statistic": "median"},
    "statistic: found ['sum']; allowed: sum": {"statistic": ["sum"]},
    "by: found 2021-01-01; allowed: a day after": {"by": "2021-01-01"},
    "start: 'soon' is not a date": {"start": "soon"},
    "start: missing": {"start": None},
    "error: found 0": {"error": 0},
    "error: found nan": {"error": float("nan")},
    "weight: found -1": {"weight": -1},
    "discrepancy: found -0.1": {"discrepancy": -0.1},
    "observed: missing": {"observed": None},
    "observed: found -5; allowed: what log1p has a value for": {"observed": -5},
    "observed: found -1; allowed: what log1p has a value for": {"observed": -1},
    "observed: found -2; allowed: what sqrt has a value for": {"observed": -2, "transform": "sqrt"},
    "observations: 'ucdp_montly' is no file": {"observed": "ucdp_montly"},
    "observed: true or false goes with at_least": {"observed": True},
    "chances to be wrong": {"observed": True, "at_least": 1, "error": 0.6},
    "errors: unknown key": {"errors": 1},
    "against: allowed:": {"statistic": "max", "against": {"start": "2022-03-01", "by": "2022-04-01"}},
    "months: found '2022'; allowed: a month": {"start": None, "by": None, "months": ["2022", "2023-01"]},
    "start, by, months: allowed: start and by, or months": {"months": ["2022-01", "2022-02"]},
    "all targets have weight 0": {"weight": 0},
    "name: found 3": {"name": 3},
}


@pytest.mark.parametrize("message", BAD)
def test_bad_targets_are_refused_in_one_line(message: str) -> None:
    with pytest.raises(UserError) as caught:
        read_targets(file_with(**BAD[message]), "mine", "mine.yaml")
    assert message in str(caught.value)
    assert str(caught.value).startswith("mine.yaml: ")
    assert len(caught.value.lines) == 1
