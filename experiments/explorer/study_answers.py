"""What the page shows of the runs of a study that are left: shares, histograms, pairs, fans, dots, the map."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from experiments.config.posteriors import variant_basis
from experiments.explorer import answers, desk
from experiments.explorer.study import StudyTable, found_beside, influence
from experiments.kit.words import label, parameter, unit, words
from experiments.runs.road import collect, run_blocks
from experiments.runs.series import read_paths
from experiments.stats.intervals import quantile_interval, wilson
from sim.compiled import source_hash
from sim.outcomes import ENDINGS

OUTCOMES = (
    "deaths", "attacks_front", "attacks_iskp", "final_front_fighters", "refugees", "final_services",
)  # fmt: skip
"""Outcomes whose histograms are shown first."""
INPUTS = 6
"""Inputs whose histograms are shown first."""
DOTS = 400
"""Runs shown as dots at most."""
AGAIN = 64
"""Runs made again for the map at most."""


@lru_cache(maxsize=1)
def summary(table: StudyTable) -> dict[str, Any]:
    """What a study holds, and what is shown of it first."""
    folder = table.folder
    strength = influence(table, OUTCOMES)
    swept = {name for variant in folder.study.variants for name in variant.points.names} & set(table.inputs)
    first = swept if len(swept) <= INPUTS else set()  # a few levers, and no whole worlds
    ranked = sorted(table.inputs, key=lambda name: (name not in first, -strength[name]))
    return {
        "folder": str(folder.path),
        "runs": len(table),
        "failed": folder.failed(),
        "seed": folder.study.seed,
        "keep": folder.study.keep,
        "daily": folder.shards.dataset("series") is not None,
        "same_code": folder.record.code == source_hash(),
        "scenarios": [
            {"label": variant.label, "title": variant.scenario.title, "basis": variant_basis(variant),
             "points": len(variant.points), "runs": int((table.scenario == position).sum())}
            for position, variant in enumerate(folder.study.variants)
        ],
        "inputs": [{"name": name, "text": _told(name), "strength": strength[name]} for name in ranked],
        "outcomes": [
            {"name": name, "text": table.questions.get(name) or label(name), "unit": unit(name)}
            for name in table.outcomes
        ],
        "shown": [*ranked[:INPUTS], *(name for name in OUTCOMES if name in table.outcomes)],
        "sensitivity": found_beside(folder, "sensitivity.json"),
        "boxes": found_beside(folder, "boxes.json"),
    }  # fmt: skip


def _told(name: str) -> str:
    """A parameter in words with its group and unit."""
    group = words(name.rpartition(".")[0].replace(".", " "))
    return f"{group}: {parameter(name)}" if group else parameter(name)


def filtered(table: StudyTable, left: np.ndarray, shown: tuple[str, ...]) -> dict[str, Any]:
    """Endings and histograms of the runs that are left, beside those of all."""
    runs = int(left.sum())
    counts = np.bincount(table.ending[left], minlength=len(ENDINGS))
    p, low, high = wilson(counts, np.full(len(ENDINGS), runs))
    everywhere = np.bincount(table.ending, minlength=len(ENDINGS)) / len(table)
    table.load(shown)
    return {
        "left": runs,
        "runs": len(table),
        "endings": [
            {"name": name, "p": p[k] if runs else None, "low": low[k], "high": high[k],
             "pinned": {"p": everywhere[k]}}
            for k, name in enumerate(ENDINGS)
        ],
        "scenarios": np.bincount(table.scenario[left], minlength=len(table.labels)),
        "columns": {name: histogram(table, left, name) for name in shown},
    }  # fmt: skip


def histogram(table: StudyTable, left: np.ndarray, name: str) -> dict[str, Any]:
    """Counts of a column by bar, of all runs and of those left; the median of those left with its interval."""
    bins = table.bins(name)
    everyone, never_all = bins.counts(None)
    some, never = bins.counts(left)
    values = table.column(name)[left]
    middle = quantile_interval(values, 0.5)
    return {
        "edges": bins.edges, "single": bins.single, "all": everyone, "left": some,
        "never": never, "never_all": never_all,
        "median": middle.estimate, "low": middle.low, "high": middle.high,
    }  # fmt: skip


def pairs(table: StudyTable, left: np.ndarray, first: int, second: int) -> dict[str, Any]:
    """Two scenarios run by run: the runs of the first that are left, and their twins in the second."""
    one, other = table.twins(first, second)
    keep = left[one]
    one, other = one[keep], other[keep]
    table.load(OUTCOMES)
    rows = []
    for code, name in enumerate(ENDINGS):
        a, b = table.ending[one] == code, table.ending[other] == code
        shares = [wilson(int(x.sum()), len(x)) for x in (a, b)]
        rows.append({"name": name, "share": True, "first": list(shares[0]), "second": list(shares[1]),
                     **answers.difference(b, a)})  # fmt: skip
    for name in OUTCOMES:
        a, b = table.column(name)[one], table.column(name)[other]
        middles = [quantile_interval(x, 0.5) for x in (a, b)]
        rows.append({"name": name, "text": label(name), "unit": unit(name), "share": False,
                     "first": list(middles[0]), "second": list(middles[1]), **answers.difference(b, a)})  # fmt: skip
    return {"pairs": len(one), "rows": rows}


def dots(table: StudyTable, left: np.ndarray, across: str, up: str) -> dict[str, Any]:
    """Some of the runs that are left as points of two columns, with their ending and identity."""
    rows = np.flatnonzero(left)
    if len(rows) > DOTS:
        rows = rows[np.linspace(0, len(rows) - 1, DOTS).astype(int)]
    return {
        "x": table.column(across)[rows],
        "y": table.column(up)[rows],
        "endings": table.ending[rows],
        "runs": table.run_ids(rows),
    }


def fans(table: StudyTable, left: np.ndarray, position: int, names: tuple[str, ...]) -> dict[str, Any]:
    """Fans of the runs that are left among the first of a scenario, whose paths were kept."""
    paths = read_paths(table.folder, position, names)
    mine = np.flatnonzero(table.scenario == position)
    made: dict[str, Any] = {}
    for name, periods in paths.items():
        all_ = periods.values
        some = all_[left[mine[: len(all_)]]]
        if len(some):
            made[name] = answers.bands(name, periods.starts, some, all_)
            made[name]["runs"] = len(some)
    return made


def ground(table: StudyTable, left: np.ndarray, name: str, threads: int | None) -> dict[str, Any] | None:
    """The map of some of the runs that are left, made again from their identity; None if none is left."""
    rows = np.flatnonzero(left)
    if not len(rows):
        return None
    position = int(np.bincount(table.scenario[rows]).argmax())
    rows = rows[table.scenario[rows] == position]
    rows = rows[np.linspace(0, len(rows) - 1, min(AGAIN, len(rows))).astype(int)]
    variant = table.folder.study.variants[position]
    seed, replicates = table.folder.study.seed, table.replicate[rows]
    values = table.parameters(position, rows)
    blocks = run_blocks(variant.scenario, replicates, seed, values=values, held="places", threads=threads)
    kept = replace(desk.empty(variant.scenario), arrays=collect(blocks, desk.reduced))
    made = answers.ground(kept, None, name)
    made["note"] = f"of {variant.label}, made again from their identity"
    if table.folder.record.code != source_hash():
        made["note"] += "; the model has changed since the study was made"
    return made
