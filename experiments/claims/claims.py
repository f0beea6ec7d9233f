"""``outlook claims``: the report's conditionals, each tested over all that is uncertain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from experiments.kit.numbers import counted
from experiments.kit.options import ScenarioOptions, Threads

if TYPE_CHECKING:
    from experiments.claims.ledger import Ledger
    from experiments.config import Job
    from experiments.drawing.sheets import Figures
    from experiments.runs.store import StudyFolder

SUMMARY = "Test the report's conditionals: effect, direction and verdict for each"
EXAMPLES = [
    "outlook claims",
    "outlook claims out=results/claims uncertainty=posterior",
    "outlook claims only=[F16,services-calm] replicates=1000",
    "outlook claims ./my_claims.yaml",
]
ARGUMENTS = ("claims?",)
SCENARIO = False

PAGE = "claims.html"


Margin = Annotated[
    float,
    Field(gt=0, le=2, description="smallest effect that matters, in standard deviations of its outcome"),
]
Alpha = Annotated[float, Field(gt=0, lt=0.5, description="error rate of the verdicts")]
Agreement = Annotated[
    float, Field(gt=0.5, lt=1, description="share of draws that must have the claimed direction")
]


class ASKED(ScenarioOptions):
    """What the study of a ledger makes of its runs."""

    claims: str
    ledger: dict[str, Any]
    only: list[str]
    margin: Margin
    alpha: Alpha
    agreement: Agreement


class OPTIONS(ScenarioOptions):
    """Options of ``outlook claims``."""

    claims: str = Field("report", description="ledger of claims: a packaged one or the path of a .yaml file")
    only: list[str] | str | None = Field(
        None, description="ids of claims or factors to run alone: [F16,services-calm]"
    )
    replicates: int = Field(
        400,
        ge=20,
        le=1_000_000,
        multiple_of=2,
        description="runs of each side, two for each draw of the unknowns",
    )
    seed: int = Field(
        1, ge=0, lt=2**32, description="seed of draws and luck: the same seed gives the same runs"
    )
    threads: Threads = None
    margin: Margin = 0.2
    alpha: Alpha = 0.05
    agreement: Agreement = 0.75
    out: str | None = Field(
        None, description="folder for runs, claims.json and claims.html (default: results/claims-HASH)"
    )


def main(options: OPTIONS, job: Job) -> int:
    """Run every side, judge, print and write; returns the exit code."""
    from experiments.claims.contrast import study_of
    from experiments.claims.ledger import load_ledger
    from experiments.config import load_scenario
    from experiments.runs.carry_out import perform

    passed = [f"uncertainty={options.uncertainty}"]
    if options.posterior is not None:
        passed.append(f"posterior={options.posterior}")
    only = [options.only] if isinstance(options.only, str) else options.only or []
    load_scenario(overrides=passed)  # what is wrong with a posterior is said once, and not for every claim
    ledger = load_ledger(options.claims, tuple(passed), only)
    given = options.model_dump(include=set(ASKED.model_fields)) | {"only": only}
    asked = ASKED(ledger=dict(ledger.data), **given)
    study = study_of(ledger, options.replicates, options.seed, asked.model_dump())
    folder, code = perform(study, options.out, options.threads)
    return code or conclude(folder)


def conclude(folder: StudyFolder, *, figures: bool = True) -> int:
    """Judge the claims by the runs of a study that are all there; write ``claims.json`` and the page.

    Returns the exit code; see `experiments.kit.verb`.
    """
    from experiments.claims.page import page
    from experiments.kit import files
    from experiments.kit.record import project_version
    from experiments.runs.carry_out import asked_of

    ledger, rows = _judged(folder)
    asked = asked_of(folder, ASKED)
    files.write_json(folder.path / "claims.json", rows)
    meta = {
        **asked.model_dump(exclude={"claims", "ledger"}), "title": ledger.title,
        "replicates": folder.study.replicates, "seed": folder.study.seed,
        "command": folder.record.command, "version": f"panjshir-outlook {project_version()}",
    }  # fmt: skip
    if figures:
        files.write(folder.path / PAGE, page(rows, meta))
    _print(rows, ledger, f"{folder.study.runs:,} runs in {folder.path}")
    return 0


def drawings(folder: StudyFolder) -> Figures:
    """The figures of the page by name: ``forest`` and one a claim."""
    from experiments.claims.figures import figures
    from experiments.config.posteriors import foot
    from experiments.drawing import sheets
    from experiments.runs.carry_out import asked_of

    return sheets.footed(figures(_judged(folder)[1], asked_of(folder, ASKED).margin), **foot(folder.study))


def _judged(folder: StudyFolder) -> tuple[Ledger, list[dict[str, Any]]]:
    """The ledger of a study and the rows of ``claims.json``."""
    from experiments.claims.contrast import judge_runs, record
    from experiments.claims.judge import Rule
    from experiments.claims.ledger import read_ledger
    from experiments.runs.carry_out import asked_of, without_failures

    asked = asked_of(folder, ASKED)
    ledger = read_ledger(asked.ledger, Path(asked.claims).stem, asked.claims, None, asked.only)
    rule = Rule(asked.margin, asked.alpha, ledger.family, asked.agreement)
    return ledger, [record(one) for one in judge_runs(ledger, without_failures(folder), rule)]


def _print(rows: list[dict[str, Any]], ledger: Ledger, footer: str) -> None:
    """The table in the terminal."""
    from experiments.claims.page import effect_text
    from experiments.kit import screen
    from experiments.kit.screen import Cell, Column

    screen.heading(ledger.title)
    columns = [Column("claim"), Column("outcome", wraps=True), Column("effect [95 %]", right=True),
               Column("P(dir.)", right=True), Column("origin"), Column("verdict")]  # fmt: skip
    styles = {"supported": "green", "contradicted": "red", "mixed": "yellow", "no effect": "dim"}
    shown = [
        (f"{row['id']} ({', '.join(row['factors'])})", row["outcome"], effect_text(row),
         f"{row['p_direction']:.2f}", "built in" if row["built_in"] else "emerges",
         Cell(row["verdict"], styles[row["verdict"]]))
        for row in rows
    ]  # fmt: skip
    screen.table(shown, columns)
    counts = ", ".join(f"{n} {v}" for v in styles if (n := sum(row["verdict"] == v for row in rows)))
    screen.line(f"\n{counted(len(rows), 'claim')}: {counts}")
    for row in rows:
        if row["verdict"] != "supported":
            screen.line(f"  {row['id']}: {row['verdict']}: {row['why']}", "dim", hang=2)
    screen.line(footer, "dim")
