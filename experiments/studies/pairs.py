"""Arms of a comparison: scenarios, studies or points whose runs are paired by point and replicate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from experiments.config.posteriors import brief, variant_basis
from experiments.kit.errors import UserError
from experiments.runs.store import StudyFolder
from experiments.runs.tables import QUESTION
from sim.outcomes import ENDINGS, MEASURES
from sim.scenario import Scenario
from sim.values import hint

ENDING = "ending."
MOST_POINTS = 40
"""Points of one scenario that are compared with each other; more are a job for sensitivity analysis."""
USUAL = ("deaths", "attacks_front", "attacks_pockets", "attacks_iskp", "refugees", "final_grievance",
         "final_services")  # fmt: skip
"""Measures that are compared unless others are named."""


@dataclass(frozen=True)
class Arm:
    """One side of a comparison: a scenario of a study, or one ``point`` of it (None: all, matched by their values)."""

    name: str
    folder: StudyFolder
    variant: int
    point: int | None = None


@dataclass(frozen=True)
class Pairs:
    """Outcomes of two arms at the same points and replicates.

    Attributes
    ----------
    a, b
        Outcome to its values in either arm: float64 ``(units,)``. A unit is a replicate; where its luck is shared by
        several points, the mean over them, since such runs are no independent evidence.
    units
        Numbers of the replicates: int64 ``(units,)``.
    points
        Points that share a replicate, at most: 1 where every point has replicates of its own.
    """

    a: dict[str, np.ndarray]
    b: dict[str, np.ndarray]
    units: np.ndarray
    points: int


def arms_of(folders: Sequence[StudyFolder]) -> list[Arm]:
    """What can be compared in these studies: their scenarios or, if there is only one, its points."""
    labels = [variant.label for folder in folders for variant in folder.study.variants]
    several = len(set(labels)) < len(labels)  # a name that stands in two folders needs theirs
    arms = []
    for folder in folders:
        for position, variant in enumerate(folder.study.variants):
            name = f"{folder.path.name}:{variant.label}" if several else variant.label
            arms.append(Arm(name, folder, position))
    if len(arms) == 1:
        arms = _points_as_arms(arms[0])
    if len({arm.name for arm in arms}) < len(arms):
        arms = [
            Arm(f"{arm.folder.path}:{arm.name.rpartition(':')[2]}", arm.folder, arm.variant) for arm in arms
        ]
    places = [folder.path.resolve() for folder in folders]
    for folder, place in zip(folders, places, strict=True):
        if places.count(place) > 1:
            raise UserError(f"{folder.path}: found twice; allowed: each folder once")
    return arms


def _points_as_arms(arm: Arm) -> list[Arm]:
    points = arm.folder.study.variants[arm.variant].points
    if not 2 <= len(points) <= MOST_POINTS:
        raise UserError(
            f"{arm.folder.path}: found one scenario with {len(points):,} point(s); allowed: several "
            f"scenarios or studies, or 2 to {MOST_POINTS} points to compare"
        )
    return [
        Arm(point_label(points.names, row), arm.folder, arm.variant, at)
        for at, row in enumerate(points.values)
    ]


def point_label(names: Sequence[str], values: Sequence[float]) -> str:
    """A point in words: ``service_delivery=0.5, growth=-0.1``; whole names if their last parts repeat."""
    short = [name.rpartition(".")[2] for name in names]
    shown = short if len(set(short)) == len(short) else names
    return ", ".join(f"{name}={value:g}" for name, value in zip(shown, values, strict=True)) or "as it is"


def find_arm(arms: Sequence[Arm], name: str | None) -> Arm:
    """The arm of that name, the first without a name; raises UserError with the nearest."""
    if name is None:
        return arms[0]
    for arm in arms:
        if arm.name == name:
            return arm
    names = [arm.name for arm in arms]
    raise UserError(f"command line: base: found {name!r}; allowed: {', '.join(names)}{hint(name, names)}")


def outcomes_of(arms: Sequence[Arm], wanted: Sequence[str] | None) -> list[str]:
    """Names of the outcomes to compare: endings, questions that all arms answer and ask alike, measures.

    ``wanted``: measures, endings or questions by name; None: endings, questions and the `USUAL` measures.
    """
    asked = [_asked(arm) for arm in arms]
    questions = sorted(set(asked[0]).intersection(*asked) - unlike(arms))
    if wanted is None:
        return [*(ENDING + name for name in ENDINGS), *(QUESTION + name for name in questions), *USUAL]
    known = {QUESTION + name: QUESTION + name for name in questions} | {name: name for name in MEASURES}
    # A question may bear the name of an ending: the plain name then means the ending.
    known |= {name: QUESTION + name for name in questions} | {name: ENDING + name for name in ENDINGS}
    for name in wanted:
        if name not in known:
            raise UserError(
                f"command line: outcomes: found {name!r}; allowed: an ending, a question or a measure"
                f"{hint(name, known)}"
            )
    return [known[name] for name in wanted]


def unlike(arms: Sequence[Arm]) -> set[str]:
    """Questions of all arms that some ask otherwise: of another metric, value or number of days."""
    asked = [_asked(arm) for arm in arms]
    return {
        name
        for name in set(asked[0]).intersection(*asked)
        if any(one[name] != asked[0][name] for one in asked)
    }


def _asked(arm: Arm) -> dict[str, tuple[object, ...]]:
    """What is asked in an arm by the names of its questions, days counted from its start."""
    scenario = _scenario(arm)
    return {
        q.id: (
            q.metric, q.place, q.over, q.comparison, q.value, q.sustained_days,
            ((q.start or scenario.start) - scenario.start).days, (q.by - scenario.start).days,
        )
        for q in scenario.questions
    }  # fmt: skip


def _scenario(arm: Arm) -> Scenario:
    return arm.folder.study.variants[arm.variant].scenario


def differences_of(a: Arm, b: Arm) -> list[str]:
    """What has to be said of two arms beside their numbers: other lengths, other questions, another basis."""
    said = []
    days = _scenario(a).days, _scenario(b).days
    if days[0] != days[1]:
        said.append(
            f"runs of {a.name} last {days[0]:,} days, those of {b.name} {days[1]:,}: endings and sums are of different "
            "times"
        )
    if names := sorted(unlike([a, b])):
        said.append(f"asked otherwise in the one than in the other, and left out: {', '.join(names)}")
    known = [brief(variant_basis(arm.folder.study.variants[arm.variant])) for arm in (a, b)]
    if known[0] != known[1]:
        said.append(f"{a.name} rests on its {known[0]}; {b.name} on its {known[1]}")
    return said


def pair(a: Arm, b: Arm, outcomes: Sequence[str]) -> Pairs:
    """The outcomes of two arms, matched by the values of their points and the numbers of their replicates.

    Raises UserError if the studies have another seed, or nothing in common.
    """
    if a.folder.study.seed != b.folder.study.seed:
        raise UserError(
            f"{b.folder.path}: found seed {b.folder.study.seed}; allowed: {a.folder.study.seed} as in "
            f"{a.folder.path}, or the runs share no luck and cannot be paired"
        )
    left, right = _runs(a, outcomes), _runs(b, outcomes)
    both = left.merge(right, on=["key", "replicate"], suffixes=("|a", "|b")).sort_values(["key", "replicate"])
    if both.empty:
        raise UserError(
            f"{a.name} and {b.name} have no point and replicate in common; allowed: studies that share some"
        )
    made = both.drop(columns="key").groupby("replicate", sort=True).mean()
    points = -(-len(both) // len(made))
    return Pairs(
        {name: made[f"{name}|a"].to_numpy() for name in outcomes},
        {name: made[f"{name}|b"].to_numpy() for name in outcomes},
        made.index.to_numpy(),
        points,
    )


def _runs(arm: Arm, outcomes: Sequence[str]) -> pd.DataFrame:
    """Replicate, a key of the point, and the outcomes of an arm's runs."""
    study = arm.folder.study
    stored = list(dict.fromkeys("ending" if name.startswith(ENDING) else name for name in outcomes))
    frame = read_runs(arm, stored)
    keys = _point_keys(arm)
    made: dict[str, object] = {
        "key": keys[frame["point"].to_numpy()],
        "replicate": frame["replicate"].to_numpy(),
    }
    if arm.point is not None:
        made["key"] = np.zeros(len(frame), dtype=np.int64)
        made["replicate"] = study.number(arm.variant, arm.point, frame["replicate"].to_numpy())
    for name in outcomes:
        if name.startswith(ENDING):
            made[name] = (frame["ending"] == name.removeprefix(ENDING)).to_numpy(dtype=float)
        else:
            made[name] = frame[name].to_numpy(dtype=float)
    return pd.DataFrame(made)


