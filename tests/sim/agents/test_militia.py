"""Foreign-backed militias: asleep without orders, awake with them."""

from __future__ import annotations

import pytest

from sim.agents import militia
from tests.worlds import province
from tests.worlds import world as build


def weeks(n: int, opposes: float = 0.0, **values):
    w = build(**values)
    w.power[0].opposes = opposes
    for week in range(n):
        militia.weekly(w, 0, 7 * week)
    return w


def test_it_sleeps_without_an_order():
    """F18: a militia in hibernation waits for its patron's instruction and does nothing until then."""
    w = weeks(100)
    m = w.militia[0]
    assert (m.active, m.fighters, m.asleep) == (0.0, 0.0, m.strength)
    for day in range(100):
        militia.daily(w, 0, day)
    assert w.today.attacks_pockets == 0.0


@pytest.mark.parametrize("how", ["instructed", "patron"])
def test_it_wakes_on_the_order(how):
    """F18: instructed by the scenario, or by a patron that has turned against Kabul, it mobilises over weeks."""
    values = {"militias__fatemiyoun__instructed": 1.0} if how == "instructed" else {}
    opposes = 1.0 if how == "patron" else 0.0
    first, later = weeks(1, opposes, **values).militia[0], weeks(20, opposes, **values).militia[0]
    assert first.active == later.active == 1.0
    assert 0.0 < first.fighters < later.fighters <= first.strength


def test_only_its_own_patron_gives_orders():
    w = build()
    w.power["opposes"][1 : w.powers] = 1.0
    militia.weekly(w, 0, 0)
    assert w.militia[0].active == 0.0


def test_a_slow_mobilisation_is_slow():
    quick = weeks(4, 1.0, militias__fatemiyoun__mobilisation=10.0).militia[0].fighters
    slow = weeks(4, 1.0, militias__fatemiyoun__mobilisation=300.0).militia[0].fighters
    assert quick > 2 * slow


def test_nobody_is_made_or_lost_in_waking_and_sleeping():
    """Awake and asleep add up to the strength, but for those who went home."""
    w = build(militias__fatemiyoun__homesick=0.0)
    m = w.militia[0]
    for week in range(40):
        w.power[0].opposes = 1.0 if week < 20 else 0.0
        militia.weekly(w, 0, 7 * week)
        assert m.asleep + m.fighters == pytest.approx(m.strength)
    assert m.active == 0.0
    assert m.fighters < 0.02 * m.strength


def test_the_homesick_leave():
    assert weeks(100, 1.0, militias__fatemiyoun__homesick=2.0).militia[0].fighters < 0.5 * 3000


def test_raids_hit_the_provinces_of_its_kin():
    """F18: the militia raids where its kin live; deaths and losses add up."""
    w = weeks(20, 1.0)
    fighters, garrisons = w.militia[0].fighters, w.garrison["fighters"].sum()
    for n in range(15):
        militia.attack(w, 0, 7, n)
    struck = w.province["attacked"] > 0
    assert struck.any()
    assert (w.province["militia_weight"][struck] > 0).all()
    lost = fighters - w.militia[0].fighters + garrisons - w.garrison["fighters"].sum()
    assert w.today.deaths_state_based == w.today.deaths_militia == pytest.approx(lost)
    assert w.today.attacks_militia == 15.0


def test_it_trains_pockets_of_its_kin():
    """F18: it arms and trains kindred pockets and no others."""
    w = build(militias__fatemiyoun__training=1.0)
    w.pocket["active"] = 0.0
    for row, home in enumerate(("Bamyan", "Paktika")):
        pocket = w.pocket[row]
        pocket.active, pocket.home, pocket.fighters = 1.0, province(home), 10.0
        pocket.arms, pocket.experience = 5.0, 0.1
    kin, others = w.pocket[0], w.pocket[1]
    militia.train(w, w.militia[0])
    assert (kin.arms, kin.experience) == (5.0, 0.1), "nobody is there to train them"
    w.militia[0].fighters = 2000.0
    militia.train(w, w.militia[0])
    assert (kin.arms, kin.experience) > (5.0, 0.1)
    assert (others.arms, others.experience) == (5.0, 0.1)


def test_rivals_are_the_men_in_the_field():
    w = weeks(20, 1.0)
    assert w.province["rivals"].sum() == pytest.approx(w.militia["fighters"].sum() + w.front["main"].sum())
