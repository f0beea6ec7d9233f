"""``outlook run``: one scenario, many runs, one outlook."""

from __future__ import annotations

import contextlib
import functools
import importlib
import threading
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from experiments.kit.errors import one_line
from experiments.kit.numbers import counted
from experiments.kit.options import EnsembleOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.figure import Figure

    from experiments.config import Job
    from experiments.outlook.figures import Maker
    from experiments.outlook.results import Results
    from experiments.outlook.tables import OutlookTables
    from experiments.runs.plan import Study
    from experiments.runs.result import Result
    from experiments.runs.store import StudyFolder
    from sim.scenario import Scenario

SUMMARY = "Simulate one scenario many times and print its outlook"
EXAMPLES = [
    "outlook run",
    "outlook run scenario=baseline replicates=500 seed=1 out=results/first",
    "outlook run scenario=corridor_opens taliban.service_delivery=0.7",
    "outlook run scenario=./my_scenario.yaml uncertainty=none figures=false",
    "outlook run scenario=siege_2021 --cfg job",
]

OUTLOOK = "outlook.json"
PAGE = "report.html"


class OPTIONS(EnsembleOptions):
    """Options of ``outlook run``."""

    out: str | None = Field(
        None, description="folder for the results, new or empty (default: results/SCENARIO-HASH)"
    )
    keep: Literal["national", "all"] = Field(
        "national", description="series to keep: national by day; all adds provinces and routes by week"
    )
    twins: int = Field(
        200,
        ge=0,
        le=100_000,
        description="runs repeated with other luck, to tell parameters from luck in the spread",
    )
    figures: bool = Field(True, description="draw the figures and the report")


def main(options: OPTIONS, job: Job) -> int:
    """Run, print and write; returns the exit code."""
    return make(options, job)[1]


def run(*words: object, **options: Any) -> Result:
    """Simulate one scenario many times, as ``outlook run`` does.

    Parameters
    ----------
    *words
        A scenario (its name, the path of a file, or a `Scenario`; default: the baseline), then overrides as on the
        command line: ``"taliban.service_delivery=0.7"``.
    **options
        Options of ``outlook run`` and keys of the scenario: ``replicates=100``, ``taliban={"control": 0.9}``.

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

    with called("run", words, options) as job:
        assert isinstance(job.options, OPTIONS)
        return Result.of(*make(job.options, job))


def make(options: OPTIONS, job: Job) -> tuple[StudyFolder, int]:
    """Run, print and write: the folder and the exit code."""
    from experiments.kit.files import file_name
    from experiments.runs import carry_out
    from experiments.runs.carry_out import fair_block
    from experiments.runs.executors import default_workers
    from experiments.runs.options import ExecutorOptions

    study = plan(options, job.scenario)
    out = options.out or f"results/{file_name(job.scenario.name)}-{study.hash[:8]}"
    workers = options.threads or default_workers()
    folder = carry_out.prepare(study, out, block=fair_block(study, workers))
    if _whole(folder, options):
        return folder, _show_again(folder)
    # The simulation runs without Python's lock: two seconds of imports pass beside it.
    threading.Thread(target=_import_ahead, args=(options.figures,), daemon=True).start()
    code = carry_out.carry_on(folder, ExecutorOptions(name="threads", workers=workers))
    return folder, code or conclude(folder, figures=options.figures, threads=workers)


def plan(options: OPTIONS, scenario: Scenario) -> Study:
    """One scenario, one point: the study of a run."""
    from experiments.runs.plan import Study, Variant

    variant, design = Variant(scenario.name, scenario), {"name": "run", "twins": options.twins}
    return Study((variant,), options.replicates, options.seed, options.keep, design=design)


def conclude(folder: StudyFolder, *, figures: bool = True, threads: int | None = None) -> int:
    """Make the outlook, the figures and the report of a study whose runs are all there.

    Returns the exit code: 1 if a figure or the report could not be made, each told in a line; the results stand.
    """
    from experiments.kit import files, screen
    from experiments.outlook import results as tables
    from experiments.outlook import summary
    from experiments.outlook.screen import print_outlook
    from experiments.runs import carry_out

    try:
        _add_twins(folder, threads)
        found = tables.read_results(folder)
        outlook = summary.outlook(found)
        files.write_json(folder.path / OUTLOOK, outlook)
        problems = _draw(folder, found, outlook) if figures else []
    except KeyboardInterrupt:
        return carry_out.stopped(folder)
    print_outlook(outlook, f"{counted(outlook['runs'], 'run')} in {folder.path}")
    for line in problems:
        screen.say(f"outlook: {line}")
    return 1 if problems else 0


def drawings(folder: StudyFolder) -> dict[str, Callable[[], Figure]]:
    """The figures of a finished study by name, each drawn when it is called."""
    from experiments.outlook.collect import outlook_tables
    from experiments.outlook.figures import finished, makers
    from experiments.outlook.results import read_results

    tables = outlook_tables(folder, read_results(folder))
    return {name: functools.partial(finished, make, tables) for name, make in makers(tables).items()}


def _add_twins(folder: StudyFolder, threads: int | None) -> None:
    """Run the twins that are missing."""
    from experiments.kit.progress import progress
    from experiments.outlook.results import make_twins, twins_needed

    count = twins_needed(folder)
    if count:
        with progress("Runs with other luck", count) as told:
            make_twins(folder, count, threads, told)


def _draw(folder: StudyFolder, found: Results, outlook: dict[str, Any]) -> list[str]:
    """Figures and report from the folder's tables; a line for each that could not be made."""
    from experiments.kit.beside import beside
    from experiments.outlook.collect import outlook_tables
    from experiments.outlook.figures import finished, makers
    from experiments.outlook.report import figure_sentences, write_figure, write_report
    from experiments.outlook.typical import typical_run

    problems: list[str] = []
    pictures: dict[str, bytes] = {}
    report = folder.path / PAGE
    try:
        tables = outlook_tables(folder, found)
        told = figure_sentences(tables)
        drawn = makers(tables)
    except Exception as error:  # whatever it is: the runs are there, and stay
        return [f"{report}: could not be made: {one_line(error)}"]
    phones = beside(functools.partial(_narrow, drawn, tables))
    for name, make in drawn.items():
        path = folder.path / "figures" / f"{name}.png"
        try:
            pictures[name] = write_figure(path, finished(make, tables), tables, told)
        except Exception as error:
            problems.append(f"{path}: could not be drawn: {one_line(error)}")
    narrow, failed = phones()
    problems += [
        f"{report}: {name} could not be drawn for phones: {failed[name]}"
        for name in pictures
        if name in failed
    ]
    try:
        write_report(report, scenario=found.scenario, outlook=outlook, figures=pictures, tables=tables,
                     record=_provenance(folder), narrow=narrow, typical=typical_run(found))  # fmt: skip
    except Exception as error:
        problems.append(f"{report}: could not be made: {one_line(error)}")
    return problems


