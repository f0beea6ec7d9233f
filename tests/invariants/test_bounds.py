"""Whatever the parameters in their ranges: no negative stock, no NaN, no share outside 0..1, no explosion, nobody
conjured up, the counts of provinces equal to those of their pockets."""

from __future__ import annotations

import numpy as np
import pytest

from sim import schedule
from sim.ensemble import simulate_points
from sim.outcomes import MEASURES, PLACE_SERIES, SERIES, SERIES_NAMES
from sim.parameters import build_schema
from sim.scenario import Scenario
from sim.single import Bench, open_day
from sim.world.tables import ROWS, TABLES, offset
from tests.worlds import GEOGRAPHY, same_bits

SCHEMA = build_schema()
LOW = np.array([parameter.low for parameter in SCHEMA.parameters])
HIGH = np.array([parameter.high for parameter in SCHEMA.parameters])
WHOLE = np.array([parameter.kind != "float" for parameter in SCHEMA.parameters])
SHARES = [name for name, series in SERIES.items() if series.unit in ("share", "flag")]
MAY_BE_NAN = [m for m in MEASURES if m.endswith("_day")]
SIGNED = {"now": ("snow_shift",), "community": ("valley",), "power": ("*",), "p": ("*",), "jihadist": ("tempo",),
          "front": ("tempo",), "place": ("attaches",)}  # fmt: skip


def world(days: int = 400, start: str = "2021-09-06") -> Scenario:
    end = np.datetime64(start) + days
    return Scenario.from_mapping({"start": start, "end": str(end)}, name="bounds")


