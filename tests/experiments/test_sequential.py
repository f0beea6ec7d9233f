"""The second scheme: agrees with the first where it should, goes on after a stop, the same bits each time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from experiments.forecast.posterior import UnitSpace, infer
from experiments.forecast.sample import make_sample
from experiments.forecast.sequential import Search, UnitPrior
from tests.experiments import calibration_worlds as worlds


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory):
    """Plan, sample of 1,000 runs, its space and posterior."""
    plan = worlds.plan()
    sample = make_sample(plan, Path(tmp_path_factory.mktemp("sample")) / "s", 1000)
    space = UnitSpace.of(plan.names, plan.scenario.space.priors, plan.scenario.schema)
    return plan, sample, space, infer(sample, plan.targets, space, 150, 300)


def search(parts, folder: Path, **more) -> Search:
    plan, sample, space, _ = parts
    return Search(plan, sample, space, ("iskp.attack_rate", "pockets.raid_rate"), folder, **more)


def test_agrees_with_the_regression_on_what_the_data_tell(parts, tmp_path: Path) -> None:
    """The rate of jihadist attacks moves in the same direction by both schemes; medians within a third of the
    range.
    """
    one = search(parts, tmp_path)
    rounds = one.run(size=120, rounds=4, budget=3000)
    _, _, space, posterior = parts
    table = one.table(rounds[-1], posterior.adjusted, posterior.weight, space).set_index("parameter")
    low, high = one.priors[0].support
    row = table.loc["iskp.attack_rate"]
    middle = 0.5 * (low + high)
    assert row["regression_median"] > middle
    assert row["sequential_median"] > middle
    assert abs(row["regression_median"] - row["sequential_median"]) < (high - low) / 3
    assert 0 <= table["gap"].max() <= 1
    assert [r.tolerance for r in rounds] == sorted((r.tolerance for r in rounds), reverse=True)


def test_goes_on_from_the_calls_that_were_made(parts, tmp_path: Path) -> None:
    seen: list[int] = []
    first = search(parts, tmp_path, progress=seen.append).run(size=60, rounds=3, budget=1200)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert len(files) >= 3
    (tmp_path / files[-1]).unlink()
    again = search(parts, tmp_path, threads=1).run(size=60, rounds=3, budget=1200)
    for a, b in zip(first, again, strict=True):
        assert np.array_equal(a.parameters, b.parameters)
        assert np.array_equal(a.weights, b.weights)
    assert sum(seen) <= 1200


def test_the_unit_prior() -> None:
    prior = UnitPrior(3)
    assert prior.sample(10, 1).shape == (10, 3)
    density = prior.log_density(np.array([[0.5, 0.5, 0.5], [0.5, 1.5, 0.5]]))
    assert density.tolist() == [0.0, -np.inf]
