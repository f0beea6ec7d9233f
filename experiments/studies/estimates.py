"""What a study says: probabilities with their intervals, and how they settled as runs came in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy import stats

from experiments.kit import screen
from experiments.kit.numbers import chance, percent
from experiments.kit.screen import Column
from experiments.kit.words import words
from experiments.runs.stopping import Looks
from experiments.runs.store import StudyFolder
from experiments.runs.tally import Tally, tally
from experiments.stats.intervals import FEW_RUNS, half_width, wilson
from experiments.studies.differences import outcome_words, questions_of
from experiments.studies.pairs import point_label
from sim.outcomes import ENDINGS

FULL, COMPACT, MANY = 8, 60, 4
"""Points up to which every estimate has a row and a convergence line; up to which every point has a row; scenarios
of one point each beyond which they share one table."""
FEW_AT_A_POINT = 10
"""Replicates below which a point of its own says nothing: points are then shown together."""
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
        """The convergence line: ``± 10 at 100, ± 7 at 200 runs (points)``."""
        steps = ", ".join(f"± {100 * half:.0f} at {runs:,}" for runs, half in self.path)
        return f"{steps} runs (points)"


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
    study = folder.study
    few = replicates_done(folder) < FEW_AT_A_POINT
    if len(study.variants) > MANY and study.points == len(study.variants):
        _overview(folder)
    elif study.points <= FULL:
        _full(folder)
    elif study.points <= COMPACT and not few:
        _compact(folder)
    else:
        _pooled(folder)
    if isinstance(study.replicates, Looks):
        screen.line(f"Stopping rule: {study.replicates.describe()}.")
    for line in notes(folder):
        screen.note(line)


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


def _full(folder: StudyFolder) -> None:
    study = folder.study
    columns = [Column("Outcome", wraps=True), Column("p [95 % interval]"),
               Column("half-width of the interval as runs came in", wraps=True, style="dim")]  # fmt: skip
    for position, variant in enumerate(study.variants):
        counts = tally(folder, position, marks(replicates_done(folder)))
        asked = questions_of([variant])
        for point, values in enumerate(variant.points.values):
            where = f"  {point_label(variant.points.names, values)}" if variant.points.names else ""
            screen.heading(f"{variant.label}{where}")
            rows = [
                (outcome_words(one.outcome, asked), chance(one.p, one.low, one.high), one.convergence)
                for one in at_point(counts, point, study.replicates)
            ]
            screen.table(rows, columns)
            screen.line()


def _overview(folder: StudyFolder) -> None:
    """A row a scenario: the endings, each with its interval."""
    study = folder.study
    rows: list[tuple[str, ...]] = []
    for position, variant in enumerate(study.variants):
        counts = tally(folder, position, (replicates_done(folder),))
        shown = {one.outcome: one for one in at_point(counts, 0, study.replicates)}
        told = [shown.get(name) for name in ENDINGS]
        cells = (chance(one.p, one.low, one.high) if one else "–" for one in told)
        rows.append((words(variant.label), *cells))
    screen.heading(f"Endings of {len(study.variants)} scenarios [95 % interval]")
    screen.table(rows, ["scenario", *(words(name) for name in ENDINGS)])
    screen.line("Questions: in estimates.parquet, or outlook compare FOLDER", "dim")
    screen.line()


def _compact(folder: StudyFolder) -> None:
    """A row a point: probabilities of the endings, each with its half-width."""
    study = folder.study
    for position, variant in enumerate(study.variants):
        counts = tally(folder, position, (replicates_done(folder),))
        endings = [name for name in counts.outcomes if "." not in name]
        rows = []
        for point, values in enumerate(variant.points.values):
            shown = {one.outcome: one for one in at_point(counts, point, study.replicates)}
            cells = [
                f"{percent(shown[name].p)} ± {50 * (shown[name].high - shown[name].low):.0f}"
                if name in shown
                else "–"
                for name in endings
            ]
            label = point_label(variant.points.names, values)
            rows.append((label, *cells, f"{int(counts.runs[point, -1].max(initial=0)):,}"))
        screen.heading(variant.label)
        screen.table(rows, ["Point", *(outcome_words(name) for name in endings), "runs"])
        screen.line()


def _pooled(folder: StudyFolder) -> None:
    """Over a large design: shares of all its runs. The unit is what has luck of its own."""
    study = folder.study
    total = replicates_done(folder)
    for position, variant in enumerate(study.variants):
        steps = tuple(range(1, total + 1)) if study.luck == "common" and total <= 1000 else (total,)
        counts = tally(folder, position, steps, by_point=False)
        asked = questions_of([variant])
        screen.heading(f"{variant.label}: {len(variant.points):,} points x {total} replicates")
        rows = []
        for k, outcome in enumerate(counts.outcomes):
            runs, yes = counts.runs[0, :, k], counts.yes[0, :, k]
            if runs[-1]:
                share = percent(yes[-1] / runs[-1], 1)
                rows.append((outcome_words(outcome, asked), share, _over_luck(runs, yes, study.luck)))
        screen.table(rows, ["Outcome", "share of all runs", "95 % interval over luck"])
        screen.line()


def _over_luck(runs: np.ndarray, yes: np.ndarray, luck: str) -> str:
    """Interval of a share over a design; replicates are the unit if all points share them."""
    if luck == "own":
        _, low, high = wilson(yes[-1], runs[-1])
        return f"[{100 * low:.1f}, {100 * high:.1f}]"
    each = np.diff(yes, prepend=0) / np.maximum(np.diff(runs, prepend=0), 1)
    if len(each) < 2:
        return "one luck only: no interval"
    half = stats.t.ppf(0.975, len(each) - 1) * each.std(ddof=1) / np.sqrt(len(each))
    return f"[{100 * max(0.0, each.mean() - half):.1f}, {100 * min(1.0, each.mean() + half):.1f}]"
