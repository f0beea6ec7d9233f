"""``outlook run``: one scenario, many runs, one outlook."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import json
import threading
import time
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from experiments.kit.options import EnsembleOptions

SUMMARY = "Simulate one scenario many times and print its outlook"
EXAMPLES = [
    "outlook run",
    "outlook run scenario=baseline replicates=500 seed=1 out=results/first",
    "outlook run scenario=corridor_opens taliban.service_delivery=0.7",
    "outlook run scenario=./my_scenario.yaml uncertainty=none figures=false",
    "outlook run scenario=siege_2021 --cfg job",
]


class OPTIONS(EnsembleOptions):
    """Options of ``outlook run``."""

    out: str | None = Field(
        None, description="folder for the results, new or empty (default: results/SCENARIO-HASH, made fresh)"
    )
    keep: Literal["national", "all"] = Field(
        "national",
        description="series to keep: national by day; all adds the provinces by week (places.parquet)",
    )
    twins: int = Field(
        200,
        ge=0,
        le=100_000,
        description="runs repeated with other luck, to tell parameters from luck in the spread",
    )
    figures: bool = Field(True, description="draw the figures and the report")


def main(options: OPTIONS, job) -> int:
    """Run, print and write; returns the exit code."""
    from experiments.runs import folders

    scenario = job.scenario
    record = _record(options, job)
    out = Path(options.out or f"results/{scenario.name}-{record['identity'][:8]}")
    if folders.holds(out, record["identity"]):
        return _show_again(out)
    began = time.perf_counter()
    with folders.fresh(out) as folder:
        result = _simulate(options, scenario, folder, record)
        seconds = time.perf_counter() - began
        _write_json(folder / "outlook.json", result)
        _write_json(folder / folders.RECORD, {**record, "seconds": round(seconds, 2)})
    from experiments.outlook.screen import print_outlook

    print_outlook(result, f"{result['runs']:,} runs in {seconds:.1f} s; written to {out}")
    return 0


def _simulate(options: OPTIONS, scenario, folder: Path, record: dict[str, Any]) -> dict[str, Any]:
    """Run the scenario, write tables and figures, and return the outlook."""
    from experiments.kit.progress import progress as bar
    from experiments.outlook.ensemble import gather
    from experiments.runs import parquet
    from sim.outcomes import ENDINGS

    _say_if_cold()
    # The simulation runs without Python's lock: two seconds of imports pass beside it.
    threading.Thread(target=_import_ahead, args=(options.figures,), daemon=True).start()
    total = options.replicates + (min(options.twins, options.replicates) if scenario.space.names else 0)
    writers = _Writers(folder, scenario, options.keep)
    with writers, bar("Runs", total) as progress:
        gathered = gather(
            scenario, options.replicates, options.seed, threads=options.threads, twins=options.twins,
            keep=writers.write, progress=progress,
        )  # fmt: skip
    columns = {name: gathered.runs[name].to_numpy() for name in gathered.runs.columns}
    answers = {f"question.{name}": values for name, values in gathered.answers.items()}
    parquet.write_table(folder / "runs.parquet", {**columns, **answers})
    from experiments.outlook import summary

    result = summary.outlook(gathered, tuple(ENDINGS), options.uncertainty)
    if options.figures:
        _draw(gathered, result, record, folder)
    return result


def _import_ahead(figures: bool) -> None:
    """Import what is needed after the runs."""
    names = ["experiments.outlook.summary"]
    if figures:
        names += [
            "experiments.outlook.report",
            *(f"experiments.outlook.figures.{name}" for name in ("endings", "fans", "maps")),
        ]
    for name in names:
        with contextlib.suppress(ImportError):  # the import that matters comes later and says what is wrong
            importlib.import_module(name)


class _Writers:
    """The files of series, filled a block of runs at a time."""

    def __init__(self, folder: Path, scenario, keep: str) -> None:
        self._folder, self._scenario, self._keep = folder, scenario, keep
        self._open: dict[str, Any] = {}

    def __enter__(self) -> _Writers:
        return self

    def __exit__(self, *error: object) -> None:
        for writer in self._open.values():
            writer.__exit__(*error)

    def write(self, ensemble) -> None:
        """Add a block's runs."""
        from experiments.runs.parquet import SeriesWriter
        from sim.outcomes import PLACE_SERIES, SERIES_NAMES

        ids = list(ensemble.runs["run_id"])
        if "series" not in self._open:
            self._open["series"] = SeriesWriter(self._folder / "series.parquet", ensemble.dates)
        self._open["series"].write(ids, {name: ensemble.series[name] for name in SERIES_NAMES})
        if self._keep == "all":
            if "places" not in self._open:
                path = self._folder / "places.parquet"
                self._open["places"] = SeriesWriter(path, ensemble.weeks, ensemble.provinces)
            self._open["places"].write(ids, {name: ensemble.places[name] for name in PLACE_SERIES})


def _draw(gathered, result: dict[str, Any], record: dict[str, Any], folder: Path) -> None:
    """Figures and report."""
    from experiments.outlook.collect import outlook_tables
    from experiments.outlook.figures import outlook_figures
    from experiments.outlook.report import write_figures, write_report

    tables = outlook_tables(gathered)
    pictures = write_figures(folder / "figures", outlook_figures(tables), tables)
    write_report(
        folder / "report.html",
        scenario=gathered.scenario,
        outlook=result,
        figures=pictures,
        tables=tables,
        record=record,
    )


def _say_if_cold() -> None:
    """Say why the first run after installation takes long."""
    from experiments.kit.screen import say
    from sim.compiled import is_warm
    from sim.single import run

    if not is_warm(run):
        say("Compiling the model (first run after installation, about half a minute) ...")


def _record(options: OPTIONS, job) -> dict[str, Any]:
    """All that is needed to make the study again, with an identity that is a hash of it."""
    from experiments.kit import record as provenance
    from experiments.kit.record import command_line
    from sim import compiled

    scenario = job.scenario
    chosen = options.model_dump(exclude={"out", "threads"})
    contents = {
        "scenario": scenario.to_mapping(),
        "name": scenario.name,
        "hash": scenario.hash,
        "options": chosen,
        "code": compiled.source_hash(),
    }
    identity = hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()[:16]
    return {
        "kind": "outlook",
        "identity": identity,
        "command": command_line(),
        "overrides": list(job.overrides),
        "choices": dict(job.choices),
        **contents,
        "replicates": options.replicates,
        "seed": options.seed,
        "versions": provenance.versions(),
        "commit": provenance.commit(),
    }


def _show_again(out: Path) -> int:
    """Print the outlook of a folder that holds exactly this study."""
    from experiments.outlook.screen import print_outlook

    result = json.loads((out / "outlook.json").read_text(encoding="utf-8"))
    print_outlook(result, f"{result['runs']:,} runs; already there: {out}")
    return 0


def _write_json(path: Path, data: dict[str, Any]) -> None:
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
