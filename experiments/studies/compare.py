"""``outlook compare DIR [DIR ...]``: paired differences between scenarios, studies or points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from experiments.kit.options import Options

if TYPE_CHECKING:
    from experiments.config import Job
    from experiments.drawing.answer import Answer

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
    shards: list[str] | str | None = Field(
        None, description="addresses of tables that are not in their folders: named by you, as they are known"
    )
    out: str | None = Field(None, description="new folder for compare.json and figures (default: print only)")


def main(options: OPTIONS, job: Job) -> int:
    """Print the comparisons and, if asked for, write them; returns the exit code."""
    make(options)
    return 0


def compare(*studies: object, **options: Any) -> Answer:
    """Paired differences between scenarios, studies or points, as ``outlook compare`` gives them.

    Parameters
    ----------
    *studies
        Folders of studies with the same seed, or what `run`, `sweep` and `load_study` return.
    **options
        Options of ``outlook compare``: ``base="corridor_opens"``, ``outcomes=["deaths"]``.

    Returns
    -------
    Answer
        A table and figures; also in the folder ``out`` if it is named.

    Raises
    ------
    UserError
        For all that a user can do wrong, one line each.
    """
    from experiments.config.call import called
    from experiments.runs.folders import named

    paths = [named(one) for one in studies]
    with called("compare", (), options, {"dirs": paths}) as job:
        assert isinstance(job.options, OPTIONS)
        return make(job.options)


def make(options: OPTIONS) -> Answer:
    """Compare, print, and write if a folder is named."""
    from pathlib import Path

    from experiments.kit import files, record
    from experiments.kit.errors import UserError
    from experiments.runs import folders
    from experiments.runs.store import open_study
    from experiments.studies.differences import compare_arms, print_comparison, told
    from experiments.studies.pairs import arms_of, find_arm, outcomes_of

    if not options.dirs:
        raise UserError("outlook compare: dirs is missing; allowed: one or more folders of studies")
    out = None if options.out is None else Path(options.out)
    if out is not None:
        folders.holds(out, "a comparison is always made anew")
    arms = arms_of([open_study(path, options.shards).sound() for path in options.dirs])
    base = find_arm(arms, options.base)
    made = compare_arms(arms, base, outcomes_of(arms, options.outcomes))
    answer = told(made, out)
    for comparison in made:
        print_comparison(comparison)
    if out is not None:
        with folders.fresh(out) as folder:
            answer.write(folder)
            files.write_json(folder / "compare.json", answer.data)
            files.write_json(folder / folders.RECORD, record.study("comparison", {"base": base.name}))
    return answer
