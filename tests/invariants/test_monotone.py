"""What theory says about the direction of an effect, over paired replicates with common random numbers.

Each effect is tested one-sided by Wilcoxon's signed ranks of the differences of pairs, which a few extreme runs do
not sway. If there were no effect, a test would pass by chance in one of 740 cases (p below 0.00135). Seeds are fixed,
so that a pass stays a pass.
"""

from __future__ import annotations

import functools

import numpy as np
import pytest
from scipy import stats

from sim.ensemble import simulate_points
from tests.worlds import certain, scenario

PAIRS = 48
NUMBERS = np.arange(PAIRS)
CHANCE = 0.00135


@functools.cache
def measured(name: str, parameter: str, value: float, outcome: str) -> np.ndarray:
    """An end-of-run measure, or ``series/how``: its mean over the days, its sum, its value after half a year."""
    horizon = ("end=2023-09-06",) if name == "baseline" else ()
    of = scenario(name, *horizon).with_values({parameter: value})
    block = simulate_points(of, of.draw(NUMBERS, 21), NUMBERS, 21, keep_series="/" in outcome)
    if "/" not in outcome:
        return block.measure(outcome)
    series, how = outcome.split("/")
    values = block.national(series).astype(float)
    return {"mean": values.mean(axis=1), "sum": values.sum(axis=1), "half": values[:, 180]}[how]


def effect(name: str, parameter: str, low: float, high: float, outcome: str) -> np.ndarray:
    """Difference that ``high`` makes against ``low`` in each pair."""
    return measured(name, parameter, high, outcome) - measured(name, parameter, low, outcome)


