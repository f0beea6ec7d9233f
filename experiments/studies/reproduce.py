"""``outlook reproduce DIR RUN_ID``: makes one run of a study again and tells its story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from experiments.kit.options import Options, Shards

if TYPE_CHECKING:
    from collections.abc import Iterator

    from experiments.config import Job
    from sim.ensemble import Block

SUMMARY = "Make one run of a study again, check it to the bit, tell its story"
EXAMPLES = ["outlook reproduce results/baseline-1a2b3c4d baseline/0123456789ab/17"]
ARGUMENTS = ("dir", "run_id")
SCENARIO = False
MONTHLY = ("deaths", "attacks_front", "attacks_pockets", "attacks_iskp", "protests", "risings",
           "front_fighters", "pockets", "districts_held", "services", "economy", "grievance")  # fmt: skip
"""Series of the monthly table: flows as sums, stocks as they stand at the end of the month."""


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

    say_if_cold()
    again = reproduce(options.dir, options.run_id, shards=options.shards)
    if again.failure is not None:
        screen.line(f"{options.run_id} fails again, as stored: {again.failure}")
        return 0
    assert again.block is not None
    if options.story:
        _print_story(again.block, again.ending)
    if again.differs:
        screen.line(f"{options.run_id}: differs from what is stored in {', '.join(again.differs)}", "red")
        if again.other_code:
            screen.line(
                "The code of the model, or the tools that compile it, changed since the study was made."
            )
        return 1
    screen.line(f"{options.run_id}: equal to what is stored, in every bit of {again.compared} numbers")
    return 0


def _print_story(block: Block, ending: str) -> None:
    """Print a run: the events that make its story, then its months."""
    from experiments.chronicle.film import film_of
    from experiments.chronicle.log import log, omitted, story
    from experiments.kit import screen
    from experiments.kit.words import label, words

    events = log(film_of(block))
    told = story(events)
    screen.heading(f"Ends in: {words(ending)}\n")
    for one in told:
        screen.line(f"  {one.day(block.scenario.start)}  {one.sentence}", hang=12)
    if len(told) < len(events):
        screen.line(f"  {omitted(events, told)}", "dim", hang=2)
    screen.line()
    screen.table(list(_months(block)), ["month", *(label(name) for name in MONTHLY)])


def _months(block: Block) -> Iterator[list[str]]:
    """A row a month of a block of one run: shares and indices with two digits, the rest whole."""
    import numpy as np

    from sim.outcomes import SERIES

    dates = np.datetime64(block.scenario.start, "D") + np.arange(block.scenario.days)
    months, first = np.unique(dates.astype("datetime64[M]"), return_index=True)
    last = np.append(first[1:], len(dates)) - 1
    columns = []
    for name in MONTHLY:
        series, daily = SERIES[name], block.national(name)[0].astype(float)
        values = np.add.reduceat(daily, first) if series.kind == "flow" else daily[last]
        digits = 2 if series.unit in ("share", "index") or name == "economy" else 0
        columns.append([f"{value:,.{digits}f}" for value in values])
    for month, *cells in zip(months.astype(str), *columns, strict=True):
        yield [str(month), *cells]
