"""A large sample of runs, kept on disk: what calibration and hindcasts rest on.

The first round is drawn from the prior; each later one from a proposal that the rounds before suggest, given what was
known on one of some days that end with the last target (`experiments.forecast.importance_sampling`). So the sample has
runs for every origin of a hindcast, and all of it is weighted as one.

Each round is a study of its own, in ``round-0``, ``round-1`` and so on, whose points are its draws, so a killed sample
goes on where it stopped, and one made for other questions, targets, scenario, model or seed is refused, naming what
differs.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import special

from experiments.config import Job
from experiments.config.questions import QuestionFile, load_questions, read_questions
from experiments.forecast.horizon import days_of, with_horizon
from experiments.forecast.importance_sampling import (
    FITTED,
    PRIOR,
    Proposal,
    fitted,
    log_mixture,
    normals,
    tempered,
)
from experiments.forecast.options import Round, Sampled
from experiments.forecast.surrogate import fit
from experiments.forecast.targets import Targets, chosen_targets, read_targets
from experiments.kit import files
from experiments.kit.errors import UserError
from experiments.runs import folders
from experiments.runs.carry_out import INTERRUPTED, perform, without_failures
from experiments.runs.plan import Points, Study, Variant
from experiments.runs.road import Held, collect, run_blocks
from experiments.runs.tables import Reduction
from experiments.stats.summaries import monthly
from sim.compiled import source_hash
from sim.ensemble import Block
from sim.questions import end_of_record, resolve
from sim.scenario import Scenario

FloatArray = NDArray[np.float64]

#: Rounds are of whole batches of so many runs.
BATCH = 512
#: File of a round with its points on the scale on which the prior is standard normal.
POINTS = "z.npy"
#: Series of which monthly totals are kept: those that are observed by month.
MONTHLY = ("deaths", "deaths_state_based")
#: Share of the sample that is drawn from the prior, and number of rounds that follow.
PRIOR_SHARE, ROUNDS = 0.25, 6
#: Luck of runs that check a posterior starts here: the sample has not used it.
FRESH = 10_000_000


@dataclass(frozen=True)
class SamplePlan:
    """What a sample is made of. ``scenario`` ends when the last target and question are decided."""

    scenario: Scenario
    targets: Targets
    questions: QuestionFile
    seed: int

    @property
    def names(self) -> tuple[str, ...]:
        """The uncertain parameters, ``U`` of them."""
        return tuple(sorted(self.scenario.space.names))

    def parameters(self, places: FloatArray) -> FloatArray:
        """Values ``(n, U)`` of the uncertain parameters at quantiles ``(n, U)`` of their priors."""
        schema, priors = self.scenario.schema, self.scenario.space.priors
        columns = [priors[name].quantile(places[:, j]) for j, name in enumerate(self.names)]
        whole = [schema[name].kind == "int" for name in self.names]
        return np.column_stack([np.rint(c) if w else c for c, w in zip(columns, whole, strict=True)])

    def vectors(self, z: FloatArray) -> FloatArray:
        """Parameter vectors ``(n, P)`` of points on the scale on which the prior is standard normal."""
        values = np.repeat(self.scenario.values[None, :], len(z), axis=0)
        values[:, [self.scenario.schema.index(name) for name in self.names]] = self.parameters(
            special.ndtr(z)
        )
        return values

    def identity(self, runs: int) -> dict[str, str | int | list[str]]:
        """What has to agree for a folder to be gone on with."""
        return {
            "scenario": self.scenario.name,
            "scenario_hash": self.scenario.hash,
            "targets": _hash(repr([(t.name, t.statistic) for t in self.targets.targets])),
            "questions": _hash(repr(list(self.questions.asked_of_model))),
            "parameters": list(self.names),
            "seed": self.seed,
            "batch": BATCH,
            "runs": runs,
            "model": source_hash(),
        }


@dataclass(frozen=True)
class Sample:
    """Runs with their weights towards the prior.

    Attributes
    ----------
    plan : what it is made of; parameters: ``(n, U)``; z: the same where the prior is standard normal.
    summaries : ``(n, K)`` in the order of the plan's targets, without errors.
    months : datetime64[M] ``(M,)``; totals: series name to ``(n, M)`` monthly sums.
    answers : ``(n, Q)`` in the order of the plan's answerable questions.
    log_mix : log density of the mixture that the runs were drawn from over the prior's ``(n,)``.
    prior : how many runs, the first ones, were drawn from the prior itself.
    rounds : what each round was drawn from: day, power of the likelihood, coordinates that were moved.
    """

    plan: SamplePlan
    parameters: FloatArray
    z: FloatArray
    summaries: FloatArray
    months: NDArray[np.datetime64]
    totals: dict[str, FloatArray]
    answers: FloatArray
    log_mix: FloatArray
    prior: int
    rounds: tuple[dict[str, object], ...] = ()

    @property
    def runs(self) -> int:
        """Number of runs."""
        return self.parameters.shape[0]

    def first(self) -> Sample:
        """The runs from the prior alone, equally weighted."""
        n = self.prior
        totals = {name: values[:n] for name, values in self.totals.items()}
        return replace(self, parameters=self.parameters[:n], z=self.z[:n], summaries=self.summaries[:n], totals=totals,
                       answers=self.answers[:n], log_mix=np.zeros(n))  # fmt: skip


def plan_sample(scenario: Scenario, targets: Targets, questions: QuestionFile, seed: int) -> SamplePlan:
    """The plan for a scenario, its horizon moved to the day when all targets and questions are decided.

    Raises
    ------
    UserError
        If nothing is uncertain, or a target looks at days before the runs.
    """
    if not scenario.space.names:
        raise UserError(
            "calibration: nothing is uncertain; choose a space of uncertain parameters (space=report)"
        )
    targets.check_seen_from(scenario.start)
    last = targets.last.astype(date)
    end = max([last, *([questions.last_day] if questions.answerable else [])])
    recorded = end_of_record(scenario.start, end)
    if any(one.needs_record and one.by > recorded for one in questions.asked_of_model):
        end = recorded + timedelta(days=7)
    return SamplePlan(with_horizon(scenario, end), targets, questions, seed)


def plan_of_job(options: Sampled, job: Job) -> SamplePlan:
    """The plan of the sample that a verb asks for."""
    return plan_sample(
        job.scenario, chosen_targets(options, job), load_questions(options.resolved), options.seed
    )


def sample_folder(out: Path) -> Path:
    """Where the sample of a folder of results is, or will be; UserError if that folder holds something else."""
    if not there(out / "sample"):
        folders.holds(out, "a sample")
    return files.check_own(out) / "sample"


def schedule(plan: SamplePlan, runs: int) -> list[tuple[int, np.datetime64 | None]]:
    """Rounds of a sample: number of runs, and the day as of which the round is proposed (None: the prior)."""
    first, last = min(t.known for t in plan.targets.targets), plan.targets.last
    steps = np.linspace(0.0, 1.0, ROUNDS)[1:]
    days = [first + int(step * (last - first).astype(int)) for step in steps] + [last]
    prior = min(runs, max(BATCH, _whole(PRIOR_SHARE * runs)))
    each = _whole((runs - prior) / ROUNDS)
    sizes = [each] * (ROUNDS - 1) + [runs - prior - each * (ROUNDS - 1)]
    return [(prior, None), *((size, day) for size, day in zip(sizes, days, strict=True) if size > 0)]


def _whole(runs: float) -> int:
    """The nearest smaller number of whole batches."""
    return int(runs // BATCH) * BATCH


def make_sample(plan: SamplePlan, folder: Path, runs: int, threads: int | None = None) -> Sample:
    """Make or complete a sample of ``runs`` runs in ``folder`` and read it.

    Raises
    ------
    UserError
        If the folder holds something else, or a sample of another plan or model.
    KeyboardInterrupt
        If somebody stops it.
    """
    if not there(folder):
        folders.holds(folder, "a sample")
    drawn: list[_Drawn] = []
    for number, (size, day) in enumerate(schedule(plan, runs)):
        proposal = PRIOR if day is None else _proposal(plan, drawn, day)
        path, first = folder / f"round-{number}", sum(map(len, drawn))
        z = _points(plan, path, proposal, size, number)
        drawn.append(_Drawn(proposal, day, {"z": z, **_round(plan, path, z, first, runs, threads)}))
    whole, log_mix = _joined(drawn)
    totals = {name: whole[f"totals_{name}"] for name in MONTHLY}
    months = np.unique(days_of(plan.scenario).astype("datetime64[M]"))
    return Sample(
        plan, whole["parameters"], whole["z"], whole["summaries"], months, totals, whole["answers"],
        log_mix, len(drawn[0]), tuple(one.told(plan) for one in drawn),
    )  # fmt: skip


@dataclass(frozen=True)
class _Drawn:
    """A round: what it was drawn from, the day as of which that was proposed, and what is kept of its runs."""

    proposal: Proposal
    day: np.datetime64 | None
    kept: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.kept["z"])

    def told(self, plan: SamplePlan) -> dict[str, object]:
        """The round for the record."""
        moved = [plan.names[j] for j in self.proposal.columns]
        as_of = None if self.day is None else str(self.day)
        return {"runs": len(self), "as_of": as_of, "power": round(self.proposal.power, 4), "moved": moved}


def _joined(drawn: Sequence[_Drawn]) -> tuple[dict[str, np.ndarray], FloatArray]:
    """What is kept of the runs of all rounds, and the log density of their mixture over the prior's."""
    whole = {key: np.concatenate([one.kept[key] for one in drawn]) for key in drawn[0].kept}
    return whole, log_mixture(whole["z"], [one.proposal for one in drawn], [len(one) for one in drawn])


