"""``outlook sensitivity``: which of all parameters matter for what, and how much is luck."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from experiments.kit.options import Among, Options, ScenarioOptions, Shards, Threads

if TYPE_CHECKING:
    from experiments.config import Job
    from experiments.drawing.answer import Answer
    from experiments.drawing.sheets import Figures
    from experiments.runs.plan import Study
    from experiments.runs.store import StudyFolder
    from experiments.runs.tables import Reduction

SUMMARY = "Which parameters move deaths, attacks, the front and consolidation, and how much is luck"
EXAMPLES = [
    "outlook sensitivity out=results/screening",
    "outlook sensitivity scenario=corridor_opens uncertainty=posterior n=40 top=10",
    "outlook sensitivity method=given uncertainty=posterior n=4000 out=results/worlds",
    "outlook sensitivity method=sobol 'taliban.service_delivery=interval(0,1)' 'economy.growth=interval(-0.2,0.1)' "
    "'taliban.control=interval(0,1)' n=256",
    "outlook sensitivity place=Panjshir outcomes=[attacks,deaths] out=results/panjshir",
    "outlook sensitivity results/worlds place=Kabul out=results/worlds_kabul",
    "outlook sensitivity results/first outcomes=[settlement,refugees]",
]
ARGUMENTS = ("folder?",)
SWEEP = True
RESULT = "sensitivity.json"
BASES = {"screen": 20, "morris": 20, "sobol": 128, "given": 2000}
"""Base points, trajectories or draws unless ``n`` says otherwise."""


class ASKED(Options):
    """What a study makes of its runs."""

    outcomes: list[str] | None
    place: str | None
    over_time: bool
    top: int = Field(ge=1, le=1000)


class OPTIONS(ScenarioOptions):
    """Options of ``outlook sensitivity``."""

    folder: str | None = Field(
        None,
        description="folder of a sweep (sobol, morris, lhs, worlds, posterior, table) or run; none: make one",
    )
    method: Literal["screen", "morris", "sobol", "given"] = Field(
        "screen",
        description="without a folder: screen moves each of all parameters from base points; morris and sobol move "
        "the intervals that are named, or what is uncertain; given draws worlds from prior or posterior",
    )
    n: int | None = Field(
        None, ge=8, le=1_000_000, description="base points, trajectories or worlds (screen, morris 20; sobol 128; "
        "given 2000)",
    )  # fmt: skip
    replicates: int | None = Field(
        None,
        ge=1,
        le=1000,
        description="runs at every point; 2 or more tell luck apart (default: 2; screen, morris 1)",
    )
    outcomes: list[str] | None = Field(None, description="endings and measures to look at (default: six)")
    place: str | None = Field(
        None,
        description="a province to look at instead of the country; over time, too, in a design of its own",
    )
    over_time: bool = Field(True, description="follow the parameters that matter most by quarter")
    top: int = Field(15, ge=1, le=1000, description="parameters that are shown for each outcome")
    seed: int = Field(1, ge=0, lt=2**32, description="seed of the design, of luck and of the intervals")
    threads: Threads = None
    among: Among = None
    shards: Shards = None
    out: str | None = Field(
        None, description="folder for runs, sensitivity.json and figures (default: results/sensitivity-HASH); with a "
        "folder, for what is told of it (default: sensitivity in it)",
    )  # fmt: skip


def main(options: OPTIONS, job: Job) -> int:
    """Run a design, or take the runs of a folder; analyse, print and write. Returns the exit code."""
    return make(options, job)[1]


def sensitivity(*words: object, **options: Any) -> Answer:
    """Which parameters matter for what, and how much is luck, as ``outlook sensitivity`` tells.

    Parameters
    ----------
    *words
        A folder of runs, or what `run` and `sweep` return, if there is one; then overrides as on the command line.
    **options
        Options of ``outlook sensitivity`` and keys of the scenario: ``outcomes=["deaths"]``, ``method="sobol"``.

    Returns
    -------
    Answer
        ``sensitivity`` holds a row an outcome and parameter, ``luck`` a row an outcome, ``over_time`` the leading
        parameters by quarter; figures ``ranking`` and ``over_time``; all of it in the folder of the command, too.

    Raises
    ------
    UserError
        For all that a user can do wrong, one line each.
    """
    from experiments.config.call import called, folder_first
    from experiments.kit.errors import UserError
    from experiments.sensitivity.screen import told

    folder, rest = folder_first(words)
    with called("sensitivity", rest, options, {} if folder is None else {"folder": folder}) as job:
        assert isinstance(job.options, OPTIONS)
        made, code = make(job.options, job)
    if made is None:
        raise KeyboardInterrupt if code == 130 else UserError("runs of the design failed; allowed: none")
    return told(*made)


def make(options: OPTIONS, job: Job) -> tuple[tuple[dict[str, Any], Path] | None, int]:
    """Run a design, or take the runs of a folder: the content of ``sensitivity.json``, where it is, the exit code."""
    from experiments.config.sweep import own_keys_only
    from experiments.runs.carry_out import perform
    from experiments.sensitivity.outcomes import check_asked, check_weeks

    if options.folder is None:
        check_asked(options.outcomes, options.place)
        if options.place is not None:
            check_weeks(job.scenario, job.source)
        study = plan(options, job)
        folder, code = perform(study, options.out, options.threads, reduction(study), on_error="record")
        return (None, code) if code else ((_of_own(folder, True), folder.path), 0)
    own_keys_only(job)
    source = Path(options.folder)
    out = Path(options.out) if options.out else source / "sensitivity"
    return (_of_folder(source, out, options), out), 0


def conclude(folder: StudyFolder, *, figures: bool = True) -> int:
    """Analyse a study that this verb made, print, and write sensitivity.json, a table and figures into its folder.

    Returns the exit code; see `experiments.kit.verb`.
    """
    _of_own(folder, figures)
    return 0


def reduction(study: Study) -> Reduction | None:
    """What is kept of the runs of a design that looks at a province: its series by quarter."""
    from experiments.runs.tables import Reduction
    from experiments.sensitivity.outcomes import LocalQuarters, check_asked
    from sim.world.geography import load_geography

    place = study.asked["place"]
    if place is None or not study.asked["over_time"]:
        return None
    check_asked(None, place)
    return Reduction(LocalQuarters(list(load_geography().province_names).index(place)), places=True)


def drawings(folder: StudyFolder) -> Figures:
    """The figures of a finished study by name."""
    from experiments.runs import folders
    from experiments.sensitivity.figures import figures

    return figures(folders.result(folder.path, RESULT))


def _of_own(folder: StudyFolder, figures: bool) -> dict[str, Any]:
    """What the runs of a study of this verb say, printed and written into its folder."""
    from experiments.runs.carry_out import asked_of
    from experiments.runs.futures import open_futures
    from experiments.sensitivity.analysis import analyse
    from experiments.sensitivity.screen import print_result

    asked = asked_of(folder, ASKED)
    result = analyse(
        open_futures(folder.path, daily=False),
        asked.outcomes,
        asked.place,
        asked.over_time,
        folder.study.seed,
    )
    _write(folder.path, result, figures)
    print_result(result, asked.top, f"written to {folder.path}")
    return result


def _of_folder(source: Path, out: Path, options: OPTIONS) -> dict[str, Any]:
    """The same for the runs of any folder, written into one of its own."""
    from experiments.config.posteriors import variant_basis
    from experiments.runs import folders
    from experiments.runs.futures import open_futures
    from experiments.sensitivity.analysis import analyse
    from experiments.sensitivity.screen import print_result

    opened = open_futures(source, options.among, options.shards, daily=False)
    asked = options.model_dump(include={"outcomes", "place", "over_time", "seed"})
    identity = {
        **asked, "among": options.among, "source": opened.folder.record.hash,
        "title": f"{opened.variant.scenario.title}: what matters",
        "outlook": {"basis": variant_basis(opened.variant)},
    }  # fmt: skip
    result: dict[str, Any]
    result, there = folders.told(
        out, "sensitivity", identity, RESULT, lambda folder: _write(folder, analyse(opened, **asked), True)
    )
    print_result(result, options.top, f"{'already there:' if there else 'written to'} {out}")
    return result


def _write(folder: Path, result: dict[str, Any], figures: bool) -> None:
    """sensitivity.json, the tables and the figures."""
    from experiments.kit import files
    from experiments.sensitivity.screen import told

    files.write_json(folder / RESULT, result)
    told(result, folder).write(folder, figures)


def plan(options: OPTIONS, job: Job) -> Study:
    """The study that the command line asks for; raises UserError for all that is wrong with it."""
    from experiments.config.sweep import lay_out, read_sweep
    from experiments.kit.errors import UserError
    from experiments.runs.options import DesignOptions
    from experiments.runs.plan import Study
    from experiments.sensitivity.screening import screened

    swept, n, method = read_sweep(job), options.n or BASES[options.method], options.method
    if swept.levels or len(swept.scenarios) > 1 or (swept.intervals and method in ("screen", "given")):
        allowed = "one scenario" + ("" if method in ("screen", "given") else " and intervals of parameters")
        raise UserError(f"command line: found several values; allowed for method={method}: {allowed}")
    if options.uncertainty == "posterior" and method in ("sobol", "morris") and not swept.intervals:
        raise UserError(
            f"command line: method={method}: cannot be laid over a posterior, whose parameters go together; allowed: "
            "method=given or screen, or intervals of parameters"
        )
    if method == "screen":
        ((label, scenario),) = swept.scenarios.items()
        variants: Any = (screened(label, scenario, n, options.seed),)
        layout: dict[str, Any] = {"layout": "radial", "n": n}
    else:
        name: Any = {"given": "worlds"}.get(method, method)
        asked = DesignOptions(name=name, n=n, dummy=method == "sobol")
        variants = lay_out(swept, asked, options.seed)
        layout = {"layout": name, **asked.model_dump(exclude={"name", "path"})}
    blocks = method in ("screen", "morris")
    return Study(
        variants, options.replicates or (1 if blocks else 2), options.seed, "monthly",
        "block" if blocks else "own", {"name": "sensitivity", **layout},
        asked=options.model_dump(include=set(ASKED.model_fields)),
    )  # fmt: skip
