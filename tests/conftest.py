"""What all tests share: compilation once before the workers, a Hypothesis profile without deadlines, worlds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

# Compilation and a crowded machine make the time of one example meaningless.
settings.register_profile(
    "project", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("project")


def pytest_configure(config: pytest.Config) -> None:
    """Compile the rules before workers start, so that they load the code instead of each compiling it."""
    if hasattr(config, "workerinput") or not getattr(config.option, "numprocesses", None):
        return
    from sim.compiled import is_warm
    from sim.ensemble import simulate_points
    from sim.scenario import Scenario
    from sim.single import run

    if is_warm(run):
        return
    print("compiling the rules once for all workers (about a minute) ...", flush=True)
    day = Scenario.from_mapping({"start": "2021-09-06", "end": "2021-09-07"}, name="warm")
    simulate_points(day, day.values[None], np.array([0]), seed=1, threads=1)


@pytest.fixture
def world() -> np.record:
    """The state of a baseline run at its start, at the height of the season; a new one for each test."""
    from tests.worlds import world as build

    return build()


@pytest.fixture(scope="session")
def scenario():
    """``scenario(name, *overrides)``: a shipped scenario, read once."""
    from tests.worlds import scenario as load

    return load


@pytest.fixture(autouse=True)
def _every_table_keeps_its_digits(monkeypatch) -> None:
    """Whatever table a test prints is also checked at four widths."""
    from experiments.kit import screen
    from tests.screens import WIDTHS, check_table

    shown = screen.table

    def checked(rows, columns, **more) -> None:
        rows = [tuple(row) for row in rows]
        for width in WIDTHS if rows else ():
            check_table(rows, columns, width)
        shown(rows, columns, **more)

    monkeypatch.setattr(screen, "table", checked)


@pytest.fixture(autouse=True)
def _a_pipe_has_no_width(monkeypatch) -> None:
    """Workers of a parallel test run are told the width of a terminal that is not theirs."""
    monkeypatch.delenv("COLUMNS", raising=False)
