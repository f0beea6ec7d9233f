"""What a study says: probabilities with their intervals, and how they settled as runs came in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy import special

from experiments.config.posteriors import variant_basis
from experiments.kit import screen
from experiments.kit.numbers import chance, percent
from experiments.kit.screen import Column
from experiments.kit.words import capital, words
from experiments.runs.stopping import Looks
from experiments.runs.store import StudyFolder
from experiments.runs.tally import Tally, tally
from experiments.stats.intervals import FEW_RUNS, half_width, wilson
from experiments.studies.differences import outcome_words, questions_of
from experiments.studies.pairs import point_label

FEW_AT_A_POINT = 10
"""Replicates below which a point of its own says nothing: points are then shown together."""
MANY = 4
"""Scenarios that are shown with all their outcomes; of more there is the overview."""
MOST_STEPS = 1000
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
        folder.add("estimates")


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
    """Print what the study says, in as much detail as its number of points and replicates allows."""
    study, replicates = folder.study, replicates_done(folder)
    for said in dict.fromkeys(variant_basis(variant) for variant in study.variants):
        screen.line(f"{capital(said)}.", "dim")
    if len(study.variants) > 1:
        _overview(folder)
    if len(study.variants) > MANY and study.points <= LARGEST_TABLE:
        screen.line(f"Every outcome at every point: {folder.path / 'estimates.parquet'}\n", "dim")
    elif study.points <= FULL and (replicates > 1 or study.points == 1):
        _full(folder)
    elif study.points <= COMPACT and replicates >= FEW_AT_A_POINT:
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
    if study.points <= COMPACT and FEW_AT_A_POINT <= replicates < FEW_RUNS:
        few = "run a point is" if replicates == 1 else "runs a point are"
        found.append(f"{replicates} {few} few: intervals are wide; {FEW_RUNS} or more are better")
    pooled = study.points > len(study.variants) and (study.points > FULL or replicates == 1)
    if pooled and study.luck == "common" and replicates < FEW_AT_A_POINT:
        shared = "one draw" if replicates == 1 else f"{replicates} draws"
        levels = "shares are no probabilities" if replicates == 1 else "levels are rough"
        found.append(
            f"all points share {shared} of luck and of what is unknown: differences between points are sharp, but "
            f"{levels}; luck=own gives every point a draw of its own"
        )
    failed = folder.failed()
    if failed:
        found.append(f"{failed} runs failed and count nowhere; see {folder.path / 'failures'}")
    return found


def _overview(folder: StudyFolder) -> None:
    """A row a scenario: the share of each ending over all of its points."""
    study = folder.study
    endings: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = []
    for position, variant in enumerate(study.variants):
        counts = _counts(folder, position)
        endings = endings or tuple(name for name in counts.outcomes if "." not in name)
        cells = []
        for k in range(len(endings)):
            runs, yes = counts.runs[0, :, k], counts.yes[0, :, k]
            own = study.luck == "own" or len(variant.points) == 1
            share = percent(yes[-1] / max(runs[-1], 1)) if study.luck == "block" else None
            cells.append((share or chance(*_over_luck(runs, yes, own))) if runs[-1] else "–")
        rows.append((words(variant.label), *cells, f"{int(counts.runs[0, -1].max(initial=0)):,}"))
    screen.heading(f"Endings of {len(study.variants)} scenarios [95 % interval]")
    screen.table(rows, ["scenario", *(outcome_words(name) for name in endings), "runs"])
    screen.line()


def _counts(folder: StudyFolder, position: int) -> Tally:
    """Counts over all points of a scenario, replicate by replicate if the points share them."""
    total = replicates_done(folder)
    shared = folder.study.luck == "common" and total <= MOST_STEPS
    return tally(folder, position, tuple(range(1, total + 1)) if shared else (total,), by_point=False)


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


def _compact(folder: StudyFolder) -> None:
    """A row a point: probabilities of the endings; scenarios of one point stand in the overview."""
    study = folder.study
    for position, variant in enumerate(study.variants):
        if len(variant.points) == 1 and len(study.variants) > 1:
            continue
        counts = tally(folder, position, (replicates_done(folder),))
        endings = [name for name in counts.outcomes if "." not in name]
        rows = []
        for point, values in enumerate(variant.points.values):
            shown = {one.outcome: one for one in at_point(counts, point, study.replicates)}
            cells = [
                chance(shown[name].p, shown[name].low, shown[name].high) if name in shown else "–"
                for name in endings
            ]
            label = point_label(variant.points.names, values)
            rows.append((label, *cells, f"{int(counts.runs[point, -1].max(initial=0)):,}"))
        screen.heading(variant.label)
        screen.table(rows, ["Point", *(outcome_words(name) for name in endings), "runs"])
        screen.line()


def _pooled(folder: StudyFolder) -> None:
    """Over a large design: shares of all its runs; of its points, if all of them share one draw."""
    study, total = folder.study, replicates_done(folder)
    one_draw, blocks = study.luck == "common" and total == 1, study.luck == "block"
    heading = "share of points, all else at one draw" if one_draw else "share of all runs [95 % interval]"
    heading = "share of all runs" if blocks else heading
    for position, variant in enumerate(study.variants):
        counts, asked = _counts(folder, position), questions_of([variant])
        each = "replicate" if total == 1 else "replicates"
        screen.heading(f"{variant.label}: {len(variant.points):,} points x {total} {each}")
        rows = []
        for k, outcome in enumerate(counts.outcomes):
            runs, yes = counts.runs[0, :, k], counts.yes[0, :, k]
            if runs[-1]:
                share, low, high = _over_luck(runs, yes, study.luck == "own")
                rows.append(
                    (
                        outcome_words(outcome, asked),
                        percent(share) if one_draw or blocks else chance(share, low, high),
                    )
                )
        screen.table(rows, ["Outcome", heading])
        screen.line()


def _over_luck(runs: np.ndarray, yes: np.ndarray, own: bool) -> tuple[float, float, float]:
    """A share over all points of a scenario with its interval.

    Parameters
    ----------
    runs, yes
        Runs that answer and those in which it came true, up to each replicate: int64 ``(replicates,)``.
    own
        Whether every run has luck of its own; else the replicates, which all points share, are the unit.

    Returns
    -------
    share, low, high
        From 0 to 1; the interval is nan if there is one shared replicate only.
    """
    if own:
        return tuple(wilson(int(yes[-1]), int(runs[-1])))
    share = float(yes[-1] / runs[-1])
    each = np.diff(yes, prepend=0) / np.maximum(np.diff(runs, prepend=0), 1)
    if len(each) < 2:
        return share, np.nan, np.nan
    half = float(special.stdtrit(len(each) - 1, 0.975) * each.std(ddof=1) / np.sqrt(len(each)))
    return share, max(0.0, share - half), min(1.0, share + half)
