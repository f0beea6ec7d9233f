"""``outlook claims``: the report's conditionals, each tested over all that is uncertain."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from experiments.kit.options import ScenarioOptions

if TYPE_CHECKING:
    from experiments.claims.ledger import Ledger
    from experiments.config import Job

SUMMARY = "Test the report's conditionals: effect, direction and verdict for each"
EXAMPLES = [
    "outlook claims",
    "outlook claims out=results/claims uncertainty=posterior",
    "outlook claims only=[F16,services-calm] replicates=1000",
    "outlook claims ./my_claims.yaml",
]
ARGUMENTS = ("claims?",)
SCENARIO = False


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
    threads: int | None = Field(None, ge=1, le=1024, description="threads (default: all cores)")
    margin: float = Field(
        0.2, gt=0, le=2, description="smallest effect that matters, in standard deviations of its outcome"
    )
    alpha: float = Field(0.05, gt=0, lt=0.5, description="error rate of the verdicts")
    agreement: float = Field(
        0.75, gt=0.5, lt=1, description="share of draws that must have the claimed direction"
    )
    out: str | None = Field(
        None, description="folder for claims.json and claims.html, new or empty (default: print only)"
    )


def main(options: OPTIONS, job: Job) -> int:
    """Run, judge, print and write; returns the exit code."""
    from experiments.claims.ledger import load_ledger
    from experiments.runs import folders

    passed = [f"uncertainty={options.uncertainty}"]
    if options.posterior is not None:
        passed.append(f"posterior={options.posterior}")
    only = [options.only] if isinstance(options.only, str) else options.only or []
    ledger = load_ledger(options.claims, tuple(passed), only)
    record = _record(options, ledger)
    if options.out is None:
        rows, seconds = _rows(options, ledger)
        _print(rows, ledger, f"{_runs(ledger, options):,} runs in {seconds:.1f} s")
        return 0
    out = Path(options.out)
    if folders.holds(out, record["identity"]):
        _print(folders.result(out, "claims.json"), ledger, f"already there: {out}")
        return 0
    with folders.fresh(out) as folder:
        rows, seconds = _rows(options, ledger)
        _write(folder, rows, {**record, "seconds": round(seconds, 1)}, ledger, options)
    _print(rows, ledger, f"{_runs(ledger, options):,} runs in {seconds:.1f} s; written to {out}")
    return 0


def _rows(options: OPTIONS, ledger: Ledger) -> tuple[list[dict[str, Any]], float]:
    """The judged claims as plain data, and the seconds that they took."""
    from experiments.claims.contrast import record, run_ledger
    from experiments.claims.judge import Rule
    from experiments.kit.progress import progress

    rule = Rule(margin=options.margin, alpha=options.alpha, family=ledger.family, agreement=options.agreement)
    began = time.perf_counter()
    with progress("Claims", _runs(ledger, options)) as advance:
        judged = run_ledger(ledger, options.replicates, options.seed, rule, options.threads, advance)
    return [record(one) for one in judged], time.perf_counter() - began


def _runs(ledger: Ledger, options: OPTIONS) -> int:
    from experiments.claims.contrast import sides

    return len(sides(ledger)) * options.replicates


def _record(options: OPTIONS, ledger: Ledger) -> dict[str, Any]:
    """All that is needed to make the study again, with an identity that is a hash of it."""
    from experiments.kit import record
    from sim import compiled

    contents = {
        "options": options.model_dump(exclude={"out", "threads"}),
        "claims": [repr(claim) for claim in ledger.claims],
        "family": ledger.family,
        "scenarios": {name: scenario.hash for name, scenario in ledger.scenarios.items()},
        "code": compiled.source_hash(),
    }
    return record.study("claims", contents)


def _write(
    folder: Path, rows: list[dict[str, Any]], record: dict[str, Any], ledger: Ledger, options: OPTIONS
) -> None:
    """claims.json, claims.html, study.json."""
    from experiments.claims.page import page
    from experiments.kit import files
    from experiments.kit.record import project_version
    from experiments.runs import folders

    meta = {
        **options.model_dump(), "title": ledger.title, "seconds": record["seconds"],
        "command": record["command"], "version": f"panjshir-outlook {project_version()}",
    }  # fmt: skip
    files.write_json(folder / "claims.json", rows)
    files.write_json(folder / folders.RECORD, record)
    files.write(folder / "claims.html", page(rows, meta))


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
    screen.line(f"\n{len(rows)} claims: {counts}")
    for row in rows:
        if row["verdict"] != "supported":
            screen.line(f"  {row['id']}: {row['verdict']}: {row['why']}", "dim", hang=2)
    screen.line(footer, "dim")
