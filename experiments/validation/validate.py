"""``outlook validate``: stylised facts of the model beside published and observed values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from experiments.kit.options import EnsembleOptions

if TYPE_CHECKING:
    import pandas as pd

    from experiments.config import Job
    from experiments.validation.facts import Measured
    from sim.scenario import Scenario

SUMMARY = "Measure stylised facts of the model and hold them against published values"
EXAMPLES = [
    "outlook validate",
    "outlook validate replicates=400 uncertainty=posterior out=results/validation",
    "outlook validate sieges=false scenario=corridor_opens",
]


class OPTIONS(EnsembleOptions):
    """Options of ``outlook validate``."""

    replicates: int = Field(400, ge=20, le=1_000_000, description="runs of the scenario")
    sieges: bool = Field(True, description="also run the three sieges of history")
    siege_replicates: int = Field(300, ge=20, le=100_000, description="runs of each siege")
    out: str | None = Field(None, description="folder for tables and figures, new or empty")


def main(options: OPTIONS, job: Job) -> int:
    """Measure, print, write; returns the exit code."""
    from experiments.kit.progress import progress as bar
    from experiments.kit.screen import say
    from experiments.runs import folders
    from experiments.validation import facts as validation

    out = Path(options.out) if options.out else None
    if out is not None:
        folders.holds(out, "measures are always made anew")
    sieges = validation.SIEGES if options.sieges else {}
    total = options.replicates + len(sieges) * options.siege_replicates
    with bar("Runs", total) as progress:
        measured = validation.measure(
            job.scenario, options.replicates, options.seed, options.threads, progress
        )
        outcomes = validation.run_sieges(
            sieges, options.siege_replicates, options.seed, options.threads, progress
        )
    table = validation.facts(measured, outcomes)
    _print(table, job.scenario, options)
    if out is not None:
        with folders.fresh(out) as folder:
            _write(folder, table, measured, outcomes, options, job)
        say(f"Written to {out}")
    return 0


def _print(table: pd.DataFrame, scenario: Scenario, options: OPTIONS) -> None:
    """The facts for people to read."""
    from experiments.config.build import basis_of
    from experiments.kit import screen
    from experiments.kit.numbers import interval
    from experiments.kit.screen import Column

    told = f"scenario {scenario.name}, {options.replicates:,} runs; {basis_of(scenario)}"
    screen.heading(f"Stylised facts ({told})")
    columns = [Column("Fact", wraps=True), Column("model [90 % of runs or 95 % interval]"), Column("expected"),
               Column("holds")]  # fmt: skip
    rows = [
        (row.fact, interval(row.value, row.low, row.high), row.expected, "yes" if row.holds else "no")
        for row in table.itertuples()
    ]
    screen.table(rows, columns)
    for row in table.itertuples():
        screen.line(f"  {row.fact}: {row.source}", "dim", hang=2)


def _write(
    folder: Path, table: pd.DataFrame, measured: Measured, outcomes: pd.DataFrame, options: OPTIONS, job: Job
) -> None:
    """Tables, record and figures."""
    from experiments.config.build import basis_of
    from experiments.drawing import style
    from experiments.kit import files, record
    from experiments.kit.basis import brief
    from experiments.kit.record import project_version
    from experiments.kit.tables import to_csv
    from experiments.validation import figures as plots

    files.write(folder / "facts.csv", to_csv(table))
    files.write_json(folder / "study.json", record.study("validation", record.asked(options, job)))
    drawn = {
        "event_sizes": plots.event_sizes(measured.sizes, measured.tail),
        "facts": plots.facts(table),
        "seasons": plots.seasons(measured.calendar, measured.observed_calendar),
    }
    if len(outcomes):
        drawn["sieges"] = plots.sieges(outcomes)
    for name, figure in drawn.items():
        runs = options.siege_replicates if name == "sieges" else options.replicates
        label = "three sieges of history" if name == "sieges" else job.scenario.name
        style.finish(figure, runs=runs, scenario=label, version=project_version(), seed=options.seed,
                     note="" if name == "sieges" else brief(basis_of(job.scenario)))  # fmt: skip
        style.save(figure, folder / f"{name}.png")