#: Scenario, parameter, low, high, outcome, direction.
THEORY = [
    ("baseline", "economy.aid", 500.0, 5000.0, "final_services", "+"),
    ("baseline", "economy.aid", 500.0, 5000.0, "grievance/mean", "-"),
    ("baseline", "taliban.service_delivery", 0.2, 0.8, "final_services", "+"),
    ("baseline", "taliban.service_delivery", 0.2, 0.8, "grievance/mean", "-"),
    ("baseline", "legacy.corruption", 0.1, 0.9, "final_services", "-"),
    ("baseline", "taliban.corruption", 0.1, 0.5, "final_revenue", "-"),
    ("baseline", "economy.shock", 0.05, 0.5, "grievance/mean", "+"),
    ("baseline", "economy.shock", 0.05, 0.5, "refugees", "+"),
    ("baseline", "taliban.control", 0.2, 1.0, "grievance/mean", "+"),
    ("baseline", "taliban.control", 0.2, 1.0, "refugees", "+"),
    ("baseline", "taliban.control", 0.2, 1.0, "protests", "+"),
    ("baseline", "taliban.control", 0.2, 1.0, "aid/mean", "-"),
    ("baseline", "taliban.prudence", 0.0, 1.0, "control/mean", "-"),
    ("baseline", "taliban.prudence", 0.0, 1.0, "inclusiveness/mean", "+"),
    ("baseline", "taliban.outreach", 0.0, 1.0, "grievance/mean", "-"),
    ("baseline", "taliban.ethnic_cards", 0.0, 1.0, "grievance/mean", "-"),
    ("baseline", "taliban.victory", 0.1, 1.0, "risings", "-"),
    ("baseline", "taliban.intelligence_start", 0.0, 0.9, "attacks_iskp", "-"),
    ("baseline", "taliban.force_growth", 500.0, 15000.0, "forces/mean", "+"),
    ("baseline", "taliban.talks", 0.0, 1.0, "talks", "+"),
    ("baseline", "fronts.nrf.talks_offer", 0.1, 10.0, "talks", "+"),
    ("baseline", "community.hardship_weight", 0.3, 1.8, "risings", "+"),
    ("baseline", "community.fear_weight", 0.1, 1.8, "risings", "-"),
    ("baseline", "caches.abundance", 0.3, 6.0, "max_pockets", "+"),
    ("baseline", "caches.abundance", 0.3, 6.0, "attacks_pockets", "+"),
    ("baseline", "caches.search", 0.02, 2.0, "final_caches", "-"),
    ("baseline", "pockets.formation", 0.5, 15.0, "max_pockets", "+"),
    ("baseline", "garrison.detection", 0.02, 0.9, "pocket_fighters/mean", "-"),
    ("service_collapse", "rising.contagion", 0.0, 10.0, "risings", "+"),
    ("baseline", "protest.contagion", 0.0, 2.0, "protests", "+"),
    ("baseline", "supply.corridor", 0.0, 0.95, "supply_arms", "+"),
    ("baseline", "supply.corridor", 0.0, 0.95, "supply_food", "+"),
    ("baseline", "supply.corridor", 0.0, 0.95, "supply_medicine", "+"),
    ("baseline", "supply.interdiction", 0.0, 1.0, "supply_arms", "-"),
    ("baseline", "supply.donors", 0.2, 20.0, "supply_arms", "+"),
    ("baseline", "season.pass_closed", 0.0, 1.6, "supply_arms", "-"),
    ("baseline", "fronts.nrf.helicopters", 0.0, 12.0, "supply_arms", "+"),
    ("baseline", "fronts.nrf.regroup", 30.0, 600.0, "returned/mean", "-"),
    ("baseline", "fronts.nrf.raid_rate", 0.1, 2.0, "attacks_front", "+"),
    ("baseline", "fronts.nrf.lobby", 0.0, 1.0, "exile/mean", "+"),
    ("baseline", "powers.iran.stance", -1.0, 0.6, "militia_active/mean", "-"),
    ("baseline", "militias.fatemiyoun.instructed", 0.0, 1.0, "attacks_militia", "+"),
    ("baseline", "powers.united_states.stance", -1.0, 0.6, "aid/mean", "+"),
    ("baseline", "powers.pakistan.strikes", 0.0, 8.0, "strikes", "+"),
    ("baseline", "iskp.attack_rate", 2.0, 80.0, "deaths", "+"),
    # the report's three drivers reach the war through people
    ("baseline", "taliban.service_delivery", 0.1, 0.9, "attacks_front", "-"),
    ("baseline", "taliban.service_delivery", 0.1, 0.9, "attacks_iskp", "-"),
    ("baseline", "taliban.service_delivery", 0.1, 0.9, "deaths", "-"),
    ("baseline", "economy.growth", -0.1, 0.08, "attacks_pockets", "-"),
    ("baseline", "taliban.control", 0.3, 1.0, "attacks_front", "+"),
    ("baseline", "taliban.control", 0.3, 1.0, "deaths", "+"),
    # informants, elders and kindred commanders weaken the front, its own means strengthen it
    ("baseline", "community.informants", 0.002, 0.06, "attacks_front", "-"),
    ("baseline", "taliban.outreach", 0.0, 1.0, "attacks_front", "-"),
    ("baseline", "taliban.ethnic_cards", 0.0, 1.0, "attacks_front", "-"),
    ("baseline", "taliban.force_target", 60000.0, 250000.0, "deaths", "-"),
    ("baseline", "taliban.training", 0.0, 1.5, "quality/mean", "+"),
    ("baseline", "supply.donors", 0.3, 20.0, "attacks_front", "+"),
    ("baseline", "caches.abundance", 0.1, 6.0, "deaths", "+"),
    ("baseline", "garrison.revenge", 10.0, 500.0, "deaths_government_civilians", "+"),
    ("baseline", "habit.rate", 0.1, 2.0, "knowledge/mean", "+"),
    ("baseline", "campaign.rate", 0.0, 5.0, "front_fighters/mean", "-"),
    ("baseline", "iskp.crackdown", 1.0, 12.0, "iskp_cells/mean", "-"),
    ("baseline", "refugees.border_openness", 0.1, 1.0, "refugees", "+"),
    ("siege_2021", "community.informants", 0.0, 0.1, "districts_held/sum", "-"),
    ("siege_taliban_1996_2001", "siege.knowledge", 0.0, 1.0, "districts_held/half", "-"),
    ("siege_2021", "community.unity", 0.0, 1.0, "districts_held/sum", "+"),
    ("siege_2021", "fronts.nrf.ammunition", 1.0, 100.0, "districts_held/sum", "+"),
    ("siege_2021", "fronts.nrf.leader_escape", 0.0, 1.0, "leader/mean", "+"),
    ("siege_soviet_1980s", "siege.stay", 15.0, 2500.0, "districts_held/mean", "-"),
    ("siege_soviet_1980s", "siege.posts", 0.0, 1.0, "districts_held/mean", "-"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "parameter", "low", "high", "outcome", "sign"), THEORY)
def test_effects_have_the_sign_that_theory_gives_them(name, parameter, low, high, outcome, sign):
    difference = effect(name, parameter, low, high, outcome) * (1.0 if sign == "+" else -1.0)
    assert difference.any(), "no pair differs"
    p = stats.wilcoxon(difference, alternative="greater").pvalue
    assert p < CHANCE, (
        f"p = {p:.2g}, median difference {np.median(difference):.4g}, mean {difference.mean():.4g}"
    )


def test_the_pairs_share_their_luck():
    """Differences of pairs vary less than those of independent runs, or common random numbers would be in vain."""
    arguments = ("baseline", "economy.aid", 500.0, 5000.0, "grievance/mean")
    low, high = (measured("baseline", "economy.aid", value, "grievance/mean") for value in (500.0, 5000.0))
    assert effect(*arguments).var() < 0.5 * (low.var() + high.var())


def test_no_change_no_effect():
    same = certain().value("economy.aid")
    assert (effect("baseline", "economy.aid", same, same, "deaths") == 0.0).all()
