"""What the verbs of sweeps share: start a study or go on with it, then say what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from experiments.kit.errors import UserError
from experiments.runs.engine import Engine
from experiments.runs.options import ExecutorOptions
from experiments.runs.plan import Study
from experiments.runs.progress import progress
from experiments.runs.runner import OnError, run_study
from experiments.runs.store import StudyFolder, create, open_study
from experiments.runs.work import RunError

INTERRUPTED = 130


def prepare(
    study: Study, out: str | None, *, block: int, shards: str | None, command: str, parent: str
) -> StudyFolder:
    """The folder of a study: a new one, or the one that holds exactly this study already.

    Raises:
        UserError: if the folder holds something else; names the keys in which another study differs.
    """
    from experiments.kit import record as provenance

    facts = {"versions": provenance.versions(), "commit": provenance.commit()}
    path = Path(out) if out is not None else None
    if path is not None and (path / "study.json").exists():
        return same_study(open_study(path, shards), study)
    return create(
        study, path, block=block, parent=Path(parent), shards=shards, command=command, provenance=facts
    )


def same_study(folder: StudyFolder, study: Study) -> StudyFolder:
    """The folder, if it holds this study; UserError with the keys that differ if not."""
    changed = study.changed(folder.record.identity)
    if changed:
        before, now = folder.record.identity, study.identity
        lines = [
            f"{key}: {before.get(key, 'nothing')} in the folder, {now.get(key, 'nothing')} now"
            for key in changed
        ]
        raise UserError(
            f"{folder.path}: holds another study and is not overwritten; it differs in {'; '.join(lines)}"
        )
    return folder


def check_code(folder: StudyFolder) -> None:
    """Refuse to mix runs of two versions of the model in one study."""
    from sim.compiled import source_hash

    if folder.record.code != source_hash():
        made = folder.record.provenance.commit or "another version"
        raise UserError(
            f"{folder.path}: code of the model: changed since the study was started (by {made}); runs of two "
            "models are not mixed: resume with that version, or start a new study"
        )


def carry_on(
    folder: StudyFolder, executor: ExecutorOptions, *, on_error: OnError, figures: bool, measure: str,
    command: str = "outlook",
) -> int:  # fmt: skip
    """Run what is missing, then print estimates and comparisons and draw figures; gives the exit code."""
    from experiments.kit.screen import say

    study, done = folder.study, folder.runs_done()
    if done:
        say(f"{done:,} runs are there already")
    try:
        with progress(study.runs, done) as watch:
            outcome = run_study(folder, Engine(), executor, on_error=on_error, watch=watch)
    except RunError as error:
        say(f"outlook: a run failed and on_error=stop: {error}")
        say(f"outlook: after mending it, go on with: {command} resume {folder.path}")
        return 1
    except OSError as error:
        raise UserError(f"{folder.shards.root}: cannot be written: {error.strerror or error}") from None
    if not outcome.finished:
        say(f"\nStopped after {folder.runs_done():,} runs; go on with: {command} resume {folder.path}")
        return INTERRUPTED
    report(folder, figures=figures, measure=measure)
    return 0


def report(folder: StudyFolder, *, figures: bool, measure: str) -> None:
    """Print what a finished study says; write its estimates and figures."""
    from experiments.kit import screen
    from experiments.studies.differences import compare_arms, print_comparison
    from experiments.studies.estimates import print_estimates, write_estimates
    from experiments.studies.figures import draw
    from experiments.studies.pairs import arms_of, outcomes_of

    write_estimates(folder)
    print_estimates(folder)
    if len(folder.study.variants) > 1:
        arms = arms_of([folder])
        for comparison in compare_arms(arms, arms[0], outcomes_of(arms, None)):
            print_comparison(comparison)
    drawn: Sequence[Path] = draw(folder, measure) if figures else ()
    more = f"; {len(drawn)} figures" if drawn else ""
    screen.line(f"{folder.runs_done():,} runs in {folder.path}{more}")
