"""The outlook as tables in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.kit import screen
from experiments.kit.numbers import SCALE, amount, chance, likelihood
from experiments.kit.screen import Column
from experiments.kit.words import capital, words
from experiments.outlook.fighting import range_of, rows_by_actor, told_by_actor, what_remains, who_fights
from experiments.outlook.summary import warnings


def print_outlook(result: Mapping[str, Any], footer: str) -> None:
    """Print an outlook: endings, questions, numbers, parameters against luck, warnings."""
    screen.heading(f"{result['title']}  ({result['scenario']}, {result['start']} to {result['end']})")
    if result.get("basis"):
        screen.line(f"{capital(result['basis'])}.", "bold")
    screen.line()
    _shares("Ending", {words(name): value for name, value in result["endings"].items()})
    yes_no = {answer["text"]: answer for answer in result["questions"].values() if "p" in answer}
    if yes_no:
        _shares("Question", yes_no)
    screen.line(SCALE, "dim")
    screen.line()
    _fighting(result)
    numbers = {answer["text"]: answer for answer in result["questions"].values() if "median" in answer}
    _numbers({**{value["text"]: value for value in result["numbers"].values()}, **numbers}, result)
    for line in warnings(result):
        screen.note(line)
    screen.line(footer, "dim")


def _shares(heading: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
    """Probabilities with their intervals, and a bar of a block for every five per cent."""
    columns = [
        Column(heading, wraps=True),
        Column("p [95 % interval]", right=True),
        Column("in words"),
        Column(spare=True, style="cyan"),
    ]
    shown = []
    for name, value in rows.items():
        if value["p"] is None:
            shown.append((name, "not decided", "", ""))
        else:
            told = chance(value["p"], value["low"], value["high"])
            shown.append((name, told, likelihood(value["p"]), "█" * round(20 * value["p"])))
    screen.table(shown, columns)
    screen.line()


def _fighting(result: Mapping[str, Any]) -> None:
    """Who fights and who dies: sums by actor with their part, and whose violence remains in consolidation."""
    rows = [row[:4] for row in rows_by_actor(result)]
    if rows:
        screen.table(rows, ["Who fights and who dies", "median", "90 % of runs", "share of its kind"])
    for line in (who_fights(result), what_remains(result)):
        if line:
            screen.line(f"{line}.")
    screen.line()


def _numbers(rows: Mapping[str, Mapping[str, Any]], result: Mapping[str, Any]) -> None:
    """Median and range of numbers, with the share of their spread that uncertain parameters explain."""
    texts = {value["text"]: name for name, value in result["numbers"].items()}
    told = told_by_actor(result)
    columns = ["Number", "median", "90 % of runs"]
    if result["spread"]:
        columns.append("due to parameters, not luck")
    shown = []
    for text, value in rows.items():
        if value["median"] is None or text in told:
            continue
        unit = value.get("unit", "")
        unit = "" if unit in text.split() else unit
        cells = [
            f"{text} ({unit})" if unit else text,
            amount(value["median"], value.get("unit", "")),
            range_of(value),
        ]
        if result["spread"]:
            cells.append(_split(result["spread"].get(texts.get(text, ""))))
        shown.append(cells)
    screen.table(shown, columns)
    screen.line()


def _split(part: Mapping[str, Any] | None) -> str:
    if not part or part["parameters"] is None:
        return ""
    return chance(part["parameters"], part["low"], part["high"])
