"""``outlook report FOLDER``: makes the page of a folder again, as HTML or as PDF."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from experiments.kit.options import Options, Shards

if TYPE_CHECKING:
    from pathlib import Path

    from experiments.config import Job

SUMMARY = "Make the page of any folder of results again: HTML, or PDF where there is a browser"
EXAMPLES = ["outlook report results/first", "outlook report results/three format=pdf"]
ARGUMENTS = ("dir",)
SCENARIO = False

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
"""Programs that print a page as PDF without a window."""
_PATIENCE = 120  # seconds


class OPTIONS(Options):
    """Options of ``outlook report``."""

    dir: str = Field(description="folder that a verb made")
    format: Literal["html", "pdf"] = Field("html", description="pdf: printed by a browser of this machine")
    shards: Shards = None


def main(options: OPTIONS, job: Job) -> int:
    """Make the page; returns the exit code."""
    from pathlib import Path

    from experiments.kit import screen

    browser = _browser() if options.format == "pdf" else None
    page, code = make(Path(options.dir), options.shards)
    if not page.is_file():  # what could not be made is told already
        return code
    if browser is not None:
        page = _print(browser, page)
    screen.line(f"Written: {page}", copied=True)
    return code


def make(folder: Path, shards: str | None = None) -> tuple[Path, int]:
    """Make the page of a folder by what its record says that it is: the page and an exit code.

    Runs are concluded anew by the verb that made them: its tables, figures and page. Where it has no page of its own,
    and for folders without runs, the page shows the figures and tables that are there.

    Raises
    ------
    UserError
        If the folder is none of ours, is not finished or is damaged.
    """
    from experiments.kit import files, screen
    from experiments.kit.errors import UserError
    from experiments.kit.verb import load
    from experiments.runs import carry_out
    from experiments.runs.folders import recorded
    from experiments.runs.store import open_study
    from experiments.studies import page

    record = recorded(folder)
    if record is None or not isinstance(record.get("kind"), str):
        raise UserError(f"{folder}: holds no results; allowed: a folder that a verb of outlook made")
    own, code, study = None, 0, None
    if record["kind"] == "sweep":
        study = open_study(folder, shards)
        if study.finished is None:
            raise UserError(f"{folder}: is not finished; outlook resume {quote(str(folder))} goes on with it")
        verb = load(carry_out.maker_of(study.sound())).module
        with screen.quiet():
            code = verb.conclude(study, figures=True)
        own = getattr(verb, "PAGE", None)
    path = folder / (own or page.FILE)
    if own is None:
        files.write(path, page.page(folder, record, study))
    return path, code


def _browser() -> str:
    """A browser of this machine; UserError if there is none."""
    import shutil

    from experiments.kit.errors import UserError

    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        raise UserError(
            f"format=pdf: no browser on this machine prints it (looked for {', '.join(BROWSERS)}); allowed: "
            "format=html, which any browser opens and prints"
        )
    return found


def _print(browser: str, page: Path) -> Path:
    """The page as PDF beside it."""
    import os
    import subprocess

    from experiments.kit.errors import UserError

    pdf = page.with_suffix(".pdf")
    pdf.unlink(missing_ok=True)
    alone = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # a superuser has none
    words = [browser, "--headless", "--disable-gpu", *alone, "--no-pdf-header-footer",
             f"--print-to-pdf={pdf.resolve()}", page.resolve().as_uri()]  # fmt: skip
    try:
        subprocess.run(words, capture_output=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UserError(f"format=pdf: {browser} did not print {page}: {type(error).__name__}") from None
    if not pdf.is_file():
        raise UserError(f"format=pdf: {browser} printed nothing; allowed: format=html")
    return pdf
