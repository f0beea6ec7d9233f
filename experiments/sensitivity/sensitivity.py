"""``outlook sensitivity``: which of all parameters matter for what."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from experiments.kit.options import ScenarioOptions

if TYPE_CHECKING:
    from experiments.config import Job

SUMMARY = "Screen all parameters: which of them move deaths, attacks, the front and consolidation"
EXAMPLES = [
    "outlook sensitivity out=results/sensitivity",
    "outlook sensitivity scenario=corridor_opens uncertainty=posterior bases=40 top=10",
]


class OPTIONS(ScenarioOptions):
    """Options of ``outlook sensitivity``."""

    bases: int = Field(20, ge=4, le=10_000, description="base points; at each, every parameter moves once")
    top: int = Field(15, ge=1, le=1000, description="parameters that are shown for each outcome")
    seed: int = Field(1, ge=0, lt=2**32, description="seed of base points, moves and luck")
    threads: int | None = Field(None, ge=1, le=1024, description="threads (default: all cores)")
    out: str | None = Field(
        None,
        description="folder for sensitivity.json, screening.csv and a figure, new or empty (default: print only)",
    )


def main(options: OPTIONS, job: Job) -> int:
    """Run, print and write; returns the exit code."""
    from experiments.kit import files, record
    from experiments.kit.tables import to_csv
    from experiments.runs import folders
    from sim import compiled

    scenario = job.scenario
    contents = {
        "options": options.model_dump(exclude={"out", "threads", "top"}),
        "scenario": scenario.to_mapping(), "hash": scenario.hash, "code": compiled.source_hash(),
    }  # fmt: skip
    study = record.study("sensitivity", contents)
    if options.out is None:
        _print(_work(options, job)[0], options.top, "")
        return 0
    out = Path(options.out)
    if folders.holds(out, study["identity"]):
        _print(folders.result(out, "sensitivity.json"), options.top, f"already there: {out}")
        return 0
    with folders.fresh(out) as folder:
        result, table = _work(options, job)
        files.write_json(folder / "sensitivity.json", result)
        files.write_json(folder / folders.RECORD, study)
        files.write(folder / "screening.csv", to_csv(table))
        _draw(folder, result, options.top)
    _print(result, options.top, f"written to {out}")
    return 0


def _work(options: OPTIONS, job: Job) -> tuple[dict[str, Any], Any]:
    """Run the design: the content of sensitivity.json, and the whole table."""
    from experiments.config.build import basis_of
    from experiments.kit.progress import progress
    from experiments.sensitivity.screening import OUTCOMES, screen

    scenario = job.scenario
    began = time.perf_counter()
    runs = options.bases * (1 + len(scenario.schema))
    with progress("Runs", runs) as advance:
        table = screen(scenario, options.bases, options.seed, options.threads, advance)
    ranked = table.sort_values(["outcome", "mu_star"], ascending=[True, False], kind="stable")
    outcomes = {
        name: ranked[ranked["outcome"] == name].drop(columns="outcome").to_dict("records")
        for name in OUTCOMES
    }
    result = {
        "scenario": scenario.name, "title": scenario.title, "uncertainty": options.uncertainty,
        "basis": basis_of(scenario), "seed": options.seed, "bases": options.bases, "runs": runs,
        "parameters": len(scenario.schema), "outcomes": outcomes, "seconds": round(time.perf_counter() - began, 1),
    }  # fmt: skip
    return result, ranked


def _print(result: dict[str, Any], top: int, footer: str) -> None:
    """The parameters that move each outcome most."""
    from experiments.kit import screen
    from experiments.kit.numbers import interval
    from experiments.kit.words import label

    screen.heading(f"{result['title']}: elementary effects of {result['parameters']} parameters")
    screen.line(result["basis"], "dim")
    for outcome, rows in result["outcomes"].items():
        screen.heading(f"\n{label(outcome)}")
        shown = [
            (
                row["parameter"],
                interval(row["mu_star"], row["low"], row["high"]),
                f"{row['mu']:+.2f}",
            )
            for row in rows[:top]
        ]
        screen.table(shown, ["parameter", "size of effect [95 % interval]", "with sign"])
    screen.line(
        "Effects are in standard deviations of the outcome over base points; each parameter moves over what is held "
        "possible, or from half to twice its value where nothing is said."
    )
    screen.line(f"{result['runs']:,} runs in {result['seconds']} s{'; ' + footer if footer else ''}")


def _draw(folder: Path, result: dict[str, Any], top: int) -> None:
    """The ranking."""
    from experiments.drawing import style
    from experiments.kit import record as provenance
    from experiments.kit.basis import brief
    from experiments.sensitivity.figures import ranking

    figure = ranking(result, min(top, 8))
    style.finish(
        figure, runs=result["runs"], scenario=result["title"], version=provenance.project_version(),
        seed=result["seed"], note=brief(result["basis"]),
    )  # fmt: skip
    style.save(figure, folder / "screening.png")
