"""``outlook reproduce DIR RUN_ID``: makes one run of a study again and tells its story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from experiments.kit.options import Options, Shards

if TYPE_CHECKING:
    from experiments.config import Job

SUMMARY = "Make one run of a study again, check it to the bit, tell its story"
EXAMPLES = ["outlook reproduce results/baseline-1a2b3c4d baseline/0123456789ab/17"]
ARGUMENTS = ("dir", "run_id")
SCENARIO = False


class OPTIONS(Options):
    """Options of ``outlook reproduce``."""

    dir: str = Field(description="folder of a study, whichever verb made it")
    run_id: str = Field(description="run_id of the run, as in the table of runs")
    shards: Shards = None
    story: bool = Field(True, description="print what happened in it, month by month")


def main(options: OPTIONS, job: Job) -> int:
    """Make the run again; 0 if it equals what is stored in every bit, 1 if not."""
    from experiments.chronicle.again import reproduce
    from experiments.kit import screen
    from experiments.runs.carry_out import say_if_cold
    from experiments.studies.story import print_story

    say_if_cold()
    again = reproduce(options.dir, options.run_id, shards=options.shards)
    if again.failure is not None:
        screen.line(f"{options.run_id} fails again, as stored: {again.failure}")
        return 0
    assert again.block is not None
    if options.story:
        print_story(again.block, again.ending)
    if again.differs:
        screen.line(f"{options.run_id}: differs from what is stored in {', '.join(again.differs)}", "red")
        if again.other_code:
            screen.line(
                "The code of the model, or the tools that compile it, changed since the study was made."
            )
        return 1
    screen.line(f"{options.run_id}: equal to what is stored, in every bit of {again.compared} numbers")
    return 0
