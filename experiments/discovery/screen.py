"""Boxes and tree on the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.discovery.figures import figures
from experiments.drawing.answer import Answer
from experiments.kit import screen
from experiments.kit.numbers import chance, number, percent
from experiments.kit.screen import Column
from experiments.kit.words import capital

SHOWN = 12
"""Steps of a trajectory that are printed at most."""


def print_boxes(result: Mapping[str, Any], out: str) -> None:
    """Print the content of ``boxes.json``."""
    screen.heading(f"{_title(result)} {_counts(result)}")
    screen.line(f"{capital(result['basis'])}.", "dim")
    for note in result["notes"]:
        screen.note(note)
    for box in result["boxes"]:
        _box(box, out)
    screen.heading("\nA tree of decisions: its ends")
    rows = [
        (leaf["sentence"], chance(*leaf["density"].values()), percent(leaf["coverage"]), f"{leaf['runs']:,}")
        for leaf in result["tree"]
    ]
    screen.table(rows, ["where", "density [95 % interval]", "coverage", "runs"])
    screen.line(
        f"Density: share of the runs in a box in which it comes true; coverage: share of all such runs that lie in "
        f"it. Both from {result['held_out']:,} runs that nothing was chosen by."
    )
    if out:
        screen.line(f"written to {out}" if not out.startswith("already") else out, "dim")


def told(result: Mapping[str, Any], path: Path | None) -> Answer:
    """The content of ``boxes.json`` as a program or a notebook sees it; ``path``: the folder that holds it."""
    boxes = [
        {"box": box["number"], "sentence": box["sentence"], **_spread(box, "density"), **_spread(box, "coverage"),
         **_spread(box, "found")}
        for box in result["boxes"]
    ]  # fmt: skip
    kept = ("parameter", "low", "high", "unit", "quasi_p", "comes_back")
    limits = [
        {"box": box["number"], **{key: one[key] for key in kept}}
        for box in result["boxes"]
        for one in box["limits"]
    ]
    ends = [
        {
            "where": leaf["sentence"],
            **_spread(leaf, "density"),
            "coverage": leaf["coverage"],
            "runs": leaf["runs"],
        }
        for leaf in result["tree"]
    ]
    shown = [
        (box["number"], " and ".join(one["words"] for one in box["limits"]), chance(*box["density"].values()),
         chance(*box["coverage"].values()))
        for box in result["boxes"]
    ]  # fmt: skip
    heads = ["box", "where", "density [95 % interval]", "coverage [95 % interval]"]
    note = f"{result['basis']}; {_counts(result)}"
    tables = {"boxes": pd.DataFrame(boxes), "limits": pd.DataFrame(limits), "tree": pd.DataFrame(ends)}
    return Answer(
        _title(result), tables, figures(result), pd.DataFrame(shown, columns=heads), path, result, note
    )


def _spread(of: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A share with the ends of its interval, as columns; nothing where it is not known."""
    known = of[name] or {}
    ends = {name: "estimate", f"{name}_low": "low", f"{name}_high": "high"}
    return {column: known[key] for column, key in ends.items() if key in known}


def _title(result: Mapping[str, Any]) -> str:
    return f"{result['title']}: {result['words']}"


def _counts(result: Mapping[str, Any]) -> str:
    return (
        f"in {result['met']:,} of {result['runs']:,} runs ({percent(result['share'])}); {result['parameters']} "
        f"parameters, {result['draws']:,} draws of them"
    )


def _box(box: Mapping[str, Any], out: str) -> None:
    """One box: its sentence, limits, trajectory, and how to run it."""
    screen.heading(f"\nBox {box['number']}")
    screen.line(f"{box['sentence']}.")
    rows = [
        (
            one["words"], f"{number(one['range'][0])} to {number(one['range'][1])}", f"{one['quasi_p']:.2g}",
            percent(one["comes_back"]),
        )
        for one in box["limits"]
    ]  # fmt: skip
    screen.table(rows, ["limit", "range of the runs", "quasi-p", "comes back in halves"])
    steps = box["trajectory"]
    every = max(1, -(-len(steps) // SHOWN))
    shown = [n for n in range(len(steps)) if n % every == 0 or n in (box["chosen"], len(steps) - 1)]
    screen.line("\nPeeling, on the runs that it was chosen by:")
    screen.table(
        [
            (str(n), percent(steps[n]["coverage"]), percent(steps[n]["density"]), percent(steps[n]["mass"]),
             str(steps[n]["restricted"]), "this box before weak limits were dropped" if n == box["chosen"] else "")
            for n in shown
        ],
        ["step", "coverage", "density", "share of runs", "limited", Column("", wraps=True)],
    )  # fmt: skip
    if box["found"] is not None:
        found = box["found"]
        screen.line(
            f"Checked by {found['runs']:,} fresh runs of its scenario: density "
            f"{chance(found['estimate'], found['low'], found['high'])} found, "
            f"{chance(*box['density'].values())} claimed."
        )
    if box["scenario"] and out and not out.startswith("already"):
        draws = f" uncertainty=posterior posterior={Path(out) / box['draws']}" if box["draws"] else ""
        screen.line(f"outlook run scenario={Path(out) / box['scenario']}{draws}", copied=True)
