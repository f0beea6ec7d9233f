"""A pinned record of a few runs: any change of a bit of them is meant, or it is a mistake.

The record stands beside this file. After a change of a rule that is meant to change runs, move it with

    python -m tests.golden.test_golden

and say in the commit why it moved. It holds on every x86-64 processor: no rule takes ``exp`` or ``log`` from a
library that rounds by the processor (:mod:`sim.luck.portable`).
"""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path

import numpy as np
import pytest

from sim.outcomes import ENDINGS, MEASURES
from tests.worlds import runs, scenario

PIN = Path(__file__).with_name("runs.json")
SCENARIOS = ("baseline", "siege_2021")
RUNS, SEED = 3, 1


def record(name: str) -> list[dict]:
    """The runs of a scenario: ending, measures, and a hash of every bit of their series."""
    block = runs(scenario(name), RUNS, seed=SEED, keep_places=True)
    made = []
    for n in range(RUNS):
        digest = hashlib.sha256()
        for part in (
            block.values,
            block.series,
            block.places,
            block.routes,
            block.measures,
            block.event_sizes,
        ):
            digest.update(np.ascontiguousarray(part[n]).tobytes())
        measures = {
            m: None if math.isnan(v) else v for m, v in zip(MEASURES, block.measures[n].tolist(), strict=True)
        }
        made.append({"replicate": n, "ending": ENDINGS[int(block.measures[n, 0])], "hash": digest.hexdigest(),
                     "measures": measures})  # fmt: skip
    return made


@pytest.mark.parametrize("name", SCENARIOS)
def test_runs_are_as_pinned(name):
    pinned = json.loads(PIN.read_text(encoding="utf-8"))[name]
    for ours, theirs in zip(record(name), pinned, strict=True):
        assert ours["ending"] == theirs["ending"]
        assert set(ours["measures"]) == set(theirs["measures"])
        for measure, value in theirs["measures"].items():
            expected = value if value is None else pytest.approx(value, rel=1e-9)
            assert ours["measures"][measure] == expected, measure
        assert ours["hash"] == theirs["hash"]


if __name__ == "__main__":
    PIN.write_text(json.dumps({name: record(name) for name in SCENARIOS}, indent=1) + "\n", encoding="utf-8")
    print(f"moved {PIN.name}: {RUNS} runs each of {', '.join(SCENARIOS)}")
