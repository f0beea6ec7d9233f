"""Ledgers of people, fighters, weapons, money and supplies: every step of a tick has its named sources and sinks, in
any world of the schema and whatever its events do."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sim import outcomes, schedule
from sim.ensemble import simulate_points
from sim.mechanisms.casualties import LEAST_FORCE
from sim.outcomes import PLACE_SERIES, SERIES_NAMES
from sim.parameters import build_schema
from sim.parameters.starts import becomes
from sim.scenario import Scenario
from sim.single import Bench, open_day, record
from sim.world.tables import layout_of
from tests.invariants.test_bounds import limits

START = date(2021, 9, 6)
SCHEMA = build_schema()
LAYOUT = layout_of(SCHEMA)
SETTABLE = [p for p in SCHEMA.parameters if becomes(p.name) is None]
CHANGEABLE = [path for path in LAYOUT.paths if not LAYOUT.field(path).kept]
STOCKS = ("people", "soldiers", "front", "pocket", "militia", "rival", "rebels", "caches", "arms", "ammo", "food",
          "medicine", "machines", "dead", "dead_civilians", "crossed", "column")  # fmt: skip

#: Step to the stocks that it may raise and those that it may lower; no other step changes any of them. Recruits stay
#: counted among the people that they live with; births and deaths by nature are no part of the model.
LEDGER: dict[str, tuple[str, str]] = {
    "power.weekly": ("dead dead_civilians", "people"),  # strikes
    "government.weekly": (
        "soldiers column",
        "soldiers column",
    ),  # recruits, deserters; campaigns lend and give back
    "community.weekly": (
        "dead dead_civilians rebels",
        "people soldiers",
    ),  # shootings; risings with mutineers
    "refuge.cross": ("crossed", "people"),
    "garrison.weekly": ("dead dead_civilians", "people soldiers caches"),  # searches, quarrels, revenge
    "cache.weekly": ("pocket arms", "caches"),  # rust; new pockets
    "militia.weekly": ("dead arms", "militia soldiers"),  # the homesick, capitals; the patron's arms
    "front.weekly": (
        "front ammo food medicine",
        "front ammo caches machines food medicine",
    ),  # supply, muster
    "schedule.clear_valleys": ("dead dead_civilians", "front soldiers column people ammo"),
    "pocket.weekly": (
        "dead pocket arms",
        "pocket arms caches soldiers",
    ),  # recruits and finds; desertion and wear
    "jihadist.weekly": ("rival dead dead_civilians", "rival people"),
    "siege.command": ("column", "column"),
    "front.daily": ("dead dead_civilians ammo", "front soldiers column people ammo food medicine machines"),
    "militia.daily": ("dead dead_civilians", "militia soldiers people"),
    "pocket.daily": ("dead dead_civilians arms", "pocket soldiers people arms"),
    "jihadist.daily": ("dead dead_civilians", "soldiers people"),
    "garrison.daily": ("dead dead_civilians rebels", "soldiers people rebels pocket arms"),
}


def stocks(w: np.record) -> dict[str, float]:
    """Every stock of the country, and the day's dead and refugees so far."""
    today, front = w.today, w.front
    active = w.pocket["active"] > 0.0
    return {
        "people": w.community["people"].sum(), "soldiers": w.government.forces, "front": front["main"].sum(),
        "pocket": w.pocket["fighters"][active].sum(), "rival": w.jihadist.fighters,
        "militia": w.militia["asleep"].sum() + w.militia["fighters"].sum(), "rebels": w.community["rising"].sum(),
        "caches": w.cache["count"].sum(), "arms": w.pocket["arms"][active].sum(), "ammo": front["ammo"].sum(),
        "food": front["stores"].sum(), "medicine": front["drugs"].sum(), "machines": front["machines"].sum(),
        "dead": today.deaths, "dead_civilians": today.deaths - today.deaths_state_based,
        "crossed": today.refugees_iran + today.refugees_pakistan + today.refugees_north,
        "column": w.government.column,
    }  # fmt: skip


def name_of(step: schedule.Step) -> str:
    return f"{step.rule.__module__.rpartition('.')[2]}.{step.rule.__name__}"


def walk(w: np.record, step: schedule.Step, tick: int) -> None:
    """A step of the schedule, as the Mesa model walks it."""
    if not step.agents:
        step.rule(w, tick)
        return
    table = w[step.agents]
    rows = {"front": w.fronts, "militia": w.militias, "power": w.powers}.get(step.agents, len(table))
    for row in range(rows):
        if step.agents != "pocket" or table[row]["active"]:
            step.rule(w, row, tick)


