"""``outlook animate DIR RUN_ID``: the map of one run as GIF or MP4, with date and events."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from experiments.kit.errors import UserError
from experiments.kit.options import Options, Shards

if TYPE_CHECKING:
    from experiments.chronicle.again import Again
    from experiments.config import Job

SUMMARY = "Draw one run of a study as a moving map, GIF or MP4, with date and events"
EXAMPLES = [
    "outlook animate results/first baseline/0123456789ab/17",
    "outlook animate results/first baseline/0123456789ab/17 out=run.mp4 every=14 fps=12",
]
ARGUMENTS = ("dir", "run_id")
SCENARIO = False
FORMATS = (".gif", ".mp4")


class OPTIONS(Options):
    """Options of ``outlook animate``."""

    dir: str = Field(description="folder of a study (of outlook sweep or outlook run)")
    run_id: str = Field(description="run_id of the run, as in the table of runs")
    out: str = Field(
        "run.gif", description="new file; its ending says the format: .gif, or .mp4 (needs ffmpeg)"
    )
    every: int = Field(7, ge=1, le=366, description="days from one picture to the next")
    fps: int = Field(8, ge=1, le=50, description="pictures a second")
    replace: bool = Field(False, description="replace the file if it is there")
    shards: Shards = None


def main(options: OPTIONS, job: Job) -> int:
    """Make the run again and draw it; 0, or 1 if the run is not the one that is stored."""
    from experiments.animation.film import write
    from experiments.animation.frames import palette, pictures
    from experiments.chronicle.again import reproduce
    from experiments.chronicle.film import film_of
    from experiments.kit import screen
    from experiments.kit.progress import progress
    from experiments.runs.carry_out import say_if_cold

    path = checked(options)
    say_if_cold()
    again = reproduce(options.dir, options.run_id, shards=options.shards)
    if again.block is None:
        screen.say(f"outlook: {options.run_id} failed when it was run; there is nothing to draw")
        return 1
    shot = film_of(again.block)
    days = list(range(0, shot.days, options.every))
    with progress("Pictures", len(days)) as told:
        size = write(path, pictures(shot, days, told), options.fps, palette())
    screen.line(f"{path}: {len(days)} pictures, {size / 1e6:.1f} MB")
    return _same(options.run_id, again)


def checked(options: OPTIONS) -> Path:
    """The file to write.

    Raises
    ------
    UserError
        If its ending is no format, its folder is not there, it is there already, or ffmpeg is missing.
    """
    import shutil

    from experiments.kit.files import check_writable

    path = Path(options.out)
    if path.suffix.lower() not in FORMATS:
        raise UserError(
            f"out={options.out}: found {path.suffix or 'no ending'}; allowed: {', '.join(FORMATS)}"
        )
    if not path.parent.is_dir():
        raise UserError(
            f"out={options.out}: {path.parent}: no such folder; allowed: a file in a folder that is there"
        )
    if path.exists() and not (options.replace and path.is_file()):
        raise UserError(f"out={options.out}: is there already; allowed: a new file, or replace=true")
    if path.suffix.lower() == ".mp4" and shutil.which("ffmpeg") is None:
        raise UserError(
            f"out={options.out}: ffmpeg is not on the PATH; allowed: a .gif, which needs nothing else"
        )
    return check_writable(path, "out")


def _same(run_id: str, again: Again) -> int:
    """Say whether the run that was drawn is the one that is stored."""
    from experiments.kit import screen

    if not again.differs:
        return 0
    screen.line(f"{run_id}: what is drawn differs from what is stored in {', '.join(again.differs)}", "red")
    return 1
