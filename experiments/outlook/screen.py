"""The outlook as tables in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.kit import screen
from experiments.kit.numbers import chance, number, span
from experiments.kit.screen import Column
from experiments.kit.words import words
from experiments.outlook.summary import warnings


def print_outlook(result: Mapping[str, Any], footer: str) -> None:
    """Print an outlook: endings, questions, numbers, parameters against luck, warnings."""
    screen.heading(f"{result['title']}  ({result['scenario']}, {result['start']} to {result['end']})")
    _shares("Ending", {words(name): value for name, value in result["endings"].items()})
    yes_no = {answer["text"]: answer for answer in result["questions"].values() if "p" in answer}
    if yes_no:
        _shares("Question", yes_no)
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
        Column(spare=True, style="cyan"),
    ]
    shown = []
    for name, value in rows.items():
        if value["p"] is None:
            shown.append((name, "not decided", ""))
        else:
            told = chance(value["p"], value["low"], value["high"])
            shown.append((name, told, "█" * round(20 * value["p"])))
    screen.table(shown, columns)
    screen.line()


def _numbers(rows: Mapping[str, Mapping[str, Any]], result: Mapping[str, Any]) -> None:
    """Median and range of numbers, with the share of their spread that uncertain parameters explain."""
    texts = {value["text"]: name for name, value in result["numbers"].items()}
    columns = ["Number", "median", "90 % of runs"]
    if result["spread"]:
        columns.append("due to parameters, not luck")
    shown = []
    for text, value in rows.items():
        if value["median"] is None:
            continue
        unit = value.get("unit", "")
        cells = [
            f"{text} ({unit})" if unit else text,
            number(value["median"]),
            span(value["q05"], value["q95"]),
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