def points(n: int, seed: int, corners: bool) -> np.ndarray:
    """Parameter vectors over the whole ranges: uniform, or each parameter at one of its ends."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    share = rng.integers(0, 2, (n, len(LOW))).astype(float) if corners else rng.random((n, len(LOW)))
    values = LOW + share * (HIGH - LOW)
    values[:, WHOLE] = np.rint(values[:, WHOLE])
    return values


def spread(n: int, seed: int) -> np.ndarray:
    """Half of the vectors within the ranges, half at their ends, and all low, all high."""
    return np.concatenate([points(n, seed, False), points(n, seed + 1, True), LOW[None], HIGH[None]])


@pytest.fixture(scope="module")
def block():
    values = spread(90, 5)
    return simulate_points(world(), values, np.arange(len(values)), seed=3, keep_places=True)


def at(bad: np.ndarray) -> str:
    """The parameters of the first run that is out of bounds, for the message."""
    row = int(np.argwhere(bad)[0][0])
    return f"{int(bad.any(axis=tuple(range(1, bad.ndim))).sum())} runs, the first is {row}"


@pytest.mark.parametrize("name", SERIES_NAMES)
def test_no_series_is_negative_or_nan(block, name):
    values = block.national(name)
    assert np.isfinite(values).all(), at(~np.isfinite(values))
    assert (values >= 0.0).all(), at(values < 0.0)


@pytest.mark.parametrize("name", SHARES)
def test_shares_are_shares(block, name):
    values = block.national(name)
    assert (values <= 1.0).all(), at(values > 1.0)


@pytest.mark.parametrize("name", PLACE_SERIES)
def test_no_series_of_a_province_is_negative_or_nan(block, name):
    values = block.places[:, :, :, PLACE_SERIES.index(name)]
    assert np.isfinite(values).all()
    assert (values >= 0.0).all()
    if name in ("control_by_province", "grievance"):
        assert (values <= 1.0).all()


def test_measures_are_numbers(block):
    for name in MEASURES:
        if name not in MAY_BE_NAN:
            assert np.isfinite(block.measure(name)).all(), name
    assert (block.routes >= 0.0).all()
    assert np.isfinite(block.routes).all()


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("districts_held", 7),
        ("valleys_held", 22),
        ("capitals_lost", 34),
        ("attack_provinces", 34),
        ("recognitions", 6),
        ("opposing", 6),
        ("pockets", 160),
        ("militia_active", 1),
        ("economy", 3),
        ("caches", 8017),
        ("forces", 450_000),
        ("militia_fighters", 30_000),
        ("pocket_fighters", 500_000),
        ("iskp_cells", 100_000),
        ("deaths", 200_000),
        ("protests", 10_000),
    ],
)
def test_nothing_explodes(block, name, most):
    """Bounds that follow from the counts of places, or that no force of the country could exceed."""
    assert block.national(name).max() <= most


def test_a_front_does_not_outgrow_its_people(block):
    """It recruits among the people of its home province, of whom a share can be under arms."""
    home = block.values[:, SCHEMA.index("fronts.nrf.home")].astype(int) - 1
    share = block.values[:, SCHEMA.index("muster.most")]
    room = share * GEOGRAPHY.provinces["population"][home] + 1.0
    most = np.maximum(room, block.values[:, SCHEMA.index("fronts.nrf.fighters")])
    assert (block.measure("max_front_fighters") <= 1.2 * most).all()


def test_some_of_these_worlds_are_violent(block):
    """The bounds are tried by worlds in which much happens, or they would say nothing."""
    assert block.measure("deaths").max() > 1e5
    assert block.measure("max_capitals_lost").max() > 10
    assert (block.measure("refugees") > 1e6).any()
    assert len(np.unique(block.measure("ending_code"))) >= 4


def limits() -> tuple[list[str], np.ndarray, np.ndarray]:
    """Every field of every row of the state by its name and place in the block, with the least and the most that
    it may be (tables of a run without the parameters)."""
    size = Bench(world(7), weekly=False).block.size
    names, low, high = [""] * size, np.full(size, -np.inf), np.full(size, np.inf)
    for table, columns in TABLES.items():
        signed = SIGNED.get(table, ())
        for row in range(ROWS[table]):
            for column, field in enumerate(columns):
                place = offset(table) + row * len(columns) + column
                names[place] = f"{table}[{row}].{field.name}"
                if "*" in signed or field.name in signed:
                    continue
                low[place] = -1e-9
                if field.unit in ("share", "flag"):
                    high[place] = 1.0 + 1e-9
    return names, low, high


def test_every_field_of_the_state_stays_in_its_bounds():
    """All tables, looked at every week of 30 worlds at the ends of the ranges."""
    of, (names, low, high) = world(200), limits()
    named = np.array([name != "" for name in names])  # what is not in a table holds whole numbers
    for n, values in enumerate(spread(14, 70)):
        bench = Bench(of, weekly=False)
        bench.prepare(values, 1, n)
        w = bench.world[0]
        schedule.begin(w)
        people = w.community["people"].sum()
        crossed = killed = 0.0
        for day in range(of.days):
            open_day(w, bench.block, day, bench.calendar, bench.events)
            schedule.tick(w, day)
            crossed += w.today.refugees
            killed += w.today.deaths - w.today.deaths_state_based
            if day % 7 == 6:
                wrong = np.flatnonzero(~((bench.block >= low) & (bench.block <= high)) & named)
                assert not len(wrong), [(n, day, names[i], bench.block[i]) for i in wrong[:5]]
                _pockets_are_counted(w)
        # civilians die, people leave and nobody comes: expected numbers leave the communities, Poisson numbers cross
        gone = people - w.community["people"].sum() - killed
        assert gone >= 0.0
        assert abs(gone - crossed) <= 6.0 * np.sqrt(gone) + len(w.community) + 6.0


def _pockets_are_counted(w: np.record) -> None:
    active = w.pocket["active"] > 0
    homes = w.pocket["home"][active].astype(int)
    np.testing.assert_array_equal(w.province["pockets"], np.bincount(homes, minlength=34))
    fighters = np.bincount(homes, w.pocket["fighters"][active], 34)
    np.testing.assert_allclose(w.province["pocket_fighters"], fighters, atol=1e-6)
    assert len(np.unique(w.pocket["identity"][active])) == active.sum()
    assert (w.front["elite"] <= w.front["main"] + 1e-9).all()


def test_parameters_are_not_written_by_rules():
    """A run reads its parameters; nothing but a dated event changes them."""
    of = world(120)
    bench, measures = Bench(of), np.empty(len(MEASURES))
    for n, values in enumerate(spread(3, 40)):
        bench.run(values, 1, n, measures)
        assert same_bits(bench.block[of.layout.parameter_at], values)


def test_caches_only_go(block):
    """Caches are found, rust or arm somebody; none comes to be."""
    caches = block.national("caches")
    assert (np.diff(caches, axis=1) <= 0.0).all()


def test_tallies_of_the_past_only_grow(block):
    for name in ("attack_provinces", "groups", "returned"):
        assert (np.diff(block.national(name), axis=1) >= 0.0).all(), name


def test_parts_are_parts(block):
    assert (block.national("deaths_state_based") <= block.national("deaths")).all()
    to = sum(block.national(f"refugees_{way}") for way in ("iran", "pakistan", "north"))
    np.testing.assert_allclose(block.national("refugees"), to, rtol=1e-6)
