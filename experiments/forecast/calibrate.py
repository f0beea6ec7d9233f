"""``outlook calibrate``: from the prior and the first year to a posterior, with its diagnostics."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from pydantic import Field

from experiments.kit.options import Options

SUMMARY = "Fit the uncertain parameters to what was observed, by simulation-based inference"
EXAMPLES = [
    "outlook calibrate targets=first_year out=results/calibration",
    "outlook calibrate runs=4000 keep=200 trials=50 out=results/quick",
    "outlook calibrate sequential=500 out=results/calibration",
    "outlook calibrate targets=./my_targets.yaml out=results/mine save=my_posterior.csv",
]

GROUPS = {"targets": "first_year"}


class OPTIONS(Options):
    """Options of ``outlook calibrate``."""

    targets: dict[str, Any] = Field(
        default_factory=dict,
        description="what to fit: a packaged file of targets or the path of one (group targets)",
    )
    resolved: str = Field("first_year", description="file of resolved questions to check the posterior with")
    runs: int = Field(60_000, ge=200, le=10_000_000, description="runs from the prior")
    keep: int = Field(1200, ge=50, le=1_000_000, description="runs to accept: the nearest to the targets")
    draws: int = Field(1000, ge=50, le=100_000, description="rows of the posterior table")
    check: int = Field(2000, ge=100, le=100_000, description="runs from the posterior to check it with")
    trials: int = Field(
        300, ge=20, le=10_000, description="simulated worlds to recover known parameters from"
    )
    sequential: int = Field(
        0, ge=0, le=5000, description="particles of a second scheme to check the posterior with (0: none)"
    )
    budget: int = Field(30_000, ge=1000, le=10_000_000, description="runs that the second scheme may take")
    seed: int = Field(1, ge=0, lt=2**31, description="seed of the study")
    threads: int | None = Field(None, ge=1, le=1024, description="threads (default: all cores)")
    out: str = Field(
        "results/calibration", description="folder for sample and results; an interrupted one is resumed"
    )
    save: str | None = Field(None, description="also write the posterior table to this path (.csv)")
    figures: bool = Field(True, description="draw the figures")


def main(options: OPTIONS, job) -> int:
    """Sample, infer, check, write; returns the exit code."""
    from experiments.config.questions import load_questions
    from experiments.forecast.forecast import checked
    from experiments.forecast.posterior import UnitSpace, infer
    from experiments.forecast.sample import plan_sample
    from experiments.forecast.targets import chosen_targets
    from experiments.kit.errors import UserError

    if options.keep >= options.runs:
        raise UserError(f"command line: keep={options.keep}: allowed: fewer than runs={options.runs}")
    if options.trials > options.runs:
        raise UserError(f"command line: trials={options.trials}: allowed: at most runs={options.runs}")
    if options.save and not options.save.endswith(".csv"):
        raise UserError(f"command line: save={options.save}: allowed: a path that ends in .csv")
    out, began = Path(options.out), time.perf_counter()
    if not (out / "sample" / "plan.json").is_file():
        checked(out)
    scenario, targets = job.scenario, chosen_targets(options, job)
    plan = plan_sample(scenario, targets, load_questions(options.resolved), options.seed)
    sample = sampled(plan, out / "sample", options.runs, options.threads)
    space = UnitSpace.of(plan.names, plan.scenario.space.priors, plan.scenario.schema)
    posterior = infer(sample, targets, space, options.keep, options.draws, options.seed)
    found = _check(options, plan, sample, space, posterior)
    if options.sequential:
        found["sequential"] = _second_opinion(options, plan, sample, space, posterior, found["parameters"])
    _write(out, options, plan, posterior, found)
    if options.figures:
        _draw(out, plan, sample, posterior, found)
    _print(out, posterior, found, time.perf_counter() - began)
    return 0


def sampled(plan, folder: Path, runs: int, threads: int | None):
    """The sample of a plan, made or completed in ``folder`` with a progress bar."""
    from experiments.forecast.sample import make_sample
    from experiments.kit.progress import progress as bar
    from experiments.kit.screen import say
    from sim import compiled

    if not compiled.is_warm():
        say("Compiling the model (first run after installation, about half a minute) ...")
    with bar("Runs from the prior", runs) as progress:
        return make_sample(plan, folder, runs, threads, progress)


def _check(options: OPTIONS, plan, sample, space, posterior) -> dict[str, Any]:
    """Tables of everything that tells whether the posterior can be trusted."""
    from experiments.forecast import posterior as calibration
    from experiments.forecast.origins import RECORDING_ERROR, recorded
    from experiments.forecast.predictive import from_posterior, score_file
    from experiments.forecast.recovery import coverage
    from experiments.kit.progress import progress as bar
    from experiments.observed import load_observations

    targets = plan.targets
    after = from_posterior(
        plan, posterior.names, posterior.draws, options.check, options.seed, options.threads
    )
    with bar("Recovery", options.trials) as progress:
        recovered = calibration.recover(
            sample, targets, space, options.keep, options.trials, options.seed, progress
        )
    observed = load_observations("ucdp_monthly").monthly("deaths")
    months = sample.months[1:]
    recordings = [
        recorded(part.totals["deaths"][:, 1:], RECORDING_ERROR, options.seed) for part in (sample, after)
    ]
    return {
        "parameters": calibration.learned(sample, posterior),
        "targets": calibration.check_targets(targets, sample.summaries, after.summaries, options.seed),
        "months_prior": calibration.check_months(observed, recordings[0], months, "prior"),
        "months": calibration.check_months(observed, recordings[1], months, "posterior"),
        "recovered": recovered,
        "recovery": coverage(recovered, [n for n, c in zip(space.names, space.continuous, strict=True) if c]),
        "questions_prior": score_file(plan.questions, sample.answers),
        "questions": score_file(plan.questions, after.answers),
    }


def _second_opinion(options: OPTIONS, plan, sample, space, posterior, learned):
    """Both schemes side by side on the parameters that moved most (at most eight, switches left out)."""
    from experiments.forecast.sequential import Search
    from experiments.kit.progress import progress as bar

    movable = {name for name, free in zip(space.names, space.continuous, strict=True) if free}
    moved = learned.loc[learned["informed"] & learned["parameter"].isin(movable), "parameter"][:8]
    names = tuple(moved) if len(moved) else (learned["parameter"].iloc[0],)
    folder = Path(options.out) / "sample" / "sequential"
    with bar("Second scheme (at most)", options.budget) as progress:
        search = Search(plan, sample, space, names, folder, options.threads, progress)
        rounds = search.run(options.sequential, 12, options.budget)
    return search.table(rounds[-1], posterior.adjusted, posterior.weight, space)


def _write(out: Path, options: OPTIONS, plan, posterior, found: dict[str, Any]) -> None:
    """The posterior, the tables and the diagnostics."""
    import pandas as pd

    from experiments.kit import files
    from experiments.kit.tables import to_csv

    header = [
        "Draws from the posterior of the uncertain parameters, equally weighted: one row a draw.",
        f"Made by: outlook calibrate targets={plan.targets.name} runs={options.runs} keep={options.keep} "
        f"draws={options.draws} seed={options.seed} scenario={plan.scenario.name}",
    ]
    text = "".join(f"# {line}\n" for line in header)
    text += to_csv(posterior.table, digits=5)
    (out / "posterior.csv").write_text(text, encoding="utf-8")
    for name, table in found.items():
        if isinstance(table, pd.DataFrame):
            files.write(out / f"{name}.csv", to_csv(table))
    record = {**plan.identity(), **diagnostics(posterior, found)}
    (out / "diagnostics.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    if options.save:
        target = Path(options.save)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        record_path = target.with_suffix(".json")
        record_path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def diagnostics(posterior, found: dict[str, Any]) -> dict[str, Any]:
    """The numbers that sum a calibration up."""
    recovery, targets, months = found["recovery"], found["targets"], found["months"]
    return {
        "runs": posterior.runs,
        "accepted": len(posterior.rows),
        "effective_sample_size": round(posterior.effective, 1),
        "tolerance": round(posterior.tolerance, 4),
        "parameters_informed": found["parameters"].loc[found["parameters"]["informed"], "parameter"].tolist(),
        "parameters_silent": found["parameters"].loc[~found["parameters"]["informed"], "parameter"].tolist(),
        "targets_covered_90": [int(targets["covered"].sum()), len(targets)],
        "months_covered_90": [int(months["covered_90"].sum()), len(months)],
        "months_covered_90_prior": [int(found["months_prior"]["covered_90"].sum()), len(months)],
        "recovery_coverage_90": {
            "mean": round(float(recovery["coverage"].mean()), 4),
            "lowest": round(float(recovery["coverage"].min()), 4),
            "highest": round(float(recovery["coverage"].max()), 4),
            "inside_80_to_97": [int(recovery["coverage"].between(0.80, 0.97).sum()), len(recovery)],
            "trials": int(recovery["trials"].iloc[0]),
        },
        "rank_uniformity_p_below_0.001": recovery.loc[recovery["rank_p"] < 1e-3, "parameter"].tolist(),
    }


def _draw(out: Path, plan, sample, posterior, found: dict[str, Any]) -> None:
    """The figures."""
    import pandas as pd

    from experiments.drawing import style
    from experiments.forecast.figures import calibration as plots
    from experiments.forecast.figures import scores as score_plots
    from experiments.kit.record import project_version

    prior = pd.DataFrame(sample.parameters, columns=list(sample.names))
    fans = {
        "What was assumed on 15 September 2021 (prior)": found["months_prior"],
        "After the first year (posterior: fitted to these months, not a forecast)": found["months"],
    }
    hits, months = int(found["months"]["covered_90"].sum()), len(found["months"])
    head = f"The fitted model holds {hits} of {months} observed months in its 90 % interval"
    how = "Deaths a month in all organised violence, runs of the model against UCDP. Scale: log(1 + deaths)."
    drawn = {
        "parameters": plots.parameters(prior, posterior.table, found["parameters"]),
        "information": plots.information(found["parameters"]),
        "targets": plots.targets(found["targets"]),
        "recovery": plots.recovery(found["recovered"], found["recovery"]),
        "months": score_plots.fans_against_observed(fans, head, how),
    }
    folder = out / "figures"
    folder.mkdir(exist_ok=True)
    for name, figure in drawn.items():
        note = f"{len(posterior.rows):,} accepted"
        style.finish(
            figure, runs=sample.runs, scenario=plan.scenario.name, version=project_version(), note=note
        )
        style.save(figure, folder / f"{name}.png")


def _print(out: Path, posterior, found: dict[str, Any], seconds: float) -> None:
    """The summary for people to read."""
    from experiments.kit import screen

    told = diagnostics(posterior, found)
    accepted = f"{told['accepted']:,} accepted (effective {told['effective_sample_size']:,.0f})"
    covered, targets = told["months_covered_90"], told["targets_covered_90"]
    inside = told["recovery_coverage_90"]
    ends = f"{inside['lowest']:.0%} to {inside['highest']:.0%}"
    before = told["months_covered_90_prior"][0]
    screen.heading(f"{posterior.runs:,} runs, {accepted}")
    screen.line(f"Months inside the 90 % interval: {covered[0]} of {covered[1]} (prior {before})")
    screen.line(f"Targets inside the 90 % interval: {targets[0]} of {targets[1]}")
    screen.line(f"Recovery: 90 % intervals cover {inside['mean']:.0%} on average ({ends}), "
                    f"{inside['trials']} worlds")  # fmt: skip
    if "sequential" in found:
        gap = found["sequential"]["gap"]
        screen.line(
            f"Second scheme: largest gap of the two posteriors {gap.max():.2f}, median {gap.median():.2f}"
        )
    names = told["parameters_informed"]
    screen.line(f"Parameters that the data moved ({len(names)}): {', '.join(names)}")
    screen.line(f"Parameters that they say nothing about: {len(told['parameters_silent'])}")
    screen.line(f"Written to {out} in {seconds:.0f} s", "dim")
