"""What a study says: probabilities with their intervals, and how they settled as runs came in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from rich.console import Console
from rich.table import Table
from rich.text import Text
from scipy import stats

from experiments.cli.help import console
from experiments.runs.stopping import Looks
from experiments.runs.store import StudyFolder
from experiments.runs.tally import Tally, tally
from experiments.stats.intervals import FEW_RUNS, half_width, wilson
from experiments.studies.differences import outcome_words
from experiments.studies.pairs import point_label

FULL, COMPACT = 8, 60
"""Points up to which every estimate has a row and a convergence line; up to which every point has a row."""
LARGEST_TABLE = 20_000
"""Points up to which ``estimates.parquet`` is written: one row a point and outcome."""
_MARKS = (0.25, 0.5, 1.0)


@dataclass(frozen=True)
class Estimate:
    """A probability at one point: of an outcome, from so many runs, with its interval and convergence.

    ``path`` holds (runs, half-width) as runs came in; the last is that of the interval itself.
    """

    outcome: str
    runs: int
    p: float
    low: float
    high: float
    path: tuple[tuple[int, float], ...]

    @property
    def convergence(self) -> str:
        """The convergence line: ``± 0.10 at 100, ± 0.07 at 200 runs``."""
        steps = ", ".join(f"± {half:.2f} at {runs:,}" for runs, half in self.path)
        return f"{steps} runs"


def replicates_done(folder: StudyFolder) -> int:
    """Replicates a point of a study that is finished, or of the rounds so far."""
    finished = folder.finished
    return finished.replicates if finished else int(folder.study.rounds[-1][1])


def marks(replicates: int) -> tuple[int, ...]:
    """Numbers of replicates at which the convergence line stops to look."""
    return tuple(sorted({max(1, round(share * replicates)) for share in _MARKS}))


def at_point(counts: Tally, point: int, rule: int | Looks) -> Iterator[Estimate]:
    """The estimates of one point; under ``replicates=auto`` with the interval that the rule looked at."""
    for k, outcome in enumerate(counts.outcomes):
        runs, yes = counts.runs[point, :, k], counts.yes[point, :, k]
        if runs[-1] == 0:
            continue
        p = yes / np.maximum(runs, 1)
        if isinstance(rule, Looks):
            low, high = (float(end) for end in rule.interval(yes[-1], runs[-1]))
            path: tuple[tuple[int, float], ...] = ((int(runs[-1]), (high - low) / 2.0),)
        else:
            _, low, high = (float(value) for value in wilson(yes[-1], runs[-1]))
            widths = np.asarray(half_width(p, runs))
            path = tuple((int(n), float(half)) for n, half in zip(runs, widths, strict=True) if n > 0)
        yield Estimate(outcome, int(runs[-1]), float(p[-1]), low, high, path)


def write_estimates(folder: StudyFolder) -> None:
    """Write ``estimates.parquet``: scenario, point, outcome, runs, p, low, high; not for very many points."""
    study = folder.study
    if study.points <= LARGEST_TABLE:
        folder.write_whole("estimates", _estimate_tables(folder))


def _estimate_tables(folder: StudyFolder) -> Iterator[pa.Table]:
    """The estimates of each scenario, a row a point and outcome that some run answers."""
    rule = folder.study.replicates
    for position, variant in enumerate(folder.study.variants):
        counts = tally(folder, position, (replicates_done(folder),))
        point, outcome = np.nonzero(counts.runs[:, -1])
        runs, yes = counts.runs[point, -1, outcome], counts.yes[point, -1, outcome]
        low, high = rule.interval(yes, runs) if isinstance(rule, Looks) else wilson(yes, runs)[1:]
        yield pa.table(
            {
                "scenario": pa.array([variant.label] * len(runs)),
                "point": point,
                "outcome": pa.array(np.array(counts.outcomes, dtype=str)[outcome]),
                "runs": runs,
                "p": yes / runs,
                "low": low,
                "high": high,
            }
        )


def print_estimates(folder: StudyFolder) -> None:
    """Print what the study says, in as much detail as its number of points allows."""
    study, out = folder.study, console()
    if study.points <= FULL:
        _full(folder, out)
    elif study.points <= COMPACT:
        _compact(folder, out)
    else:
        _pooled(folder, out)
    if isinstance(study.replicates, Looks):
        out.print(Text(f"Stopping rule: {study.replicates.describe()}."))
    for line in notes(folder):
        out.print(Text(f"Note: {line}", style="yellow"))


def notes(folder: StudyFolder) -> list[str]:
    """What a reader should know before trusting the numbers."""
    study, replicates = folder.study, replicates_done(folder)
    found = []
    if study.points <= COMPACT and replicates < FEW_RUNS:
        found.append(f"{replicates} runs a point are few: intervals are wide; {FEW_RUNS} or more are better")
    if study.points > COMPACT and study.luck == "common" and replicates < 20:
        found.append(
            f"all points share the luck of {replicates} replicate(s): differences between points are sharp, "
            "levels are not; luck=own gives every point its own"
        )
    failed = folder.failed()
    if failed:
        found.append(f"{failed} runs failed and count nowhere; see {folder.path / 'failures'}")
    return found


def _full(folder: StudyFolder, out: Console) -> None:
    study = folder.study
    for position, variant in enumerate(study.variants):
        counts = tally(folder, position, marks(replicates_done(folder)))
        for point, values in enumerate(variant.points.values):
            where = f"  {point_label(variant.points.names, values)}" if variant.points.names else ""
            out.print(Text(f"{variant.label}{where}", style="bold"))
            table = _table("Outcome", "p [95 % interval]", "half-width of the interval as runs came in")
            for one in at_point(counts, point, study.replicates):
                text = f"{one.p:.2f} [{one.low:.2f}, {one.high:.2f}]"
                table.add_row(
                    Text(outcome_words(one.outcome)), Text(text), Text(one.convergence, style="dim")
                )
            out.print(table)
            out.print()


def _compact(folder: StudyFolder, out: Console) -> None:
    """A row a point: probabilities of the endings, each with its half-width."""
    study = folder.study
    for position, variant in enumerate(study.variants):
        counts = tally(folder, position, (replicates_done(folder),))
        endings = [name for name in counts.outcomes if "." not in name]
        out.print(Text(variant.label, style="bold"))
        table = _table("Point", *(outcome_words(name) for name in endings), "runs")
        for point, values in enumerate(variant.points.values):
            shown = {one.outcome: one for one in at_point(counts, point, study.replicates)}
            cells = [
                f"{one.p:.2f} ± {(one.high - one.low) / 2:.2f}"
                for name, one in shown.items()
                if name in endings
            ]
            label = point_label(variant.points.names, values)
            table.add_row(Text(label), *map(Text, cells), f"{int(counts.runs[point, -1].max(initial=0)):,}")
        out.print(table)
        out.print()


def _pooled(folder: StudyFolder, out: Console) -> None:
    """Over a large design: shares of all its runs. The unit is what has luck of its own."""
    study = folder.study
    total = replicates_done(folder)
    for position, variant in enumerate(study.variants):
        steps = tuple(range(1, total + 1)) if study.luck == "common" and total <= 1000 else (total,)
        counts = tally(folder, position, steps, by_point=False)
        out.print(Text(f"{variant.label}: {len(variant.points):,} points x {total} replicates", style="bold"))
        table = _table("Outcome", "share of all runs", "95 % interval over luck")
        for k, outcome in enumerate(counts.outcomes):
            runs, yes = counts.runs[0, :, k], counts.yes[0, :, k]
            if runs[-1]:
                table.add_row(
                    Text(outcome_words(outcome)),
                    f"{yes[-1] / runs[-1]:.3f}",
                    Text(_over_luck(runs, yes, study.luck)),
                )
        out.print(table)
        out.print()


def _over_luck(runs: np.ndarray, yes: np.ndarray, luck: str) -> str:
    """Interval of a share over a design; replicates are the unit if all points share them."""
    if luck == "own":
        _, low, high = wilson(yes[-1], runs[-1])
        return f"[{low:.3f}, {high:.3f}]"
    each = np.diff(yes, prepend=0) / np.maximum(np.diff(runs, prepend=0), 1)
    if len(each) < 2:
        return "one luck only: no interval"
    half = stats.t.ppf(0.975, len(each) - 1) * each.std(ddof=1) / np.sqrt(len(each))
    return f"[{max(0.0, each.mean() - half):.3f}, {min(1.0, each.mean() + half):.3f}]"


def _table(first: str, *rest: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(first, min_width=24)
    for heading in rest:
        table.add_column(heading, no_wrap=True)
    return table