def near(a: float, b: float, of: float) -> bool:
    return abs(a - b) <= 1e-6 + 1e-9 * abs(of)


def audit(name: str, before: dict[str, float], after: dict[str, float], w: np.record) -> None:
    """What a step changed has a named source or sink, and the books balance."""
    # a government that stands has some soldiers: its force is told from the least on
    before = {**before, "soldiers": max(before["soldiers"], LEAST_FORCE)}
    after = {**after, "soldiers": max(after["soldiers"], LEAST_FORCE)}
    gain = {stock: after[stock] - before[stock] for stock in STOCKS}
    up, down = (set(words.split()) for words in LEDGER.get(name, ("", "")))
    for stock, change in gain.items():
        slack = 1e-6 + 1e-9 * abs(before[stock])
        assert change <= slack or stock in up, f"{name} raises {stock} by {change}"
        assert change >= -slack or stock in down, f"{name} lowers {stock} by {-change}"
    dead, civilians = gain["dead"], gain["dead_civilians"]
    assert dead >= civilians - 1e-6
    soldiers, fighters = -gain["soldiers"], -gain["front"] - gain["pocket"] - gain["militia"] - gain["rebels"]
    if name in ("front.daily", "militia.daily", "pocket.daily", "schedule.clear_valleys"):
        killed = dead - civilians
        lost = soldiers + fighters
        assert killed <= lost + 1e-6 + 1e-9 * before["soldiers"] or w.government.forces <= LEAST_FORCE, (
            f"{name}: {killed} killed in fights, {lost} lost"
        )
    if name == "refuge.cross":
        people = before["people"]
        assert near(-gain["people"], gain["crossed"], people) or after["people"] < 1000, f"{gain}"
    elif "people" in down:
        assert -gain["people"] <= civilians + 1e-6 + 1e-9 * before["people"], f"{name}: {gain}"
    if name == "cache.weekly":
        assert gain["arms"] <= -gain["caches"] * w.p.caches_arms + 1e-6
        assert gain["pocket"] <= -gain["caches"] * w.p.pockets_cell + 1e-6
    if name == "siege.command":
        assert w.government.column <= w.government.forces + 1e-6
    if name == "government.weekly":
        balance(w)


def balance(w: np.record) -> None:
    """Kabul spends no more than it has, and every man of the force stands in one place."""
    gov, p = w.government, w.p
    security = gov.revenue * p.taliban_security_share
    assert (
        gov.pay * gov.forces * p.taliban_wage / 52e6 <= security * 1.5 + 1e-6
    )  # new men are paid from next week on
    assert gov.funding * p.economy_need / 52.0 <= gov.revenue - security + gov.aid + 1e-6
    placed = gov.reserve + gov.stationed + gov.column - gov.lent
    assert placed <= max(gov.forces, gov.column) + 1e-6  # deserters of the column leave it later that day
    assert gov.reserve >= 0.0
    assert gov.stationed >= 0.0


def some_event(rng: np.random.Generator, days: int) -> dict:
    """An event that sets some parameters and changes some state, each as far as it may be."""
    event: dict = {"date": str(START + timedelta(days=int(rng.integers(days)))), "set": {}, "state": {}}
    for n in rng.integers(len(SETTABLE), size=3):
        parameter = SETTABLE[n]
        value = rng.choice([parameter.low, parameter.high, parameter.default])
        event["set"][parameter.name] = float(value)
    for n in rng.integers(len(CHANGEABLE), size=12):
        field = LAYOUT.field(CHANGEABLE[n])
        low, high = field.bounds
        value = float(rng.choice([low, high, low + rng.random() * min(1.0, high - low)]))
        if field.unit == "flag":
            value = float(value > 0.5)
        verb = str(rng.choice(["set", "add", "multiply"]))
        value = min(value, 1000.0) if verb == "multiply" else value
        value = max(value, 0.0) if verb == "multiply" else value
        event["state"][CHANGEABLE[n]] = {verb: value}
    return event


def some_world(rng: np.random.Generator, days: int) -> Scenario:
    """A world anywhere in the schema, with events."""
    end = START + timedelta(days=days)
    return Scenario.from_mapping(
        {"start": str(START), "end": str(end), "events": [some_event(rng, days) for _ in range(4)]},
        name="ledger",
    )


