"""Changes of state by a scenario: set, add and multiply within bounds; what would change nothing is refused."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

from sim import schedule
from sim.changes import Change
from sim.model import OutlookModel
from sim.parameters import ENTITY_KINDS, GLOBAL_PARAMETERS, build_schema
from sim.parameters.starts import becomes
from sim.scenario import ScenarioError
from sim.single import Bench, open_day
from sim.world.tables import TABLES, layout_of
from tests.worlds import runs, same_bits, scenario, small

MODEL = Path(schedule.__file__).parent
DAY = "2021-09-16"


def at_once(path: str, change: object, before: float) -> float:
    """What a change of a day makes of a field."""
    bench = Bench(small(30, events=[{"date": DAY, "state": {path: change}}]))
    bench.prepare(bench.scenario.values, 1, 0)
    place = bench.scenario.layout.paths[path]
    bench.block[place] = before
    for tick in range(12):
        open_day(bench.world[0], bench.block, tick, bench.calendar, bench.events)
    return float(bench.block[place])


@pytest.mark.parametrize(
    ("path", "change", "before", "after"),
    [
        ("front.nrf.main", 700, 500.0, 700.0),
        ("front.nrf.main", {"set": 700}, 500.0, 700.0),
        ("front.nrf.main", {"add": 250}, 500.0, 750.0),
        ("front.nrf.main", {"add": -800}, 500.0, 0.0),
        ("front.nrf.main", {"multiply": 0.5}, 500.0, 250.0),
        ("cache.Kabul.count", {"multiply": 0.5}, 5.0, 3.0),
        ("government.kabul.services", {"add": 0.9}, 0.5, 1.0),
        ("power.iran.shock_left", {"multiply": 2}, -0.2, -0.4),
        ("jihadist.iskp.fighters", {"multiply": 1000}, 9000.0, 1e6),
    ],
)
def test_a_change_sets_adds_or_multiplies_within_bounds(path, change, before, after):
    assert at_once(path, change, before) == pytest.approx(after)


@pytest.mark.parametrize(
    ("event", "key", "hint"),
    [
        ({"set": {"taliban.force_start": 50000}}, "set.taliban.force_start", "government.kabul.forces"),
        ({"set": {"fronts.nrf.ammunition": 5}}, "set.fronts.nrf.ammunition", "front.nrf.ammo"),
        ({"set": {"fronts.nrf.fighters": 5}}, "set.fronts.nrf.fighters", "front.nrf.main"),
        ({"set": {"caches.abundance": 3}}, "set.caches.abundance", "cache.PROVINCE.count"),
        ({"set": {"community.unity": 1}}, "set.community.unity", "community.VALLEY.elders"),
        ({"set": {"iskp.fighters": 1}}, "set.iskp.fighters", "jihadist.iskp.fighters"),
        ({"state": {"front.nrf.raid_rate": 1}}, "state.front.nrf.raid_rate", "set: {fronts.nrf.raid_rate"),
        ({"state": {"front.nrf.fighters": 1}}, "state.front.nrf.fighters", "front.nrf.main"),
        ({"state": {"community.Kabul.cover": 1}}, "state.community.Kabul.cover", "a field that lasts"),
        ({"state": {"pocket.3.home": 500}}, "state.pocket.3.home", "not fixed"),
        ({"state": {"government.kabul.services": 7}}, "state.government.kabul.services", "from 0 to 1"),
        ({"state": {"province.Balkh.held": 0.5}}, "state.province.Balkh.held", "0 or 1"),
        ({"state": {"front.nrf.main": {"ad": 1}}}, "state.front.nrf.main", "{add: ...}"),
        ({"state": {"front.nrf.main": {"add": 1, "multiply": 2}}}, "state.front.nrf.main", "{add: ...}"),
        ({"state": {"front.nrf.main": {"add": float("nan")}}}, "state.front.nrf.main", "to add"),
        ({"state": {"front.nrf.main": {"multiply": -1}}}, "state.front.nrf.main", "a factor from 0"),
        ({"state": {"front.nrf.ammo.mul": 3}}, "state.front.nrf.ammo.mul", "{multiply: ...}"),
        ({"state": {"front.nrf.man": 3}}, "state.front.nrf.man", "table.row.field"),
    ],
)
def test_what_would_change_nothing_or_break_the_world_is_refused(event, key, hint):
    with pytest.raises(ScenarioError) as caught:
        small(30, events=[{"date": DAY, **event}])
    (problem,) = caught.value.problems
    assert problem.key == f"events[0].{key}"
    assert hint in problem.allowed


def test_the_nearest_path_is_one_that_can_be_changed():
    with pytest.raises(ScenarioError) as caught:
        small(30, state={"front.nrf.man": 3})
    assert caught.value.problems[0].nearest == "front.nrf.main"


def test_changes_are_written_and_read_alike():
    state = {"front.nrf.main": {"multiply": 0.5}, "province.Balkh.held": 0}
    given = small(30, state=state, events=[{"date": DAY, "state": {"cache.Kabul.count": {"add": 10}}}])
    mapping = given.to_mapping()
    assert mapping["state"] == {"front.nrf.main": {"multiply": 0.5}, "province.Balkh.held": 0.0}
    again = small(30, state=mapping["state"], events=mapping["events"])
    assert again.hash == given.hash
    assert again.state["front.nrf.main"] == Change("multiply", 0.5)
    assert given.events[0].changes == ["cache.Kabul.count + 10"]


def test_mesa_and_compiled_make_the_same_of_changes():
    """Every verb, on a day of the week and between two."""
    events = [
        {
            "date": "2021-09-20",
            "state": {"front.nrf.main": {"multiply": 0.3}, "cache.Kabul.count": {"multiply": 0.37}},
        },
        {
            "date": "2021-09-24",
            "state": {"jihadist.iskp.fighters": {"add": 500}, "garrison.Kabul.cohesion": 0.2},
        },
    ]
    of = small(60, events=events, state={"government.kabul.forces": {"multiply": 0.5}})
    walked, plain = OutlookModel(of, seed=3, walk=True).run(), OutlookModel(of, seed=3).run()
    assert same_bits(walked.bench.world, plain.bench.world)
    assert same_bits(walked.bench.series, plain.bench.series)
    assert not same_bits(plain.bench.series, OutlookModel(small(60), seed=3).run().bench.series)


def test_a_front_that_is_no_more_keeps_nothing_and_rises_with_new_men():
    start = {"fronts": {"nrf": {"fighters": 0}}}
    gone = runs(small(60, **start), 1)
    assert gone.national("front_ammunition").max() == 0.0
    event = {"date": DAY, "state": {"front.nrf.main": 2000, "front.nrf.stores": 40000}}
    back = runs(small(60, events=[event], **start), 1).national("front_fighters")[0]
    assert back[:10].max() == 0.0
    assert back[-1] > 500.0


# --- which parameters are read at the start alone ---


def _functions() -> dict[tuple[str, str], tuple[set[str], set[tuple[str, str]]]]:
    """Functions of the model: the attributes that each reads, and the names that it may call."""
    found = {}
    for file in MODEL.rglob("*.py"):
        if file.parent.name == "parameters":
            continue
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                inside = list(ast.walk(node))
                reads = {
                    n.attr for n in inside if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Load)
                }
                calls = {("", n.id) for n in inside if isinstance(n, ast.Name)}
                calls |= {(n.value.id, n.attr) for n in inside
                          if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)}  # fmt: skip
                found[file.stem, node.name] = (reads, calls)
    return found


def read_by_ticks() -> set[str]:
    """Every attribute that a rule of some tick may read."""
    functions, seen, todo = _functions(), set(), [("schedule", "tick")]
    while todo:
        one = todo.pop()
        if one in seen or one not in functions:
            continue
        seen.add(one)
        for module, name in functions[one][1]:
            module = "season" if module == "clock" else module
            todo += [(module, name)] if module else [key for key in functions if key[1] == name != "begin"]
    return set().union(*(functions[one][0] for one in seen))


def test_parameters_that_events_may_set_are_read_by_rules_of_a_tick():
    """And those that they may not set are not: the table of the two is whole."""
    read = read_by_ticks()
    for parameter in GLOBAL_PARAMETERS:
        assert (becomes(parameter.name) is None) == (parameter.name.replace(".", "_") in read), parameter.name
    for kind, templates in ENTITY_KINDS.items():
        shared = {
            field.name for table in ("pocket", "militia", "garrison", "jihadist") for field in TABLES[table]
        }
        for parameter in templates:
            if kind != "fronts" or parameter.name not in shared:  # a name of two tables tells nothing
                start_only = becomes(f"{kind}.x.{parameter.name}") is not None
                assert start_only == (parameter.name not in read), parameter.name


def test_the_state_that_a_parameter_becomes_can_be_changed():
    schema = build_schema()
    layout = layout_of(schema)
    for name in schema.names:
        if path := becomes(name):
            table, row, field = path.split(".")
            where = next(iter(layout.rows[table])) if row.isupper() else row
            assert not layout.field(f"{table}.{where}.{field}").kept, name


#: What each of them changes needs a chain of rare events; that rules read them is tested above.
RARE = {"talks.goodwill_of_concession", "talks.goodwill_halflife", "settlement.broken", "bands.leader_will",
        "bands.untreated", "militia.least", "militia.sent_home", "siege.subversion", "siege.betrayal",
        "siege.stand_ammunition", "siege.machines_lost", "militias.fatemiyoun.patron",
        "powers.china.support"}  # fmt: skip


@pytest.mark.slow
def test_every_parameter_that_an_event_may_set_changes_some_run():
    """Set to an end of its range in the midst of a run, it changes a series of some scenario."""
    worlds = ("everything_against_kabul", "siege_2021", "siege_soviet_1980s", "prudent_inclusive_government",
              "pakistan_backs_kabul", "siege_taliban_1996_2001", "baseline")  # fmt: skip
    left = {name for name in build_schema().names if becomes(name) is None} - RARE
    for name in worlds:
        for first, seed in ((2, 1), (203, 2), (350, 3)):
            left -= _changing(scenario(name), first, seed, left)
    assert not left


def _changing(of, first: int, seed: int, names: set[str]) -> set[str]:
    """Which parameters change the eight months after a day of a run."""
    bench, last = Bench(of), min(of.days, first + 240)
    bench.prepare(of.draw(np.array([seed]), 1)[0], 1, seed)
    schedule.begin(bench.world[0])
    bench.go(0, first)
    kept = bench.world.copy()

    def after() -> bytes:
        bench.go(first, last)
        parts = (
            bench.series[first:last],
            bench.places[first // 7 : last // 7],
            bench.flows[first // 7 : last // 7],
        )
        return b"".join(part.tobytes() for part in parts)

    plain, found = after(), set()
    for name in sorted(names):
        parameter, place = of.schema[name], of.layout.parameter_at[of.schema.index(name)]
        for value in (parameter.low, parameter.high):
            bench.world[:] = kept
            bench.block[place] = value
            if after() != plain:
                found.add(name)
                break
    return found
