"""Which files a value passes from its line of YAML to the compiled rules, and its runs from there to a fan chart."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np

from experiments import load_scenario
from experiments.cli.main import main
from sim import simulate
from tests.architecture.test_layers import ROOT

VALUE = 0.4321987
#: Files that hold it on its way: this list may only get shorter.
ROAD = {
    "experiments/kit/reading.py", "experiments/config/files.py", "experiments/config/trees.py",
    "experiments/config/composer.py", "experiments/config/compose.py", "sim/reading.py", "sim/values.py",
    "sim/parameters/schema.py", "sim/scenario.py", "sim/uncertainty.py", "experiments/runs/store/document.py",
    "experiments/runs/work.py", "sim/ensemble.py", "sim/compiled.py",
    "sim/single.py",
}  # fmt: skip
#: Files that take what comes of it to a fan chart.
BACK = ("runs/series.py", "stats/bands.py", "outlook/collect.py", "outlook/figures/fans.py")


def holds(found: Any, depth: int = 0) -> bool:
    """Whether the value is in something that a function holds or gives."""
    if isinstance(found, float):
        return abs(found - VALUE) < 1e-12
    if isinstance(found, str):
        return len(found) < 5000 and str(VALUE) in found
    if isinstance(found, np.ndarray):
        return (
            found.dtype.kind == "f" and found.size < 2_000_000 and bool((np.abs(found - VALUE) < 1e-12).any())
        )
    if depth < 4 and isinstance(found, (dict, list, tuple)):
        parts = list(found.values()) if isinstance(found, dict) else list(found)
        return any(holds(part, depth + 1) for part in parts[:400])
    return False


def test_a_value_passes_no_more_files_than_are_told(tmp_path: Path) -> None:
    seen: dict[str, set[str]] = {}

    def look(frame: Any, event: str, given: Any) -> None:
        path = frame.f_code.co_filename
        if event != "return" or not path.startswith((f"{ROOT}/experiments/", f"{ROOT}/sim/")):
            return
        names = seen.setdefault(path[len(str(ROOT)) + 1 :], set())
        if not names and (holds(given) or any(holds(one) for one in frame.f_locals.values())):
            names.add(frame.f_code.co_name)

    mine = tmp_path / "mine.yaml"
    mine.write_text(
        f"base: baseline\ntitle: A\nstory: B\nend: 2021-10-20\ntaliban: {{service_delivery: {VALUE}}}\n"
    )
    simulate(
        load_scenario("baseline", ["end=2021-09-20"]), 1
    )  # what compiles the model is no part of the road
    words = ["run", f"scenario={mine}", "replicates=4", "twins=0", "threads=1", "figures=false"]
    sys.setprofile(look)
    threading.setprofile(look)
    try:
        assert main([*words, f"out={tmp_path / 'out'}"]) == 0
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]
    road = {name for name, functions in seen.items() if functions}
    assert road <= ROAD, road - ROAD
    assert all((ROOT / "experiments" / name).is_file() for name in BACK)
