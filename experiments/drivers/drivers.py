"""``outlook drivers``: how the outlook depends on a few variables, over the whole box that they span."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, FiniteFloat

from experiments.kit.options import Options, ScenarioOptions, Uncertainty

if TYPE_CHECKING:
    from experiments.config import Job
    from experiments.drivers.design import Driven
    from experiments.drivers.surface import Surface
    from experiments.runs.store import StudyFolder
    from sim.scenario import Scenario

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
    threads: int | None = Field(None, ge=1, le=1024, description="threads (default: all cores)")
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
    import numpy as np

    from experiments.config.build import basis_of
    from experiments.drivers.design import read_design, summarise
    from experiments.drivers.screen import print_drivers
    from experiments.drivers.surface import fit_surface
    from experiments.kit import files
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
    result = {
        "scenario": scenario.name, "title": scenario.title, "uncertainty": asked.uncertainty,
        "basis": basis_of(scenario), "seed": seed, **summarise(driven, surface, seed),
    }  # fmt: skip
    files.write_json(folder.path / "drivers.json", result)
    if figures:
        _draw(folder.path / "figures", scenario, result, driven, surface)
    print_drivers(result, str(folder.path))
    return 0


def _draw(folder: Path, scenario: Scenario, result: dict[str, Any], driven: Driven, surface: Surface) -> None:
    """The figures."""
    from experiments.drawing import sheets
    from experiments.drivers import figures as plots
    from experiments.drivers.importance import importance
    from experiments.drivers.screen import titles
    from experiments.kit.basis import brief

    said = titles(result)
    split = importance(surface, {name: driven.happened(name) for name in surface.outcomes}, result["seed"])
    made = {"responses": plots.responses(surface, said["responses"]),
            "importance": plots.importance_bars(split, said["importance"])}  # fmt: skip
    if len(surface.names) > 1:
        made["tipping"] = plots.slices(surface, said["tipping"])
        made["leaders"] = plots.leaders(surface, result["leads"], said["leaders"])
        for name in surface.outcomes:
            made[f"contours_{name}"] = plots.contours(surface, name, said[name])
    sheets.write(made, folder, runs=result["runs"], scenario=scenario.title, seed=result["seed"],
                 note=brief(result["basis"]))  # fmt: skip
