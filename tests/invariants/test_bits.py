"""The same run is the same bits: through Mesa or compiled, on any threads, in any order, in ordinary Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from sim.ensemble import simulate_points
from sim.model import OutlookModel
from sim.outcomes import MEASURES
from sim.scenario import Scenario
from sim.single import Bench
from tests.worlds import certain, runs, same_bits, scenario

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(path.stem for path in (ROOT / "configs" / "scenario").glob("*.yaml"))
SHORT = 120


def shortened(whole: Scenario, days: int = SHORT) -> Scenario:
    """The scenario with a near horizon; its later events come to pass within it, in their order."""
    mapping = whole.to_mapping()
    end = whole.start + timedelta(days=days)
    mapping["end"] = end.isoformat()
    mapping["questions"] = []
    for n, event in enumerate(mapping["events"]):
        late = date.fromisoformat(event["date"]) >= end
        if late:
            event["date"] = (whole.start + timedelta(days=days // 2 + n)).isoformat()
    return Scenario.from_mapping(mapping, name=whole.name)


def compiled_run(of: Scenario, seed: int, replicate: int) -> tuple[Bench, np.ndarray]:
    bench, measures = Bench(of), np.empty(len(MEASURES))
    bench.run(of.draw(np.array([replicate]), seed)[0], seed, replicate, measures)
    return bench, measures


def agree(of: Scenario, seed: int, replicate: int) -> None:
    """Mesa's run and the compiled one leave the same state, series, series by place and measures."""
    model = OutlookModel(of, seed=seed, replicate=replicate, walk=True).run()
    bench, measures = compiled_run(of, seed, replicate)
    assert same_bits(model.bench.series, bench.series), _first_difference(model.bench.series, bench.series)
    assert same_bits(model.bench.places, bench.places)
    assert same_bits(model.bench.flows, bench.flows)
    assert same_bits(model.bench.world, bench.world)
    assert same_bits(np.array(list(model.measures.values())), measures)


def _first_difference(ours: np.ndarray, theirs: np.ndarray) -> str:
    from sim.outcomes import SERIES_NAMES

    day, column = np.argwhere(ours != theirs)[0]
    return f"day {day}, {SERIES_NAMES[column]}: Mesa {ours[day, column]}, compiled {theirs[day, column]}"


@pytest.mark.parametrize("name", NAMES)
def test_mesa_and_compiled_are_the_same(name):
    """Every scenario and three seeds, with its own draw of what is uncertain, on a short horizon."""
    short = shortened(scenario(name))
    assert len(short.events) == len(scenario(name).events)
    for seed in (1, 2, 3):
        agree(short, seed, seed)


@pytest.mark.parametrize(("name", "seed"), [("everything_against_kabul", 4), ("siege_soviet_1980s", 5)])
def test_mesa_and_compiled_are_the_same_to_the_horizon(name, seed):
    agree(scenario(name), seed, 0)


@pytest.fixture(scope="module")
def study():
    """Twelve replicates of half a year, run one after the other in one thread."""
    of = shortened(scenario("everything_against_kabul"), 180)
    return of, runs(of, 12, seed=9, threads=1, keep_places=True)


def parts(block) -> list[np.ndarray]:
    return [block.measures, block.series, block.places, block.routes, block.event_sizes]


@pytest.mark.parametrize("threads", [2, 3, 8, 50])
def test_any_number_of_threads(study, threads):
    of, reference = study
    again = runs(of, 12, seed=9, threads=threads, keep_places=True)
    assert all(same_bits(a, b) for a, b in zip(parts(again), parts(reference), strict=True))


def test_any_order_and_any_chunks(study):
    of, reference = study
    order = np.array([7, 0, 11, 3, 5, 9, 1, 2, 10, 4, 8, 6])
    for chunk in (1, 5, 12):
        for first in range(0, 12, chunk):
            rows = order[first : first + chunk]
            block = simulate_points(of, reference.values[rows], rows, 9, threads=2, keep_places=True)
            for ours, theirs in zip(parts(block), parts(reference), strict=True):
                assert same_bits(ours, theirs[rows])


