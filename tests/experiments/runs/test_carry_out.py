"""What the verbs that make studies share."""

from __future__ import annotations

import contextlib
import functools

from experiments import run
from experiments.runs import carry_out


def test_a_cold_model_is_compiled_before_the_clock_of_the_progress(tmp_path, monkeypatch):
    happened = []

    @contextlib.contextmanager
    def progress(*words, **more):
        happened.append("clock")
        yield lambda *counts: None

    def run_blocks(scenario, replicates, **more):
        happened.append(f"{len(replicates)} run of {scenario.name}")
        raise ArithmeticError("told where it counts")

    monkeypatch.setattr(carry_out, "progress", progress)
    monkeypatch.setattr(carry_out, "run_blocks", run_blocks)
    again = functools.partial(
        run, "baseline", end="2021-10-06", replicates=2, figures=False, out=tmp_path / "a"
    )
    monkeypatch.setattr(carry_out, "say_if_cold", lambda: True)
    assert len(again().runs) == 2
    assert happened == ["1 run of baseline", "clock"]
    again()  # nothing is left to run
    assert happened == ["1 run of baseline", "clock"]
