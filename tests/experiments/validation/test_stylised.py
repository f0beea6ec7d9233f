"""Stylised facts on processes whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.validation import stylised


def philox(key: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=key))


def power_law(exponent: float, size: int, key: int) -> np.ndarray:
    return philox(key).zipf(exponent, size)


@pytest.mark.parametrize("exponent", [2.2, 2.5, 3.0])
def test_exponent_of_a_power_law_is_found(exponent: float) -> None:
    """20,000 sizes: within 4.5 standard errors of the truth plus 0.03 for the choice of the bound (1e-5)."""
    tail = stylised.fit_tail(power_law(exponent, 20_000, 1))
    assert abs(tail.exponent - exponent) < 4.5 * tail.error + 0.03
    assert tail.distance < 0.03


def test_lower_bound_is_found_when_the_body_is_something_else() -> None:
    body = philox(2).integers(1, 10, 6_000)
    upper = np.floor(10 * philox(3).uniform(size=6_000) ** (-1 / 1.5)).astype(int)
    tail = stylised.fit_tail(np.concatenate([body, upper]))
    assert 7 <= tail.lower <= 25
    assert tail.exponent == pytest.approx(2.5, abs=0.15)
    assert tail.events < tail.of


def test_agrees_with_the_powerlaw_package() -> None:
    powerlaw = pytest.importorskip("powerlaw")
    sizes = power_law(2.5, 3_000, 4)
    ours = stylised.fit_tail(sizes)
    theirs = powerlaw.Fit(sizes, discrete=True, xmin=ours.lower, estimate_discrete=False, verbose=False)
    assert ours.exponent == pytest.approx(theirs.power_law.alpha, abs=0.02)


def test_too_few_or_equal_events_are_refused() -> None:
    with pytest.raises(ValueError, match="50 events"):
        stylised.fit_tail([1, 2, 3])
    with pytest.raises(ValueError, match="same size"):
        stylised.fit_tail([3] * 100)


def test_burstiness_of_a_clock_a_coin_and_bursts() -> None:
    """Coin with p = 0.2 over 20,000 days: the closed form within 0.02 (five standard errors)."""
    clock = np.zeros((1, 1000))
    clock[0, ::10] = 1
    assert stylised.burstiness(clock)[0] == pytest.approx(-1.0)
    coin = philox(5).uniform(size=(1, 20_000)) < 0.2
    expected = (np.sqrt(0.8) - 1) / (np.sqrt(0.8) + 1)
    assert stylised.burstiness(coin)[0] == pytest.approx(expected, abs=0.02)
    bursts = np.zeros((1, 10_000))
    for start in philox(6).integers(0, 9_900, 12):
        bursts[0, start : start + 60] = 1
    assert stylised.burstiness(bursts)[0] > 0.5
    assert np.isnan(stylised.burstiness(np.zeros((1, 50)))[0])


def test_memory_of_noise_and_of_a_slow_wave() -> None:
    noise = philox(7).poisson(50, (200, 36))
    assert abs(np.nanmean(stylised.memory(noise))) < 0.1
    wave = np.exp(3 + np.sin(np.arange(36) / 5.0))[None, :]
    assert stylised.memory(wave)[0] > 0.9
    assert np.isnan(stylised.memory(np.full((1, 12), 3.0))[0])


def ring(size: int = 12) -> np.ndarray:
    near = np.zeros((size, size), dtype=bool)
    for i in range(size):
        near[i, (i + 1) % size] = near[(i + 1) % size, i] = True
    return near


def test_spread_finds_contagion_and_does_not_invent_it() -> None:
    """Independent provinces: ratio within 10 % of 1 (false-alarm rate below 1e-4)."""
    near = ring()
    independent = philox(8).uniform(size=(200, 150, 12)) < 0.05
    beside, alone = stylised.spread_to_neighbours(independent, near)
    assert np.nanmean(beside) / np.nanmean(alone) == pytest.approx(1.0, abs=0.1)
    rng = philox(9)
    catching = np.zeros((50, 150, 12), dtype=bool)
    for week in range(1, 150):
        pressure = catching[:, week - 1].astype(float) @ near
        catching[:, week] = rng.uniform(size=(50, 12)) < 0.02 + 0.2 * pressure
    beside, alone = stylised.spread_to_neighbours(catching, near)
    assert np.nanmean(beside) > 4 * np.nanmean(alone)


def test_season_ratio_and_shares_by_hand() -> None:
    months = np.arange(12) % 12 + 1
    totals = np.where(np.isin(months, (4, 5, 6, 7, 8, 9)), 9.0, 1.0)[None, :]
    assert stylised.season_ratio(totals, months)[0] == pytest.approx(10 / 2)
    with pytest.raises(ValueError, match="both seasons"):
        stylised.season_ratio(totals[:, :2], [1, 2])
    values = np.zeros((2, 3, 4))
    values[0, :, 1], values[0, 0, 2] = 1.0, 3.0
    share = stylised.share_at(values, [False, True, False, False])
    assert share[0] == pytest.approx(0.5)
    assert np.isnan(share[1])
