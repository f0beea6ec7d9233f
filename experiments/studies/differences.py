"""Paired comparisons as data and as a table in the terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from experiments.kit import screen
from experiments.kit.screen import Cell
from experiments.runs.tables import QUESTION
from experiments.stats.paired import Paired, compare
from experiments.studies.pairs import ENDING, Arm, Pairs, flips, pair

_SHOWN = 8


@dataclass(frozen=True)
class Comparison:
    """Arm ``a`` against arm ``b``: outcome to its paired difference."""

    a: str
    b: str
    pairs: Pairs
    rows: dict[str, Paired]


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
        made.append(Comparison(arm.name, base.name, pairs, rows))
    return made


def to_data(comparison: Comparison) -> dict[str, Any]:
    """A comparison for JSON: every number of `Paired` and the replicates that flipped."""
    rows = {}
    for name, row in comparison.rows.items():
        plain = {key: _plain(value) for key, value in asdict(row).items()}
        if row.flips_up is not None:
            plain["flipped"] = flips(comparison.pairs, name)
        rows[name] = plain
    return {"a": comparison.a, "b": comparison.b, "points": comparison.pairs.points, "outcomes": rows}


def print_comparison(comparison: Comparison) -> None:
    """Print the table of one comparison."""
    pairs = comparison.pairs
    unit = "pairs of runs" if pairs.points == 1 else f"replicates, each the mean of {pairs.points:,} points"
    screen.heading(f"{comparison.a} minus {comparison.b} ({len(pairs.units):,} {unit})")
    if not comparison.rows:
        screen.line("too few pairs to compare: two replicates or more are needed\n", "yellow")
        return
    rows = [
        [Cell(cell, "" if row.settled else "dim") for cell in (outcome_words(name), *_cells(row))]
        for name, row in comparison.rows.items()
    ]
    screen.table(
        rows, ["Outcome", "A", "B", "A - B [95 % interval]", "P(A>B)", "flips up/down", "pairs more"]
    )
    for line in _flip_lines(comparison):
        screen.line(line, "dim", hang=2)
    screen.line()


def outcome_words(name: str) -> str:
    """An outcome's name in words; that of a question ends in a question mark."""
    asked = "?" if name.startswith(QUESTION) else ""
    return name.removeprefix(ENDING).removeprefix(QUESTION).replace("_", " ") + asked


def _cells(row: Paired) -> tuple[str, ...]:
    """Both means, the difference with its interval, and what is known about its sign."""
    digits = _digits(row)
    more = "settled" if row.settled else "none seen" if row.more_runs is None else f"~{row.more_runs:,}"
    flipped = "" if row.flips_up is None else f"{row.flips_up} / {row.flips_down}"
    low, high = f"{row.low:+,.{digits}f}", f"{row.high:+,.{digits}f}"
    return (
        f"{row.mean_a:,.{digits}f}", f"{row.mean_b:,.{digits}f}", f"{row.difference:+,.{digits}f} [{low}, {high}]",
        f"{row.p_greater:.2f}", flipped, more,
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
        if row.flips_up or row.flips_down:
            found = flips(comparison.pairs, name)
            parts = [
                f"{_few(found['up'])} to yes" if found["up"] else "",
                f"{_few(found['down'])} to no" if found["down"] else "",
            ]
            lines.append(f"flipped, {outcome_words(name)}: " + "; ".join(part for part in parts if part))
    return lines


def _few(units: Sequence[int]) -> str:
    shown = ", ".join(str(unit) for unit in units[:_SHOWN])
    return f"replicate {shown}" + (f" and {len(units) - _SHOWN} more" if len(units) > _SHOWN else "")


def _plain(value: object) -> object:
    """None for nan and infinity, which JSON cannot write."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
