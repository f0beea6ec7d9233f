"""Figures of a sweep, chosen by what was swept, written into its folder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from experiments.config.posteriors import brief, variant_basis
from experiments.drawing import style
from experiments.kit.errors import UserError, one_line
from experiments.kit.record import project_version
from experiments.kit.words import capital, ending, label, words
from experiments.runs.plan import Variant
from experiments.runs.series import read_paths
from experiments.runs.store import StudyFolder
from experiments.runs.tally import Tally, tally
from experiments.stats.paired import Paired
from experiments.studies import comparisons
from experiments.studies import landscapes as sweeps
from experiments.studies.differences import compare_arms, outcome_words
from experiments.studies.estimates import replicates_done
from experiments.studies.landscapes import Quantity
from experiments.studies.pairs import ENDING, Arm, arms_of, outcomes_of, point_label, read_runs
from sim.outcomes import ENDINGS, MEASURES, SERIES
from sim.world.clock import Calendar

SCENARIOS = (2, 16)
"""Fewest and most scenarios that are drawn side by side."""
RIDGES = (2, 24)
"""Fewest and most points with a ridge each."""
PANELS = ("deaths", "front_fighters", "pockets", "services")
"""Series drawn scenario by scenario."""
_RUNS_SHOWN = 20_000
_SHIFTS = 0.05  # an ending whose probability moves less over a plane gets no map


@dataclass(frozen=True)
class Drawn:
    """A figure and the name of its file."""

    name: str
    figure: Figure


def draw(folder: StudyFolder, measure: str) -> tuple[list[Path], list[str]]:
    """Draw what suits a finished study into ``figures/``; ``measure``: for ridges and response curves.

    Returns the files, and a line if one of them could not be drawn: those after it are then missing.
    """
    place = folder.path / "figures"
    facts = {"Study": folder.record.hash, "Seed": str(folder.study.seed)}
    saved: list[Path] = []
    try:
        place.mkdir(exist_ok=True)
        for drawn in finished(folder, measure):
            saved.append(style.save(drawn.figure, place / f"{drawn.name}.png", facts))
    except Exception as error:  # the runs are there; a figure must never lose them
        return saved, [f"{place}: a figure could not be drawn: {one_line(error)}"]
    return saved, []


def finished(folder: StudyFolder, measure: str) -> Iterator[Drawn]:
    """The figures of a study with their footers, one after the other."""
    study, runs = folder.study, folder.runs_done()
    labels = [variant.label for variant in study.variants]
    scenario = ", ".join(labels) if len(labels) <= 3 else f"{len(labels)} scenarios"
    for drawn in figures(folder, measure):
        style.finish(
            drawn.figure, runs=runs, scenario=scenario, version=project_version(), seed=study.seed,
            note=brief(variant_basis(study.variants[0])),
        )  # fmt: skip
        yield drawn


def figures(folder: StudyFolder, measure: str) -> Iterator[Drawn]:
    """The figures of a study, one after the other."""
    study = folder.study
    if SCENARIOS[0] <= len(study.variants) <= SCENARIOS[1]:
        yield from _scenarios(folder, measure)
    for position, variant in enumerate(study.variants):
        more = f"-{_file(variant.label)}" if len(study.variants) > 1 else ""
        for drawn in _points(folder, position, variant, measure):
            yield Drawn(drawn.name + more, drawn.figure)


def outcome_of(measure: str) -> Quantity:
    """A measure as an outcome of a figure: name in words, unit of its series."""
    series = SERIES.get(measure.removeprefix("final_").removeprefix("max_"))
    unit = series.unit.removesuffix(" a day") if series else ""
    unit = "" if unit == measure else unit
    return Quantity(capital(label(measure)), unit, unit == "share")


def _scenarios(folder: StudyFolder, measure: str) -> Iterator[Drawn]:
    """Scenarios side by side: endings, fans, paired differences."""
    study = folder.study
    counts = {}
    for position, variant in enumerate(study.variants):
        found = tally(folder, position, (replicates_done(folder),), by_point=False)
        counts[variant.label] = found.yes[0, -1, : len(ENDINGS)]
    yield Drawn("endings-by-scenario", comparisons.endings_by_scenario(counts, ENDINGS))
    yield from _fans(folder)
    with contextlib.suppress(UserError):  # scenarios without a point in common have no pairs
        yield from _differences(arms_of([folder]), measure)


def _fans(folder: StudyFolder) -> Iterator[Drawn]:
    """Fans of the main series, a scenario each, if all scenarios cover the same days."""
    variants = folder.study.variants
    if len({(variant.scenario.start, variant.scenario.end) for variant in variants}) > 1:
        return
    scenario = variants[0].scenario
    days = Calendar(scenario.start, scenario.end).dates
    found = {one.label: read_paths(folder, at, PANELS) for at, one in enumerate(variants)}
    if not all(found.values()):
        return
    for name in PANELS:
        paths = {label: series[name] for label, series in found.items()}
        flow = SERIES[name].kind == "flow"
        yield Drawn(f"fans-{name}", comparisons.fans_by_scenario(days, paths, outcome_of(name), flow=flow))


def _differences(arms: list[Arm], measure: str) -> Iterator[Drawn]:
    """For the measure and for every ending that moves: all scenarios against the first."""
    made = compare_arms(arms, arms[0], outcomes_of(arms, [*ENDINGS, measure]))
    days = {arm.name: arm.folder.study.variants[arm.variant].scenario.days for arm in arms}
    several = len(set(days.values())) > 1  # runs of different lengths
    said = {name: words(name) + (f" ({length:,} days)" if several else "") for name, length in days.items()}
    for name in (*(ENDING + one for one in ENDINGS), measure):
        rows: dict[str, Paired] = {said[one.a]: one.rows[name] for one in made if name in one.rows}
        moves = any(row.difference != 0.0 for row in rows.values())
        if rows and moves:
            outcome = (
                outcome_of(measure) if name == measure else Quantity(capital(outcome_words(name)), "", True)
            )
            figure = comparisons.paired_differences(rows, outcome, a="the scenario", b=said[arms[0].name])
            yield Drawn(f"differences-{_file(name.removeprefix(ENDING))}", figure)


def _points(folder: StudyFolder, position: int, variant: Variant, measure: str) -> Iterator[Drawn]:
    """Figures over the points of one scenario, by how many parameters were swept."""
    names = variant.points.names
    if RIDGES[0] <= len(variant.points) <= RIDGES[1]:
        labels = [words(point_label(names, row)).replace("=", " ") for row in variant.points.values]
        groups = _groups(folder, position, variant, measure)
        yield Drawn(f"ridges-{measure}", sweeps.ridgelines(groups, labels, outcome_of(measure)))
    if len(names) == 1 and len(variant.points) >= 3:
        yield from _one(folder, position, variant, measure)
    elif len(names) == 2 and len(variant.points) >= 4:
        yield from _two(folder, position, variant)


def _one(folder: StudyFolder, position: int, variant: Variant, measure: str) -> Iterator[Drawn]:
    """Response curves over one parameter."""
    (name,) = variant.points.names
    order = np.argsort(variant.points.values[:, 0])
    x = variant.points.values[order, 0]
    label, default = _axis(variant, name), variant.scenario.schema[name].default
    inside = default if x[0] <= default <= x[-1] else None
    counts = tally(folder, position, (replicates_done(folder),))
    endings = counts.yes[order, -1, : len(ENDINGS)]
    yield Drawn(
        "endings-response", sweeps.endings_response(x, endings, ENDINGS, x_label=label, reference=inside)
    )
    if len(x) * replicates_done(folder) <= _RUNS_SHOWN:
        groups = _groups(folder, position, variant, measure)
        sorted_groups = [groups[at] for at in order]
        figure = sweeps.response(x, sorted_groups, outcome_of(measure), x_label=label, reference=inside)
        yield Drawn(f"response-{measure}", figure)


def _two(folder: StudyFolder, position: int, variant: Variant) -> Iterator[Drawn]:
    """A map for each ending that moves over a grid of two parameters."""
    first, second = variant.points.names
    x, column = np.unique(variant.points.values[:, 0], return_inverse=True)
    y, row = np.unique(variant.points.values[:, 1], return_inverse=True)
    if len(x) * len(y) != len(variant.points) or min(len(x), len(y)) < 2:
        return  # no grid: scattered points make no map
    counts = tally(folder, position, (replicates_done(folder),))
    for k, name in enumerate(ENDINGS):
        yes, runs = _plane(counts, k, (len(y), len(x)), row, column)
        share = yes / np.maximum(runs, 1)
        if share.max() - share.min() >= _SHIFTS:
            figure = sweeps.heat_map(
                x, y, yes, runs, x_label=_axis(variant, first), y_label=_axis(variant, second),
                outcome=ending(name),
            )  # fmt: skip
            yield Drawn(f"map-{name}", figure)


def _plane(
    counts: Tally, k: int, shape: tuple[int, int], row: np.ndarray, column: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    yes, runs = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    yes[row, column], runs[row, column] = counts.yes[:, -1, k], counts.runs[:, -1, k]
    return yes, runs


def _groups(folder: StudyFolder, position: int, variant: Variant, measure: str) -> list[np.ndarray]:
    """The measure's values at each point."""
    frame = read_runs(Arm(variant.label, folder, position), [measure])
    point, values = frame["point"].to_numpy(), frame[measure].to_numpy(dtype=float)
    return [values[point == at] for at in range(len(variant.points))]


def _axis(variant: Variant, name: str) -> str:
    unit = variant.scenario.schema[name].unit
    return f"{name.rpartition('.')[2].replace('_', ' ')} ({unit})"


def _file(label: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in label)


def check_measure(measure: str) -> str:
    """The measure if there is one of that name; UserError if not."""
    from sim.values import hint

    if measure not in MEASURES or measure == "ending_code":
        raise UserError(
            f"command line: measure: found {measure!r}; allowed: an end-of-run measure"
            f"{hint(measure, MEASURES)}"
        )
    return measure
