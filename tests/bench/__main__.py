"""Every benchmark in one run: ``python -m tests.bench``; each run adds a line to ``tests/bench/history.jsonl``."""

from __future__ import annotations

import argparse
import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from sim.compiled import source_hash
from tests.bench import draws, engine, memory, others, overhead, through_mesa

HISTORY = Path(__file__).with_name("history.jsonl")


def processor() -> str:
    """The name of the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def measure(scale: float = 1.0, overrides: tuple[str, ...] = ()) -> dict[str, dict[str, float]]:
    """All benchmarks, one after the other; ``scale`` 1 takes some minutes."""
    made: dict[str, dict[str, float]] = {}
    made["draws and the run"] = draws.measure(overrides, turns=max(2, int(50 * scale)))
    made["engine"] = engine.measure(max(4, int(400 * scale)), max(1, int(8 * scale)), overrides)
    made["through Mesa"] = through_mesa.measure(overrides, max(1, int(5 * scale)))
    alone, study = overhead.measure(max(20, int(4000 * scale)), 2, overrides)
    made["sweep"] = {"over its bare runs": study / alone}
    made["resume"] = {"of a whole study, seconds": overhead.resume(max(20, int(4000 * scale)), overrides)}
    try:
        found = others.measure(
            max(200, int(50_000 * scale)), max(20, int(2000 * scale)), max(2, int(20 * scale))
        )
        made["other tools, us a run"] = {name: each * 1e6 for name, each in found.items()}
    except ImportError:
        print("ema_workbench is not installed: no other tools (extra bench)")
    small, large = (memory.peak(max(20, int(n * scale)), 14) for n in (2_000, 20_000))
    made["memory"] = {"MiB, few runs": small / 2**20, "MiB, ten times as many": large / 2**20}
    return made


def main() -> None:
    """Measure, print, remember."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the usual number of runs")
    parser.add_argument("--history", type=Path, default=HISTORY, help="file to which a line is added")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    made = measure(given.scale)
    print(f"{processor()}, {os.cpu_count()} cores, load before {load:.1f}")
    for title, numbers in made.items():
        print(title)
        for name, value in numbers.items():
            print(f"  {name:<48} {value:12{',.2f' if value >= 0.1 else '.2g'}}")
    line = {
        "when": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
        "processor": processor(),
        "cores": os.cpu_count(),
        "load": round(load, 1),
        "sources": source_hash(),
        "versions": {name: version(name) for name in ("numpy", "numba", "mesa")},
        "numbers": made,
    }
    with given.history.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
