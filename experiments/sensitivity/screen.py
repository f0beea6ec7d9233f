"""What a sensitivity analysis says, on the terminal and as a table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.drawing.answer import Answer
from experiments.kit import screen
from experiments.kit.numbers import chance, interval
from experiments.kit.words import capital
from experiments.sensitivity.figures import figures

LEADING = 5
"""Parameters of each outcome for a first look."""
SHARES = ("total effect", "main effect")
"""Measures that are shares of variance."""
_MEANING = {
    "total effect": "Shares of the whole variance over runs: of a parameter with all that it does together with "
    "others, and alone.",
    "main effect": "Shares of the whole variance over runs that a parameter explains alone; under a posterior with "
    "what goes along with it.",
    "size of effect": "Effects are in standard deviations of the outcome over base points; each parameter moves over "
    "what is held possible, or from half to twice its value where nothing is said.",
}


def print_result(result: Mapping[str, Any], top: int, footer: str) -> None:
    """Print the parameters that move each outcome most."""
    screen.heading(f"{_title(result)} among {result['parameters']} parameters")
    screen.line(f"{capital(result['basis'])}.", "dim")
    measure = result["measure"]
    for one in result["outcomes"]:
        screen.heading(f"\n{capital(one['label'])}")
        if one["luck"] is not None:
            screen.line(
                f"luck {chance(one['luck']['share'], one['luck']['low'], one['luck']['high'])} of the variance"
            )
        shown = [_cells(row, measure) for row in one["indices"][:top]]
        alone = ["alone [95 % interval]"] if measure == "total effect" else []
        screen.table(shown, ["parameter", f"{measure} [95 % interval]", *alone, "direction"])
        if one["floor"] is not None:
            screen.line(
                f"floor of noise (a dummy that nothing reads): {_value(one['floor'], measure)}", "dim"
            )
    screen.line(f"\n{_MEANING[measure]}")
    for note in result["notes"]:
        screen.note(note)
    screen.line(f"{result['runs']:,} runs; {footer}")


def _cells(row: Mapping[str, Any], measure: str) -> tuple[str, ...]:
    cells = [row["parameter"], _said(row["value"], row["low"], row["high"], measure)]
    if measure == "total effect":
        cells.append(_said(row["main"], row["main_low"], row["main_high"], measure))
    return (*cells, f"{row['signed']:+.2f}")


def _said(value: float, low: float, high: float, measure: str) -> str:
    """An index with its interval; a share below nothing, or above all, is shown as nothing or all."""
    if measure not in SHARES:
        return interval(value, low, high)
    return chance(*(min(1.0, max(0.0, one)) for one in (value, low, high)))


def _value(value: float, measure: str) -> str:
    return _said(value, value, value, measure).split(" [")[0]


def told(result: Mapping[str, Any], path: Path) -> Answer:
    """The content of ``sensitivity.json`` as a program or a notebook sees it; ``path``: the folder that holds it."""
    luck = [
        {"outcome": one["outcome"], **(one["luck"] or {}), "floor": one["floor"]}
        for one in result["outcomes"]
    ]
    measure = result["measure"]
    shown = [
        (
            one["label"],
            row["parameter"],
            _said(row["value"], row["low"], row["high"], measure),
            f"{row['signed']:+.2f}",
        )
        for one in result["outcomes"]
        for row in one["indices"][:LEADING]
    ]
    heads = ["outcome", "parameter", f"{measure} [95 % interval]", "direction"]
    tables = {"sensitivity": table(result), "luck": pd.DataFrame(luck)}
    if result["over_time"]:
        tables["over_time"] = pd.DataFrame(result["over_time"])
    note = f"{result['basis']}; {result['parameters']} parameters, {result['runs']:,} runs"
    return Answer(
        _title(result), tables, figures(result), pd.DataFrame(shown, columns=heads), path, result, note
    )


def _title(result: Mapping[str, Any]) -> str:
    where = f" in {result['place']}" if result["place"] else ""
    return f"{result['title']}{where}: what matters"


def table(result: Mapping[str, Any]) -> pd.DataFrame:
    """All indices: a row an outcome and parameter."""
    return pd.DataFrame(
        [{"outcome": one["outcome"], **row} for one in result["outcomes"] for row in one["indices"]]
    )
