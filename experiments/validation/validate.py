"""``outlook validate``: stylised facts of the model beside published and observed values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from experiments.kit.options import EnsembleOptions, Options

if TYPE_CHECKING:
    import pandas as pd

    from experiments.config import Job
    from experiments.runs.plan import Study
    from experiments.runs.store import StudyFolder
    from experiments.runs.tables import Reduction
    from experiments.validation.facts import Measured
    from sim.scenario import Scenario

SUMMARY = "Measure stylised facts of the model and hold them against published values"
EXAMPLES = [
    "outlook validate",
    "outlook validate replicates=400 uncertainty=posterior out=results/validation",
    "outlook validate sieges=false scenario=corridor_opens",
]


class ASKED(Options):
    """What a study makes of its runs: runs of each siege, 0 for none."""

    siege_replicates: int = Field(ge=0, le=100_000)


class OPTIONS(EnsembleOptions):
    """Options of ``outlook validate``."""

    replicates: int = Field(400, ge=20, le=1_000_000, description="runs of the scenario")
    sieges: bool = Field(True, description="also run the three sieges of history")
    siege_replicates: int = Field(300, ge=20, le=100_000, description="runs of each siege")
    out: str | None = Field(
        None, description="folder for runs, tables and figures (default: results/validate-HASH)"
    )


def main(options: OPTIONS, job: Job) -> int:
    """Run, measure, print, write; returns the exit code."""
    from experiments.runs.carry_out import perform
    from experiments.runs.plan import Points, Study, Variant
    from sim.compiled import source_hash

    scenario = job.scenario
    asked = ASKED(siege_replicates=options.siege_replicates if options.sieges else 0)
    study = Study(
        (Variant(scenario.name, scenario, Points.single()),), options.replicates, options.seed, "none", source_hash(),
        design={"name": "validate"}, asked=asked.model_dump(),
    )  # fmt: skip
    folder, code = perform(study, options.out, options.threads, reduction(study))
    return code or conclude(folder)


def reduction(study: Study) -> Reduction:
    """What is kept of the runs: what facts are measured on."""
    from experiments.runs.tables import Reduction
    from experiments.validation.facts import reduce

    return Reduction(reduce, places=True)


def conclude(folder: StudyFolder, *, figures: bool = True) -> int:
    """Run the sieges, in the folder ``sieges``; measure the facts, print them, write tables and figures.

    Returns the exit code; see `experiments.kit.verb`.
    """
    import pandas as pd

    from experiments.kit import screen
    from experiments.kit.tables import write_csv
    from experiments.runs.carry_out import asked_of, perform, without_failures
    from experiments.validation import facts as validation

    study = without_failures(folder).study
    (variant,) = study.variants
    outcomes = pd.DataFrame(columns=list(validation.SIEGE_COLUMNS))
    besieged = asked_of(folder, ASKED).siege_replicates
    if besieged:
        screen.say("The three sieges of history")
        sieges = validation.siege_study(besieged, study.seed)
        below, code = perform(sieges, folder.path / "sieges", None)
        if code:
            return code
        outcomes = validation.besieged(without_failures(below))
    measured = validation.measured(variant.scenario, folder.reduced(variant.label))
    table = validation.facts(measured, outcomes)
    _print(table, variant.scenario, study.runs)
    write_csv(folder.path, {"facts": table})
    if figures:
        _draw(folder, table, measured, outcomes, besieged)
    screen.line(f"Written to {folder.path}", "dim")
    return 0


def _print(table: pd.DataFrame, scenario: Scenario, runs: int) -> None:
    """The facts for people to read."""
    from experiments.config.build import basis_of
    from experiments.kit import screen
    from experiments.kit.numbers import interval
    from experiments.kit.screen import Column

    told = f"scenario {scenario.name}, {runs:,} runs; {basis_of(scenario)}"
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


def _draw(
    folder: StudyFolder, table: pd.DataFrame, measured: Measured, outcomes: pd.DataFrame, besieged: int
) -> None:
    """The figures; ``besieged`` runs were made of each siege."""
    from experiments.config.build import basis_of
    from experiments.drawing import sheets
    from experiments.kit.basis import brief
    from experiments.validation import figures as plots

    scenario, seed = folder.study.variants[0].scenario, folder.study.seed
    drawn = {
        "event_sizes": plots.event_sizes(measured.sizes, measured.tail),
        "facts": plots.facts(table),
        "seasons": plots.seasons(measured.calendar, measured.observed_calendar),
    }
    known = brief(basis_of(scenario))
    sheets.write(drawn, folder.path, runs=folder.study.runs, scenario=scenario.name, seed=seed, note=known)
    if len(outcomes):
        sieges = {"sieges": plots.sieges(outcomes)}
        sheets.write(sieges, folder.path, runs=besieged, scenario="three sieges of history", seed=seed)
