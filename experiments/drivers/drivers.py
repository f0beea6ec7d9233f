"""``outlook drivers``: how the outlook depends on a few variables, over the whole box that they span."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, FiniteFloat

from experiments.kit.options import Options, ScenarioOptions, Threads, Uncertainty

if TYPE_CHECKING:
    from experiments.config import Job
    from experiments.drawing.sheets import Figures
    from experiments.drivers.importance import Importance
    from experiments.drivers.surface import Surface
    from experiments.runs.store import StudyFolder

SUMMARY = "Map the probability of each ending over the big drivers: tipping lines, interactions, luck"
EXAMPLES = [
    "outlook drivers out=results/drivers",
    "outlook drivers over=[caches.abundance,supply.corridor] n=512",
    "outlook drivers over=[taliban.control:0.3..1.0,economy.growth] ranges=prior",
    "outlook drivers scenario=corridor_opens uncertainty=posterior",
]


class ASKED(Options):
    """What a study makes of its runs: how its unknowns were treated, and the ranges of its variables."""

    uncertainty: Uncertainty
    bounds: list[Annotated[list[FiniteFloat], Field(min_length=2, max_length=2)]] = Field(min_length=1)


class OPTIONS(ScenarioOptions):
    """Options of ``outlook drivers``."""

    over: list[str] = Field(
        ["taliban.service_delivery", "economy.growth", "taliban.control"],
        description="parameters to map, one to eight, each with a range if wanted: NAME or NAME:LOW..HIGH",
    )
    ranges: Literal["table", "prior"] = Field(
        "table", description="other ranges: what the parameter table allows, or what the prior holds possible"
    )
    n: int = Field(1024, ge=64, le=1_000_000, description="points of the design; three runs at each")
    seed: int = Field(1, ge=0, lt=2**32, description="seed of design, draws and luck")
    threads: Threads = None
    out: str | None = Field(
        None, description="folder for runs, drivers.json and figures (default: results/drivers-HASH)"
    )


def main(options: OPTIONS, job: Job) -> int:
    """Run the design, fit, print and write; returns the exit code."""
    from experiments.drivers.design import ranges, study_of, variables
    from experiments.runs.carry_out import perform

    names, given = variables(options.over)
    bounds = ranges(job.scenario, names, given, options.ranges)
    asked = ASKED(uncertainty=options.uncertainty, bounds=bounds.tolist())
    study = study_of(job.scenario, names, bounds, options.n, options.seed, asked.model_dump())
    folder, code = perform(study, options.out, options.threads)
    return code or conclude(folder)


def conclude(folder: StudyFolder, *, figures: bool = True) -> int:
    """Map the endings by the runs of a study that are all there; write ``drivers.json`` and figures.

    Returns the exit code; see `experiments.kit.verb`.
    """
    from experiments.drawing import sheets
    from experiments.drivers.screen import print_drivers
    from experiments.kit import files

    result, surface, split = _fitted(folder)
    files.write_json(folder.path / "drivers.json", result)
    if figures:
        sheets.write(_figures(folder, result, surface, split), folder.path / "figures")
    print_drivers(result, str(folder.path))
    return 0


def drawings(folder: StudyFolder) -> Figures:
    """The figures of a finished study by name."""
    return _figures(folder, *_fitted(folder))


def _fitted(folder: StudyFolder) -> tuple[dict[str, Any], Surface, list[Importance]]:
    """The content of ``drivers.json``, the surface behind it, and whose variance each ending is."""
    import numpy as np

    from experiments.config.posteriors import basis_of
    from experiments.drivers.design import read_design, summarise
    from experiments.drivers.importance import importance
    from experiments.drivers.surface import fit_surface
    from experiments.kit.errors import UserError
    from experiments.kit.words import words
    from experiments.runs.carry_out import asked_of, without_failures

    asked = asked_of(folder, ASKED)
    driven, seed = read_design(without_failures(folder), np.array(asked.bounds)), folder.study.seed
    scenario = folder.study.variants[0].scenario
    if np.unique(driven.ending).size < 2:
        only = words(driven.ending[0])
        raise UserError(f"all {driven.ending.size:,} runs end in {only}: nothing depends on these parameters")
    surface = fit_surface(driven.points, driven.ending, driven.names, driven.bounds, driven.point, seed)
    split = importance(surface, {name: driven.happened(name) for name in surface.outcomes}, seed)
    result = {
        "scenario": scenario.name, "title": scenario.title, "uncertainty": asked.uncertainty,
        "basis": basis_of(scenario), "seed": seed, **summarise(driven, surface, split),
    }  # fmt: skip
    return result, surface, split


def _figures(
    folder: StudyFolder, result: dict[str, Any], surface: Surface, split: list[Importance]
) -> Figures:
    """The figures by name, each with its foot."""
    from functools import partial

    from experiments.config.posteriors import foot
    from experiments.drawing import sheets
    from experiments.drivers import figures as plots
    from experiments.drivers.screen import titles

    said = titles(result)
    made = {"responses": partial(plots.responses, surface, said["responses"]),
            "importance": partial(plots.importance_bars, split, said["importance"])}  # fmt: skip
    if len(surface.names) > 1:
        made["tipping"] = partial(plots.slices, surface, said["tipping"])
        made["leaders"] = partial(plots.leaders, surface, result["leads"], said["leaders"])
        made |= {
            f"contours_{name}": partial(plots.contours, surface, name, said[name])
            for name in surface.outcomes
        }
    return sheets.footed(made, **foot(folder.study))
