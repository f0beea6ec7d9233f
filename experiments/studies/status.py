"""``outlook status DIR``: how far a study is."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from pydantic import Field

from experiments.kit.options import Options, Shards

if TYPE_CHECKING:
    from experiments.config import Job
    from experiments.runs.store import StudyFolder

SUMMARY = "Say how far a study is"
EXAMPLES = ["outlook status results/baseline-1a2b3c4d"]
ARGUMENTS = ("dir",)
SCENARIO = False


class OPTIONS(Options):
    """Options of ``outlook status``."""

    dir: str = Field(description="folder of the study")
    shards: Shards = None


def main(options: OPTIONS, job: Job) -> int:
    """Print the state of a study; returns the exit code."""
    from experiments.kit import screen
    from experiments.kit.numbers import size
    from experiments.runs.store import open_study

    folder = open_study(options.dir, options.shards)
    study, done, failed = folder.study, folder.runs_done(), folder.failed()
    labels = ", ".join(variant.label for variant in study.variants)
    rule = folder.record.replicates_rule
    lines = [
        f"{folder.path}: {folder.record.command}",
        f"  scenarios   {labels}",
        f"  points      {study.points:,} ({study.design.get('name', 'grid')})",
        f"  replicates  {rule}",
        f"  runs        {done:,} of {'at most ' if len(study.rounds) > 1 else ''}{study.runs:,}",
        f"  failed      {failed:,}",
        f"  series      {study.keep}",
        f"  on disk     {size(folder.shards.size())} in {folder.shards.root}",
        f"  state       {_state(folder)}",
    ]
    for line in lines:
        screen.line(line, copied=True)
    return 0


def _state(folder: StudyFolder) -> str:
    """Finished, at work, damaged, or stopped and how to go on."""
    if folder.holder is not None:
        return f"{folder.holder} is at work on it"
    found = folder.problems()
    if found:
        more = f" (and {len(found) - 1:,} more faults)" if len(found) > 1 else ""
        return f"{found[0]}{more}; run it again with: outlook resume {quote(str(folder.path))}"
    if folder.finished is not None:
        return f"finished with {folder.finished.replicates} replicates a point"
    return f"stopped; go on with: outlook resume {quote(str(folder.path))}"
