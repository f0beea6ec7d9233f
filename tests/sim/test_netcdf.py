"""The labelled form of an ensemble is a netCDF file by the conventions of CF, read back by xarray as it was."""

from __future__ import annotations

import re

import numpy as np
import pytest
import xarray as xr

from experiments import load_scenario
from sim import simulate
from sim.outcomes import PLACE_SERIES, SERIES

#: Units of UDUNITS that occur here.
UNIT = re.compile(r"1|day|day-1|week-1|tonne (day|week)-1|1e6 week-1|degrees_(east|north)")


@pytest.fixture(scope="module")
def ensemble():
    scenario = load_scenario("baseline", ["end=2021-11-06"])
    return simulate(scenario, replicates=3, seed=1, keep_places=True)


@pytest.fixture(scope="module")
def again(ensemble, tmp_path_factory):
    path = tmp_path_factory.mktemp("netcdf") / "ensemble.nc"
    ensemble.to_xarray().to_netcdf(path, engine="scipy")
    with xr.open_dataset(path, engine="scipy") as made:
        yield made.load()


def test_numbers_and_dates_come_back(ensemble, again):
    assert (again["day"].values == ensemble.dates).all()
    assert (again["week"].values == ensemble.weeks).all()
    for name in SERIES:
        assert np.array_equal(again[name], ensemble.series[name])
    deaths = again["deaths_by_province"].sel(province="Balkh")
    assert np.array_equal(deaths, ensemble.block.place("deaths", "Balkh"))


def test_every_variable_says_its_unit_as_udunits_writes_it(again):
    assert again.attrs["Conventions"].startswith("CF-1.")
    for name in (
        *SERIES,
        *(f"{one}_by_province".replace("_by_province" * 2, "_by_province") for one in PLACE_SERIES),
    ):
        assert UNIT.fullmatch(again[name].attrs["units"]), name
        assert again[name].attrs["long_name"]
        assert "unit" not in again[name].attrs
    assert again["supply_arms"].attrs["units"] == "tonne day-1"
    assert again["deaths_by_province"].attrs["units"] == "week-1"


def test_coordinates_have_standard_names_and_a_calendar(again):
    for name in ("day", "week"):
        assert again[name].attrs["standard_name"] == "time"
        assert again[name].encoding["calendar"] in ("standard", "gregorian", "proleptic_gregorian")
        assert again[name].encoding["units"] == "days since 2021-09-06"
    assert again["lon"].attrs == {"standard_name": "longitude", "units": "degrees_east"}
    assert again["lat"].attrs["standard_name"] == "latitude"
    assert "control_by_province_by_province" not in again


def test_a_file_of_runs_under_a_week_can_be_read_again(tmp_path):
    """They hold no week, and a dimension of length nought is taken for one that goes on."""
    ensemble = simulate(load_scenario("baseline", ["end=2021-09-08"]), 2)
    path = tmp_path / "short.nc"
    ensemble.to_xarray().to_netcdf(path, engine="scipy")
    with xr.open_dataset(path, engine="scipy") as made:
        assert made.sizes["day"] == 2
        assert "week" not in made.sizes
        assert float(made["deaths"].sum()) == float(ensemble.series["deaths"].sum())
