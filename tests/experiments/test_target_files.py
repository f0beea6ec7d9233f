"""Files of targets: the packaged one is whole and computed from the observations; one's own are checked."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.forecast.targets import load_targets, read_targets
from experiments.kit.errors import UserError

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


def test_the_first_year_is_whole() -> None:
    targets = load_targets("first_year")
    assert len(set(targets.names)) == len(targets.names) >= 15
    assert all(target.why for target in targets.targets)
    assert (targets.error > 0).all()
    assert str(targets.last_day) == "2022-10-01"
    by_name = dict(zip(targets.names, targets.observed, strict=True))
    assert by_name["deaths_year"] == pytest.approx(np.log1p(1598))
    assert by_name["deaths_winter"] == pytest.approx(np.log1p(28 + 42 + 10))
    assert by_name["state_based_year"] == pytest.approx(np.log1p(886))
    winter, summer = (28 + 42 + 10 + 36) / 121, (345 + 198 + 152 + 68 + 82 + 331) / 183
    assert by_name["deaths_hump"] == pytest.approx(np.log1p(30.4375 * summer) - np.log1p(30.4375 * winter))


def test_targets_are_cut_at_an_origin() -> None:
    targets = load_targets("first_year")
    assert targets.until(DAY("2021-09-15")).names == ()
    early = targets.until(DAY("2022-01-01"))
    by_name = {target.name: target for target in early.targets}
    assert {"deaths_year", "deaths_autumn", "deaths_winter", "iskp_attacks_2021"} <= set(by_name)
    assert "deaths_hump" not in by_name
    assert "front_attacks_h1_2022" not in by_name
    assert by_name["deaths_winter"].observed == pytest.approx(np.log1p(28))
    assert by_name["deaths_year"].observed == pytest.approx(np.log1p(234 + 72 + 28))
    whole = targets.until(DAY("2022-10-01"))
    assert whole.names == targets.names
    assert (whole.observed == targets.observed).all()


def test_summaries_of_runs_line_up_with_the_observed_values() -> None:
    """Runs that repeat the observed months day by day have the observed summaries."""
    from experiments.observed import load_observations

    targets = load_targets("first_year")
    dates = np.arange(DAY("2021-09-06"), DAY("2022-10-01"))
    months = dates.astype("datetime64[M]")
    series = {name: np.zeros((1, dates.size)) for name in targets.series}
    for name in ("deaths", "deaths_state_based"):
        for month, value in load_observations("ucdp_monthly").monthly(name)["2021-10":"2022-09"].items():
            inside = months == np.datetime64(str(month))
            series[name][0, inside] = value / inside.sum()
    found = dict(zip(targets.names, targets.summaries(series, dates)[0], strict=True))
    for target in targets.targets:
        if target.table is not None:
            assert found[target.name] == pytest.approx(target.observed), target.name


BAD = {
    "series: found 'deats'; allowed:": {"series": "deats"},
    "statistic: found 'median'; allowed:": {"statistic": "median"},
    "by: found 2021-01-01; allowed: a day after": {"by": "2021-01-01"},
    "start: 'soon' is not a date": {"start": "soon"},
    "error: found 0.0; allowed: a number above 0": {"error": 0},
    "weight: found -1.0; allowed: a number from 0": {"weight": -1},
    "observed: missing": {"observed": None},
    "observations: 'ucdp_montly' is no file": {"observed": "ucdp_montly"},
    "unknown key": {"errors": 1},
    "against: allowed:": {"statistic": "max", "against": {"start": "2022-03-01", "by": "2022-04-01"}},
    "all targets have weight 0": {"weight": 0},
}


@pytest.mark.parametrize("message", BAD)
def test_bad_targets_are_refused_in_one_line(message: str) -> None:
    with pytest.raises(UserError) as caught:
        read_targets(file_with(**BAD[message]), "mine", "mine.yaml")
    assert message in str(caught.value)
    assert str(caught.value).startswith("mine.yaml: ")
    assert len(caught.value.lines) == 1


def test_unknown_file_names_the_nearest() -> None:
    with pytest.raises(UserError, match="nearest: first_year"):
        load_targets("first_yeer")
