"""``outlook forecast``: probabilities of questions, or paths of a series; scored as far as the world has answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pydantic
from pydantic import Field

from experiments.forecast.options import QuestionsAsked, SeriesAsked
from experiments.kit.errors import UserError
from experiments.kit.options import EnsembleOptions

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from experiments.config import Job
    from experiments.forecast.product import Forecast
    from experiments.runs.plan import Study
    from experiments.runs.store import StudyFolder
    from experiments.runs.tables import Reduction

SUMMARY = "Answer forecasting questions, or project a series month by month; score what is resolved"
EXAMPLES = [
    "outlook forecast questions=first_year",
    "outlook forecast questions=./mine.yaml scenario=corridor_opens uncertainty=posterior",
    "outlook forecast series=deaths place=national from=2023-07 to=2024-12 uncertainty=posterior "
    "out=results/deaths",
    "outlook forecast series=deaths from=2023-07 to=2023-12 observations=./later.csv uncertainty=posterior",
]

ASKED = (QuestionsAsked, SeriesAsked)
GROUPS = {"targets": "second_year"}


_OF_A_SERIES = {"place": "national", "from": None, "to": None, "observations": None}
"""Options that mean something for a series alone, with their defaults."""


class _Options(EnsembleOptions):
    """Options of ``outlook forecast`` but for ``from``, which Python does not take as a name."""

    replicates: int = Field(
        2000, ge=20, le=10_000_000, description="runs behind the probabilities of questions"
    )
    series: str | None = Field(
        None, description="national series, or with place= a series by province, to project"
    )
    place: str = Field("national", description="national or a province")
    to: str | int | None = Field(None, description="last month of the projection, such as 2024-12")
    paths: int = Field(1000, ge=10, le=1_000_000, description="futures in paths.parquet")
    condition: bool = Field(
        True, description="take the paths from runs that agree with what was known before"
    )
    candidates: int = Field(
        8, ge=2, le=1000, description="kinds of luck tried for each path when conditioned"
    )
    targets: dict[str, Any] = Field(
        default_factory=dict,
        description="what was known: file of targets, cut at the first month (group targets)",
    )
    recording: bool = Field(
        True, description="put the errors of record and model into the paths, as the targets give them"
    )
    pool: bool = Field(
        True,
        description="pool the model with statistical forecasters (baseline, series that are observed by month)",
    )
    observations: str | None = Field(
        None, description="table of what came, by path or name, to score the paths"
    )
    out: str | None = Field(
        None, description="folder for runs, tables and figure (default: results/forecast-HASH)"
    )


OPTIONS = pydantic.create_model(  # type: ignore[call-overload]
    "OPTIONS", __base__=_Options,
    **{"from": (str | int | None, Field(None, description="first month of the projection, such as 2022-10"))},
)  # fmt: skip


def main(options: _Options, job: Job) -> int:
    """Answer questions, or project a series; returns the exit code."""
    return make(options, job)[1]


def forecast(*words: object, **options: Any) -> Forecast:
    """Answer forecasting questions, or project a series month by month, as ``outlook forecast`` does.

    Parameters
    ----------
    *words
        A scenario (its name, the path of a file, or a `Scenario`; default: the baseline), then overrides as on the
        command line: ``"from=2023-07"``.
    **options
        Options of ``outlook forecast`` and keys of the scenario: ``questions="first_year"``, ``series="deaths"``;
        ``from_`` stands for ``from``, which Python keeps for itself.

    Returns
    -------
    Forecast
        Tables and figure; also in the folder that the command would have made.

    Raises
    ------
    UserError
        For all that a user can do wrong, one line each.
    """
    from experiments.config.call import called

    named = {"from" if key == "from_" else key: value for key, value in options.items()}
    with called("forecast", words, named) as job:
        assert isinstance(job.options, _Options)
        made, code = make(job.options, job)
    if made is None:
        raise KeyboardInterrupt if code == 130 else UserError("runs of the forecast failed; allowed: none")
    return made


def make(options: _Options, job: Job) -> tuple[Forecast | None, int]:
    """Forecast, print and write: what was made (None if it stopped before) and the exit code."""
    from experiments.forecast import paths, questions
    from experiments.runs.carry_out import perform

    if options.series is None:
        given = options.model_dump(include=set(_OF_A_SERIES))
        idle = next((key for key, value in _OF_A_SERIES.items() if given[key] != value), None)
        if idle is not None:
            raise UserError(f"command line: {idle}={given[idle]}: has no effect without series=")
    # The scenario's own questions may be a file of forecasting questions, which is no part of it.
    world = (job if job.given else replace(job, tree={**job.tree, "questions": None})).scenario
    study = (questions if options.series is None else paths).study_of(options, world, job)
    folder, code = perform(study, options.out, options.threads, reduction(study))
    return (None, code) if code else (_of(study).tell(folder), 0)


def reduction(study: Study) -> Reduction | None:
    """What is kept of the runs of a series: its months."""
    from experiments.forecast import paths

    return paths.reduction(study) if "series" in study.asked else None


def conclude(folder: StudyFolder, *, figures: bool = True) -> int:
    """Answer and score questions, or forecast a series, by the runs of a study that are all there; write the tables.

    Returns the exit code; see `experiments.kit.verb`.
    """
    _of(folder.study).tell(folder, figures)
    return 0


def drawings(folder: StudyFolder) -> dict[str, Callable[[], Figure]]:
    """The figures of a finished study by name."""
    return dict(_of(folder.study).told(folder)[-1].drawings)


def _of(study: Study) -> Any:
    """The module that tells what the runs of a study say."""
    from experiments.forecast import paths, questions

    return paths if "series" in study.asked else questions
