"""A conditional outlook as tables in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from experiments.kit import screen
from experiments.kit.numbers import chance, interval, number, percent, points, span
from experiments.kit.words import label, labelled, words


def print_given(result: Mapping[str, Any], title: str, signs: int, footer: str) -> None:
    """Print endings, numbers and early signs of the content of ``given.json``."""
    screen.heading(f"{title}: {result['met']:,} of {result['runs']:,} runs are left")
    for condition in result["conditions"]:
        screen.line(f"  {condition['text']}: {condition['runs']:,} runs", hang=2)
    for note in result["notes"]:
        screen.note(note)
    screen.line()
    if result["met"]:
        _endings(result)
        screen.line()
        _measures(result)
    if result["early_signs"] and signs:
        screen.heading("\nEarly signs: the first month in which a series tells the two kinds of runs apart")
        _signs(result, signs)
        screen.line(
            "Intervals hold together over all series and months. Third: the most telling third of runs.",
            "dim",
        )
    if footer:
        screen.line(footer, "dim")


def _triple(row: Mapping[str, Any], name: str, form: Callable[..., str] = interval) -> str:
    """An estimate of a row with its interval: ``0.42 [0.37, 0.47]``."""
    return form(row[name], row[f"{name}_low"], row[f"{name}_high"])


def _endings(result: Mapping[str, Any]) -> None:
    rows = [
        (words(row["ending"]), *(_triple(row, key, chance) for key in ("p", "given", "otherwise")),
         _triple(row, "difference", points))
        for row in result["endings"]
    ]  # fmt: skip
    screen.table(rows, ["ending", "all runs", "given this", "otherwise", "difference"])


def _measures(result: Mapping[str, Any]) -> None:
    rows = []
    for row in result["measures"]:
        if row["given_median"] is None:
            continue
        always = row["happened"] == 1 and row["given_happened"] == 1
        happens = (
            "" if always else f"{percent(row['given_happened'])} of them, {percent(row['happened'])} of all"
        )
        rows.append(
            (labelled(row["measure"]), "–" if row["median"] is None else number(row["median"]),
             number(row["given_median"]), span(row["given_low"], row["given_high"]), happens)
        )  # fmt: skip
    screen.table(rows, ["number", "median, all runs", "median given this", "90 % of them", "happens in"])


def _signs(result: Mapping[str, Any], count: int) -> None:
    rows = [
        (label(row["series"]), row["month"], f"{row['runs']:,}", _triple(row, "auc"), row["sign"],
         percent(row["chance"]), percent(row["base"]), _triple(row, "odds"))
        for row in result["early_signs"][:count]
    ]  # fmt: skip
    screen.table(rows, ["series", "month", "runs", "AUC", "sign", "chance then", "base", "odds x"])
