"""What is told of a condition: boxes, tree and warnings, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from experiments.config import load_scenario
from experiments.config.posteriors import variant_basis
from experiments.discovery.boxes import Box, BoxRule, find_boxes, held_out
from experiments.discovery.prim import BoolArray, FloatArray, Limits, whole_box
from experiments.discovery.scenarios import box_file, ends_of, limit_in_words
from experiments.discovery.tree import Leaf, grow
from experiments.kit import files
from experiments.kit.errors import UserError
from experiments.kit.numbers import chance, percent
from experiments.kit.progress import progress
from experiments.kit.tables import to_csv
from experiments.kit.words import spoken, words
from experiments.runs.conditions import Condition, Futures, all_true, cut
from experiments.runs.futures import Opened
from experiments.runs.road import run_blocks
from experiments.stats.intervals import wilson
from sim.ensemble import Block
from sim.outcomes import ENDINGS, MEASURES

FEW_CASES, FEW_DRAWS, RARE = 50, 200, 0.02


def discover(
    opened: Opened, conditions: Sequence[Condition], rule: BoxRule, seed: int, folder: Path | None
) -> dict[str, Any]:
    """The content of ``boxes.json``; scenario files of the boxes are written into a folder, if one is given.

    Raises
    ------
    UserError
        If the condition tells no runs apart.
    """
    met = all_true(list(conditions), opened.futures).met
    text = " and ".join(condition.text for condition in conditions)
    if met.all() or not met.any():
        raise UserError(
            f"{opened.folder.path}: {text!r} came true in {'every' if met.all() else 'no'} run; allowed: in some"
        )
    moving = [name for name in opened.parameters if np.ptp(opened.parameters[name].to_numpy(float)) > 0]
    if not moving:
        raise UserError(
            f"{opened.folder.path}: no parameter differs between its runs; allowed: a design, or draws"
        )
    x = opened.parameters[moving].to_numpy(float)
    groups = np.unique(x, axis=0, return_inverse=True)[1].ravel()
    with progress("Runs of PRIM", rule.boxes * rule.resamples) as advance:
        boxes = find_boxes(x, met, groups, rule, seed, advance)
    names, whole, scenario = tuple(map(str, moving)), whole_box(x), opened.variant.scenario
    told = [
        _box(opened, names, whole, box, n, text, float(met.mean()), folder)
        for n, box in enumerate(boxes, start=1)
    ]
    aside = held_out(groups, seed)
    leaves = grow(x[~aside], met[~aside], whole)
    return {
        "format": 1, "condition": text, "words": _said(text), "scenario": scenario.name, "title": scenario.title,
        "basis": variant_basis(opened.variant), "source": opened.folder.record.hash, "seed": opened.seed,
        "runs": len(met), "met": int(met.sum()), "share": float(met.mean()), "parameters": len(names),
        "draws": int(groups.max()) + 1, "held_out": int(aside.sum()), "boxes": told,
        "tree": [_leaf(opened, names, whole, leaf, x[aside], met[aside]) for leaf in leaves],
        "notes": [*cut(conditions, opened.futures), *_notes(met, int(groups.max()) + 1, boxes)],
    }  # fmt: skip


def _box(
    opened: Opened,
    names: tuple[str, ...],
    whole: Limits,
    box: Box,
    n: int,
    text: str,
    share: float,
    folder: Path | None,
) -> dict[str, Any]:
    """One box as plain data; writes its scenario."""
    limits = _limits(opened, names, whole, box.limits)
    for one in limits:
        which = names.index(one["parameter"])
        one |= {"quasi_p": box.quasi_p[which], "comes_back": box.comes_back[which]}
    where = " and ".join(one["words"] for one in limits)
    sentence = (
        f"Where {where}: {_said(text)} in {chance(*box.density)} of futures, {percent(share)} over all; "
        f"{chance(*box.coverage)} of the futures in which it comes true lie there"
        + (f", {percent(box.adds)} in no box before" if n > 1 else "")
    )
    made: dict[str, Any] = {
        "number": n, "sentence": sentence, "limits": limits, "density": box.density._asdict(),
        "coverage": box.coverage._asdict(), "mass": box.trained.mass, "adds": box.adds,
        "held_out_runs": box.runs,
        "trained": {"density": box.trained.density, "coverage": box.trained.coverage}, "chosen": box.chosen,
        "leading": [names[which] for which in box.leading],
        "trajectory": [vars(step) for step in box.steps], "scenario": None, "draws": None, "found": None,
    }  # fmt: skip
    if folder is not None:
        name = f"box_{n}"
        title = f"{opened.variant.scenario.title}, box {n}"
        file = box_file(opened, names, box.limits, whole, title, f"{sentence}.", name)
        files.write(folder / f"{name}.yaml", file.scenario)
        made["scenario"] = f"{name}.yaml"
        if file.draws is not None:
            import pandas as pd

            files.write(folder / f"{name}.csv", to_csv(pd.DataFrame(file.draws, columns=list(file.names))))
            made["draws"] = f"{name}.csv"
    return made


def _said(text: str) -> str:
    """A condition in words, endings too."""
    return words(spoken(text))


def _limits(opened: Opened, names: tuple[str, ...], whole: Limits, limits: Limits) -> list[dict[str, Any]]:
    """The limits of a box, a row a parameter, with its range over all runs."""
    rows = []
    for which in limits.restricted(whole):
        parameter = opened.variant.scenario.schema[names[which]]
        low, high = ends_of(parameter, limits, whole, int(which))
        rows.append({
            "parameter": names[which], "low": low, "high": high, "unit": parameter.unit,
            "range": [float(whole.low[which]), float(whole.high[which])],
            "words": limit_in_words(parameter, low, high),
        })  # fmt: skip
    return rows


def _leaf(
    opened: Opened, names: tuple[str, ...], whole: Limits, leaf: Leaf, x: FloatArray, met: BoolArray
) -> dict[str, Any]:
    """One end of the tree, its density on the points held out."""
    inside = leaf.limits.holds(x)
    density = wilson(int(met[inside].sum()), int(inside.sum()))
    limits = _limits(opened, names, whole, leaf.limits)
    return {
        "sentence": " and ".join(one["words"] for one in limits) or "all runs", "limits": limits,
        "density": files.plain(density._asdict()),
        "coverage": float(met[inside].sum() / max(1, met.sum())), "runs": int(inside.sum()),
    }  # fmt: skip


def _notes(met: BoolArray, draws: int, boxes: Sequence[Box]) -> list[str]:
    """What a reader has to be warned of."""
    notes = []
    cases = int(min(met.sum(), len(met) - met.sum()))
    if cases < FEW_CASES:
        notes.append(
            f"only {cases} runs on one side: limits are rough, and densities known to the intervals alone"
        )
    if draws < FEW_DRAWS:
        notes.append(
            f"the design varies little: {draws} different draws of the parameters; {FEW_DRAWS} or more tell limits "
            "apart"
        )
    if met.mean() < RARE:
        notes.append(
            "rare here: a wider design (uncertainty=prior, or design=lhs over wide intervals) holds more of such "
            "futures"
        )
    if not boxes:
        notes.append("no box was found that is denser than chance explains")
    notes += [
        f"box {n} may be no denser than the whole: its interval holds {percent(float(met.mean()))}"
        for n, box in enumerate(boxes, start=1)
        if box.density.low <= met.mean()
    ]
    weak = sorted({which for box in boxes for which, back in box.comes_back.items() if back < 0.5})
    if weak:
        notes.append(
            "limits that come back in fewer than half of the halves of the runs may be chance: see the table"
        )
    return notes


def check(
    folder: Path, result: dict[str, Any], conditions: Sequence[Condition], runs: int, seed: int
) -> None:
    """Run the scenario file of each box with new luck and new draws; the density found goes into the result."""
    for box in result["boxes"]:
        more = [] if box["draws"] is None else ["uncertainty=posterior", f"posterior={folder / box['draws']}"]
        scenario = load_scenario(folder / box["scenario"], more)
        held: Any = (
            "series" if any(condition.kind in ("series", "event") for condition in conditions) else "measures"
        )
        with progress(f"Runs of box {box['number']}", runs) as advance:
            blocks = run_blocks(scenario, np.arange(runs), seed, held=held, progress=advance)
            met = [all_true(list(conditions), _futures(block)).met for block in blocks]
        box["found"] = {**wilson(int(np.concatenate(met).sum()), runs)._asdict(), "runs": runs, "seed": seed}


def _futures(block: Block) -> Futures:
    """Runs in memory as conditions see them."""
    scenario = block.scenario
    dates = np.datetime64(scenario.start, "D") + np.arange(scenario.days)
    ending = np.array(ENDINGS)[block.measures[:, MEASURES.index("ending_code")].astype(int)]

    def number(name: str) -> np.ndarray:
        if name in MEASURES:
            return block.measure(name)
        if name not in scenario.schema:
            raise KeyError(name)
        return block.values[:, scenario.schema.index(name)]

    return Futures(dates, ending, number, block.national)
