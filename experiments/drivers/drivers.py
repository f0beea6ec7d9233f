"""``outlook drivers``: how the outlook depends on a few variables, over the whole box that they span."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from experiments.kit.options import ScenarioOptions

if TYPE_CHECKING:
    import numpy as np

    from experiments.config import Job
    from experiments.drivers.design import Driven
    from experiments.drivers.surface import Surface
    from sim.scenario import Scenario

SUMMARY = "Map the probability of each ending over the big drivers: tipping lines, interactions, luck"
EXAMPLES = [
    "outlook drivers out=results/drivers",
    "outlook drivers over=[caches.abundance,supply.corridor] n=512",
    "outlook drivers over=[taliban.control:0.3..1.0,economy.growth] ranges=prior",
    "outlook drivers scenario=corridor_opens uncertainty=posterior",
]


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
        None, description="folder for drivers.json and figures, new or empty (default: print only)"
    )


def main(options: OPTIONS, job: Job) -> int:
    """Run, fit, print and write; returns the exit code."""
    from experiments.drivers.design import ranges, variables
    from experiments.drivers.screen import print_drivers
    from experiments.kit import files, record
    from experiments.runs import folders
    from sim import compiled

    scenario = job.scenario
    names, given = variables(options.over)
    bounds = ranges(scenario, names, given, options.ranges)
    contents = {
        "options": options.model_dump(exclude={"out", "threads"}), "bounds": bounds.tolist(),
        "scenario": scenario.to_mapping(), "hash": scenario.hash, "code": compiled.source_hash(),
    }  # fmt: skip
    study = record.study("drivers", contents)
    if options.out is None:
        result, _ = _work(options, scenario, names, bounds)
        print_drivers(result, "")
        return 0
    out = Path(options.out)
    if folders.holds(out, study["identity"]):
        print_drivers(folders.result(out, "drivers.json"), f"already there: {out}")
        return 0
    with folders.fresh(out) as folder:
        result, parts = _work(options, scenario, names, bounds)
        files.write_json(folder / "drivers.json", result)
        files.write_json(folder / folders.RECORD, study)
        _draw(folder / "figures", scenario, result, *parts)
    print_drivers(result, f"written to {out}")
    return 0


def _work(
    options: OPTIONS, scenario: Scenario, names: tuple[str, ...], bounds: np.ndarray
) -> tuple[dict[str, Any], tuple[Driven, Surface]]:
    """Run, fit and sum up: the content of drivers.json, and the runs and the surface."""
    import numpy as np

    from experiments.config.build import basis_of
    from experiments.drivers.design import RUNS, run_design, summarise
    from experiments.drivers.surface import fit_surface
    from experiments.kit.errors import UserError
    from experiments.kit.progress import progress

    began = time.perf_counter()
    with progress("Runs", RUNS * options.n) as advance:
        driven = run_design(scenario, names, bounds, options.n, options.seed, options.threads, advance)
    ran = time.perf_counter() - began
    if np.unique(driven.ending).size < 2:
        only = driven.ending[0].replace("_", " ")
        raise UserError(f"all {driven.ending.size:,} runs end in {only}: nothing depends on these parameters")
    surface = fit_surface(driven.points, driven.ending, names, bounds, driven.point, options.seed)
    result = {"scenario": scenario.name, "title": scenario.title, "uncertainty": options.uncertainty,
              "basis": basis_of(scenario), "seed": options.seed,
              **summarise(driven, surface, options.seed)}  # fmt: skip
    result |= {"seconds": round(ran, 1), "seconds_fit": round(time.perf_counter() - began - ran, 1)}
    return result, (driven, surface)


def _draw(folder: Path, scenario: Scenario, result: dict[str, Any], driven: Driven, surface: Surface) -> None:
    """The figures."""
    from experiments.drawing import style
    from experiments.drivers import figures as plots
    from experiments.drivers.importance import importance
    from experiments.drivers.screen import titles
    from experiments.kit import record as provenance
    from experiments.kit.basis import brief

    folder.mkdir()
    said = titles(result)
    split = importance(surface, {name: driven.happened(name) for name in surface.outcomes}, result["seed"])
    made = {"responses": plots.responses(surface, said["responses"]),
            "importance": plots.importance_bars(split, said["importance"])}  # fmt: skip
    if len(surface.names) > 1:
        made["tipping"] = plots.slices(surface, said["tipping"])
        made["leaders"] = plots.leaders(surface, result["leads"], said["leaders"])
        for name in surface.outcomes:
            made[f"contours_{name}"] = plots.contours(surface, name, said[name])
    version = provenance.project_version()
    for name, figure in made.items():
        style.finish(
            figure,
            runs=result["runs"],
            scenario=scenario.title,
            version=version,
            seed=result["seed"],
            note=brief(result["basis"]),
        )
        style.save(figure, folder / f"{name}.png")