def some_values(rng: np.random.Generator) -> np.ndarray:
    """Parameters of a world: each anywhere in its range, at an end of it, or at its default."""
    low = np.array([p.low for p in SCHEMA.parameters])
    high = np.array([p.high for p in SCHEMA.parameters])
    where = rng.random(len(low)) if rng.random() < 0.5 else rng.integers(0, 2, len(low))
    values = low + where * (high - low)
    values = np.where(rng.random(len(low)) < rng.random(), SCHEMA.defaults(), values)
    whole = np.array([p.kind != "float" for p in SCHEMA.parameters])
    return np.where(whole, np.rint(values), values)


def check_state(bench: Bench) -> None:
    """No field of the state is negative, no number or out of its bounds."""
    names, low, high = limits()
    named = np.array([name != "" for name in names])
    block = bench.block
    assert np.isfinite(block[named]).all(), np.array(names)[named & ~np.isfinite(np.where(named, block, 0.0))]
    bad = named & ((block < low) | (block > high))
    assert not bad.any(), [(names[n], block[n]) for n in np.flatnonzero(bad)[:5]]


def keep_books(seed: int, days: int) -> None:
    """Walk a world day by day and audit each step."""
    rng = np.random.default_rng(seed)
    bench = Bench(some_world(rng, days))
    bench.prepare(some_values(rng), int(rng.integers(1000)), 0)
    w = bench.world[0]
    schedule.begin(w)
    for tick in range(days):
        open_day(w, bench.block, tick, bench.calendar, bench.events)
        for step in schedule.SCHEDULE:
            if tick % step.every:
                continue
            before = stocks(w)
            walk(w, step, tick)
            audit(name_of(step), before, stocks(w), w)
        record(w, bench.block, tick, bench.series, bench.places, bench.flows)
    check_state(bench)
    assert np.isfinite(bench.series).all()
    assert (bench.series >= 0.0).all()


def tables_agree(seed: int, days: int) -> None:
    """Provinces by week add up to the country by day, and parts to their whole."""
    rng = np.random.default_rng(seed)
    of = some_world(rng, days)
    block = simulate_points(of, some_values(rng)[None], np.arange(1), 1, keep_places=True)
    series = {name: block.series[0, :, n].astype(float) for n, name in enumerate(SERIES_NAMES)}
    places = {name: block.places[0, :, :, n].astype(float) for n, name in enumerate(PLACE_SERIES)}
    weeks = block.places.shape[1]
    attacks = sum(series[f"attacks_{who}"] for who in ("front", "pockets", "militia", "iskp"))
    for name, national in {**series, "attacks": attacks}.items():
        if name in ("deaths", "attacks", "protests", "risings", "refugees"):
            by_week = national[: weeks * 7].reshape(weeks, 7).sum(1)
            np.testing.assert_allclose(places[name].sum(1), by_week, rtol=1e-4, atol=0.5, err_msg=name)
    np.testing.assert_allclose(
        places["pockets"].sum(1), series["pockets"][6 : weeks * 7 : 7], err_msg="pockets"
    )
    who = ("front", "pockets", "militia", "iskp", "risings", "government_civilians")
    assert (sum(series[f"deaths_{name}"] for name in who) <= series["deaths"] * (1 + 1e-6) + 1e-3).all()
    borders = sum(series[f"refugees_{to}"] for to in ("iran", "pakistan", "north"))
    np.testing.assert_allclose(borders, series["refugees"], rtol=1e-5)
    for name in outcomes.MEASURES:
        if name in series:
            np.testing.assert_allclose(block.measure(name)[0], series[name].sum(), rtol=1e-5, err_msg=name)


def worlds(examples: int, long: bool = False):
    return settings(max_examples=examples, deadline=None, database=None, derandomize=not long,
                    suppress_health_check=list(HealthCheck), phases=[Phase.generate])  # fmt: skip


SEEDS = st.integers(0, 2**63)


@worlds(6)
@given(seed=SEEDS)
def test_every_step_has_its_sources_and_sinks(seed):
    keep_books(seed, 25)


@worlds(15)
@given(seed=SEEDS)
def test_tables_and_series_agree(seed):
    tables_agree(seed, 200)


@pytest.mark.slow
@worlds(60, long=True)
@given(seed=SEEDS)
def test_books_of_many_worlds(seed):
    keep_books(seed, 60)


@pytest.mark.slow
@worlds(500, long=True)
@given(seed=SEEDS)
def test_tables_of_many_worlds(seed):
    tables_agree(seed, 500)


def test_the_ledger_names_steps_of_the_schedule():
    assert set(LEDGER) <= {name_of(step) for step in schedule.SCHEDULE}