def test_what_is_kept_changes_nothing(study):
    of, reference = study
    bare = runs(of, 12, seed=9, keep_series=False)
    assert bare.series is None
    assert same_bits(bare.measures, reference.measures)


def test_replicates_and_seeds_differ(study):
    of, reference = study
    assert len(np.unique(reference.measures, axis=0)) == 12
    assert not same_bits(runs(of, 12, seed=10).series, reference.series)
    fixed = certain("everything_against_kabul")
    luck = simulate_points(fixed, np.repeat(fixed.values[None], 4, axis=0), np.arange(4), 1)
    assert len(np.unique(luck.measure("deaths"))) == 4


def test_nothing_is_remembered_between_runs():
    """A, B, A: a run leaves no trace in another, on the same bench or a new one."""
    a, b = shortened(scenario("siege_2021")), shortened(scenario("corridor_opens"))
    first, _ = compiled_run(a, 1, 0)
    compiled_run(b, 1, 0)
    second, _ = compiled_run(a, 1, 0)
    assert same_bits(first.world, second.world)
    reference, out = second.series.copy(), np.empty(len(MEASURES))
    second.run(a.draw(np.array([5]), 1)[0], 1, 5, out)
    assert not same_bits(second.series, reference)
    second.run(a.draw(np.array([0]), 1)[0], 1, 0, out)
    assert same_bits(second.series, reference)
    assert same_bits(second.world, first.world)


def test_two_models_side_by_side_do_not_touch_each_other():
    a, b = shortened(scenario("harsh_control"), 40), shortened(scenario("siege_2021"), 40)
    ours, theirs = OutlookModel(a, seed=1), OutlookModel(b, seed=1)
    for _ in range(40):
        ours.step()
        theirs.step()
    assert same_bits(ours.bench.world, OutlookModel(a, seed=1).run().bench.world)
    assert same_bits(theirs.bench.world, OutlookModel(b, seed=1).run().bench.world)


def test_an_observer_changes_nothing():
    """A data collector that reads every attribute of every agent each day leaves the run as it was."""
    import mesa

    of = shortened(scenario("everything_against_kabul"), 35)
    plain, watched = OutlookModel(of, seed=2).run(), OutlookModel(of, seed=2)
    fields = {
        kind: [name for name, value in vars(kind).items() if isinstance(value, property)]
        for kind in {type(agent) for agent in watched.agents}
    }

    def everything(agent) -> float:
        return sum(getattr(agent, name) for name in fields.setdefault(type(agent), []))

    observer = mesa.DataCollector(
        model_reporters={"deaths": lambda m: m.series["deaths"].sum(), "ending": "ending"},
        agent_reporters={"sum": everything},
    )
    while watched.running:
        watched.step()
        observer.collect(watched)
    seen = observer.get_agent_vars_dataframe()
    assert len(seen) > 35 * 300
    assert np.isfinite(seen["sum"]).all()
    assert same_bits(plain.bench.world, watched.bench.world)
    assert same_bits(plain.bench.series, watched.bench.series)


PROGRAM = """
import hashlib, json, sys
import numpy as np
from sim.outcomes import MEASURES
from sim.scenario import Scenario
from sim.single import Bench
found = []
for mapping in json.loads(sys.stdin.read()):
    scenario = Scenario.from_mapping(mapping, name="plain")
    bench, measures = Bench(scenario), np.empty(len(MEASURES))
    bench.run(scenario.draw(np.array([3]), 11)[0], 11, 3, measures)
    found.append([hashlib.sha256(a.tobytes()).hexdigest() for a in (bench.world, bench.series, bench.places, measures)])
print(json.dumps(found))
"""


def test_ordinary_python_gives_the_same_bits():
    """Three weeks of two scenarios, once compiled and once with compilation switched off."""
    mappings = [
        shortened(scenario(name), 21).to_mapping() for name in ("siege_2021", "everything_against_kabul")
    ]

    def hashes(disabled: str) -> list:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            input=json.dumps(mappings),
            env={**os.environ, "NUMBA_DISABLE_JIT": disabled, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=600,
            cwd=ROOT,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    assert hashes("1") == hashes("0")
