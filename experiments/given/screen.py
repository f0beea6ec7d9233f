"""A conditional outlook as tables in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from experiments.cli.help import console
from experiments.outlook.screen import number


def print_given(result: Mapping[str, Any], title: str, signs: int, footer: str) -> None:
    """Print endings, numbers and early signs of the content of ``given.json``."""
    out = console()
    out.print(Text(f"{title}: {result['met']:,} of {result['runs']:,} runs are left", style="bold"))
    for condition in result["conditions"]:
        out.print(Text(f"  {condition['text']}: {condition['runs']:,} runs"))
    for note in result["notes"]:
        out.print(Text(f"Note: {note}", style="yellow"))
    out.print()
    if result["met"]:
        out.print(_endings(result))
        out.print()
        out.print(_measures(result))
    if result["early_signs"] and signs:
        out.print(
            Text(
                "\nEarly signs: the first month in which a series tells the two kinds of runs apart",
                style="bold",
            )
        )
        out.print(_signs(result, signs))
        out.print(
            Text(
                "Intervals hold together over all series and months. Third: the most telling third of runs.",
                style="dim",
            )
        )
    if footer:
        out.print(Text(footer, style="dim"))


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for n, name in enumerate(columns):
        table.add_column(name, justify="left" if n == 0 else "right")
    return table


def _triple(row: Mapping[str, Any], name: str) -> str:
    """``0.42 [0.37, 0.47]`` that does not break."""
    if row[name] is None:
        return "–"
    return f"{row[name]:.2f} [{row[f'{name}_low']:.2f}, {row[f'{name}_high']:.2f}]".replace(" ", "\u00a0")


def _endings(result: Mapping[str, Any]) -> Table:
    table = _table("ending", "all runs", "given this", "otherwise", "difference")
    for row in result["endings"]:
        name = row["ending"].replace("_", "\u00a0")
        table.add_row(name, *(_triple(row, key) for key in ("p", "given", "otherwise", "difference")))
    return table


def _measures(result: Mapping[str, Any]) -> Table:
    table = _table("number", "median, all runs", "median given this", "80 % of them", "happens in")
    for row in result["measures"]:
        if row["given_median"] is None:
            continue
        span = f"{number(row['given_low'])} to {number(row['given_high'])}".replace(" ", "\u00a0")
        always = row["happened"] == 1 and row["given_happened"] == 1
        happens = (
            ""
            if always
            else f"{row['given_happened']:.0%}\u00a0of\u00a0them, {row['happened']:.0%}\u00a0of\u00a0all"
        )
        all_runs = "–" if row["median"] is None else number(row["median"])
        table.add_row(row["measure"].replace("_", " "), all_runs, number(row["given_median"]), span, happens)
    return table


def _signs(result: Mapping[str, Any], count: int) -> Table:
    table = _table("series", "month", "runs", "AUC", "sign", "chance then", "base", "odds x")
    for row in result["early_signs"][:count]:
        table.add_row(
            row["series"].replace("_", " "), row["month"], f"{row['runs']:,}", _triple(row, "auc"),
            row["sign"], f"{row['chance']:.2f}", f"{row['base']:.2f}", _triple(row, "odds"),
        )  # fmt: skip
    return table
