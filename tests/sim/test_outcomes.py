"""Series, measures and endings: written criteria, answered on series made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim import outcomes
from sim.outcomes import ENDING_CRITERIA, ENDINGS, MEASURES, PLACE_SERIES, SERIES, SERIES_NAMES
from tests.worlds import PANJSHIR, certain, province, runs, small

PROMISED = {
    "deaths",
    "deaths_state_based",
    "front_fighters",
    "pockets",
    "pocket_fighters",
    "attacks_front",
    "attacks_pockets",
    "attacks_iskp",
    "protests",
    "risings",
    "districts_held",
    "capitals_lost",
    "caches",
    "supply_arms",
    "supply_food",
    "services",
    "economy",
    "control",
    "grievance",
    "revenue",
    "forces",
    "recognitions",
    "aid",
    "militia_active",
    "talks",
    "refugees",
    "settlement",
}


def measured(days: int = 730, **series) -> dict[str, float]:
    """Measures of a run whose series are zero but for those given (numbers, or arrays by day)."""
    table = np.zeros((days, len(SERIES_NAMES)), np.float32)
    for name, value in series.items():
        table[:, SERIES_NAMES.index(name)] = value
    out = np.empty(len(MEASURES))
    outcomes.measure(table, out)
    return dict(zip(MEASURES, out.tolist(), strict=True))


def ending(days: int = 730, **series) -> str:
    return ENDINGS[int(measured(days, **series)["ending_code"])]


def during(first: int, last: int, value: float = 1.0, days: int = 730) -> np.ndarray:
    made = np.zeros(days)
    made[first:last] = value
    return made


def test_series_are_documented_and_those_promised_are_there():
    assert set(SERIES) >= PROMISED
    for series in SERIES.values():
        assert series.unit
        assert series.meaning
        assert series.level in ("national", "province", "route", "group")
        assert series.kind in ("flow", "stock")
    assert len(set(MEASURES)) == len(MEASURES)


def test_every_ending_has_its_criterion():
    assert set(ENDING_CRITERIA) == set(ENDINGS)


def test_measures_of_a_run():
    values = during(10, 20, 2.0) + during(700, 701, 5.0)
    found = measured(deaths=values, pockets=values, districts_held=during(0, 3), risings=during(44, 45))
    assert found["deaths"] == 25.0
    assert found["deaths_last_year"] == 5.0
    assert found["max_pockets"] == 5.0
    assert found["final_pockets"] == 0.0
    assert found["first_rising_day"] == 44.0
    assert found["floor_fallen_day"] == 3.0
    assert np.isnan(found["settlement_day"])


def test_floor_that_never_falls_has_no_day():
    assert np.isnan(measured(districts_held=2.0)["floor_fallen_day"])


def test_quiet_is_consolidation():
    assert ending() == "consolidation"


@pytest.mark.parametrize(("attacks", "is_"), [(47, "consolidation"), (48, "scattered_insurgency")])
def test_scattered_insurgency_from_48_attacks_in_the_last_year(attacks, is_):
    assert ending(attacks_pockets=during(400, 400 + attacks)) == is_


def test_attacks_of_earlier_years_do_not_count():
    assert ending(attacks_pockets=during(0, 365, 3.0)) == "consolidation"


@pytest.mark.parametrize(("days", "is_"), [(29, "consolidation"), (30, "valley_resurgence")])
def test_valley_resurgence_from_30_days_in_a_row(days, is_):
    assert ending(districts_held=during(500, 500 + days)) == is_


def test_interrupted_days_do_not_make_a_resurgence():
    assert ending(districts_held=during(500, 525) + during(530, 555)) == "consolidation"


WAR = {"deaths": 10.0, "pocket_fighters": 2000.0, "militia_fighters": 1500.0}


def test_civil_war_needs_deaths_and_two_fronts():
    """F27: civil war is many deaths in a year and at least two threats of weight at once."""
    assert ending(**WAR) == "multi_front_civil_war"
    assert ending(**(WAR | {"deaths": 8.0})) != "multi_front_civil_war"
    assert ending(**(WAR | {"militia_fighters": 900.0})) != "multi_front_civil_war"
    assert (
        ending(**(WAR | {"militia_fighters": 0.0}), capitals_lost=during(600, 610)) == "multi_front_civil_war"
    )
    assert ending(**(WAR | {"militia_fighters": 0.0}), front_fighters=1500.0) == "multi_front_civil_war"


@pytest.mark.parametrize(("since", "is_"), [(700, "settlement"), (701, "multi_front_civil_war")])
def test_settlement_has_to_hold_for_30_days_at_the_horizon(since, is_):
    assert ending(settlement=during(since, 730), **WAR) == is_


def test_a_settlement_that_broke_is_none():
    assert ending(settlement=during(100, 720)) == "consolidation"


def test_a_short_run_is_judged_on_its_own_length():
    assert ending(days=73, attacks_pockets=during(0, 10, days=73)) == "scattered_insurgency"
    assert ending(days=73, attacks_pockets=during(0, 9, days=73)) == "consolidation"


def test_series_of_provinces_add_up_to_the_country():
    """Each week's deaths, protests and risings of the provinces are those of the country's days."""
    block = runs(
        small(140, caches={"abundance": 4.0}, rising={"rate": 5.0}, protest={"rate": 10.0}),
        6,
        keep_places=True,
    )
    for name in ("deaths", "protests", "risings"):
        weekly = block.national(name).reshape(6, 20, 7).sum(axis=2)
        assert weekly.sum() > 0
        by_province = block.places[:, :, :, PLACE_SERIES.index(name)].sum(axis=2)
        np.testing.assert_allclose(by_province, weekly, rtol=1e-6)
    attacks = sum(block.national(name) for name in ("attacks_front", "attacks_pockets", "attacks_iskp"))
    weekly = attacks.reshape(6, 20, 7).sum(axis=2)
    np.testing.assert_allclose(block.places[:, :, :, PLACE_SERIES.index("attacks")].sum(axis=2), weekly)


def test_deaths_are_counted_by_the_size_of_their_events():
    """The histogram of events accounts for every death of the series (events of 500 and more are pooled)."""
    block = runs(certain(), 4)
    sizes = np.arange(block.event_sizes.shape[1])
    assert block.event_sizes[:, -1].sum() == 0
    np.testing.assert_allclose(block.event_sizes @ sizes, block.measure("deaths"))


def test_control_by_province_is_the_share_of_the_week():
    block = runs(small(21), 2, keep_places=True)
    share = block.places[:, :, :, PLACE_SERIES.index("control_by_province")]
    assert (share >= 0.0).all()
    assert (share <= 1.0).all()
    assert share[:, 0, province("Kabul")].tolist() == [1.0, 1.0]
    assert block.places.shape == (2, 3, 34, len(PLACE_SERIES))
    np.testing.assert_array_equal(block.place("control_by_province", "Panjshir"), share[:, :, PANJSHIR])
