"""People who live in other tools drive the model through its public names: examples that are kept running."""

from __future__ import annotations

import inspect

import mesa
import numpy as np
import pytest

from experiments import load_scenario
from sim import OutlookModel, simulate

SERVICE, CACHES = "taliban.service_delivery", "caches.abundance"


@pytest.fixture(scope="module")
def scenario():
    """Three months of the baseline."""
    return load_scenario("baseline", ["end=2021-12-06"])


def test_ema_workbench_runs_experiments(scenario):
    """The model as a function of two uncertainties with three replicates an experiment."""
    ema = pytest.importorskip("ema_workbench")

    def outlook(service_delivery: float, abundance: float) -> dict[str, float]:
        changed = scenario.with_values({SERVICE: service_delivery, CACHES: abundance})
        runs = simulate(changed, replicates=3, seed=1, threads=1, keep_places=False).runs
        return {"deaths": runs["deaths"].mean(), "grievance": runs["final_grievance"].mean()}

    model = ema.Model("outlook", function=outlook)
    model.uncertainties = [
        ema.RealParameter("service_delivery", 0.0, 1.0),
        ema.RealParameter("abundance", 0.2, 3.0),
    ]
    model.outcomes = [ema.ScalarOutcome("deaths"), ema.ScalarOutcome("grievance")]
    experiments, outcomes = ema.perform_experiments(model, scenarios=5)
    assert len(experiments) == 5
    first = experiments.iloc[0]
    again = outlook(first["service_delivery"], first["abundance"])
    assert outcomes["deaths"][0] == again["deaths"]
    assert outcomes["grievance"][0] == again["grievance"]


def test_salib_samples_and_analyses(scenario):
    """Morris' elementary effects of services and caches on grievance; all points share their luck."""
    from SALib.analyze import morris as analyse
    from SALib.sample import morris as sample

    problem = {"num_vars": 2, "names": [SERVICE, CACHES], "bounds": [[0.0, 1.0], [0.2, 3.0]]}
    points = sample.sample(problem, 3, seed=1)
    grievance = [
        simulate(scenario.with_values(dict(zip(problem["names"], point, strict=True))), replicates=2, seed=1,
                 threads=1, keep_places=False).runs["final_grievance"].mean()
        for point in points
    ]  # fmt: skip
    found = analyse.analyze(problem, points, np.array(grievance))
    assert list(found["names"]) == problem["names"]
    assert found["mu_star"][0] > 0.0


@pytest.mark.skipif(not hasattr(mesa, "batch_run"), reason="Mesa 4 has no batch_run")
def test_mesa_batch_run_steps_the_model(scenario):
    """``mesa.batch_run`` over replicates: its last row of each run is the compiled run, to the last bit."""
    replicates = [0, 1]
    newer = "rng" in inspect.signature(mesa.batch_run).parameters  # which takes seeds there alone
    rows = mesa.batch_run(
        OutlookModel,
        parameters={"scenario": scenario, "replicate": replicates} | ({} if newer else {"seed": 1}),
        **({"rng": [1]} if newer else {"iterations": 1}),
        max_steps=scenario.days + 1,
        number_processes=1,
        data_collection_period=-1,
        display_progress=False,
    )
    found = {row["replicate"]: row for row in rows}
    assert sorted(found) == replicates
    compiled = simulate(scenario, replicates=2, seed=1, threads=1, keep_places=False)
    for replicate in replicates:
        for name in ("pockets", "grievance", "front_fighters"):
            assert found[replicate][name] == compiled.series[name][replicate, -1]
