"""``outlook resume DIR``: goes on with a study where it stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from experiments.kit.options import Figures, Measure, OnError, Options, Shards
from experiments.runs.options import ExecutorOptions

if TYPE_CHECKING:
    from experiments.config import Job

SUMMARY = "Go on with a study where it stopped"
EXAMPLES = [
    "outlook resume results/baseline-1a2b3c4d",
    "outlook resume study executor=processes executor.workers=4",
]
ARGUMENTS = ("dir",)
GROUPS = {"executor": "threads"}
SCENARIO = False


class OPTIONS(Options):
    """Options of ``outlook resume``: how it runs may change, what is run may not."""

    dir: str = Field(description="folder of the study")
    shards: Shards = None
    on_error: OnError = "record"
    measure: Measure = "deaths"
    figures: Figures = True
    executor: ExecutorOptions = Field(default_factory=ExecutorOptions)


def main(options: OPTIONS, job: Job) -> int:
    """Check that nothing changed, run what is missing, report; returns the exit code."""
    from experiments.kit.verb import load
    from experiments.runs import carry_out
    from experiments.runs.executors import check
    from experiments.runs.store import open_study
    from experiments.studies.figures import check_measure

    check_measure(options.measure)
    check(options.executor)
    folder = open_study(options.dir, options.shards)
    if folder.finished is None or folder.problems():
        carry_out.check_code(folder)
    verb = carry_out.maker_of(folder)
    maker = load(verb).module
    reduction = maker.reduction(folder.study) if hasattr(maker, "reduction") else None
    code = carry_out.carry_on(folder, options.executor, on_error=options.on_error, reduction=reduction)
    more = {"measure": options.measure} if verb == "sweep" else {}
    return code or maker.conclude(folder, figures=options.figures, **more)