def read_runs(arm: Arm, columns: Sequence[str]) -> pd.DataFrame:
    """Point, replicate and some columns of the runs of an arm."""
    label = arm.folder.study.variants[arm.variant].label
    wanted = pc.field("scenario").cast("string") == label
    if arm.point is not None:
        wanted = wanted & (pc.field("point") == arm.point)
    names = list(dict.fromkeys(["point", "replicate", *columns]))
    table = arm.folder.shards.read("runs", names, wanted)
    if table is None:
        raise UserError(f"{arm.folder.path}: holds no runs yet; allowed: a study that has begun")
    return table.to_pandas()


def _point_keys(arm: Arm) -> np.ndarray:
    """A text for each point that is equal for equal points: names and values, to the bit."""
    points = arm.folder.study.variants[arm.variant].points
    order = np.argsort(points.names)
    head = ",".join(np.array(points.names, dtype=str)[order]) if points.names else ""
    return np.array([head + row[order].tobytes().hex() for row in points.values])


def flips(pairs: Pairs, outcome: str) -> Mapping[str, list[int]]:
    """Replicates in which a yes-no outcome came true in A only (``up``) or in B only (``down``)."""
    from experiments.stats.paired import flipped

    up, down = flipped(pairs.a[outcome], pairs.b[outcome], pairs.units)
    return {"up": [int(unit) for unit in up], "down": [int(unit) for unit in down]}