def _narrow(drawn: Mapping[str, Maker], tables: OutlookTables) -> tuple[dict[str, bytes], dict[str, str]]:
    """The figures as wide as a phone by name, as PNG, and why one could not be drawn."""
    from experiments.drawing import style
    from experiments.outlook.figures import narrow_figure

    made: dict[str, bytes] = {}
    failed: dict[str, str] = {}
    for name, make in drawn.items():
        try:
            phone = narrow_figure(name, make, tables)
            if phone is not None:
                made[name] = style.png(phone, quiet=True)
        except Exception as error:
            failed[name] = one_line(error)
    return made, failed


def _provenance(folder: StudyFolder) -> dict[str, Any]:
    """What the report says of where its numbers come from."""
    record = folder.record
    return {"command": record.command, "identity": record.hash, **record.provenance.model_dump()}


def _import_ahead(figures: bool) -> None:
    """Import what is needed after the runs."""
    names = ["experiments.outlook.summary"]
    if figures:
        names += [
            "experiments.outlook.report",
            "experiments.outlook.collect",
            *(f"experiments.outlook.figures.{name}" for name in ("endings", "fans", "maps", "flows")),
        ]
    for name in names:
        with contextlib.suppress(ImportError):  # the import that matters comes later and says what is wrong
            importlib.import_module(name)


def _whole(folder: StudyFolder, options: OPTIONS) -> bool:
    """Whether nothing is left to do: the runs and all that is made of them are there."""
    from experiments.outlook.results import twins_needed

    there = bool(_outlook_of(folder)) and ((folder.path / PAGE).is_file() or not options.figures)
    return there and folder.finished is not None and not folder.problems() and not twins_needed(folder)


def _outlook_of(folder: StudyFolder) -> dict[str, Any]:
    """The outlook that was written; empty if it is not there or damaged, so that it is made again."""
    from experiments.runs.folders import recorded

    return recorded(folder.path, OUTLOOK) or {}


def _show_again(folder: StudyFolder) -> int:
    """Print the outlook of a folder that holds exactly this study."""
    from experiments.outlook.screen import print_outlook

    result = _outlook_of(folder)
    print_outlook(result, f"{counted(result['runs'], 'run')}; already there: {folder.path}")
    return 0
