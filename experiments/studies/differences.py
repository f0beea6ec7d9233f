"""Paired comparisons as data and as a table in the terminal."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.drawing import sheets
from experiments.drawing.answer import Answer
from experiments.kit import files, screen
from experiments.kit.numbers import percent, points
from experiments.kit.screen import Cell
from experiments.kit.words import labelled, words
from experiments.runs.plan import Variant
from experiments.runs.tables import QUESTION
from experiments.stats.paired import Paired, compare
from experiments.studies.pairs import ENDING, Arm, Pairs, differences_of, flips, pair
from sim.outcomes import ENDINGS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SHOWN = 8


@dataclass(frozen=True)
class Comparison:
    """Arm ``a`` against arm ``b``: outcome to its paired difference; ``notes``: what both differ in besides."""

    a: str
    b: str
    pairs: Pairs
    rows: dict[str, Paired]
    asked: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def told(made: Sequence[Comparison], path: Path | None = None) -> Answer:
    """Comparisons with one base, as a program or a notebook sees them.

    Parameters
    ----------
    made
        The comparisons.
    path
        The folder that they are written into; None: none.

    Returns
    -------
    Answer
        ``differences`` holds a row a comparison and outcome: both means, the difference with its interval, and what
        `Paired` holds. There is a figure for each comparison that holds chances.
    """
    rows = [(one, name, row) for one in made for name, row in one.rows.items()]
    table = [
        {"a": one.a, "b": one.b, "outcome": name.removeprefix(ENDING), **asdict(row)}
        for one, name, row in rows
    ]
    shown = [
        [one.a, one.b, outcome_words(name, one.asked), *_cells(name, row)[:3]] for one, name, row in rows
    ]
    heads = ["a", "b", "outcome", "of a", "of b", "a minus b [95 % interval]"]
    drawings: dict[str, Callable[[], Figure]] = {}
    for n, one in enumerate(made):
        if chances := _chances(one):
            drawings |= sheets.footed(
                {f"differences-{n}": partial(_figure, one, chances)},
                runs=max(row.runs for row in chances.values()), scenario=f"{one.a}, {one.b}",
            )  # fmt: skip
    title = "; ".join(f"{one.a} minus {one.b}, {len(one.pairs.units):,} pairs" for one in made)
    tables = {"differences": pd.DataFrame(table)}
    return Answer(
        title, tables, drawings, pd.DataFrame(shown, columns=heads), path, [to_data(one) for one in made]
    )


def _figure(one: Comparison, rows: Mapping[str, Paired]) -> Figure:
    """Chances of both sides and their differences."""
    from experiments.studies.comparisons import paired_differences
    from experiments.studies.landscapes import Quantity

    return paired_differences(rows, Quantity("Chance", "", True), a=words(one.a), b=words(one.b))


def _chances(one: Comparison) -> dict[str, Paired]:
    """Yes-or-no outcomes of a comparison, in words."""
    return {outcome_words(name, one.asked): row for name, row in one.rows.items() if is_chance(name, row)}


def is_chance(name: str, row: Paired) -> bool:
    """Whether an outcome is a yes or no, and not a count that happens to be 0 or 1 in all runs."""
    return row.flips_up is not None and name.startswith((ENDING, QUESTION))


def compare_arms(arms: Sequence[Arm], base: Arm, outcomes: Sequence[str]) -> list[Comparison]:
    """Every other arm against the base; outcomes that fewer than two pairs decide are left out."""
    made = []
    for arm in arms:
        if arm == base:
            continue
        pairs = pair(arm, base, outcomes)
        rows = {}
        for name in outcomes:
            a, b = pairs.a[name], pairs.b[name]
            if np.sum(~np.isnan(a) & ~np.isnan(b)) >= 2:
                rows[name] = compare(a, b)
        asked = questions_of(one.folder.study.variants[one.variant] for one in (base, arm))
        notes = tuple(differences_of(arm, base))
        made.append(Comparison(arm.name, base.name, pairs, rows, asked, notes))
    return made


def to_data(comparison: Comparison) -> dict[str, Any]:
    """A comparison for JSON: every number of `Paired` and the replicates that flipped."""
    rows = {}
    for name, row in comparison.rows.items():
        plain = files.plain(asdict(row))
        if row.flips_up is not None:
            plain["flipped"] = flips(comparison.pairs, name)
        rows[name] = plain
    return {
        "a": comparison.a, "b": comparison.b, "points": comparison.pairs.points, "outcomes": rows,
        "notes": list(comparison.notes),
    }  # fmt: skip


def print_overview(made: Sequence[Comparison]) -> None:
    """Print many comparisons with one scenario as a table: a row each, the endings and deaths as columns."""
    names = [name for name in (*(ENDING + ending for ending in ENDINGS), "deaths")
             if any(name in one.rows and one.rows[name].difference != 0.0 for one in made)]  # fmt: skip
    screen.heading(f"Differences from {made[0].b} (mean of pairs; * where the sign is settled)")
    for note in dict.fromkeys(note for one in made for note in one.notes):
        screen.line(f"Note: {note}", "yellow")
    rows = []
    for one in made:
        cells = [_short(name, one.rows.get(name)) for name in names]
        rows.append((words(one.a), *cells))
    screen.table(rows, ["scenario", *(outcome_words(name) for name in names)])
    screen.line("All outcomes with their intervals: outlook compare FOLDER", "dim")
    screen.line()


def _short(name: str, row: Paired | None) -> str:
    """A difference without its interval: ``+12 points *``."""
    if row is None:
        return "–"
    star = " *" if row.settled else ""
    if not is_chance(name, row):
        return f"{row.difference:+,.0f}{star}"
    return points(row.difference, row.low, row.high).split(" [")[0] + " points" + star


def print_comparison(comparison: Comparison) -> None:
    """Print the table of one comparison."""
    pairs = comparison.pairs
    unit = "pairs of runs" if pairs.points == 1 else f"replicates, each the mean of {pairs.points:,} points"
    screen.heading(f"{comparison.a} minus {comparison.b} ({len(pairs.units):,} {unit})")
    for note in comparison.notes:
        screen.line(f"Note: {note}", "yellow")
    if not comparison.rows:
        screen.line("too few pairs to compare: two replicates or more are needed\n", "yellow")
        return
    rows = [
        [
            Cell(cell, "" if row.settled else "dim")
            for cell in (_counted(name, row, comparison), *_cells(name, row))
        ]
        for name, row in comparison.rows.items()
    ]
    screen.table(
        rows, ["Outcome", "A", "B", "A - B [95 % interval]", "P(A>B)", "flips up/down", "pairs more"]
    )
    for line in _flip_lines(comparison):
        screen.line(line, "dim", hang=2)
    screen.line()


def outcome_words(name: str, asked: Mapping[str, str] | None = None) -> str:
    """An ending, a question or a measure in words, with its unit: ``refugees (people)``, or the text of a question.

    ``asked``: questions by their names, from `questions_of`; without it a question is told by its name.
    """
    if name.startswith(QUESTION):
        return (asked or {}).get(name) or words(name.removeprefix(QUESTION)) + "?"
    return labelled(name.removeprefix(ENDING))


def questions_of(variants: Iterable[Variant]) -> dict[str, str]:
    """Texts of the questions of some scenarios, by the names of their outcomes."""
    found = (question for variant in variants for question in variant.scenario.questions)
    return {QUESTION + question.id: " ".join(question.text.split()) for question in found}


def _counted(name: str, row: Paired, comparison: Comparison) -> str:
    """An outcome in words, with its pairs where not all have it: days of events that came in both runs alone."""
    pairs = len(comparison.pairs.units)
    return outcome_words(name, comparison.asked) + (f", {row.runs:,} pairs" if row.runs < pairs else "")


def _cells(name: str, row: Paired) -> tuple[str, ...]:
    """Both means, the difference with its interval, and what is known about its sign."""
    more = "settled" if row.settled else "none seen" if row.more_runs is None else f"~{row.more_runs:,}"
    flipped = f"{row.flips_up} / {row.flips_down}" if is_chance(name, row) else ""
    if is_chance(name, row):  # in per cent, the difference in points
        fine = 1 if row.high - row.low < 0.02 else 0
        sides = (percent(row.mean_a, fine), percent(row.mean_b, fine))
        return *sides, points(row.difference, row.low, row.high), percent(row.p_greater), flipped, more
    digits = _digits(row)
    low, high = f"{row.low:+,.{digits}f}", f"{row.high:+,.{digits}f}"
    return (
        f"{row.mean_a:,.{digits}f}", f"{row.mean_b:,.{digits}f}", f"{row.difference:+,.{digits}f} [{low}, {high}]",
        percent(row.p_greater), flipped, more,
    )  # fmt: skip


def _digits(row: Paired) -> int:
    """Decimals that show the interval of a difference with two figures, and no more than make sense."""
    width = row.high - row.low
    if not width > 0.0 or not math.isfinite(width):
        return 2
    return min(5, max(0 if abs(row.mean_a) >= 100 else 2, 1 - math.floor(math.log10(width / 2.0))))


def _flip_lines(comparison: Comparison) -> list[str]:
    """Which replicates flipped, for endings and questions where some did."""
    lines = []
    for name, row in comparison.rows.items():
        if is_chance(name, row) and (row.flips_up or row.flips_down):
            found = flips(comparison.pairs, name)
            parts = [
                f"{_few(found['up'])} to yes" if found["up"] else "",
                f"{_few(found['down'])} to no" if found["down"] else "",
            ]
            lines.append(
                f"flipped, {outcome_words(name, comparison.asked)}: "
                + "; ".join(part for part in parts if part)
            )
    return lines


def _few(units: Sequence[int]) -> str:
    shown = ", ".join(str(unit) for unit in units[:_SHOWN])
    return f"replicate {shown}" + (f" and {len(units) - _SHOWN} more" if len(units) > _SHOWN else "")