def there(folder: Path) -> bool:
    """Whether a sample was begun in a folder."""
    return (folder / "round-0" / folders.RECORD).is_file()


def _proposal(plan: SamplePlan, drawn: Sequence[_Drawn], day: np.datetime64) -> Proposal:
    """What the rounds so far suggest for what was known on a day."""
    columns = plan.targets.columns_until(day)
    if not columns.size:
        return PRIOR
    whole, log_mix = _joined(drawn)
    least = min(FITTED, len(log_mix) / 10)
    made = fit(plan.targets, whole["z"], whole["summaries"])
    mean = made.mean(whole["z"])
    weight, _ = tempered(made.log_likelihood(plan.targets, mean, columns), log_mix, least)
    near = made.near(whole["summaries"] - mean, weight)
    weight, power = tempered(near.log_likelihood(plan.targets, mean, columns), log_mix, least)
    return fitted(whole["z"], weight, power)


def _points(plan: SamplePlan, path: Path, proposal: Proposal, size: int, number: int) -> FloatArray:
    """The points of a round ``(size, U)``, as they were kept with its runs, else made."""
    kept = path / POINTS
    if kept.is_file():
        try:
            return np.load(kept).astype(np.float64)
        except (OSError, ValueError) as error:
            raise UserError(f"{kept}: cannot be read ({error}); delete it and it is made again") from None
    return proposal.points(normals(size, len(plan.names), plan.seed * 1000 + 11 + number))


