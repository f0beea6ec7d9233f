"""``outlook sweep``: many scenarios and many points, run on one machine or many.

On a cluster the folder of the study has to be on a file system that all workers see, since they write their results
themselves; README tells the commands for Slurm. With MPI one command does it::

    srun --ntasks=65 python -m mpi4py.futures -m experiments sweep ... executor=mpi out=$PWD/study
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, field_validator

from experiments.kit.options import Figures, Measure, OnError, ScenarioOptions, Seed
from experiments.runs.options import DesignOptions, ExecutorOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

    from experiments.config import Job
    from experiments.runs.plan import Study
    from experiments.runs.result import Result
    from experiments.runs.store import StudyFolder

SUMMARY = "Simulate many scenarios or many points of the parameter space"
EXAMPLES = [
    "outlook sweep scenario=baseline,corridor_opens,service_collapse replicates=200",
    "outlook sweep taliban.service_delivery=0.2,0.5,0.8 'economy.growth=range(-0.2,0.1,0.05)'",
    "outlook sweep 'taliban.service_delivery=interval(0,1)' 'caches.abundance=interval(0.2,3)' design=sobol "
    "design.n=1024",
    "outlook sweep uncertainty=posterior design=worlds design.n=1000 replicates=2",
    "outlook sweep space=report design=lhs design.n=5000 replicates=10",
    "outlook sweep 'scenario=glob(siege_*)' replicates=auto precision=0.05",
    "outlook sweep scenario=baseline,harsh_control dry_run=true",
]
GROUPS = {"design": "grid", "executor": "threads"}
SWEEP = True
MANY = 4
"""Comparisons printed in full at most; more of them are an overview."""
LARGEST = 10_000_000
"""Replicates of a point at most."""


class OPTIONS(ScenarioOptions):
    """Options of ``outlook sweep``."""

    replicates: int | Literal["auto"] | None = Field(
        None,
        description="runs at every point; auto: until precision is reached (default: 100, or 1 for a "
        "design that draws or reads its points)",
    )
    precision: float = Field(
        0.02,
        gt=0.001,
        lt=0.5,
        description="replicates=auto: half-width to which every key probability is known",
    )
    seed: Seed = 1
    luck: Literal["common", "own", "block"] | None = Field(
        None,
        description="common: replicate r has the same luck and the same draw of what is unknown at every point, for "
        "paired differences; own: every point has its own, so that shares are probabilities; block: every trajectory "
        "of morris or base point of sobol has (default: block for morris, own for lhs, sobol, table, posterior and "
        "worlds, else common)",
    )
    keep: Literal["none", "quantiles", "monthly", "national", "all"] | None = Field(
        None,
        description="series to keep: none, weekly quantiles by point, monthly of every run, national by day, all by "
        "place too (default: quantiles from 20 replicates, else none)",
    )
    out: str | None = Field(None, description="folder of the study (default: a new one in results)")
    shards: str | None = Field(None, description="fsspec address for the tables (default: the folder itself)")
    block: int | None = Field(
        None, ge=1, le=100_000, description="runs a block (default: about two seconds of work)"
    )
    on_error: OnError = "record"
    measure: Measure = "deaths"
    figures: Figures = True
    dry_run: bool = Field(False, description="say what it would cost and stop")
    design: DesignOptions = Field(default_factory=DesignOptions)
    executor: ExecutorOptions = Field(default_factory=ExecutorOptions)

    @field_validator("replicates")
    @classmethod
    def _at_least_one(cls, value: int | str | None) -> int | str | None:
        if isinstance(value, int) and not 1 <= value <= LARGEST:
            raise ValueError(f"from 1 to {LARGEST:,}")
        return value


def main(options: OPTIONS, job: Job) -> int:
    """Plan, estimate, run, report; returns the exit code."""
    return make(options, job)[1]


def sweep(*words: object, **options: Any) -> Result:
    """Simulate many scenarios or many points, as ``outlook sweep`` does.

    Parameters
    ----------
    *words
        Overrides as on the command line: ``"taliban.service_delivery=0.2,0.5,0.8"``.
    **options
        Options of ``outlook sweep`` and keys of scenarios. A list holds values that are taken in turn:
        ``scenario=["baseline", "corridor_opens"]``; ``"interval(0,1)"`` and the like are Hydra's.

    Returns
    -------
    Result
        The runs and all that is made of them, in the folder that the command would have made.

    Raises
    ------
    UserError
        For all that a user can do wrong, one line each.
    """
    from experiments.config.call import called
    from experiments.runs.result import Result

    with called("sweep", words, options) as job:
        assert isinstance(job.options, OPTIONS)
        return Result.of(*make(job.options, job))


def make(options: OPTIONS, job: Job) -> tuple[StudyFolder | None, int]:
    """Plan, estimate, run, report: the folder (None if nothing was to be run) and the exit code."""
    from experiments.kit import screen
    from experiments.runs import carry_out
    from experiments.runs.carry_out import estimate
    from experiments.runs.executors import check, default_workers, reach
    from experiments.runs.store.address import checked
    from experiments.runs.work import Engine
    from experiments.studies.figures import check_measure

    check_measure(options.measure)
    check(options.executor)
    if options.shards is not None:
        checked(options.shards)
    study = plan(options, job)
    cost = estimate(study, Engine(), options.executor.workers or default_workers(), options.block)
    at_most = options.replicates == "auto"
    screen.line(cost.describe(len(study.variants), at_most))
    if options.dry_run:
        return None, 0
    reach(options.executor)
    folder = carry_out.prepare(study, options.out, block=cost.block, shards=options.shards)
    code = carry_out.carry_on(folder, options.executor, on_error=options.on_error)
    return folder, code or conclude(folder, figures=options.figures, measure=options.measure)


def drawings(folder: StudyFolder, measure: str = "deaths") -> dict[str, Callable[[], Figure]]:
    """The figures of a finished study by name."""
    from experiments.studies.figures import check_measure, finished

    def shown(figure: Figure) -> Callable[[], Figure]:
        return lambda: figure

    return {drawn.name: shown(drawn.figure) for drawn in finished(folder, check_measure(measure))}


def conclude(folder: StudyFolder, *, figures: bool = True, measure: str = "deaths") -> int:
    """Print what a finished study says; write its estimates and figures.

    ``measure``: for ridges and response curves. Returns the exit code: 1 if a figure could not be drawn.
    """
    from experiments.kit import screen
    from experiments.studies.differences import compare_arms, print_comparison, print_overview
    from experiments.studies.estimates import print_estimates, write_estimates
    from experiments.studies.figures import draw
    from experiments.studies.pairs import arms_of, outcomes_of

    write_estimates(folder)
    print_estimates(folder)
    if len(folder.study.variants) > 1:
        arms = arms_of([folder])
        made = compare_arms(arms, arms[0], outcomes_of(arms, None))
        if len(made) > MANY:
            print_overview(made)
        else:
            for comparison in made:
                print_comparison(comparison)
    drawn, problems = draw(folder, measure) if figures else ([], [])
    more = f"; {len(drawn)} figures" if drawn else ""
    screen.line(f"{folder.runs_done():,} runs in {folder.path}{more}")
    for line in problems:
        screen.say(f"outlook: {line}")
    return 1 if problems else 0


def plan(options: OPTIONS, job: Job) -> Study:
    """The study that the command line asks for; UserError for all that is wrong with it."""
    from experiments.config.sweep import lay_out, read_sweep
    from experiments.kit.errors import UserError
    from experiments.runs.designs import OWN_LUCK
    from experiments.runs.plan import Luck, Study
    from experiments.runs.stopping import Looks

    drawn = options.design.name in (*OWN_LUCK, "morris")
    replicates = options.replicates if options.replicates is not None else (1 if drawn else 100)
    rule: int | Looks = Looks(options.precision) if replicates == "auto" else int(replicates)
    enough = isinstance(rule, Looks) or rule >= 20
    usual: Luck = "block" if options.design.name == "morris" else "own" if drawn else "common"
    luck: Luck = options.luck or usual
    if luck == "block" and options.design.name not in ("morris", "sobol"):
        raise UserError(
            f"command line: luck=block: found design={options.design.name}, which has no blocks; allowed: own, common"
        )
    variants = lay_out(read_sweep(job), options.design, options.seed)
    return Study(
        variants=variants,
        replicates=rule,
        seed=options.seed,
        keep=options.keep or ("quantiles" if enough else "none"),
        luck=luck,
        design=options.design.model_dump(),
    )
