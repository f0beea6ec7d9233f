"""``outlook discover``: under which conditions does something come true."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from experiments.kit.options import Among, Options, Shards

if TYPE_CHECKING:
    from experiments.config import Job
    from experiments.drawing.answer import Answer

SUMMARY = (
    "Boxes of parameters in which something mostly comes true, each as a sentence and as a scenario file"
)
EXAMPLES = [
    "outlook discover results/worlds ending=consolidation out=results/consolidation",
    "outlook discover results/first 'deaths_last_year > 3000' boxes=1 most=3",
    "outlook discover results/sweep 'ending is valley_resurgence' density=0.5 check=1000 out=results/resurgence",
]
ARGUMENTS = ("folder", "conditions*")
SCENARIO = False
RESULT = "boxes.json"


class OPTIONS(Options):
    """Options of ``outlook discover``."""

    folder: str = Field(description="folder of outlook run or sweep whose runs differ in parameters")
    conditions: list[str] = Field(
        default=[], description="what has to come true, all of it: as for outlook given"
    )
    ending: str | None = Field(None, description="short for the condition 'ending is NAME'")
    among: Among = None
    shards: Shards = None
    boxes: int = Field(
        2, ge=1, le=10, description="boxes at most, each among the runs that the ones before left"
    )
    most: int = Field(4, ge=1, le=20, description="parameters that a box may limit")
    density: float | None = Field(
        None, gt=0, le=1, description="density wanted: the box of the largest coverage that has it (default: the best "
        "balance of density and coverage)",
    )  # fmt: skip
    smallest: float = Field(0.05, gt=0, lt=0.5, description="smallest share of the runs in a box")
    resamples: int = Field(20, ge=2, le=1000, description="halves of the runs on which it is tried")
    check: int = Field(
        0, ge=0, le=1_000_000, description="fresh runs of each box's scenario, to check its density"
    )
    seed: int = Field(
        1, ge=0, lt=2**32, description="seed of the runs held out, of the halves and of the check"
    )
    out: str | None = Field(
        None,
        description="folder for boxes.json, scenario files and a figure, new or empty (default: print only)",
    )


def main(options: OPTIONS, job: Job) -> int:
    """Find, print and write; returns the exit code."""
    make(options)
    return 0


def discover(folder: object, *conditions: str, **options: Any) -> Answer:
    """Under which conditions something comes true, as ``outlook discover`` tells.

    Parameters
    ----------
    folder
        A folder of runs that differ in parameters, or what `run` and `sweep` return.
    *conditions
        What has to come true, all of it: ``"deaths_last_year > 3000"``.
    **options
        Options of ``outlook discover``: ``ending="consolidation"``, ``boxes=1``, ``out="results/boxes"``.

    Returns
    -------
    Answer
        ``boxes`` holds a row a box, ``limits`` a row a box and limit, ``tree`` the ends of a tree of decisions; figure
        ``boxes``. Scenario
        files of the boxes are in the folder ``out``, if it is named.

    Raises
    ------
    UserError
        For all that a user can do wrong, one line each.
    """
    from experiments.config.call import called, folder_first
    from experiments.discovery.screen import told

    place, texts = folder_first((folder, *conditions))
    with called("discover", (), options, {"folder": place, "conditions": texts}) as job:
        assert isinstance(job.options, OPTIONS)
        return told(*make(job.options))


def make(options: OPTIONS) -> tuple[dict[str, Any], Path | None]:
    """Find, print and write: the content of ``boxes.json``, and where it is."""
    from experiments.config.posteriors import variant_basis
    from experiments.discovery import findings
    from experiments.discovery.boxes import BoxRule
    from experiments.discovery.screen import print_boxes, told
    from experiments.kit import files
    from experiments.kit.errors import UserError
    from experiments.kit.words import spoken
    from experiments.runs import folders
    from experiments.runs.conditions import parse_all
    from experiments.runs.futures import open_futures

    if options.check and options.out is None:
        raise UserError("command line: check: runs the scenario files of the boxes; allowed: with out=FOLDER")
    opened = open_futures(options.folder, options.among, options.shards, daily=False)
    conditions = parse_all(options.conditions, options.ending, opened.words)
    rule = BoxRule(**options.model_dump(include={"boxes", "most", "density", "smallest", "resamples"}))
    if options.out is None:
        result = findings.discover(opened, conditions, rule, options.seed, None)
        print_boxes(result, "")
        return result, None

    def fill(folder: Path) -> None:
        made = findings.discover(opened, conditions, rule, options.seed, folder)
        if options.check:
            findings.check(folder, made, conditions, options.check, options.seed + 1)
        files.write_json(folder / RESULT, made)
        told(made, folder).write(folder)

    out = Path(options.out)
    asked = options.model_dump(exclude={"out"}) | {
        "conditions": [one.text for one in conditions],
        "source": opened.folder.record.hash,
        "title": f"{opened.variant.scenario.title}: {spoken(' and '.join(one.text for one in conditions))}",
        "outlook": {"basis": variant_basis(opened.variant)},
    }
    result, there = folders.told(out, "discover", asked, RESULT, fill)
    print_boxes(result, f"already there: {out}" if there else str(out))
    return result, out