def _round(
    plan: SamplePlan, path: Path, z: FloatArray, first: int, runs: int, threads: int | None
) -> dict[str, np.ndarray]:
    """The runs of one round, simulated or read; run ``first + i`` has the luck of that number."""
    parameters = plan.parameters(special.ndtr(z))
    variant = Variant(plan.scenario.name, plan.scenario, Points.of(plan.names, parameters, draws=True))
    asked = Round(targets=dict(plan.targets.data), questions=dict(plan.questions.data), runs=runs)
    study = Study((variant,), 1, plan.seed, "none", "own", {"name": "calibrate"},
                  asked=asked.model_dump(), first=first)  # fmt: skip
    folder, code = perform(study, path, threads, reduction_of(plan))
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    if code:
        raise UserError(f"{path}: a run failed, so that there is no sample")
    sheet = io.BytesIO()
    np.save(sheet, z)
    files.write(folder.path / POINTS, sheet.getvalue())
    kept = without_failures(folder).reduced(variant.label)
    made = {"parameters": parameters, "answers": np.empty((len(z), 0)), **kept}
    return {name: values.astype(np.float64) for name, values in made.items()}


def reduction_of(plan: SamplePlan) -> Reduction:
    """What is kept of the runs of a plan."""
    places = any(question.place != "national" for question in plan.questions.asked_of_model)
    return Reduction(partial(reduce_block, plan), places)


def plan_of(study: Study) -> SamplePlan:
    """The plan whose round a study is."""
    asked = Round.model_validate(dict(study.asked))
    return SamplePlan(
        study.variants[0].scenario, read_targets(asked.targets, "targets", "targets"),
        read_questions(asked.questions, "questions", "questions"), study.seed,
    )  # fmt: skip


def predict(
    plan: SamplePlan, z: FloatArray, luck: NDArray[np.int64], threads: int | None = None, answers: bool = True,
    progress: Callable[[int], object] | None = None,
) -> dict[str, FloatArray]:  # fmt: skip
    """What `reduce_block` keeps of runs with luck of their own ``(n,)``, made in memory at points ``(n, U)``."""
    held: Held = "places" if answers else "series"
    blocks = run_blocks(plan.scenario, luck, plan.seed, values=plan.vectors(z), held=held, threads=threads,
                        progress=progress)  # fmt: skip
    kept = collect(blocks, lambda block: reduce_block(plan, block, answers))
    return {name: values.astype(np.float64) for name, values in kept.items()}


def reduce_block(plan: SamplePlan, block: Block, answers: bool = True) -> dict[str, np.ndarray]:
    """What is kept of the runs of a block: ``summaries`` ``(n, K)``, monthly sums ``totals_SERIES`` ``(n, M)`` and
    ``answers`` ``(n, Q)``.
    """
    dates = days_of(plan.scenario)
    series = {name: block.national(name) for name in plan.targets.series}
    kept = {f"totals_{name}": monthly(block.national(name), dates)[0] for name in MONTHLY}
    made = {"summaries": plan.targets.summaries(series, dates), **kept}
    found = [resolve(question, block) for question in plan.questions.asked_of_model] if answers else []
    if found:
        made["answers"] = np.stack(found, axis=1)
    return made


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
