"""``outlook given``: the outlook among the runs in which something came true, and its early signs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from experiments.kit.options import Among, Options, Shards

if TYPE_CHECKING:
    from experiments.config import Job
    from experiments.given.outlook import Given
    from experiments.runs.futures import Opened

SUMMARY = "The outlook among the runs of a folder in which something came true, and what warned of it"
EXAMPLES = [
    "outlook given results/first 'first_rising before 2022-06'",
    "outlook given results/first 'services < 0.3 at 2022-09' 'deaths > 500 in 2022-04..2022-09'",
    "outlook given results/sweep ending=multi_front_civil_war among=baseline signs=20",
    "outlook given results/first 'not first_return before 2022-05' out=results/no_return",
]
ARGUMENTS = ("folder", "conditions*")
SCENARIO = False
RESULT = "given.json"


class OPTIONS(Options):
    """Options of ``outlook given``."""

    folder: str = Field(
        description="folder of runs; conditions on series need one that kept them, as outlook run does"
    )
    conditions: list[str] = Field([], description="what has to come true, all of it: see the examples")
    ending: str | None = Field(None, description="short for the condition 'ending is NAME'")
    among: Among = None
    shards: Shards = None
    signs: int = Field(10, ge=0, le=100, description="early signs to show")
    level: float = Field(0.95, gt=0.5, lt=1, description="coverage of the intervals")
    out: str | None = Field(
        None, description="folder for given.json and a figure, new or empty (default: print only)"
    )


def main(options: OPTIONS, job: Job) -> int:
    """Ask, print and write; returns the exit code."""
    from experiments.config.posteriors import variant_basis
    from experiments.given.outlook import condition_on, record
    from experiments.given.screen import print_given
    from experiments.runs import folders
    from experiments.runs.conditions import parse_all
    from experiments.runs.futures import open_futures

    opened = open_futures(options.folder, options.among, options.shards, daily=False)
    told = f"{opened.variant.scenario.title} ({variant_basis(opened.variant)})"
    conditions = parse_all(options.conditions, options.ending, opened.words)
    if options.out is None:
        print_given(record(condition_on(opened, conditions, options.level)), told, options.signs, "")
        return 0
    out = Path(options.out)
    asked = {
        **options.model_dump(exclude={"out"}), "source": folders.recorded(Path(options.folder)),
        "title": f"{opened.variant.scenario.title}, given: {' and '.join(one.text for one in conditions)}",
        "outlook": {"basis": variant_basis(opened.variant)},
    }  # fmt: skip
    result, there = folders.told(
        out, "given", asked, RESULT,
        lambda folder: _write(folder, condition_on(opened, conditions, options.level), opened),
    )  # fmt: skip
    print_given(result, told, options.signs, f"{'already there:' if there else 'written to'} {out}")
    return 0


def _write(folder: Path, given: Given, opened: Opened) -> None:
    """given.json, runs.txt (the runs that are left) and the figure."""
    from functools import partial

    from experiments.config.posteriors import brief, variant_basis
    from experiments.drawing import sheets
    from experiments.given.figures import conditional_outlook
    from experiments.given.outlook import record
    from experiments.kit import files
    from experiments.kit.words import spoken

    files.write_json(folder / RESULT, record(given))
    files.write(folder / "runs.txt", "".join(f"{one}\n" for one in opened.runs["run_id"][given.truth.met]))
    text = spoken(" and ".join(condition.text for condition in given.conditions))
    draw = partial(conditional_outlook, given.endings, given.signs, given.first, text, given.met)
    drawn = sheets.footed({"given": draw}, runs=given.runs, scenario=opened.variant.scenario.title,
                          seed=opened.seed, note=brief(variant_basis(opened.variant)))  # fmt: skip
    sheets.write(drawn, folder)
