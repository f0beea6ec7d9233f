"""What matters has a prior: the screening of all parameters, held against the space of what is uncertain."""

from __future__ import annotations

import json

import pytest

from experiments import load_scenario
from experiments.cli.main import main

#: Parameters that may lead an outcome without a prior: what a scenario states, or the unit of another parameter.
CONDITIONS = {
    "iskp.active": "whether IS-K exists is a condition of a scenario",
    "iskp.typical": "the fighters of whom iskp.attack_rate speaks, which has a prior",
    "militias.fatemiyoun.instructed": "orders to a militia are a condition of a scenario",
    "fronts.nrf.holds": "who holds the valley at the start is a condition of a scenario",
    "fronts.nrf.home": "where a front is at home is a condition of a scenario",
    "supply.corridor": "an open corridor is a condition of a scenario",
    "siege.frontage": "the width of the valley is measured",
    "siege.firepower": "the unit of heavy weapons: the Taliban of 2021",
}
LEADERS = 15


@pytest.mark.slow
def test_every_parameter_that_leads_an_outcome_has_a_prior_or_is_a_condition(tmp_path):
    known = set(load_scenario("baseline").space.names) | set(CONDITIONS)
    assert main(["sensitivity", "n=12", "over_time=false", f"out={tmp_path / 'out'}"]) == 0
    result = json.loads((tmp_path / "out" / "sensitivity.json").read_text(encoding="utf-8"))
    told = {one["outcome"]: one["indices"] for one in result["outcomes"]}
    for outcome in ("deaths", "attacks_front", "attacks_iskp", "final_front_fighters"):
        clear = [
            row["parameter"] for row in told[outcome] if row["low"] > 0.05
        ]  # not by one base point alone
        assert set(clear[:LEADERS]) <= known, outcome
