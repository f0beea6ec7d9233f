"""``outlook validate``: stylised facts of the model beside published and observed values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from experiments.kit.options import EnsembleOptions, Options

if TYPE_CHECKING:
    import pandas as pd

    from experiments.config import Job
    from experiments.drawing.sheets import Figures
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


SIEGES = "sieges"
"""The folder of the three sieges below that of the runs."""


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
    from experiments.kit.errors import UserError
    from experiments.runs.carry_out import perform
    from experiments.runs.plan import Study, Variant
    from sim.outcomes import YEAR

    scenario = job.scenario
    if scenario.days < YEAR:
        raise UserError(
            f"{job.source}: end: found {scenario.end}, {scenario.days} days after the start; allowed for validate: "
            f"{YEAR} days or more, since seasons are measured"
        )
    asked = ASKED(siege_replicates=options.siege_replicates if options.sieges else 0)
    study = Study(
        (Variant(scenario.name, scenario),), options.replicates, options.seed, design={"name": "validate"},
        asked=asked.model_dump(),
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
    from experiments.drawing import sheets
    from experiments.kit import screen
    from experiments.kit.dictionary import write_csv
    from experiments.runs.carry_out import asked_of, perform, without_failures
    from experiments.validation import facts as validation

    study = without_failures(folder).study
    besieged = asked_of(folder, ASKED).siege_replicates
    if besieged:
        screen.say("The three sieges of history")
        sieges = validation.siege_study(besieged, study.seed)
        code = perform(sieges, folder.path / SIEGES, None)[1]
        if code:
            return code
    measured, outcomes = _measured(folder)
    table = validation.facts(measured, outcomes)
    _print(table, study.variants[0].scenario, study.runs)
    write_csv(folder.path, {"facts": table})
    if figures:
        sheets.write(drawings(folder), folder.path)
    screen.line(f"Written to {folder.path}", "dim")
    return 0


def _measured(folder: StudyFolder) -> tuple[Measured, pd.DataFrame]:
    """What facts are measured on, and the outcomes of the sieges; none if they were not run."""
    import pandas as pd

    from experiments.runs.carry_out import asked_of, without_failures
    from experiments.runs.store import open_study
    from experiments.validation import facts as validation

    (variant,) = folder.study.variants
    outcomes = pd.DataFrame(columns=list(validation.SIEGE_COLUMNS))
    if asked_of(folder, ASKED).siege_replicates:
        outcomes = validation.besieged(without_failures(open_study(folder.path / SIEGES)))
    return validation.measured(variant.scenario, folder.reduced(variant.label)), outcomes


def drawings(folder: StudyFolder) -> Figures:
    """The figures of a finished study by name."""
    from functools import partial

    from experiments.config.posteriors import foot
    from experiments.drawing import sheets
    from experiments.runs.carry_out import asked_of
    from experiments.validation import figures as plots
    from experiments.validation.facts import facts

    measured, outcomes = _measured(folder)
    about = foot(folder.study)
    drawn = sheets.footed({
        "event_sizes": partial(plots.event_sizes, measured.sizes, measured.tail),
        "facts": partial(plots.facts, facts(measured, outcomes)),
        "seasons": partial(plots.seasons, measured.calendar, measured.observed_calendar),
    }, **about)  # fmt: skip
    if not len(outcomes):
        return drawn
    about |= {
        "runs": asked_of(folder, ASKED).siege_replicates,
        "scenario": "three sieges of history",
        "note": "",
    }
    return {**drawn, **sheets.footed({"sieges": partial(plots.sieges, outcomes)}, **about)}


def _print(table: pd.DataFrame, scenario: Scenario, runs: int) -> None:
    """The facts for people to read."""
    from experiments.config.posteriors import basis_of
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
