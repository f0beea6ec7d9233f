"""``outlook status DIR``: how far a study is."""

from __future__ import annotations

from pydantic import Field

from experiments.kit.options import Options

SUMMARY = "Say how far a study is"
EXAMPLES = ["outlook status results/baseline-1a2b3c4d"]
ARGUMENTS = ("dir",)
SCENARIO = False


class OPTIONS(Options):
    """Options of ``outlook status``."""

    dir: str = Field(description="folder of the study")


def main(options: OPTIONS, job) -> int:
    """Print the state of a study; returns the exit code."""
    from rich.text import Text

    from experiments.cli.help import console
    from experiments.runs.progress import size
    from experiments.runs.store import open_study

    folder = open_study(options.dir)
    study, done, failed = folder.study, folder.runs_done(), folder.failed()
    out = console()
    labels = ", ".join(variant.label for variant in study.variants)
    rule = folder.record["replicates_rule"]
    lines = [
        f"{folder.path}: {folder.record['command']}",
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
        out.print(Text(line), soft_wrap=True)
    return 0


def _state(folder) -> str:
    """Finished, at work, or stopped and how to go on."""
    if folder.finished is not None:
        return f"finished with {folder.finished['replicates']} replicates a point"
    if folder.holder is not None:
        return f"{folder.holder} is at work on it"
    return f"stopped; go on with: outlook resume {folder.path}"
