"""``outlook compare DIR [DIR ...]``: paired differences between scenarios, studies or points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from experiments.kit.options import Options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from experiments.config import Job
    from experiments.studies.differences import Comparison

SUMMARY = "Compare scenarios, studies or points run by run"
EXAMPLES = [
    "outlook compare results/3-scenarios-1a2b3c4d",
    "outlook compare results/first results/second outcomes=[deaths,valley_resurgence]",
    "outlook compare study base=corridor_opens out=comparison",
]
ARGUMENTS = ("dirs*",)
SCENARIO = False


class OPTIONS(Options):
    """Options of ``outlook compare``."""

    dirs: list[str] = Field(default_factory=list, description="folders of studies with the same seed")
    base: str | None = Field(None, description="what all others are compared with (default: the first)")
    outcomes: list[str] | None = Field(
        None,
        description="endings, questions and measures (default: all endings and questions, the main measures)",
    )
    shards: list[str] | None = Field(
        None, description="addresses of tables that are not in their folders: named by you, as they are known"
    )
    out: str | None = Field(None, description="new folder for compare.json and figures (default: print only)")


def main(options: OPTIONS, job: Job) -> int:
    """Print the comparisons and, if asked for, write them; returns the exit code."""
    from pathlib import Path

    from experiments.kit.errors import UserError
    from experiments.runs.store import open_study
    from experiments.studies.differences import compare_arms, print_comparison
    from experiments.studies.pairs import arms_of, find_arm, outcomes_of

    if not options.dirs:
        raise UserError("outlook compare: dirs is missing; allowed: one or more folders of studies")
    arms = arms_of([open_study(path, options.shards).sound() for path in options.dirs])
    base = find_arm(arms, options.base)
    made = compare_arms(arms, base, outcomes_of(arms, options.outcomes))
    for comparison in made:
        print_comparison(comparison)
    if options.out is not None:
        _write(made, Path(options.out))
    return 0


def _write(made: Sequence[Comparison], out: Path) -> None:
    """``compare.json`` and a figure for each comparison, in a folder that is new."""
    import json

    from experiments.drawing import style
    from experiments.kit.errors import UserError
    from experiments.kit.record import project_version
    from experiments.kit.words import words
    from experiments.runs import folders
    from experiments.studies import comparisons
    from experiments.studies.differences import outcome_words, to_data
    from experiments.studies.landscapes import Quantity

    if out.exists():
        raise UserError(f"out={out}: is there already and is not overwritten; allowed: a new folder")
    with folders.fresh(out) as folder:
        text = json.dumps([to_data(one) for one in made], indent=1, ensure_ascii=False, allow_nan=False)
        (folder / "compare.json").write_text(text + "\n", encoding="utf-8")
        for number, one in enumerate(made):
            rows = {
                outcome_words(name, one.asked): row
                for name, row in one.rows.items()
                if row.flips_up is not None
            }
            if rows:
                figure = comparisons.paired_differences(
                    rows, Quantity("Chance", "", True), a=words(one.a), b=words(one.b)
                )
                style.finish(
                    figure, runs=max(row.runs for row in rows.values()), scenario=f"{one.a}, {one.b}",
                    version=project_version(),
                )  # fmt: skip
                style.save(figure, folder / f"differences-{number}.png")
